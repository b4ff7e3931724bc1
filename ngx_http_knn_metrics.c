
/*
 * Copyright (C) nginx-knn contributors
 */


/* What was counted, as Prometheus reads it: its text format, OpenMetrics. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_knn_module.h"


/* of any line without the labels of its model and class; lines of no model */
#define NGX_HTTP_KNN_LINE_LEN      384
#define NGX_HTTP_KNN_COMMON_LINES  80

/* lines of one model without those of its classes */
#define NGX_HTTP_KNN_MODEL_LINES                                              \
    (NGX_HTTP_KNN_CODES + NGX_HTTP_KNN_REFUSALS                               \
     + 2 * (NGX_HTTP_KNN_DURATIONS + 3) + NGX_HTTP_KNN_BATCHES + 3            \
     + NGX_HTTP_KNN_NOVELTIES + 3 + 6)

/* of the longest name of a reason */
#define NGX_HTTP_KNN_REASON_LEN    16

#define NGX_HTTP_KNN_HISTOGRAMS    4


/* a model, or that of requests without one, and its counters added up */
typedef struct {
    ngx_http_knn_model_t       *model;
    ngx_http_knn_metrics_t     *metrics;
    ngx_http_knn_slot_t        *sum;           /* NULL: the zone is full */
    ngx_str_t                   name;
    ngx_str_t                   labels;
} ngx_http_knn_source_t;


typedef struct {
    u_char                     *p;
    ngx_uint_t                  openmetrics;

    ngx_http_knn_main_conf_t   *kmcf;
    ngx_http_knn_source_t      *sources;       /* models, then the unknown */
    ngx_uint_t                  n;
} ngx_http_knn_text_t;


typedef struct {
    char                       *name;
    char                       *unit;
    char                       *help;
    size_t                      offset;        /* in the slot */
    const ngx_http_knn_bound_t *bounds;
    ngx_uint_t                  n;
    ngx_uint_t                  billionths;
    ngx_uint_t                  unknown;       /* requests without model, too */
    ngx_uint_t                  exemplars;
} ngx_http_knn_histogram_t;


static ngx_int_t ngx_http_knn_send_metrics(ngx_http_request_t *r,
    ngx_buf_t *b, ngx_uint_t openmetrics);
static ngx_buf_t *ngx_http_knn_create_metrics(ngx_http_request_t *r,
    ngx_uint_t openmetrics);
static ngx_int_t ngx_http_knn_init_source(ngx_pool_t *pool,
    ngx_http_knn_main_conf_t *kmcf, ngx_uint_t i,
    ngx_http_knn_source_t *source, size_t *size);
static void ngx_http_knn_write_family(ngx_http_knn_text_t *text, char *name,
    char *type, char *unit, char *help);
static void ngx_http_knn_write_requests(ngx_http_knn_text_t *text);
static void ngx_http_knn_write_rows(ngx_http_knn_text_t *text);
static void ngx_http_knn_write_predictions(ngx_http_knn_text_t *text);
static void ngx_http_knn_write_refusals(ngx_http_knn_text_t *text);
static ngx_int_t ngx_http_knn_add_refusals(ngx_http_knn_text_t *text,
    ngx_uint_t first);
static void ngx_http_knn_write_histogram(ngx_http_knn_text_t *text,
    const ngx_http_knn_histogram_t *histogram);
static void ngx_http_knn_write_buckets(ngx_http_knn_text_t *text,
    const ngx_http_knn_histogram_t *histogram, ngx_http_knn_source_t *source);
static void ngx_http_knn_write_bound(ngx_http_knn_text_t *text,
    const ngx_str_t *le);
static void ngx_http_knn_write_exemplar(ngx_http_knn_text_t *text,
    ngx_http_knn_exemplar_t *exemplar);
static void ngx_http_knn_write_agreement(ngx_http_knn_text_t *text);
static ngx_http_knn_model_t *ngx_http_knn_find_number(
    ngx_http_knn_text_t *text, ngx_uint_t number);
static void ngx_http_knn_write_processes(ngx_http_knn_text_t *text);
static void ngx_http_knn_write_models(ngx_http_knn_text_t *text);
static void ngx_http_knn_write_gauge(ngx_http_knn_text_t *text, char *name,
    char *unit, char *help, size_t offset);
static void ngx_http_knn_write_build(ngx_http_knn_text_t *text);


static ngx_str_t  ngx_http_knn_no_store = ngx_string("no-store");
static ngx_str_t  ngx_http_knn_methods = ngx_string("GET, HEAD, OPTIONS");


static const ngx_http_knn_histogram_t
    ngx_http_knn_histograms[NGX_HTTP_KNN_HISTOGRAMS] =
{

    { "request_duration_seconds", "seconds",
      "Time from the start of a prediction to the end of its request.",
      offsetof(ngx_http_knn_slot_t, request),
      ngx_http_knn_durations, NGX_HTTP_KNN_DURATIONS, 1, 1, 1 },

    { "search_duration_seconds", "seconds",
      "Time of the search for neighbors, of all rows of a request.",
      offsetof(ngx_http_knn_slot_t, search),
      ngx_http_knn_durations, NGX_HTTP_KNN_DURATIONS, 1, 0, 0 },

    { "batch_rows", NULL,
      "Rows of a request.",
      offsetof(ngx_http_knn_slot_t, rows),
      ngx_http_knn_batches, NGX_HTTP_KNN_BATCHES, 0, 0, 0 },

    { "novelty", NULL,
      "Share of the training rows that are nearer to another one than a row "
      "is to the nearest of them.",
      offsetof(ngx_http_knn_slot_t, novelty),
      ngx_http_knn_novelties, NGX_HTTP_KNN_NOVELTIES, 1, 0, 0 }
};


ngx_int_t
ngx_http_knn_metrics_handler(ngx_http_request_t *r)
{
    ngx_int_t    rc;
    ngx_buf_t   *b;
    ngx_uint_t   openmetrics;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return ngx_http_knn_send_allow(r, &ngx_http_knn_methods);
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_knn_add_cache_control(r, &ngx_http_knn_no_store) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    openmetrics = ngx_http_knn_accepts_openmetrics(r);

    b = ngx_http_knn_create_metrics(r, openmetrics);
    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_knn_send_metrics(r, b, openmetrics);
}


/* The type ends before its parameters, so no charset is added to them. */
static ngx_int_t
ngx_http_knn_send_metrics(ngx_http_request_t *r, ngx_buf_t *b,
    ngx_uint_t openmetrics)
{
    ngx_int_t    rc;
    ngx_chain_t  out;

    b->last_buf = (r == r->main) ? 1 : 0;
    b->last_in_chain = 1;

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = b->last - b->pos;
    r->headers_out.content_type_lowcase = NULL;

    if (openmetrics) {
        ngx_str_set(&r->headers_out.content_type,
                    "application/openmetrics-text; version=1.0.0; "
                    "charset=utf-8");
        r->headers_out.content_type_len =
                                   sizeof("application/openmetrics-text") - 1;

    } else {
        ngx_str_set(&r->headers_out.content_type,
                    "text/plain; version=0.0.4; charset=utf-8");
        r->headers_out.content_type_len = sizeof("text/plain") - 1;
    }

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


/* One buffer, for the most that there can be. */
static ngx_buf_t *
ngx_http_knn_create_metrics(ngx_http_request_t *r, ngx_uint_t openmetrics)
{
    size_t                     size, longest;
    ngx_buf_t                 *b;
    ngx_uint_t                 i;
    ngx_http_knn_text_t        text;
    ngx_http_knn_main_conf_t  *kmcf;

    kmcf = ngx_http_get_module_main_conf(r, ngx_http_knn_module);

    text.openmetrics = openmetrics;
    text.kmcf = kmcf;
    text.n = kmcf->models.nelts + 1;

    text.sources = ngx_pcalloc(r->pool,
                               text.n * sizeof(ngx_http_knn_source_t));
    if (text.sources == NULL) {
        return NULL;
    }

    size = NGX_HTTP_KNN_COMMON_LINES * NGX_HTTP_KNN_LINE_LEN;
    longest = 0;

    for (i = 0; i < text.n; i++) {
        if (ngx_http_knn_init_source(r->pool, kmcf, i, &text.sources[i], &size)
            != NGX_OK)
        {
            return NULL;
        }

        longest = ngx_max(longest, text.sources[i].labels.len);
    }

    /* a line of a pair has the names of two models */

    size += 2 * NGX_HTTP_KNN_PAIRS * (NGX_HTTP_KNN_LINE_LEN + 2 * longest);

    b = ngx_create_temp_buf(r->pool, size);
    if (b == NULL) {
        return NULL;
    }

    text.p = b->last;

    ngx_http_knn_write_requests(&text);
    ngx_http_knn_write_rows(&text);
    ngx_http_knn_write_predictions(&text);
    ngx_http_knn_write_refusals(&text);

    for (i = 0; i < NGX_HTTP_KNN_HISTOGRAMS; i++) {
        ngx_http_knn_write_histogram(&text, &ngx_http_knn_histograms[i]);
    }

    ngx_http_knn_write_agreement(&text);
    ngx_http_knn_write_processes(&text);
    ngx_http_knn_write_models(&text);
    ngx_http_knn_write_build(&text);

    b->last = text.p;

    return b;
}


/* Adds to size what the lines of this model need. */
static ngx_int_t
ngx_http_knn_init_source(ngx_pool_t *pool, ngx_http_knn_main_conf_t *kmcf,
    ngx_uint_t i, ngx_http_knn_source_t *source, size_t *size)
{
    size_t                    len;
    ngx_str_t                 version;
    ngx_uint_t                n;
    ngx_http_knn_model_t    **models;
    ngx_http_knn_metrics_t   *metrics;

    models = kmcf->models.elts;

    if (i < kmcf->models.nelts) {
        source->model = models[i];
        source->metrics = &models[i]->metrics;
        source->name = models[i]->name;
        version = models[i]->version;

    } else {
        source->metrics = &kmcf->zone.unknown;
        ngx_str_set(&source->name, "");
        ngx_str_set(&version, "");
    }

    metrics = source->metrics;

    len = sizeof("model=\"\",version=\"\"") - 1 + source->name.len
          + version.len;

    source->labels.data = ngx_pnalloc(pool, len);
    if (source->labels.data == NULL) {
        return NGX_ERROR;
    }

    source->labels.len = len;

    ngx_sprintf(source->labels.data, "model=\"%V\",version=\"%V\"",
                &source->name, &version);

    *size += (NGX_HTTP_KNN_MODEL_LINES + metrics->n_classes)
             * (NGX_HTTP_KNN_LINE_LEN + len);

    for (n = 0; n < metrics->n_classes; n++) {
        *size += metrics->classes[n].len;
    }

    if (metrics->series == NULL) {
        return NGX_OK;
    }

    source->sum = ngx_palloc(pool, metrics->series->slot_size);
    if (source->sum == NULL) {
        return NGX_ERROR;
    }

    ngx_http_knn_sum_series(kmcf->zone.sh, metrics->series, source->sum);

    return NGX_OK;
}


/* OpenMetrics names the family of a counter without its "_total". */
static void
ngx_http_knn_write_family(ngx_http_knn_text_t *text, char *name, char *type,
    char *unit, char *help)
{
    char  *suffix;

    suffix = (type[0] == 'c' && !text->openmetrics) ? "_total" : "";

    text->p = ngx_sprintf(text->p,
                          "# HELP nginx_knn_%s%s %s\n"
                          "# TYPE nginx_knn_%s%s %s\n",
                          name, suffix, help, name, suffix, type);

    if (unit != NULL && text->openmetrics) {
        text->p = ngx_sprintf(text->p, "# UNIT nginx_knn_%s %s\n", name, unit);
    }
}


/* The usual codes from the start, others when they have been sent. */
static void
ngx_http_knn_write_requests(ngx_http_knn_text_t *text)
{
    ngx_uint_t              i, k;
    ngx_http_knn_source_t  *source;

    ngx_http_knn_write_family(text, "requests", "counter", NULL,
                              "Requests by the status that was sent.");

    for (i = 0; i < text->n; i++) {
        source = &text->sources[i];

        if (source->sum == NULL) {
            continue;
        }

        for (k = 0; k < NGX_HTTP_KNN_CODES; k++) {

            if (k >= NGX_HTTP_KNN_USUAL_CODES && source->sum->codes[k] == 0) {
                continue;
            }

            text->p = ngx_sprintf(text->p,
                                  "nginx_knn_requests_total{%V,code=\"",
                                  &source->labels);

            /* the last one stands for any other */

            if (k == NGX_HTTP_KNN_CODES - 1) {
                text->p = ngx_cpymem(text->p, "other", sizeof("other") - 1);

            } else {
                text->p = ngx_sprintf(text->p, "%ui", ngx_http_knn_codes[k]);
            }

            text->p = ngx_sprintf(text->p, "\"} %uA\n", source->sum->codes[k]);
        }
    }
}


static void
ngx_http_knn_write_rows(ngx_http_knn_text_t *text)
{
    ngx_uint_t              i;
    ngx_http_knn_source_t  *source;

    ngx_http_knn_write_family(text, "rows", "counter", NULL,
                              "Rows that were predicted.");

    for (i = 0; i < text->n; i++) {
        source = &text->sources[i];

        if (source->model != NULL && source->sum != NULL) {
            text->p = ngx_sprintf(text->p, "nginx_knn_rows_total{%V} %uA\n",
                                  &source->labels,
                                  source->sum->rows[NGX_HTTP_KNN_BATCHES + 1]);
        }
    }
}


static void
ngx_http_knn_write_predictions(ngx_http_knn_text_t *text)
{
    ngx_uint_t              i, k;
    ngx_http_knn_source_t  *source;

    ngx_http_knn_write_family(text, "predictions", "counter", NULL,
                              "Rows by the class that was predicted, of the "
                              "first output.");

    for (i = 0; i < text->n; i++) {
        source = &text->sources[i];

        if (source->sum == NULL) {
            continue;
        }

        for (k = 0; k < source->metrics->n_classes; k++) {
            text->p = ngx_sprintf(text->p,
                                  "nginx_knn_predictions_total"
                                  "{%V,class=\"%V\"} %uA\n",
                                  &source->labels,
                                  &source->metrics->classes[k],
                                  source->sum->classes[k]);
        }
    }
}


/* Of all versions of a model together, where the first of them stands. */
static void
ngx_http_knn_write_refusals(ngx_http_knn_text_t *text)
{
    u_char            reason[NGX_HTTP_KNN_REASON_LEN];
    ngx_str_t        *name;
    ngx_uint_t        i, k;
    const ngx_str_t  *upper;

    ngx_http_knn_write_family(text, "rejected", "counter", NULL,
                              "Requests that were refused, by the reason.");

    for (i = 0; i < text->n; i++) {
        name = &text->sources[i].name;

        if (text->sources[i].sum == NULL
            || ngx_http_knn_add_refusals(text, i) != NGX_OK)
        {
            continue;
        }

        for (k = 0; k < NGX_HTTP_KNN_REFUSALS; k++) {
            upper = &ngx_http_knn_reasons[NGX_HTTP_KNN_OK + 1 + k].name;

            ngx_strlow(reason, upper->data, upper->len);

            text->p = ngx_sprintf(text->p,
                                  "nginx_knn_rejected_total"
                                  "{model=\"%V\",reason=\"%*s\"} %uA\n",
                                  name, upper->len, reason,
                                  text->sources[i].sum->refusals[k]);
        }
    }
}


/* Those of later versions to the first; NGX_DECLINED for a later one. */
static ngx_int_t
ngx_http_knn_add_refusals(ngx_http_knn_text_t *text, ngx_uint_t first)
{
    ngx_str_t              *name;
    ngx_uint_t              i, k;
    ngx_http_knn_source_t  *source;

    name = &text->sources[first].name;

    for (i = 0; i < text->n; i++) {
        source = &text->sources[i];

        if (i == first || source->sum == NULL || source->name.len != name->len
            || ngx_memcmp(source->name.data, name->data, name->len) != 0)
        {
            continue;
        }

        if (i < first) {
            return NGX_DECLINED;
        }

        for (k = 0; k < NGX_HTTP_KNN_REFUSALS; k++) {
            text->sources[first].sum->refusals[k] += source->sum->refusals[k];
        }
    }

    return NGX_OK;
}


static void
ngx_http_knn_write_histogram(ngx_http_knn_text_t *text,
    const ngx_http_knn_histogram_t *histogram)
{
    ngx_uint_t              i;
    ngx_http_knn_source_t  *source;

    ngx_http_knn_write_family(text, histogram->name, "histogram",
                              histogram->unit, histogram->help);

    for (i = 0; i < text->n; i++) {
        source = &text->sources[i];

        if (source->sum != NULL
            && (source->model != NULL || histogram->unknown))
        {
            ngx_http_knn_write_buckets(text, histogram, source);
        }
    }
}


/* The sum is told in the unit's integers, so that it is exact. */
static void
ngx_http_knn_write_buckets(ngx_http_knn_text_t *text,
    const ngx_http_knn_histogram_t *histogram, ngx_http_knn_source_t *source)
{
    ngx_uint_t          i;
    ngx_atomic_t       *counts, sum;
    ngx_atomic_uint_t   n;

    counts = (ngx_atomic_t *) ((u_char *) source->sum + histogram->offset);

    n = 0;

    for (i = 0; i <= histogram->n; i++) {
        n += counts[i];

        text->p = ngx_sprintf(text->p, "nginx_knn_%s_bucket{%V,le=\"",
                              histogram->name, &source->labels);

        if (i < histogram->n) {
            ngx_http_knn_write_bound(text, &histogram->bounds[i].le);

        } else {
            text->p = ngx_cpymem(text->p, "+Inf", sizeof("+Inf") - 1);
        }

        text->p = ngx_sprintf(text->p, "\"} %uA", n);

        if (histogram->exemplars && text->openmetrics) {
            ngx_http_knn_write_exemplar(text,
                                    &source->metrics->series->exemplars[i]);
        }

        *text->p++ = '\n';
    }

    sum = counts[histogram->n + 1];

    text->p = ngx_sprintf(text->p, "nginx_knn_%s_sum{%V} ", histogram->name,
                          &source->labels);

    if (histogram->billionths) {
        text->p = ngx_sprintf(text->p, "%uA.%09uA\n",
                              sum / NGX_HTTP_KNN_BILLION,
                              sum % NGX_HTTP_KNN_BILLION);

    } else {
        text->p = ngx_sprintf(text->p, "%uA\n", sum);
    }

    text->p = ngx_sprintf(text->p, "nginx_knn_%s_count{%V} %uA\n",
                          histogram->name, &source->labels, n);
}


/* "1" is "1.0" in OpenMetrics. */
static void
ngx_http_knn_write_bound(ngx_http_knn_text_t *text, const ngx_str_t *le)
{
    u_char  *start;

    start = text->p;

    text->p = ngx_cpymem(text->p, le->data, le->len);

    if (text->openmetrics
        && ngx_strlchr(start, text->p, '.') == NULL
        && ngx_strlchr(start, text->p, 'e') == NULL)
    {
        *text->p++ = '.';
        *text->p++ = '0';
    }
}


static void
ngx_http_knn_write_exemplar(ngx_http_knn_text_t *text,
    ngx_http_knn_exemplar_t *exemplar)
{
    ngx_http_knn_exemplar_t  e;

    if (ngx_http_knn_read_exemplar(exemplar, &e) != NGX_OK) {
        return;
    }

    text->p = ngx_sprintf(text->p,
                          " # {trace_id=\"%016xA%016xA\"} "
                          "%uA.%09uA %uA.%03uA",
                          e.trace[0], e.trace[1],
                          e.duration / NGX_HTTP_KNN_BILLION,
                          e.duration % NGX_HTTP_KNN_BILLION,
                          e.time / 1000, e.time % 1000);
}


/* Of models of this configuration. */
static void
ngx_http_knn_write_agreement(ngx_http_knn_text_t *text)
{
    ngx_uint_t             i;
    ngx_http_knn_pair_t   *pair;
    ngx_http_knn_model_t  *primary, *shadow;

    ngx_http_knn_write_family(text, "shadow_rows", "counter", NULL,
                              "Rows that a shadow answered as its primary "
                              "did, and others.");

    for (i = 0; i < NGX_HTTP_KNN_PAIRS; i++) {
        pair = &text->kmcf->zone.sh->pairs[i];

        primary = ngx_http_knn_find_number(text,
                                           ngx_http_knn_pair_primary(pair));
        shadow = ngx_http_knn_find_number(text,
                                          ngx_http_knn_pair_shadow(pair));

        if (primary == NULL || shadow == NULL) {
            continue;
        }

        text->p = ngx_sprintf(text->p,
                              "nginx_knn_shadow_rows_total{primary=\"%V\","
                              "shadow=\"%V\",agreement=\"agree\"} %uA\n"
                              "nginx_knn_shadow_rows_total{primary=\"%V\","
                              "shadow=\"%V\",agreement=\"differ\"} %uA\n",
                              &primary->id, &shadow->id, pair->agree,
                              &primary->id, &shadow->id, pair->differ);
    }
}


static ngx_http_knn_model_t *
ngx_http_knn_find_number(ngx_http_knn_text_t *text, ngx_uint_t number)
{
    ngx_uint_t              i;
    ngx_http_knn_series_t  *series;

    for (i = 0; i < text->kmcf->models.nelts; i++) {
        series = text->sources[i].metrics->series;

        if (series != NULL && series->number == number) {
            return text->sources[i].model;
        }
    }

    return NULL;
}


static void
ngx_http_knn_write_processes(ngx_http_knn_text_t *text)
{
    ngx_uint_t               i, in_flight, waiting;
    ngx_http_knn_zone_sh_t  *sh;
    ngx_http_knn_process_t  *process;

    in_flight = 0;
    waiting = 0;

    sh = text->kmcf->zone.sh;

    for (i = 0; i < sh->n_processes; i++) {
        process = &sh->processes[i];

        if (ngx_http_knn_process_alive(process)) {
            in_flight += process->in_flight;
            waiting += process->waiting;
        }
    }

    ngx_http_knn_write_family(text, "requests_in_flight", "gauge", NULL,
                              "Requests that are not answered yet.");

    text->p = ngx_sprintf(text->p, "nginx_knn_requests_in_flight %ui\n",
                          in_flight);

    ngx_http_knn_write_family(text, "queue_requests", "gauge", NULL,
                              "Requests that wait for their turn in the event "
                              "loop.");

    text->p = ngx_sprintf(text->p, "nginx_knn_queue_requests %ui\n", waiting);
}


static void
ngx_http_knn_write_models(ngx_http_knn_text_t *text)
{
    ngx_uint_t               i;
    const knn_model_info_t  *info;

    ngx_http_knn_write_family(text, "model_info", "gauge", NULL,
                              "What a model is.");

    for (i = 0; i < text->kmcf->models.nelts; i++) {
        info = text->sources[i].model->info;

        text->p = ngx_sprintf(text->p,
                              "nginx_knn_model_info{%V,estimator=\"%s\","
                              "metric=\"%s\",algorithm=\"%s\",sha256=\"%s\"} "
                              "1\n",
                              &text->sources[i].labels, info->estimator,
                              info->metric, info->algorithm, info->sha256);
    }

    ngx_http_knn_write_gauge(text, "model_samples", NULL,
                             "Rows that a model was trained with.",
                             offsetof(knn_model_info_t, n_samples));
    ngx_http_knn_write_gauge(text, "model_features", NULL,
                             "Features of a row.",
                             offsetof(knn_model_info_t, n_features));
    ngx_http_knn_write_gauge(text, "model_bytes", "bytes",
                             "Memory that a model takes.",
                             offsetof(knn_model_info_t, memory));

    ngx_http_knn_write_family(text, "model_loaded_timestamp_seconds", "gauge",
                              "seconds", "When a model was loaded.");

    for (i = 0; i < text->kmcf->models.nelts; i++) {
        text->p = ngx_sprintf(text->p,
                              "nginx_knn_model_loaded_timestamp_seconds{%V} "
                              "%T\n",
                              &text->sources[i].labels,
                              text->sources[i].model->loaded->time);
    }
}


/* A size in what the library says of a model. */
static void
ngx_http_knn_write_gauge(ngx_http_knn_text_t *text, char *name, char *unit,
    char *help, size_t offset)
{
    u_char      *info;
    ngx_uint_t   i;

    ngx_http_knn_write_family(text, name, "gauge", unit, help);

    for (i = 0; i < text->kmcf->models.nelts; i++) {
        info = (u_char *) text->sources[i].model->info;

        text->p = ngx_sprintf(text->p, "nginx_knn_%s{%V} %uz\n", name,
                              &text->sources[i].labels,
                              *(size_t *) (info + offset));
    }
}


static void
ngx_http_knn_write_build(ngx_http_knn_text_t *text)
{
    ngx_http_knn_write_family(text, "build_info", "gauge", NULL,
                              "What this server is.");

    text->p = ngx_sprintf(text->p,
                          "nginx_knn_build_info{version=\"%s\",nginx=\"%s\","
                          "simd=\"%s\"} 1\n",
                          KNN_VERSION, NGINX_VERSION, text->kmcf->simd);

    if (text->openmetrics) {
        text->p = ngx_cpymem(text->p, "# EOF\n", sizeof("# EOF\n") - 1);
    }
}
