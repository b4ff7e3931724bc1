
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Training rows a second time, of one byte a feature, with a bound of what
 * that is off: a search sweeps over them, and measures none but those rows
 * that the bound does not exclude.
 */


#ifndef KNN_CODES_H
#define KNN_CODES_H


#include "search.h"


/* blocks that are swept at once, as long as that is quick: 1024 rows */
#define KNN_CODES_SLICE 64

/* bytes that are swept at once, some 10 us */
#define KNN_CODES_WORK 0x40000


/* the codes of a model; a step is as long in each feature */
struct knn_codes_s {
    double         step;
    double         per;      /* 1 / step, as a double can be */
    bool           whole;    /* rows are integers, and exactly so many steps */
    size_t         n_blocks; /* of KNN_CODES_ROWS lanes of the model */
    size_t         n_groups; /* of KNN_CODES_GROUP features */
    size_t         n_slice;  /* blocks that are swept at once */
    const double  *low;      /* [features], what code 0 stands for */
    const uint8_t *codes;    /* [n_blocks][n_groups][rows][group] */
    const int32_t *sums;     /* [n_blocks][rows] */
    const float   *errors;   /* [n_blocks], of the worst row, in steps */
};


/* how far the search of one point has come among codes */
struct knn_probe_s {
    int8_t          *q;     /* its codes, up to a multiple of KNN_CODES_POINT */
    float            error; /* what they are off, in steps; infinite: too far */
    knn_reach_t      reach;
    size_t           block;     /* the next to be swept */
    bool             measured;  /* some are, and in the heap */
    bool             measuring; /* candidates, of which the list is full */
    size_t           next;      /* the next candidate to be measured */
    size_t           room;      /* of the list */
    size_t           settle; /* candidates from which on the reach is found */
    double           worst;  /* of the k-th row at last */
    double           spare;  /* the least distance that did not stay */
    bool             tied;   /* rows that stayed are as far as others */
    knn_candidates_t list;
};


/* one block, while it is made */
typedef struct {
    const knn_sweeps_t *sweeps;
    int8_t             *q;     /* of one row, as that of a point */
    uint8_t            *codes; /* [n_groups][rows][group], of 0 at first */
    int32_t            *sums;  /* [rows] */
    float               error;
} knn_codes_block_t;


/* Bytes that the codes of a point of n features take. */
static inline size_t
knn_codes_room(size_t n)
{
    return (n / KNN_CODES_POINT + 1) * KNN_CODES_POINT;
}


/* Whether a model is of the kind that can have codes. */
bool knn_codes_possible(const knn_parts_t *parts);

/*
 * Finds how long a step should be: model->codes stays NULL when none serves.
 * Then lays out points and their codes; -1 without memory.
 */
int knn_codes_frame(knn_model_t *model, const knn_parts_t *parts);
int knn_codes_build(knn_model_t *model, const knn_parts_t *parts);

/* How many blocks and groups there are of n rows of d features. */
void knn_codes_shape(knn_codes_t *codes, size_t n, size_t d);

/* Whether a frame that is given serves, and is what it is said to be. */
bool knn_codes_framed(const knn_codes_t *codes, const knn_parts_t *parts);

/* Codes one block of x, where rows are those of all lanes. */
void knn_codes_block(const knn_codes_t *codes, const knn_parts_t *parts,
                     const uint32_t *rows, size_t block, knn_codes_block_t *to);

/*
 * Codes a row or a point of n features, q being of knn_codes_room() bytes;
 * returns what that is off, in steps.
 */
double knn_codes_code(const knn_codes_t *codes, const knn_sweeps_t *sweeps,
                      const double *x, size_t n, int8_t *q, knn_coded_t *coded);

/* Whether all numbers are integers that can be subtracted exactly. */
bool knn_codes_whole(const double *x, size_t n);

/* Rounds up to a float, and by some more. */
float knn_codes_up(double error);

/* Codes the point and sets out. */
void knn_probe_begin(const knn_model_t *model, const double *q,
                     knn_search_t *search);

/* Lowers the reach to a distance from the point itself. */
void knn_probe_reach(knn_probe_t *probe, double dist);

/* Lowers it to the k-th upper bound, which is infinite without k candidates. */
float knn_probe_narrow(const knn_model_t *model, knn_search_t *search);

/* Drops candidates beyond; those with bounds that are enough come first. */
void knn_probe_sift(knn_probe_t *probe, float enough);

/* Lowers the reach and drops candidates beyond, which stay in their order. */
void knn_probe_settle(const knn_model_t *model, knn_search_t *search);

/* Whether there is room for the candidates of n more blocks. */
bool knn_probe_room(const knn_model_t *model, size_t n, knn_search_t *search);

/* The greatest error of n blocks. */
float knn_codes_error(const knn_codes_t *codes, size_t block, size_t n);

/* Finds a first reach, that of enough among the rows of n blocks. */
void knn_probe_first(const knn_model_t *model, size_t n, const int32_t *squares,
                     float error, knn_search_t *search);

/* Takes the squares of n blocks, as they are swept, and keeps candidates. */
void knn_probe_take(const knn_model_t *model, size_t block, size_t n,
                    const int32_t *squares, knn_search_t *search);


/* Sweeps for several points at once, whose candidates are measured later. */
bool knn_codes_group(const knn_model_t *model, knn_group_t *group);


/* for one point, from wherever its probe has come to */
extern const knn_way_t knn_way_codes;


#endif /* KNN_CODES_H */
