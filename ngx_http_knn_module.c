
/*
 * Copyright (C) nginx-knn contributors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_knn_module.h"


#define NGX_HTTP_KNN_MAX_ROWS   10000
#define NGX_HTTP_KNN_MAX_QUEUE  64


static ngx_int_t ngx_http_knn_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_knn_init_location(ngx_conf_t *cf,
    ngx_http_knn_main_conf_t *kmcf, ngx_http_knn_location_t *location);
static void *ngx_http_knn_create_main_conf(ngx_conf_t *cf);
static char *ngx_http_knn_init_main_conf(ngx_conf_t *cf, void *conf);
static void *ngx_http_knn_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_knn_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static ngx_int_t ngx_http_knn_init_module(ngx_cycle_t *cycle);
static char *ngx_http_knn_predict(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_knn_api(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_http_knn_document(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_knn_output(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_knn_thread_pool(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static ngx_int_t ngx_http_knn_init_process(ngx_cycle_t *cycle);


static ngx_conf_num_bounds_t  ngx_http_knn_max_rows_bounds = {
    ngx_conf_check_num_bounds, 1, -1
};


static ngx_command_t  ngx_http_knn_commands[] = {

    { ngx_string("knn_model"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE2|NGX_CONF_TAKE3|NGX_CONF_TAKE4
                        |NGX_CONF_TAKE5,
      ngx_http_knn_model,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("knn_model_repository"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_knn_model_repository,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("knn_predict"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_knn_predict,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("knn_api"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_knn_api,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("knn_set"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_2MORE,
      ngx_http_knn_set,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("knn_info"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_knn_document,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      (void *) ngx_http_knn_info_handler },

    { ngx_string("knn_health"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_knn_document,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      (void *) ngx_http_knn_health_handler },

    { ngx_string("knn_metrics"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_knn_document,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      (void *) ngx_http_knn_metrics_handler },

    { ngx_string("knn_openapi"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_knn_document,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      (void *) ngx_http_knn_openapi_handler },

    { ngx_string("knn_samples"),
      NGX_HTTP_LOC_CONF|NGX_CONF_ANY,
      ngx_http_knn_samples,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("knn_output"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_knn_output,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("knn_max_rows"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_knn_loc_conf_t, max_rows),
      &ngx_http_knn_max_rows_bounds },

    { ngx_string("knn_max_queue"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_knn_main_conf_t, max_queue),
      NULL },

    { ngx_string("knn_zone"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_size_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_knn_main_conf_t, zone.size),
      &ngx_http_knn_zone_size },

    { ngx_string("knn_thread_pool"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_knn_thread_pool,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_knn_module_ctx = {
    ngx_http_knn_add_variables,            /* preconfiguration */
    ngx_http_knn_init,                     /* postconfiguration */

    ngx_http_knn_create_main_conf,         /* create main configuration */
    ngx_http_knn_init_main_conf,           /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_knn_create_loc_conf,          /* create location configuration */
    ngx_http_knn_merge_loc_conf            /* merge location configuration */
};


ngx_module_t  ngx_http_knn_module = {
    NGX_MODULE_V1,
    &ngx_http_knn_module_ctx,              /* module context */
    ngx_http_knn_commands,                 /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    ngx_http_knn_init_module,              /* init module */
    ngx_http_knn_init_process,             /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_http_knn_leave_zone,               /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


/* Resolves the names of models and prepares the documents about them. */
static ngx_int_t
ngx_http_knn_init(ngx_conf_t *cf)
{
    ngx_uint_t                  i;
    ngx_http_knn_location_t   **locations;
    ngx_http_knn_main_conf_t   *kmcf;

    kmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_knn_module);

    locations = kmcf->locations.elts;

    for (i = 0; i < kmcf->locations.nelts; i++) {
        if (ngx_http_knn_init_location(cf, kmcf, locations[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (ngx_http_knn_add_zone(cf, kmcf) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_http_knn_init_sets(cf, kmcf) != NGX_OK
        || ngx_http_knn_init_shadow(cf) != NGX_OK
        || ngx_http_knn_init_samples(cf, kmcf) != NGX_OK
        || ngx_http_knn_init_openapi(cf, kmcf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_http_knn_init_apis(cf, kmcf) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_knn_init_documents(cf, kmcf);
}


/* Checks that a location is still ours and finds its model. */
static ngx_int_t
ngx_http_knn_init_location(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf,
    ngx_http_knn_location_t *location)
{
    if (location->clcf->handler != location->handler) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"%V\" shares its location with another directive "
                      "that answers requests, give it a location of its own "
                      "in %s:%ui",
                      &location->directive, location->file, location->line);
        return NGX_ERROR;
    }

    /* "nginx -s" reads no repository, whose names it cannot know */

    if (location->handler != ngx_http_knn_predict_handler
        || location->name.lengths != NULL
        || ngx_process == NGX_PROCESS_SIGNALLER)
    {
        return NGX_OK;
    }

    location->model = ngx_http_knn_require_model(cf, kmcf, location,
                                                 &location->name.value);

    return location->model ? NGX_OK : NGX_ERROR;
}


/* The model of a name that a location's directive has, or NULL and why. */
ngx_http_knn_model_t *
ngx_http_knn_require_model(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf,
    ngx_http_knn_location_t *location, ngx_str_t *name)
{
    ngx_str_t              known;
    ngx_http_knn_model_t  *model;

    model = ngx_http_knn_find_model(kmcf, name);

    if (model == NULL
        && ngx_http_knn_known_models(cf->pool, kmcf, &known) == NGX_OK)
    {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "unknown model \"%V\" in \"%V\", known models: %V "
                      "in %s:%ui",
                      name, &location->directive, &known, location->file,
                      location->line);
    }

    return model;
}


static void *
ngx_http_knn_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_knn_main_conf_t  *kmcf;

    kmcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_knn_main_conf_t));
    if (kmcf == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     kmcf->info = { 0, NULL };
     *     kmcf->info_etag = { 0, NULL };
     *     kmcf->health = { 0, NULL };
     *     kmcf->health_status = 0;
     *     kmcf->simd = NULL;
     *     kmcf->room = { 0 };
     *     kmcf->zone = { 0 };
     */

    kmcf->max_queue = NGX_CONF_UNSET;
    kmcf->zone.size = NGX_CONF_UNSET_SIZE;

    if (ngx_array_init(&kmcf->models, cf->pool, 4,
                       sizeof(ngx_http_knn_model_t *))
        != NGX_OK)
    {
        return NULL;
    }

    if (ngx_array_init(&kmcf->sets, cf->pool, 4, sizeof(void *)) != NGX_OK) {
        return NULL;
    }

    if (ngx_array_init(&kmcf->locations, cf->pool, 4,
                       sizeof(ngx_http_knn_location_t *))
        != NGX_OK)
    {
        return NULL;
    }

    return kmcf;
}


static char *
ngx_http_knn_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_http_knn_main_conf_t *kmcf = conf;

    ngx_conf_init_value(kmcf->max_queue, NGX_HTTP_KNN_MAX_QUEUE);

    /* workers have no such environment */

    kmcf->simd = knn_kernel();

    ngx_http_knn_queue_init(&kmcf->queue, &cf->cycle->new_log);

#if !(NGX_DEBUG_PALLOC)

    /* workers write to copies of their own */

    kmcf->room.start = ngx_pmemalign(cf->pool, NGX_HTTP_KNN_ROOM_SIZE,
                                     KNN_ALIGNMENT);
    if (kmcf->room.start == NULL) {
        return NGX_CONF_ERROR;
    }

    kmcf->room.end = kmcf->room.start + NGX_HTTP_KNN_ROOM_SIZE;

#endif

    return NGX_CONF_OK;
}


static void *
ngx_http_knn_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_knn_loc_conf_t  *klcf;

    klcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_knn_loc_conf_t));
    if (klcf == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     klcf->location = NULL;
     *     klcf->server = 0;
     *     klcf->outputs = 0;
     */

    klcf->max_rows = NGX_CONF_UNSET;
#if (NGX_THREADS)
    klcf->thread_pool = NGX_CONF_UNSET_PTR;
#endif

    return klcf;
}


static char *
ngx_http_knn_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_knn_loc_conf_t *prev = parent;
    ngx_http_knn_loc_conf_t *conf = child;

    ngx_http_core_loc_conf_t  *clcf;

    ngx_conf_merge_bitmask_value(conf->outputs, prev->outputs, KNN_PREDICT);
    ngx_conf_merge_value(conf->max_rows, prev->max_rows,
                         NGX_HTTP_KNN_MAX_ROWS);
#if (NGX_THREADS)
    ngx_conf_merge_ptr_value(conf->thread_pool, prev->thread_pool, NULL);
#endif

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    /* "if" and "limit_except" blocks are answered as what is around them */

    if (clcf->noname && clcf->handler == NULL && prev->location != NULL) {
        conf->location = prev->location;

        if (clcf->lmt_excpt) {
            clcf->handler = prev->location->handler;
        }
    }

    return NGX_CONF_OK;
}


/* Says what is served; the log of this configuration is open only now. */
static ngx_int_t
ngx_http_knn_init_module(ngx_cycle_t *cycle)
{
    ngx_uint_t                  i;
    ngx_http_knn_model_t      **models, *model;
    ngx_http_knn_main_conf_t   *kmcf;

    kmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_knn_module);

    if (kmcf == NULL) {
        return NGX_OK;
    }

    models = kmcf->models.elts;

    for (i = 0; i < kmcf->models.nelts; i++) {
        model = models[i];

        ngx_log_error(NGX_LOG_NOTICE, cycle->log, 0,
                      "model \"%V\" %sloaded from \"%V\": %s by %s, "
                      "%uz rows of %uz features, algorithm %s, search %s, "
                      "kernel %s",
                      &model->id, model->kept ? "still " : "", &model->file,
                      model->info->estimator, model->info->producer,
                      model->info->n_samples, model->info->n_features,
                      model->info->algorithm, model->info->search,
                      model->info->kernel);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_knn_init_process(ngx_cycle_t *cycle)
{
    ngx_http_knn_main_conf_t  *kmcf;

    kmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_knn_module);

    if (kmcf != NULL) {
        ngx_http_knn_enter_zone(kmcf, cycle->log);
    }

    return NGX_OK;
}


/* Makes the handler answer the location that is being parsed. */
ngx_http_knn_location_t *
ngx_http_knn_add_location(ngx_conf_t *cf, ngx_http_knn_loc_conf_t *klcf,
    ngx_http_handler_pt handler)
{
    ngx_str_t                  *value;
    ngx_http_knn_location_t    *location, **lp;
    ngx_http_core_loc_conf_t   *clcf;
    ngx_http_core_srv_conf_t   *cscf;
    ngx_http_knn_loc_conf_t    *server;
    ngx_http_knn_main_conf_t   *kmcf;

    value = cf->args->elts;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->handler != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" shares its location with another directive "
                           "that answers requests, give it a location of its "
                           "own", &value[0]);
        return NULL;
    }

    kmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_knn_module);

    lp = ngx_array_push(&kmcf->locations);
    if (lp == NULL) {
        return NULL;
    }

    location = ngx_pcalloc(cf->pool, sizeof(ngx_http_knn_location_t));
    if (location == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     location->api = NULL;
     *     location->offset = 0;
     *     location->name = { 0 };
     *     location->model = NULL;
     *     location->names = { 0 };
     *     location->text = { 0, NULL };
     *     location->etag = { 0, NULL };
     */

    location->directive = value[0];
    location->file = cf->conf_file->file.name.data;
    location->line = cf->conf_file->line;
    location->srv_conf = ((ngx_http_conf_ctx_t *) cf->ctx)->srv_conf;
    location->clcf = clcf;
    location->handler = handler;

    *lp = location;

    clcf->handler = handler;
    klcf->location = location;

    cscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);
    server = cscf->ctx->loc_conf[ngx_http_knn_module.ctx_index];
    server->server = 1;

    return location;
}


static char *
ngx_http_knn_predict(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_knn_loc_conf_t *klcf = conf;

    ngx_str_t                         *value;
    ngx_http_knn_location_t           *location;
    ngx_http_compile_complex_value_t   ccv;

    if (klcf->location != NULL
        && klcf->location->handler == ngx_http_knn_predict_handler)
    {
        return "is duplicate";
    }

    value = cf->args->elts;

    location = ngx_http_knn_add_location(cf, klcf,
                                         ngx_http_knn_predict_handler);
    if (location == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = &value[1];
    ccv.complex_value = &location->name;

    if (ngx_http_compile_complex_value(&ccv) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_knn_api(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_knn_loc_conf_t *klcf = conf;

    ngx_str_t                 *value;
    ngx_http_knn_location_t   *location;
    const ngx_http_knn_api_t  *api;

    if (klcf->location != NULL
        && klcf->location->handler == ngx_http_knn_api_handler)
    {
        return "is duplicate";
    }

    value = cf->args->elts;

    api = ngx_http_knn_find_api(&value[1]);

    if (api == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"%V\", \"v1\" and \"v2\" "
                           "are accepted", &value[1], &value[0]);
        return NGX_CONF_ERROR;
    }

    location = ngx_http_knn_add_location(cf, klcf, ngx_http_knn_api_handler);
    if (location == NULL) {
        return NGX_CONF_ERROR;
    }

    location->api = api;
    location->offset = ngx_http_knn_api_offset(location->clcf);

    return NGX_CONF_OK;
}


static char *
ngx_http_knn_document(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_knn_loc_conf_t *klcf = conf;

    ngx_http_handler_pt  handler;

    handler = (ngx_http_handler_pt) cmd->post;

    if (klcf->location != NULL && klcf->location->handler == handler) {
        return "is duplicate";
    }

    if (ngx_http_knn_add_location(cf, klcf, handler) == NULL) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* As "?output=" in a request, whose refusals name what is known. */
static char *
ngx_http_knn_output(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_knn_loc_conf_t *klcf = conf;

    ngx_str_t    *value;
    ngx_uint_t    i, outputs;
    knn_error_t   err;

    if (klcf->outputs != 0) {
        return "is duplicate";
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        outputs = knn_outputs_parse((char *) value[i].data, value[i].len,
                                    &err);

        if (outputs == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"%V\": %s",
                               &value[0], err.message);
            return NGX_CONF_ERROR;
        }

        klcf->outputs |= outputs;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_knn_thread_pool(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
#if (NGX_THREADS)
    ngx_http_knn_loc_conf_t *klcf = conf;

    ngx_str_t  *value;

    if (klcf->thread_pool != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        klcf->thread_pool = NULL;
        return NGX_CONF_OK;
    }

    klcf->thread_pool = ngx_thread_pool_add(cf, &value[1]);
    if (klcf->thread_pool == NULL) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
#else
    ngx_str_t  *value;

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "\"%V %V\" needs nginx built with --with-threads, "
                       "use \"off\"", &value[0], &value[1]);
    return NGX_CONF_ERROR;
#endif
}
