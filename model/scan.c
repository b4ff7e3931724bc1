
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>

#include "search.h"


/*
 * All blocks straight on, also those of a tree whose leaves have blocks for
 * themselves: of few rows it takes longer to find out which to leave out.
 */


/* Starts with an empty list before all lanes. */
static void
knn_scan_begin(const knn_model_t *model, const double *q, knn_search_t *search)
{
    (void) q;

    search->quick.size = 0;
    search->worst = INFINITY;

    search->next = 0;
    search->end = model->n_blocks * KNN_LANES;
}


/* Takes rows; it does not matter how many are left of the last ones. */
static bool
knn_scan_take(const knn_model_t *model, size_t first, size_t end,
              knn_search_t *search)
{
    return knn_quick_pick(model, first, end, search)
           && (search->next == search->end || search->quick.size <= KNN_ENOUGH
               || knn_quick_settle(model, search));
}


const knn_way_t knn_way_scan = {"scan",
                                knn_scan_begin,
                                knn_search_lanes,
                                knn_scan_take,
                                knn_quick_end,
                                NULL,
                                0};
