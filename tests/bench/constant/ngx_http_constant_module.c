
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * The limit that /predict is measured against: reads the body like any
 * handler must, and answers a constant of so many bytes:
 *
 *     constant size;
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


typedef struct {
    ngx_str_t  body;
} ngx_http_constant_loc_conf_t;


static ngx_int_t ngx_http_constant_handler(ngx_http_request_t *r);
static void ngx_http_constant_send(ngx_http_request_t *r);
static void *ngx_http_constant_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_constant(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


static ngx_command_t  ngx_http_constant_commands[] = {

    { ngx_string("constant"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_constant,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_constant_loc_conf_t, body),
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_constant_module_ctx = {
    NULL,                                  /* preconfiguration */
    NULL,                                  /* postconfiguration */

    NULL,                                  /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_constant_create_loc_conf,     /* create location configuration */
    NULL                                   /* merge location configuration */
};


ngx_module_t  ngx_http_constant_module = {
    NGX_MODULE_V1,
    &ngx_http_constant_module_ctx,         /* module context */
    ngx_http_constant_commands,            /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_int_t
ngx_http_constant_handler(ngx_http_request_t *r)
{
    ngx_int_t  rc;

    rc = ngx_http_read_client_request_body(r, ngx_http_constant_send);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }

    return NGX_DONE;
}


static void
ngx_http_constant_send(ngx_http_request_t *r)
{
    ngx_int_t                      rc;
    ngx_buf_t                     *b;
    ngx_chain_t                    out;
    ngx_http_constant_loc_conf_t  *conf;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_constant_module);

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = conf->body.len;
    ngx_str_set(&r->headers_out.content_type, "application/json");
    r->headers_out.content_type_len = r->headers_out.content_type.len;

    b = ngx_create_temp_buf(r->pool, conf->body.len);
    if (b == NULL) {
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    b->last = ngx_cpymem(b->last, conf->body.data, conf->body.len);
    b->last_buf = 1;
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        ngx_http_finalize_request(r, rc);
        return;
    }

    ngx_http_finalize_request(r, ngx_http_output_filter(r, &out));
}


static void *
ngx_http_constant_create_loc_conf(ngx_conf_t *cf)
{
    return ngx_pcalloc(cf->pool, sizeof(ngx_http_constant_loc_conf_t));
}


static char *
ngx_http_constant(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_constant_loc_conf_t  *ccf = conf;

    ngx_str_t                 *value;
    ngx_int_t                  size;
    ngx_http_core_loc_conf_t  *clcf;

    value = cf->args->elts;

    size = ngx_atoi(value[1].data, value[1].len);
    if (size <= 0) {
        return "is not a positive number";
    }

    ccf->body.len = size;
    ccf->body.data = ngx_palloc(cf->pool, size);
    if (ccf->body.data == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memset(ccf->body.data, 'x', size);

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = ngx_http_constant_handler;

    return NGX_CONF_OK;
}
