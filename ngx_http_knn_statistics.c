
/*
 * Copyright (C) nginx-knn contributors
 */


/* What was counted, as Triton's clients read it. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_knn_module.h"


/* of all that is written for a model but its name and version */
#define NGX_HTTP_KNN_STATISTICS_LEN  1024


typedef struct {
    uint64_t    count;
    uint64_t    ns;
} ngx_http_knn_duration_t;


static ngx_uint_t ngx_http_knn_has_statistics(ngx_http_knn_route_t *route,
    ngx_http_knn_model_t *model);
static u_char *ngx_http_knn_write_statistics(u_char *p,
    ngx_http_knn_zone_sh_t *sh, ngx_http_knn_model_t *model,
    ngx_http_knn_slot_t *sum);
static void ngx_http_knn_sum_requests(ngx_http_knn_slot_t *sum,
    ngx_http_knn_duration_t *success, ngx_http_knn_duration_t *fail);
static uint64_t ngx_http_knn_last_inference(ngx_http_knn_zone_sh_t *sh,
    ngx_http_knn_series_t *series);
static u_char *ngx_http_knn_write_duration(u_char *p, char *name,
    uint64_t count, uint64_t ns);


/* Of all models, of all versions of one, or of one version. */
ngx_int_t
ngx_http_knn_v2_statistics(ngx_http_request_t *r, ngx_http_knn_route_t *route)
{
    size_t                      len, slot;
    u_char                     *p;
    ngx_str_t                   text;
    ngx_uint_t                  i;
    ngx_http_knn_slot_t        *sum;
    ngx_http_knn_model_t      **models;
    ngx_http_knn_main_conf_t   *kmcf;

    if (route->name.len && route->model == NULL) {
        return ngx_http_knn_send_unknown_model(r);
    }

    kmcf = ngx_http_get_module_main_conf(r, ngx_http_knn_module);

    models = kmcf->models.elts;

    len = sizeof("{\"model_stats\":[]}");
    slot = sizeof(ngx_http_knn_slot_t);

    for (i = 0; i < kmcf->models.nelts; i++) {
        len += NGX_HTTP_KNN_STATISTICS_LEN + models[i]->id.len;

        if (models[i]->metrics.series != NULL) {
            slot = ngx_max(slot, models[i]->metrics.series->slot_size);
        }
    }

    p = ngx_pnalloc(r->pool, len);
    sum = ngx_palloc(r->pool, slot);

    if (p == NULL || sum == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    text.data = p;

    p = ngx_cpymem(p, "{\"model_stats\":[", sizeof("{\"model_stats\":[") - 1);

    for (i = 0; i < kmcf->models.nelts; i++) {
        if (!ngx_http_knn_has_statistics(route, models[i])) {
            continue;
        }

        if (p[-1] == '}') {
            *p++ = ',';
        }

        p = ngx_http_knn_write_statistics(p, kmcf->zone.sh, models[i], sum);
    }

    *p++ = ']'; *p++ = '}';

    text.len = p - text.data;

    return ngx_http_knn_api_send(r, &text);
}


static ngx_uint_t
ngx_http_knn_has_statistics(ngx_http_knn_route_t *route,
    ngx_http_knn_model_t *model)
{
    if (route->model == NULL || route->model == model) {
        return 1;
    }

    return ngx_http_knn_all_versions(route)
           && ngx_http_knn_same_name(model, route->model);
}


/* sum is room for its counters. */
static u_char *
ngx_http_knn_write_statistics(u_char *p, ngx_http_knn_zone_sh_t *sh,
    ngx_http_knn_model_t *model, ngx_http_knn_slot_t *sum)
{
    uint64_t                  last, executions;
    ngx_uint_t                i;
    ngx_http_knn_series_t    *series;
    ngx_http_knn_duration_t   success, fail;

    series = model->metrics.series;
    last = 0;

    if (series != NULL) {
        ngx_http_knn_sum_series(sh, series, sum);
        last = ngx_http_knn_last_inference(sh, series);

    } else {
        ngx_memzero(sum, sizeof(ngx_http_knn_slot_t));
    }

    ngx_http_knn_sum_requests(sum, &success, &fail);

    executions = 0;

    for (i = 0; i <= NGX_HTTP_KNN_DURATIONS; i++) {
        executions += sum->search[i];
    }

    p = ngx_sprintf(p, "{\"name\":\"%V\",\"version\":\"%V\","
                    "\"last_inference\":%uL,\"inference_count\":%uA,"
                    "\"execution_count\":%uL,\"inference_stats\":{",
                    &model->name, &model->version, last,
                    sum->rows[NGX_HTTP_KNN_BATCHES + 1], executions);

    p = ngx_http_knn_write_duration(p, "success", success.count, success.ns);
    p = ngx_http_knn_write_duration(p, "fail", fail.count, fail.ns);
    p = ngx_http_knn_write_duration(p, "queue", executions, sum->queue);
    p = ngx_http_knn_write_duration(p, "compute_input", executions,
                                    sum->parse);
    p = ngx_http_knn_write_duration(p, "compute_infer", executions,
                                    sum->search[NGX_HTTP_KNN_DURATIONS + 1]);
    p = ngx_http_knn_write_duration(p, "compute_output", executions,
                                    sum->encode);
    p = ngx_http_knn_write_duration(p, "cache_hit", 0, 0);
    p = ngx_http_knn_write_duration(p, "cache_miss", 0, 0);

    /* in the place of the last comma */

    return ngx_sprintf(p - 1, "},\"batch_stats\":[],\"memory_usage\":["
                       "{\"type\":\"CPU\",\"id\":0,\"byte_size\":%uz}]}",
                       model->info->memory);
}


/* By the codes of their replies. */
static void
ngx_http_knn_sum_requests(ngx_http_knn_slot_t *sum,
    ngx_http_knn_duration_t *success, ngx_http_knn_duration_t *fail)
{
    uint64_t    ns;
    ngx_uint_t  i, code;

    ngx_memzero(success, sizeof(ngx_http_knn_duration_t));
    ngx_memzero(fail, sizeof(ngx_http_knn_duration_t));

    for (i = 0; i < NGX_HTTP_KNN_CODES; i++) {
        code = ngx_http_knn_codes[i];

        if (code >= NGX_HTTP_OK && code < NGX_HTTP_BAD_REQUEST) {
            success->count += sum->codes[i];

        } else {
            fail->count += sum->codes[i];
        }
    }

    /* counters are read while others are added to */

    ns = sum->request[NGX_HTTP_KNN_DURATIONS + 1];

    success->ns = sum->success;
    fail->ns = ns > success->ns ? ns - success->ns : 0;
}


/* In milliseconds, of any worker. */
static uint64_t
ngx_http_knn_last_inference(ngx_http_knn_zone_sh_t *sh,
    ngx_http_knn_series_t *series)
{
    uint64_t              last;
    ngx_uint_t            i;
    ngx_http_knn_slot_t  *slot;

    last = 0;

    for (i = 0; i < sh->slots; i++) {
        slot = (ngx_http_knn_slot_t *) (series->slots + i * series->slot_size);
        last = ngx_max(last, slot->last);
    }

    return last;
}


static u_char *
ngx_http_knn_write_duration(u_char *p, char *name, uint64_t count, uint64_t ns)
{
    return ngx_sprintf(p, "\"%s\":{\"count\":%uL,\"ns\":%uL},", name, count,
                       ns);
}
