
/*
 * Copyright (C) nginx-knn contributors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_knn_module.h"


static ngx_int_t ngx_http_knn_init_model(ngx_conf_t *cf,
    ngx_http_knn_main_conf_t *kmcf, ngx_http_knn_model_t *model);
static void ngx_http_knn_free_model(void *data);
static ngx_int_t ngx_http_knn_check_label(ngx_str_t *label);
static ngx_http_knn_model_t *ngx_http_knn_find_newest(
    ngx_http_knn_main_conf_t *kmcf, ngx_str_t *name, ngx_uint_t *parts,
    ngx_uint_t n);


char *
ngx_http_knn_model(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_knn_main_conf_t *kmcf = conf;

    ngx_str_t   *value, version, label, file;
    ngx_uint_t   i, mapped, parts[NGX_HTTP_KNN_VERSION_PARTS];

    value = cf->args->elts;

    if (ngx_http_knn_check_name(&value[1]) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid model name \"%V\", letters, digits, "
                           "\"_\", \".\", and \"-\" are accepted", &value[1]);
        return NGX_CONF_ERROR;
    }

    ngx_str_set(&version, "1.0.0");
    ngx_str_null(&label);
    mapped = 0;

    for (i = 3; i < cf->args->nelts; i++) {

        if (ngx_strncmp(value[i].data, "version=", 8) == 0) {
            version.len = value[i].len - 8;
            version.data = value[i].data + 8;
            continue;
        }

        if (ngx_strncmp(value[i].data, "label=", 6) == 0) {
            label.len = value[i].len - 6;
            label.data = value[i].data + 6;

            if (ngx_http_knn_check_label(&label) == NGX_OK) {
                continue;
            }

            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid label \"%V\" of model \"%V\", a letter "
                               "and letters, digits, \"_\", \".\", and \"-\" "
                               "are accepted", &label, &value[1]);
            return NGX_CONF_ERROR;
        }

        if (ngx_strcmp(value[i].data, "mapped") == 0) {
            mapped = 1;
            continue;
        }

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\", a version as "
                           "\"version=1.0.0\", a label as \"label=stable\" "
                           "and \"mapped\" are accepted", &value[i]);
        return NGX_CONF_ERROR;
    }

    if (ngx_http_knn_parse_version(version.data, version.data + version.len,
                                   parts)
        != NGX_HTTP_KNN_VERSION_PARTS)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid version \"%V\" of model \"%V\", "
                           "a semantic version as \"1.0.0\" is accepted",
                           &version, &value[1]);
        return NGX_CONF_ERROR;
    }

    file = value[2];

    if (ngx_conf_full_name(cf->cycle, &file, 1) != NGX_OK
        || ngx_http_knn_add_model(cf, kmcf, &value[1], parts, &label, &file,
                                  mapped)
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* "@" and white space would make "name@version" ambiguous. */
ngx_int_t
ngx_http_knn_check_name(ngx_str_t *name)
{
    u_char  ch, *p, *last;

    last = name->data + name->len;

    for (p = name->data; p < last; p++) {
        ch = *p | 0x20;

        if ((ch >= 'a' && ch <= 'z') || (*p >= '0' && *p <= '9')
            || *p == '_' || *p == '.' || *p == '-')
        {
            continue;
        }

        return NGX_ERROR;
    }

    return name->len ? NGX_OK : NGX_ERROR;
}


/* It is never taken for a version. */
static ngx_int_t
ngx_http_knn_check_label(ngx_str_t *label)
{
    u_char  ch;

    if (ngx_http_knn_check_name(label) != NGX_OK) {
        return NGX_ERROR;
    }

    ch = label->data[0] | 0x20;

    return (ch >= 'a' && ch <= 'z') ? NGX_OK : NGX_ERROR;
}


/* Reads "1", "1.2", or "1.2.0"; returns how many parts there are, 0 if bad. */
ngx_uint_t
ngx_http_knn_parse_version(u_char *p, u_char *last, ngx_uint_t *parts)
{
    u_char      *start;
    ngx_int_t    value;
    ngx_uint_t   n;

    for (n = 0; n < NGX_HTTP_KNN_VERSION_PARTS; n++) {
        start = p;

        while (p < last && *p != '.') {
            p++;
        }

        if (p - start > NGX_HTTP_KNN_VERSION_DIGITS
            || (p - start > 1 && *start == '0'))
        {
            return 0;
        }

        value = ngx_atoi(start, p - start);

        if (value == NGX_ERROR) {
            return 0;
        }

        parts[n] = value;

        if (p == last) {
            return n + 1;
        }

        p++;
    }

    return 0;
}


/* Compares the first n parts. */
ngx_int_t
ngx_http_knn_compare_versions(ngx_uint_t *one, ngx_uint_t *two, ngx_uint_t n)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        if (one[i] != two[i]) {
            return one[i] < two[i] ? -1 : 1;
        }
    }

    return 0;
}


/*
 * Loads a model, if its name and version are not there yet.  The name and the
 * file are kept; both are NUL-terminated.
 */
ngx_int_t
ngx_http_knn_add_model(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf,
    ngx_str_t *name, ngx_uint_t *parts, ngx_str_t *label, ngx_str_t *file,
    ngx_uint_t mapped)
{
    u_char                *p;
    ngx_http_knn_model_t  *model, *other, **mp;

    model = ngx_pcalloc(cf->pool, sizeof(ngx_http_knn_model_t));
    if (model == NULL) {
        return NGX_ERROR;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     model->loaded = NULL;
     *     model->kept = 0;
     *     model->model = NULL;
     *     model->reply = NULL;
     *     model->info = NULL;
     *     model->document = { 0, NULL };
     */

    p = ngx_pnalloc(cf->pool, name->len + 1 + NGX_HTTP_KNN_VERSION_LEN + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    model->id.data = p;
    model->version.data = p + name->len + 1;

    p = ngx_sprintf(p, "%V@%ui.%ui.%ui", name, parts[0], parts[1], parts[2]);
    *p = '\0';

    model->id.len = p - model->id.data;
    model->version.len = p - model->version.data;

    model->name = *name;
    model->label = *label;
    model->file = *file;
    model->mapped = mapped;

    ngx_memcpy(model->parts, parts, sizeof(model->parts));

    other = ngx_http_knn_find_model(kmcf, &model->id);

    if (other != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "duplicate model \"%V\", give it another name or "
                           "a version of its own: \"%V\" and \"%V\"",
                           &model->id, &other->file, &model->file);
        return NGX_ERROR;
    }

    other = ngx_http_knn_find_label(kmcf, name, label);

    if (other != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "duplicate label \"%V\", give \"%V\" and \"%V\" "
                           "labels of their own",
                           label, &other->id, &model->id);
        return NGX_ERROR;
    }

    mp = ngx_array_push(&kmcf->models);
    if (mp == NULL) {
        return NGX_ERROR;
    }

    *mp = model;

    /* "nginx -s" parses the configuration only to find the pid file */

    if (ngx_process == NGX_PROCESS_SIGNALLER) {
        return NGX_OK;
    }

    return ngx_http_knn_init_model(cf, kmcf, model);
}


/* Reads the file, and prepares what replies say of it. */
static ngx_int_t
ngx_http_knn_init_model(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf,
    ngx_http_knn_model_t *model)
{
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_knn_free_model;
    cln->data = model;

    if (ngx_http_knn_load(cf, kmcf, model) != NGX_OK) {
        return NGX_ERROR;
    }

    model->reply = knn_reply_create(model->model, (char *) model->name.data,
                                    (char *) model->version.data);
    if (model->reply == NULL) {
        return NGX_ERROR;
    }

    model->document.data = (u_char *) knn_document_model(model->model,
                                               (char *) model->name.data,
                                               (char *) model->version.data,
                                               &model->document.len);
    if (model->document.data == NULL) {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static void
ngx_http_knn_free_model(void *data)
{
    ngx_http_knn_model_t *model = data;

    free(model->document.data);

    if (model->reply != NULL) {
        knn_reply_destroy(model->reply);
    }

    if (model->loaded != NULL) {
        ngx_http_knn_unload(model->loaded);
    }
}


/* What "name", "name@1", "name@1.2", …, or "name@label" means. */
ngx_http_knn_model_t *
ngx_http_knn_find_model(ngx_http_knn_main_conf_t *kmcf, ngx_str_t *address)
{
    u_char     *at, *last;
    ngx_str_t   name, version;

    last = address->data + address->len;
    at = ngx_strlchr(address->data, last, '@');

    if (at == NULL) {
        return ngx_http_knn_find_newest(kmcf, address, NULL, 0);
    }

    name.data = address->data;
    name.len = at - name.data;

    version.data = at + 1;
    version.len = last - version.data;

    return ngx_http_knn_find_version(kmcf, &name, &version);
}


/* By "1", "1.2", "1.2.0", or a label. */
ngx_http_knn_model_t *
ngx_http_knn_find_version(ngx_http_knn_main_conf_t *kmcf, ngx_str_t *name,
    ngx_str_t *version)
{
    ngx_uint_t  n, parts[NGX_HTTP_KNN_VERSION_PARTS];

    n = ngx_http_knn_parse_version(version->data,
                                   version->data + version->len, parts);

    return n ? ngx_http_knn_find_newest(kmcf, name, parts, n)
             : ngx_http_knn_find_label(kmcf, name, version);
}


/* The newest version that has these n parts. */
static ngx_http_knn_model_t *
ngx_http_knn_find_newest(ngx_http_knn_main_conf_t *kmcf, ngx_str_t *name,
    ngx_uint_t *parts, ngx_uint_t n)
{
    ngx_uint_t              i;
    ngx_http_knn_model_t  **models, *model, *found;

    found = NULL;
    models = kmcf->models.elts;

    for (i = 0; i < kmcf->models.nelts; i++) {
        model = models[i];

        if (model->name.len != name->len
            || ngx_memcmp(model->name.data, name->data, name->len) != 0
            || ngx_http_knn_compare_versions(model->parts, parts, n) != 0)
        {
            continue;
        }

        if (found == NULL
            || ngx_http_knn_compare_versions(model->parts, found->parts,
                                             NGX_HTTP_KNN_VERSION_PARTS)
               > 0)
        {
            found = model;
        }
    }

    return found;
}


ngx_http_knn_model_t *
ngx_http_knn_find_label(ngx_http_knn_main_conf_t *kmcf, ngx_str_t *name,
    ngx_str_t *label)
{
    ngx_uint_t              i;
    ngx_http_knn_model_t  **models, *model;

    if (label->len == 0) {
        return NULL;
    }

    models = kmcf->models.elts;

    for (i = 0; i < kmcf->models.nelts; i++) {
        model = models[i];

        if (model->name.len == name->len
            && ngx_memcmp(model->name.data, name->data, name->len) == 0
            && model->label.len == label->len
            && ngx_memcmp(model->label.data, label->data, label->len) == 0)
        {
            return model;
        }
    }

    return NULL;
}


/* Whether they are versions of one model. */
ngx_uint_t
ngx_http_knn_same_name(ngx_http_knn_model_t *one, ngx_http_knn_model_t *two)
{
    return one->name.len == two->name.len
           && ngx_memcmp(one->name.data, two->name.data, one->name.len) == 0;
}


/* "iris@1.0.0, wine@2.1.0", NUL-terminated, for messages. */
ngx_int_t
ngx_http_knn_known_models(ngx_pool_t *pool, ngx_http_knn_main_conf_t *kmcf,
    ngx_str_t *known)
{
    size_t                  len;
    u_char                 *p;
    ngx_uint_t              i;
    ngx_http_knn_model_t  **models;

    models = kmcf->models.elts;

    len = sizeof("none");

    for (i = 0; i < kmcf->models.nelts; i++) {
        len += models[i]->id.len + sizeof(", ") - 1;
    }

    p = ngx_pnalloc(pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    known->data = p;

    for (i = 0; i < kmcf->models.nelts; i++) {
        p = ngx_sprintf(p, i ? ", %V" : "%V", &models[i]->id);
    }

    if (i == 0) {
        p = ngx_cpymem(p, "none", sizeof("none") - 1);
    }

    *p = '\0';

    known->len = p - known->data;

    return NGX_OK;
}
