
/*
 * Copyright (C) nginx-knn contributors
 */


/* The tree of the Open Inference Protocol, with Triton's extensions. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_knn_module.h"


static ngx_int_t ngx_http_knn_v2_live(ngx_http_request_t *r,
    ngx_http_knn_route_t *route);
static ngx_int_t ngx_http_knn_v2_ready(ngx_http_request_t *r,
    ngx_http_knn_route_t *route);
static ngx_int_t ngx_http_knn_v2_config(ngx_http_request_t *r,
    ngx_http_knn_route_t *route);
static ngx_int_t ngx_http_knn_v2_refuse(ngx_http_request_t *r,
    ngx_http_knn_route_t *route);
static ngx_int_t ngx_http_knn_v2_init_index(ngx_conf_t *cf,
    ngx_http_knn_main_conf_t *kmcf);
static ngx_int_t ngx_http_knn_v2_init_model(ngx_conf_t *cf,
    ngx_http_knn_main_conf_t *kmcf, ngx_http_knn_model_t *model);
static ngx_int_t ngx_http_knn_v2_init_metadata(ngx_conf_t *cf,
    ngx_http_knn_main_conf_t *kmcf, ngx_http_knn_model_t *model);


static const ngx_http_knn_resource_t  ngx_http_knn_v2_resources[] = {

    { "", NGX_HTTP_GET|NGX_HTTP_HEAD, ngx_http_knn_api_server,
      offsetof(ngx_http_knn_main_conf_t, v2_server), 0, 0, 0 },

    { "health/live", NGX_HTTP_GET|NGX_HTTP_HEAD, ngx_http_knn_v2_live,
      0, 0, 0, 0 },

    { "health/ready", NGX_HTTP_GET|NGX_HTTP_HEAD, ngx_http_knn_v2_ready,
      0, 0, 0, 0 },

    { "models", NGX_HTTP_GET|NGX_HTTP_HEAD, ngx_http_knn_api_server,
      offsetof(ngx_http_knn_main_conf_t, names), 0, 0, 0 },

    { "models/stats", NGX_HTTP_GET|NGX_HTTP_HEAD, ngx_http_knn_v2_statistics,
      0, 0, 0, 0 },

    { "models/*@", NGX_HTTP_GET|NGX_HTTP_HEAD, ngx_http_knn_api_model,
      offsetof(ngx_http_knn_model_t, v2_metadata), 0, 0, 0 },

    { "models/*@/ready", NGX_HTTP_GET|NGX_HTTP_HEAD, ngx_http_knn_api_model,
      offsetof(ngx_http_knn_model_t, ready), 0, 0, 0 },

    { "models/*@/config", NGX_HTTP_GET|NGX_HTTP_HEAD, ngx_http_knn_v2_config,
      0, 0, 0, 0 },

    { "models/*@/stats", NGX_HTTP_GET|NGX_HTTP_HEAD,
      ngx_http_knn_v2_statistics, 0, 0, 0, 0 },

    { "models/*@/infer", NGX_HTTP_POST, NULL,
      0, KNN_FORMAT_V2, KNN_REPLY_V2, 0 },

    { "repository/index", NGX_HTTP_POST, ngx_http_knn_api_server,
      offsetof(ngx_http_knn_main_conf_t, v2_index), 0, 0, 0 },

    { "repository/models/*/load", NGX_HTTP_POST, ngx_http_knn_v2_refuse,
      0, 0, 0, 0 },

    { "repository/models/*/unload", NGX_HTTP_POST, ngx_http_knn_v2_refuse,
      0, 0, 0, 0 },

    { NULL, 0, NULL, 0, 0, 0, 0 }
};


const ngx_http_knn_api_t  ngx_http_knn_v2 = {
    ngx_string("v2"),
    ngx_http_knn_v2_resources,
    NGX_HTTP_NOT_FOUND,
    "there is nothing at this path, try /v2, /v2/health/ready, /v2/models, "
    "/v2/models/NAME, or /v2/models/NAME/infer"
};


static ngx_str_t  ngx_http_knn_v2_live_text = ngx_string("{\"live\":true}");
static ngx_str_t  ngx_http_knn_v2_ready_text = ngx_string("{\"ready\":true}");


static ngx_int_t
ngx_http_knn_v2_live(ngx_http_request_t *r, ngx_http_knn_route_t *route)
{
    return ngx_http_knn_api_send(r, &ngx_http_knn_v2_live_text);
}


/* A model that cannot be loaded is refused with its configuration. */
static ngx_int_t
ngx_http_knn_v2_ready(ngx_http_request_t *r, ngx_http_knn_route_t *route)
{
    ngx_http_knn_main_conf_t  *kmcf;

    kmcf = ngx_http_get_module_main_conf(r, ngx_http_knn_module);

    if (kmcf->models.nelts == 0) {
        return ngx_http_knn_send_status(r, NGX_HTTP_SERVICE_UNAVAILABLE,
                                        "no models are loaded, the "
                                        "configuration names none", NULL);
    }

    return ngx_http_knn_api_send(r, &ngx_http_knn_v2_ready_text);
}


/* The rows of a request are the location's to limit. */
static ngx_int_t
ngx_http_knn_v2_config(ngx_http_request_t *r, ngx_http_knn_route_t *route)
{
    size_t                    len;
    u_char                   *p;
    ngx_str_t                 text;
    ngx_http_knn_model_t     *model;
    ngx_http_knn_loc_conf_t  *klcf;

    model = route->model;

    if (model == NULL) {
        return ngx_http_knn_send_unknown_model(r);
    }

    klcf = ngx_http_get_module_loc_conf(r, ngx_http_knn_module);

    len = sizeof("{\"name\":\"\",\"platform\":\"sklearn_knn\","
                 "\"max_batch_size\":,}")
          + model->name.len + NGX_INT_T_LEN + model->v2_config.len;

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    text.data = p;
    text.len = ngx_sprintf(p, "{\"name\":\"%V\",\"platform\":\"sklearn_knn\","
                           "\"max_batch_size\":%i,%V}",
                           &model->name, klcf->max_rows, &model->v2_config)
               - p;

    return ngx_http_knn_api_send(r, &text);
}


static ngx_int_t
ngx_http_knn_v2_refuse(ngx_http_request_t *r, ngx_http_knn_route_t *route)
{
    return ngx_http_knn_send_status(r, NGX_HTTP_FORBIDDEN,
                                    "models are loaded by the configuration "
                                    "of this server, change it and reload it",
                                    NULL);
}


ngx_int_t
ngx_http_knn_init_v2(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf)
{
    ngx_uint_t              i;
    ngx_http_knn_model_t  **models;

    ngx_str_set(&kmcf->v2_server,
                "{\"name\":\"nginx-knn\",\"version\":\"" KNN_VERSION "\","
                "\"extensions\":[\"classification\",\"model_repository\","
                "\"model_configuration\",\"binary_tensor_data\","
                "\"parameters\",\"statistics\"]}");

    models = kmcf->models.elts;

    for (i = 0; i < kmcf->models.nelts; i++) {
        if (ngx_http_knn_v2_init_model(cf, kmcf, models[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return ngx_http_knn_v2_init_index(cf, kmcf);
}


/* [{"name":…,"version":…,"state":"READY","reason":""},…] */
static ngx_int_t
ngx_http_knn_v2_init_index(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf)
{
    size_t                  len;
    u_char                 *p;
    ngx_uint_t              i;
    ngx_http_knn_model_t  **models;

    models = kmcf->models.elts;

    len = sizeof("[]") - 1;

    for (i = 0; i < kmcf->models.nelts; i++) {
        len += sizeof(",{\"name\":\"\",\"version\":\"\",\"state\":\"READY\","
                      "\"reason\":\"\"}")
               + models[i]->id.len;
    }

    p = ngx_pnalloc(cf->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    kmcf->v2_index.data = p;

    *p++ = '[';

    for (i = 0; i < kmcf->models.nelts; i++) {
        p = ngx_sprintf(p, "%s{\"name\":\"%V\",\"version\":\"%V\","
                        "\"state\":\"READY\",\"reason\":\"\"}",
                        i ? "," : "", &models[i]->name, &models[i]->version);
    }

    *p++ = ']';

    kmcf->v2_index.len = p - kmcf->v2_index.data;

    return NGX_OK;
}


static ngx_int_t
ngx_http_knn_v2_init_model(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf,
    ngx_http_knn_model_t *model)
{
    size_t   size;
    u_char  *p;

    p = ngx_pnalloc(cf->pool, sizeof("{\"name\":\"\",\"ready\":true}")
                              + model->name.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    model->ready[0].data = p;
    model->ready[0].len = ngx_sprintf(p, "{\"name\":\"%V\",\"ready\":true}",
                                      &model->name)
                          - p;

    model->ready[NGX_HTTP_KNN_ALL_VERSIONS] = model->ready[0];

    if (ngx_http_knn_v2_init_metadata(cf, kmcf, model) != NGX_OK) {
        return NGX_ERROR;
    }

    p = (u_char *) knn_document_config(model->model, &size);

    return ngx_http_knn_take_text(cf, p, size, &model->v2_config);
}


/* Of this version, and of all of them, for which the newest stands. */
static ngx_int_t
ngx_http_knn_v2_init_metadata(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf,
    ngx_http_knn_model_t *model)
{
    size_t                  size;
    u_char                 *p;
    ngx_uint_t              i, n;
    const char            **versions;
    ngx_http_knn_model_t  **models;

    versions = ngx_palloc(cf->temp_pool, kmcf->models.nelts * sizeof(char *));
    if (versions == NULL) {
        return NGX_ERROR;
    }

    versions[0] = (char *) model->version.data;

    p = (u_char *) knn_document_v2(model->model, (char *) model->name.data,
                                   versions, 1, &size);

    if (ngx_http_knn_take_text(cf, p, size, &model->v2_metadata[0])
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    models = kmcf->models.elts;

    for (i = 0, n = 0; i < kmcf->models.nelts; i++) {
        if (ngx_http_knn_same_name(models[i], model)) {
            versions[n++] = (char *) models[i]->version.data;
        }
    }

    p = (u_char *) knn_document_v2(model->model, (char *) model->name.data,
                                   versions, n, &size);

    return ngx_http_knn_take_text(cf, p, size,
                              &model->v2_metadata[NGX_HTTP_KNN_ALL_VERSIONS]);
}
