
/*
 * Copyright (C) nginx-knn contributors
 */


/* The trees of "knn_api": what a path means, and who answers it. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_knn_module.h"


static ngx_int_t ngx_http_knn_init_names(ngx_conf_t *cf,
    ngx_http_knn_main_conf_t *kmcf);
static ngx_int_t ngx_http_knn_api_predict(ngx_http_request_t *r,
    ngx_http_knn_route_t *route);
static void ngx_http_knn_find_route(ngx_http_request_t *r,
    ngx_http_knn_location_t *location, ngx_http_knn_route_t *route);
static ngx_int_t ngx_http_knn_find_path(ngx_http_request_t *r,
    ngx_http_knn_location_t *location, ngx_str_t *path);
static ngx_int_t ngx_http_knn_find_segment(u_char *p, u_char *last,
    const ngx_str_t *name, ngx_str_t *path);
static ngx_uint_t ngx_http_knn_match_path(ngx_str_t *path, char *pattern,
    ngx_http_knn_route_t *route);
static u_char *ngx_http_knn_read_segment(u_char *p, u_char *last,
    ngx_str_t *segment);
static u_char *ngx_http_knn_read_version(u_char *p, u_char *last,
    ngx_http_knn_route_t *route);
static ngx_http_knn_model_t *ngx_http_knn_find_routed(
    ngx_http_knn_main_conf_t *kmcf, ngx_http_knn_route_t *route);


static const ngx_http_knn_api_t  *ngx_http_knn_apis[] = {
    &ngx_http_knn_v1,
    &ngx_http_knn_v2,
    NULL
};


static ngx_str_t  ngx_http_knn_versions = ngx_string("/versions/");
static ngx_str_t  ngx_http_knn_labels = ngx_string("/labels/");

static ngx_str_t  ngx_http_knn_no_cache = ngx_string("no-cache");
static ngx_str_t  ngx_http_knn_get_methods = ngx_string("GET, HEAD, OPTIONS");
static ngx_str_t  ngx_http_knn_post_methods = ngx_string("POST, OPTIONS");


/* Of the argument of "knn_api"; NULL when there is none. */
const ngx_http_knn_api_t *
ngx_http_knn_find_api(ngx_str_t *name)
{
    const ngx_http_knn_api_t  **api;

    for (api = ngx_http_knn_apis; *api; api++) {
        if ((*api)->name.len == name->len
            && ngx_strncmp((*api)->name.data, name->data, name->len) == 0)
        {
            return *api;
        }
    }

    return NULL;
}


/* Where the last part of a location's name begins in a path. */
size_t
ngx_http_knn_api_offset(ngx_http_core_loc_conf_t *clcf)
{
    size_t  len;

    if (clcf->named) {
        return 0;
    }

#if (NGX_PCRE)
    if (clcf->regex != NULL) {
        return 0;
    }
#endif

    len = clcf->name.len;

    while (len && clcf->name.data[len - 1] == '/') {
        len--;
    }

    while (len && clcf->name.data[len - 1] != '/') {
        len--;
    }

    return len ? len - 1 : 0;
}


ngx_int_t
ngx_http_knn_init_apis(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf)
{
    /* "nginx -s" reads no models */

    if (ngx_process == NGX_PROCESS_SIGNALLER) {
        return NGX_OK;
    }

    if (ngx_http_knn_init_names(cf, kmcf) != NGX_OK
        || ngx_http_knn_init_v1(cf, kmcf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_knn_init_v2(cf, kmcf);
}


/* Out of the memory of malloc(), or NULL, that the codec gave. */
ngx_int_t
ngx_http_knn_take_text(ngx_conf_t *cf, u_char *p, size_t size, ngx_str_t *text)
{
    if (p == NULL) {
        return NGX_ERROR;
    }

    text->len = size;
    text->data = ngx_pnalloc(cf->pool, size);

    if (text->data != NULL) {
        ngx_memcpy(text->data, p, size);
    }

    free(p);

    return text->data ? NGX_OK : NGX_ERROR;
}


/* {"models":[…]}, every name once. */
static ngx_int_t
ngx_http_knn_init_names(ngx_conf_t *cf, ngx_http_knn_main_conf_t *kmcf)
{
    size_t                  len;
    u_char                 *p;
    ngx_uint_t              i;
    ngx_http_knn_model_t  **models;

    models = kmcf->models.elts;

    len = sizeof("{\"models\":[]}");

    for (i = 0; i < kmcf->models.nelts; i++) {
        len += models[i]->name.len + sizeof(",\"\"") - 1;
    }

    p = ngx_pnalloc(cf->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    kmcf->names.data = p;

    p = ngx_sprintf(p, "{\"models\":[");

    for (i = 0; i < kmcf->models.nelts; i++) {
        if (ngx_http_knn_find_model(kmcf, &models[i]->name) == models[i]) {
            p = ngx_sprintf(p, p[-1] == '[' ? "\"%V\"" : ",\"%V\"",
                            &models[i]->name);
        }
    }

    kmcf->names.len = ngx_sprintf(p, "]}") - kmcf->names.data;

    return NGX_OK;
}


ngx_int_t
ngx_http_knn_api_handler(ngx_http_request_t *r)
{
    ngx_str_t                *allow;
    ngx_http_knn_route_t      route;
    ngx_http_knn_loc_conf_t  *klcf;

    klcf = ngx_http_get_module_loc_conf(r, ngx_http_knn_module);

    ngx_http_knn_find_route(r, klcf->location, &route);

    if (route.resource == NULL) {
        return ngx_http_knn_send_status(r, route.unknown,
                                        klcf->location->api->paths, NULL);
    }

    if (route.resource->form) {
        return ngx_http_knn_api_predict(r, &route);
    }

    if (!(r->method & route.resource->methods)) {
        allow = (route.resource->methods & NGX_HTTP_GET)
                ? &ngx_http_knn_get_methods : &ngx_http_knn_post_methods;

        return ngx_http_knn_send_allow(r, allow);
    }

    return route.resource->handler(r, &route);
}


/* The same life as that of a request to a location of "knn_predict". */
static ngx_int_t
ngx_http_knn_api_predict(ngx_http_request_t *r, ngx_http_knn_route_t *route)
{
    ngx_http_knn_ctx_t             *ctx;
    const ngx_http_knn_resource_t  *resource;

    ctx = ngx_http_knn_create_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    resource = route->resource;

    ctx->model = route->model;
    ctx->work.model = route->model;
    ctx->work.form = resource->form;
    ctx->format = resource->format;
    ctx->outputs = resource->outputs;

    if (r->method != NGX_HTTP_POST) {
        return ngx_http_knn_send_allow(r, &ngx_http_knn_post_methods);
    }

    if (ctx->model == NULL) {
        return ngx_http_knn_send_unknown_model(r);
    }

    if (ctx->format == KNN_FORMAT_V2
        && ngx_http_knn_choose_header(r, ctx) != NGX_OK)
    {
        return ngx_http_knn_send_problem(r, NGX_HTTP_KNN_MALFORMED,
                                         "the length of the JSON before the "
                                         "binary tensors is not a number, "
                                         "send the bytes of JSON in "
                                         "Inference-Header-Content-Length",
                                         NULL);
    }

    return ngx_http_knn_serve(r, ctx);
}


/* In the log phase; the model is NULL when it is unknown. */
ngx_uint_t
ngx_http_knn_api_predicts(ngx_http_request_t *r,
    ngx_http_knn_location_t *location, ngx_http_knn_model_t **model)
{
    ngx_http_knn_route_t  route;

    ngx_http_knn_find_route(r, location, &route);

    *model = route.model;

    return route.resource != NULL && route.resource->form;
}


static void
ngx_http_knn_find_route(ngx_http_request_t *r,
    ngx_http_knn_location_t *location, ngx_http_knn_route_t *route)
{
    ngx_str_t                       path;
    ngx_http_knn_main_conf_t       *kmcf;
    const ngx_http_knn_resource_t  *resource;

    ngx_memzero(route, sizeof(ngx_http_knn_route_t));

    route->unknown = NGX_HTTP_NOT_FOUND;

    if (ngx_http_knn_find_path(r, location, &path) != NGX_OK) {
        return;
    }

    for (resource = location->api->resources; resource->pattern; resource++) {
        if (ngx_http_knn_match_path(&path, resource->pattern, route)) {
            break;
        }
    }

    if (resource->pattern == NULL) {

        if (path.len) {
            route->unknown = location->api->unknown;
        }

        return;
    }

    route->resource = resource;

    if (route->name.len) {
        kmcf = ngx_http_get_module_main_conf(r, ngx_http_knn_module);
        route->model = ngx_http_knn_find_routed(kmcf, route);
    }
}


/* What follows "/v2/", from the last part of the location's name on. */
static ngx_int_t
ngx_http_knn_find_path(ngx_http_request_t *r,
    ngx_http_knn_location_t *location, ngx_str_t *path)
{
    u_char  *p, *last;

    p = r->uri.data;
    last = p + r->uri.len;

    if (location->offset < r->uri.len
        && ngx_http_knn_find_segment(p + location->offset, last,
                                     &location->api->name, path)
           == NGX_OK)
    {
        return NGX_OK;
    }

    /* "location /v2/models/", and what "rewrite" made shorter */

    return ngx_http_knn_find_segment(p, last, &location->api->name, path);
}


/* What follows the first segment of this name, without slashes around it. */
static ngx_int_t
ngx_http_knn_find_segment(u_char *p, u_char *last, const ngx_str_t *name,
    ngx_str_t *path)
{
    u_char  *end;

    for ( /* void */ ; p < last; p = end) {
        p++;

        end = ngx_strlchr(p, last, '/');

        if (end == NULL) {
            end = last;
        }

        if ((size_t) (end - p) == name->len
            && ngx_memcmp(p, name->data, name->len) == 0)
        {
            while (end < last && *end == '/') {
                end++;
            }

            while (end < last && last[-1] == '/') {
                last--;
            }

            path->data = end;
            path->len = last - end;

            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


/*
 * In a pattern, "*" stands for the name of a model, and "@" for its version or
 * label, which may be left out.
 */
static ngx_uint_t
ngx_http_knn_match_path(ngx_str_t *path, char *pattern,
    ngx_http_knn_route_t *route)
{
    u_char  *p, *last;

    p = path->data;
    last = p + path->len;

    ngx_str_null(&route->name);
    ngx_str_null(&route->version);

    for ( /* void */ ; *pattern; pattern++) {

        if (*pattern == '*') {
            p = ngx_http_knn_read_segment(p, last, &route->name);

            if (route->name.len == 0) {
                return 0;
            }

        } else if (*pattern == '@') {
            p = ngx_http_knn_read_version(p, last, route);

        } else if (p == last || *p++ != (u_char) *pattern) {
            return 0;
        }
    }

    return p == last;
}


/* Up to the next slash or the colon before a verb. */
static u_char *
ngx_http_knn_read_segment(u_char *p, u_char *last, ngx_str_t *segment)
{
    segment->data = p;

    while (p < last && *p != '/' && *p != ':') {
        p++;
    }

    segment->len = p - segment->data;

    return p;
}


static u_char *
ngx_http_knn_read_version(u_char *p, u_char *last, ngx_http_knn_route_t *route)
{
    ngx_uint_t  i;
    ngx_str_t  *words[] = { &ngx_http_knn_versions, &ngx_http_knn_labels };

    for (i = 0; i < 2; i++) {
        if ((size_t) (last - p) > words[i]->len
            && ngx_memcmp(p, words[i]->data, words[i]->len) == 0)
        {
            route->label = i;
            p = ngx_http_knn_read_segment(p + words[i]->len, last,
                                          &route->version);
            break;
        }
    }

    return p;
}


static ngx_http_knn_model_t *
ngx_http_knn_find_routed(ngx_http_knn_main_conf_t *kmcf,
    ngx_http_knn_route_t *route)
{
    if (route->version.len == 0) {
        return ngx_http_knn_find_model(kmcf, &route->name);
    }

    if (route->label) {
        return ngx_http_knn_find_label(kmcf, &route->name, &route->version);
    }

    return ngx_http_knn_find_version(kmcf, &route->name, &route->version);
}


/* Clients of these trees read all but predictions as it comes. */
void
ngx_http_knn_forbid_gzip(ngx_http_request_t *r)
{
#if (NGX_HTTP_GZIP)
    ngx_http_knn_loc_conf_t  *klcf;

    klcf = ngx_http_get_module_loc_conf(r, ngx_http_knn_module);

    if (klcf->location != NULL && klcf->location->api != NULL) {
        r->gzip_tested = 1;
        r->gzip_ok = 0;
    }
#endif
}


ngx_int_t
ngx_http_knn_api_send(ngx_http_request_t *r, ngx_str_t *text)
{
    if (ngx_http_knn_add_cache_control(r, &ngx_http_knn_no_cache) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_knn_send_text(r, NGX_HTTP_OK, text);
}


/* A text that is the same for every model. */
ngx_int_t
ngx_http_knn_api_server(ngx_http_request_t *r, ngx_http_knn_route_t *route)
{
    ngx_str_t                 *text;
    ngx_http_knn_main_conf_t  *kmcf;

    kmcf = ngx_http_get_module_main_conf(r, ngx_http_knn_module);

    text = (ngx_str_t *) ((u_char *) kmcf + route->resource->text);

    return ngx_http_knn_api_send(r, text);
}


/* A text of a model, about the version that is named or about all of them. */
ngx_int_t
ngx_http_knn_api_model(ngx_http_request_t *r, ngx_http_knn_route_t *route)
{
    ngx_str_t  *texts;

    if (route->model == NULL) {
        return ngx_http_knn_send_unknown_model(r);
    }

    texts = (ngx_str_t *) ((u_char *) route->model + route->resource->text);

    return ngx_http_knn_api_send(r,
                                 &texts[ngx_http_knn_all_versions(route)]);
}


/* Whether the path names neither version nor label. */
ngx_uint_t
ngx_http_knn_all_versions(ngx_http_knn_route_t *route)
{
    return route->version.len == 0
           && route->name.len == route->model->name.len;
}
