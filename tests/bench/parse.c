
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * What a number of a batch costs: strtod(), knn_number_read() and the whole
 * reading of a JSON body, on one body in turns.
 */


#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../codec/request/request.h"
#include "../../codec/text/number.h"


#define ROWS   10000
#define ROUNDS 15

/* what nginx is fed with at once */
#define STEP 16384


/* writes a feature's value into buf */
typedef int (*digits_pt)(char *buf, size_t size, double value);

/* a body, and where its numbers are */
typedef struct {
    char  *text;
    size_t size;
    size_t columns;
} body_t;

/* reads all numbers of a body; returns their sum */
typedef double (*reader_pt)(const body_t *body);


/* A number from 0 to 1. */
static double
draw(void)
{
    static uint64_t state = 88172645463325252u;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;

    return (double) (state >> 11) * 0x1p-53;
}


static int
one_decimal(char *buf, size_t size, double value)
{
    return snprintf(buf, size, "%.1f", 8 * value);
}


static int
six_digits(char *buf, size_t size, double value)
{
    return snprintf(buf, size, "%.6g", 200 * value - 100);
}


static int
single(char *buf, size_t size, double value)
{
    return snprintf(buf, size, "%.9g", (double) (float) (2 * value - 1));
}


/* The shortest that is read back, as clients write a double. */
static int
full(char *buf, size_t size, double value)
{
    (void) size;

    return (int) (knn_number_write(buf, 2 * value - 1) - buf);
}


static body_t
make(size_t columns, digits_pt digits)
{
    char  *p;
    size_t i;
    body_t body;

    p = body.text = malloc(ROWS * (columns * (KNN_NUMBER_WRITE + 1) + 2) + 32);
    body.columns = columns;
    p += sprintf(p, "{\"X\":[");

    for (i = 0; i < ROWS * columns; i++) {
        *p++ = i % columns == 0 ? '[' : ',';
        p += digits(p, KNN_NUMBER_WRITE, draw());

        if (i % columns == columns - 1) {
            p += sprintf(p, "],");
        }
    }

    body.size = (size_t) (p + sprintf(p - 1, "]}") - 1 - body.text);

    return body;
}


/* The start of the next number from p on, NULL behind the last. */
static const char *
next(const char *p, const char *end)
{
    while (p < end && *p != '-' && (*p < '0' || *p > '9')) {
        p++;
    }

    return p < end ? p : NULL;
}


static double
by_library(const body_t *body)
{
    char       *last;
    double      sum;
    const char *p, *end;

    sum = 0;
    end = body->text + body->size;

    for (p = next(body->text, end); p != NULL; p = next(last, end)) {
        sum += strtod(p, &last);
    }

    return sum;
}


static double
by_number(const body_t *body)
{
    double      sum, value;
    const char *p, *end;

    sum = 0;
    end = body->text + body->size;

    for (p = next(body->text, end); p != NULL; p = next(p, end)) {
        p = knn_number_read(p, end, &value);
        sum += value;
    }

    return sum;
}


/* The matrix, which is as large in every round. */
static void *
take(void *ctx, size_t size)
{
    void **memory;

    memory = ctx;

    if (*memory == NULL) {
        *memory =
            aligned_alloc(KNN_ALIGNMENT, (size + KNN_ALIGNMENT - 1)
                                             & ~(size_t) (KNN_ALIGNMENT - 1));
    }

    return *memory;
}


static double
by_request(const body_t *body)
{
    static void *memory[2];

    size_t                i, n;
    double                sum;
    knn_request_t        *request;
    const knn_rows_t     *rows;
    knn_model_info_t      info;
    knn_request_options_t options;

    memset(&info, 0, sizeof(knn_model_info_t));
    info.estimator = "KNeighborsClassifier";
    info.serves = KNN_PREDICT;
    info.n_features = body->columns;

    memset(&options, 0, sizeof(knn_request_options_t));
    options.model = "m";
    options.info = &info;
    options.max_rows = ROWS;
    options.size = body->size;
    options.outputs = KNN_PREDICT;
    options.alloc = take;
    options.alloc_ctx = &memory[body->columns > 4];

    request = knn_request_create(&options);

    for (i = 0; i < body->size; i += n) {
        n = body->size - i < STEP ? body->size - i : STEP;
        n = knn_request_take(request, body->text + i, n);
    }

    (void) knn_request_finish(request);
    rows = knn_request_rows(request);

    if (rows->error.status != KNN_OK) {
        (void) fprintf(stderr, "%s\n", rows->error.message);
        exit(1);
    }

    for (i = 0, sum = 0; i < rows->rows; i++) {
        sum += rows->x[i * body->columns];
    }

    knn_request_destroy(request);

    return sum;
}


static double
now(void)
{
    struct timespec ts;

    (void) clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);

    return (double) ts.tv_sec * 1e9 + (double) ts.tv_nsec;
}


/* The least time of each reader, for they take turns beside other work. */
static void
measure(const char *name, const body_t *body)
{
    static const reader_pt readers[] = {by_library, by_number, by_request};

    size_t          i, round;
    double          start, spent, least[3];
    volatile double sum;

    for (round = 0; round < ROUNDS; round++) {
        for (i = 0; i < 3; i++) {
            start = now();
            sum = readers[i](body);
            spent = (now() - start) / (double) (ROWS * body->columns);
            least[i] = round == 0 || spent < least[i] ? spent : least[i];
        }
    }

    (void) sum;

    printf("| %s | %d x %zu | %.1f | %.1f | %.1f | %.2f | %.2f | %.2f |\n",
           name, ROWS, body->columns, least[0], least[1], least[2],
           least[0] / least[1], least[0] / least[2],
           1e3 / least[2] / (double) body->columns);
}


int
main(void)
{
    static const struct {
        const char *name;
        digits_pt   digits;
    } kinds[] = {{"one decimal", one_decimal},
                 {"six digits", six_digits},
                 {"single precision", single},
                 {"double precision", full}};

    size_t i, columns;
    body_t body;

    printf("| numbers of | rows | strtod ns | number ns | body ns "
           "| strtod / number | strtod / body | million rows/s |\n"
           "| --- | --- | --- | --- | --- | --- | --- | --- |\n");

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        for (columns = 4; columns <= 64; columns *= 16) {
            body = make(columns, kinds[i].digits);
            measure(kinds[i].name, &body);
            free(body.text);
        }
    }

    return 0;
}
