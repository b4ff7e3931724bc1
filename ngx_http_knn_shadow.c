
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Agreement of predictions with those of shadows, which the subrequests of
 * "mirror" ask for.  A request is logged after all of them have ended, however
 * they did: only there it is told what all have predicted, in any order.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_knn_module.h"


static ngx_int_t ngx_http_knn_shadow_handler(ngx_http_request_t *r);
static void ngx_http_knn_compare_shadow(ngx_http_knn_main_conf_t *kmcf,
    ngx_http_knn_ctx_t *primary, ngx_http_knn_ctx_t *shadow);


ngx_int_t
ngx_http_knn_init_shadow(ngx_conf_t *cf)
{
    ngx_http_handler_pt        *h;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_LOG_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_knn_shadow_handler;

    return NGX_OK;
}


/* Finds the shadows, which share the pool of the request. */
static ngx_int_t
ngx_http_knn_shadow_handler(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t        *cln;
    ngx_http_knn_ctx_t        *primary, *shadow;
    ngx_http_knn_main_conf_t  *kmcf;

    if (r != r->main) {
        return NGX_OK;
    }

    primary = ngx_http_knn_get_ctx(r);

    if (primary == NULL || primary->reason != NGX_HTTP_KNN_OK) {
        return NGX_OK;
    }

    kmcf = ngx_http_get_module_main_conf(r, ngx_http_knn_module);

    for (cln = r->pool->cleanup; cln; cln = cln->next) {

        if (cln->handler != ngx_http_knn_cleanup_ctx) {
            continue;
        }

        shadow = cln->data;

        if (shadow->request->background
            && shadow->reason == NGX_HTTP_KNN_OK)
        {
            ngx_http_knn_compare_shadow(kmcf, primary, shadow);
        }
    }

    return NGX_OK;
}


/* Rows without predictions, and other numbers of them, are not compared. */
static void
ngx_http_knn_compare_shadow(ngx_http_knn_main_conf_t *kmcf,
    ngx_http_knn_ctx_t *primary, ngx_http_knn_ctx_t *shadow)
{
    ngx_uint_t    row, agree;
    knn_query_t  *one, *two;

    one = primary->work.query;
    two = shadow->work.query;

    if (!(one->outputs & two->outputs & KNN_PREDICT)
        || one->rows != two->rows)
    {
        return;
    }

    agree = 0;

    for (row = 0; row < one->rows; row++) {
        agree += knn_labels_equal(one, two, row);
    }

    ngx_http_knn_count_agreement(kmcf, primary->model, shadow->model, agree,
                                 one->rows - agree);
}
