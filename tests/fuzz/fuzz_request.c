
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * A request body: whatever it is and however it is cut, the same rows or the
 * same error; the same as well if it comes in a coding.  The first bytes
 * choose the model, the format, the coding, the limits and the cuts.
 */


#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "../../codec/reply/reply.h"
#include "../../codec/request/request.h"
#include "../../codec/text/text.h"
#include "../../codec/text/feature_value.h"
#include "columns.h"


#define HEAD 8

/* more than what is gathered before it is read */
#define PAD      4200

#define MAX_CUTS 64

/* those but V2 */
#define FORMATS ((unsigned) KNN_FORMAT_V2)

/* how a body is coded: as it is, or to be coded first */
#define CODINGS 5
#define ENCODE  3

#define CHECK(condition)                                                       \
    if (!(condition)) {                                                        \
        abort();                                                               \
    }


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


/* The coding that a body has, or shall have. */
static unsigned
coding_of(const uint8_t *head)
{
    return head[1] / FORMATS % CODINGS;
}


/* Reads a body, each piece in memory of its own. */
static reading_t
read_body(const uint8_t *head, knn_coding_e coding, const char *body,
          size_t size, const size_t *cuts, size_t n)
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
    options.format = (knn_format_e) (head[1] % FORMATS);
    options.coding = coding;
    options.max_size = coding_of(head) < ENCODE ? 16u * (1u + head[2]) : 0;
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


/* Compares rows. */
static void
compare_rows(const uint8_t *head, const knn_rows_t *a, const knn_rows_t *b)
{
    CHECK(a->rows == b->rows);
    CHECK(a->single == b->single);
    CHECK(a->columnar == b->columnar);
    CHECK(a->outputs == b->outputs);
    CHECK(memcmp(a->x, b->x,
                 a->rows * models[head[0] % MODELS].n_features * sizeof(double))
          == 0);
}


/*
 * True if both are refused, one of them for what it has when it is decoded:
 * which fault of such a body is met first is a matter of the cuts.
 */
static bool
both_refused(const knn_rows_t *a, const knn_rows_t *b, knn_coding_e coding)
{
    return coding != KNN_CODING_IDENTITY && a->error.status != KNN_OK
           && b->error.status != KNN_OK
           && (a->error.status == KNN_LIMIT || b->error.status == KNN_LIMIT);
}


/* Compares a reading in pieces with that in one. */
static void
compare(const uint8_t *head, knn_coding_e coding, const reading_t *whole,
        const char *body, size_t size, const size_t *cuts, size_t n)
{
    reading_t reading;

    reading = read_body(head, coding, body, size, cuts, n);

    if (both_refused(&reading.rows, &whole->rows, coding)) {
        free(reading.memory);
        return;
    }

    CHECK(reading.rows.error.status == whole->rows.error.status);
    CHECK(strcmp(reading.rows.error.message, whole->rows.error.message) == 0);
    CHECK(strcmp(reading.rows.pointer, whole->rows.pointer) == 0);

    if (whole->rows.error.status == KNN_OK) {
        compare_rows(head, &reading.rows, &whole->rows);
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

    whole =
        read_body(head, KNN_CODING_IDENTITY, padded, PAD + size + PAD, NULL, 0);
    n = choose(head, PAD, PAD + size, cuts);
    compare(head, KNN_CODING_IDENTITY, &whole, padded, PAD + size + PAD, cuts,
            n > 0);
    compare(head, KNN_CODING_IDENTITY, &whole, padded, PAD + size + PAD, cuts,
            n);

    free(whole.memory);
    free(padded);
}


/* Writes a part of a body in a coding; returns the end of what it is. */
static size_t
encode(char *coded, size_t at, size_t room, const char *body, size_t size,
       bool gzip)
{
    z_stream stream;

    memset(&stream, 0, sizeof(z_stream));
    CHECK(deflateInit2(&stream, 6, Z_DEFLATED, gzip ? 31 : 15, 8,
                       Z_DEFAULT_STRATEGY)
          == Z_OK);

    stream.next_in = (unsigned char *) (uintptr_t) body;
    stream.avail_in = (uInt) size;
    stream.next_out = (unsigned char *) coded + at;
    stream.avail_out = (uInt) (room - at);

    CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    (void) deflateEnd(&stream);

    return room - stream.avail_out;
}


/*
 * Compares a body with the same in a coding, of two members if gzip.  A fault
 * may be told otherwise where the size of the body matters.
 */
static void
compare_coded(const uint8_t *head, const reading_t *plain, const char *body,
              size_t size)
{
    bool         gzip;
    char        *coded;
    size_t       n, half, room, end, cuts[MAX_CUTS];
    reading_t    whole;
    knn_coding_e coding;

    gzip = coding_of(head) == ENCODE;
    coding = gzip ? KNN_CODING_GZIP : KNN_CODING_DEFLATE;
    half = gzip ? size / 2 : 0;
    room = 2 * size + 1000;
    coded = malloc(room);

    end = half > 0 ? encode(coded, 0, room, body, half, gzip) : 0;
    end = encode(coded, end, room, body + half, size - half, gzip);

    whole = read_body(head, coding, coded, end, NULL, 0);
    check(head, &whole);
    CHECK((whole.rows.error.status == KNN_OK)
          == (plain->rows.error.status == KNN_OK));

    if (whole.rows.error.status == KNN_OK) {
        compare_rows(head, &whole.rows, &plain->rows);
    }

    n = choose(head, 0, end, cuts);
    compare(head, coding, &whole, coded, end, cuts, n);

    free(whole.memory);
    free(coded);
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t         n, cuts[MAX_CUTS];
    reading_t      whole;
    const char    *body;
    knn_coding_e   coding;
    const uint8_t *head;

    if (size < HEAD) {
        return 0;
    }

    head = data;
    body = (const char *) data + HEAD;
    size -= HEAD;
    coding = coding_of(head) < ENCODE ? (knn_coding_e) coding_of(head)
                                      : KNN_CODING_IDENTITY;

    check_values(head, body, size);

    whole = read_body(head, coding, body, size, NULL, 0);
    check(head, &whole);
    n = choose(head, 0, size, cuts);
    compare(head, coding, &whole, body, size, cuts, n);

    if (coding_of(head) >= ENCODE) {
        compare_coded(head, &whole, body, size);
    }

    free(whole.memory);

    if (coding == KNN_CODING_IDENTITY && size > 0
        && (*body == '{' || *body == '[')) {
        compare_padded(head, body, size);
    }

    return 0;
}
