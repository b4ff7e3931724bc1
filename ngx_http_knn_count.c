
/*
 * Copyright (C) nginx-knn contributors
 */


/* What happens, added to the counters of this worker: nothing waits here. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_knn_module.h"


/* two digits of a version, 32 of a trace, 16 of a parent, and two of flags */
#define NGX_HTTP_KNN_TRACEPARENT_LEN  55

/* so old is an exemplar that is replaced, milliseconds */
#define NGX_HTTP_KNN_EXEMPLAR_AGE     1000

#define NGX_HTTP_KNN_PRIME            0x9e3779b97f4a7c15ULL


_Static_assert(NGX_HTTP_KNN_REFUSALS
               == NGX_HTTP_KNN_REASONS - NGX_HTTP_KNN_OK - 1,
               "a refusal is counted for each reason");


static ngx_uint_t ngx_http_knn_predicts(ngx_http_request_t *r,
    ngx_http_knn_location_t *location, ngx_http_knn_model_t **model);
static void ngx_http_knn_count_code(ngx_http_knn_slot_t *slot,
    ngx_uint_t code);
static void ngx_http_knn_count_work(ngx_http_knn_slot_t *slot,
    ngx_http_knn_work_t *work);
static ngx_uint_t ngx_http_knn_observe(ngx_atomic_t *histogram,
    const ngx_http_knn_bound_t *bounds, ngx_uint_t n, uint64_t value);
static ngx_uint_t ngx_http_knn_bucket(const ngx_http_knn_bound_t *bounds,
    ngx_uint_t n, uint64_t value);
static void ngx_http_knn_count_classes(ngx_http_knn_model_t *model,
    ngx_http_knn_slot_t *slot, const knn_query_t *query);
static void ngx_http_knn_count_novelty(ngx_http_knn_slot_t *slot,
    const knn_query_t *query);
static void ngx_http_knn_write_exemplar(ngx_http_request_t *r,
    ngx_http_knn_exemplar_t *exemplar, uint64_t duration);
static ngx_atomic_uint_t ngx_http_knn_check_exemplar(
    ngx_http_knn_exemplar_t *exemplar);
static ngx_int_t ngx_http_knn_parse_trace(ngx_str_t *value,
    ngx_http_knn_exemplar_t *exemplar);
static ngx_int_t ngx_http_knn_parse_hex(u_char *p, size_t len,
    ngx_atomic_t *value);


static ngx_str_t  ngx_http_knn_traceparent = ngx_string("traceparent");


/* the usual ones, others that locations of ours may give, and any other */
const ngx_uint_t  ngx_http_knn_codes[NGX_HTTP_KNN_CODES] = {
    200, 400, 404, 405, 413, 415, 422, 499, 500, 503,
    204, 206, 301, 302, 304, 307, 401, 403, 406, 408, 412, 416, 429, 444, 502,
    504, 0
};


const ngx_http_knn_bound_t  ngx_http_knn_durations[NGX_HTTP_KNN_DURATIONS] = {
    { 25000, ngx_string("2.5e-05") },
    { 50000, ngx_string("5e-05") },
    { 100000, ngx_string("0.0001") },
    { 250000, ngx_string("0.00025") },
    { 500000, ngx_string("0.0005") },
    { 1000000, ngx_string("0.001") },
    { 2500000, ngx_string("0.0025") },
    { 5000000, ngx_string("0.005") },
    { 10000000, ngx_string("0.01") },
    { 25000000, ngx_string("0.025") },
    { 50000000, ngx_string("0.05") },
    { 100000000, ngx_string("0.1") },
    { 150000000, ngx_string("0.15") },
    { 250000000, ngx_string("0.25") },
    { 500000000, ngx_string("0.5") },
    { 1000000000, ngx_string("1") },
    { 2500000000, ngx_string("2.5") },
    { 5000000000, ngx_string("5") },
    { 10000000000, ngx_string("10") }
};


const ngx_http_knn_bound_t  ngx_http_knn_batches[NGX_HTTP_KNN_BATCHES] = {
    { 1, ngx_string("1") },
    { 10, ngx_string("10") },
    { 100, ngx_string("100") },
    { 1000, ngx_string("1000") },
    { 10000, ngx_string("10000") },
    { 100000, ngx_string("100000") }
};


const ngx_http_knn_bound_t  ngx_http_knn_novelties[NGX_HTTP_KNN_NOVELTIES] = {
    { 500000000, ngx_string("0.5") },
    { 900000000, ngx_string("0.9") },
    { 950000000, ngx_string("0.95") },
    { 990000000, ngx_string("0.99") },
    { 1000000000, ngx_string("1") }
};


#define ngx_http_knn_get_slot(series)                                         \
    ((ngx_http_knn_slot_t *) ((series)->slots                                 \
                              + ngx_http_knn_slot * (series)->slot_size))


/* Only what a worker shares with others is added to atomically. */
static ngx_inline void
ngx_http_knn_add(ngx_atomic_t *counter, ngx_atomic_uint_t n)
{
    if (ngx_http_knn_slot == 0) {
        (void) ngx_atomic_fetch_add(counter, n);

    } else {
        *counter += n;
    }
}


/* In the log phase: what nginx refused before our handler saw it. */
ngx_int_t
ngx_http_knn_count_handler(ngx_http_request_t *r)
{
    ngx_http_knn_model_t      *model;
    ngx_http_knn_series_t     *series;
    ngx_http_knn_loc_conf_t   *klcf;
    ngx_http_knn_main_conf_t  *kmcf;

    klcf = ngx_http_get_module_loc_conf(r, ngx_http_knn_module);

    if (klcf->location == NULL
        || ngx_http_knn_get_ctx(r) != NULL
        || !ngx_http_knn_predicts(r, klcf->location, &model))
    {
        return NGX_OK;
    }

    kmcf = ngx_http_get_module_main_conf(r, ngx_http_knn_module);

    series = model ? model->metrics.series : kmcf->zone.unknown.series;

    if (series != NULL) {
        ngx_http_knn_count_code(ngx_http_knn_get_slot(series),
                                r->headers_out.status);
    }

    return NGX_OK;
}


/* The model is NULL when it is not known. */
static ngx_uint_t
ngx_http_knn_predicts(ngx_http_request_t *r, ngx_http_knn_location_t *location,
    ngx_http_knn_model_t **model)
{
    if (location->handler == ngx_http_knn_api_handler) {
        return ngx_http_knn_api_predicts(r, location, model);
    }

    *model = location->model;

    return location->handler == ngx_http_knn_predict_handler;
}


/* With every context; its end is ngx_http_knn_count_request(). */
void
ngx_http_knn_count_begin(void)
{
    ngx_http_knn_process->in_flight++;
}


void
ngx_http_knn_count_waiting(ngx_uint_t n)
{
    ngx_http_knn_process->waiting = n;
}


/* Once for every context, when the status that was sent is known. */
void
ngx_http_knn_count_request(ngx_http_knn_ctx_t *ctx)
{
    uint64_t                   duration;
    ngx_uint_t                 i;
    ngx_http_request_t        *r;
    ngx_http_knn_slot_t       *slot;
    ngx_http_knn_series_t     *series;
    ngx_http_knn_main_conf_t  *kmcf;

    ngx_http_knn_process->in_flight--;

    r = ctx->request;
    kmcf = ngx_http_get_module_main_conf(r, ngx_http_knn_module);

    series = ctx->model ? ctx->model->metrics.series
                        : kmcf->zone.unknown.series;

    if (series == NULL) {
        return;
    }

    /* the predecessor of this worker may be gone now */

    if (ngx_http_knn_slot == 0) {
        ngx_http_knn_claim_slot(kmcf->zone.sh, 0);
    }

    slot = ngx_http_knn_get_slot(series);

    if (ctx->reason > NGX_HTTP_KNN_OK) {
        ngx_http_knn_add(&slot->refusals[ctx->reason - NGX_HTTP_KNN_OK - 1],
                         1);
    }

    if (ctx->reason == NGX_HTTP_KNN_OK) {
        ngx_http_knn_count_query(ctx->model, ctx->work.query,
                                 ctx->work.time[NGX_HTTP_KNN_SEARCH]);
        ngx_http_knn_count_work(slot, &ctx->work);
    }

    /* the error page of another location of ours is the same request */

    if (ctx->redirected) {
        return;
    }

    ngx_http_knn_count_code(slot, r->headers_out.status);

    duration = ngx_http_knn_now() - ctx->started;

    if (r->headers_out.status < NGX_HTTP_BAD_REQUEST) {
        ngx_http_knn_add(&slot->success, duration);
    }

    i = ngx_http_knn_observe(slot->request, ngx_http_knn_durations,
                             NGX_HTTP_KNN_DURATIONS, duration);

    ngx_http_knn_write_exemplar(r, &series->exemplars[i], duration);
}


/* Where the time went, but for the search; what is left of it was waiting. */
static void
ngx_http_knn_count_work(ngx_http_knn_slot_t *slot, ngx_http_knn_work_t *work)
{
    uint64_t     busy;
    ngx_uint_t   i;
    ngx_time_t  *tp;

    busy = 0;

    for (i = 0; i < NGX_HTTP_KNN_PHASES; i++) {
        busy += work->time[i];
    }

    ngx_http_knn_add(&slot->parse, work->time[NGX_HTTP_KNN_PARSE]);
    ngx_http_knn_add(&slot->encode, work->time[NGX_HTTP_KNN_ENCODE]);

    if (work->ended - work->began > busy) {
        ngx_http_knn_add(&slot->queue, work->ended - work->began - busy);
    }

    tp = ngx_timeofday();
    slot->last = (ngx_atomic_uint_t) tp->sec * 1000 + tp->msec;
}


static void
ngx_http_knn_count_code(ngx_http_knn_slot_t *slot, ngx_uint_t code)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_KNN_CODES - 1; i++) {
        if (ngx_http_knn_codes[i] == code) {
            break;
        }
    }

    ngx_http_knn_add(&slot->codes[i], 1);
}


/* Returns the bucket. */
static ngx_uint_t
ngx_http_knn_observe(ngx_atomic_t *histogram,
    const ngx_http_knn_bound_t *bounds, ngx_uint_t n, uint64_t value)
{
    ngx_uint_t  i;

    i = ngx_http_knn_bucket(bounds, n, value);

    ngx_http_knn_add(&histogram[i], 1);
    ngx_http_knn_add(&histogram[n + 1], value);

    return i;
}


static ngx_uint_t
ngx_http_knn_bucket(const ngx_http_knn_bound_t *bounds, ngx_uint_t n,
    uint64_t value)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        if (value <= bounds[i].value) {
            break;
        }
    }

    return i;
}


/* A query whose rows are all done, which took so many nanoseconds. */
void
ngx_http_knn_count_query(ngx_http_knn_model_t *model,
    const knn_query_t *query, uint64_t ns)
{
    ngx_http_knn_slot_t    *slot;
    ngx_http_knn_series_t  *series;

    series = model->metrics.series;

    if (series == NULL) {
        return;
    }

    slot = ngx_http_knn_get_slot(series);

    (void) ngx_http_knn_observe(slot->search, ngx_http_knn_durations,
                                NGX_HTTP_KNN_DURATIONS, ns);
    (void) ngx_http_knn_observe(slot->rows, ngx_http_knn_batches,
                                NGX_HTTP_KNN_BATCHES, query->rows);

    if (query->classes != NULL) {
        ngx_http_knn_count_classes(model, slot, query);
    }

    if (query->novelty != NULL) {
        ngx_http_knn_count_novelty(slot, query);
    }
}


/* Of the first output; runs of one class are added at once. */
static void
ngx_http_knn_count_classes(ngx_http_knn_model_t *model,
    ngx_http_knn_slot_t *slot, const knn_query_t *query)
{
    size_t       i, outputs;
    uint32_t     class;
    ngx_uint_t   n, last;

    outputs = model->info->n_outputs;
    last = model->metrics.n_classes - 1;

    for (i = 0, n = 1; i < query->rows; i++, n++) {
        class = query->classes[i * outputs];

        if (i + 1 < query->rows
            && query->classes[(i + 1) * outputs] == class)
        {
            continue;
        }

        ngx_http_knn_add(
                    &slot->classes[class == KNN_CLASS_OUTLIER ? last : class],
                    n);
        n = 0;
    }
}


static void
ngx_http_knn_count_novelty(ngx_http_knn_slot_t *slot,
    const knn_query_t *query)
{
    size_t      i;
    uint64_t    value;
    ngx_uint_t  k, histogram[NGX_HTTP_KNN_NOVELTIES + 2];

    ngx_memzero(histogram, sizeof(histogram));

    for (i = 0; i < query->rows; i++) {
        value = (uint64_t) (query->novelty[i] * NGX_HTTP_KNN_BILLION + 0.5);

        k = ngx_http_knn_bucket(ngx_http_knn_novelties, NGX_HTTP_KNN_NOVELTIES,
                                value);

        histogram[k]++;
        histogram[NGX_HTTP_KNN_NOVELTIES + 1] += value;
    }

    for (k = 0; k < NGX_HTTP_KNN_NOVELTIES + 2; k++) {
        if (histogram[k]) {
            ngx_http_knn_add(&slot->novelty[k], histogram[k]);
        }
    }
}


/* Rows that a shadow answered as its primary did, and others. */
void
ngx_http_knn_count_agreement(ngx_http_knn_main_conf_t *kmcf,
    ngx_http_knn_model_t *primary, ngx_http_knn_model_t *shadow,
    ngx_uint_t agree, ngx_uint_t differ)
{
    ngx_http_knn_pair_t  *pair;

    pair = ngx_http_knn_find_pair(kmcf->zone.sh, primary->metrics.series,
                                  shadow->metrics.series);

    if (pair == NULL) {
        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "the agreement of models \"%V\" and \"%V\" is not "
                      "counted, there are %d pairs already",
                      &primary->id, &shadow->id, NGX_HTTP_KNN_PAIRS);
        return;
    }

    (void) ngx_atomic_fetch_add(&pair->agree, agree);
    (void) ngx_atomic_fetch_add(&pair->differ, differ);
}


/*
 * Keeps the trace of a request that has one.  Nobody is waited for: what two
 * workers write at the same time, or one that is killed, has a wrong check.
 */
static void
ngx_http_knn_write_exemplar(ngx_http_request_t *r,
    ngx_http_knn_exemplar_t *exemplar, uint64_t duration)
{
    uint64_t                  now;
    ngx_time_t               *tp;
    ngx_table_elt_t          *h;
    ngx_http_knn_exemplar_t   new;

    tp = ngx_timeofday();
    now = (uint64_t) tp->sec * 1000 + tp->msec;

    if (now - exemplar->time < NGX_HTTP_KNN_EXEMPLAR_AGE) {
        return;
    }

    h = ngx_http_knn_find_header(r, &ngx_http_knn_traceparent);

    if (h == NULL || ngx_http_knn_parse_trace(&h->value, &new) != NGX_OK) {
        return;
    }

    new.duration = duration;
    new.time = now;

    exemplar->trace[0] = new.trace[0];
    exemplar->trace[1] = new.trace[1];
    exemplar->duration = new.duration;
    exemplar->time = new.time;
    exemplar->check = ngx_http_knn_check_exemplar(&new);
}


/* A copy, if it is whole. */
ngx_int_t
ngx_http_knn_read_exemplar(ngx_http_knn_exemplar_t *exemplar,
    ngx_http_knn_exemplar_t *copy)
{
    *copy = *exemplar;

    return copy->check == ngx_http_knn_check_exemplar(copy) ? NGX_OK
                                                            : NGX_DECLINED;
}


static ngx_atomic_uint_t
ngx_http_knn_check_exemplar(ngx_http_knn_exemplar_t *exemplar)
{
    uint64_t  hash;

    hash = (exemplar->trace[0] + 1) * NGX_HTTP_KNN_PRIME;
    hash = ((hash ^ (hash >> 32)) + exemplar->trace[1]) * NGX_HTTP_KNN_PRIME;
    hash = ((hash ^ (hash >> 32)) + exemplar->duration) * NGX_HTTP_KNN_PRIME;
    hash = ((hash ^ (hash >> 32)) + exemplar->time) * NGX_HTTP_KNN_PRIME;

    return hash ^ (hash >> 32);
}


/* The trace of a W3C traceparent field, of which nothing is zero. */
static ngx_int_t
ngx_http_knn_parse_trace(ngx_str_t *value, ngx_http_knn_exemplar_t *exemplar)
{
    u_char        *p;
    ngx_atomic_t   version, parent, flags;

    p = value->data;

    if (value->len < NGX_HTTP_KNN_TRACEPARENT_LEN
        || p[2] != '-' || p[35] != '-' || p[52] != '-'
        || ngx_http_knn_parse_hex(p, 2, &version) != NGX_OK
        || ngx_http_knn_parse_hex(p + 3, 16, &exemplar->trace[0]) != NGX_OK
        || ngx_http_knn_parse_hex(p + 19, 16, &exemplar->trace[1]) != NGX_OK
        || ngx_http_knn_parse_hex(p + 36, 16, &parent) != NGX_OK
        || ngx_http_knn_parse_hex(p + 53, 2, &flags) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    /* later versions may have more behind it */

    if (value->len > NGX_HTTP_KNN_TRACEPARENT_LEN
        && (version == 0 || p[NGX_HTTP_KNN_TRACEPARENT_LEN] != '-'))
    {
        return NGX_DECLINED;
    }

    if (version == 0xff || parent == 0
        || (exemplar->trace[0] == 0 && exemplar->trace[1] == 0))
    {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/* In lower case. */
static ngx_int_t
ngx_http_knn_parse_hex(u_char *p, size_t len, ngx_atomic_t *value)
{
    u_char  *last;

    *value = 0;

    for (last = p + len; p < last; p++) {

        if (*p >= '0' && *p <= '9') {
            *value = *value * 16 + (*p - '0');

        } else if (*p >= 'a' && *p <= 'f') {
            *value = *value * 16 + (*p - 'a' + 10);

        } else {
            return NGX_DECLINED;
        }
    }

    return NGX_OK;
}
