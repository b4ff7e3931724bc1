
/*
 * Copyright (C) nginx-knn contributors
 */


/* What an Accept field asks for. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_knn_module.h"


#define NGX_HTTP_KNN_RANGES       4
#define NGX_HTTP_KNN_MAX_QUALITY  1000


typedef struct {
    ngx_str_t         type;
    ngx_str_t         version;     /* if another is not meant */
} ngx_http_knn_range_t;


typedef struct {
    ngx_str_t         type;
    knn_reply_form_e  form;
} ngx_http_knn_form_t;


static ngx_int_t ngx_http_knn_type_quality(ngx_str_t *accept,
    const ngx_str_t *type, ngx_str_t *found);
static ngx_uint_t ngx_http_knn_specific(ngx_str_t *range,
    const ngx_str_t *type);
static ngx_uint_t ngx_http_knn_next_range(ngx_str_t *rest, ngx_str_t *range);
static ngx_int_t ngx_http_knn_quality(u_char *p, u_char *last,
    const ngx_str_t *version);


/* by falling preference where an Accept field has none */
static const ngx_http_knn_form_t  ngx_http_knn_forms[] = {
    { ngx_string("application/json"), KNN_REPLY_JSON },
    { ngx_string("text/csv"), KNN_REPLY_CSV },
    { ngx_string("application/x-npy"), KNN_REPLY_NPY },
    { ngx_string("application/jsonlines"), KNN_REPLY_JSON_LINES },
    { ngx_string("application/jsonl"), KNN_REPLY_JSON_LINES },
    { ngx_string("application/x-ndjson"), KNN_REPLY_JSON_LINES },
    { ngx_null_string, KNN_REPLY_JSON }
};


/* by which metrics are asked for; text from the second on */
static const ngx_http_knn_range_t  ngx_http_knn_ranges[NGX_HTTP_KNN_RANGES] = {
    { ngx_string("application/openmetrics-text"), ngx_string("1.0.0") },
    { ngx_string("text/plain"), ngx_string("0.0.4") },
    { ngx_string("text/*"), ngx_null_string },
    { ngx_string("*/*"), ngx_null_string }
};


static const ngx_str_t  ngx_http_knn_problem_type = ngx_string(
    "application/problem+json");
static const ngx_str_t  ngx_http_knn_csv_header = ngx_string(
    "text/csv; header=present");

static ngx_str_t  ngx_http_knn_accept = ngx_string("accept");


/* The form of the reply and its type; NGX_DECLINED when there is none. */
ngx_int_t
ngx_http_knn_choose_form(ngx_http_request_t *r, ngx_http_knn_ctx_t *ctx)
{
    ngx_int_t                   q, best;
    ngx_str_t                   range, found, value;
    ngx_table_elt_t            *h;
    const ngx_http_knn_form_t  *form;

    h = ngx_http_knn_find_header(r, &ngx_http_knn_accept);

    if (h == NULL || h->value.len == 0
        || (h->value.len == 3 && ngx_strncmp(h->value.data, "*/*", 3) == 0))
    {
        return NGX_OK;
    }

    best = 0;
    ngx_str_null(&found);

    for (form = ngx_http_knn_forms; form->type.len; form++) {
        q = ngx_http_knn_type_quality(&h->value, &form->type, &range);

        if (q > best) {
            best = q;
            found = range;
            ctx->work.form = form->form;
            ctx->type = form->type;
        }
    }

    if (best == 0) {
        return NGX_DECLINED;
    }

    if (ctx->work.form == KNN_REPLY_CSV
        && ngx_http_knn_media_param(&found, "header", &value) == NGX_OK
        && value.len == sizeof("present") - 1
        && ngx_strncasecmp(value.data, (u_char *) "present", value.len) == 0)
    {
        ctx->work.form = KNN_REPLY_CSV_HEADER;
        ctx->type = ngx_http_knn_csv_header;
    }

    return NGX_OK;
}


/*
 * Whether errors may be told as application/problem+json.  Clients of
 * "knn_api" take any type, but read application/json alone.
 */
ngx_uint_t
ngx_http_knn_accepts_problem(ngx_http_request_t *r)
{
    ngx_str_t                 range;
    ngx_uint_t                any;
    ngx_table_elt_t          *h;
    ngx_http_knn_loc_conf_t  *klcf;

    klcf = ngx_http_get_module_loc_conf(r, ngx_http_knn_module);

    any = klcf->location == NULL || klcf->location->api == NULL;

    h = ngx_http_knn_find_header(r, &ngx_http_knn_accept);
    if (h == NULL) {
        return any;
    }

    if (ngx_http_knn_type_quality(&h->value, &ngx_http_knn_problem_type,
                                  &range)
        == 0)
    {
        return 0;
    }

    return any
           || ngx_strlchr(range.data, range.data + range.len, '*') == NULL;
}


/* "q" in thousandths by the most specific range, which is found; 0: none. */
static ngx_int_t
ngx_http_knn_type_quality(ngx_str_t *accept, const ngx_str_t *type,
    ngx_str_t *found)
{
    ngx_int_t   q;
    ngx_str_t   rest, range, media;
    ngx_uint_t  specific, most;

    q = 0;
    most = 0;
    rest = *accept;

    while (ngx_http_knn_next_range(&rest, &range)) {
        ngx_http_knn_media_type(&range, &media);

        specific = ngx_http_knn_specific(&media, type);

        if (specific > most) {
            most = specific;
            *found = range;
            q = ngx_http_knn_quality(media.data + media.len,
                                     range.data + range.len, NULL);
        }
    }

    return ngx_max(q, 0);
}


/* 3 for the type itself, 2 for its family, 1 for any type, 0 for another. */
static ngx_uint_t
ngx_http_knn_specific(ngx_str_t *range, const ngx_str_t *type)
{
    if (range->len == type->len
        && ngx_strncasecmp(range->data, type->data, type->len) == 0)
    {
        return 3;
    }

    if (range->len < 3 || range->len > type->len
        || range->data[range->len - 2] != '/'
        || range->data[range->len - 1] != '*')
    {
        return 0;
    }

    if (range->len == 3 && range->data[0] == '*') {
        return 1;
    }

    return ngx_strncasecmp(range->data, type->data, range->len - 1) == 0 ? 2
                                                                         : 0;
}


/* Takes the first range off the rest of the field. */
static ngx_uint_t
ngx_http_knn_next_range(ngx_str_t *rest, ngx_str_t *range)
{
    u_char  *end, *last;

    if (rest->len == 0) {
        return 0;
    }

    last = rest->data + rest->len;
    end = ngx_strlchr(rest->data, last, ',');

    range->data = rest->data;
    range->len = (end ? end : last) - rest->data;

    rest->data = end ? end + 1 : last;
    rest->len = last - rest->data;

    return 1;
}


/* Whether it is asked for by its name, and not less than text/plain. */
ngx_uint_t
ngx_http_knn_accepts_openmetrics(ngx_http_request_t *r)
{
    ngx_int_t                    q, quality[NGX_HTTP_KNN_RANGES];
    ngx_str_t                    rest, range, type;
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

    rest = h->value;

    while (ngx_http_knn_next_range(&rest, &range)) {
        ngx_http_knn_media_type(&range, &type);

        for (i = 0; i < NGX_HTTP_KNN_RANGES; i++) {
            known = &ngx_http_knn_ranges[i];

            if (type.len == known->type.len
                && ngx_strncasecmp(type.data, known->type.data, type.len) == 0)
            {
                q = ngx_http_knn_quality(type.data + type.len,
                                         range.data + range.len,
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

        if (version != NULL && version->len && value < end
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
