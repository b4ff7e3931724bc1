
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * A table: whatever the text is, its columns and values fit together, and what
 * can be trained on can be predicted.  The first bytes choose what is read.
 */


#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../codec/table/table.h"
#include "../../codec/text/text.h"
#include "../../model/train/cross.h"
#include "../../model/train/dataset.h"
#include "../../model/train/fold.h"
#include "../../model/utf8.h"


#define HEAD 3

/* what is trained on, so that a run does not take long */
#define ROWS    64
#define COLUMNS 16
#define MEMORY  ((size_t) 64 << 20)

#define CHECK(condition)                                                       \
    if (!(condition)) {                                                        \
        abort();                                                               \
    }


/* Checks an error: one line that says something. */
static void
check_error(const knn_error_t *error)
{
    CHECK(error->message[0] != '\0');
    CHECK(knn_text_printable(error->message, strlen(error->message)));
}


/* Checks a value of a column. */
static void
check_value(const knn_column_t *column, size_t row)
{
    double value;

    value = column->values[row];

    if (isnan(value)) {
        return;
    }

    switch (column->type) {

    case KNN_COLUMN_BOOLEAN:
        CHECK(value == 0 || value == 1);
        break;

    case KNN_COLUMN_INTEGER:
        CHECK(value == floor(value) && isfinite(value));
        CHECK(column->integers == NULL
              || (double) column->integers[row] == value);
        break;

    case KNN_COLUMN_TEXT:
        CHECK(value >= 0 && value < (double) column->n_texts);
        break;

    default:
        CHECK(isfinite(value) || column->infinite > 0);
    }
}


/* Checks the values and the texts of a column. */
static void
check_column(const knn_column_t *column, size_t rows)
{
    int    order;
    size_t i, missing, len;

    missing = 0;

    for (i = 0; i < rows; i++) {
        check_value(column, i);
        missing += isnan(column->values[i]) ? 1 : 0;
    }

    CHECK(missing == column->missing);
    CHECK((column->type == KNN_COLUMN_TEXT) == (column->n_texts > 0)
          || missing == rows);

    for (i = 0; i < column->n_texts; i++) {
        CHECK(knn_utf8_valid(column->texts[i].data, column->texts[i].len));

        if (i > 0) {
            len = column->texts[i - 1].len < column->texts[i].len
                      ? column->texts[i - 1].len
                      : column->texts[i].len;
            order =
                memcmp(column->texts[i - 1].data, column->texts[i].data, len);
            CHECK(order < 0
                  || (order == 0
                      && column->texts[i - 1].len < column->texts[i].len));
        }
    }
}


/* Nobody is told. */
static void
progress(void *ctx, size_t done, size_t rows)
{
    (void) ctx;
    CHECK(done <= rows);
}


/* Trains on rows, and on those of each fold. */
static void
train(const knn_dataset_t *data, const uint32_t *rows, size_t n,
      const uint8_t *head, knn_arena_t *arena)
{
    double       scores[2];
    uint32_t     fold[ROWS];
    knn_folds_t  folds = {2, (head[2] & 0x80) != 0, head[0]};
    knn_cross_t  cross = {data, rows, n, fold, 2, progress, NULL};
    knn_error_t  err;
    knn_model_t *model;
    knn_parts_t  parts;

    const knn_recipe_t recipe = {.scale = (knn_scale_e) (head[2] % 4),
                                 .automatic = (head[2] & 0x40) != 0,
                                 .algorithm = (knn_algorithm_e) (head[1] % 3),
                                 .metric = KNN_MINKOWSKI,
                                 .metric_name = "minkowski",
                                 .p = 2,
                                 .n_neighbors = 1};

    if (knn_train(data, &recipe, rows, n, arena, &parts, &err) != KNN_OK) {
        check_error(&err);
        return;
    }

    model = knn_model_build(&parts, &err);

    if (model == NULL) {
        check_error(&err);
        return;
    }

    knn_model_free(model);

    if (n < 2
        || !(data->classes == NULL
                 ? knn_folds_plain(&folds, n, fold)
                 : knn_folds_stratified(&folds, data->classes, n,
                                        data->output.n_classes, fold)))
    {
        return;
    }

    if (knn_cross_validate(&cross, &recipe, MEMORY, scores, &err) != KNN_OK) {
        check_error(&err);
    }
}


/* Trains on a table that is small and has only finite numbers. */
static void
train_table(const knn_table_t *table, const uint8_t *head)
{
    bool          classify;
    size_t        i, n, target;
    uint32_t      rows[ROWS];
    knn_error_t   err;
    knn_arena_t  *arena;
    knn_dataset_t data;

    if (table->rows > ROWS || table->n_columns > COLUMNS) {
        return;
    }

    for (i = 0; i < table->n_columns; i++) {
        if (table->columns[i].infinite > 0) {
            return;
        }
    }

    target = knn_dataset_target(table);

    if (target == table->n_columns) {
        return;
    }

    memset(&data, 0, sizeof(knn_dataset_t));
    arena = knn_arena_create(MEMORY);
    classify = knn_dataset_classifies(&table->columns[target], table->rows);
    n = knn_dataset_rows(&data, &table->columns[target], classify, table->rows,
                         rows, arena, &err);

    if (n == 0
        || knn_dataset_inputs(&data, table, target, arena, &err) != KNN_OK) {
        check_error(&err);
    }
    else if (n == table->rows) {
        train(&data, rows, n, head, arena);
    }

    knn_arena_destroy(arena);
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char              *text;
    size_t             i;
    knn_table_t       *table;
    knn_status_e       status;
    knn_table_reader_t reader;

    if (size < HEAD) {
        return 0;
    }

    /* memory of its own, so that a byte too far is found */
    text = malloc(size - HEAD);
    memcpy(text, data + HEAD, size - HEAD);

    table = &reader.table;
    status = knn_table_scan(&reader, text, size - HEAD,
                            (knn_header_e) (data[0] % 3));

    for (i = 0; status == KNN_OK && i < table->n_columns && data[1] >= 0x80;
         i++) {
        table->columns[i].type =
            (data[1] >> (i % 7)) & 1 ? KNN_COLUMN_TEXT : KNN_COLUMN_NUMBER;
    }

    if (status == KNN_OK) {
        status = knn_table_fill(&reader);
    }

    free(text);

    if (status != KNN_OK) {
        check_error(&reader.error);
    }
    else {
        for (i = 0; i < table->n_columns; i++) {
            if (table->columns[i].type != KNN_COLUMN_EMPTY) {
                check_column(&table->columns[i], table->rows);
            }
        }

        train_table(table, data);
    }

    knn_table_free(&reader);

    return 0;
}
