
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * A body to rows to results to a reply, in steps of some ten microseconds.
 * Nothing here knows of the request, so a thread can do it as well.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ngx_http_knn_module.h"


/* what one step takes: bytes, a query's budget, values */
#define NGX_HTTP_KNN_PARSE_STEP   16384
#define NGX_HTTP_KNN_SEARCH_STEP  65536
#define NGX_HTTP_KNN_ENCODE_STEP  1024


static ngx_int_t ngx_http_knn_parse(ngx_http_knn_work_t *work);
static ssize_t ngx_http_knn_read(ngx_http_knn_work_t *work, u_char **p);
static void ngx_http_knn_advance(ngx_http_knn_work_t *work, size_t n);
static void ngx_http_knn_skip_empty(ngx_http_knn_work_t *work);
static ngx_int_t ngx_http_knn_create_query(ngx_http_knn_work_t *work);
static knn_query_t *ngx_http_knn_kept_query(ngx_http_knn_work_t *work,
    const knn_rows_t *rows);
static void *ngx_http_knn_alloc_query(ngx_http_knn_work_t *work, size_t rows,
    size_t size);
static ngx_int_t ngx_http_knn_search(ngx_http_knn_work_t *work);
static ngx_int_t ngx_http_knn_create_reply(ngx_http_knn_work_t *work);
static ngx_int_t ngx_http_knn_encode(ngx_http_knn_work_t *work);
static void *ngx_http_knn_alloc(void *data, size_t size);


static ngx_int_t (*const ngx_http_knn_steps[])(ngx_http_knn_work_t *work) = {
    ngx_http_knn_parse,
    ngx_http_knn_search,
    ngx_http_knn_encode
};


/* The rest of options is the caller's. */
ngx_int_t
ngx_http_knn_work_init(ngx_http_knn_work_t *work,
    knn_request_options_t *options, ngx_chain_t *in)
{
    void         *memory;
    ngx_chain_t  *cl;

    options->model = (char *) work->model->name.data;
    options->info = work->model->info;
    options->alloc = ngx_http_knn_alloc;
    options->alloc_ctx = work;
    options->size = 0;

    for (cl = in; cl; cl = cl->next) {
        options->size += ngx_buf_size(cl->buf);
    }

    work->in = in;

    ngx_http_knn_skip_empty(work);

    memory = ngx_http_knn_alloc(work, knn_request_size());
    if (memory == NULL) {
        return NGX_ABORT;
    }

    work->request = knn_request_init(memory, options);

    return work->request ? NGX_OK : NGX_ABORT;
}


/*
 * Works for about so many nanoseconds.  NGX_OK: the reply is there; NGX_AGAIN:
 * there is more to do; NGX_DECLINED: the rows are refused, their error says
 * why; NGX_HTTP_KNN_UNTOLD: the reply's form has no place for their outputs;
 * NGX_ABORT: there is no memory; NGX_ERROR: the body cannot be read.
 */
ngx_int_t
ngx_http_knn_work_run(ngx_http_knn_work_t *work, uint64_t ns)
{
    uint64_t    now, last, end;
    ngx_int_t   rc;
    ngx_uint_t  phase;

    now = work->now ? work->now : ngx_http_knn_now();
    end = now + ns;

    work->now = 0;

    if (work->began == 0) {
        work->began = now;
    }

    for ( ;; ) {
        phase = work->phase;

        rc = ngx_http_knn_steps[phase](work);

        last = now;
        now = ngx_http_knn_now();

        work->time[phase] += now - last;

        if (rc == NGX_OK) {
            work->phase++;

            if (work->phase == NGX_HTTP_KNN_PHASES) {
                work->ended = now;
                return NGX_OK;
            }

        } else if (rc != NGX_AGAIN) {
            return rc;
        }

        if (now >= end) {
            return NGX_AGAIN;
        }
    }
}


void
ngx_http_knn_work_free(ngx_http_knn_work_t *work)
{
    if (work->request != NULL) {
        knn_request_free(work->request);
    }
}


/* Feeds the next piece of the body to the codec, up to the first fault. */
static ngx_int_t
ngx_http_knn_parse(ngx_http_knn_work_t *work)
{
    u_char   *p;
    ssize_t   n;

    if (work->in != NULL) {
        n = ngx_http_knn_read(work, &p);

        if (n < 0) {
            return n;
        }

        ngx_http_knn_advance(work,
                             knn_request_take(work->request, (char *) p, n));

        if (work->in != NULL
            && knn_request_rows(work->request)->error.status == KNN_OK)
        {
            return NGX_AGAIN;
        }
    }

    if (!knn_request_end(work->request)) {
        return NGX_AGAIN;
    }

    if (knn_request_rows(work->request)->error.status != KNN_OK) {
        return NGX_DECLINED;
    }

    return ngx_http_knn_create_query(work);
}


/* The next piece, where it lies in memory, or else read from the file. */
static ssize_t
ngx_http_knn_read(ngx_http_knn_work_t *work, u_char **p)
{
    off_t       rest;
    size_t      size;
    ssize_t     n;
    ngx_buf_t  *b;

    b = work->in->buf;

    rest = ngx_buf_size(b) - work->offset;
    size = (size_t) ngx_min(rest, NGX_HTTP_KNN_PARSE_STEP);

    if (ngx_buf_in_memory(b)) {
        *p = b->pos + work->offset;
        n = size;

    } else {

        if (work->buf == NULL) {
            work->buf = ngx_palloc(work->pool, NGX_HTTP_KNN_PARSE_STEP);
            if (work->buf == NULL) {
                return NGX_ABORT;
            }
        }

        *p = work->buf;
        n = ngx_read_file(b->file, work->buf, size, b->file_pos + work->offset);

        if (n == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (n == 0) {
            ngx_log_error(NGX_LOG_CRIT, b->file->log, 0,
                          "request body file \"%V\" was truncated",
                          &b->file->name);
            return NGX_ERROR;
        }
    }

    return n;
}


/* Of a coded body the codec may take a part of what was read. */
static void
ngx_http_knn_advance(ngx_http_knn_work_t *work, size_t n)
{
    work->offset += n;

    if (work->offset == ngx_buf_size(work->in->buf)) {
        work->in = work->in->next;
        work->offset = 0;

        ngx_http_knn_skip_empty(work);
    }
}


static void
ngx_http_knn_skip_empty(ngx_http_knn_work_t *work)
{
    while (work->in != NULL && ngx_buf_size(work->in->buf) == 0) {
        work->in = work->in->next;
    }
}


static ngx_int_t
ngx_http_knn_create_query(ngx_http_knn_work_t *work)
{
    void              *memory;
    size_t             size;
    knn_error_t        err;
    const knn_rows_t  *rows;

    rows = knn_request_rows(work->request);

    if (knn_reply_check(work->model->reply, work->form, rows->outputs, &err)
        != KNN_OK)
    {
        return NGX_HTTP_KNN_UNTOLD;
    }

    work->query = ngx_http_knn_kept_query(work, rows);

    if (work->query != NULL) {
        return NGX_OK;
    }

    size = knn_query_size(work->model->model, rows->rows, rows->outputs);

    memory = size ? ngx_http_knn_alloc_query(work, rows->rows, size) : NULL;
    if (memory == NULL) {
        return NGX_ABORT;
    }

    work->query = knn_query_init(memory, work->model->model, rows->x,
                                 rows->rows, rows->outputs);

    return NGX_OK;
}


/* The last one of a room, if this one is of its kind. */
static knn_query_t *
ngx_http_knn_kept_query(ngx_http_knn_work_t *work, const knn_rows_t *rows)
{
    knn_query_t  *query;

    query = work->room ? work->room->query : NULL;

    if (query == NULL
        || rows->rows != 1
        || query->model != work->model->model
        || query->outputs != rows->outputs)
    {
        return NULL;
    }

    /* until it is done */

    work->room->query = NULL;

    knn_query_again(query, rows->x);

    return query;
}


/* That of one row takes the place of the one that a room keeps. */
static void *
ngx_http_knn_alloc_query(ngx_http_knn_work_t *work, size_t rows, size_t size)
{
    u_char               *last;
    ngx_http_knn_room_t  *room;

    room = work->room;

    if (room == NULL || rows != 1) {
        return ngx_http_knn_alloc(work, size);
    }

    last = room->start + NGX_HTTP_KNN_ROOM_SIZE;

    if (size > (size_t) (last - work->pos)) {
        return ngx_http_knn_alloc(work, size);
    }

    room->query = NULL;
    room->end = last - size;

    return room->end;
}


static ngx_int_t
ngx_http_knn_search(ngx_http_knn_work_t *work)
{
    knn_query_t  *query;

    query = work->query;

    if (!knn_query_run(query, NGX_HTTP_KNN_SEARCH_STEP)) {
        return NGX_AGAIN;
    }

    if (query->error.status != KNN_OK) {
        knn_request_fail(work->request, query->failed, &query->error);
        return NGX_DECLINED;
    }

    if (work->room != NULL && (u_char *) query == work->room->end) {
        work->room->query = query;
    }

    return ngx_http_knn_create_reply(work);
}


static ngx_int_t
ngx_http_knn_create_reply(ngx_http_knn_work_t *work)
{
    u_char            *p;
    size_t             size;
    const knn_rows_t  *rows;

    rows = knn_request_rows(work->request);

    size = knn_reply_size(work->model->reply, work->query, rows, work->form);

    p = size ? ngx_http_knn_alloc(work, size) : NULL;
    if (p == NULL) {
        return NGX_ABORT;
    }

    work->reply.start = p;
    work->reply.pos = p;
    work->reply.last = p;
    work->reply.end = p + size;
    work->reply.temporary = 1;

    knn_reply_begin(&work->writer, work->model->reply, work->query, rows,
                    work->form, (char *) p);

    return NGX_OK;
}


static ngx_int_t
ngx_http_knn_encode(ngx_http_knn_work_t *work)
{
    if (!knn_reply_run(&work->writer, NGX_HTTP_KNN_ENCODE_STEP)) {
        return NGX_AGAIN;
    }

    work->reply.last = (u_char *) work->writer.p;

    return NGX_OK;
}


/* The pool is another one when a thread takes the work over. */
static void *
ngx_http_knn_alloc(void *data, size_t size)
{
    ngx_http_knn_work_t *work = data;

    u_char  *p;

    if (work->room == NULL
        || size > (size_t) (work->room->end - work->pos))
    {
        return ngx_http_knn_palloc(work->pool, size);
    }

    p = work->pos;
    work->pos = p + ngx_align(size, KNN_ALIGNMENT);

    return p;
}


/* Aligned by hand: posix_memalign() costs more than the bytes it saves. */
void *
ngx_http_knn_palloc(ngx_pool_t *pool, size_t size)
{
    u_char  *p;

    if (size > NGX_MAX_SIZE_T_VALUE - KNN_ALIGNMENT) {
        return NULL;
    }

    p = ngx_pnalloc(pool, size + KNN_ALIGNMENT - 1);
    if (p == NULL) {
        return NULL;
    }

    return ngx_align_ptr(p, KNN_ALIGNMENT);
}


uint64_t
ngx_http_knn_now(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (uint64_t) ts.tv_sec * 1000000000 + ts.tv_nsec;
}
