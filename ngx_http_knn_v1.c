
/*
 * Copyright (C) nginx-knn contributors
 */


/* The tree of TensorFlow Serving and of KServe's first protocol. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_knn_module.h"


#define NGX_HTTP_KNN_V1_VERSION                                               \
    "{\"version\":\"%V\",\"state\":\"AVAILABLE\","                            \
    "\"status\":{\"error_code\":\"OK\",\"error_message\":\"\"}}"


static ngx_int_t ngx_http_knn_v1_init_status(ngx_conf_t *cf,
    ngx_http_knn_main_conf_t *kmcf, ngx_http_knn_model_t *model,
    ngx_uint_t all);
static ngx_int_t ngx_http_knn_v1_init_metadata(ngx_conf_t *cf,
    ngx_http_knn_model_t *model);


static const ngx_http_knn_resource_t  ngx_http_knn_v1_resources[] = {

    { "models", NGX_HTTP_GET|NGX_HTTP_HEAD, ngx_http_knn_api_server,
      offsetof(ngx_http_knn_main_conf_t, names), 0, 0, 0 },

    { "models/*@", NGX_HTTP_GET|NGX_HTTP_HEAD, ngx_http_knn_api_model,
      offsetof(ngx_http_knn_model_t, v1_status), 0, 0, 0 },

    { "models/*@/metadata", NGX_HTTP_GET|NGX_HTTP_HEAD, ngx_http_knn_api_model,
      offsetof(ngx_http_knn_model_t, v1_metadata), 0, 0, 0 },

    { "models/*@:predict", NGX_HTTP_POST, NULL,
      0, KNN_FORMAT_V1, KNN_REPLY_V1, 0 },

    { "models/*@:classify", NGX_HTTP_POST, NULL,
      0, KNN_FORMAT_EXAMPLES, KNN_REPLY_CLASSIFY, KNN_PREDICT_PROBA },

    { NULL, 0, NULL, 0, 0, 0, 0 }
};


const ngx_http_knn_api_t  ngx_http_knn_v1 = {
    ngx_string("v1"),
    ngx_http_knn_v1_resources,
    NGX_HTTP_BAD_REQUEST,
    "the path is none of this API, try /v1/models, /v1/models/NAME, "
    "/v1/models/NAME:predict, or /v1/models/NAME:classify"
};


ngx_int_t
ngx_http_knn_init_v1(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf)
{
    ngx_uint_t              i, all;
    ngx_http_knn_model_t  **models;

    models = kmcf->models.elts;

    for (i = 0; i < kmcf->models.nelts; i++) {

        for (all = 0; all <= NGX_HTTP_KNN_ALL_VERSIONS; all++) {
            if (ngx_http_knn_v1_init_status(cf, kmcf, models[i], all)
                != NGX_OK)
            {
                return NGX_ERROR;
            }
        }

        if (ngx_http_knn_v1_init_metadata(cf, models[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* {"model_version_status":[…]}, and what KServe has in its place. */
static ngx_int_t
ngx_http_knn_v1_init_status(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf,
    ngx_http_knn_model_t *model, ngx_uint_t all)
{
    size_t                  len;
    u_char                 *p;
    ngx_uint_t              i, n;
    ngx_http_knn_model_t  **models;

    models = kmcf->models.elts;

    len = sizeof("{\"model_version_status\":[],\"name\":\"\",\"ready\":true}")
          + model->name.len;

    for (i = 0; i < kmcf->models.nelts; i++) {
        if (models[i] == model
            || (all && ngx_http_knn_same_name(models[i], model)))
        {
            len += sizeof("," NGX_HTTP_KNN_V1_VERSION) + models[i]->version.len;
        }
    }

    p = ngx_pnalloc(cf->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    model->v1_status[all].data = p;

    p = ngx_sprintf(p, "{\"model_version_status\":[");

    for (i = 0, n = 0; i < kmcf->models.nelts; i++) {
        if (models[i] == model
            || (all && ngx_http_knn_same_name(models[i], model)))
        {
            p = ngx_sprintf(p, n++ ? "," NGX_HTTP_KNN_V1_VERSION
                                   : NGX_HTTP_KNN_V1_VERSION,
                            &models[i]->version);
        }
    }

    p = ngx_sprintf(p, "],\"name\":\"%V\",\"ready\":true}", &model->name);

    model->v1_status[all].len = p - model->v1_status[all].data;

    return NGX_OK;
}


/* That of the newest version stands for the model. */
static ngx_int_t
ngx_http_knn_v1_init_metadata(ngx_conf_t *cf, ngx_http_knn_model_t *model)
{
    size_t   size;
    u_char  *p;

    p = (u_char *) knn_document_v1(model->model, (char *) model->name.data,
                                   (char *) model->version.data, &size);

    if (ngx_http_knn_take_text(cf, p, size, &model->v1_metadata[0]) != NGX_OK)
    {
        return NGX_ERROR;
    }

    model->v1_metadata[NGX_HTTP_KNN_ALL_VERSIONS] = model->v1_metadata[0];

    return NGX_OK;
}
