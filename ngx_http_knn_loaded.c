
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * A model outlives the configuration that it was read for: the next one takes
 * it over when its file is still the same.  The count is each process's own,
 * as its mappings are; the memory behind them is shared by all that were
 * forked.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_knn_module.h"


/* what one model file may hold when unpacked: a size_t on any platform */
#define NGX_HTTP_KNN_MAX_SIZE  ((size_t) 4095 * 1024 * 1024)


static ngx_http_knn_loaded_t *ngx_http_knn_read(ngx_conf_t *cf,
    ngx_http_knn_model_t *model, ngx_file_info_t *fi, knn_error_t *err);
static ngx_http_knn_model_t *ngx_http_knn_find_file(
    ngx_http_knn_main_conf_t *kmcf, ngx_http_knn_model_t *model);
static ngx_http_knn_loaded_t *ngx_http_knn_find_kept(ngx_cycle_t *cycle,
    ngx_http_knn_model_t *model, ngx_file_info_t *fi);
static ngx_uint_t ngx_http_knn_same_file(ngx_file_info_t *one,
    ngx_file_info_t *two);
static ngx_http_knn_main_conf_t *ngx_http_knn_old_main_conf(
    ngx_cycle_t *cycle);


/* Reads the file of a model, unless that was done. */
ngx_int_t
ngx_http_knn_load(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf,
    ngx_http_knn_model_t *model)
{
    knn_error_t             err;
    ngx_file_info_t         fi;
    ngx_http_knn_model_t   *other;
    ngx_http_knn_loaded_t  *loaded;

    /* what is wrong with a file is said when it is opened */

    if (ngx_file_info(model->file.data, &fi) == NGX_FILE_ERROR) {
        ngx_memzero(&fi, sizeof(ngx_file_info_t));
    }

    other = ngx_http_knn_find_file(kmcf, model);

    if (other != NULL) {
        loaded = other->loaded;
        model->kept = other->kept;

    } else {
        loaded = ngx_http_knn_find_kept(cf->cycle, model, &fi);
        model->kept = (loaded != NULL);
    }

    if (loaded == NULL) {
        err.message[0] = '\0';

        loaded = ngx_http_knn_read(cf, model, &fi, &err);

        if (loaded == NULL) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "model \"%V\" is refused: %s",
                               &model->id, err.message);
            return NGX_ERROR;
        }
    }

    loaded->count++;

    model->loaded = loaded;
    model->model = loaded->model;
    model->info = knn_model_info(loaded->model);

    return NGX_OK;
}


void
ngx_http_knn_unload(ngx_http_knn_loaded_t *loaded)
{
    if (--loaded->count == 0) {
        knn_model_free(loaded->model);
        ngx_free(loaded);
    }
}


/* Reads, or maps, and checks a file, of which fi was taken before. */
static ngx_http_knn_loaded_t *
ngx_http_knn_read(ngx_conf_t *cf, ngx_http_knn_model_t *model,
    ngx_file_info_t *fi, knn_error_t *err)
{
    char                   *file;
    ngx_file_info_t         after;
    ngx_http_knn_loaded_t  *loaded;

    file = (char *) model->file.data;

    loaded = ngx_calloc(sizeof(ngx_http_knn_loaded_t), cf->log);
    if (loaded == NULL) {
        return NULL;
    }

    /*
     * set by ngx_calloc():
     *
     *     loaded->count = 0;
     *     loaded->settled = 0;
     */

    loaded->fi = *fi;
    loaded->time = ngx_time();
    loaded->mapped = model->mapped;

    loaded->model = model->mapped
                    ? knn_model_map(file, err)
                    : knn_model_load(file, NGX_HTTP_KNN_MAX_SIZE, err);
    if (loaded->model == NULL) {
        ngx_free(loaded);
        return NULL;
    }

    /*
     * a file that was changed in this very second may be changed once more
     * without its times telling; of those beside it nothing is known
     */

    if (knn_model_info(loaded->model)->n_files == 1
        && fi->st_ctime < loaded->time
        && ngx_file_info(file, &after) != NGX_FILE_ERROR
        && ngx_http_knn_same_file(fi, &after))
    {
        loaded->settled = 1;
    }

    return loaded;
}


/* Another model of the same file, used in the same way. */
static ngx_http_knn_model_t *
ngx_http_knn_find_file(ngx_http_knn_main_conf_t *kmcf,
    ngx_http_knn_model_t *model)
{
    ngx_str_t              *file;
    ngx_uint_t              i;
    ngx_http_knn_model_t  **models;

    file = &model->file;
    models = kmcf->models.elts;

    for (i = 0; i < kmcf->models.nelts; i++) {
        if (models[i]->loaded != NULL
            && models[i]->loaded->mapped == model->mapped
            && models[i]->file.len == file->len
            && ngx_memcmp(models[i]->file.data, file->data, file->len) == 0)
        {
            return models[i];
        }
    }

    return NULL;
}


/* What the configuration that is being replaced has read, if it is the same. */
static ngx_http_knn_loaded_t *
ngx_http_knn_find_kept(ngx_cycle_t *cycle, ngx_http_knn_model_t *model,
    ngx_file_info_t *fi)
{
    ngx_http_knn_loaded_t     *loaded;
    ngx_http_knn_main_conf_t  *old;

    old = ngx_http_knn_old_main_conf(cycle);

    if (old == NULL) {
        return NULL;
    }

    model = ngx_http_knn_find_file(old, model);

    if (model == NULL) {
        return NULL;
    }

    loaded = model->loaded;

    if (loaded->settled && ngx_http_knn_same_file(&loaded->fi, fi)) {
        return loaded;
    }

    return NULL;
}


static ngx_uint_t
ngx_http_knn_same_file(ngx_file_info_t *one, ngx_file_info_t *two)
{
    return one->st_dev == two->st_dev
           && ngx_file_uniq(one) == ngx_file_uniq(two)
           && ngx_file_size(one) == ngx_file_size(two)
           && one->st_mtim.tv_sec == two->st_mtim.tv_sec
           && one->st_mtim.tv_nsec == two->st_mtim.tv_nsec
           && one->st_ctim.tv_sec == two->st_ctim.tv_sec
           && one->st_ctim.tv_nsec == two->st_ctim.tv_nsec;
}


/* What is being replaced, unless it was of no or of another such module. */
static ngx_http_knn_main_conf_t *
ngx_http_knn_old_main_conf(ngx_cycle_t *cycle)
{
    ngx_uint_t    i;
    ngx_cycle_t  *old;

    old = cycle->old_cycle;

    if (ngx_is_init_cycle(old)) {
        return NULL;
    }

    for (i = 0; old->modules[i]; i++) {
        if (old->modules[i] == &ngx_http_knn_module) {
            return ngx_http_cycle_get_module_main_conf(old,
                                                       ngx_http_knn_module);
        }
    }

    return NULL;
}
