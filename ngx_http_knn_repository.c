
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * A directory of models: directory/<name>/<version>/model.*  A version is
 * there as soon as its directory is called one, so that it is published by
 * renaming; what is not there is passed over with a notice.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_knn_module.h"


/* what stands in a directory */
typedef struct {
    ngx_str_t                  name;
    ngx_str_t                  path;
    ngx_uint_t                 n;              /* of parts, 0: no version */
    ngx_uint_t                 parts[NGX_HTTP_KNN_VERSION_PARTS];
} ngx_http_knn_entry_t;


static ngx_int_t ngx_http_knn_load_name(ngx_conf_t *cf,
    ngx_http_knn_main_conf_t *kmcf, ngx_http_knn_entry_t *name);
static ngx_int_t ngx_http_knn_load_version(ngx_conf_t *cf,
    ngx_http_knn_main_conf_t *kmcf, ngx_str_t *name,
    ngx_http_knn_entry_t *version);
static ngx_uint_t ngx_http_knn_is_model(ngx_str_t *name);
static void ngx_http_knn_refuse_files(ngx_conf_t *cf, ngx_str_t *path,
    ngx_array_t *files);
static ngx_int_t ngx_http_knn_read_directory(ngx_conf_t *cf, ngx_str_t *path,
    ngx_array_t *entries);
static ngx_int_t ngx_http_knn_read_entries(ngx_conf_t *cf, ngx_str_t *path,
    ngx_dir_t *dir, ngx_array_t *entries);
static ngx_int_t ngx_http_knn_add_entry(ngx_conf_t *cf, ngx_str_t *path,
    ngx_dir_t *dir, ngx_array_t *entries);
static ngx_int_t ngx_http_knn_cmp_entries(const void *one, const void *two);
static void ngx_http_knn_ignore(ngx_conf_t *cf, ngx_str_t *path,
    const char *why);


char *
ngx_http_knn_model_repository(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_knn_main_conf_t *kmcf = conf;

    ngx_int_t              rc;
    ngx_str_t             *value, path;
    ngx_uint_t             i;
    ngx_array_t            names;
    ngx_http_knn_entry_t  *entries;

    /* "nginx -s" parses the configuration only to find the pid file */

    if (ngx_process == NGX_PROCESS_SIGNALLER) {
        return NGX_CONF_OK;
    }

    value = cf->args->elts;
    path = value[1];

    if (ngx_conf_full_name(cf->cycle, &path, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    while (path.len > 1 && path.data[path.len - 1] == '/') {
        path.len--;
    }

    rc = ngx_http_knn_read_directory(cf, &path, &names);

    if (rc == NGX_DECLINED) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is no directory, name one that holds "
                           "<name>/<version>/model.*", &path);
    }

    if (rc != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    entries = names.elts;

    for (i = 0; i < names.nelts; i++) {
        if (ngx_http_knn_load_name(cf, kmcf, &entries[i]) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


/* Loads all versions of a model. */
static ngx_int_t
ngx_http_knn_load_name(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf,
    ngx_http_knn_entry_t *name)
{
    ngx_int_t              rc;
    ngx_uint_t             i;
    ngx_array_t            versions;
    ngx_http_knn_entry_t  *entries;

    if (name->name.data[0] == '.') {
        ngx_http_knn_ignore(cf, &name->path, "its name starts with a dot");
        return NGX_OK;
    }

    if (ngx_http_knn_check_name(&name->name) != NGX_OK) {
        ngx_http_knn_ignore(cf, &name->path, "its name is no model's, letters, "
                            "digits, \"_\", \".\", and \"-\" are accepted");
        return NGX_OK;
    }

    rc = ngx_http_knn_read_directory(cf, &name->path, &versions);

    if (rc == NGX_DECLINED) {
        ngx_http_knn_ignore(cf, &name->path, "it is no directory");
        return NGX_OK;
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    if (versions.nelts == 0) {
        ngx_http_knn_ignore(cf, &name->path, "it holds no versions");
        return NGX_OK;
    }

    entries = versions.elts;

    for (i = 0; i < versions.nelts; i++) {
        if (ngx_http_knn_load_version(cf, kmcf, &name->name, &entries[i])
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* Loads the one model file of a version. */
static ngx_int_t
ngx_http_knn_load_version(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf,
    ngx_str_t *name, ngx_http_knn_entry_t *version)
{
    ngx_int_t              rc;
    ngx_uint_t             i, n;
    ngx_str_t              none;
    ngx_array_t            files;
    ngx_http_knn_entry_t  *entries;

    if (version->n == 0) {
        ngx_http_knn_ignore(cf, &version->path,
                            "its name is no version as \"1.2.0\"");
        return NGX_OK;
    }

    rc = ngx_http_knn_read_directory(cf, &version->path, &files);

    if (rc == NGX_DECLINED) {
        ngx_http_knn_ignore(cf, &version->path, "it is no directory");
        return NGX_OK;
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    n = 0;
    entries = files.elts;

    for (i = 0; i < files.nelts; i++) {
        if (ngx_http_knn_is_model(&entries[i].name)) {
            entries[n++] = entries[i];
        }
    }

    files.nelts = n;

    if (n == 0) {
        ngx_http_knn_ignore(cf, &version->path, "it holds no file model.*");
        return NGX_OK;
    }

    if (n > 1) {
        ngx_http_knn_refuse_files(cf, &version->path, &files);
        return NGX_ERROR;
    }

    ngx_str_null(&none);

    return ngx_http_knn_add_model(cf, kmcf, name, version->parts, &none,
                                  &entries[0].path, 0);
}


/* All but the arrays beside an old dump, and what is still written. */
static ngx_uint_t
ngx_http_knn_is_model(ngx_str_t *name)
{
    ngx_str_t   *end;
    ngx_uint_t   i;

    static ngx_str_t  ends[] = {
        ngx_string(".npy"),
        ngx_string(".npy.z"),
        ngx_string(".tmp")
    };

    if (name->len < sizeof("model.")
        || ngx_strncmp(name->data, "model.", sizeof("model.") - 1) != 0)
    {
        return 0;
    }

    for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        end = &ends[i];

        if (name->len > end->len
            && ngx_memcmp(name->data + name->len - end->len, end->data,
                          end->len)
               == 0)
        {
            return 0;
        }
    }

    return 1;
}


/* Names all files of which one alone may be the model. */
static void
ngx_http_knn_refuse_files(ngx_conf_t *cf, ngx_str_t *path, ngx_array_t *files)
{
    size_t                 len;
    u_char                *p;
    ngx_str_t              names;
    ngx_uint_t             i;
    ngx_http_knn_entry_t  *entries;

    len = 0;
    entries = files->elts;

    for (i = 0; i < files->nelts; i++) {
        len += sizeof("\"\", ") - 1 + entries[i].name.len;
    }

    p = ngx_pnalloc(cf->temp_pool, len);
    if (p == NULL) {
        return;
    }

    names.data = p;

    for (i = 0; i < files->nelts; i++) {
        p = ngx_sprintf(p, i ? ", \"%V\"" : "\"%V\"", &entries[i].name);
    }

    names.len = p - names.data;

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "\"%V\" holds several models, keep one of %V",
                       path, &names);
}


/* Lists a directory in order; NGX_DECLINED when it is none. */
static ngx_int_t
ngx_http_knn_read_directory(ngx_conf_t *cf, ngx_str_t *path,
    ngx_array_t *entries)
{
    ngx_int_t  rc;
    ngx_dir_t  dir;

    if (ngx_array_init(entries, cf->temp_pool, 4, sizeof(ngx_http_knn_entry_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_open_dir(path, &dir) == NGX_ERROR) {

        if (ngx_errno == NGX_ENOTDIR) {
            return NGX_DECLINED;
        }

        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_open_dir_n " \"%V\" failed", path);
        return NGX_ERROR;
    }

    rc = ngx_http_knn_read_entries(cf, path, &dir, entries);

    if (ngx_close_dir(&dir) == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_ALERT, cf, ngx_errno,
                           ngx_close_dir_n " \"%V\" failed", path);
    }

    ngx_sort(entries->elts, entries->nelts, sizeof(ngx_http_knn_entry_t),
             ngx_http_knn_cmp_entries);

    return rc;
}


static ngx_int_t
ngx_http_knn_read_entries(ngx_conf_t *cf, ngx_str_t *path, ngx_dir_t *dir,
    ngx_array_t *entries)
{
    ngx_err_t  err;

    for ( ;; ) {
        ngx_set_errno(0);

        if (ngx_read_dir(dir) == NGX_ERROR) {
            err = ngx_errno;

            if (err == NGX_ENOMOREFILES) {
                return NGX_OK;
            }

            ngx_conf_log_error(NGX_LOG_EMERG, cf, err,
                               ngx_read_dir_n " \"%V\" failed", path);
            return NGX_ERROR;
        }

        if (ngx_http_knn_add_entry(cf, path, dir, entries) != NGX_OK) {
            return NGX_ERROR;
        }
    }
}


static ngx_int_t
ngx_http_knn_add_entry(ngx_conf_t *cf, ngx_str_t *path, ngx_dir_t *dir,
    ngx_array_t *entries)
{
    u_char                *p;
    ngx_str_t              name;
    ngx_http_knn_entry_t  *entry;

    name.data = ngx_de_name(dir);
    name.len = ngx_de_namelen(dir);

    if (ngx_strcmp(name.data, ".") == 0 || ngx_strcmp(name.data, "..") == 0) {
        return NGX_OK;
    }

    entry = ngx_array_push(entries);
    if (entry == NULL) {
        return NGX_ERROR;
    }

    entry->path.len = path->len + 1 + name.len;

    p = ngx_pnalloc(cf->pool, entry->path.len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    entry->path.data = p;
    ngx_sprintf(p, "%V/%V%Z", path, &name);

    entry->name.len = name.len;
    entry->name.data = p + path->len + 1;

    ngx_memzero(entry->parts, sizeof(entry->parts));
    entry->n = ngx_http_knn_parse_version(entry->name.data,
                                          entry->name.data + name.len,
                                          entry->parts);

    return NGX_OK;
}


/* Versions as numbers, all else as text. */
static ngx_int_t
ngx_http_knn_cmp_entries(const void *one, const void *two)
{
    ngx_int_t              rc;
    ngx_http_knn_entry_t  *first, *second;

    first = (ngx_http_knn_entry_t *) one;
    second = (ngx_http_knn_entry_t *) two;

    rc = ngx_http_knn_compare_versions(first->parts, second->parts,
                                       NGX_HTTP_KNN_VERSION_PARTS);
    if (rc) {
        return rc;
    }

    return ngx_strcmp(first->name.data, second->name.data);
}


static void
ngx_http_knn_ignore(ngx_conf_t *cf, ngx_str_t *path, const char *why)
{
    ngx_conf_log_error(NGX_LOG_NOTICE, cf, 0, "\"%V\" is ignored: %s", path,
                       why);
}
