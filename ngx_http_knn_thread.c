
/*
 * Copyright (C) nginx-knn contributors
 */


/* The same work in a thread pool, where cores are free. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_knn_module.h"


#if (NGX_THREADS)


/* as for other operations of threads in nginx */
#define NGX_HTTP_KNN_THREAD_TIME   60000

/* how often a thread looks whether the client is still there, nanoseconds */
#define NGX_HTTP_KNN_THREAD_SLICE  1000000


static void ngx_http_knn_thread_handler(void *data, ngx_log_t *log);
static void ngx_http_knn_thread_event_handler(ngx_event_t *ev);
static void ngx_http_knn_thread_read_handler(ngx_http_request_t *r);
static void ngx_http_knn_thread_write_handler(ngx_http_request_t *r);


/* NGX_BUSY when the queue of the pool is full. */
ngx_int_t
ngx_http_knn_thread_post(ngx_thread_pool_t *tp, ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx)
{
    ngx_thread_task_t  *task;

    task = ngx_thread_task_alloc(r->pool, 0);
    if (task == NULL) {
        return NGX_ABORT;
    }

    /* the pool of the request is the worker's */

    ctx->pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, ngx_cycle->log);
    if (ctx->pool == NULL) {
        return NGX_ABORT;
    }

    ctx->work.pool = ctx->pool;

    task->ctx = ctx;
    task->handler = ngx_http_knn_thread_handler;
    task->event.log = r->connection->log;
    task->event.data = ctx;
    task->event.handler = ngx_http_knn_thread_event_handler;

    if (ngx_thread_task_post(tp, task) != NGX_OK) {
        return NGX_BUSY;
    }

    ngx_add_timer(&task->event, NGX_HTTP_KNN_THREAD_TIME);

    r->main->blocked++;
    r->aio = 1;

    if (!r->discard_body) {
        r->read_event_handler = ngx_http_knn_thread_read_handler;
    }

    r->write_event_handler = ngx_http_knn_thread_write_handler;

    return NGX_OK;
}


/* In the thread; what has not been started is not, when the client went. */
static void
ngx_http_knn_thread_handler(void *data, ngx_log_t *log)
{
    ngx_http_knn_ctx_t *ctx = data;

    ctx->rc = NGX_AGAIN;

    while (ctx->rc == NGX_AGAIN && !ctx->aborted) {
        ctx->rc = ngx_http_knn_work_run(&ctx->work, NGX_HTTP_KNN_THREAD_SLICE);
    }
}


/* Through the handler of writing, which is another one after an abort. */
static void
ngx_http_knn_thread_event_handler(ngx_event_t *ev)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;
    ngx_http_knn_ctx_t  *ctx;

    ctx = ev->data;
    r = ctx->request;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    if (ev->timedout) {
        ngx_log_error(NGX_LOG_ALERT, c->log, 0,
                      "prediction in a thread took too long");
        ev->timedout = 0;
        return;
    }

    if (ev->timer_set) {
        ngx_del_timer(ev);
    }

    r->main->blocked--;
    r->aio = 0;

    if (ngx_http_get_module_ctx(r, ngx_http_knn_module) != ctx) {

        /* the client went, and "post_action" was held by r->aio */

        ngx_http_finalize_request(r, NGX_HTTP_CLIENT_CLOSED_REQUEST);
        ngx_http_run_posted_requests(c);
        return;
    }

#if (nginx_version >= 1025004)
    if (r->done || r->main->terminated) {
#else
    if (r->done) {
#endif
        c->write->handler(c->write);
        return;
    }

    r->write_event_handler(r);
    ngx_http_run_posted_requests(c);
}


static void
ngx_http_knn_thread_read_handler(ngx_http_request_t *r)
{
    ngx_http_knn_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_knn_module);

    /* the request is blocked: it is there after the end as well */

    ngx_http_test_reading(r);

    if (r->connection->error) {
        ctx->aborted = 1;
    }
}


static void
ngx_http_knn_thread_write_handler(ngx_http_request_t *r)
{
    ngx_http_knn_ctx_t  *ctx;

    if (r->aio) {
        return;
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_knn_module);

    ngx_http_finalize_request(r, ngx_http_knn_finish(r, ctx, ctx->rc));
}


#endif
