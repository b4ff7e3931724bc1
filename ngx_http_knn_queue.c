
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Requests that one turn of the event loop is too short for.  They wait in one
 * queue, and every turn works at the first of them, which then is the last:
 * what else happens in the loop waits for one slice, however many they are.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_knn_module.h"


/* a worker that shuts down waits for timers, and so for the queue */
#define NGX_HTTP_KNN_QUEUE_TIME  60000


static void ngx_http_knn_queue_handler(ngx_event_t *ev);


void
ngx_http_knn_queue_init(ngx_http_knn_queue_t *queue, ngx_log_t *log)
{
    ngx_queue_init(&queue->waiting);

    queue->event.handler = ngx_http_knn_queue_handler;
    queue->event.data = queue;
    queue->event.log = log;
}


/* NGX_BUSY when the queue is full. */
ngx_int_t
ngx_http_knn_queue_add(ngx_http_knn_main_conf_t *kmcf, ngx_http_request_t *r,
    ngx_http_knn_ctx_t *ctx)
{
    ngx_uint_t             max;
    ngx_http_knn_queue_t  *queue;

    queue = &kmcf->queue;

    /* shadows do not keep clients out */

    max = r->background ? kmcf->max_queue / 2 : kmcf->max_queue;

    if (queue->n >= max) {
        return NGX_BUSY;
    }

    /* the rest of a body that nobody wants goes on being read */

    if (!r->discard_body) {
        r->read_event_handler = ngx_http_test_reading;
    }

    r->write_event_handler = ngx_http_request_empty_handler;

    ctx->waiting = queue;
    queue->n++;

    ngx_http_knn_count_waiting(queue->n);

    ngx_queue_insert_tail(&queue->waiting, &ctx->queue);

    if (!queue->event.posted) {
        ngx_post_event(&queue->event, &ngx_posted_next_events);
    }

    if (!queue->event.timer_set) {
        ngx_add_timer(&queue->event, NGX_HTTP_KNN_QUEUE_TIME);
    }

    return NGX_OK;
}


void
ngx_http_knn_queue_remove(ngx_http_knn_ctx_t *ctx)
{
    ngx_http_knn_queue_t  *queue;

    queue = ctx->waiting;

    if (queue == NULL) {
        return;
    }

    ngx_queue_remove(&ctx->queue);

    ctx->waiting = NULL;
    queue->n--;

    ngx_http_knn_count_waiting(queue->n);

    if (queue->n == 0 && queue->event.timer_set) {
        ngx_del_timer(&queue->event);
    }
}


/* One slice of the first request. */
static void
ngx_http_knn_queue_handler(ngx_event_t *ev)
{
    ngx_http_knn_queue_t *queue = ev->data;

    ngx_int_t            rc;
    ngx_queue_t         *q;
    ngx_connection_t    *c;
    ngx_http_request_t  *r;
    ngx_http_knn_ctx_t  *ctx;

    if (ngx_queue_empty(&queue->waiting)) {
        return;
    }

    q = ngx_queue_head(&queue->waiting);
    ctx = ngx_queue_data(q, ngx_http_knn_ctx_t, queue);

    r = ctx->request;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    rc = NGX_DONE;

    if (ngx_http_get_module_ctx(r, ngx_http_knn_module) == ctx) {
        rc = ngx_http_knn_work_run(&ctx->work, NGX_HTTP_KNN_SLICE);
    }

    if (rc == NGX_DONE) {

        /* the client went, and "post_action" has the request now */

        ngx_http_knn_queue_remove(ctx);

    } else if (rc == NGX_AGAIN) {
        ngx_queue_remove(q);
        ngx_queue_insert_tail(&queue->waiting, q);

    } else {
        ngx_http_knn_queue_remove(ctx);

        ngx_http_finalize_request(r, ngx_http_knn_finish(r, ctx, rc));
        ngx_http_run_posted_requests(c);
    }

    if (ngx_queue_empty(&queue->waiting)) {
        return;
    }

    if (!ev->posted) {
        ngx_post_event(ev, &ngx_posted_next_events);
    }

    if (!ev->timer_set) {
        ngx_add_timer(ev, NGX_HTTP_KNN_QUEUE_TIME);
    }
}
