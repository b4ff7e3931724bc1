
/*
 * Copyright (C) nginx-knn contributors
 */


/* Variables that are predictions for values of the configuration. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "codec/text/feature_value.h"
#include "ngx_http_knn_module.h"


typedef struct ngx_http_knn_set_s  ngx_http_knn_set_t;


typedef struct {
    ngx_http_knn_set_t        *set;
    ngx_uint_t                 figure;
} ngx_http_knn_set_variable_t;


struct ngx_http_knn_set_s {
    ngx_str_t                  name;           /* "risk" */
    ngx_str_t                  address;        /* "name@1" */
    u_char                    *file;
    ngx_uint_t                 line;

    ngx_http_knn_model_t      *model;
    ngx_http_complex_value_t  *values;
    ngx_uint_t                 n;

    ngx_uint_t                 index;          /* in a request's predictions */
    ngx_http_knn_set_variable_t
                               variables[NGX_HTTP_KNN_FIGURES];
};


/* one of a request, of all its subrequests and redirects */
typedef struct {
    knn_query_t               *query;          /* NULL: nothing was predicted */
    ngx_uint_t                 done;
} ngx_http_knn_set_prediction_t;


static ngx_int_t ngx_http_knn_check_variable(ngx_str_t *name);
static ngx_int_t ngx_http_knn_add_set_variable(ngx_conf_t *cf,
    ngx_http_knn_set_t *set, ngx_uint_t figure);
static ngx_int_t ngx_http_knn_init_set(ngx_conf_t *cf,
    ngx_http_knn_main_conf_t *kmcf, ngx_http_knn_set_t *set);
static ngx_int_t ngx_http_knn_check_set(ngx_conf_t *cf,
    ngx_http_knn_set_t *set);
static ngx_int_t ngx_http_knn_set_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_http_knn_set_prediction_t *ngx_http_knn_get_set_predictions(
    ngx_http_request_t *r);
static void ngx_http_knn_cleanup_set(void *data);
static ngx_int_t ngx_http_knn_predict_set(ngx_http_request_t *r,
    ngx_http_knn_set_t *set, knn_query_t **query);
static const char *ngx_http_knn_read_set_value(ngx_http_knn_set_t *set,
    ngx_uint_t i, ngx_str_t *value, double *x);


static ngx_str_t  ngx_http_knn_set_suffixes[NGX_HTTP_KNN_FIGURES] = {
    ngx_string(""),
    ngx_string("_probability"),
    ngx_string("_distance"),
    ngx_string("_novelty")
};


char *
ngx_http_knn_set(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_knn_main_conf_t *kmcf = conf;

    ngx_str_t                         *value;
    ngx_uint_t                         i;
    ngx_http_knn_set_t                *set, **sp;
    ngx_http_compile_complex_value_t   ccv;

    value = cf->args->elts;

    if (ngx_http_knn_check_variable(&value[1]) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid variable name \"%V\", \"$\" and letters, "
                           "digits, and \"_\" are accepted", &value[1]);
        return NGX_CONF_ERROR;
    }

    set = ngx_pcalloc(cf->pool, sizeof(ngx_http_knn_set_t));
    if (set == NULL) {
        return NGX_CONF_ERROR;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     set->model = NULL;
     */

    set->name.len = value[1].len - 1;
    set->name.data = value[1].data + 1;
    set->address = value[2];
    set->file = cf->conf_file->file.name.data;
    set->line = cf->conf_file->line;
    set->n = cf->args->nelts - 3;
    set->index = kmcf->sets.nelts;

    for (i = 0; i < NGX_HTTP_KNN_FIGURES; i++) {
        if (ngx_http_knn_add_set_variable(cf, set, i) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    set->values = ngx_pcalloc(cf->pool,
                              set->n * sizeof(ngx_http_complex_value_t));
    if (set->values == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 0; i < set->n; i++) {
        ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

        ccv.cf = cf;
        ccv.value = &value[3 + i];
        ccv.complex_value = &set->values[i];

        if (ngx_http_compile_complex_value(&ccv) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    sp = ngx_array_push(&kmcf->sets);
    if (sp == NULL) {
        return NGX_CONF_ERROR;
    }

    *sp = set;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_knn_check_variable(ngx_str_t *name)
{
    u_char  ch, *p, *last;

    if (name->len < 2 || name->data[0] != '$') {
        return NGX_ERROR;
    }

    last = name->data + name->len;

    for (p = name->data + 1; p < last; p++) {
        ch = *p | 0x20;

        if ((ch >= 'a' && ch <= 'z') || (*p >= '0' && *p <= '9')
            || *p == '_')
        {
            continue;
        }

        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_knn_add_set_variable(ngx_conf_t *cf, ngx_http_knn_set_t *set,
    ngx_uint_t figure)
{
    u_char               *p;
    ngx_str_t             name, *suffix;
    ngx_http_variable_t  *var;

    suffix = &ngx_http_knn_set_suffixes[figure];

    name.len = set->name.len + suffix->len;

    name.data = ngx_pnalloc(cf->pool, name.len);
    if (name.data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(name.data, set->name.data, set->name.len);
    ngx_memcpy(p, suffix->data, suffix->len);

    var = ngx_http_add_variable(cf, &name, 0);
    if (var == NULL) {
        return NGX_ERROR;
    }

    /* of another directive that lets its variables be changed */

    if (var->get_handler != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "duplicate variable \"$%V\", give \"$%V\" another "
                           "name", &name, &set->name);
        return NGX_ERROR;
    }

    set->variables[figure].set = set;
    set->variables[figure].figure = figure;

    var->get_handler = ngx_http_knn_set_variable;
    var->data = (uintptr_t) &set->variables[figure];

    return NGX_OK;
}


/* Finds the models, which may be declared after the variables. */
ngx_int_t
ngx_http_knn_init_sets(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf)
{
    ngx_uint_t            i;
    ngx_http_knn_set_t  **sets;

    /* "nginx -s" reads no models */

    if (ngx_process == NGX_PROCESS_SIGNALLER) {
        return NGX_OK;
    }

    sets = kmcf->sets.elts;

    for (i = 0; i < kmcf->sets.nelts; i++) {
        if (ngx_http_knn_init_set(cf, kmcf, sets[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_knn_init_set(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf,
    ngx_http_knn_set_t *set)
{
    ngx_str_t  known;

    set->model = ngx_http_knn_find_model(kmcf, &set->address);

    if (set->model != NULL) {
        return ngx_http_knn_check_set(cf, set);
    }

    if (ngx_http_knn_known_models(cf->pool, kmcf, &known) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                  "unknown model \"%V\" of \"$%V\", known models: %V "
                  "in %s:%ui",
                  &set->address, &set->name, &known, set->file, set->line);

    return NGX_ERROR;
}


/* Checks what is known of the values before there is a request. */
static ngx_int_t
ngx_http_knn_check_set(ngx_conf_t *cf, ngx_http_knn_set_t *set)
{
    double                   x;
    ngx_uint_t               i;
    const char              *fault;
    const knn_model_info_t  *info;

    info = set->model->info;

    if (!(info->serves & KNN_PREDICT)) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "model \"%V\" of \"$%V\" is a %s, "
                      "use a classifier or a regressor in %s:%ui",
                      &set->model->id, &set->name, info->estimator,
                      set->file, set->line);
        return NGX_ERROR;
    }

    if (set->n != info->n_features) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"$%V\" has %ui values, but model \"%V\" expects %uz "
                      "in %s:%ui",
                      &set->name, set->n, &set->model->id, info->n_features,
                      set->file, set->line);
        return NGX_ERROR;
    }

    for (i = 0; i < set->n; i++) {

        if (set->values[i].lengths != NULL) {
            continue;
        }

        fault = ngx_http_knn_read_set_value(set, i, &set->values[i].value, &x);

        if (fault != NULL) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "value %ui of \"$%V\" by model \"%V\", \"%V\", %s "
                          "in %s:%ui",
                          i + 1, &set->name, &set->model->id,
                          &set->values[i].value, fault,
                          set->file, set->line);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_knn_set_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    ngx_http_knn_set_variable_t *variable =
                                         (ngx_http_knn_set_variable_t *) data;

    ngx_str_t                       text;
    ngx_http_knn_set_t             *set;
    ngx_http_knn_set_prediction_t  *prediction;

    set = variable->set;

    prediction = ngx_http_knn_get_set_predictions(r);
    if (prediction == NULL) {
        return NGX_ERROR;
    }

    prediction += set->index;

    if (!prediction->done) {

        /* first, lest a value that depends on this one begins anew */

        prediction->done = 1;

        /* of the client's request, whichever subrequest asks for it */

        if (ngx_http_knn_predict_set(r->main, set, &prediction->query)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    ngx_str_set(&text, "");

    if (prediction->query != NULL
        && ngx_http_knn_write_figure(r->pool, set->model, prediction->query,
                                     variable->figure, &text)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    v->len = text.len;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    v->data = text.data;

    return NGX_OK;
}


/* In a cleanup, because internal redirects forget the contexts of modules. */
static ngx_http_knn_set_prediction_t *
ngx_http_knn_get_set_predictions(ngx_http_request_t *r)
{
    size_t                     size;
    ngx_pool_cleanup_t        *cln;
    ngx_http_knn_main_conf_t  *kmcf;

    for (cln = r->pool->cleanup; cln; cln = cln->next) {
        if (cln->handler == ngx_http_knn_cleanup_set) {
            return cln->data;
        }
    }

    kmcf = ngx_http_get_module_main_conf(r, ngx_http_knn_module);

    size = kmcf->sets.nelts * sizeof(ngx_http_knn_set_prediction_t);

    cln = ngx_pool_cleanup_add(r->pool, size);
    if (cln == NULL) {
        return NULL;
    }

    ngx_memzero(cln->data, size);

    cln->handler = ngx_http_knn_cleanup_set;

    return cln->data;
}


/* All of it is the pool's; the handler is what it is found by. */
static void
ngx_http_knn_cleanup_set(void *data)
{
}


/* Leaves the query alone when a value is not accepted. */
static ngx_int_t
ngx_http_knn_predict_set(ngx_http_request_t *r, ngx_http_knn_set_t *set,
    knn_query_t **query)
{
    double       *x;
    uint64_t      started;
    ngx_str_t     value;
    ngx_uint_t    i;
    const char   *fault;
    knn_query_t  *row;

    x = ngx_http_knn_palloc(r->pool, set->n * sizeof(double));
    if (x == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < set->n; i++) {

        if (ngx_http_complex_value(r, &set->values[i], &value) != NGX_OK) {
            return NGX_ERROR;
        }

        fault = ngx_http_knn_read_set_value(set, i, &value, &x[i]);

        if (fault != NULL) {
            ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                          "\"$%V\" by model \"%V\" is empty: "
                          "its value %ui, \"%V\", %s",
                          &set->name, &set->model->id, i + 1,
                          &set->values[i].value, fault);
            return NGX_OK;
        }
    }

    started = ngx_http_knn_now();

    row = ngx_http_knn_query_row(r->pool, set->model, x);
    if (row == NULL) {
        return NGX_ERROR;
    }

    if (row->error.status != KNN_OK) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "\"$%V\" by model \"%V\" is empty: its row %s",
                      &set->name, &set->model->id, row->error.message);
        return NGX_OK;
    }

    ngx_http_knn_count_query(set->model, row, ngx_http_knn_now() - started);

    *query = row;

    return NGX_OK;
}


/* NULL, or what is wrong; the text is the client's, so it is not repeated. */
static const char *
ngx_http_knn_read_set_value(ngx_http_knn_set_t *set, ngx_uint_t i,
    ngx_str_t *value, double *x)
{
    knn_status_e             status;
    const knn_model_info_t  *info;

    info = set->model->info;

    status = knn_feature_read(info, i, (char *) value->data, value->len, x);

    if (status == KNN_OK) {
        return NULL;
    }

    if (status == KNN_MALFORMED) {
        return "is not a number";
    }

    if (info->features != NULL && info->features[i].n_texts) {
        return "is none of the texts that are known";
    }

    return "is missing or not finite";
}
