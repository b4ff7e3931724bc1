
/*
 * Copyright (C) nginx-knn contributors
 */


/* The life of a request for predictions. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_knn_module.h"


static ngx_int_t ngx_http_knn_choose_model(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx);
static ngx_int_t ngx_http_knn_choose_outputs(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx, knn_error_t *err);
static ngx_int_t ngx_http_knn_get(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx);
static ngx_int_t ngx_http_knn_post(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx);
static void ngx_http_knn_body_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_knn_start(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx, ngx_chain_t *in);
static ngx_int_t ngx_http_knn_wait(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx);
static ngx_int_t ngx_http_knn_send_refusal(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx);
static ngx_int_t ngx_http_knn_send_untold(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx);


static ngx_str_t  ngx_http_knn_methods = ngx_string(
    "GET, HEAD, POST, OPTIONS");


/* Of a location of "knn_predict". */
ngx_int_t
ngx_http_knn_predict_handler(ngx_http_request_t *r)
{
    ngx_int_t            rc;
    ngx_http_knn_ctx_t  *ctx;

    ctx = ngx_http_knn_create_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* whatever is answered is counted with the model, if it is known */

    rc = ngx_http_knn_choose_model(r, ctx);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_POST))) {
        return ngx_http_knn_send_allow(r, &ngx_http_knn_methods);
    }

    if (rc == NGX_DECLINED) {
        return ngx_http_knn_send_unknown_model(r);
    }

    if (ngx_http_knn_choose_form(r, ctx) != NGX_OK) {
        return ngx_http_knn_send_problem(r, NGX_HTTP_KNN_NOT_ACCEPTABLE,
                                         "the Accept field allows no reply, "
                                         "accept application/json, text/csv, "
                                         "application/x-npy, or "
                                         "application/jsonlines", NULL);
    }

    if (r->method != NGX_HTTP_POST) {
        ctx->format = KNN_FORMAT_LINE;
        return ngx_http_knn_serve(r, ctx);
    }

    rc = ngx_http_knn_choose_format(r, ctx);

    if (rc == NGX_DECLINED) {
        return ngx_http_knn_send_problem(r, NGX_HTTP_KNN_MEDIA_TYPE,
                                         "the media type or charset of the "
                                         "body is not accepted, send JSON, "
                                         "JSON lines, or CSV in UTF-8, or NPY",
                                         NULL);
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_knn_serve(r, ctx);
}


/* Answers when the model, the body's format, and the reply's form are known. */
ngx_int_t
ngx_http_knn_serve(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx)
{
    ngx_int_t    rc;
    knn_error_t  err;

    rc = ngx_http_knn_choose_outputs(r, ctx, &err);

    if (rc == NGX_DECLINED) {
        return ngx_http_knn_send_error(r, &err, NULL);
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (r->method == NGX_HTTP_POST) {
        return ngx_http_knn_post(r, ctx);
    }

    return ngx_http_knn_get(r, ctx);
}


/* In a cleanup, because internal redirects forget the contexts of modules. */
ngx_http_knn_ctx_t *
ngx_http_knn_create_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t  *cln;
    ngx_http_knn_ctx_t  *ctx, *last;

    last = ngx_http_knn_get_ctx(r);

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_knn_ctx_t));
    if (cln == NULL) {
        return NULL;
    }

    if (last != NULL) {
        last->redirected = 1;
    }

    ctx = cln->data;

    ngx_memzero(ctx, sizeof(ngx_http_knn_ctx_t));

    ctx->request = r;
    ctx->header = KNN_NO_HEADER;
    ngx_str_set(&ctx->type, "application/json");
    ctx->work.pool = r->pool;
    ctx->started = ngx_http_knn_now();
    ctx->work.now = ctx->started;

    cln->handler = ngx_http_knn_cleanup_ctx;

    ngx_http_knn_count_begin();

    ngx_http_set_ctx(r, ctx, ngx_http_knn_module);

    return ctx;
}


void
ngx_http_knn_cleanup_ctx(void *data)
{
    ngx_http_knn_ctx_t *ctx = data;

    ngx_http_knn_count_request(ctx);

    ngx_http_knn_queue_remove(ctx);
    ngx_http_knn_work_free(&ctx->work);

    if (ctx->work.room != NULL) {
        ctx->work.room->taken = 0;
    }

    if (ctx->pool != NULL) {
        ngx_destroy_pool(ctx->pool);
    }
}


/* NULL when no location of predictions has seen the request. */
ngx_http_knn_ctx_t *
ngx_http_knn_get_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t  *cln;
    ngx_http_knn_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_knn_module);

    if (ctx != NULL || !(r->internal || r->filter_finalize)) {
        return ctx;
    }

    /* an internal redirect has forgotten it; subrequests share the pool */

    for (cln = r->pool->cleanup; cln; cln = cln->next) {
        if (cln->handler != ngx_http_knn_cleanup_ctx) {
            continue;
        }

        ctx = cln->data;

        if (ctx->request == r) {
            return ctx;
        }
    }

    return NULL;
}


/* The model of the location; NGX_DECLINED when a variable names no model. */
static ngx_int_t
ngx_http_knn_choose_model(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx)
{
    ngx_str_t                  name;
    ngx_http_knn_loc_conf_t   *klcf;
    ngx_http_knn_main_conf_t  *kmcf;

    klcf = ngx_http_get_module_loc_conf(r, ngx_http_knn_module);

    ctx->model = klcf->location->model;
    ctx->work.model = ctx->model;

    if (ctx->model != NULL) {
        return NGX_OK;
    }

    if (ngx_http_complex_value(r, &klcf->location->name, &name) != NGX_OK) {
        return NGX_ERROR;
    }

    kmcf = ngx_http_get_module_main_conf(r, ngx_http_knn_module);

    ctx->model = ngx_http_knn_find_model(kmcf, &name);

    ctx->work.model = ctx->model;

    return ctx->model ? NGX_OK : NGX_DECLINED;
}


/* The name came from the client: it is not repeated. */
ngx_int_t
ngx_http_knn_send_unknown_model(ngx_http_request_t *r)
{
    u_char                    *p, detail[KNN_ERROR_SIZE];
    ngx_str_t                  known;
    ngx_http_knn_main_conf_t  *kmcf;

    kmcf = ngx_http_get_module_main_conf(r, ngx_http_knn_module);

    if (ngx_http_knn_known_models(r->pool, kmcf, &known) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    p = ngx_snprintf(detail, KNN_ERROR_SIZE - 1,
                     "there is no model or version of this name, "
                     "known models: %V", &known);
    *p = '\0';

    return ngx_http_knn_send_problem(r, NGX_HTTP_KNN_NOT_FOUND,
                                     (char *) detail, NULL);
}


/* What "?output=" asks for, else "knn_output"; NGX_DECLINED when not served. */
static ngx_int_t
ngx_http_knn_choose_outputs(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx,
    knn_error_t *err)
{
    ngx_int_t                 rc;
    ngx_str_t                 value;
    ngx_http_knn_loc_conf_t  *klcf;

    /* a verb that has only one */

    if (ctx->outputs) {

        if (knn_outputs_check(ctx->outputs, ctx->model->info,
                              (char *) ctx->model->name.data, err)
            != KNN_OK
            || knn_reply_check(ctx->model->reply, ctx->work.form,
                               ctx->outputs, err)
               != KNN_OK)
        {
            return NGX_DECLINED;
        }

        return NGX_OK;
    }

    rc = ngx_http_knn_unescape_arg(r, "output", 1, &value);

    if (rc == NGX_DECLINED) {
        klcf = ngx_http_get_module_loc_conf(r, ngx_http_knn_module);
        ctx->outputs = knn_outputs_default(klcf->outputs,
                                           ctx->model->info->serves);
        return NGX_OK;
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    ctx->outputs = knn_outputs_parse((char *) value.data, value.len, err);

    if (ctx->outputs == 0
        || knn_outputs_check(ctx->outputs, ctx->model->info,
                             (char *) ctx->model->name.data, err)
           != KNN_OK)
    {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/*
 * An argument of the query string, in which plus signs may stand for spaces,
 * as forms send them; NGX_DECLINED when it is not there.
 */
ngx_int_t
ngx_http_knn_unescape_arg(ngx_http_request_t *r, char *name, ngx_uint_t plus,
    ngx_str_t *value)
{
    u_char  *p, *dst, *src;
    size_t   len;

    if (ngx_http_arg(r, (u_char *) name, ngx_strlen(name), value) != NGX_OK) {
        return NGX_DECLINED;
    }

    len = value->len;
    src = value->data;

    dst = ngx_pnalloc(r->pool, len + 1);
    if (dst == NULL) {
        return NGX_ERROR;
    }

    value->data = dst;

    ngx_memcpy(dst, src, len);

    for (p = dst; plus && p < dst + len; p++) {
        if (*p == '+') {
            *p = ' ';
        }
    }

    src = dst;

    ngx_unescape_uri(&dst, &src, len, 0);

    value->len = dst - value->data;

    return NGX_OK;
}


/* One row in "?X=", as a line of CSV. */
static ngx_int_t
ngx_http_knn_get(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx)
{
    ngx_int_t     rc;
    ngx_buf_t    *b;
    ngx_str_t     value;
    ngx_chain_t  *in;

    /* in numbers alone, a plus sign has always been one */

    rc = ngx_http_knn_unescape_arg(r, "X", ctx->model->info->features != NULL,
                                   &value);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_DECLINED || value.len == 0) {
        return ngx_http_knn_send_problem(r, NGX_HTTP_KNN_MALFORMED,
                                         "the argument \"X\" is missing, send "
                                         "\"?X=\" and the features separated "
                                         "by commas, or POST rows", NULL);
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    in = ngx_alloc_chain_link(r->pool);
    b = ngx_calloc_buf(r->pool);

    if (in == NULL || b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    b->pos = value.data;
    b->last = value.data + value.len;
    b->memory = 1;

    in->buf = b;
    in->next = NULL;

    rc = ngx_http_knn_start(r, ctx, in);

    if (rc == NGX_DONE) {
        r->main->count++;
    }

    return rc;
}


static ngx_int_t
ngx_http_knn_post(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx)
{
    ngx_int_t  rc;

    rc = ngx_http_knn_choose_coding(r, ctx);

    if (rc == NGX_DECLINED) {
        return ngx_http_knn_send_problem(r, NGX_HTTP_KNN_MEDIA_TYPE,
                                         "the coding of the body is not "
                                         "accepted, send it with gzip or "
                                         "deflate, or without a coding", NULL);
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_read_client_request_body(r, ngx_http_knn_body_handler);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }

    return NGX_DONE;
}


static void
ngx_http_knn_body_handler(ngx_http_request_t *r)
{
    ngx_int_t                 rc;
    ngx_chain_t              *in;
    ngx_http_knn_ctx_t       *ctx;
    ngx_http_request_body_t  *rb;

    ctx = ngx_http_get_module_ctx(r, ngx_http_knn_module);

    rb = r->request_body;

    /* unless the body came with the header, time has passed */

    if (rb != NULL && rb->buf != NULL) {
        ctx->work.now = 0;
    }

    in = rb ? rb->bufs : NULL;

    rc = ngx_http_knn_start(r, ctx, in);

    if (rc != NGX_DONE) {
        ngx_http_finalize_request(r, rc);
    }
}


/* The first slice, which most requests need no other after; else NGX_DONE. */
static ngx_int_t
ngx_http_knn_start(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx,
    ngx_chain_t *in)
{
    ngx_int_t                  rc;
    knn_request_options_t      options;
    ngx_http_knn_loc_conf_t   *klcf;
    ngx_http_core_loc_conf_t  *clcf;
    ngx_http_knn_main_conf_t  *kmcf;

    klcf = ngx_http_get_module_loc_conf(r, ngx_http_knn_module);
    kmcf = ngx_http_get_module_main_conf(r, ngx_http_knn_module);
    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    ngx_memzero(&options, sizeof(knn_request_options_t));

    options.format = ctx->format;
    options.coding = ctx->coding;
    options.header = ctx->header;
    options.outputs = ctx->outputs;
    options.max_rows = (ctx->format == KNN_FORMAT_LINE) ? 1 : klcf->max_rows;
    options.max_size = (size_t) clcf->client_max_body_size;

    /* not earlier, as a client may take its time to send a body */

    if (!kmcf->room.taken && kmcf->room.start != NULL) {
        kmcf->room.taken = 1;
        ctx->work.room = &kmcf->room;
        ctx->work.pos = kmcf->room.start;
    }

    rc = ngx_http_knn_work_init(&ctx->work, &options, in);

    if (rc == NGX_OK) {
        rc = ngx_http_knn_work_run(&ctx->work, NGX_HTTP_KNN_SLICE);
    }

    if (rc == NGX_AGAIN) {
        rc = ngx_http_knn_wait(r, ctx);

        if (rc == NGX_OK) {
            return NGX_DONE;
        }
    }

    return ngx_http_knn_finish(r, ctx, rc);
}


/* Where the rest is done; NGX_BUSY when too many wait already. */
static ngx_int_t
ngx_http_knn_wait(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx)
{
    ngx_event_t               *rev;
    ngx_http_knn_main_conf_t  *kmcf;
#if (NGX_THREADS)
    ngx_http_knn_loc_conf_t   *klcf;
#endif

    /* the client may be gone already */

    rev = r->connection->read;

    if (rev->ready) {
        ngx_post_event(rev, &ngx_posted_events);

    } else if (ngx_handle_read_event(rev, 0) != NGX_OK) {
        return NGX_ERROR;
    }

#if (NGX_THREADS)
    klcf = ngx_http_get_module_loc_conf(r, ngx_http_knn_module);

    if (klcf->thread_pool != NULL) {
        return ngx_http_knn_thread_post(klcf->thread_pool, r, ctx);
    }
#endif

    kmcf = ngx_http_get_module_main_conf(r, ngx_http_knn_module);

    return ngx_http_knn_queue_add(kmcf, r, ctx);
}


/* Answers as the work has ended. */
ngx_int_t
ngx_http_knn_finish(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx,
    ngx_int_t rc)
{
    switch (rc) {

    case NGX_OK:
        ctx->reason = NGX_HTTP_KNN_OK;
        return ngx_http_knn_send_reply(r, ctx);

    case NGX_DECLINED:
        return ngx_http_knn_send_refusal(r, ctx);

    case NGX_HTTP_KNN_UNTOLD:
        return ngx_http_knn_send_untold(r, ctx);

    case NGX_BUSY:
        return ngx_http_knn_send_problem(r, NGX_HTTP_KNN_BUSY,
                                         "too many large requests are waiting, "
                                         "send fewer rows or try again later",
                                         NULL);

    case NGX_ABORT:
        return ngx_http_knn_send_problem(r, NGX_HTTP_KNN_NO_MEMORY,
                                         "there is no memory for so many rows, "
                                         "send fewer or try again later", NULL);

    default:
        ctx->reason = NGX_HTTP_KNN_INTERNAL;
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
}


/* Names the place of the fault, which only a body has. */
static ngx_int_t
ngx_http_knn_send_refusal(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx)
{
    const knn_rows_t  *rows;

    rows = knn_request_rows(ctx->work.request);

    return ngx_http_knn_send_error(r, &rows->error,
                                   (r->method == NGX_HTTP_POST) ? rows->pointer
                                                                : NULL);
}


/* The outputs that the body asked for have no place in the reply's form. */
static ngx_int_t
ngx_http_knn_send_untold(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx)
{
    knn_error_t  err;

    (void) knn_reply_check(ctx->model->reply, ctx->work.form,
                           knn_request_rows(ctx->work.request)->outputs, &err);

    return ngx_http_knn_send_problem(r, NGX_HTTP_KNN_NOT_ACCEPTABLE,
                                     err.message, NULL);
}
