
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Variables of a location's prediction.
 *
 * Their values are never marked as valid, so nginx keeps no copies: one of an
 * early look would stay empty, and subrequests, which have predictions of
 * their own, share the copies of the main request.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_knn_module.h"


/* whole seconds, point, six digits */
#define NGX_HTTP_KNN_SECONDS_LEN  (NGX_INT64_LEN + 7)


static ngx_http_knn_ctx_t *ngx_http_knn_get_predicted(ngx_http_request_t *r,
    ngx_http_variable_value_t *v);
static ngx_int_t ngx_http_knn_variable_model(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_knn_variable_figure(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_knn_variable_rows(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_knn_variable_time(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_knn_variable_status(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static void ngx_http_knn_set_text(ngx_http_variable_value_t *v,
    const ngx_str_t *text);


static ngx_http_variable_t  ngx_http_knn_vars[] = {

    { ngx_string("knn_model"), NULL, ngx_http_knn_variable_model,
      offsetof(ngx_http_knn_model_t, name), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("knn_version"), NULL, ngx_http_knn_variable_model,
      offsetof(ngx_http_knn_model_t, version), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("knn_prediction"), NULL, ngx_http_knn_variable_figure,
      NGX_HTTP_KNN_PREDICTION, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("knn_probability"), NULL, ngx_http_knn_variable_figure,
      NGX_HTTP_KNN_PROBABILITY, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("knn_distance"), NULL, ngx_http_knn_variable_figure,
      NGX_HTTP_KNN_DISTANCE, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("knn_novelty"), NULL, ngx_http_knn_variable_figure,
      NGX_HTTP_KNN_NOVELTY, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("knn_rows"), NULL, ngx_http_knn_variable_rows,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("knn_time"), NULL, ngx_http_knn_variable_time,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("knn_status"), NULL, ngx_http_knn_variable_status,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


ngx_int_t
ngx_http_knn_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ngx_http_knn_vars; v->name.len; v++) {
        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


/* Empties the value; NULL when nothing was predicted. */
static ngx_http_knn_ctx_t *
ngx_http_knn_get_predicted(ngx_http_request_t *r, ngx_http_variable_value_t *v)
{
    ngx_http_knn_ctx_t  *ctx;

    v->len = 0;
    v->data = (u_char *) "";

    ctx = ngx_http_knn_get_ctx(r);

    return (ctx != NULL && ctx->reason == NGX_HTTP_KNN_OK) ? ctx : NULL;
}


/* The name or the version. */
static ngx_int_t
ngx_http_knn_variable_model(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_knn_ctx_t  *ctx;

    ctx = ngx_http_knn_get_predicted(r, v);

    if (ctx != NULL) {
        ngx_http_knn_set_text(v, (ngx_str_t *) ((u_char *) ctx->model + data));
    }

    return NGX_OK;
}


/* What the reply did not need is computed now, for the first row. */
static ngx_int_t
ngx_http_knn_variable_figure(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t            text;
    ngx_uint_t           missing;
    knn_query_t         *query;
    ngx_http_knn_ctx_t  *ctx;

    ctx = ngx_http_knn_get_predicted(r, v);

    if (ctx == NULL) {
        return NGX_OK;
    }

    query = ctx->work.query;

    if (query->rows == 0) {
        return NGX_OK;
    }

    missing = ngx_http_knn_figure_outputs(data) & ~query->outputs;

    if (missing & ~ctx->model->info->serves) {
        return NGX_OK;
    }

    if (missing) {

        if (ctx->first == NULL) {
            ctx->first = ngx_http_knn_query_row(r->pool, ctx->model, query->x);
            if (ctx->first == NULL) {
                return NGX_ERROR;
            }
        }

        query = ctx->first;
    }

    if (ngx_http_knn_write_figure(r->pool, ctx->model, query, data, &text)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_http_knn_set_text(v, &text);

    return NGX_OK;
}


static ngx_int_t
ngx_http_knn_variable_rows(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_knn_ctx_t  *ctx;

    ctx = ngx_http_knn_get_predicted(r, v);

    if (ctx == NULL) {
        return NGX_OK;
    }

    v->data = ngx_pnalloc(r->pool, NGX_SIZE_T_LEN);
    if (v->data == NULL) {
        return NGX_ERROR;
    }

    v->len = ngx_sprintf(v->data, "%uz", ctx->work.query->rows) - v->data;

    return NGX_OK;
}


static ngx_int_t
ngx_http_knn_variable_time(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    uint64_t             us;
    ngx_uint_t           i;
    ngx_http_knn_ctx_t  *ctx;

    ctx = ngx_http_knn_get_predicted(r, v);

    if (ctx == NULL) {
        return NGX_OK;
    }

    v->data = ngx_pnalloc(r->pool, NGX_HTTP_KNN_SECONDS_LEN);
    if (v->data == NULL) {
        return NGX_ERROR;
    }

    us = 0;

    for (i = 0; i < NGX_HTTP_KNN_PHASES; i++) {
        us += ctx->work.time[i];
    }

    us /= 1000;

    v->len = ngx_sprintf(v->data, "%uL.%06uL", us / 1000000, us % 1000000)
             - v->data;

    return NGX_OK;
}


/* Of refused requests as well. */
static ngx_int_t
ngx_http_knn_variable_status(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_knn_ctx_t  *ctx;

    (void) ngx_http_knn_get_predicted(r, v);

    ctx = ngx_http_knn_get_ctx(r);

    if (ctx != NULL) {
        ngx_http_knn_set_text(v, &ngx_http_knn_reasons[ctx->reason].name);
    }

    return NGX_OK;
}


static void
ngx_http_knn_set_text(ngx_http_variable_value_t *v, const ngx_str_t *text)
{
    if (text->len) {
        v->len = text->len;
        v->data = text->data;
    }
}
