
/*
 * Copyright (C) nginx-knn contributors
 */


/* What a request says of its body: Content-Type, Content-Encoding. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_knn_module.h"


typedef struct {
    ngx_str_t     type;
    knn_format_e  format;
} ngx_http_knn_media_t;


typedef struct {
    ngx_str_t     name;
    knn_coding_e  coding;
} ngx_http_knn_coding_t;


static ngx_int_t ngx_http_knn_vendor_size(ngx_http_request_t *r,
    ngx_str_t *vendor, ngx_str_t *size);
static const ngx_http_knn_media_t *ngx_http_knn_find_media(ngx_str_t *value);
static ngx_uint_t ngx_http_knn_known_charset(ngx_str_t *value);
static knn_format_e ngx_http_knn_csv_format(ngx_str_t *value);


/*
 * What curl, forms, and HTTP libraries send unasked tells nothing, and their
 * bodies are told by their content; so is what text/csv says nothing of.
 */
static const ngx_http_knn_media_t  ngx_http_knn_media_types[] = {
    { ngx_string("application/json"), KNN_FORMAT_AUTO },
    { ngx_string("application/x-www-form-urlencoded"), KNN_FORMAT_AUTO },
    { ngx_string("application/octet-stream"), KNN_FORMAT_AUTO },
    { ngx_string("text/csv"), KNN_FORMAT_CSV },
    { ngx_string("text/json"), KNN_FORMAT_AUTO },
    { ngx_string("text/plain"), KNN_FORMAT_AUTO },
    { ngx_string("application/x-npy"), KNN_FORMAT_NPY },
    { ngx_string("application/jsonlines"), KNN_FORMAT_JSON_LINES },
    { ngx_string("application/jsonl"), KNN_FORMAT_JSON_LINES },
    { ngx_string("application/x-ndjson"), KNN_FORMAT_JSON_LINES },
    { ngx_null_string, KNN_FORMAT_AUTO }
};


/* everything that is JSON by its suffix */
static const ngx_http_knn_media_t  ngx_http_knn_json_suffix = {
    ngx_string("+json"), KNN_FORMAT_AUTO
};


/* in which numbers and JSON's signs are the same bytes as in UTF-8 */
static ngx_str_t  ngx_http_knn_charsets[] = {
    ngx_string("utf-8"),
    ngx_string("utf8"),
    ngx_string("us-ascii"),
    ngx_string("iso-8859-1"),
    ngx_null_string
};


static const ngx_http_knn_coding_t  ngx_http_knn_codings[] = {
    { ngx_string("identity"), KNN_CODING_IDENTITY },
    { ngx_string("gzip"), KNN_CODING_GZIP },
    { ngx_string("x-gzip"), KNN_CODING_GZIP },
    { ngx_string("deflate"), KNN_CODING_DEFLATE },
    { ngx_string(""), KNN_CODING_IDENTITY },
    { ngx_null_string, KNN_CODING_IDENTITY }
};


/* before the size */
static ngx_str_t  ngx_http_knn_vendors[] = {
    ngx_string("application/vnd.sagemaker-triton.binary+json;"
               "json-header-size="),
    ngx_string("application/vnd.vertex-ai-triton.binary+json;"
               "json-header-size="),
    ngx_null_string
};


static ngx_str_t  ngx_http_knn_header_length = ngx_string(
    "inference-header-content-length");
static ngx_str_t  ngx_http_knn_content_encoding =
    ngx_string("content-encoding");

static ngx_str_t  ngx_http_knn_accept_encoding = ngx_string("Accept-Encoding");
static ngx_str_t  ngx_http_knn_accepted_codings = ngx_string("gzip, deflate");
static ngx_str_t  ngx_http_knn_accept_post = ngx_string("Accept-Post");
static ngx_str_t  ngx_http_knn_accepted_types = ngx_string(
    "application/json, text/csv, application/x-npy, application/jsonlines");


/* NGX_DECLINED, with the field that says what is accepted, for a 415. */
ngx_int_t
ngx_http_knn_choose_format(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx)
{
    ngx_str_t                   *value;
    const ngx_http_knn_media_t  *media;

    if (r->headers_in.content_type == NULL) {
        return NGX_OK;
    }

    value = &r->headers_in.content_type->value;

    /* as nearly all clients send it */

    if (value->len == ngx_http_knn_media_types[0].type.len
        && ngx_memcmp(value->data, ngx_http_knn_media_types[0].type.data,
                      value->len)
           == 0)
    {
        return NGX_OK;
    }

    media = ngx_http_knn_find_media(value);

    if (media == NULL || !ngx_http_knn_known_charset(value)) {

        if (ngx_http_knn_add_header(r, &ngx_http_knn_accept_post,
                                    &ngx_http_knn_accepted_types)
            == NULL)
        {
            return NGX_ERROR;
        }

        return NGX_DECLINED;
    }

    ctx->format = media->format;

    if (ctx->format == KNN_FORMAT_CSV) {
        ctx->format = ngx_http_knn_csv_format(value);
    }

    return NGX_OK;
}


/* The same for what the bytes of the body are. */
ngx_int_t
ngx_http_knn_choose_coding(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx)
{
    ngx_table_elt_t              *h;
    const ngx_http_knn_coding_t  *coding;

    h = ngx_http_knn_find_header(r, &ngx_http_knn_content_encoding);

    if (h == NULL) {
        return NGX_OK;
    }

    for (coding = ngx_http_knn_codings; coding->name.data; coding++) {
        if (h->value.len == coding->name.len
            && ngx_strncasecmp(h->value.data, coding->name.data, h->value.len)
               == 0)
        {
            ctx->coding = coding->coding;
            return NGX_OK;
        }
    }

    if (ngx_http_knn_add_header(r, &ngx_http_knn_accept_encoding,
                                &ngx_http_knn_accepted_codings)
        == NULL)
    {
        return NGX_ERROR;
    }

    return NGX_DECLINED;
}


/*
 * Where the binary tensors of V2 begin: a field says it, or a media type where
 * gateways remove the field.  NGX_DECLINED when what they say is no number.
 */
ngx_int_t
ngx_http_knn_choose_header(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx)
{
    ssize_t           size;
    ngx_str_t         value;
    ngx_table_elt_t  *h;

    h = ngx_http_knn_find_header(r, &ngx_http_knn_header_length);

    if (h != NULL) {
        value = h->value;

    } else if (ngx_http_knn_vendor_size(r, &ctx->vendor, &value) != NGX_OK) {
        return NGX_OK;
    }

    size = ngx_atosz(value.data, value.len);

    if (size == NGX_ERROR) {
        return NGX_DECLINED;
    }

    ctx->header = size;

    return NGX_OK;
}


static ngx_int_t
ngx_http_knn_vendor_size(ngx_http_request_t *r, ngx_str_t *vendor,
    ngx_str_t *size)
{
    ngx_str_t   type, *known, *value;

    if (r->headers_in.content_type == NULL) {
        return NGX_DECLINED;
    }

    value = &r->headers_in.content_type->value;

    ngx_http_knn_media_type(value, &type);

    for (known = ngx_http_knn_vendors; known->len; known++) {

        if (known->len > type.len && known->data[type.len] == ';'
            && ngx_strncasecmp(known->data, type.data, type.len) == 0)
        {
            *vendor = *known;
            return ngx_http_knn_media_param(value, "json-header-size", size);
        }
    }

    return NGX_DECLINED;
}


static const ngx_http_knn_media_t *
ngx_http_knn_find_media(ngx_str_t *value)
{
    ngx_str_t                    type;
    const ngx_str_t             *suffix;
    const ngx_http_knn_media_t  *media;

    ngx_http_knn_media_type(value, &type);

    if (type.len == 0) {
        return &ngx_http_knn_media_types[0];
    }

    for (media = ngx_http_knn_media_types; media->type.len; media++) {
        if (type.len == media->type.len
            && ngx_strncasecmp(type.data, media->type.data, type.len) == 0)
        {
            return media;
        }
    }

    suffix = &ngx_http_knn_json_suffix.type;

    if (type.len > suffix->len
        && ngx_strncasecmp(type.data + type.len - suffix->len, suffix->data,
                           suffix->len)
           == 0)
    {
        return &ngx_http_knn_json_suffix;
    }

    return NULL;
}


static ngx_uint_t
ngx_http_knn_known_charset(ngx_str_t *value)
{
    ngx_str_t   charset, *known;

    if (ngx_http_knn_media_param(value, "charset", &charset) != NGX_OK) {
        return 1;
    }

    for (known = ngx_http_knn_charsets; known->len; known++) {
        if (charset.len == known->len
            && ngx_strncasecmp(charset.data, known->data, known->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* By the parameter of RFC 4180. */
static knn_format_e
ngx_http_knn_csv_format(ngx_str_t *value)
{
    ngx_str_t  header;

    if (ngx_http_knn_media_param(value, "header", &header) != NGX_OK) {
        return KNN_FORMAT_AUTO;
    }

    if (header.len == sizeof("present") - 1
        && ngx_strncasecmp(header.data, (u_char *) "present", header.len) == 0)
    {
        return KNN_FORMAT_CSV_HEADER;
    }

    if (header.len == sizeof("absent") - 1
        && ngx_strncasecmp(header.data, (u_char *) "absent", header.len) == 0)
    {
        return KNN_FORMAT_CSV_ROWS;
    }

    return KNN_FORMAT_AUTO;
}


/* The type without parameters and white space. */
void
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


/* A parameter of a media type, without quotes; NGX_DECLINED when not there. */
ngx_int_t
ngx_http_knn_media_param(ngx_str_t *media, const char *name, ngx_str_t *value)
{
    u_char  *p, *end, *last;
    size_t   len;

    len = ngx_strlen(name);
    last = media->data + media->len;

    for (p = media->data; p < last; p = end) {

        p = ngx_strlchr(p, last, ';');

        if (p == NULL) {
            break;
        }

        do {
            p++;
        } while (p < last && (*p == ' ' || *p == '\t'));

        end = p;

        if ((size_t) (last - p) <= len || p[len] != '='
            || ngx_strncasecmp(p, (u_char *) name, len) != 0)
        {
            continue;
        }

        p += len + 1;

        if (p < last && *p == '"') {
            p++;
        }

        value->data = p;

        while (p < last && ngx_strchr("\"; \t", *p) == NULL) {
            p++;
        }

        value->len = p - value->data;

        return NGX_OK;
    }

    return NGX_DECLINED;
}
