
/*
 * Copyright (C) nginx-knn contributors
 */


/* Rows of the training data, where the configuration shows them. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_md5.h>

#include "ngx_http_knn_module.h"


#define NGX_HTTP_KNN_SAMPLES_LIMIT  1000

/* what is written in a turn of the event loop, some tenths of a millisecond */
#define NGX_HTTP_KNN_SAMPLES_PIECE  16384

/* a worker that shuts down waits for timers */
#define NGX_HTTP_KNN_SAMPLES_TIME   60000


/* the rows that a request asks for, or why it is refused */
typedef struct {
    ngx_http_knn_model_t  *model;
    size_t                 n;
    int64_t               *rows;               /* NULL: evenly spaced ones */

    ngx_http_knn_reason_e  reason;
    char                  *detail;
} ngx_http_knn_chosen_t;


typedef struct {
    ngx_http_request_t    *request;
    ngx_event_t            event;
    size_t                 size;               /* of a piece */
    knn_samples_writer_t   writer;
} ngx_http_knn_samples_ctx_t;


static ngx_int_t ngx_http_knn_init_shown(ngx_conf_t *cf,
    ngx_http_knn_main_conf_t *kmcf, ngx_http_knn_location_t *location);
static ngx_int_t ngx_http_knn_create_samples(ngx_conf_t *cf,
    ngx_http_knn_model_t *model);
static void ngx_http_knn_free_samples(void *data);
static ngx_int_t ngx_http_knn_samples_choose(ngx_http_request_t *r,
    ngx_http_knn_chosen_t *chosen);
static ngx_int_t ngx_http_knn_samples_model(ngx_http_request_t *r,
    ngx_http_knn_chosen_t *chosen);
static ngx_int_t ngx_http_knn_samples_limit(ngx_http_request_t *r,
    ngx_http_knn_chosen_t *chosen);
static ngx_int_t ngx_http_knn_samples_index(ngx_http_request_t *r,
    ngx_http_knn_chosen_t *chosen);
static ngx_int_t ngx_http_knn_samples_row(ngx_http_request_t *r,
    ngx_http_knn_chosen_t *chosen, ngx_str_t *text);
static ngx_int_t ngx_http_knn_samples_refuse(ngx_http_knn_chosen_t *chosen,
    ngx_http_knn_reason_e reason, char *detail);
static ngx_int_t ngx_http_knn_samples_send(ngx_http_request_t *r,
    ngx_http_knn_chosen_t *chosen);
static ngx_int_t ngx_http_knn_samples_header(ngx_http_request_t *r,
    ngx_http_knn_chosen_t *chosen);
static ngx_int_t ngx_http_knn_samples_piece(ngx_http_knn_samples_ctx_t *ctx,
    ngx_chain_t *out);
static void ngx_http_knn_samples_event_handler(ngx_event_t *ev);
static void ngx_http_knn_samples_cleanup(void *data);


static ngx_str_t  ngx_http_knn_methods = ngx_string("GET, HEAD, OPTIONS");
static ngx_str_t  ngx_http_knn_no_cache = ngx_string("no-cache");
static ngx_str_t  ngx_http_knn_x_model = ngx_string("X-Knn-Model");


char *
ngx_http_knn_samples(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_knn_loc_conf_t *klcf = conf;

    ngx_str_t                *value, *name;
    ngx_uint_t                i;
    ngx_http_knn_location_t  *location;

    if (klcf->location != NULL
        && klcf->location->handler == ngx_http_knn_samples_handler)
    {
        return "is duplicate";
    }

    location = ngx_http_knn_add_location(cf, klcf,
                                         ngx_http_knn_samples_handler);
    if (location == NULL) {
        return NGX_CONF_ERROR;
    }

    if (ngx_array_init(&location->names, cf->pool, cf->args->nelts,
                       sizeof(ngx_str_t))
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        name = ngx_array_push(&location->names);
        if (name == NULL) {
            return NGX_CONF_ERROR;
        }

        *name = value[i];
    }

    return NGX_CONF_OK;
}


/* Resolves names, and prepares the models whose rows are shown. */
ngx_int_t
ngx_http_knn_init_samples(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf)
{
    ngx_uint_t                  i;
    ngx_http_knn_location_t   **locations;

    if (ngx_process == NGX_PROCESS_SIGNALLER) {
        return NGX_OK;
    }

    locations = kmcf->locations.elts;

    for (i = 0; i < kmcf->locations.nelts; i++) {
        if (locations[i]->handler == ngx_http_knn_samples_handler
            && ngx_http_knn_init_shown(cf, kmcf, locations[i]) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* The models of one location, the one that a request need not name first. */
static ngx_int_t
ngx_http_knn_init_shown(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf,
    ngx_http_knn_location_t *location)
{
    ngx_uint_t              i;
    ngx_http_knn_model_t  **models, *model;

    for (i = 0; i < location->names.nelts; i++) {
        model = ngx_http_knn_require_model(cf, kmcf, location,
                               &((ngx_str_t *) location->names.elts)[i]);
        if (model == NULL) {
            return NGX_ERROR;
        }

        if (location->model == NULL) {
            location->model = model;
        }
    }

    models = kmcf->models.elts;

    if (location->model == NULL && kmcf->models.nelts) {
        location->model = ngx_http_knn_find_model(kmcf, &models[0]->name);
    }

    for (i = 0; i < kmcf->models.nelts; i++) {
        if (models[i]->samples == NULL
            && ngx_http_knn_is_shown(kmcf, location, models[i])
            && ngx_http_knn_create_samples(cf, models[i]) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* A name without a version shows all of them, and no name all models. */
ngx_uint_t
ngx_http_knn_is_shown(ngx_http_knn_main_conf_t *kmcf,
    ngx_http_knn_location_t *location, ngx_http_knn_model_t *model)
{
    ngx_str_t   *names;
    ngx_uint_t   i;

    names = location->names.elts;

    for (i = 0; i < location->names.nelts; i++) {
        if ((names[i].len == model->name.len
             && ngx_strncmp(names[i].data, model->name.data, names[i].len) == 0)
            || ngx_http_knn_find_model(kmcf, &names[i]) == model)
        {
            return 1;
        }
    }

    return i == 0;
}


static ngx_int_t
ngx_http_knn_create_samples(ngx_conf_t *cf, ngx_http_knn_model_t *model)
{
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    model->samples = knn_samples_create(model->model, (char *) model->name.data,
                                        (char *) model->version.data);
    if (model->samples == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_knn_free_samples;
    cln->data = model->samples;

    return NGX_OK;
}


static void
ngx_http_knn_free_samples(void *data)
{
    knn_samples_destroy(data);
}


ngx_int_t
ngx_http_knn_samples_handler(ngx_http_request_t *r)
{
    ngx_int_t              rc;
    ngx_http_knn_chosen_t  chosen;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return ngx_http_knn_send_allow(r, &ngx_http_knn_methods);
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    ngx_memzero(&chosen, sizeof(ngx_http_knn_chosen_t));

    rc = ngx_http_knn_samples_choose(r, &chosen);

    if (rc == NGX_DECLINED) {
        return ngx_http_knn_send_problem(r, chosen.reason, chosen.detail, NULL);
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_knn_samples_send(r, &chosen);
}


/* NGX_DECLINED when the request is refused. */
static ngx_int_t
ngx_http_knn_samples_choose(ngx_http_request_t *r,
    ngx_http_knn_chosen_t *chosen)
{
    ngx_int_t  rc;

    rc = ngx_http_knn_samples_model(r, chosen);

    if (rc == NGX_OK) {
        rc = ngx_http_knn_samples_limit(r, chosen);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_knn_samples_index(r, chosen);
    }

    return rc;
}


/* What "?model=" names, else the first. */
static ngx_int_t
ngx_http_knn_samples_model(ngx_http_request_t *r,
    ngx_http_knn_chosen_t *chosen)
{
    ngx_int_t                  rc;
    ngx_str_t                  name;
    ngx_http_knn_loc_conf_t   *klcf;
    ngx_http_knn_main_conf_t  *kmcf;

    klcf = ngx_http_get_module_loc_conf(r, ngx_http_knn_module);
    kmcf = ngx_http_get_module_main_conf(r, ngx_http_knn_module);

    rc = ngx_http_knn_unescape_arg(r, "model", 1, &name);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    chosen->model = (rc == NGX_OK) ? ngx_http_knn_find_model(kmcf, &name)
                                   : klcf->location->model;

    if (chosen->model == NULL
        || !ngx_http_knn_is_shown(kmcf, klcf->location, chosen->model))
    {
        return ngx_http_knn_samples_refuse(chosen, NGX_HTTP_KNN_NOT_FOUND,
                                           "there is no model or version of "
                                           "this name whose training rows are "
                                           "shown");
    }

    return NGX_OK;
}


/* How many rows "?limit=" asks for. */
static ngx_int_t
ngx_http_knn_samples_limit(ngx_http_request_t *r,
    ngx_http_knn_chosen_t *chosen)
{
    ngx_int_t  rc, limit;
    ngx_str_t  value;

    limit = NGX_HTTP_KNN_SAMPLES_LIMIT;

    rc = ngx_http_knn_unescape_arg(r, "limit", 0, &value);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc == NGX_OK) {
        limit = ngx_atoi(value.data, value.len);

        if (limit < 1 || limit > KNN_SAMPLES_ROWS) {
            return ngx_http_knn_samples_refuse(chosen, NGX_HTTP_KNN_MALFORMED,
                                               "the argument \"limit\" must be "
                                               "a number of rows from 1 to "
                                               "10000");
        }
    }

    chosen->n = ngx_min((size_t) limit, knn_samples_most(chosen->model->info));
    chosen->n = ngx_min(chosen->n, knn_samples_total(chosen->model->samples));

    return NGX_OK;
}


/* The rows of "?index=" instead, if it is there. */
static ngx_int_t
ngx_http_knn_samples_index(ngx_http_request_t *r,
    ngx_http_knn_chosen_t *chosen)
{
    size_t      most;
    u_char     *p, *last;
    ngx_int_t   rc;
    ngx_str_t   value, text;

    rc = ngx_http_knn_unescape_arg(r, "index", 0, &value);

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_OK : NGX_ERROR;
    }

    most = knn_samples_most(chosen->model->info);

    /* no more numbers than every other character */

    chosen->rows = ngx_palloc(r->pool, (value.len / 2 + 1) * sizeof(int64_t));
    if (chosen->rows == NULL) {
        return NGX_ERROR;
    }

    chosen->n = 0;
    last = value.data + value.len;

    for (p = value.data; /* void */; p++) {
        text.data = p;
        p = ngx_strlchr(p, last, ',');
        p = p ? p : last;
        text.len = p - text.data;

        if (chosen->n == most) {
            return ngx_http_knn_samples_refuse(chosen, NGX_HTTP_KNN_LIMIT,
                                               "the argument \"index\" names "
                                               "more rows than a reply has, "
                                               "ask for them in several "
                                               "requests");
        }

        rc = ngx_http_knn_samples_row(r, chosen, &text);

        if (rc != NGX_OK || p == last) {
            return rc;
        }
    }
}


/* One number of them. */
static ngx_int_t
ngx_http_knn_samples_row(ngx_http_request_t *r, ngx_http_knn_chosen_t *chosen,
    ngx_str_t *text)
{
    off_t    number;
    u_char  *detail;
    size_t   i, total;

    for (i = 0; i < text->len; i++) {
        if (text->data[i] < '0' || text->data[i] > '9') {
            break;
        }
    }

    if (i == 0 || i < text->len) {
        return ngx_http_knn_samples_refuse(chosen, NGX_HTTP_KNN_MALFORMED,
                                           "the argument \"index\" must be "
                                           "numbers of training rows from 0, "
                                           "separated by commas");
    }

    total = knn_samples_total(chosen->model->samples);
    number = ngx_atoof(text->data, text->len);

    if (number >= 0 && (size_t) number < total) {
        chosen->rows[chosen->n++] = number;
        return NGX_OK;
    }

    detail = ngx_pnalloc(r->pool, KNN_ERROR_SIZE);
    if (detail == NULL) {
        return NGX_ERROR;
    }

    *ngx_snprintf(detail, KNN_ERROR_SIZE - 1,
                  "the argument \"index\" names a row that is not there, "
                  "model \"%V\" has %uz training rows, counted from 0",
                  &chosen->model->id, total) = '\0';

    return ngx_http_knn_samples_refuse(chosen, NGX_HTTP_KNN_VALUE,
                                       (char *) detail);
}


static ngx_int_t
ngx_http_knn_samples_refuse(ngx_http_knn_chosen_t *chosen,
    ngx_http_knn_reason_e reason, char *detail)
{
    chosen->reason = reason;
    chosen->detail = detail;

    return NGX_DECLINED;
}


/* The header, what does not depend on the rows, and the first piece. */
static ngx_int_t
ngx_http_knn_samples_send(ngx_http_request_t *r, ngx_http_knn_chosen_t *chosen)
{
    void                        *memory;
    size_t                       size;
    ngx_int_t                    rc;
    ngx_buf_t                   *b;
    ngx_chain_t                  out, next;
    knn_samples_t               *samples;
    ngx_pool_cleanup_t          *cln;
    ngx_http_knn_samples_ctx_t  *ctx;

    rc = ngx_http_knn_samples_header(r, chosen);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    samples = chosen->model->samples;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_knn_samples_ctx_t));
    b = ngx_calloc_buf(r->pool);
    memory = ngx_palloc(r->pool, knn_samples_memory(samples));

    if (cln == NULL || b == NULL || memory == NULL) {
        return NGX_ERROR;
    }

    ctx = cln->data;

    ngx_memzero(ctx, sizeof(ngx_http_knn_samples_ctx_t));

    ctx->request = r;
    ctx->size = ngx_max(NGX_HTTP_KNN_SAMPLES_PIECE,
                        knn_samples_piece(samples));

    ctx->event.handler = ngx_http_knn_samples_event_handler;
    ctx->event.data = ctx;
    ctx->event.log = r->connection->log;

    cln->handler = ngx_http_knn_samples_cleanup;

    knn_samples_begin(&ctx->writer, samples, chosen->rows, chosen->n, memory);

    b->pos = (u_char *) knn_samples_head(samples, &size);
    b->last = b->pos + size;
    b->memory = 1;

    out.buf = b;
    out.next = &next;

    rc = ngx_http_knn_samples_piece(ctx, &next);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc == NGX_OK) {
        return ngx_http_output_filter(r, &out);
    }

    if (ngx_http_output_filter(r, &out) == NGX_ERROR) {
        return NGX_ERROR;
    }

    /* the rest of a body that nobody wants goes on being read */

    if (!r->discard_body) {
        r->read_event_handler = ngx_http_test_reading;
    }

    r->write_event_handler = ngx_http_request_empty_handler;
    r->main->count++;

    ngx_post_event(&ctx->event, &ngx_posted_next_events);
    ngx_add_timer(&ctx->event, NGX_HTTP_KNN_SAMPLES_TIME);

    return NGX_DONE;
}


static ngx_int_t
ngx_http_knn_samples_header(ngx_http_request_t *r,
    ngx_http_knn_chosen_t *chosen)
{
    u_char                *p, digest[16];
    ngx_md5_t              md5;
    ngx_str_t              value;
    ngx_http_knn_model_t  *model;

    model = chosen->model;

    value.len = sizeof(digest) * 2 + 2;

    value.data = ngx_pnalloc(r->pool, value.len);
    if (value.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_md5_init(&md5);
    ngx_md5_update(&md5, KNN_VERSION, sizeof(KNN_VERSION));
    ngx_md5_update(&md5, model->info->sha256, sizeof(model->info->sha256));
    ngx_md5_update(&md5, model->id.data, model->id.len);
    ngx_md5_update(&md5, &chosen->n, sizeof(chosen->n));

    if (chosen->rows) {
        ngx_md5_update(&md5, chosen->rows, chosen->n * sizeof(int64_t));
    }

    ngx_md5_final(digest, &md5);

    p = value.data;

    *p++ = '"';
    p = ngx_hex_dump(p, digest, sizeof(digest));
    *p++ = '"';

    r->headers_out.status = NGX_HTTP_OK;

    ngx_str_set(&r->headers_out.content_type, "application/json");
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;

    if (ngx_http_knn_add_etag(r, &value) != NGX_OK
        || ngx_http_knn_add_cache_control(r, &ngx_http_knn_no_cache) != NGX_OK
        || ngx_http_knn_add_header(r, &ngx_http_knn_x_model, &model->id)
           == NULL)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_send_header(r);
}


/* NGX_OK with the last piece. */
static ngx_int_t
ngx_http_knn_samples_piece(ngx_http_knn_samples_ctx_t *ctx, ngx_chain_t *out)
{
    ngx_buf_t  *b;

    b = ngx_create_temp_buf(ctx->request->pool, ctx->size);
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->last += knn_samples_run(&ctx->writer, (char *) b->pos, ctx->size);

    out->buf = b;
    out->next = NULL;

    if (!knn_samples_done(&ctx->writer)) {
        b->flush = 1;
        return NGX_AGAIN;
    }

    b->last_buf = (ctx->request == ctx->request->main) ? 1 : 0;
    b->last_in_chain = 1;

    return NGX_OK;
}


/* A turn of the event loop later. */
static void
ngx_http_knn_samples_event_handler(ngx_event_t *ev)
{
    ngx_http_knn_samples_ctx_t *ctx = ev->data;

    ngx_int_t            rc, sent;
    ngx_chain_t          out;
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = ctx->request;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    /* the client went, and "post_action" has the request now */

    if (c->error) {
        ngx_http_knn_samples_cleanup(ctx);
        return;
    }

    rc = ngx_http_knn_samples_piece(ctx, &out);
    sent = (rc == NGX_ERROR) ? NGX_ERROR : ngx_http_output_filter(r, &out);

    if (rc == NGX_AGAIN && sent != NGX_ERROR) {
        ngx_post_event(ev, &ngx_posted_next_events);
        return;
    }

    ngx_http_knn_samples_cleanup(ctx);

    ngx_http_finalize_request(r, sent);
    ngx_http_run_posted_requests(c);
}


static void
ngx_http_knn_samples_cleanup(void *data)
{
    ngx_http_knn_samples_ctx_t *ctx = data;

    if (ctx->event.posted) {
        ngx_delete_posted_event(&ctx->event);
    }

    if (ctx->event.timer_set) {
        ngx_del_timer(&ctx->event);
    }
}
