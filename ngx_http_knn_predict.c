
/*
 * Copyright (C) nginx-knn contributors
 */


/* The life of a request for predictions. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_md5.h>

#include "ngx_http_knn_module.h"


/* how much of a body in a file is read at once */
#define NGX_HTTP_KNN_READ_SIZE   65536

/* after so many nanoseconds the cached time of nginx is out of date */
#define NGX_HTTP_KNN_LONG_TIME   1000000

/* of one duration: whole milliseconds, point, three digits */
#define NGX_HTTP_KNN_TIME_LEN    (NGX_INT64_LEN + 4)


static ngx_http_knn_ctx_t *ngx_http_knn_create_ctx(ngx_http_request_t *r);
static void ngx_http_knn_cleanup_ctx(void *data);
static ngx_int_t ngx_http_knn_choose_model(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx);
static ngx_int_t ngx_http_knn_send_unknown_model(ngx_http_request_t *r);
static ngx_int_t ngx_http_knn_choose_outputs(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx, knn_error_t *err);
static ngx_int_t ngx_http_knn_unescape_arg(ngx_http_request_t *r, char *name,
    ngx_uint_t plus, ngx_str_t *value);
static ngx_int_t ngx_http_knn_get(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx);
static ngx_int_t ngx_http_knn_post(ngx_http_request_t *r);
static void ngx_http_knn_body_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_knn_create_request(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx, knn_format_e format, size_t size);
static size_t ngx_http_knn_body_size(ngx_http_request_t *r);
static ngx_int_t ngx_http_knn_read_body(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx);
static ngx_int_t ngx_http_knn_read_file(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx, ngx_buf_t *b);
static ngx_int_t ngx_http_knn_answer(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx);
static ngx_int_t ngx_http_knn_send_refusal(ngx_http_request_t *r,
    const knn_rows_t *rows);
static ngx_int_t ngx_http_knn_search(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx, const knn_rows_t *rows);
static ngx_int_t ngx_http_knn_send_reply(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx, bool single);
static ngx_int_t ngx_http_knn_add_headers(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx);
static ngx_int_t ngx_http_knn_add_timing(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx);
static u_char *ngx_http_knn_write_time(u_char *p, uint64_t ns);
static ngx_int_t ngx_http_knn_add_args_etag(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx);
static ngx_int_t ngx_http_knn_send_no_memory(ngx_http_request_t *r);
static void *ngx_http_knn_alloc(void *data, size_t size);
static uint64_t ngx_http_knn_now(void);


static ngx_str_t  ngx_http_knn_x_model = ngx_string("X-Knn-Model");
static ngx_str_t  ngx_http_knn_server_timing = ngx_string("Server-Timing");
static ngx_str_t  ngx_http_knn_no_cache = ngx_string("no-cache");
static ngx_str_t  ngx_http_knn_no_store = ngx_string("no-store");
static ngx_str_t  ngx_http_knn_methods = ngx_string(
    "GET, HEAD, POST, OPTIONS");


ngx_int_t
ngx_http_knn_predict_handler(ngx_http_request_t *r)
{
    ngx_int_t            rc;
    knn_error_t          err;
    ngx_http_knn_ctx_t  *ctx;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_POST))) {
        return ngx_http_knn_send_allow(r, &ngx_http_knn_methods);
    }

    ctx = ngx_http_knn_create_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_knn_choose_model(r, ctx);

    if (rc == NGX_DECLINED) {
        return ngx_http_knn_send_unknown_model(r);
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_knn_choose_outputs(r, ctx, &err);

    if (rc == NGX_DECLINED) {
        return ngx_http_knn_send_error(r, &err, NULL);
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (r->method == NGX_HTTP_POST) {
        return ngx_http_knn_post(r);
    }

    return ngx_http_knn_get(r, ctx);
}


/* In a cleanup, because internal redirects forget the contexts of modules. */
static ngx_http_knn_ctx_t *
ngx_http_knn_create_ctx(ngx_http_request_t *r)
{
    ngx_http_knn_ctx_t  *ctx;
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_knn_ctx_t));
    if (cln == NULL) {
        return NULL;
    }

    ctx = cln->data;

    ngx_memzero(ctx, sizeof(ngx_http_knn_ctx_t));

    cln->handler = ngx_http_knn_cleanup_ctx;

    ngx_http_set_ctx(r, ctx, ngx_http_knn_module);

    return ctx;
}


static void
ngx_http_knn_cleanup_ctx(void *data)
{
    ngx_http_knn_ctx_t *ctx = data;

    if (ctx->request != NULL) {
        knn_request_destroy(ctx->request);
    }
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

    if (ctx->model != NULL) {
        return NGX_OK;
    }

    if (ngx_http_complex_value(r, &klcf->location->name, &name) != NGX_OK) {
        return NGX_ERROR;
    }

    kmcf = ngx_http_get_module_main_conf(r, ngx_http_knn_module);

    ctx->model = ngx_http_knn_find_model(kmcf, &name);

    return ctx->model ? NGX_OK : NGX_DECLINED;
}


/* The name came from the client: it is not repeated. */
static ngx_int_t
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

    return ngx_http_knn_send_problem(r, NGX_HTTP_NOT_FOUND, (char *) detail,
                                     NULL);
}


/* What "?output=" asks for, else "knn_output"; NGX_DECLINED when not served. */
static ngx_int_t
ngx_http_knn_choose_outputs(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx,
    knn_error_t *err)
{
    ngx_int_t                 rc;
    ngx_str_t                 value;
    ngx_http_knn_loc_conf_t  *klcf;

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
static ngx_int_t
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
    ngx_int_t  rc;
    ngx_str_t  value;

    /* in numbers alone, a plus sign has always been one */

    rc = ngx_http_knn_unescape_arg(r, "X", ctx->model->info->features != NULL,
                                   &value);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_DECLINED || value.len == 0) {
        return ngx_http_knn_send_problem(r, NGX_HTTP_BAD_REQUEST,
                                         "the argument \"X\" is missing, send "
                                         "\"?X=\" and the features separated "
                                         "by commas, or POST rows", NULL);
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_knn_create_request(r, ctx, KNN_FORMAT_LINE, value.len)
        != NGX_OK)
    {
        return ngx_http_knn_send_no_memory(r);
    }

    (void) knn_request_feed(ctx->request, (char *) value.data, value.len);

    return ngx_http_knn_answer(r, ctx);
}


static ngx_int_t
ngx_http_knn_post(ngx_http_request_t *r)
{
    ngx_int_t  rc;

    rc = ngx_http_knn_check_media(r);

    if (rc == NGX_DECLINED) {
        return ngx_http_knn_send_problem(r, NGX_HTTP_UNSUPPORTED_MEDIA_TYPE,
                                         "the media type, charset or coding of "
                                         "the body is not accepted, send JSON "
                                         "or CSV in UTF-8 without a coding",
                                         NULL);
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
    ngx_int_t            rc;
    ngx_http_knn_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_knn_module);

    if (ngx_http_knn_create_request(r, ctx, KNN_FORMAT_AUTO,
                                    ngx_http_knn_body_size(r))
        != NGX_OK)
    {
        rc = ngx_http_knn_send_no_memory(r);

    } else if (ngx_http_knn_read_body(r, ctx) != NGX_OK) {
        rc = NGX_HTTP_INTERNAL_SERVER_ERROR;

    } else {
        rc = ngx_http_knn_answer(r, ctx);
    }

    ngx_http_finalize_request(r, rc);
}


static ngx_int_t
ngx_http_knn_create_request(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx,
    knn_format_e format, size_t size)
{
    knn_request_options_t     options;
    ngx_http_knn_loc_conf_t  *klcf;

    klcf = ngx_http_get_module_loc_conf(r, ngx_http_knn_module);

    ctx->started = ngx_http_knn_now();

    options.model = (char *) ctx->model->name.data;
    options.info = ctx->model->info;
    options.format = format;
    options.max_rows = (r->method == NGX_HTTP_POST) ? klcf->max_rows : 1;
    options.size = size;
    options.outputs = ctx->outputs;
    options.alloc = ngx_http_knn_alloc;
    options.alloc_ctx = r->pool;

    ctx->request = knn_request_create(&options);

    return ctx->request ? NGX_OK : NGX_ERROR;
}


static size_t
ngx_http_knn_body_size(ngx_http_request_t *r)
{
    size_t        size;
    ngx_chain_t  *cl;

    size = 0;

    if (r->request_body != NULL) {
        for (cl = r->request_body->bufs; cl; cl = cl->next) {
            size += ngx_buf_size(cl->buf);
        }
    }

    return size;
}


/* Feeds the body to the codec where it lies, up to the first fault. */
static ngx_int_t
ngx_http_knn_read_body(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx)
{
    ngx_buf_t    *b;
    ngx_int_t     rc;
    ngx_chain_t  *cl;

    if (r->request_body == NULL) {
        return NGX_OK;
    }

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        b = cl->buf;

        if (ngx_buf_in_memory(b)) {
            if (knn_request_feed(ctx->request, (char *) b->pos,
                                 b->last - b->pos)
                != KNN_OK)
            {
                return NGX_OK;
            }

        } else if (b->in_file) {
            rc = ngx_http_knn_read_file(r, ctx, b);

            if (rc != NGX_OK) {
                return rc;
            }
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_knn_read_file(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx,
    ngx_buf_t *b)
{
    off_t         offset;
    u_char       *buf;
    size_t        size;
    ssize_t       n;
    knn_status_e  status;

    buf = ngx_palloc(r->pool, NGX_HTTP_KNN_READ_SIZE);
    if (buf == NULL) {
        return NGX_ERROR;
    }

    status = KNN_OK;

    for (offset = b->file_pos;
         offset < b->file_last && status == KNN_OK;
         offset += n)
    {
        size = (size_t) ngx_min(b->file_last - offset, NGX_HTTP_KNN_READ_SIZE);

        n = ngx_read_file(b->file, buf, size, offset);

        if (n == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (n == 0) {
            ngx_log_error(NGX_LOG_CRIT, r->connection->log, 0,
                          "request body file \"%V\" was truncated",
                          &b->file->name);
            return NGX_ERROR;
        }

        status = knn_request_feed(ctx->request, (char *) buf, n);
    }

    (void) ngx_pfree(r->pool, buf);

    return NGX_OK;
}


/* The body is read: rows to results to a reply, or an error. */
static ngx_int_t
ngx_http_knn_answer(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx)
{
    const knn_rows_t  *rows;

    (void) knn_request_finish(ctx->request);

    rows = knn_request_rows(ctx->request);

    ctx->parsed = ngx_http_knn_now();

    if (rows->error.status != KNN_OK) {
        return ngx_http_knn_send_refusal(r, rows);
    }

    if (ngx_http_knn_search(r, ctx, rows) != NGX_OK) {
        return ngx_http_knn_send_no_memory(r);
    }

    if (ctx->query->error.status != KNN_OK) {
        knn_request_fail(ctx->request, ctx->query->failed,
                         &ctx->query->error);
        return ngx_http_knn_send_refusal(r, rows);
    }

    return ngx_http_knn_send_reply(r, ctx,
                                   rows->single
                                   || r->method != NGX_HTTP_POST);
}


/* Names the place of the fault, which only a body has. */
static ngx_int_t
ngx_http_knn_send_refusal(ngx_http_request_t *r, const knn_rows_t *rows)
{
    return ngx_http_knn_send_error(r, &rows->error,
                                   (r->method == NGX_HTTP_POST) ? rows->pointer
                                                                : NULL);
}


static ngx_int_t
ngx_http_knn_search(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx,
    const knn_rows_t *rows)
{
    void    *memory;
    size_t   size;

    size = knn_query_size(ctx->model->model, rows->rows, rows->outputs);

    if (size == 0) {
        return NGX_ERROR;
    }

    memory = ngx_http_knn_alloc(r->pool, size);
    if (memory == NULL) {
        return NGX_ERROR;
    }

    ctx->query = knn_query_init(memory, ctx->model->model, rows->x,
                                rows->rows, rows->outputs);

    (void) knn_query_run(ctx->query, rows->rows);

    ctx->searched = ngx_http_knn_now();

    return NGX_OK;
}


static ngx_int_t
ngx_http_knn_send_reply(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx,
    bool single)
{
    size_t        size;
    ngx_int_t     rc;
    ngx_buf_t    *b;
    ngx_chain_t   out;

    size = knn_reply_size(ctx->model->reply, ctx->query);

    if (size == 0) {
        return ngx_http_knn_send_no_memory(r);
    }

    b = ngx_create_temp_buf(r->pool, size);
    if (b == NULL) {
        return ngx_http_knn_send_no_memory(r);
    }

    b->last = (u_char *) knn_reply_write(ctx->model->reply, ctx->query, single,
                                         (char *) b->pos);

    b->last_buf = (r == r->main) ? 1 : 0;
    b->last_in_chain = 1;

    ctx->encoded = ngx_http_knn_now();

    if (ctx->encoded - ctx->started > NGX_HTTP_KNN_LONG_TIME) {
        ngx_time_update();
    }

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = b->last - b->pos;
    r->headers_out.content_type_len = sizeof("application/json") - 1;
    ngx_str_set(&r->headers_out.content_type, "application/json");
    r->headers_out.content_type_lowcase = NULL;

    if (ngx_http_knn_add_headers(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


static ngx_int_t
ngx_http_knn_add_headers(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx)
{
    if (ngx_http_knn_add_header(r, &ngx_http_knn_x_model, &ctx->model->id)
        == NULL)
    {
        return NGX_ERROR;
    }

    if (ngx_http_knn_add_timing(r, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    if (r->method == NGX_HTTP_POST) {

        /* nothing is stored that If-None-Match or If-Match could be about */

        r->disable_not_modified = 1;

        return ngx_http_knn_add_cache_control(r, &ngx_http_knn_no_store);
    }

    if (ngx_http_knn_add_cache_control(r, &ngx_http_knn_no_cache) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_knn_add_args_etag(r, ctx);
}


/* In milliseconds, as Server-Timing has them. */
static ngx_int_t
ngx_http_knn_add_timing(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx)
{
    u_char     *p;
    ngx_str_t   value;

    p = ngx_pnalloc(r->pool, sizeof("parse;dur=, search;dur=, encode;dur=") - 1
                             + 3 * NGX_HTTP_KNN_TIME_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value.data = p;

    p = ngx_cpymem(p, "parse;dur=", sizeof("parse;dur=") - 1);
    p = ngx_http_knn_write_time(p, ctx->parsed - ctx->started);
    p = ngx_cpymem(p, ", search;dur=", sizeof(", search;dur=") - 1);
    p = ngx_http_knn_write_time(p, ctx->searched - ctx->parsed);
    p = ngx_cpymem(p, ", encode;dur=", sizeof(", encode;dur=") - 1);
    p = ngx_http_knn_write_time(p, ctx->encoded - ctx->searched);

    value.len = p - value.data;

    return ngx_http_knn_add_header(r, &ngx_http_knn_server_timing, &value)
           ? NGX_OK : NGX_ERROR;
}


/* Milliseconds with three digits; below one, without ngx_sprintf(). */
static u_char *
ngx_http_knn_write_time(u_char *p, uint64_t ns)
{
    ngx_uint_t  us;

    us = (ns / 1000) % 1000;

    if (ns < 1000000) {
        *p++ = '0';

    } else {
        p = ngx_sprintf(p, "%uL", ns / 1000000);
    }

    *p++ = '.';
    *p++ = (u_char) ('0' + us / 100);
    *p++ = (u_char) ('0' + us / 10 % 10);
    *p++ = (u_char) ('0' + us % 10);

    return p;
}


/* All that the reply to a GET depends on. */
static ngx_int_t
ngx_http_knn_add_args_etag(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx)
{
    u_char     *p, digest[16];
    ngx_md5_t   md5;
    ngx_str_t   value;

    value.len = sizeof(digest) * 2 + 2;

    value.data = ngx_pnalloc(r->pool, value.len);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    ngx_md5_init(&md5);
    ngx_md5_update(&md5, KNN_VERSION, sizeof(KNN_VERSION));
    ngx_md5_update(&md5, ctx->model->info->sha256,
                   sizeof(ctx->model->info->sha256));
    ngx_md5_update(&md5, ctx->model->id.data, ctx->model->id.len);
    ngx_md5_update(&md5, &ctx->outputs, sizeof(ctx->outputs));
    ngx_md5_update(&md5, r->args.data, r->args.len);
    ngx_md5_final(digest, &md5);

    p = value.data;

    *p++ = '"';
    p = ngx_hex_dump(p, digest, sizeof(digest));
    *p = '"';

    return ngx_http_knn_add_etag(r, &value);
}


static ngx_int_t
ngx_http_knn_send_no_memory(ngx_http_request_t *r)
{
    return ngx_http_knn_send_problem(r, NGX_HTTP_SERVICE_UNAVAILABLE,
                                     "there is no memory for so many rows, "
                                     "send fewer or try again later", NULL);
}


/* Aligned by hand: posix_memalign() costs more than the bytes it saves. */
static void *
ngx_http_knn_alloc(void *data, size_t size)
{
    ngx_pool_t *pool = data;

    u_char  *p;

    if (size > NGX_MAX_SIZE_T_VALUE - KNN_ALIGNMENT) {
        return NULL;
    }

    p = ngx_pnalloc(pool, size + KNN_ALIGNMENT - 1);
    if (p == NULL) {
        return NULL;
    }

    return ngx_align_ptr(p, KNN_ALIGNMENT);
}


static uint64_t
ngx_http_knn_now(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (uint64_t) ts.tv_sec * 1000000000 + ts.tv_nsec;
}
