
/*
 * Copyright (C) nginx-knn contributors
 */


/* Header fields: what a request says of its body, and what replies carry. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_knn_module.h"


#define NGX_HTTP_KNN_RANGES       4
#define NGX_HTTP_KNN_MAX_QUALITY  1000


typedef struct {
    ngx_str_t  type;
    ngx_str_t  version;     /* if another is not meant */
} ngx_http_knn_range_t;


static ngx_uint_t ngx_http_knn_known_media_type(ngx_str_t *value);
static ngx_uint_t ngx_http_knn_known_charset(ngx_str_t *value);
static void ngx_http_knn_media_type(ngx_str_t *value, ngx_str_t *type);
static ngx_uint_t ngx_http_knn_zero_quality(u_char *p, u_char *last);
static ngx_int_t ngx_http_knn_quality(u_char *p, u_char *last,
    const ngx_str_t *version);


/* what curl, forms, and HTTP libraries send unasked is among them */
static ngx_str_t  ngx_http_knn_media_types[] = {
    ngx_string("application/json"),
    ngx_string("application/x-www-form-urlencoded"),
    ngx_string("application/octet-stream"),
    ngx_string("text/csv"),
    ngx_string("text/json"),
    ngx_string("text/plain"),
    ngx_null_string
};


/* in which numbers and JSON's signs are the same bytes as in UTF-8 */
static ngx_str_t  ngx_http_knn_charsets[] = {
    ngx_string("utf-8"),
    ngx_string("utf8"),
    ngx_string("us-ascii"),
    ngx_string("iso-8859-1"),
    ngx_null_string
};


/* by which an Accept field allows application/problem+json */
static ngx_str_t  ngx_http_knn_problem_types[] = {
    ngx_string("*/*"),
    ngx_string("application/*"),
    ngx_string("application/problem+json"),
    ngx_null_string
};


/* by which an Accept field tells what it prefers; text from the second on */
static const ngx_http_knn_range_t  ngx_http_knn_ranges[NGX_HTTP_KNN_RANGES] = {
    { ngx_string("application/openmetrics-text"), ngx_string("1.0.0") },
    { ngx_string("text/plain"), ngx_string("0.0.4") },
    { ngx_string("text/*"), ngx_null_string },
    { ngx_string("*/*"), ngx_null_string }
};


static ngx_str_t  ngx_http_knn_accept = ngx_string("accept");
static ngx_str_t  ngx_http_knn_content_encoding =
    ngx_string("content-encoding");

static ngx_str_t  ngx_http_knn_accept_encoding = ngx_string("Accept-Encoding");
static ngx_str_t  ngx_http_knn_identity = ngx_string("identity");
static ngx_str_t  ngx_http_knn_accept_post = ngx_string("Accept-Post");
static ngx_str_t  ngx_http_knn_accepted = ngx_string(
    "application/json, text/csv");
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


/* NGX_DECLINED, with the field that says what is accepted, for a 415. */
ngx_int_t
ngx_http_knn_check_media(ngx_http_request_t *r)
{
    ngx_table_elt_t  *h;

    h = r->headers_in.content_type;

    if (h != NULL
        && (!ngx_http_knn_known_media_type(&h->value)
            || !ngx_http_knn_known_charset(&h->value)))
    {
        if (ngx_http_knn_add_header(r, &ngx_http_knn_accept_post,
                                    &ngx_http_knn_accepted)
            == NULL)
        {
            return NGX_ERROR;
        }

        return NGX_DECLINED;
    }

    h = ngx_http_knn_find_header(r, &ngx_http_knn_content_encoding);

    if (h != NULL
        && (h->value.len != ngx_http_knn_identity.len
            || ngx_strncasecmp(h->value.data, ngx_http_knn_identity.data,
                               h->value.len)
               != 0))
    {
        if (ngx_http_knn_add_header(r, &ngx_http_knn_accept_encoding,
                                    &ngx_http_knn_identity)
            == NULL)
        {
            return NGX_ERROR;
        }

        return NGX_DECLINED;
    }

    return NGX_OK;
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


/* The list above, and everything that is JSON by its suffix. */
static ngx_uint_t
ngx_http_knn_known_media_type(ngx_str_t *value)
{
    ngx_str_t  type, *known;

    ngx_http_knn_media_type(value, &type);

    if (type.len == 0) {
        return 1;
    }

    for (known = ngx_http_knn_media_types; known->len; known++) {
        if (type.len == known->len
            && ngx_strncasecmp(type.data, known->data, type.len) == 0)
        {
            return 1;
        }
    }

    return type.len > sizeof("+json") - 1
           && ngx_strncasecmp(type.data + type.len - (sizeof("+json") - 1),
                              (u_char *) "+json", sizeof("+json") - 1)
              == 0;
}


static ngx_uint_t
ngx_http_knn_known_charset(ngx_str_t *value)
{
    size_t      len;
    u_char     *p, *last;
    ngx_str_t  *known;

    last = value->data + value->len;

    p = ngx_strlcasestrn(value->data, last, (u_char *) "charset=",
                         sizeof("charset=") - 2);
    if (p == NULL) {
        return 1;
    }

    p += sizeof("charset=") - 1;

    if (p < last && *p == '"') {
        p++;
    }

    for (len = 0; p + len < last; len++) {
        if (ngx_strchr("\"; \t", p[len]) != NULL) {
            break;
        }
    }

    for (known = ngx_http_knn_charsets; known->len; known++) {
        if (len == known->len && ngx_strncasecmp(p, known->data, len) == 0) {
            return 1;
        }
    }

    return 0;
}


/* The type without parameters and white space. */
static void
ngx_http_knn_media_type(ngx_str_t *value, ngx_str_t *type)
{
    u_char  *p, *last;

    p = value->data;
    last = p + value->len;

    while (p < last && (*p == ' ' || *p == '\t')) {
        p++;
    }

    type->data = p;

    while (p < last && *p != ';' && *p != ' ' && *p != '\t') {
        p++;
    }

    type->len = p - type->data;
}


/* Whether errors may be told as application/problem+json. */
ngx_uint_t
ngx_http_knn_accepts_problem(ngx_http_request_t *r)
{
    u_char           *p, *end, *last;
    ngx_str_t         range, type, *known;
    ngx_table_elt_t  *h;

    h = ngx_http_knn_find_header(r, &ngx_http_knn_accept);

    if (h == NULL) {
        return 1;
    }

    last = h->value.data + h->value.len;

    for (p = h->value.data; p < last; p = end + 1) {

        end = ngx_strlchr(p, last, ',');

        if (end == NULL) {
            end = last;
        }

        range.data = p;
        range.len = end - p;

        ngx_http_knn_media_type(&range, &type);

        for (known = ngx_http_knn_problem_types; known->len; known++) {
            if (type.len == known->len
                && ngx_strncasecmp(type.data, known->data, type.len) == 0
                && !ngx_http_knn_zero_quality(type.data + type.len, end))
            {
                return 1;
            }
        }
    }

    return 0;
}


/* Whether the parameters of a media range say "q=0". */
static ngx_uint_t
ngx_http_knn_zero_quality(u_char *p, u_char *last)
{
    p = ngx_strlcasestrn(p, last, (u_char *) "q=0", sizeof("q=0") - 2);

    if (p == NULL) {
        return 0;
    }

    for (p += sizeof("q=0") - 1; p < last; p++) {
        if (*p >= '1' && *p <= '9') {
            return 0;
        }
    }

    return 1;
}


/* Whether it is asked for by its name, and not less than text/plain. */
ngx_uint_t
ngx_http_knn_accepts_openmetrics(ngx_http_request_t *r)
{
    u_char                      *p, *end, *last;
    ngx_int_t                    q, quality[NGX_HTTP_KNN_RANGES];
    ngx_str_t                    range, type;
    ngx_uint_t                   i;
    ngx_table_elt_t             *h;
    const ngx_http_knn_range_t  *known;

    h = ngx_http_knn_find_header(r, &ngx_http_knn_accept);

    if (h == NULL) {
        return 0;
    }

    for (i = 0; i < NGX_HTTP_KNN_RANGES; i++) {
        quality[i] = NGX_ERROR;
    }

    last = h->value.data + h->value.len;

    for (p = h->value.data; p < last; p = end + 1) {

        end = ngx_strlchr(p, last, ',');

        if (end == NULL) {
            end = last;
        }

        range.data = p;
        range.len = end - p;

        ngx_http_knn_media_type(&range, &type);

        for (i = 0; i < NGX_HTTP_KNN_RANGES; i++) {
            known = &ngx_http_knn_ranges[i];

            if (type.len == known->type.len
                && ngx_strncasecmp(type.data, known->type.data, type.len) == 0)
            {
                q = ngx_http_knn_quality(type.data + type.len, end,
                                         &known->version);
                quality[i] = ngx_max(quality[i], q);
            }
        }
    }

    /* the most specific range is what counts for text/plain */

    for (i = 1; i < NGX_HTTP_KNN_RANGES - 1; i++) {
        if (quality[i] != NGX_ERROR) {
            break;
        }
    }

    return quality[0] > 0 && quality[0] >= quality[i];
}


/* "q" in thousandths, NGX_ERROR when another version is meant. */
static ngx_int_t
ngx_http_knn_quality(u_char *p, u_char *last, const ngx_str_t *version)
{
    u_char     *end, *value;
    ngx_int_t   q;

    q = NGX_HTTP_KNN_MAX_QUALITY;

    for ( /* void */ ; p < last; p = end) {

        while (p < last && (*p == ';' || *p == ' ' || *p == '\t')) {
            p++;
        }

        for (end = p; end < last && *end != ';' && *end != ' '; end++) {
            /* void */
        }

        if (end - p > 2 && ngx_strncasecmp(p, (u_char *) "q=", 2) == 0) {
            q = ngx_atofp(p + 2, end - p - 2, 3);

            if (q == NGX_ERROR) {
                return NGX_ERROR;
            }

            continue;
        }

        value = p + sizeof("version=") - 1;

        if (version->len && value < end
            && ngx_strncasecmp(p, (u_char *) "version=", value - p) == 0)
        {
            if (*value == '"' && end - value > 2) {
                value++;
            }

            if ((size_t) (end - value) < version->len
                || ngx_strncmp(value, version->data, version->len) != 0)
            {
                return NGX_ERROR;
            }
        }
    }

    return q;
}
