
/*
 * Copyright (C) nginx-knn contributors
 */


/* The radius as what searches compare, a reduced distance. */


#include <math.h>
#include <string.h>

#include "search.h"


/* The number of that place in the order of all numbers, 0 at place 0. */
static double
knn_radius_number(int64_t place)
{
    double number;

    if (place < 0) {
        place = INT64_MIN - place;
    }

    memcpy(&number, &place, sizeof(double));

    return number;
}


/*
 * The largest reduced distance whose distance is not above the radius, by
 * halving the range of numbers; a cosine's is -1 to 1.
 */
static double
knn_radius_largest(const knn_model_t *model)
{
    bool    cosine;
    double  most;
    int64_t low, high, middle;

    cosine = (model->kind == KNN_COSINE);
    most = cosine ? 1.5 : INFINITY;

    memcpy(&high, &most, sizeof(double));
    low = cosine ? -high : 0;

    while (high - low > 1) {
        middle = low + (high - low) / 2;

        if (model->metric->to_dist(&model->space, knn_radius_number(middle))
            <= model->radius)
        {
            low = middle;
        }
        else {
            high = middle;
        }
    }

    return knn_radius_number(low);
}


/*
 * The older brute force compares distances, all else reduced ones; squares of
 * euclidean ones they both compare.
 */
double
knn_radius_limit(const knn_model_t *model)
{
    return (model->lowest && model->kind != KNN_EUCLIDEAN)
               ? knn_radius_largest(model)
               : model->metric->to_rdist(&model->space, model->radius);
}
