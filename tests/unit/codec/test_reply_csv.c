
/*
 * Copyright (C) nginx-knn contributors
 */


/* Replies as CSV, read back by the rules of RFC 4180. */


#include <stdio.h>

#include "replying.h"


#define CELL 128


/* a reader of cells, and the last one */
typedef struct {
    const char *p;
    const char *end;
    char        cell[CELL];
    size_t      size;
    bool        last; /* of its line */
} reader_t;


/* Reads the next cell. */
static const char *
next(reader_t *reader)
{
    bool quoted;
    char c;

    ck_assert_msg(reader->p < reader->end, "a cell is missing");

    reader->size = 0;
    quoted = *reader->p == '"';
    reader->p += quoted;

    for (;;) {
        ck_assert_msg(reader->p < reader->end, "a line has no end");
        c = *reader->p++;

        if (quoted && c == '"' && *reader->p == '"') {
            reader->p++;
        }
        else if (quoted && c == '"') {
            quoted = false;
            continue;
        }
        else if (!quoted && (c == ',' || c == '\n')) {
            break;
        }

        ck_assert_uint_lt(reader->size, CELL - 1);
        reader->cell[reader->size++] = c;
    }

    reader->cell[reader->size] = '\0';
    reader->last = c == '\n';

    return reader->cell;
}


static void
check_text(reader_t *reader, const char *text, size_t size)
{
    (void) next(reader);
    ck_assert_msg(reader->size == size && memcmp(reader->cell, text, size) == 0,
                  "\"%s\" became \"%s\"", text, reader->cell);
}


/* strtod() knows NaN and inf as well. */
static void
check_number(reader_t *reader, double number)
{
    char  *end;
    double value;

    value = strtod(next(reader), &end);
    ck_assert_msg(reader->size > 0 && *end == '\0', "\"%s\" is no number",
                  reader->cell);
    ck_assert_msg(value == number || (isnan(value) && isnan(number)),
                  "%.17g became %s", number, reader->cell);
}


static void
check_label(reader_t *reader, const knn_label_t *label)
{
    char        buf[32];
    size_t      size;
    const char *text;

    if (label->type == KNN_LABEL_FLOAT) {
        check_number(reader, label->value.number);
        return;
    }

    text = replying_text(label, buf, sizeof(buf), &size);
    check_text(reader, text, size);
}


/* The columns of neighbors. */
static size_t
pairs(const knn_query_t *query)
{
    size_t width;

    width = replying_width(query);

    if (width == 0) {
        width = knn_model_info(query->model)->n_neighbors;
    }

    return width == 0 ? 1 : width;
}


/* The probabilities of a row, or their names. */
static size_t
classes(const knn_model_info_t *info)
{
    size_t i, n;

    for (i = 0, n = 0; i < info->n_outputs; i++) {
        n += info->outputs[i].n_classes;
    }

    return n;
}


static void
check_names(reader_t *reader, const knn_query_t *query)
{
    char                    name[CELL], buf[32];
    size_t                  i, j, n, size;
    const char             *text;
    const knn_label_t      *label;
    const knn_model_info_t *info;

    info = knn_model_info(query->model);
    n = info->n_outputs;

    for (i = 0; (query->outputs & KNN_PREDICT) && i < n; i++) {
        size = (size_t) snprintf(name, CELL, "prediction_%zu", i);
        check_text(reader, name, n == 1 ? sizeof("prediction") - 1 : size);
    }

    for (i = 0; (query->outputs & KNN_PREDICT_PROBA) && i < n; i++) {
        for (j = 0; j < info->outputs[i].n_classes; j++) {
            label = &info->outputs[i].classes[j];
            size =
                (size_t) (n == 1 ? snprintf(name, CELL, "probability_")
                                 : snprintf(name, CELL, "probability_%zu_", i));

            if (label->type == KNN_LABEL_FLOAT) {
                next(reader);
                ck_assert_mem_eq(reader->cell, name, size);
                ck_assert(strtod(reader->cell + size, NULL)
                          == label->value.number);
                continue;
            }

            text = replying_text(label, buf, sizeof(buf), &j);
            memcpy(name + size, text, j);
            check_text(reader, name, size + j);
            j = (size_t) (label - info->outputs[i].classes);
        }
    }

    for (i = 0; (query->outputs & KNN_KNEIGHBORS) && i < pairs(query); i++) {
        size = (size_t) snprintf(name, CELL, "neighbor_%zu", i);
        check_text(reader, name, size);
        size = (size_t) snprintf(name, CELL, "distance_%zu", i);
        check_text(reader, name, size);
    }

    if (query->outputs & (KNN_PREDICT_PROBA | KNN_KNEIGHBORS)) {
        check_text(reader, "novelty", 7);
    }

    ck_assert_msg(reader->last, "the header goes on behind \"%s\"",
                  reader->cell);
}


static void
check_row(reader_t *reader, const knn_query_t *query, size_t row)
{
    size_t                  i, at, n;
    const knn_model_info_t *info;

    info = knn_model_info(query->model);
    n = info->n_outputs;

    for (i = 0; (query->outputs & KNN_PREDICT) && i < n; i++) {
        if (info->regressor) {
            check_number(reader, query->values[row * n + i]);
        }
        else {
            check_label(reader,
                        replying_label(info, i, query->classes[row * n + i]));
        }
    }

    n = query->outputs & KNN_PREDICT_PROBA ? classes(info) : 0;

    for (i = 0; i < n; i++) {
        check_number(reader, query->proba[row * n + i]);
    }

    for (i = 0; (query->outputs & KNN_KNEIGHBORS) && i < pairs(query); i++) {
        at = query->first[row] + i;

        if (at < query->first[row + 1]) {
            check_number(reader, (double) query->indices[at]);
            check_number(reader, query->distances[at]);
        }
        else {
            check_text(reader, "", 0);
            check_text(reader, "", 0);
        }
    }

    if (query->outputs & (KNN_PREDICT_PROBA | KNN_KNEIGHBORS)) {
        check_number(reader, query->novelty[row]);
    }

    ck_assert_msg(reader->last, "row %zu goes on behind \"%s\"", row,
                  reader->cell);
}


static void
check_reply(const knn_reply_t *reply, const knn_query_t *query,
            knn_reply_form_e form)
{
    size_t     row;
    reader_t   reader;
    replied_t  replied;
    knn_rows_t rows;

    memset(&rows, 0, sizeof(knn_rows_t));
    replied = replying(reply, query, &rows, form);

    reader.p = replied.data;
    reader.end = replied.data + replied.size;

    if (form == KNN_REPLY_CSV_HEADER) {
        check_names(&reader, query);
    }

    for (row = 0; row < query->rows; row++) {
        check_row(&reader, query, row);
    }

    ck_assert_ptr_eq(reader.p, reader.end);
    free(replied.data);
}


START_TEST(replies)
{
    size_t       n;
    unsigned     outputs;
    knn_model_t *model;
    knn_query_t *query;
    knn_reply_t *reply;

    model = replying_model(&kinds[_i]);
    reply = knn_reply_create(model, "m", "1.0.0");

    for (n = 0; n <= ROWS; n += n == 0 ? 1 : ROWS - 1) {
        for (outputs = 1; outputs < 8; outputs++) {
            if (outputs & ~knn_model_info(model)->serves) {
                continue;
            }

            query = replying_query(model, n, outputs);
            check_reply(reply, query, KNN_REPLY_CSV);
            check_reply(reply, query, KNN_REPLY_CSV_HEADER);
            free(query);
        }
    }

    knn_reply_destroy(reply);
    knn_model_free(model);
}
END_TEST


/* Texts are quoted where they must be, what is no number has its name. */
START_TEST(cells)
{
    size_t       i;
    replied_t    replied;
    knn_rows_t   rows;
    knn_model_t *model;
    knn_query_t *query;
    knn_reply_t *reply;

    static const char expected[] = "prediction\n\"a\"\"b,c\"\n\"d\r\n\te\"\n"
                                   "\" \xC3\xA9\xF0\x9F\x98\x80\xE2\x82\xAC\"\n"
                                   "\"\"\nf\0g\nplain\n";

    memset(&rows, 0, sizeof(knn_rows_t));

    model = replying_model(&kinds[0]);
    reply = knn_reply_create(model, "m", "1.0.0");
    query = replying_query(model, 0, KNN_PREDICT);
    query->rows = 6;
    query->classes = (uint32_t[]){0, 1, 2, 3, 4, 5};
    replied = replying(reply, query, &rows, KNN_REPLY_CSV_HEADER);
    ck_assert_uint_eq(replied.size, sizeof(expected) - 1);
    ck_assert_mem_eq(replied.data, expected, replied.size);
    free(replied.data);
    free(query);
    knn_reply_destroy(reply);
    knn_model_free(model);

    model = replying_model(&kinds[6]);
    reply = knn_reply_create(model, "m", "1.0.0");
    query = replying_query(model, ROWS, KNN_PREDICT);

    for (i = 0; i < ROWS; i++) {
        query->values[i] = i == 0 ? NAN : i == 1 ? INFINITY : -INFINITY;
    }

    replied = replying(reply, query, &rows, KNN_REPLY_CSV);
    ck_assert_uint_eq(replied.size, 18);
    ck_assert_mem_eq(replied.data, "NaN\ninf\n-inf\n-inf\n", 18);
    free(replied.data);
    free(query);
    knn_reply_destroy(reply);
    knn_model_free(model);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("reply CSV");
    tcase = tcase_create("CSV");

    tcase_add_loop_test(tcase, replies, 0, N_KINDS);
    tcase_add_test(tcase, cells);
    suite_add_tcase(suite, tcase);

    return suite;
}
