
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * JSON with many numbers: the same rows or the same error, word by word,
 * whether numbers are read without yajl or by it, and wherever the body is
 * cut.  The first bytes choose the model, the format and the cuts; the others
 * are the body, or the pieces that it is put together from.
 */


#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../codec/request/request.h"
#include "columns.h"


#define HEAD 8

/* more than what is gathered before it is read */
#define PAD      4200

#define MAX_CUTS 64

/* of a body that is put together, and of a piece of it */
#define MAX_BODY  65536
#define MAX_PIECE 2048

#define CHECK(condition)                                                       \
    if (!(condition)) {                                                        \
        abort();                                                               \
    }


#define SERVED KNN_PREDICT | KNN_PREDICT_PROBA | KNN_KNEIGHBORS

static const knn_model_info_t models[] = {
    {.serves = SERVED, .n_features = 3, .feature_names = names},
    {.serves = SERVED, .n_features = 1, .feature_names = names},
    {.serves = SERVED, .n_features = 8},
    {.serves = SERVED, .n_features = 40},
    {.serves = SERVED, .n_features = 1},
    {.serves = SERVED, .n_features = 2, .features = missing},
    {.serves = SERVED,
     .n_features = 3,
     .feature_names = names,
     .features = mixed}};

#define MODELS (sizeof(models) / sizeof(models[0]))

/* a format, what a body of it begins and ends with, and what is in between */
static const struct {
    knn_format_e format;
    bool         flat; /* numbers, not rows */
    char         comma;
    const char  *start;
    const char  *end;
} kinds[] = {
    {KNN_FORMAT_AUTO, false, ',', "{\"X\":[", "]}"},
    {KNN_FORMAT_AUTO, false, ',', "[", "]"},
    {KNN_FORMAT_JSON, false, ',', "{\"dataframe_split\":{\"data\":[", "]}}"},
    {KNN_FORMAT_JSON, false, ',',
     "{\"dataframe_split\":{\"columns\":[\"\xC3\xA9\",\"a\",\"b b\"],"
     "\"data\":[",
     "]}}"},
    {KNN_FORMAT_JSON, true, ',', "{\"inputs\":{\"a\":[", "]}}"},
    {KNN_FORMAT_V1, false, ',', "{\"instances\":[", "]}"},
    {KNN_FORMAT_V1, true, ',', "{\"instances\":[", "]}"},
    {KNN_FORMAT_V1, true, ',', "{\"inputs\":{\"a\":[", "]}}"},
    {KNN_FORMAT_JSON_LINES, false, '\n', "", ""},
    {KNN_FORMAT_JSON_LINES, true, ',', "{\"features\":[", "]}"},
    {KNN_FORMAT_V2, false, ',',
     "{\"inputs\":[{\"name\":\"x\",\"shape\":[%u,%u],\"datatype\":\"FP64\","
     "\"data\":[",
     "]}]}"},
    {KNN_FORMAT_V2, false, ',',
     "{\"inputs\":[{\"name\":\"x\",\"shape\":[%u,%u],\"datatype\":\"FP32\","
     "\"data\":[",
     "]}]}"},
    {KNN_FORMAT_V2, true, ',',
     "{\"inputs\":[{\"name\":\"a\",\"shape\":[%u],\"datatype\":\"FP32\","
     "\"data\":[",
     "]}]}"},
    {KNN_FORMAT_V2, true, ',',
     "{\"inputs\":[{\"name\":\"a\",\"shape\":[%u],\"datatype\":\"INT16\","
     "\"data\":[",
     "]}]}"},
    {KNN_FORMAT_V2, false, ',', "{\"inputs\":[{\"data\":[",
     "],\"name\":\"x\",\"shape\":[4,3],\"datatype\":\"FP64\"}]}"}};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* what a number may look like, by a number from 0 to 1 */
static const char *const numbers[] = {
    "%.1f",  "%.17g", "%.6g", "-%.16f",   "%.9g",  "%.17e", "%.0f", "%.25f",
    "%.20g", "-%.1e", "%.3f", "123%.14f", "%.12g", "-0",    "%.8f", "%.24fE+3"};

#define TEN(text) text text text text text text text text text text

/* what may come between them */
static const char *const others[] = {"],[",
                                     "]",
                                     "[",
                                     ",",
                                     " ",
                                     "\n\t",
                                     "01",
                                     "-",
                                     "1.",
                                     "1e",
                                     "+1",
                                     ".5",
                                     "-0",
                                     "1e999",
                                     "NaN",
                                     "-Infinity",
                                     "1e-400",
                                     "null",
                                     "true",
                                     "\"a\"",
                                     "{}",
                                     "00.5",
                                     "1.5.2",
                                     "\"a,[1,\"",
                                     "]]",
                                     "}",
                                     "]}",
                                     "\f",
                                     "\v",
                                     "/**/",
                                     "1e5",
                                     "-1E-5",
                                     "]\n[",
                                     "\"b\":",
                                     "\"X\":",
                                     "]},{",
                                     "],\"b\":[",
                                     "9007199254740993",
                                     TEN("1234567890"),
                                     TEN("  \t    "),
                                     TEN("[1],"),
                                     "1e0" TEN("000000"),
                                     "2.2250738585072011e-308",
                                     "0.0" TEN("00") "1e50"};

#define OTHERS (sizeof(others) / sizeof(others[0]))


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


static const knn_model_info_t *
model_of(const uint8_t *head)
{
    return &models[head[0] % MODELS];
}


/* Reads a body, each piece in memory of its own. */
static reading_t
read_body(const uint8_t *head, bool lexed, const char *body, size_t size,
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
    options.info = model_of(head);
    options.format = kinds[head[1] % KINDS].format;
    options.max_rows = 1 + 4 * (size_t) head[2];
    options.size = size;
    options.outputs = KNN_PREDICT;
    options.alloc = take;
    options.alloc_ctx = &reading.memory;
    options.header = KNN_NO_HEADER;
    options.lexed = lexed;

    request = knn_request_create(&options);

    for (i = 0, from = 0; i <= n; i++, from = to) {
        to = i < n ? cuts[i] : size;
        piece = malloc(to - from);
        memcpy(piece, body + from, to - from);
        (void) knn_request_feed(request, piece, to - from);
        free(piece);
    }

    while (!knn_request_end(request)) {
        /* void */
    }

    reading.rows = *knn_request_rows(request);
    knn_request_destroy(request);

    return reading;
}


/* Checks that two readings are the same. */
static void
compare(const uint8_t *head, const reading_t *a, const reading_t *b)
{
    CHECK(a->rows.error.status == b->rows.error.status);
    CHECK(strcmp(a->rows.error.message, b->rows.error.message) == 0);
    CHECK(strcmp(a->rows.pointer, b->rows.pointer) == 0);

    if (a->rows.error.status != KNN_OK) {
        return;
    }

    CHECK(a->rows.rows == b->rows.rows);
    CHECK(a->rows.single == b->rows.single);
    CHECK(a->rows.columnar == b->rows.columnar);
    CHECK(a->rows.rows == 0
          || memcmp(a->rows.x, b->rows.x,
                    a->rows.rows * model_of(head)->n_features * sizeof(double))
                 == 0);
}


/* Cuts from a place on, by the last bytes of the head. */
static size_t
choose(const uint8_t *head, size_t from, size_t to, size_t *cuts)
{
    size_t   n, at;
    uint32_t state;

    memcpy(&state, head + 4, sizeof(uint32_t));
    at = from;

    for (n = 0; n < MAX_CUTS; n++) {
        state = state * 1664525 + 1013904223;
        at += (state >> 16) % (1 + 16 * (size_t) head[3]);

        if (at > to) {
            break;
        }

        cuts[n] = at;
    }

    return n;
}


/* Reads a body by yajl alone, and without it, in one and in many pieces. */
static void
check(const uint8_t *head, const char *body, size_t size)
{
    char     *padded;
    size_t    i, n, first, cuts[MAX_CUTS];
    reading_t lexed, reading;

    lexed = read_body(head, true, body, size, NULL, 0);
    reading = read_body(head, false, body, size, NULL, 0);
    compare(head, &reading, &lexed);
    free(reading.memory);
    free(lexed.memory);

    /* white space on both sides, that it is worth a look up to its end */

    padded = malloc(PAD + size + PAD);
    memset(padded, ' ', PAD + size + PAD);
    first = size > 0;
    memcpy(padded, body, first);
    memcpy(padded + PAD, body + first, size - first);

    size += PAD + PAD - first;
    lexed = read_body(head, true, padded, size, NULL, 0);
    n = choose(head, PAD, size, cuts);

    for (i = 0; i < 3; i++) {
        reading = read_body(head, false, padded, size, cuts,
                            i == 0   ? 0
                            : i == 1 ? n > 0
                                     : n);
        compare(head, &reading, &lexed);
        free(reading.memory);
    }

    free(lexed.memory);
    free(padded);
}


/* A number from 0 to 1. */
static double
draw(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;

    return (double) (*state >> 11) * 0x1p-53;
}


static size_t
put_number(char *p, unsigned style, uint64_t *state)
{
    double value;

    value = draw(state);
    value = style & 16 ? value * 1000 : value;

    return (size_t) snprintf(p, 64, numbers[style % 16], value);
}


static size_t
put_row(char *p, size_t columns, unsigned style, uint64_t *state)
{
    size_t i, n;

    for (i = 0, n = 0; i < columns; i++) {
        p[n++] = i == 0 ? '[' : ',';
        n += put_number(p + n, style, state);
    }

    p[n++] = ']';

    return n;
}


/* Puts what a byte stands for. */
static size_t
put(char *p, const uint8_t *head, uint8_t byte, uint64_t *state)
{
    size_t n;

    if (byte < 128) {
        n = byte < 96
                ? put_number(p, byte % 32, state)
                : put_row(p, model_of(head)->n_features, byte % 32, state);
        p[n] = kinds[head[1] % KINDS].comma;

        return n + (byte < 32 || byte >= 64);
    }

    if (byte < 128 + OTHERS) {
        n = strlen(others[byte - 128]);
        memcpy(p, others[byte - 128], n);
        return n;
    }

    *p = (char) (byte - 128);

    return 1;
}


/* Puts pieces together, or a row for each byte and nothing else. */
static size_t
compose(char *body, const uint8_t *head, const uint8_t *data, size_t size)
{
    bool     sane;
    size_t   i, n;
    uint64_t state;

    sane = head[0] & 64;
    state = 1 + (uint64_t) head[4] * 88172645463325252u;
    n = (size_t) snprintf(body, MAX_PIECE, kinds[head[1] % KINDS].start,
                          sane ? (unsigned) size : 4u * head[2],
                          (unsigned) model_of(head)->n_features);

    for (i = 0; i < size && n < MAX_BODY - MAX_PIECE; i++) {
        if (!sane) {
            n += put(body + n, head, data[i], &state);
            continue;
        }

        n += kinds[head[1] % KINDS].flat
                 ? put_number(body + n, data[i], &state)
                 : put_row(body + n, model_of(head)->n_features, data[i],
                           &state);
        body[n++] = kinds[head[1] % KINDS].comma;
    }

    n -= sane && size > 0;

    return n
           + (size_t) snprintf(body + n, MAX_PIECE, "%s",
                               sane ? kinds[head[1] % KINDS].end : "");
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char          *body;
    const uint8_t *head;

    if (size < HEAD) {
        return 0;
    }

    head = data;
    data += HEAD;
    size -= HEAD;

    if (head[0] & 128) {
        check(head, (const char *) data, size);
        return 0;
    }

    body = malloc(MAX_BODY);
    check(head, body, compose(body, head, data, size));
    free(body);

    return 0;
}
