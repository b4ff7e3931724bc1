
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>


/*
 * What all variants of the sweeps have in common, included with
 *
 *     KNN_VARIANT      the variant's name
 *     KNN_TARGET       the attribute that lets the compiler use the processor
 */


#define knn_paste_(a, b) a##_##b
#define knn_paste(a, b)  knn_paste_(a, b)

#define knn_name(name)   knn_paste(name, KNN_VARIANT)


/* a block of squares */
typedef int32_t knn_name(knn_squares)
    __attribute__((vector_size(4 * KNN_CODES_ROWS), may_alias));

#define knn_squares_t knn_name(knn_squares)


/* features on their way from numbers to codes */
typedef double knn_name(knn_steps)
    __attribute__((vector_size(8 * KNN_CODES_LANES)));
typedef int64_t knn_name(knn_steps_bits)
    __attribute__((vector_size(8 * KNN_CODES_LANES)));
typedef int32_t knn_name(knn_whole)
    __attribute__((vector_size(4 * KNN_CODES_LANES)));
typedef int8_t knn_name(knn_bytes)
    __attribute__((vector_size(KNN_CODES_LANES)));

#define knn_steps_t      knn_name(knn_steps)
#define knn_steps_bits_t knn_name(knn_steps_bits)
#define knn_whole_t      knn_name(knn_whole)
#define knn_bytes_t      knn_name(knn_bytes)

#define knn_variant_inline                                                     \
    static inline KNN_TARGET __attribute__((always_inline))


/* numbers, added to which others lose what is beside their integer */
#define KNN_CODES_ROUND 0x1.8p52
#define KNN_CODES_WHOLE 0x1p51


/* what is known of the features so far, lane by lane */
typedef struct {
    knn_steps_t      off;
    knn_steps_t      most;
    knn_whole_t      own;
    knn_steps_bits_t parts; /* those that are no integers */
} knn_name(knn_coding);

#define knn_coding_t knn_name(knn_coding)


/* a where the mask is, else b */
#define knn_steps_choose(mask, a, b)                                           \
    ((knn_steps_t) (((knn_steps_bits_t) (a) & (mask))                          \
                    | ((knn_steps_bits_t) (b) & ~(mask))))


/* Codes as many features as there are lanes. */
knn_variant_inline void
knn_name(knn_codes_lanes)(const double *x, const double *low, double per,
                          int8_t *q, knn_coding_t *coding)
{
    knn_bytes_t bytes;
    knn_steps_t t, code, far, from;
    knn_whole_t whole;

    memcpy(&t, x, sizeof(t));
    memcpy(&from, low, sizeof(from));

    far = (knn_steps_t) ((knn_steps_bits_t) t & INT64_MAX);
    coding->parts |= ((t + KNN_CODES_ROUND) - KNN_CODES_ROUND != t)
                     | (far > KNN_CODES_WHOLE);

    t = (t - from) * per;
    far = (knn_steps_t) ((knn_steps_bits_t) t & INT64_MAX);
    coding->most = knn_steps_choose(far > coding->most, far, coding->most);

    code = t + 0.5;
    code = (knn_steps_t) ((knn_steps_bits_t) code & (code > 0));
    code = knn_steps_choose(code < KNN_CODES_MOST, code,
                            (knn_steps_t){0} + KNN_CODES_MOST);

    whole = __builtin_convertvector(code, knn_whole_t);
    bytes = __builtin_convertvector(whole - KNN_CODES_SHIFT, knn_bytes_t);
    memcpy(q, &bytes, sizeof(bytes));

    t -= __builtin_convertvector(whole, knn_steps_t);
    coding->off += t * t;
    coding->own += whole * whole;
}


KNN_TARGET
static void
knn_name(knn_codes_code)(const double *x, const double *low, double per,
                         size_t n, int8_t *q, knn_coded_t *coded)
{
    size_t       i, j;
    double       rest[2][KNN_CODES_LANES] = {{0}};
    knn_coding_t coding = {.most = (knn_steps_t){0} + KNN_CODES_MOST};

    for (j = 0; j + KNN_CODES_LANES <= n; j += KNN_CODES_LANES) {
        knn_name(knn_codes_lanes)(x + j, low + j, per, q + j, &coding);
    }

    if (j < n) {
        memcpy(rest[0], x + j, (n - j) * sizeof(double));
        memcpy(rest[1], low + j, (n - j) * sizeof(double));
        knn_name(knn_codes_lanes)(rest[0], rest[1], per, q + j, &coding);
    }

    coded->off = 0;
    coded->most = 0;
    coded->own = 0;
    coded->whole = true;

    for (i = 0; i < KNN_CODES_LANES; i++) {
        coded->off += coding.off[i];
        coded->most =
            (coding.most[i] > coded->most) ? coding.most[i] : coded->most;
        coded->own += coding.own[i];
        coded->whole &= coding.parts[i] == 0;
    }
}


/* Puts the lower values into a. */
static inline KNN_TARGET __attribute__((always_inline)) void
knn_name(knn_squares_lower)(knn_squares_t *a, const knn_squares_t *b)
{
    knn_squares_t lower;

    lower = *b < *a;
    *a = (*b & lower) | (*a & ~lower);
}


KNN_TARGET
static int32_t
knn_name(knn_codes_enough)(const int32_t *squares, size_t n, size_t k)
{
    size_t               i, j;
    knn_squares_t        rank[2];
    const knn_squares_t *block;

    union {
        knn_squares_t block[2];
        int32_t       lane[KNN_CODES_ENOUGH];
    } least;

    block = (const knn_squares_t *) squares;

    for (i = 0; i < 2; i++) {
        least.block[i] = (knn_squares_t){0} + KNN_CODES_EMPTY;
        rank[i] = (knn_squares_t){0};
    }

    for (i = 0; i + 1 < n; i += 2) {
        knn_name(knn_squares_lower)(&least.block[0], &block[i]);
        knn_name(knn_squares_lower)(&least.block[1], &block[i + 1]);
    }

    if (i < n) {
        knn_name(knn_squares_lower)(&least.block[0], &block[i]);
    }

    /* minus the number of values that are below each; one block is first */

    for (j = 0; j < ((n == 1) ? KNN_CODES_ROWS : KNN_CODES_ENOUGH); j++) {
        rank[0] += least.lane[j] < least.block[0];
        rank[1] += least.lane[j] < least.block[1];
    }

    for (i = 0; i < 2; i++) {
        rank[i] = rank[i] > -(int32_t) k;
        least.block[i] = (least.block[i] & rank[i]) | (INT32_MIN & ~rank[i]);
    }

#pragma GCC unroll 8
    for (j = KNN_CODES_ROWS; j > 0; j /= 2) {
        for (i = 0; i < j; i++) {
            if (least.lane[i + j] > least.lane[i]) {
                least.lane[i] = least.lane[i + j];
            }
        }
    }

    return least.lane[0];
}
