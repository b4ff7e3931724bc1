
/*
 * Copyright (C) nginx-knn contributors
 */


/* Header fields of requests and of replies. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_knn_module.h"


static ngx_str_t  ngx_http_knn_cache_control = ngx_string("Cache-Control");
static ngx_str_t  ngx_http_knn_etag = ngx_string("ETag");


ngx_table_elt_t *
ngx_http_knn_add_header(ngx_http_request_t *r, ngx_str_t *key,
    ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NULL;
    }

    h->hash = 1;
    h->key = *key;
    h->value = *value;
#if (nginx_version >= 1023000)
    h->next = NULL;
#endif

    return h;
}


/* Where "expires" and "add_header" look for it, too. */
ngx_int_t
ngx_http_knn_add_cache_control(ngx_http_request_t *r, ngx_str_t *value)
{
    ngx_table_elt_t   *h;
#if (nginx_version < 1023000)
    ngx_table_elt_t  **cc;
#endif

    h = ngx_http_knn_add_header(r, &ngx_http_knn_cache_control, value);
    if (h == NULL) {
        return NGX_ERROR;
    }

#if (nginx_version >= 1023000)

    r->headers_out.cache_control = h;

#else

    if (ngx_array_init(&r->headers_out.cache_control, r->pool, 1,
                       sizeof(ngx_table_elt_t *))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    cc = ngx_array_push(&r->headers_out.cache_control);
    if (cc == NULL) {
        return NGX_ERROR;
    }

    *cc = h;

#endif

    return NGX_OK;
}


/* The not modified filter answers If-None-Match from it. */
ngx_int_t
ngx_http_knn_add_etag(ngx_http_request_t *r, ngx_str_t *value)
{
    r->headers_out.etag = ngx_http_knn_add_header(r, &ngx_http_knn_etag,
                                                  value);

    return r->headers_out.etag ? NGX_OK : NGX_ERROR;
}


/* The first field of a request by its lower case name. */
ngx_table_elt_t *
ngx_http_knn_find_header(ngx_http_request_t *r, ngx_str_t *name)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *header;

    part = &r->headers_in.headers.part;
    header = part->elts;

    for (i = 0; /* void */; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                return NULL;
            }

            part = part->next;
            header = part->elts;
            i = 0;
        }

        if (header[i].key.len == name->len
            && ngx_memcmp(header[i].lowcase_key, name->data, name->len) == 0)
        {
            return &header[i];
        }
    }
}
