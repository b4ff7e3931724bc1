
/*
 * Copyright (C) nginx-knn contributors
 */


/* Errors, told as one JSON object that every client can read. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_knn_module.h"


static ngx_uint_t ngx_http_knn_has_error_page(ngx_http_request_t *r,
    ngx_uint_t code);


/* reason phrases of RFC 9110 */
static ngx_http_knn_status_t  ngx_http_knn_statuses[] = {

    { 400, ngx_string("400 Bad Request"),
      "the request cannot be read as HTTP, or its header is too large" },
    { 401, ngx_string("401 Unauthorized"),
      "credentials are missing or not accepted" },
    { 403, ngx_string("403 Forbidden"),
      "access is not allowed" },
    { 404, ngx_string("404 Not Found"),
      "there is nothing at this path" },
    { 405, ngx_string("405 Method Not Allowed"),
      "the method is not allowed here" },
    { 406, ngx_string("406 Not Acceptable"),
      "no reply has a media type that the Accept field allows" },
    { 408, ngx_string("408 Request Timeout"),
      "the request took too long to arrive" },
    { 409, ngx_string("409 Conflict"),
      "the request conflicts with the state of the server" },
    { 410, ngx_string("410 Gone"),
      "there is nothing at this path any more" },
    { 411, ngx_string("411 Length Required"),
      "the length of the body is not told" },
    { 412, ngx_string("412 Precondition Failed"),
      "a condition in the request is not met" },
    { 413, ngx_string("413 Content Too Large"),
      "the body is larger than this server accepts" },
    { 414, ngx_string("414 URI Too Long"),
      "the request line is longer than this server accepts" },
    { 415, ngx_string("415 Unsupported Media Type"),
      "the media type, charset or coding of the body is not accepted" },
    { 421, ngx_string("421 Misdirected Request"),
      "this server does not answer for the host" },
    { 422, ngx_string("422 Unprocessable Content"),
      "the body is understood but cannot be used" },
    { 429, ngx_string("429 Too Many Requests"),
      "there are too many requests, try again later" },
    { 431, ngx_string("431 Request Header Fields Too Large"),
      "the header of the request is larger than this server accepts" },
    { 500, ngx_string("500 Internal Server Error"),
      "the server failed, its error log says why" },
    { 501, ngx_string("501 Not Implemented"),
      "the server does not support what the request needs" },
    { 502, ngx_string("502 Bad Gateway"),
      "a server behind this one failed" },
    { 503, ngx_string("503 Service Unavailable"),
      "the server is busy, try again later" },
    { 504, ngx_string("504 Gateway Timeout"),
      "a server behind this one took too long" },
    { 505, ngx_string("505 HTTP Version Not Supported"),
      "the version of HTTP is not supported" },
    { 507, ngx_string("507 Insufficient Storage"),
      "the server has no room for the request" },

    { 0, ngx_null_string, NULL }
};


const ngx_http_knn_reason_t  ngx_http_knn_reasons[NGX_HTTP_KNN_REASONS] = {
    { 0, ngx_null_string },
    { NGX_HTTP_OK, ngx_string("OK") },
    { NGX_HTTP_BAD_REQUEST, ngx_string("MALFORMED") },
    { 422, ngx_string("SHAPE") },
    { 422, ngx_string("VALUE") },
    { NGX_HTTP_REQUEST_ENTITY_TOO_LARGE, ngx_string("LIMIT") },
    { 422, ngx_string("UNSUPPORTED") },
    { NGX_HTTP_NOT_FOUND, ngx_string("NOT_FOUND") },
    { NGX_HTTP_NOT_ALLOWED, ngx_string("METHOD") },
    { 406, ngx_string("NOT_ACCEPTABLE") },
    { NGX_HTTP_UNSUPPORTED_MEDIA_TYPE, ngx_string("MEDIA_TYPE") },
    { NGX_HTTP_SERVICE_UNAVAILABLE, ngx_string("BUSY") },
    { NGX_HTTP_SERVICE_UNAVAILABLE, ngx_string("NO_MEMORY") },
    { NGX_HTTP_INTERNAL_SERVER_ERROR, ngx_string("INTERNAL") }
};


static ngx_str_t  ngx_http_knn_allow = ngx_string("Allow");
static ngx_str_t  ngx_http_knn_retry_after = ngx_string("Retry-After");
static ngx_str_t  ngx_http_knn_one_second = ngx_string("1");


ngx_http_knn_status_t *
ngx_http_knn_find_status(ngx_uint_t code)
{
    ngx_http_knn_status_t  *status;

    for (status = ngx_http_knn_statuses; status->code; status++) {
        if (status->code == code) {
            return status;
        }
    }

    return NULL;
}


/* The body of an error, and the fields of the header that go with it. */
ngx_buf_t *
ngx_http_knn_create_problem(ngx_http_request_t *r,
    ngx_http_knn_status_t *status, const char *detail, const char *pointer)
{
    ngx_buf_t  *b;

    if ((status->code == NGX_HTTP_SERVICE_UNAVAILABLE
         || status->code == NGX_HTTP_TOO_MANY_REQUESTS)
        && ngx_http_knn_add_header(r, &ngx_http_knn_retry_after,
                                   &ngx_http_knn_one_second)
           == NULL)
    {
        return NULL;
    }

    b = ngx_create_temp_buf(r->pool, KNN_PROBLEM_SIZE);
    if (b == NULL) {
        return NULL;
    }

    b->last += knn_problem_write((char *) b->pos, status->code,
                                 (char *) status->line.data
                                 + sizeof("400 ") - 1,
                                 detail, pointer);

    ngx_http_knn_forbid_gzip(r);

    b->last_buf = (r == r->main) ? 1 : 0;
    b->last_in_chain = 1;

    if (ngx_http_knn_accepts_problem(r)) {
        ngx_str_set(&r->headers_out.content_type, "application/problem+json");

    } else {
        ngx_str_set(&r->headers_out.content_type, "application/json");
    }

    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;

    r->headers_out.status = status->code;
    r->headers_out.status_line = status->line;

    ngx_http_clear_content_length(r);
    r->headers_out.content_length_n = b->last - b->pos;

    return b;
}


/* Answers a request for predictions with why there are none. */
ngx_int_t
ngx_http_knn_send_problem(ngx_http_request_t *r, ngx_http_knn_reason_e reason,
    const char *detail, const char *pointer)
{
    ngx_uint_t           code, level;
    ngx_http_knn_ctx_t  *ctx;

    code = ngx_http_knn_reasons[reason].code;

    ctx = ngx_http_get_module_ctx(r, ngx_http_knn_module);

    if (ctx != NULL) {
        ctx->reason = reason;
    }

    level = (code < NGX_HTTP_INTERNAL_SERVER_ERROR) ? NGX_LOG_INFO
                                                    : NGX_LOG_ERR;

    ngx_log_error(level, r->connection->log, 0,
                  "prediction refused with %ui: %s", code, detail);

    return ngx_http_knn_send_status(r, code, detail, pointer);
}


/*
 * Not a special response of nginx, after which 400 and 413 close the
 * connection, unless the configuration has an error page for it.
 */
ngx_int_t
ngx_http_knn_send_status(ngx_http_request_t *r, ngx_uint_t code,
    const char *detail, const char *pointer)
{
    ngx_int_t               rc;
    ngx_chain_t             out;
    ngx_http_knn_status_t  *status;

    if (ngx_http_knn_has_error_page(r, code)) {
        return code;
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    /* ngx_http_send_header() gives an error page the code of its error */

    status = ngx_http_knn_find_status(r->err_status);

    if (status == NULL) {
        status = ngx_http_knn_find_status(code);
    }

    out.buf = ngx_http_knn_create_problem(r, status, detail, pointer);
    if (out.buf == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    out.next = NULL;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    return ngx_http_output_filter(r, &out);
}


/* As ngx_http_special_response_handler() will look for it. */
static ngx_uint_t
ngx_http_knn_has_error_page(ngx_http_request_t *r, ngx_uint_t code)
{
    ngx_uint_t                 i;
    ngx_http_err_page_t       *page;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (r->error_page || clcf->error_pages == NULL || r->uri_changes == 0) {
        return 0;
    }

    page = clcf->error_pages->elts;

    for (i = 0; i < clcf->error_pages->nelts; i++) {
        if (page[i].status == (ngx_int_t) code) {
            return 1;
        }
    }

    return 0;
}


/* Answers with what the library or the codec found wrong. */
ngx_int_t
ngx_http_knn_send_error(ngx_http_request_t *r, const knn_error_t *err,
    const char *pointer)
{
    ngx_http_knn_reason_e  reason;

    switch (err->status) {

    case KNN_MALFORMED:
        reason = NGX_HTTP_KNN_MALFORMED;
        break;

    case KNN_SHAPE:
        reason = NGX_HTTP_KNN_SHAPE;
        break;

    case KNN_VALUE:
        reason = NGX_HTTP_KNN_VALUE;
        break;

    case KNN_LIMIT:
        reason = NGX_HTTP_KNN_LIMIT;
        break;

    case KNN_UNSUPPORTED:
        reason = NGX_HTTP_KNN_UNSUPPORTED;
        break;

    case KNN_NO_MEMORY:
        reason = NGX_HTTP_KNN_NO_MEMORY;
        break;

    default:
        reason = NGX_HTTP_KNN_INTERNAL;
    }

    return ngx_http_knn_send_problem(r, reason, err->message, pointer);
}


/* To OPTIONS, and to methods that are not among the allowed ones. */
ngx_int_t
ngx_http_knn_send_allow(ngx_http_request_t *r, ngx_str_t *allow)
{
    if (ngx_http_knn_add_header(r, &ngx_http_knn_allow, allow) == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (r->method == NGX_HTTP_OPTIONS) {
        return NGX_HTTP_NO_CONTENT;
    }

    return ngx_http_knn_send_problem(r, NGX_HTTP_KNN_METHOD,
                                     "the method is not allowed here, "
                                     "the Allow field lists those that are",
                                     NULL);
}
