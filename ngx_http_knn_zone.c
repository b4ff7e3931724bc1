
/*
 * Copyright (C) nginx-knn contributors
 */


/* The shared memory of the metrics: allocated only while configuring. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_md5.h>

#include "ngx_http_knn_module.h"


#define NGX_HTTP_KNN_ZONE_SIZE      1048576

/* of workers, besides the shared one */
#define NGX_HTTP_KNN_MAX_SLOTS      16

/* workers, those that are finishing included: so many for each, at least */
#define NGX_HTTP_KNN_GENERATIONS    4
#define NGX_HTTP_KNN_MIN_PROCESSES  64

/* two lines of a cache, because processors fetch them in pairs */
#define NGX_HTTP_KNN_LINE           128

/* the models of which every pair has its counters from the start */
#define NGX_HTTP_KNN_PAIRED_MODELS  8


static char *ngx_http_knn_check_zone_size(ngx_conf_t *cf, void *post,
    void *data);
static void ngx_http_knn_note_zone_size(ngx_conf_t *cf, ngx_str_t *name,
    size_t size);
static ngx_int_t ngx_http_knn_init_metrics(ngx_conf_t *cf,
    ngx_http_knn_model_t *model);
static ngx_uint_t ngx_http_knn_outlier_is_class(ngx_http_knn_model_t *model);
static void ngx_http_knn_label_text(ngx_http_knn_model_t *model,
    ngx_uint_t i, ngx_str_t *text);
static ngx_int_t ngx_http_knn_escape_label(ngx_pool_t *pool, ngx_str_t *text,
    ngx_str_t *label);
static ngx_int_t ngx_http_knn_init_zone(ngx_shm_zone_t *shm_zone, void *data);
static ngx_int_t ngx_http_knn_create_zone(ngx_shm_zone_t *shm_zone,
    ngx_slab_pool_t *shpool, ngx_http_knn_zone_t *zone);
static void ngx_http_knn_find_series(ngx_http_knn_zone_t *zone,
    ngx_http_knn_metrics_t *metrics);
static void ngx_http_knn_create_series(ngx_shm_zone_t *shm_zone,
    ngx_http_knn_model_t *model, ngx_http_knn_main_conf_t *running);
static void ngx_http_knn_free_series(ngx_slab_pool_t *shpool,
    ngx_http_knn_zone_sh_t *sh, ngx_uint_t generation);
static ngx_uint_t ngx_http_knn_oldest_generation(ngx_http_knn_zone_sh_t *sh,
    ngx_uint_t generation);
static void ngx_http_knn_free_old_pairs(ngx_http_knn_zone_sh_t *sh,
    ngx_uint_t generation);
static void ngx_http_knn_free_pairs(ngx_http_knn_zone_sh_t *sh,
    ngx_uint_t number);
static void ngx_http_knn_add_pairs(ngx_http_knn_main_conf_t *kmcf);
static ngx_http_knn_process_t *ngx_http_knn_claim_process(
    ngx_http_knn_zone_sh_t *sh);
static ngx_uint_t ngx_http_knn_pid_alive(ngx_atomic_uint_t pid);


ngx_conf_post_t  ngx_http_knn_zone_size = { ngx_http_knn_check_zone_size };

/* 0: the shared one */
ngx_uint_t  ngx_http_knn_slot;

static ngx_atomic_t  *ngx_http_knn_owner;

/* of a process that is none of a zone's */
static ngx_http_knn_process_t  ngx_http_knn_nobody;

ngx_http_knn_process_t  *ngx_http_knn_process = &ngx_http_knn_nobody;


static char *
ngx_http_knn_check_zone_size(ngx_conf_t *cf, void *post, void *data)
{
    size_t *size = data;

    if (*size < 8 * ngx_pagesize) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"knn_zone\" of %uz bytes is too small, at least "
                           "%uz are needed", *size, 8 * ngx_pagesize);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* The zone, the texts of what is counted, and the counting of refusals. */
ngx_int_t
ngx_http_knn_add_zone(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf)
{
    ngx_str_t                   name;
    ngx_uint_t                  i;
    ngx_shm_zone_t             *shm_zone;
    ngx_http_handler_pt        *h;
    ngx_http_knn_model_t      **models;
    ngx_http_core_main_conf_t  *cmcf;

    if ((kmcf->models.nelts == 0 && kmcf->locations.nelts == 0)
        || ngx_process == NGX_PROCESS_SIGNALLER)
    {
        return NGX_OK;
    }

    models = kmcf->models.elts;

    for (i = 0; i < kmcf->models.nelts; i++) {
        if (ngx_http_knn_init_metrics(cf, models[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    ngx_conf_init_size_value(kmcf->zone.size, NGX_HTTP_KNN_ZONE_SIZE);

    kmcf->zone.core = (ngx_core_conf_t *) ngx_get_conf(cf->cycle->conf_ctx,
                                                       ngx_core_module);

    ngx_str_set(&name, "knn");

    ngx_http_knn_note_zone_size(cf, &name, kmcf->zone.size);

    shm_zone = ngx_shared_memory_add(cf, &name, kmcf->zone.size,
                                     &ngx_http_knn_module);
    if (shm_zone == NULL) {
        return NGX_ERROR;
    }

    shm_zone->init = ngx_http_knn_init_zone;
    shm_zone->data = kmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_LOG_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_knn_count_handler;

    return NGX_OK;
}


/* nginx makes a new zone without a word when its size is another one. */
static void
ngx_http_knn_note_zone_size(ngx_conf_t *cf, ngx_str_t *name, size_t size)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_shm_zone_t   *shm_zone;

    part = &cf->cycle->old_cycle->shared_memory.part;
    shm_zone = part->elts;

    for (i = 0; /* void */; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                return;
            }

            part = part->next;
            shm_zone = part->elts;
            i = 0;
        }

        if (shm_zone[i].tag == &ngx_http_knn_module
            && shm_zone[i].shm.name.len == name->len
            && ngx_memcmp(shm_zone[i].shm.name.data, name->data, name->len)
               == 0
            && shm_zone[i].shm.size != size)
        {
            ngx_log_error(NGX_LOG_NOTICE, cf->log, 0,
                          "\"knn_zone\" was %uz bytes and is %uz, "
                          "metrics start from zero",
                          shm_zone[i].shm.size, size);
            return;
        }
    }
}


/* A model is the same as before if its identifier and its classes are. */
static ngx_int_t
ngx_http_knn_init_metrics(ngx_conf_t *cf, ngx_http_knn_model_t *model)
{
    ngx_md5_t                md5;
    ngx_str_t                text;
    ngx_uint_t               i;
    const knn_output_t      *output;
    ngx_http_knn_metrics_t  *metrics;

    metrics = &model->metrics;
    output = model->info->outputs;

    if (model->info->n_outputs && output->n_classes) {
        metrics->n_classes = output->n_classes;

        if (output->outlier && !ngx_http_knn_outlier_is_class(model)) {
            metrics->n_classes++;
        }
    }

    metrics->classes = ngx_palloc(cf->pool,
                                  metrics->n_classes * sizeof(ngx_str_t));
    if (metrics->classes == NULL) {
        return NGX_ERROR;
    }

    ngx_md5_init(&md5);
    ngx_md5_update(&md5, model->id.data, model->id.len);

    for (i = 0; i < metrics->n_classes; i++) {
        ngx_http_knn_label_text(model, i, &text);

        ngx_md5_update(&md5, &text.len, sizeof(size_t));
        ngx_md5_update(&md5, text.data, text.len);

        if (ngx_http_knn_escape_label(cf->pool, &text, &metrics->classes[i])
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    ngx_md5_final(metrics->key, &md5);

    return NGX_OK;
}


/* An outlier's label may be one of the classes', whose series it shares. */
static ngx_uint_t
ngx_http_knn_outlier_is_class(ngx_http_knn_model_t *model)
{
    ngx_str_t   outlier, text;
    ngx_uint_t  i, n;

    n = model->info->outputs->n_classes;

    ngx_http_knn_label_text(model, n, &outlier);

    for (i = 0; i < n; i++) {
        ngx_http_knn_label_text(model, i, &text);

        if (text.len == outlier.len
            && ngx_memcmp(text.data, outlier.data, text.len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* As the value of a label in the text of the metrics. */
static ngx_int_t
ngx_http_knn_escape_label(ngx_pool_t *pool, ngx_str_t *text, ngx_str_t *label)
{
    u_char  *p, *src, *last;

    p = ngx_pnalloc(pool, text->len * 2);
    if (p == NULL) {
        return NGX_ERROR;
    }

    label->data = p;

    last = text->data + text->len;

    for (src = text->data; src < last; src++) {

        if (*src == '\n') {
            *p++ = '\\'; *p++ = 'n';
            continue;
        }

        if (*src == '\\' || *src == '"') {
            *p++ = '\\';
        }

        *p++ = *src;
    }

    label->len = p - label->data;

    return NGX_OK;
}


/* A string as it is, other types as replies have them. */
static void
ngx_http_knn_label_text(ngx_http_knn_model_t *model, ngx_uint_t i,
    ngx_str_t *text)
{
    const char          *data;
    const knn_label_t   *label;
    const knn_output_t  *output;

    output = model->info->outputs;

    label = (i < output->n_classes) ? &output->classes[i] : output->outlier;

    if (label->type == KNN_LABEL_STRING) {
        text->len = label->value.string.len;
        text->data = (u_char *) label->value.string.data;
        return;
    }

    knn_reply_label(model->reply, 0,
                    (i < output->n_classes) ? (uint32_t) i : KNN_CLASS_OUTLIER,
                    &data, &text->len);

    text->data = (u_char *) data;
}


/*
 * Runs in the master, and the rest of the configuration may still fail after
 * it: nothing is taken from what the running configuration has.
 */
static ngx_int_t
ngx_http_knn_init_zone(ngx_shm_zone_t *shm_zone, void *data)
{
    ngx_http_knn_main_conf_t *running = data;

    ngx_uint_t                 i;
    ngx_slab_pool_t           *shpool;
    ngx_http_knn_zone_t       *zone;
    ngx_http_knn_model_t     **models;
    ngx_http_knn_main_conf_t  *kmcf;

    kmcf = shm_zone->data;
    models = kmcf->models.elts;
    zone = &kmcf->zone;

    shpool = (ngx_slab_pool_t *) shm_zone->shm.addr;

    if (running == NULL && !shm_zone->shm.exists
        && ngx_http_knn_create_zone(shm_zone, shpool, zone) != NGX_OK)
    {
        ngx_log_error(NGX_LOG_EMERG, shm_zone->shm.log, 0,
                      "\"knn_zone\" of %uz bytes is too small for %i workers, "
                      "give it more",
                      zone->size, zone->core->worker_processes);
        return NGX_ERROR;
    }

    zone->sh = shpool->data;
    zone->generation = ++zone->sh->generations;

    /* what is there is marked before room is made for what is not */

    ngx_http_knn_find_series(zone, &zone->unknown);

    for (i = 0; i < kmcf->models.nelts; i++) {
        ngx_http_knn_find_series(zone, &models[i]->metrics);
    }

    for (i = 0; i <= kmcf->models.nelts; i++) {
        ngx_http_knn_create_series(shm_zone, i ? models[i - 1] : NULL,
                                   running);
    }

    if (running != NULL) {
        ngx_http_knn_free_old_pairs(zone->sh, running->zone.generation);
    }

    if (kmcf->models.nelts <= NGX_HTTP_KNN_PAIRED_MODELS) {
        ngx_http_knn_add_pairs(kmcf);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_knn_create_zone(ngx_shm_zone_t *shm_zone, ngx_slab_pool_t *shpool,
    ngx_http_knn_zone_t *zone)
{
    size_t                   size;
    ngx_uint_t               workers;
    ngx_http_knn_zone_sh_t  *sh;

    sh = ngx_slab_calloc(shpool, sizeof(ngx_http_knn_zone_sh_t));
    if (sh == NULL) {
        return NGX_ERROR;
    }

    workers = zone->core->worker_processes;

    sh->slots = 1 + ngx_min(workers, NGX_HTTP_KNN_MAX_SLOTS);

    sh->owners = ngx_slab_calloc(shpool, sh->slots * sizeof(ngx_atomic_t));
    if (sh->owners == NULL) {
        return NGX_ERROR;
    }

    sh->n_processes = ngx_max(workers * NGX_HTTP_KNN_GENERATIONS,
                              NGX_HTTP_KNN_MIN_PROCESSES);

    size = sh->n_processes * sizeof(ngx_http_knn_process_t);

    sh->processes = ngx_slab_calloc(shpool, size);
    if (sh->processes == NULL) {
        return NGX_ERROR;
    }

    size = sizeof(" in knn_zone \"\"") + shm_zone->shm.name.len;

    shpool->log_ctx = ngx_slab_alloc(shpool, size);
    if (shpool->log_ctx == NULL) {
        return NGX_ERROR;
    }

    ngx_sprintf(shpool->log_ctx, " in knn_zone \"%V\"%Z",
                &shm_zone->shm.name);

    shpool->log_nomem = 0;

    ngx_queue_init(&sh->series);

    shpool->data = sh;

    return NGX_OK;
}


/* The block that an earlier configuration has made for the same model. */
static void
ngx_http_knn_find_series(ngx_http_knn_zone_t *zone,
    ngx_http_knn_metrics_t *metrics)
{
    ngx_queue_t            *q;
    ngx_http_knn_series_t  *series;

    for (q = ngx_queue_head(&zone->sh->series);
         q != ngx_queue_sentinel(&zone->sh->series);
         q = ngx_queue_next(q))
    {
        series = ngx_queue_data(q, ngx_http_knn_series_t, queue);

        if (ngx_memcmp(series->key, metrics->key, sizeof(series->key)) == 0) {
            series->generation = zone->generation;
            metrics->series = series;
            return;
        }
    }
}


/* A model without a block gets one, if need be of what nobody uses. */
static void
ngx_http_knn_create_series(ngx_shm_zone_t *shm_zone,
    ngx_http_knn_model_t *model, ngx_http_knn_main_conf_t *running)
{
    size_t                     head, size;
    ngx_str_t                  none;
    ngx_slab_pool_t           *shpool;
    ngx_http_knn_zone_t       *zone;
    ngx_http_knn_series_t     *series;
    ngx_http_knn_metrics_t    *metrics;
    ngx_http_knn_main_conf_t  *kmcf;

    kmcf = shm_zone->data;
    zone = &kmcf->zone;

    metrics = model ? &model->metrics : &zone->unknown;

    if (metrics->series != NULL) {
        return;
    }

    shpool = (ngx_slab_pool_t *) shm_zone->shm.addr;

    head = ngx_align(sizeof(ngx_http_knn_series_t), NGX_HTTP_KNN_LINE);
    size = ngx_align(offsetof(ngx_http_knn_slot_t, classes)
                     + metrics->n_classes * sizeof(ngx_atomic_t),
                     NGX_HTTP_KNN_LINE);

    series = ngx_slab_calloc(shpool, head + zone->sh->slots * size);

    if (series == NULL && running != NULL) {
        ngx_http_knn_free_series(shpool, zone->sh, running->zone.generation);

        series = ngx_slab_calloc(shpool, head + zone->sh->slots * size);
    }

    if (series == NULL) {
        ngx_str_null(&none);

        ngx_log_error(NGX_LOG_WARN, shm_zone->shm.log, 0,
                      "\"knn_zone\" of %uz bytes is full, the metrics of "
                      "model \"%V\" are lost, give it more",
                      zone->size, model ? &model->id : &none);
        return;
    }

    ngx_memcpy(series->key, metrics->key, sizeof(series->key));

    series->number = ++zone->sh->numbers;
    series->generation = zone->generation;
    series->slot_size = size;
    series->slots = (u_char *) series + head;

    ngx_queue_insert_tail(&zone->sh->series, &series->queue);

    metrics->series = series;
}


/* What only configurations before this one have, and no process any more. */
static void
ngx_http_knn_free_series(ngx_slab_pool_t *shpool, ngx_http_knn_zone_sh_t *sh,
    ngx_uint_t generation)
{
    ngx_queue_t            *q, *next;
    ngx_http_knn_series_t  *series;

    generation = ngx_http_knn_oldest_generation(sh, generation);

    for (q = ngx_queue_head(&sh->series);
         q != ngx_queue_sentinel(&sh->series);
         q = next)
    {
        next = ngx_queue_next(q);
        series = ngx_queue_data(q, ngx_http_knn_series_t, queue);

        if (series->generation < generation) {
            ngx_http_knn_free_pairs(sh, series->number);
            ngx_queue_remove(q);
            ngx_slab_free(shpool, series);
        }
    }
}


/* That of the running configuration, or of a process that is finishing. */
static ngx_uint_t
ngx_http_knn_oldest_generation(ngx_http_knn_zone_sh_t *sh,
    ngx_uint_t generation)
{
    ngx_uint_t  i;

    for (i = 0; i < sh->n_processes; i++) {
        if (ngx_http_knn_process_alive(&sh->processes[i])) {
            generation = ngx_min(generation, sh->processes[i].generation);
        }
    }

    return generation;
}


/* They are few: new versions would soon have none. */
static void
ngx_http_knn_free_old_pairs(ngx_http_knn_zone_sh_t *sh, ngx_uint_t generation)
{
    ngx_queue_t            *q;
    ngx_http_knn_series_t  *series;

    generation = ngx_http_knn_oldest_generation(sh, generation);

    for (q = ngx_queue_head(&sh->series);
         q != ngx_queue_sentinel(&sh->series);
         q = ngx_queue_next(q))
    {
        series = ngx_queue_data(q, ngx_http_knn_series_t, queue);

        if (series->generation < generation) {
            ngx_http_knn_free_pairs(sh, series->number);
        }
    }
}


static void
ngx_http_knn_free_pairs(ngx_http_knn_zone_sh_t *sh, ngx_uint_t number)
{
    ngx_uint_t            i;
    ngx_http_knn_pair_t  *pair;

    for (i = 0; i < NGX_HTTP_KNN_PAIRS; i++) {
        pair = &sh->pairs[i];

        if (ngx_http_knn_pair_primary(pair) == number
            || ngx_http_knn_pair_shadow(pair) == number)
        {
            pair->agree = 0;
            pair->differ = 0;
            pair->key = 0;
        }
    }
}


/* So that few models have their zeros from the start. */
static void
ngx_http_knn_add_pairs(ngx_http_knn_main_conf_t *kmcf)
{
    ngx_uint_t              i, j;
    ngx_http_knn_model_t  **models;

    models = kmcf->models.elts;

    for (i = 0; i < kmcf->models.nelts; i++) {
        for (j = 0; j < kmcf->models.nelts; j++) {
            if (i != j) {
                (void) ngx_http_knn_find_pair(kmcf->zone.sh,
                                              models[i]->metrics.series,
                                              models[j]->metrics.series);
            }
        }
    }
}


/* NULL when there are too many pairs, or no series of one of them. */
ngx_http_knn_pair_t *
ngx_http_knn_find_pair(ngx_http_knn_zone_sh_t *sh,
    ngx_http_knn_series_t *primary, ngx_http_knn_series_t *shadow)
{
    ngx_uint_t            i;
    ngx_atomic_uint_t     key;
    ngx_http_knn_pair_t  *pair;

    if (primary == NULL || shadow == NULL) {
        return NULL;
    }

    key = (primary->number << NGX_HTTP_KNN_PAIR_SHIFT) | shadow->number;

    for (i = 0; i < NGX_HTTP_KNN_PAIRS; i++) {
        if (sh->pairs[i].key == key) {
            return &sh->pairs[i];
        }
    }

    for (i = 0; i < NGX_HTTP_KNN_PAIRS; i++) {
        pair = &sh->pairs[i];

        if (ngx_atomic_cmp_set(&pair->key, 0, key) || pair->key == key) {
            return pair;
        }
    }

    return NULL;
}


/* A worker takes its slot, and a row of the table of processes. */
void
ngx_http_knn_enter_zone(ngx_http_knn_main_conf_t *kmcf, ngx_log_t *log)
{
    ngx_http_knn_zone_t     *zone;
    ngx_http_knn_process_t  *process;

    zone = &kmcf->zone;

    if (zone->sh == NULL
        || (ngx_process != NGX_PROCESS_WORKER
            && ngx_process != NGX_PROCESS_SINGLE))
    {
        return;
    }

    ngx_http_knn_claim_slot(zone->sh, 1);

    process = ngx_http_knn_claim_process(zone->sh);

    if (process == NULL) {
        ngx_log_error(NGX_LOG_WARN, log, 0,
                      "more than %ui processes, the metrics of requests in "
                      "flight are without this one", zone->sh->n_processes);
        return;
    }

    process->in_flight = 0;
    process->waiting = 0;
    process->generation = zone->generation;

    ngx_http_knn_process = process;
}


/* That of a worker that was killed is taken when another starts. */
void
ngx_http_knn_claim_slot(ngx_http_knn_zone_sh_t *sh, ngx_uint_t start)
{
    ngx_uint_t         slot;
    ngx_atomic_t      *owner;
    ngx_atomic_uint_t  pid;

    slot = 1 + ngx_worker % (sh->slots - 1);

    owner = &sh->owners[slot];
    pid = *owner;

    if (pid == (ngx_atomic_uint_t) ngx_pid
        || (pid == 0 && ngx_atomic_cmp_set(owner, 0, ngx_pid))
        || (start && pid != 0 && !ngx_http_knn_pid_alive(pid)
            && ngx_atomic_cmp_set(owner, pid, ngx_pid)))
    {
        ngx_http_knn_slot = slot;
        ngx_http_knn_owner = owner;
    }
}


/* The rows of all that were killed are free again. */
static ngx_http_knn_process_t *
ngx_http_knn_claim_process(ngx_http_knn_zone_sh_t *sh)
{
    ngx_uint_t               i;
    ngx_atomic_uint_t        pid;
    ngx_http_knn_process_t  *process;

    for (i = 0; i < sh->n_processes; i++) {
        process = &sh->processes[i];
        pid = process->pid;

        if (pid != 0 && !ngx_http_knn_process_alive(process)) {
            (void) ngx_atomic_cmp_set(&process->pid, pid, 0);
        }
    }

    for (i = 0; i < sh->n_processes; i++) {
        process = &sh->processes[i];

        if (ngx_atomic_cmp_set(&process->pid, 0, ngx_pid)) {
            return process;
        }
    }

    return NULL;
}


void
ngx_http_knn_leave_zone(ngx_cycle_t *cycle)
{
    /* another may have its slot now */

    if (ngx_http_knn_slot != 0) {
        ngx_http_knn_slot = 0;
        (void) ngx_atomic_cmp_set(ngx_http_knn_owner, ngx_pid, 0);
    }

    ngx_http_knn_process->pid = 0;
    ngx_http_knn_process = &ngx_http_knn_nobody;
}


ngx_uint_t
ngx_http_knn_process_alive(ngx_http_knn_process_t *process)
{
    return process->pid != 0 && ngx_http_knn_pid_alive(process->pid);
}


static ngx_uint_t
ngx_http_knn_pid_alive(ngx_atomic_uint_t pid)
{
    return kill((ngx_pid_t) pid, 0) == 0 || ngx_errno != NGX_ESRCH;
}


/* Adds up the slots; sum has room for all of the series. */
void
ngx_http_knn_sum_series(ngx_http_knn_zone_sh_t *sh,
    ngx_http_knn_series_t *series, ngx_http_knn_slot_t *sum)
{
    size_t              words;
    ngx_uint_t          i, k;
    ngx_atomic_t       *to, *from;

    to = (ngx_atomic_t *) sum;
    words = series->slot_size / sizeof(ngx_atomic_t);

    ngx_memzero(sum, series->slot_size);

    for (i = 0; i < sh->slots; i++) {
        from = (ngx_atomic_t *) (series->slots + i * series->slot_size);

        for (k = 0; k < words; k++) {
            to[k] += from[k];
        }
    }
}
