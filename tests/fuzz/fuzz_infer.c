
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * An inference request: whatever it is and however it is cut, the same rows or
 * the same error.  The first bytes choose the model, the limit and the cuts;
 * the first NUL, if it shall be one, stands between JSON and tensors.
 */


#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../codec/request/request.h"
#include "../../codec/text/text.h"
#include "columns.h"


#define HEAD     8

#define MAX_CUTS 64

#define CHECK(condition)                                                       \
    if (!(condition)) {                                                        \
        abort();                                                               \
    }


#define SERVED KNN_PREDICT | KNN_PREDICT_PROBA | KNN_KNEIGHBORS

static const knn_model_info_t models[] = {
    {.serves = SERVED, .n_features = 3, .feature_names = names, .n_outputs = 1},
    {.serves = SERVED, .n_features = 3, .n_outputs = 2},
    {.serves = KNN_KNEIGHBORS, .n_features = 1, .feature_names = names},
    {.serves = SERVED, .n_features = 1, .n_outputs = 1},
    {.estimator = "KNeighborsRegressor",
     .serves = KNN_PREDICT | KNN_KNEIGHBORS,
     .regressor = true,
     .n_features = 3,
     .feature_names = names,
     .features = mixed},
    {.serves = SERVED, .n_features = 3, .features = missing},
    {.serves = KNN_PREDICT, .n_features = 1, .features = mixed},
    {.serves = SERVED,
     .n_features = 2,
     .feature_names = names,
     .features = missing}};

#define MODELS (sizeof(models) / sizeof(models[0]))


typedef struct {
    const knn_rows_t *rows;
    knn_request_t    *request;
    void             *memory;
} reading_t;


/* Memory of exactly the size that was asked for. */
static void *
take(void *ctx, size_t size)
{
    void **memory;

    memory = ctx;
    CHECK(*memory == NULL);

    *memory = malloc(size);

    return *memory;
}


/* Reads a body, each piece in memory of its own. */
static void
read_body(reading_t *reading, const uint8_t *head, size_t header,
          const char *body, size_t size, const size_t *cuts, size_t n)
{
    char                 *piece;
    size_t                i, from, to;
    knn_request_options_t options;

    memset(reading, 0, sizeof(reading_t));
    memset(&options, 0, sizeof(knn_request_options_t));
    options.model = "m";
    options.info = &models[head[0] % MODELS];
    options.format = KNN_FORMAT_V2;
    options.max_rows = 1 + head[2];
    options.size = size;
    options.outputs = options.info->serves;
    options.alloc = take;
    options.alloc_ctx = &reading->memory;
    options.header = header;

    reading->request = knn_request_create(&options);

    for (i = 0, from = 0; i <= n; i++, from = to) {
        to = i < n ? cuts[i] : size;
        piece = malloc(to - from);
        memcpy(piece, body + from, to - from);
        (void) knn_request_feed(reading->request, piece, to - from);
        free(piece);
    }

    (void) knn_request_finish(reading->request);
    reading->rows = knn_request_rows(reading->request);
}


static void
free_reading(reading_t *reading)
{
    knn_request_destroy(reading->request);
    free(reading->memory);
}


/* Checks that a value is one that its column takes. */
static void
check_value(double value, const knn_feature_t *feature)
{
    if (isnan(value)) {
        CHECK(feature != NULL && feature->missing);
        return;
    }

    CHECK(isfinite(value));

    if (feature != NULL && feature->n_texts > 0) {
        CHECK(value == floor(value) && value < (double) feature->n_texts);
        CHECK(value >= 0 || (value == KNN_TEXT_UNKNOWN && feature->open));
    }
}


/* Checks what a request asks for. */
static void
check_wanted(const knn_rows_t *rows, const knn_model_info_t *info)
{
    size_t              i, n;
    const char         *p, *end;
    const knn_wanted_t *wanted;

    CHECK(rows->outputs > 0 && (rows->outputs & ~info->serves) == 0);
    CHECK(rows->n_wanted > 0 && rows->n_wanted <= KNN_WANTED);

    for (i = 0; i < rows->n_wanted; i++) {
        wanted = &rows->wanted[i];
        CHECK(wanted->tensor < KNN_TENSORS);
        CHECK(strcmp(wanted->name, "output-0") == 0
              || strcmp(wanted->name, knn_tensor_names[wanted->tensor]) == 0);
        CHECK(wanted->classification == 0
              || (rows->outputs & KNN_PREDICT_PROBA));
    }

    if (rows->id == NULL) {
        return;
    }

    end = rows->id + rows->id_size;

    for (p = rows->id; p < end; p += n) {
        n = knn_text_char(p, end);
        CHECK(n > 0);
    }
}


/* Checks what any result must be. */
static void
check(const uint8_t *head, const knn_rows_t *rows)
{
    size_t                  i;
    const knn_model_info_t *info;

    if (rows->error.status != KNN_OK) {
        CHECK(rows->rows == 0);
        CHECK(*rows->error.message != '\0');
        CHECK(knn_text_printable(rows->error.message,
                                 strlen(rows->error.message)));
        CHECK(knn_text_printable(rows->pointer, strlen(rows->pointer)));
        return;
    }

    CHECK(rows->rows <= 1u + head[2]);
    CHECK(rows->x != NULL);

    info = &models[head[0] % MODELS];
    check_wanted(rows, info);

    for (i = 0; i < rows->rows * info->n_features; i++) {
        check_value(rows->x[i], info->features == NULL
                                    ? NULL
                                    : &info->features[i % info->n_features]);
    }
}


/* Compares a reading in pieces with that in one. */
static void
compare(const uint8_t *head, const knn_rows_t *a, const knn_rows_t *b)
{
    CHECK(a->error.status == b->error.status);
    CHECK(strcmp(a->error.message, b->error.message) == 0);
    CHECK(strcmp(a->pointer, b->pointer) == 0);

    if (a->error.status != KNN_OK) {
        return;
    }

    CHECK(a->rows == b->rows);
    CHECK(a->outputs == b->outputs);
    CHECK(a->n_wanted == b->n_wanted);
    CHECK(a->id_size == b->id_size);
    CHECK(memcmp(a->x, b->x,
                 a->rows * models[head[0] % MODELS].n_features * sizeof(double))
          == 0);
}


/* Cuts a body by the last bytes of the head. */
static size_t
choose(const uint8_t *head, size_t size, size_t *cuts)
{
    size_t   n, at;
    uint32_t state;

    memcpy(&state, head + 4, sizeof(uint32_t));

    for (n = 0, at = 0; n < MAX_CUTS; n++) {
        state = state * 1664525 + 1013904223;
        at += (state >> 16) % (1 + head[3]);

        if (at > size) {
            break;
        }

        cuts[n] = at;
    }

    return n;
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char          *body;
    size_t         n, header, cuts[MAX_CUTS];
    reading_t      whole, parts;
    const uint8_t *head, *nul;

    if (size < HEAD) {
        return 0;
    }

    head = data;
    data += HEAD;
    size -= HEAD;
    header = KNN_NO_HEADER;
    body = malloc(size + 1);
    memcpy(body, data, size);

    nul = head[1] & 1 ? memchr(data, '\0', size) : NULL;

    if (nul != NULL) {
        header = (size_t) (nul - data);
        size--;
        memmove(body + header, body + header + 1, size - header);
    }

    read_body(&whole, head, header, body, size, NULL, 0);
    check(head, whole.rows);

    n = choose(head, size, cuts);
    read_body(&parts, head, header, body, size, cuts, n);
    compare(head, whole.rows, parts.rows);

    free_reading(&parts);
    free_reading(&whole);
    free(body);

    return 0;
}
