
/*
 * Copyright (C) nginx-knn contributors
 */


/* What a server says of itself, written once with its configuration. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_md5.h>

#include "ngx_http_knn_module.h"


static ngx_int_t ngx_http_knn_init_info(ngx_conf_t *cf,
    ngx_http_knn_main_conf_t *kmcf);
static ngx_int_t ngx_http_knn_init_health(ngx_conf_t *cf,
    ngx_http_knn_main_conf_t *kmcf);
static ngx_int_t ngx_http_knn_send_document(ngx_http_request_t *r,
    ngx_uint_t status, ngx_str_t *document, ngx_str_t *cache_control);


static ngx_str_t  ngx_http_knn_json = ngx_string("application/json");
static ngx_str_t  ngx_http_knn_no_cache = ngx_string("no-cache");
static ngx_str_t  ngx_http_knn_no_store = ngx_string("no-store");
static ngx_str_t  ngx_http_knn_methods = ngx_string("GET, HEAD, OPTIONS");


ngx_int_t
ngx_http_knn_init_documents(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf)
{
    if (ngx_process == NGX_PROCESS_SIGNALLER) {
        return NGX_OK;
    }

    if (ngx_http_knn_init_info(cf, kmcf) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_knn_init_health(cf, kmcf);
}


/* {"models":[…]}, each as the codec describes it, and its ETag. */
static ngx_int_t
ngx_http_knn_init_info(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf)
{
    size_t                  len;
    u_char                 *p, digest[16];
    ngx_md5_t               md5;
    ngx_uint_t              i;
    ngx_http_knn_model_t  **models;

    models = kmcf->models.elts;

    len = sizeof("{\"models\":[]}") - 1;

    for (i = 0; i < kmcf->models.nelts; i++) {
        len += models[i]->document.len + 1;
    }

    p = ngx_pnalloc(cf->pool, len + sizeof(digest) * 2 + 2);
    if (p == NULL) {
        return NGX_ERROR;
    }

    kmcf->info.data = p;

    p = ngx_cpymem(p, "{\"models\":[", sizeof("{\"models\":[") - 1);

    for (i = 0; i < kmcf->models.nelts; i++) {
        if (i) {
            *p++ = ',';
        }

        p = ngx_cpymem(p, models[i]->document.data, models[i]->document.len);
    }

    *p++ = ']'; *p++ = '}';

    kmcf->info.len = p - kmcf->info.data;

    /* the checksums of the models are in it */

    ngx_md5_init(&md5);
    ngx_md5_update(&md5, kmcf->info.data, kmcf->info.len);
    ngx_md5_final(digest, &md5);

    kmcf->info_etag.data = p;

    *p++ = '"';
    p = ngx_hex_dump(p, digest, sizeof(digest));
    *p++ = '"';

    kmcf->info_etag.len = p - kmcf->info_etag.data;

    return NGX_OK;
}


/* A model that cannot be loaded is refused with its configuration. */
static ngx_int_t
ngx_http_knn_init_health(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf)
{
    u_char  *p;

    p = ngx_pnalloc(cf->pool, sizeof("{\"status\":\"no models\",\"models\":}")
                              + NGX_INT_T_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    kmcf->health_status = kmcf->models.nelts ? NGX_HTTP_OK
                                             : NGX_HTTP_SERVICE_UNAVAILABLE;

    kmcf->health.data = p;
    kmcf->health.len = ngx_sprintf(p, "{\"status\":\"%s\",\"models\":%ui}",
                                   kmcf->models.nelts ? "ok" : "no models",
                                   kmcf->models.nelts)
                       - p;

    return NGX_OK;
}


ngx_int_t
ngx_http_knn_info_handler(ngx_http_request_t *r)
{
    ngx_http_knn_main_conf_t  *kmcf;

    kmcf = ngx_http_get_module_main_conf(r, ngx_http_knn_module);

    if (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD)
        && ngx_http_knn_add_etag(r, &kmcf->info_etag) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_knn_send_document(r, NGX_HTTP_OK, &kmcf->info,
                                      &ngx_http_knn_no_cache);
}


ngx_int_t
ngx_http_knn_health_handler(ngx_http_request_t *r)
{
    ngx_http_knn_main_conf_t  *kmcf;

    kmcf = ngx_http_get_module_main_conf(r, ngx_http_knn_module);

    return ngx_http_knn_send_document(r, kmcf->health_status, &kmcf->health,
                                      &ngx_http_knn_no_store);
}


static ngx_int_t
ngx_http_knn_send_document(ngx_http_request_t *r, ngx_uint_t status,
    ngx_str_t *document, ngx_str_t *cache_control)
{
    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return ngx_http_knn_send_allow(r, &ngx_http_knn_methods);
    }

    if (ngx_http_knn_add_cache_control(r, cache_control) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_knn_send_text(r, status, document);
}


ngx_int_t
ngx_http_knn_send_text(ngx_http_request_t *r, ngx_uint_t status,
    ngx_str_t *text)
{
    ngx_http_complex_value_t  cv;

    ngx_http_knn_forbid_gzip(r);

    ngx_memzero(&cv, sizeof(ngx_http_complex_value_t));

    cv.value = *text;

    return ngx_http_send_response(r, status, &ngx_http_knn_json, &cv);
}
