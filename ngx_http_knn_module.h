
/*
 * Copyright (C) nginx-knn contributors
 */


#ifndef _NGX_HTTP_KNN_MODULE_H_INCLUDED_
#define _NGX_HTTP_KNN_MODULE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "codec/document.h"
#include "codec/reply.h"
#include "codec/request.h"
#include "model/knn.h"


#define NGX_HTTP_KNN_VERSION_PARTS  3


typedef struct {
    ngx_str_t                  name;
    ngx_str_t                  version;
    ngx_str_t                  id;             /* "name@version" */
    ngx_str_t                  file;
    ngx_uint_t                 parts[NGX_HTTP_KNN_VERSION_PARTS];

    knn_model_t               *model;          /* NULL in a signaller */
    knn_reply_t               *reply;
    const knn_model_info_t    *info;
    ngx_str_t                  document;       /* of malloc() */
} ngx_http_knn_model_t;


/* a location that one of our handlers answers */
typedef struct {
    ngx_str_t                  directive;
    u_char                    *file;
    ngx_uint_t                 line;

    ngx_http_core_loc_conf_t  *clcf;
    ngx_http_handler_pt        handler;

    ngx_http_complex_value_t   name;
    ngx_http_knn_model_t      *model;          /* NULL: told by variables */
} ngx_http_knn_location_t;


typedef struct {
    ngx_array_t                models;         /* ngx_http_knn_model_t * */
    ngx_array_t                locations;      /* ngx_http_knn_location_t * */

    ngx_str_t                  info;
    ngx_str_t                  info_etag;
    ngx_str_t                  health;
    ngx_uint_t                 health_status;
} ngx_http_knn_main_conf_t;


typedef struct {
    ngx_http_knn_location_t   *location;       /* NULL: not ours */
    ngx_uint_t                 outputs;
    ngx_int_t                  max_rows;
} ngx_http_knn_loc_conf_t;


typedef struct {
    ngx_http_knn_model_t      *model;
    ngx_uint_t                 outputs;
    knn_request_t             *request;
    knn_query_t               *query;

    /* nanoseconds of the monotonic clock */
    uint64_t                   started;
    uint64_t                   parsed;
    uint64_t                   searched;
    uint64_t                   encoded;
} ngx_http_knn_ctx_t;


typedef struct {
    ngx_uint_t                 code;
    ngx_str_t                  line;           /* "404 Not Found" */
    const char                *detail;         /* when nginx itself refuses */
} ngx_http_knn_status_t;


extern ngx_module_t  ngx_http_knn_module;
extern ngx_module_t  ngx_http_knn_error_filter_module;


/* nginx loads modules with RTLD_GLOBAL: only they may be seen by others */
#pragma GCC visibility push(hidden)


/* ngx_http_knn_models.c */

char *ngx_http_knn_model(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
ngx_http_knn_model_t *ngx_http_knn_find_model(ngx_http_knn_main_conf_t *kmcf,
    ngx_str_t *name);
ngx_int_t ngx_http_knn_known_models(ngx_pool_t *pool,
    ngx_http_knn_main_conf_t *kmcf, ngx_str_t *known);

/* ngx_http_knn_predict.c */

ngx_int_t ngx_http_knn_predict_handler(ngx_http_request_t *r);

/* ngx_http_knn_documents.c */

ngx_int_t ngx_http_knn_init_documents(ngx_conf_t *cf,
    ngx_http_knn_main_conf_t *kmcf);
ngx_int_t ngx_http_knn_info_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_knn_health_handler(ngx_http_request_t *r);

/* ngx_http_knn_headers.c */

ngx_table_elt_t *ngx_http_knn_add_header(ngx_http_request_t *r, ngx_str_t *key,
    ngx_str_t *value);
ngx_int_t ngx_http_knn_add_cache_control(ngx_http_request_t *r,
    ngx_str_t *value);
ngx_int_t ngx_http_knn_add_etag(ngx_http_request_t *r, ngx_str_t *value);
ngx_int_t ngx_http_knn_check_media(ngx_http_request_t *r);
ngx_uint_t ngx_http_knn_accepts_problem(ngx_http_request_t *r);

/* ngx_http_knn_problem.c */

ngx_http_knn_status_t *ngx_http_knn_find_status(ngx_uint_t code);
ngx_buf_t *ngx_http_knn_create_problem(ngx_http_request_t *r,
    ngx_http_knn_status_t *status, const char *detail, const char *pointer);
ngx_int_t ngx_http_knn_send_problem(ngx_http_request_t *r, ngx_uint_t code,
    const char *detail, const char *pointer);
ngx_int_t ngx_http_knn_send_error(ngx_http_request_t *r,
    const knn_error_t *err, const char *pointer);
ngx_int_t ngx_http_knn_send_allow(ngx_http_request_t *r, ngx_str_t *allow);


#pragma GCC visibility pop


#endif /* _NGX_HTTP_KNN_MODULE_H_INCLUDED_ */
