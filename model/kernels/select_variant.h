
/*
 * Copyright (C) nginx-knn contributors
 */


/* Of measured rows, those that may be near; one part of scan_variant.h. */


/*
 * Vectors of numbers half as wide.  The least values of 16 lanes are ranked by
 * the upper half of each, whose last bits become the lane's own number.
 */
#define knn_keys_t     knn_name(knn_keys)
#define KNN_KEYS_LANES (KNN_ENOUGH - 1)
#define KNN_KEYS_HIGH  (-((int64_t) 1 << 32))

typedef uint32_t knn_keys_t
    __attribute__((vector_size(8 * KNN_WIDTH), may_alias));


/* The lower values. */
knn_lanes_inline knn_vec_t
knn_name(knn_lower)(knn_vec_t a, knn_vec_t b)
{
#ifdef KNN_LEAST
    return KNN_LEAST(b, a); /* b may not be a number */
#else
    return knn_name(knn_above)(a, b, b, a);
#endif
}


/* A number that k of the values of two blocks of lanes are not above. */
knn_lanes_inline double
knn_name(knn_rank_keys)(const knn_vec_t *least, size_t k)
{
    size_t   i, j;
    uint32_t key;

    union {
        knn_keys_t vec[KNN_VECTORS];
        uint32_t   lane[KNN_ENOUGH];
    } keys, ranks;

    union {
        uint64_t bits;
        double   value;
    } end;

    for (i = 0; i < KNN_ENOUGH; i++) {
        ranks.lane[i] = (uint32_t) i;
    }

    for (i = 0; i < KNN_VECTORS; i++) {
        keys.vec[i] =
            (knn_keys_t) (((knn_vec_bits_t) least[i] & KNN_KEYS_HIGH)
                          | (knn_vec_bits_t) least[KNN_VECTORS + i] >> 32);
        keys.vec[i] = (keys.vec[i] & ~KNN_KEYS_LANES) | ranks.vec[i];
        ranks.vec[i] = (knn_keys_t){0};
    }

#pragma GCC unroll 16
    for (j = 0; j < KNN_ENOUGH; j++) {
        for (i = 0; i < KNN_VECTORS; i++) {
            ranks.vec[i] -= (knn_keys_t) (keys.lane[j] < keys.vec[i]);
        }
    }

    for (i = 0; i < KNN_VECTORS; i++) {
        keys.vec[i] &= (knn_keys_t) (ranks.vec[i] == (uint32_t) k - 1);
    }

    key = 0;

    for (i = 0; i < KNN_ENOUGH; i++) {
        key |= keys.lane[i];
    }

    end.bits = ((uint64_t) (key | KNN_KEYS_LANES) + 1) << 32;

    return (end.value < INFINITY) ? end.value : INFINITY;
}


KNN_TARGET
static double
knn_name(knn_enough)(const double *rdist, size_t n, size_t k)
{
    size_t           i;
    knn_vec_t        least[2 * KNN_RANKS];
    const knn_vec_t *vec;

    vec = (const knn_vec_t *) rdist;

    if (n <= 2) {
        return (n == 1) ? knn_name(knn_rank)(vec, 1, k)
                        : knn_name(knn_rank)(vec, 2, k);
    }

    /* four blocks at once, because one comparison waits for the last */

    for (i = 0; i < 2 * KNN_RANKS; i++) {
        least[i] = (i < n * KNN_VECTORS) ? vec[i] : knn_name(knn_all)(INFINITY);
    }

    for (n -= (n < 4) ? n : 4; n >= 4; n -= 4) {
        vec += 2 * KNN_RANKS;

        for (i = 0; i < 2 * KNN_RANKS; i++) {
            least[i] = knn_name(knn_lower)(least[i], vec[i]);
        }
    }

    vec += 2 * KNN_RANKS;

    for (i = 0; i < n * KNN_VECTORS; i++) {
        least[i] = knn_name(knn_lower)(least[i], vec[i]);
    }

    for (i = 0; i < KNN_RANKS; i++) {
        least[i] = knn_name(knn_lower)(least[i], least[KNN_RANKS + i]);
    }

    return knn_name(knn_rank_keys)(least, k);
}


/* lanes that are taken off a word at once */
#define KNN_PICKS 4


/* Which lanes of up to 8 blocks are not above limit. */
knn_lanes_inline uint64_t
knn_name(knn_word)(const double *rdist, size_t n, double limit)
{
    size_t   i;
    uint64_t word;

    word = 0;

    for (i = 0; i < n * KNN_VECTORS; i++) {
        word |= (uint64_t) KNN_MASK(rdist + i * KNN_WIDTH, limit)
                << (i * KNN_WIDTH);
    }

    return word;
}


KNN_TARGET
static bool
knn_name(knn_pick)(const double *rdist, const uint32_t *rows, size_t n,
                   double limit, knn_heap_t *list)
{
    size_t   i, b, size, lane;
    uint64_t word, last;

    for (/* void */; n > 0; n -= b) {
        b = (n < KNN_LANES) ? n : KNN_LANES;
        last = (uint64_t) 1 << (b * KNN_LANES - 1);

        word = knn_name(knn_word)(rdist, b, limit);
        size = list->size;
        list->size += (size_t) __builtin_popcountll(word);

        if (list->size > KNN_PICKED) {
            list->size = size;
            return false;
        }

        /* some too many: a branch for each would not be foreseen */

        do {
            for (i = 0; i < KNN_PICKS; i++) {
                lane = (size_t) __builtin_ctzll(word | last);
                word &= word - 1;

                list->values[size + i] = rdist[lane];
                list->rows[size + i] = rows[lane];
            }

            size += KNN_PICKS;
        } while (word != 0);

        rdist += b * KNN_LANES;
        rows += b * KNN_LANES;
    }

    return true;
}


/* Sorts pairs some of which are equal; returns which. */
static unsigned
knn_name(knn_order_ties)(const knn_heap_t *list, knn_heap_t *to)
{
    size_t   i, j;
    unsigned ties;

    for (i = 0; i < list->size; i++) {
        for (j = i; j > 0 && to->values[j - 1] > list->values[i]; j--) {
            to->values[j] = to->values[j - 1];
            to->rows[j] = to->rows[j - 1];
        }

        to->values[j] = list->values[i];
        to->rows[j] = list->rows[i];
    }

    ties = 0;

    for (i = 1; i < list->size; i++) {
        ties |= (unsigned) (to->values[i] == to->values[i - 1]) << i;
    }

    return ties;
}


/* Puts pairs of n vectors where they belong; returns the places in use. */
knn_lanes_inline unsigned
knn_name(knn_order_vectors)(const knn_heap_t *list, size_t n, knn_heap_t *to)
{
    size_t           i, j, place;
    unsigned         places;
    const knn_vec_t *vec;

    union {
        knn_vec_bits_t vec[KNN_RANKS];
        int64_t        lane[KNN_ENOUGH];
    } rank;

    vec = (const knn_vec_t *) list->values;

    for (i = 0; i < n; i++) {
        rank.vec[i] = (knn_vec_bits_t){0};
    }

#pragma GCC unroll 16
    for (j = 0; j < n * KNN_WIDTH; j++) {
#pragma GCC unroll 8
        for (i = 0; i < n; i++) {
            rank.vec[i] -= list->values[j] < vec[i];
        }
    }

    places = 0;

#pragma GCC unroll 16
    for (i = 0; i < n * KNN_WIDTH; i++) {
        place = (size_t) rank.lane[i];
        places |= 1u << place;

        to->values[place] = list->values[i];
        to->rows[place] = list->rows[i];
    }

    return places;
}


KNN_TARGET
static unsigned
knn_name(knn_order)(const knn_heap_t *list, knn_heap_t *to)
{
    size_t   i;
    bool     one;
    unsigned places, all;

    one = list->size <= KNN_LANES;
    all = (1u << list->size) - 1;

    for (i = list->size; i < (one ? KNN_LANES : KNN_ENOUGH); i++) {
        list->values[i] = INFINITY;
    }

    places = one ? knn_name(knn_order_vectors)(list, KNN_VECTORS, to)
                 : knn_name(knn_order_vectors)(list, KNN_RANKS, to);

    return ((places & all) == all) ? 0 : knn_name(knn_order_ties)(list, to);
}
