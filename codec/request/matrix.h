
/*
 * Copyright (C) nginx-knn contributors
 */


/* The matrix that rows are read into, and the first fault in them. */


#ifndef KNN_MATRIX_H
#define KNN_MATRIX_H


#include "request.h"


typedef struct knn_matrix_s knn_matrix_t;

/* Takes the rows that are there and sets rows.rows to 0. */
typedef knn_status_e (*knn_flush_pt)(void *ctx, knn_matrix_t *matrix);


struct knn_matrix_s {
    knn_request_options_t options;
    knn_rows_t            rows;

    double *row;      /* the one that is being read */
    size_t  column;   /* values that it has so far */
    size_t  columns;  /* values that it shall have */
    size_t  capacity; /* rows */

    knn_flush_pt flush; /* when full; NULL: that is a fault */
    void        *flush_ctx;
    size_t       flushed; /* rows that are gone */
};


/* a place in the body: the names and indices on the way to it */
#define KNN_PLACE_STEPS 5

typedef struct {
    size_t n;

    struct {
        const char *name;   /* or NULL for an index */
        size_t      number; /* of the name's bytes, or the index */
    } steps[KNN_PLACE_STEPS];
} knn_place_t;


void knn_matrix_init(knn_matrix_t                *matrix,
                     const knn_request_options_t *options);

/* Takes memory for just so many rows, if the limit allows them. */
knn_status_e knn_matrix_reserve(knn_matrix_t *matrix, size_t rows,
                                const knn_place_t *place);

/* Makes room for a row in a matrix that is full. */
knn_status_e knn_matrix_room(knn_matrix_t *matrix, const knn_place_t *place);

/* Refuses a row for the number of its values. */
knn_status_e knn_matrix_ragged(knn_matrix_t *matrix, const knn_place_t *place);

/* Records a fault, unless one is there; place may be NULL.  Returns status. */
knn_status_e knn_matrix_fail(knn_matrix_t *matrix, knn_status_e status,
                             const knn_place_t *place, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));


/* Goes on to a member. */
static inline void
knn_place_name(knn_place_t *place, const char *name, size_t size)
{
    place->steps[place->n].name = name;
    place->steps[place->n].number = size;
    place->n++;
}


/* Goes on to an element. */
static inline void
knn_place_index(knn_place_t *place, size_t index)
{
    place->steps[place->n].name = NULL;
    place->steps[place->n].number = index;
    place->n++;
}


/* True if there is no room for a row. */
static inline bool
knn_matrix_full(const knn_matrix_t *matrix)
{
    return matrix->rows.rows == matrix->capacity;
}


/* The memory of the row behind those that were read. */
static inline double *
knn_matrix_next(const knn_matrix_t *matrix)
{
    return matrix->rows.x + matrix->rows.rows * matrix->columns;
}


/* Begins a row, for which there is room. */
static inline void
knn_matrix_begin(knn_matrix_t *matrix)
{
    matrix->row = knn_matrix_next(matrix);
    matrix->column = 0;
}


/* The number of the row that is being read, from 0. */
static inline size_t
knn_matrix_row(const knn_matrix_t *matrix)
{
    return matrix->flushed + matrix->rows.rows;
}


#endif /* KNN_MATRIX_H */
