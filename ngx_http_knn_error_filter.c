
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * What nginx itself answers on our locations (a body over the limit, access
 * denied, too many requests) is told in the same JSON as our own errors.
 * Status, connection, and error pages stay nginx's.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_knn_module.h"


static ngx_int_t ngx_http_knn_error_filter_init(ngx_conf_t *cf);
static ngx_uint_t ngx_http_knn_special_response(ngx_http_request_t *r);


static ngx_http_module_t  ngx_http_knn_error_filter_module_ctx = {
    NULL,                                  /* preconfiguration */
    ngx_http_knn_error_filter_init,        /* postconfiguration */

    NULL,                                  /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    NULL,                                  /* create location configuration */
    NULL                                   /* merge location configuration */
};


ngx_module_t  ngx_http_knn_error_filter_module = {
    NGX_MODULE_V1,
    &ngx_http_knn_error_filter_module_ctx, /* module context */
    NULL,                                  /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_str_t  ngx_http_knn_allow = ngx_string("Allow");
static ngx_str_t  ngx_http_knn_any_method = ngx_string(
    "GET, HEAD, POST, OPTIONS");

static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;
static ngx_http_output_body_filter_pt    ngx_http_next_body_filter;


/* Puts our body in the place of nginx's page. */
static ngx_int_t
ngx_http_knn_error_header_filter(ngx_http_request_t *r)
{
    ngx_buf_t              *b;
    ngx_http_knn_status_t  *status;

    if (!ngx_http_knn_special_response(r)) {
        return ngx_http_next_header_filter(r);
    }

    status = ngx_http_knn_find_status(r->headers_out.status);

    if (status == NULL) {
        return ngx_http_next_header_filter(r);
    }

    /* of TRACE, which nginx refuses before there is a location */

    if (status->code == NGX_HTTP_NOT_ALLOWED
        && ngx_http_knn_add_header(r, &ngx_http_knn_allow,
                                   &ngx_http_knn_any_method)
           == NULL)
    {
        return NGX_ERROR;
    }

    b = ngx_http_knn_create_problem(r, status, status->detail, NULL);
    if (b == NULL) {
        return NGX_ERROR;
    }

    ngx_http_set_ctx(r, b, ngx_http_knn_error_filter_module);

    return ngx_http_next_header_filter(r);
}


/* Whether this is a page of nginx to an error on one of our locations. */
static ngx_uint_t
ngx_http_knn_special_response(ngx_http_request_t *r)
{
    ngx_str_t                *type;
    ngx_http_knn_loc_conf_t  *klcf;

    if (r->err_status < NGX_HTTP_BAD_REQUEST) {
        return 0;
    }

    klcf = ngx_http_get_module_loc_conf(r, ngx_http_knn_module);

    /* what cannot be read has no location yet, but a server */

    if (klcf->location == NULL && (r->valid_location || !klcf->server)) {
        return 0;
    }

    /* our own replies have another type; codes without a page have none */

    type = &r->headers_out.content_type;

    return type->len == 0
           || (type->len == sizeof("text/html") - 1
               && ngx_memcmp(type->data, "text/html", type->len) == 0);
}


static ngx_int_t
ngx_http_knn_error_body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_buf_t    *b;
    ngx_chain_t   out;

    b = ngx_http_get_module_ctx(r, ngx_http_knn_error_filter_module);

    if (b == NULL || in == NULL) {
        return ngx_http_next_body_filter(r, in);
    }

    ngx_http_set_ctx(r, NULL, ngx_http_knn_error_filter_module);

    /* the page counts as sent */

    for ( /* void */ ; in; in = in->next) {
        in->buf->pos = in->buf->last;
    }

    out.buf = b;
    out.next = NULL;

    return ngx_http_next_body_filter(r, &out);
}


static ngx_int_t
ngx_http_knn_error_filter_init(ngx_conf_t *cf)
{
    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_knn_error_header_filter;

    ngx_http_next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_http_knn_error_body_filter;

    return NGX_OK;
}
