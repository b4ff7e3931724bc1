
/*
 * Copyright (C) nginx-knn contributors
 */


/* The description of a server's paths, written once with its configuration. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_md5.h>

#include "ngx_http_knn_module.h"


/* what is described, of one server */
typedef struct {
    ngx_http_knn_main_conf_t    *kmcf;
    knn_openapi_model_t         *models;       /* as kmcf->models */
    ngx_array_t                  paths;        /* knn_openapi_path_t */
} ngx_http_knn_openapi_t;


static ngx_int_t ngx_http_knn_openapi_init_models(ngx_conf_t *cf,
    ngx_http_knn_openapi_t *openapi);
static ngx_int_t ngx_http_knn_openapi_init_paths(ngx_conf_t *cf,
    ngx_http_knn_openapi_t *openapi, ngx_http_knn_location_t *location,
    ngx_uint_t trees);
static ngx_uint_t ngx_http_knn_openapi_kind(ngx_http_knn_location_t *location);
static ngx_uint_t ngx_http_knn_openapi_told(ngx_http_knn_location_t *location);
static ngx_uint_t ngx_http_knn_openapi_by_name(
    ngx_http_knn_location_t *location, ngx_str_t *path);
static ngx_int_t ngx_http_knn_openapi_add_path(ngx_conf_t *cf,
    ngx_http_knn_openapi_t *openapi, ngx_http_knn_location_t *location,
    ngx_uint_t kind);
static ngx_int_t ngx_http_knn_openapi_set_path(ngx_conf_t *cf,
    knn_openapi_path_t *path, ngx_http_knn_location_t *location);
static u_char *ngx_http_knn_openapi_root(u_char *p, u_char *last,
    const ngx_str_t *name);
static ngx_int_t ngx_http_knn_openapi_set_models(ngx_conf_t *cf,
    ngx_http_knn_openapi_t *openapi, knn_openapi_path_t *path,
    ngx_http_knn_location_t *location);
static char *ngx_http_knn_openapi_server(ngx_conf_t *cf,
    ngx_http_knn_location_t *location);
static ngx_int_t ngx_http_knn_openapi_write(ngx_conf_t *cf,
    ngx_http_knn_openapi_t *openapi, ngx_http_knn_location_t *location);


static ngx_str_t  ngx_http_knn_methods = ngx_string("GET, HEAD, OPTIONS");
static ngx_str_t  ngx_http_knn_no_cache = ngx_string("no-cache");


/* Each location has the document of the server in which it stands. */
ngx_int_t
ngx_http_knn_init_openapi(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf)
{
    ngx_uint_t                  i;
    ngx_http_knn_openapi_t      openapi;
    ngx_http_knn_location_t   **locations;

    if (ngx_process == NGX_PROCESS_SIGNALLER) {
        return NGX_OK;
    }

    openapi.kmcf = kmcf;
    openapi.models = NULL;

    locations = kmcf->locations.elts;

    for (i = 0; i < kmcf->locations.nelts; i++) {

        if (locations[i]->handler != ngx_http_knn_openapi_handler) {
            continue;
        }

        if (openapi.models == NULL
            && ngx_http_knn_openapi_init_models(cf, &openapi) != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (ngx_array_init(&openapi.paths, cf->temp_pool,
                           kmcf->locations.nelts, sizeof(knn_openapi_path_t))
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        /* pages come first, they take their paths out of trees */

        if (ngx_http_knn_openapi_init_paths(cf, &openapi, locations[i], 0)
            != NGX_OK
            || ngx_http_knn_openapi_init_paths(cf, &openapi, locations[i], 1)
               != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (ngx_http_knn_openapi_write(cf, &openapi, locations[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_knn_openapi_init_models(ngx_conf_t *cf,
    ngx_http_knn_openapi_t *openapi)
{
    ngx_uint_t              i, n;
    knn_openapi_model_t    *to;
    ngx_http_knn_model_t  **models;

    n = openapi->kmcf->models.nelts;
    models = openapi->kmcf->models.elts;

    openapi->models = ngx_palloc(cf->temp_pool,
                                 (n + 1) * sizeof(knn_openapi_model_t));
    if (openapi->models == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        to = &openapi->models[i];

        to->model = models[i]->model;
        to->name = (char *) models[i]->name.data;
        to->version = (char *) models[i]->version.data;
        to->label = models[i]->label.len ? (char *) models[i]->label.data
                                         : NULL;
    }

    return NGX_OK;
}


/* The paths of the server of a location, either those of trees or the rest. */
static ngx_int_t
ngx_http_knn_openapi_init_paths(ngx_conf_t *cf,
    ngx_http_knn_openapi_t *openapi, ngx_http_knn_location_t *location,
    ngx_uint_t trees)
{
    ngx_uint_t                  i, kind;
    ngx_http_knn_location_t   **locations;

    locations = openapi->kmcf->locations.elts;

    for (i = 0; i < openapi->kmcf->locations.nelts; i++) {

        if (locations[i]->srv_conf != location->srv_conf
            || !ngx_http_knn_openapi_told(locations[i]))
        {
            continue;
        }

        kind = ngx_http_knn_openapi_kind(locations[i]);

        if ((kind >= KNN_PATH_V1) == trees
            && ngx_http_knn_openapi_add_path(cf, openapi, locations[i], kind)
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_knn_openapi_kind(ngx_http_knn_location_t *location)
{
    if (location->api) {
        return (location->api == &ngx_http_knn_v1) ? KNN_PATH_V1 : KNN_PATH_V2;
    }

    return (location->handler == ngx_http_knn_info_handler) ? KNN_PATH_INFO
         : (location->handler == ngx_http_knn_health_handler) ? KNN_PATH_HEALTH
         : (location->handler == ngx_http_knn_metrics_handler)
           ? KNN_PATH_METRICS
         : (location->handler == ngx_http_knn_samples_handler)
           ? KNN_PATH_SAMPLES
         : (location->handler == ngx_http_knn_openapi_handler)
           ? KNN_PATH_OPENAPI
         : KNN_PATH_PREDICT;
}


/* Whether clients can come there, by a path that can be told. */
static ngx_uint_t
ngx_http_knn_openapi_told(ngx_http_knn_location_t *location)
{
    ngx_str_t                  path;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = location->clcf;

    if (ngx_http_knn_openapi_by_name(location, &path)) {
        return clcf->internal != 1;
    }

#if (NGX_PCRE)
    if (clcf->regex) {
        return 0;
    }
#endif

    if (clcf->noname || clcf->named || clcf->internal == 1) {
        return 0;
    }

    /* braces would stand for parameters */

    return ngx_strlchr(clcf->name.data, clcf->name.data + clcf->name.len, '{')
           == NULL;
}


/*
 * Whether it is "location ~ ^/path/(?<model>[^/]+)$" with "knn_predict $model",
 * under this name or another; if so, where the path is.
 */
static ngx_uint_t
ngx_http_knn_openapi_by_name(ngx_http_knn_location_t *location,
    ngx_str_t *path)
{
#if (NGX_PCRE)

    u_char     *p, *last, ch;
    ngx_str_t  *pattern, *model;

    pattern = &location->clcf->name;
    model = &location->name.value;

    if (location->clcf->regex == NULL || model->len < 2
        || model->data[0] != '$' || ngx_strncmp(pattern->data, "^/", 2) != 0)
    {
        return 0;
    }

    path->data = pattern->data + 1;
    last = pattern->data + pattern->len;

    for (p = path->data; p < last; p++) {
        ch = *p | 0x20;

        if (!((ch >= 'a' && ch <= 'z') || (*p >= '0' && *p <= '9')
              || *p == '/' || *p == '_' || *p == '-'))
        {
            break;
        }
    }

    path->len = p - path->data;

    /* what is left is the capture of the variable */

    return (size_t) (last - p) == sizeof("(?<>[^/]+)$") - 1 + model->len - 1
           && ngx_strncmp(p, "(?<", 3) == 0
           && ngx_strncmp(p + 3, model->data + 1, model->len - 1) == 0
           && ngx_strncmp(p + 3 + model->len - 1, ">[^/]+)$", 8) == 0;

#else

    return 0;

#endif
}


static ngx_int_t
ngx_http_knn_openapi_add_path(ngx_conf_t *cf, ngx_http_knn_openapi_t *openapi,
    ngx_http_knn_location_t *location, ngx_uint_t kind)
{
    ngx_uint_t                i;
    knn_openapi_path_t       *path, *paths;
    ngx_http_knn_loc_conf_t  *klcf;

    klcf = location->clcf->loc_conf[ngx_http_knn_module.ctx_index];

    path = ngx_array_push(&openapi->paths);
    if (path == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(path, sizeof(knn_openapi_path_t));

    path->kind = kind;
    path->exact = location->clcf->exact_match;
    path->max_rows = klcf->max_rows;

    if (ngx_http_knn_openapi_set_path(cf, path, location) != NGX_OK
        || ngx_http_knn_openapi_set_models(cf, openapi, path, location)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* "location = /a" takes its path from "location /a" */

    paths = openapi->paths.elts;

    for (i = 0; kind < KNN_PATH_V1 && &paths[i] < path; i++) {
        if (ngx_strcmp(paths[i].path, path->path) == 0) {

            if (path->exact) {
                paths[i] = *path;
            }

            openapi->paths.nelts--;
            break;
        }
    }

    return NGX_OK;
}


/* The name of the location; of a tree, as far as the segment it begins with. */
static ngx_int_t
ngx_http_knn_openapi_set_path(ngx_conf_t *cf, knn_openapi_path_t *path,
    ngx_http_knn_location_t *location)
{
    size_t      len;
    u_char     *p, *last, *name, *root;
    ngx_str_t   uri;

    path->by_name = ngx_http_knn_openapi_by_name(location, &uri);

    if (!path->by_name) {
        uri = location->clcf->name;
    }

    len = uri.len + 2 * ngx_escape_uri(NULL, uri.data, uri.len,
                                       NGX_ESCAPE_URI);

    name = ngx_pnalloc(cf->temp_pool, len + 1);
    root = ngx_pnalloc(cf->temp_pool, len + sizeof("{model}"));

    if (name == NULL || root == NULL) {
        return NGX_ERROR;
    }

    ngx_escape_uri(name, uri.data, uri.len, NGX_ESCAPE_URI);
    name[len] = '\0';

    path->within = (char *) name;
    path->path = (char *) root;

    p = ngx_cpymem(root, name, len);
    *p = '\0';

    if (path->by_name) {
        ngx_memcpy(p, "{model}", sizeof("{model}"));
    }

    if (location->api == NULL) {
        return NGX_OK;
    }

    while (p > root && p[-1] == '/') {
        p--;
    }

    last = ngx_http_knn_openapi_root(root, p, &location->api->name);

    if (last == NULL) {
        *p++ = '/';
        last = ngx_cpymem(p, location->api->name.data,
                          location->api->name.len);
    }

    *last = '\0';

    return NGX_OK;
}


/* The end of the segment that a tree begins with: the last, or the first. */
static u_char *
ngx_http_knn_openapi_root(u_char *p, u_char *last, const ngx_str_t *name)
{
    u_char  *end, *found;

    for (found = NULL; p < last; p = end) {
        p++;

        end = ngx_strlchr(p, last, '/');

        if (end == NULL) {
            end = last;
        }

        if ((size_t) (end - p) == name->len
            && ngx_memcmp(p, name->data, name->len) == 0
            && (found == NULL || end == last))
        {
            found = end;
        }
    }

    return found;
}


/* The only model of predictions, or those whose rows are shown. */
static ngx_int_t
ngx_http_knn_openapi_set_models(ngx_conf_t *cf,
    ngx_http_knn_openapi_t *openapi, knn_openapi_path_t *path,
    ngx_http_knn_location_t *location)
{
    ngx_uint_t                   i;
    ngx_http_knn_model_t       **models;
    const knn_openapi_model_t  **to;

    if (path->kind != KNN_PATH_PREDICT && path->kind != KNN_PATH_SAMPLES) {
        return NGX_OK;
    }

    to = ngx_palloc(cf->temp_pool,
                    (openapi->kmcf->models.nelts + 1) * sizeof(void *));
    if (to == NULL) {
        return NGX_ERROR;
    }

    path->models = to;

    models = openapi->kmcf->models.elts;

    for (i = 0; i < openapi->kmcf->models.nelts; i++) {
        if (path->kind == KNN_PATH_SAMPLES
            ? ngx_http_knn_is_shown(openapi->kmcf, location, models[i])
            : models[i] == location->model)
        {
            to[path->n_models++] = &openapi->models[i];
        }
    }

    return NGX_OK;
}


/* Where paths begin, from the document on: a proxy may have more before. */
static char *
ngx_http_knn_openapi_server(ngx_conf_t *cf, ngx_http_knn_location_t *location)
{
    u_char      *p, *server;
    ngx_str_t   *name;
    ngx_uint_t   i;

    if (!ngx_http_knn_openapi_told(location)) {
        return "/";
    }

    name = &location->clcf->name;

    server = ngx_pnalloc(cf->temp_pool, name->len * 3 + sizeof("./"));
    if (server == NULL) {
        return NULL;
    }

    p = server;

    for (i = 1; i < name->len; i++) {
        if (name->data[i] == '/') {
            p = ngx_cpymem(p, "../", 3);
        }
    }

    if (p == server) {
        p = ngx_cpymem(p, "./", 2);
    }

    *p = '\0';

    return (char *) server;
}


static ngx_int_t
ngx_http_knn_openapi_write(ngx_conf_t *cf, ngx_http_knn_openapi_t *openapi,
    ngx_http_knn_location_t *location)
{
    u_char              *p, digest[16];
    ngx_md5_t            md5;
    knn_openapi_t        document;
    ngx_pool_cleanup_t  *cln;

    document.server = ngx_http_knn_openapi_server(cf, location);
    document.n_models = openapi->kmcf->models.nelts;
    document.models = openapi->models;
    document.n_paths = openapi->paths.nelts;
    document.paths = openapi->paths.elts;

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    p = ngx_pnalloc(cf->pool, sizeof(digest) * 2 + 2);

    if (document.server == NULL || cln == NULL || p == NULL) {
        return NGX_ERROR;
    }

    location->text.data = (u_char *) knn_openapi_document(&document,
                                                         &location->text.len);
    if (location->text.data == NULL) {
        return NGX_ERROR;
    }

    cln->handler = free;
    cln->data = location->text.data;

    ngx_md5_init(&md5);
    ngx_md5_update(&md5, location->text.data, location->text.len);
    ngx_md5_final(digest, &md5);

    location->etag.data = p;

    *p++ = '"';
    p = ngx_hex_dump(p, digest, sizeof(digest));
    *p++ = '"';

    location->etag.len = p - location->etag.data;

    return NGX_OK;
}


ngx_int_t
ngx_http_knn_openapi_handler(ngx_http_request_t *r)
{
    ngx_http_knn_loc_conf_t  *klcf;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return ngx_http_knn_send_allow(r, &ngx_http_knn_methods);
    }

    klcf = ngx_http_get_module_loc_conf(r, ngx_http_knn_module);

    if (ngx_http_knn_add_etag(r, &klcf->location->etag) != NGX_OK
        || ngx_http_knn_add_cache_control(r, &ngx_http_knn_no_cache) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_knn_send_text(r, NGX_HTTP_OK, &klcf->location->text);
}
