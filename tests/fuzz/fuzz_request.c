
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * A request body: whatever it is and however it is cut, the same rows or the
 * same error.  The first bytes choose the model, the limits and the cuts.
 */


#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../codec/reply.h"
#include "../../codec/request.h"
#include "../../codec/text.h"
#include "../../codec/feature_value.h"


#define HEAD 8

/* more than what is gathered before it is read */
#define PAD      4200

#define MAX_CUTS 64

#define CHECK(condition)                                                       \
    if (!(condition)) {                                                        \
        abort();                                                               \
    }


static const char *const names[] = {"a", "b b", "\xC3\xA9"};

#define TEXT(text)                                                             \
    {                                                                          \
        sizeof(text) - 1, text                                                 \
    }

static const knn_text_t texts[] = {TEXT(""), TEXT(" a"), TEXT("1"),
                                   TEXT("a \"b\", c"), TEXT("red")};

/* texts, a number, any text, a number or NaN, and what is not used */
static const knn_feature_t mixed[] = {
    {false, false, 5, texts}, {false, false, 0, NULL}, {true, true, 5, texts}};
static const knn_feature_t missing[] = {
    {true, false, 0, NULL}, {true, true, 0, NULL}, {true, false, 5, texts}};

#define SERVED KNN_PREDICT | KNN_PREDICT_PROBA | KNN_KNEIGHBORS

static const knn_model_info_t models[] = {
    {.serves = SERVED, .n_features = 3, .feature_names = names},
    {.serves = SERVED, .n_features = 3},
    {.serves = SERVED, .n_features = 1, .feature_names = names},
    {.serves = SERVED, .n_features = 1},
    {.estimator = "KNeighborsRegressor",
     .serves = KNN_PREDICT | KNN_KNEIGHBORS,
     .regressor = true,
     .n_features = 3,
     .feature_names = names,
     .features = mixed},
    {.serves = SERVED, .n_features = 3, .features = missing},
    {.serves = SERVED, .n_features = 1, .features = mixed},
    {.serves = SERVED,
     .n_features = 1,
     .feature_names = names,
     .features = missing}};

#define MODELS (sizeof(models) / sizeof(models[0]))


typedef struct {
    knn_rows_t rows;
    void      *memory;
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
static reading_t
read_body(const uint8_t *head, const char *body, size_t size,
          const size_t *cuts, size_t n)
{
    char                 *piece;
    size_t                i, from, to;
    reading_t             reading;
    knn_request_t        *request;
    knn_request_options_t options;

    memset(&reading, 0, sizeof(reading_t));
    memset(&options, 0, sizeof(knn_request_options_t));
    options.model = "m";
    options.info = &models[head[0] % MODELS];
    options.format = (knn_format_e) (head[1] % 4);
    options.max_rows = 1 + head[2];
    options.size = size;
    options.outputs = KNN_PREDICT;
    options.alloc = take;
    options.alloc_ctx = &reading.memory;

    request = knn_request_create(&options);

    for (i = 0, from = 0; i <= n; i++, from = to) {
        to = i < n ? cuts[i] : size;
        piece = malloc(to - from);
        memcpy(piece, body + from, to - from);
        (void) knn_request_feed(request, piece, to - from);
        free(piece);
    }

    (void) knn_request_finish(request);
    reading.rows = *knn_request_rows(request);
    knn_request_destroy(request);

    return reading;
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


/* Reads a body as the value of each feature. */
static void
check_values(const uint8_t *head, const char *body, size_t size)
{
    size_t                  i;
    double                  value;
    const knn_model_info_t *info;

    info = &models[head[0] % MODELS];

    for (i = 0; i < info->n_features; i++) {
        if (knn_feature_read(info, i, body, size, &value) == KNN_OK) {
            check_value(value,
                        info->features == NULL ? NULL : &info->features[i]);
        }
    }
}


/* Checks what any result must be. */
static void
check(const uint8_t *head, const reading_t *reading)
{
    char                    buf[KNN_PROBLEM_SIZE];
    size_t                  i, size;
    const knn_rows_t       *rows;
    const knn_model_info_t *info;

    rows = &reading->rows;

    if (rows->error.status != KNN_OK) {
        CHECK(knn_text_printable(rows->error.message,
                                 strlen(rows->error.message)));
        CHECK(*rows->error.message != '\0');
        size = knn_problem_write(buf, 400, "t", rows->error.message,
                                 rows->pointer);
        CHECK(knn_text_printable(buf, size));
        return;
    }

    CHECK(rows->rows > 0 && rows->rows <= 1u + head[2]);
    CHECK(!rows->single || rows->rows == 1);
    CHECK(rows->outputs > 0);

    info = &models[head[0] % MODELS];
    CHECK((rows->outputs & ~info->serves) == 0);

    for (i = 0; i < rows->rows * info->n_features; i++) {
        check_value(rows->x[i], info->features == NULL
                                    ? NULL
                                    : &info->features[i % info->n_features]);
    }
}


/* Compares a reading in pieces with that in one. */
static void
compare(const uint8_t *head, const reading_t *whole, const char *body,
        size_t size, const size_t *cuts, size_t n)
{
    reading_t reading;

    reading = read_body(head, body, size, cuts, n);

    CHECK(reading.rows.error.status == whole->rows.error.status);
    CHECK(strcmp(reading.rows.error.message, whole->rows.error.message) == 0);
    CHECK(strcmp(reading.rows.pointer, whole->rows.pointer) == 0);

    if (whole->rows.error.status == KNN_OK) {
        CHECK(reading.rows.rows == whole->rows.rows);
        CHECK(reading.rows.single == whole->rows.single);
        CHECK(reading.rows.outputs == whole->rows.outputs);
        CHECK(memcmp(reading.rows.x, whole->rows.x,
                     whole->rows.rows * models[head[0] % MODELS].n_features
                         * sizeof(double))
              == 0);
    }

    free(reading.memory);
}


/* Cuts between from and to, by the last bytes of the head. */
static size_t
choose(const uint8_t *head, size_t from, size_t to, size_t *cuts)
{
    size_t   n, at;
    uint32_t state;

    memcpy(&state, head + 4, sizeof(uint32_t));
    at = from;

    for (n = 0; n < MAX_CUTS; n++) {
        state = state * 1664525 + 1013904223;
        at += (state >> 16) % (1 + head[3]);

        if (at > to) {
            break;
        }

        cuts[n] = at;
    }

    return n;
}


/* Cuts a body that is long enough for the cuts to be met by the lexer. */
static void
compare_padded(const uint8_t *head, const char *body, size_t size)
{
    char     *padded;
    size_t    n, cuts[MAX_CUTS];
    reading_t whole;

    padded = malloc(PAD + size + PAD);
    memset(padded, ' ', PAD + size + PAD);
    padded[0] = body[0];
    memcpy(padded + PAD, body + 1, size - 1);

    whole = read_body(head, padded, PAD + size + PAD, NULL, 0);
    n = choose(head, PAD, PAD + size, cuts);
    compare(head, &whole, padded, PAD + size + PAD, cuts, n > 0);
    compare(head, &whole, padded, PAD + size + PAD, cuts, n);

    free(whole.memory);
    free(padded);
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t         n, cuts[MAX_CUTS];
    reading_t      whole;
    const char    *body;
    const uint8_t *head;

    if (size < HEAD) {
        return 0;
    }

    head = data;
    body = (const char *) data + HEAD;
    size -= HEAD;

    check_values(head, body, size);

    whole = read_body(head, body, size, NULL, 0);
    check(head, &whole);
    n = choose(head, 0, size, cuts);
    compare(head, &whole, body, size, cuts, n);
    free(whole.memory);

    if (size > 0 && (*body == '{' || *body == '[')) {
        compare_padded(head, body, size);
    }

    return 0;
}
