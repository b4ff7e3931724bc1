
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Replies of TensorFlow Serving's REST API: to :predict rows in the place of
 * "instances" or columns in that of "inputs", to :classify all classes of each
 * row.
 */


#include "reply_row.h"


#define KNN_V1_MEMBERS 3


/* The probabilities of one output. */
static char *
knn_v1_proba(const knn_reply_t *reply, const knn_query_t *query, size_t row,
             size_t output, char *p)
{
    size_t        i, n;
    const double *proba;

    n = reply->info->outputs[output].n_classes;
    proba =
        query->proba + row * reply->labels.count + reply->labels.first[output];

    *p++ = '[';

    for (i = 0; i < n; i++) {
        p = knn_reply_number(proba[i], p);
        *p++ = ',';
    }

    p[-1] = ']';

    return p;
}


/* The probabilities for a row. */
static char *
knn_v1_probabilities(knn_reply_writer_t *writer, char *p)
{
    knn_reply_spend(writer, writer->reply->labels.count);

    return knn_reply_outputs(writer->reply, writer->query, writer->row,
                             knn_v1_proba, p);
}


/* one output has no name, several have theirs */
static const knn_reply_member_t knn_v1_bare[KNN_V1_MEMBERS] = {
    {KNN_PREDICT, KNN_PIECE(""), KNN_PIECE("["), knn_reply_prediction},
    {KNN_PREDICT_PROBA, KNN_PIECE(""), KNN_PIECE("["), knn_v1_probabilities},
    {KNN_KNEIGHBORS, KNN_PIECE(""), KNN_PIECE("["), knn_reply_neighbors}};

static const knn_reply_member_t knn_v1_named[KNN_V1_MEMBERS] = {
    {KNN_PREDICT, KNN_PIECE("\"predict\":"), KNN_PIECE("\"predict\":["),
     knn_reply_prediction},
    {KNN_PREDICT_PROBA, KNN_PIECE("\"predict_proba\":"),
     KNN_PIECE("\"predict_proba\":["), knn_v1_probabilities},
    {KNN_KNEIGHBORS, KNN_PIECE("\"kneighbors\":"),
     KNN_PIECE("\"kneighbors\":["), knn_reply_neighbors}};

static const knn_reply_layout_t knn_v1_value = {knn_v1_bare, KNN_V1_MEMBERS,
                                                KNN_PIECE(""), KNN_PIECE(",")};

static const knn_reply_layout_t knn_v1_object = {
    knn_v1_named, KNN_V1_MEMBERS, KNN_PIECE("{"), KNN_PIECE("},")};


/* True for several outputs. */
static inline bool
knn_v1_several(const knn_query_t *query)
{
    return (query->outputs & (query->outputs - 1)) != 0;
}


/* The most bytes of a reply to :predict. */
static size_t
knn_v1_size(const knn_reply_t *reply, const knn_query_t *query,
            const knn_rows_t *rows)
{
    size_t i, size, total;

    (void) rows;

    total = knn_reply_room(reply, query->outputs, query->rows,
                           knn_reply_found(query));

    size = sizeof("{},");

    for (i = 0; i < KNN_V1_MEMBERS; i++) {
        size += knn_v1_named[i].single.size;
    }

    return total > 0 && knn_reply_add(&total, query->rows, size)
                   && knn_reply_add(&total, 1, sizeof("{\"predictions\":[]}"))
               ? total
               : 0;
}


/* Begins a reply to :predict. */
static void
knn_v1_begin(knn_reply_writer_t *writer)
{
    if (!writer->rows->columnar) {
        writer->p = knn_reply_literal(writer->p, "{\"predictions\":[");
        return;
    }

    writer->p = knn_v1_several(writer->query)
                    ? knn_reply_literal(writer->p, "{\"outputs\":{")
                    : knn_reply_literal(writer->p, "{\"outputs\":");
}


/* Writes more columns. */
static bool
knn_v1_columns(knn_reply_writer_t *writer)
{
    bool several;

    several = knn_v1_several(writer->query);

    if (!knn_reply_columns(writer, several ? knn_v1_named : knn_v1_bare,
                           KNN_V1_MEMBERS))
    {
        return false;
    }

    writer->p = several ? knn_reply_literal(writer->p - 1, "}}")
                        : knn_reply_literal(writer->p - 1, "}");

    return true;
}


/* Writes more rows, each with a comma behind it, then the end of all. */
static bool
knn_v1_rows(knn_reply_writer_t *writer, const knn_reply_layout_t *layout)
{
    if (!knn_reply_lines(writer, layout)) {
        return false;
    }

    writer->p =
        knn_reply_literal(writer->p - (writer->first < writer->last), "]}");

    return true;
}


/* Writes more of a reply to :predict. */
static bool
knn_v1_run(knn_reply_writer_t *writer)
{
    if (writer->rows->columnar) {
        return knn_v1_columns(writer);
    }

    return knn_v1_rows(writer, knn_v1_several(writer->query) ? &knn_v1_object
                                                             : &knn_v1_value);
}


const knn_reply_format_t knn_reply_v1 = {knn_v1_size, knn_v1_begin, knn_v1_run};


/* The label and the probability of each class. */
static char *
knn_v1_classes(knn_reply_writer_t *writer, char *p)
{
    size_t              i, n;
    const double       *proba;
    const knn_labels_t *labels;

    labels = &writer->reply->labels;
    n = labels->count;
    proba = writer->query->proba + writer->row * n;

    *p++ = '[';

    for (i = 0; i < n; i++) {
        *p++ = '[';
        p = knn_reply_copy(p, labels->keys[i].data, labels->keys[i].size - 1);
        *p++ = ',';
        p = knn_reply_number(proba[i], p);
        p = knn_reply_literal(p, "],");
    }

    p[-1] = ']';

    knn_reply_spend(writer, n);

    return p;
}


static const knn_reply_member_t knn_v1_classified[1] = {
    {KNN_PREDICT_PROBA, KNN_PIECE(""), KNN_PIECE(""), knn_v1_classes}};

static const knn_reply_layout_t knn_v1_class = {knn_v1_classified, 1,
                                                KNN_PIECE(""), KNN_PIECE(",")};


/* The most bytes of a reply to :classify. */
static size_t
knn_v1_classify_size(const knn_reply_t *reply, const knn_query_t *query,
                     const knn_rows_t *rows)
{
    size_t size, total;

    (void) rows;

    size = sizeof("[],") + reply->labels.keys_size;
    total = sizeof("{\"result\":[]}");

    return knn_reply_add(&size, reply->labels.count,
                         KNN_NUMBER_WRITE + sizeof("[,],"))
                   && knn_reply_add(&total, query->rows, size)
               ? total
               : 0;
}


/* Begins a reply to :classify. */
static void
knn_v1_classify_begin(knn_reply_writer_t *writer)
{
    writer->p = knn_reply_literal(writer->p, "{\"result\":[");
}


/* Writes more of a reply to :classify. */
static bool
knn_v1_classify_run(knn_reply_writer_t *writer)
{
    return knn_v1_rows(writer, &knn_v1_class);
}


const knn_reply_format_t knn_reply_classify = {
    knn_v1_classify_size, knn_v1_classify_begin, knn_v1_classify_run};
