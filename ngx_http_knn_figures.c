
/*
 * Copyright (C) nginx-knn contributors
 */


/* What is known of the first row of a query, as the text of a variable. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <math.h>

#include "codec/text/number.h"
#include "ngx_http_knn_module.h"


static void ngx_http_knn_write_piece(ngx_http_knn_model_t *model,
    const knn_query_t *query, ngx_uint_t figure, ngx_uint_t output,
    ngx_str_t *piece);
static void ngx_http_knn_write_label(ngx_http_knn_model_t *model,
    uint32_t class, ngx_uint_t output, ngx_str_t *piece);
static double ngx_http_knn_probability(const knn_query_t *query,
    const knn_output_t *outputs, ngx_uint_t output);
static void ngx_http_knn_write_number(double value, ngx_str_t *piece);


/* A query of one row that has run; NULL when there is no memory. */
knn_query_t *
ngx_http_knn_query_row(ngx_pool_t *pool, ngx_http_knn_model_t *model,
    const double *x)
{
    void         *memory;
    unsigned      outputs;
    knn_query_t  *query;

    outputs = model->info->serves & (KNN_PREDICT|KNN_PREDICT_PROBA);

    memory = ngx_http_knn_palloc(pool,
                                 knn_query_size(model->model, 1, outputs));
    if (memory == NULL) {
        return NULL;
    }

    query = knn_query_init(memory, model->model, x, 1, outputs);

    (void) knn_query_run(query, SIZE_MAX);

    return query;
}


/* What a query must have computed for a figure. */
ngx_uint_t
ngx_http_knn_figure_outputs(ngx_uint_t figure)
{
    switch (figure) {

    case NGX_HTTP_KNN_PREDICTION:
        return KNN_PREDICT;

    case NGX_HTTP_KNN_PROBABILITY:
        return KNN_PREDICT|KNN_PREDICT_PROBA;

    default:
        return 0;
    }
}


/* Several outputs are separated by commas; empty is what is not known. */
ngx_int_t
ngx_http_knn_write_figure(ngx_pool_t *pool, ngx_http_knn_model_t *model,
    const knn_query_t *query, ngx_uint_t figure, ngx_str_t *text)
{
    u_char      *p, buf[KNN_NUMBER_WRITE];
    size_t       len;
    ngx_str_t    piece;
    ngx_uint_t   i, n, needed;

    ngx_str_null(text);

    needed = ngx_http_knn_figure_outputs(figure);

    if ((query->outputs & needed) != needed) {
        return NGX_OK;
    }

    n = needed ? model->info->n_outputs : 1;

    len = n;

    for (i = 0; i < n; i++) {
        piece.data = buf;
        ngx_http_knn_write_piece(model, query, figure, i, &piece);
        len += piece.len;
    }

    p = ngx_pnalloc(pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text->data = p;

    for (i = 0; i < n; i++) {
        piece.data = buf;
        ngx_http_knn_write_piece(model, query, figure, i, &piece);
        p = ngx_cpymem(p, piece.data, piece.len);
        *p++ = ',';
    }

    text->len = len - 1;

    return NGX_OK;
}


/* One output of it, a number in the memory that piece has. */
static void
ngx_http_knn_write_piece(ngx_http_knn_model_t *model,
    const knn_query_t *query, ngx_uint_t figure, ngx_uint_t output,
    ngx_str_t *piece)
{
    double  value;

    switch (figure) {

    case NGX_HTTP_KNN_PREDICTION:

        if (query->classes != NULL) {
            ngx_http_knn_write_label(model, query->classes[output], output,
                                     piece);
            return;
        }

        value = query->values[output];
        break;

    case NGX_HTTP_KNN_PROBABILITY:
        value = ngx_http_knn_probability(query, model->info->outputs, output);
        break;

    case NGX_HTTP_KNN_DISTANCE:
        value = query->nearest ? query->nearest[0] : NAN;
        break;

    default: /* NGX_HTTP_KNN_NOVELTY */
        value = query->novelty ? query->novelty[0] : NAN;
        break;
    }

    ngx_http_knn_write_number(value, piece);
}


/*
 * A string as it is, unless it would break the line of a header; what else
 * there is as in a reply, but for the quotes.
 */
static void
ngx_http_knn_write_label(ngx_http_knn_model_t *model, uint32_t class,
    ngx_uint_t output, ngx_str_t *piece)
{
    const char          *data, *p, *last;
    const knn_label_t   *label;
    const knn_output_t  *column;

    column = &model->info->outputs[output];

    label = (class == KNN_CLASS_OUTLIER) ? column->outlier
                                         : &column->classes[class];

    knn_reply_label(model->reply, output, class, &data, &piece->len);

    piece->data = (u_char *) data;

    if (label->type != KNN_LABEL_STRING) {
        return;
    }

    piece->len -= 2;
    piece->data++;

    last = label->value.string.data + label->value.string.len;

    for (p = label->value.string.data; p < last; p++) {
        if (*p == '\r' || *p == '\n' || *p == '\0') {
            return;
        }
    }

    piece->len = label->value.string.len;
    piece->data = (u_char *) label->value.string.data;
}


/* Of the label that is predicted; an outlier's has none. */
static double
ngx_http_knn_probability(const knn_query_t *query, const knn_output_t *outputs,
    ngx_uint_t output)
{
    uint32_t       class;
    ngx_uint_t     i;
    const double  *proba;

    class = query->classes[output];

    if (class == KNN_CLASS_OUTLIER) {
        return NAN;
    }

    proba = query->proba;

    for (i = 0; i < output; i++) {
        proba += outputs[i].n_classes;
    }

    return proba[class];
}


/* NaN and infinity are left empty. */
static void
ngx_http_knn_write_number(double value, ngx_str_t *piece)
{
    char  *p;

    p = (char *) piece->data;

    piece->len = isfinite(value) ? knn_number_write(p, value) - p : 0;
}
