
/*
 * Copyright (C) nginx-knn contributors
 */


/* The memory of a query, behind the public structure. */


#ifndef KNN_QUERY_H
#define KNN_QUERY_H


#include "search.h"
#include "vote.h"


/* the most doubles of what the steps make of a group */
#define KNN_GROUP_POINTS 0x20000


/* rows that are searched for together */
typedef struct {
    size_t      size;   /* the most */
    size_t      first;  /* of the group, the query's row */
    size_t      end;    /* behind the last one whose point is there */
    bool        full;   /* no more rows come into the group */
    bool        seen;   /* the way has seen them all at once */
    double     *points; /* [size][features], NULL without steps */
    knn_group_t group;
} knn_rows_t;


/* what a row needs while it is computed */
typedef struct {
    knn_search_t  search;
    knn_vote_t    vote;
    const double *q;      /* the point, NULL before a row is begun */
    double       *slots;  /* of the steps */
    double       *scaled; /* a point among a NearestCentroid's features */
    knn_rows_t   *rows;   /* NULL: one by one */
} knn_scratch_t;


/* What the steps make of a row; NULL when the estimator cannot take it. */
const double *knn_query_point(knn_query_t *query, size_t row);

/*
 * Turns to a row of a group; false when its search cannot go on yet, or the
 * estimator cannot take the row.
 */
bool knn_query_turn(knn_query_t *query, size_t row, knn_scratch_t *scratch);


#endif /* KNN_QUERY_H */
