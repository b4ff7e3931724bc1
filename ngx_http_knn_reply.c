
/*
 * Copyright (C) nginx-knn contributors
 */


/* A reply that is ready, and the fields of its header. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_md5.h>

#include "ngx_http_knn_module.h"


/* of one duration: whole milliseconds, point, three digits */
#define NGX_HTTP_KNN_TIME_LEN    (NGX_INT64_LEN + 4)


static ngx_int_t ngx_http_knn_set_type(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx);
static ngx_int_t ngx_http_knn_set_binary_type(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx);
static ngx_int_t ngx_http_knn_add_headers(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx);
static ngx_int_t ngx_http_knn_add_timing(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx);
static u_char *ngx_http_knn_write_time(u_char *p, uint64_t ns);
static ngx_int_t ngx_http_knn_add_args_etag(ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx);


static ngx_str_t  ngx_http_knn_x_model = ngx_string("X-Knn-Model");
static ngx_str_t  ngx_http_knn_server_timing = ngx_string("Server-Timing");
static ngx_str_t  ngx_http_knn_header_length = ngx_string(
    "Inference-Header-Content-Length");
static ngx_str_t  ngx_http_knn_vary = ngx_string("Vary");
static ngx_str_t  ngx_http_knn_accept = ngx_string("Accept");
static ngx_str_t  ngx_http_knn_no_cache = ngx_string("no-cache");
static ngx_str_t  ngx_http_knn_no_store = ngx_string("no-store");


ngx_int_t
ngx_http_knn_send_reply(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx)
{
    ngx_int_t     rc;
    ngx_buf_t    *b;
    ngx_chain_t   out;

    b = &ctx->work.reply;

    b->last_buf = (r == r->main) ? 1 : 0;
    b->last_in_chain = 1;

    /* no rows in CSV */

    if (b->last == b->pos) {
        b->temporary = 0;
        b->sync = 1;
    }

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = b->last - b->pos;

    if (ngx_http_knn_set_type(r, ctx) != NGX_OK
        || ngx_http_knn_add_headers(r, ctx) != NGX_OK)
    {
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
ngx_http_knn_set_type(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx)
{
    r->headers_out.content_type = ctx->type;
    r->headers_out.content_type_len = ctx->type.len;
    r->headers_out.content_type_lowcase = NULL;

    /* parameters do not count for "gzip_types" */

    if (ctx->work.form == KNN_REPLY_CSV_HEADER) {
        r->headers_out.content_type_len = sizeof("text/csv") - 1;
    }

    if (ctx->work.form == KNN_REPLY_V2 && ctx->work.writer.json) {
        return ngx_http_knn_set_binary_type(r, ctx);
    }

    return NGX_OK;
}


/* Where the tensors begin is told in a field, or in the media type. */
static ngx_int_t
ngx_http_knn_set_binary_type(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx)
{
    u_char     *p, *last;
    ngx_str_t   value;

    p = ngx_pnalloc(r->pool, ctx->vendor.len + NGX_SIZE_T_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    last = ngx_sprintf(p, "%V%uz", &ctx->vendor, ctx->work.writer.json);

    value.data = p + ctx->vendor.len;
    value.len = last - value.data;

    if (ctx->vendor.len) {
        r->headers_out.content_type.data = p;
        r->headers_out.content_type.len = ctx->vendor.len + value.len;
        r->headers_out.content_type_len = ctx->vendor.len
                                          - (sizeof(";json-header-size=") - 1);

        return NGX_OK;
    }

    ngx_str_set(&r->headers_out.content_type, "application/octet-stream");
    r->headers_out.content_type_len = r->headers_out.content_type.len;

    return ngx_http_knn_add_header(r, &ngx_http_knn_header_length, &value)
           ? NGX_OK : NGX_ERROR;
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

    if (ngx_http_knn_add_header(r, &ngx_http_knn_vary, &ngx_http_knn_accept)
        == NULL)
    {
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
    p = ngx_http_knn_write_time(p, ctx->work.time[NGX_HTTP_KNN_PARSE]);
    p = ngx_cpymem(p, ", search;dur=", sizeof(", search;dur=") - 1);
    p = ngx_http_knn_write_time(p, ctx->work.time[NGX_HTTP_KNN_SEARCH]);
    p = ngx_cpymem(p, ", encode;dur=", sizeof(", encode;dur=") - 1);
    p = ngx_http_knn_write_time(p, ctx->work.time[NGX_HTTP_KNN_ENCODE]);

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
    ngx_md5_update(&md5, &ctx->work.form, sizeof(ctx->work.form));
    ngx_md5_update(&md5, r->args.data, r->args.len);
    ngx_md5_final(digest, &md5);

    p = value.data;

    *p++ = '"';
    p = ngx_hex_dump(p, digest, sizeof(digest));
    *p = '"';

    return ngx_http_knn_add_etag(r, &value);
}
