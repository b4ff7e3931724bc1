
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * NEON multiplies bytes that are both signed: those of rows are shifted as the
 * point's are, and what that takes off is the same for all rows.
 */


#if (__aarch64__)

#include <arm_neon.h>
#include <math.h>
#include <string.h>

#include "codes.h"
#include "processor.h"


#define KNN_VARIANT neon
#define KNN_TARGET
#include "codes_variant.h"


#define knn_codes_inline static inline __attribute__((always_inline))

/* registers of a block, and rows of one */
#define KNN_CODES_QUARTERS 4
#define KNN_CODES_QUARTER  (KNN_CODES_ROWS / KNN_CODES_QUARTERS)

/* bytes of one */
#define KNN_CODES_REGISTER 16


/* What the shift of the rows takes off the sum of products. */
static int32_t
knn_codes_shifted(const int8_t *q, size_t n_groups)
{
    size_t  i;
    int32_t sum;

    for (sum = 0, i = 0; i < n_groups * KNN_CODES_GROUP; i++) {
        sum += q[i];
    }

    return KNN_CODES_SHIFT * sum;
}


/* Four features of a point, for four rows. */
knn_codes_inline int8x16_t
knn_codes_point(const int8_t *q)
{
    int32_t point;

    memcpy(&point, q, KNN_CODES_GROUP);

    return vreinterpretq_s8_s32(vdupq_n_s32(point));
}


/* The codes of four rows, shifted. */
knn_codes_inline int8x16_t
knn_codes_load(const uint8_t *codes)
{
    return vreinterpretq_s8_u8(
        veorq_u8(vld1q_u8(codes), vdupq_n_u8(KNN_CODES_SHIFT)));
}


/* Makes squares of the sums of products of four rows. */
knn_codes_inline void
knn_codes_store(int32x4_t dots, int32_t shifted, const int32_t *sums,
                int32_t *squares)
{
    dots = vaddq_s32(dots, vdupq_n_s32(shifted));
    vst1q_s32(squares, vsubq_s32(vld1q_s32(sums), vshlq_n_s32(dots, 1)));
}


/* Adds the products of a group; every row has two halves. */
knn_codes_inline void
knn_codes_group(const uint8_t *codes, const int8_t *q, int32x4_t dots[][2])
{
    size_t    i;
    int8x16_t rows, point;

    point = knn_codes_point(q);

#pragma GCC unroll 4
    for (i = 0; i < KNN_CODES_QUARTERS; i++) {
        rows = knn_codes_load(codes + i * KNN_CODES_REGISTER);
        dots[i][0] = vpadalq_s16(
            dots[i][0], vmull_s8(vget_low_s8(rows), vget_low_s8(point)));
        dots[i][1] = vpadalq_s16(dots[i][1], vmull_high_s8(rows, point));
    }
}


static void
knn_codes_sweep_neon(const uint8_t *codes, const int32_t *sums, size_t n_groups,
                     size_t n, const int8_t *q, int32_t *squares)
{
    size_t    i, g;
    int32_t   shifted;
    int32x4_t dots[KNN_CODES_QUARTERS][2];

    shifted = knn_codes_shifted(q, n_groups);

    for (/* void */; n > 0; n--) {
        for (i = 0; i < KNN_CODES_QUARTERS; i++) {
            dots[i][0] = vdupq_n_s32(0);
            dots[i][1] = dots[i][0];
        }

        for (g = 0; g < n_groups; g++) {
            __builtin_prefetch(codes + KNN_CODES_AHEAD);
            knn_codes_group(codes, q + g * KNN_CODES_GROUP, dots);
            codes += KNN_CODES_BYTES;
        }

        for (i = 0; i < KNN_CODES_QUARTERS; i++) {
            knn_codes_store(vpaddq_s32(dots[i][0], dots[i][1]), shifted, sums,
                            squares);
            sums += KNN_CODES_QUARTER;
            squares += KNN_CODES_QUARTER;
        }
    }
}


/* Which of 16 squares are not above limit, four bits for each. */
knn_codes_inline uint64_t
knn_codes_near(const int32_t *squares, int32_t limit)
{
    size_t     i;
    int32x4_t  most;
    uint16x4_t near[KNN_CODES_QUARTERS];
    uint8x16_t lanes;

    most = vdupq_n_s32(limit);

    for (i = 0; i < KNN_CODES_QUARTERS; i++) {
        near[i] = vmovn_u32(
            vcleq_s32(vld1q_s32(squares + i * KNN_CODES_QUARTER), most));
    }

    lanes = vcombine_u8(vmovn_u16(vcombine_u16(near[0], near[1])),
                        vmovn_u16(vcombine_u16(near[2], near[3])));

    return vget_lane_u64(
        vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(lanes), 4)), 0);
}


static void
knn_codes_collect_neon(const int32_t *squares, const float *errors, size_t n,
                       knn_reach_t reach, uint32_t lane, knn_candidates_t *list)
{
    size_t   i, b;
    float    root, r;
    int32_t  limit;
    uint64_t near;

    for (b = 0; b < n; b++) {
        r = reach.most + errors[b];
        r = r * r;
        limit = (int32_t) ((r < KNN_CODES_LARGEST) ? r : KNN_CODES_LARGEST)
                - reach.own;

        near = knn_codes_near(squares, limit);

        while (near != 0) {
            i = (size_t) __builtin_ctzll(near) / 4;
            near &= ~((uint64_t) 0xf << 4 * i);

            root = sqrtf((float) (squares[i] + reach.own));

            list->lower[list->size] = root * KNN_CODES_LESS - errors[b];
            list->upper[list->size] = root * KNN_CODES_MORE + errors[b];
            list->lanes[list->size] = lane + (uint32_t) i;
            list->size++;
        }

        squares += KNN_CODES_ROWS;
        lane += KNN_CODES_ROWS;
    }
}


const knn_sweeps_t knn_sweeps_neon = {knn_codes_code_neon, knn_codes_sweep_neon,
                                      knn_codes_enough_neon,
                                      knn_codes_collect_neon};


#if (KNN_DOTPROD)

#define KNN_DOTPROD_TARGET __attribute__((target("arch=armv8.2-a+dotprod")))


/* Adds the products of a group to every other sum: one is a chain. */
static inline KNN_DOTPROD_TARGET __attribute__((always_inline)) void
knn_codes_dots(const uint8_t *codes, const int8_t *q, size_t odd,
               int32x4_t dots[][2])
{
    size_t    i;
    int8x16_t point;

    point = knn_codes_point(q);

#pragma GCC unroll 4
    for (i = 0; i < KNN_CODES_QUARTERS; i++) {
        dots[i][odd] =
            vdotq_s32(dots[i][odd],
                      knn_codes_load(codes + i * KNN_CODES_REGISTER), point);
    }
}


KNN_DOTPROD_TARGET
static void
knn_codes_sweep_dotprod(const uint8_t *codes, const int32_t *sums,
                        size_t n_groups, size_t n, const int8_t *q,
                        int32_t *squares)
{
    size_t    i, g;
    int32_t   shifted;
    int32x4_t dots[KNN_CODES_QUARTERS][2];

    shifted = knn_codes_shifted(q, n_groups);

    for (/* void */; n > 0; n--) {
        for (i = 0; i < KNN_CODES_QUARTERS; i++) {
            dots[i][0] = vdupq_n_s32(0);
            dots[i][1] = dots[i][0];
        }

        for (g = 0; g + 1 < n_groups; g += 2) {
            __builtin_prefetch(codes + KNN_CODES_AHEAD);
            __builtin_prefetch(codes + KNN_CODES_AHEAD + KNN_CODES_BYTES);

            knn_codes_dots(codes, q + g * KNN_CODES_GROUP, 0, dots);
            knn_codes_dots(codes + KNN_CODES_BYTES,
                           q + (g + 1) * KNN_CODES_GROUP, 1, dots);

            codes += 2 * KNN_CODES_BYTES;
        }

        if (g < n_groups) {
            knn_codes_dots(codes, q + g * KNN_CODES_GROUP, 0, dots);
            codes += KNN_CODES_BYTES;
        }

        for (i = 0; i < KNN_CODES_QUARTERS; i++) {
            knn_codes_store(vaddq_s32(dots[i][0], dots[i][1]), shifted, sums,
                            squares);
            sums += KNN_CODES_QUARTER;
            squares += KNN_CODES_QUARTER;
        }
    }
}


const knn_sweeps_t knn_sweeps_dotprod = {
    knn_codes_code_neon, knn_codes_sweep_dotprod, knn_codes_enough_neon,
    knn_codes_collect_neon};

#endif

#endif
