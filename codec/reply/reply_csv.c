
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Replies as CSV, a line for each row: predictions, probabilities, index and
 * distance of each neighbor, and novelty.  Rows with fewer neighbors than
 * others have empty cells instead.
 */


#include "reply_row.h"


/* what comes before a number or a label in the names of columns */
#define KNN_CSV_NAME sizeof("probability__")


/* Writes the cells of a neighbor, or their names; with commas behind them. */
typedef char *(*knn_csv_pair_pt)(knn_reply_writer_t *writer, char *p);


/* A number, as other readers have it too. */
static char *
knn_csv_number(double value, char *p)
{
    if (isnan(value)) {
        return knn_reply_literal(p, "NaN");
    }

    if (isinf(value)) {
        return value < 0 ? knn_reply_literal(p, "-inf")
                         : knn_reply_literal(p, "inf");
    }

    return knn_number_write(p, value);
}


/* The predicted labels or values. */
static char *
knn_csv_prediction(knn_reply_writer_t *writer, char *p)
{
    size_t              i, at, n;
    const knn_query_t  *query;
    const knn_labels_t *labels;

    query = writer->query;
    labels = &writer->reply->labels;
    n = writer->reply->info->n_outputs;

    for (i = 0; i < n; i++) {
        at = writer->row * n + i;

        p = writer->reply->info->regressor
                ? knn_csv_number(query->values[at], p)
                : knn_reply_piece(p, &labels->cells[knn_labels_place(
                                         labels, i, query->classes[at])]);
        *p++ = ',';
    }

    knn_reply_spend(writer, n);

    return p - 1;
}


/* The probabilities of all classes. */
static char *
knn_csv_proba(knn_reply_writer_t *writer, char *p)
{
    size_t        i, n;
    const double *proba;

    n = writer->reply->labels.count;
    proba = writer->query->proba + writer->row * n;

    for (i = 0; i < n; i++) {
        p = knn_csv_number(proba[i], p);
        *p++ = ',';
    }

    knn_reply_spend(writer, n);

    return p - 1;
}


/* As many neighbors of a row, or names of these, as may be written. */
static inline char *
knn_csv_pairs(knn_reply_writer_t *writer, knn_csv_pair_pt write, char *p)
{
    while (writer->neighbor < writer->width && writer->values > 0) {
        p = write(writer, p);
        writer->neighbor++;
        knn_reply_spend(writer, 2);
    }

    if (writer->neighbor < writer->width) {
        return p;
    }

    writer->neighbor = 0;

    return p - 1;
}


/* A neighbor, or nothing. */
static char *
knn_csv_pair(knn_reply_writer_t *writer, char *p)
{
    size_t             i;
    const knn_query_t *query;

    query = writer->query;
    i = query->first[writer->row] + writer->neighbor;

    if (i < query->first[writer->row + 1]) {
        p = knn_number_write_integer(p, query->indices[i]);
        *p++ = ',';
        p = knn_csv_number(query->distances[i], p);
    }
    else {
        *p++ = ',';
    }

    *p++ = ',';

    return p;
}


/* The neighbors of a row. */
static char *
knn_csv_neighbors(knn_reply_writer_t *writer, char *p)
{
    return knn_csv_pairs(writer, knn_csv_pair, p);
}


/* The novelty of a row. */
static char *
knn_csv_novelty(knn_reply_writer_t *writer, char *p)
{
    knn_reply_spend(writer, 1);

    return knn_csv_number(writer->query->novelty[writer->row], p);
}


/* The names of predictions. */
static char *
knn_csv_prediction_names(knn_reply_writer_t *writer, char *p)
{
    size_t i, n;

    n = writer->reply->info->n_outputs;

    if (n == 1) {
        return knn_reply_literal(p, "prediction");
    }

    for (i = 0; i < n; i++) {
        p = knn_reply_literal(p, "prediction_");
        p = knn_number_write_unsigned(p, i);
        *p++ = ',';
    }

    knn_reply_spend(writer, n);

    return p - 1;
}


/* The name of the probability of a class. */
static char *
knn_csv_proba_name(const knn_reply_t *reply, size_t output, size_t class,
                   char *p)
{
    size_t             quoted;
    const knn_piece_t *cell;

    cell = &reply->labels.cells[reply->labels.first[output] + class];
    quoted = cell->data[0] == '"';

    p = knn_reply_copy(p, "\"", quoted);
    p = knn_reply_literal(p, "probability_");

    if (reply->info->n_outputs > 1) {
        p = knn_number_write_unsigned(p, output);
        *p++ = '_';
    }

    return knn_reply_copy(p, cell->data + quoted, cell->size - quoted);
}


/* The names of probabilities. */
static char *
knn_csv_proba_names(knn_reply_writer_t *writer, char *p)
{
    size_t                  i, j;
    const knn_model_info_t *info;

    info = writer->reply->info;

    for (i = 0; i < info->n_outputs; i++) {
        for (j = 0; j < info->outputs[i].n_classes; j++) {
            p = knn_csv_proba_name(writer->reply, i, j, p);
            *p++ = ',';
        }
    }

    knn_reply_spend(writer, writer->reply->labels.count);

    return p - 1;
}


/* The names of a neighbor's cells. */
static char *
knn_csv_pair_names(knn_reply_writer_t *writer, char *p)
{
    p = knn_reply_literal(p, "neighbor_");
    p = knn_number_write_unsigned(p, writer->neighbor);
    p = knn_reply_literal(p, ",distance_");
    p = knn_number_write_unsigned(p, writer->neighbor);
    *p++ = ',';

    return p;
}


/* The names of neighbors. */
static char *
knn_csv_neighbors_names(knn_reply_writer_t *writer, char *p)
{
    return knn_csv_pairs(writer, knn_csv_pair_names, p);
}


/* The name of novelty. */
static char *
knn_csv_novelty_name(knn_reply_writer_t *writer, char *p)
{
    knn_reply_spend(writer, 1);

    return knn_reply_literal(p, "novelty");
}


#define KNN_CSV_NOVELTY (KNN_PREDICT_PROBA | KNN_KNEIGHBORS)

static const knn_reply_member_t knn_csv_cells[KNN_REPLY_MEMBERS] = {
    {KNN_PREDICT, KNN_PIECE(""), KNN_PIECE(""), knn_csv_prediction},
    {KNN_PREDICT_PROBA, KNN_PIECE(""), KNN_PIECE(""), knn_csv_proba},
    {KNN_KNEIGHBORS, KNN_PIECE(""), KNN_PIECE(""), knn_csv_neighbors},
    {KNN_CSV_NOVELTY, KNN_PIECE(""), KNN_PIECE(""), knn_csv_novelty}};

static const knn_reply_member_t knn_csv_names[KNN_REPLY_MEMBERS] = {
    {KNN_PREDICT, KNN_PIECE(""), KNN_PIECE(""), knn_csv_prediction_names},
    {KNN_PREDICT_PROBA, KNN_PIECE(""), KNN_PIECE(""), knn_csv_proba_names},
    {KNN_KNEIGHBORS, KNN_PIECE(""), KNN_PIECE(""), knn_csv_neighbors_names},
    {KNN_CSV_NOVELTY, KNN_PIECE(""), KNN_PIECE(""), knn_csv_novelty_name}};

static const knn_reply_layout_t knn_csv_line = {
    knn_csv_cells, KNN_REPLY_MEMBERS, KNN_PIECE(""), KNN_PIECE("\n")};

static const knn_reply_layout_t knn_csv_header = {
    knn_csv_names, KNN_REPLY_MEMBERS, KNN_PIECE(""), KNN_PIECE("\n")};


/* The columns of neighbors: one at least, so that all replies have some. */
static size_t
knn_csv_width(const knn_reply_t *reply, const knn_query_t *query)
{
    size_t width;

    width = knn_reply_width(reply, query);

    return width > 0 ? width : 1;
}


/* The most bytes of a line with the names of columns or what they hold. */
static size_t
knn_csv_line_size(const knn_reply_t *reply, const knn_query_t *query,
                  size_t before)
{
    size_t size, cell;

    size = before + KNN_NUMBER_WRITE + sizeof("\n");
    cell = before + KNN_NUMBER_WRITE + sizeof(",");

    if (!knn_reply_add(&size, reply->info->n_outputs, cell + reply->labels.cell)
        || ((query->outputs & KNN_PREDICT_PROBA)
            && !knn_reply_add(&size, reply->labels.count,
                              cell + (before ? reply->labels.cell : 0)))
        || ((query->outputs & KNN_KNEIGHBORS)
            && !knn_reply_add(&size, knn_csv_width(reply, query), 2 * cell)))
    {
        return 0;
    }

    return size;
}


/* The most bytes of all lines and, in any case, of the names. */
static size_t
knn_csv_size(const knn_reply_t *reply, const knn_query_t *query,
             const knn_rows_t *rows)
{
    size_t names, line;

    (void) rows;

    names = knn_csv_line_size(reply, query, KNN_CSV_NAME);
    line = knn_csv_line_size(reply, query, 0);

    return names > 0 && line > 0 && knn_reply_add(&names, query->rows, line)
               ? names
               : 0;
}


/* Begins with the names, or with the first row. */
static void
knn_csv_begin(knn_reply_writer_t *writer)
{
    writer->width = knn_csv_width(writer->reply, writer->query);
    writer->names = writer->form == KNN_REPLY_CSV_HEADER;
    writer->last = writer->names ? 1 : writer->last;
}


/* Writes more lines. */
static bool
knn_csv_run(knn_reply_writer_t *writer)
{
    if (writer->names) {
        if (!knn_reply_lines(writer, &knn_csv_header)) {
            return false;
        }

        writer->names = false;
        writer->row = 0;
        writer->last = writer->query->rows;
    }

    return knn_reply_lines(writer, &knn_csv_line);
}


const knn_reply_format_t knn_reply_csv = {knn_csv_size, knn_csv_begin,
                                          knn_csv_run};
