
/*
 * Copyright (C) nginx-knn contributors
 */


/* The memory of a query, behind the public structure. */


#ifndef KNN_QUERY_H
#define KNN_QUERY_H


#include "search.h"
#include "vote.h"


/* what a row needs while it is computed */
typedef struct {
    knn_search_t  search;
    knn_vote_t    vote;
    const double *q;      /* the point, NULL before a row is begun */
    double       *slots;  /* of the steps */
    double       *scaled; /* a point among a NearestCentroid's features */
} knn_scratch_t;


#endif /* KNN_QUERY_H */
