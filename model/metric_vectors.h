
/*
 * Copyright (C) nginx-knn contributors
 */


/* Vectors of numbers; one part of metric_lanes.h. */


#define knn_lanes_inline static inline KNN_TARGET __attribute__((always_inline))

#define knn_vec_t        knn_name(knn_vec)
#define knn_vec_bits_t   knn_name(knn_vec_bits)


typedef double knn_vec_t __attribute__((vector_size(8 * KNN_WIDTH), may_alias));
typedef int64_t knn_vec_bits_t
    __attribute__((vector_size(8 * KNN_WIDTH), may_alias));


/* Absolute values. */
knn_lanes_inline knn_vec_t
knn_name(knn_abs)(knn_vec_t x)
{
    return (knn_vec_t) ((knn_vec_bits_t) x & INT64_MAX);
}


/* x where the mask is set, and 0 elsewhere. */
knn_lanes_inline knn_vec_t
knn_name(knn_where)(knn_vec_bits_t mask, knn_vec_t x)
{
    return (knn_vec_t) (mask & (knn_vec_bits_t) x);
}


/*
 * x where a is above b, and y elsewhere.  With the mask as an argument the
 * compiler would not make one instruction of it.
 */
knn_lanes_inline knn_vec_t
knn_name(knn_above)(knn_vec_t a, knn_vec_t b, knn_vec_t x, knn_vec_t y)
{
    knn_vec_bits_t above;

    above = a > b;

    return (knn_vec_t) (((knn_vec_bits_t) x & above)
                        | ((knn_vec_bits_t) y & ~above));
}


/* The same number in all lanes. */
knn_lanes_inline knn_vec_t
knn_name(knn_all)(double x)
{
    return x - (knn_vec_t){0};
}


/* Powers. */
knn_lanes_inline knn_vec_t
knn_name(knn_pow)(knn_vec_t x, double p)
{
    size_t i;

    for (i = 0; i < KNN_WIDTH; i++) {
        x[i] = pow(x[i], p);
    }

    return x;
}
