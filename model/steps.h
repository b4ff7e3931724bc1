
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * What is done to a row before the estimator sees it: scikit-learn's
 * preprocessing as a straight program over the slots of one work row.  The
 * inputs fill the first slots.  Every step reads a run of slots and writes
 * the next ones behind all that were written before it; those of the last
 * step are the estimator's features.
 *
 * A transformer of scikit-learn is one step or several, which keep the order
 * of its operations.
 */


#ifndef KNN_STEPS_H
#define KNN_STEPS_H


#include "arena.h"
#include "error.h"


/*
 * Beside each kind: its columns, which are counted from the first slot that
 * the step reads, and its numbers.  Where n_out is not named it is n_in.
 */
typedef enum {
    KNN_STEP_SELECT = 0, /* columns [n_out] */
    KNN_STEP_CONSTANT,   /* numbers [n_out]; n_in is 0 */
    KNN_STEP_ADD,        /* numbers [n_in] */
    KNN_STEP_SUBTRACT,   /* numbers [n_in] */
    KNN_STEP_MULTIPLY,   /* numbers [n_in] */
    KNN_STEP_DIVIDE,     /* numbers [n_in] */
    KNN_STEP_PRODUCT,    /* columns [n_out][2], what is multiplied */
    KNN_STEP_PROJECT,    /* numbers [n_out][n_in], a matrix */
    KNN_STEP_CLIP,       /* numbers [2], the least and the greatest */

    /* numbers [1]: a lesser norm is taken as 1 */
    KNN_STEP_NORM_L1,
    KNN_STEP_NORM_L2,
    KNN_STEP_NORM_L2_OLD, /* as numpy summed before 1.20 */
    KNN_STEP_NORM_MAX,
    KNN_STEP_NORM_MAX_OLD, /* with the sign that it has, before 0.23 */

    /* numbers [n_in], the exponents */
    KNN_STEP_BOX_COX,
    KNN_STEP_YEO_JOHNSON,
    KNN_STEP_YEO_JOHNSON_POWER, /* as scikit-learn had it before 1.9 */

    /*
     * numbers: how near to the first or last quantile is taken as on it, then
     * n references from 0 to 1, then [n_in][n] quantiles
     */
    KNN_STEP_QUANTILE,
    KNN_STEP_QUANTILE_NORMAL,

    /* 1 or 0 */
    KNN_STEP_ABOVE,   /* numbers [1]: whether it is greater */
    KNN_STEP_EQUAL,   /* columns [n_out], numbers [n_out]: whether equal */
    KNN_STEP_MISSING, /* numbers [n_in]: whether equal, NaN to NaN too */

    /* numbers [n_in], what is missing, and [n_in], what takes its place */
    KNN_STEP_IMPUTE,

    /*
     * columns [n_in], the number of each input's edges; numbers: what is
     * added to a value and to its own share first, then all edges, ascending
     */
    KNN_STEP_BIN,

    /*
     * columns [n_in], the number of each input's keys; numbers: all keys,
     * ascending and NaN last, then the code of each key, then [n_in] the codes
     * of values that are no key, infinite where these fail the row
     */
    KNN_STEP_ENCODE,

    KNN_STEP_KINDS
} knn_step_e;


typedef struct {
    knn_step_e      kind;
    const char     *name;    /* of the transformer, "StandardScaler" */
    bool            missing; /* NaN may come in */
    size_t          in;      /* the first slot that it reads */
    size_t          n_in;
    size_t          n_out;
    size_t          n_columns;
    const uint32_t *columns; /* [n_columns] */
    size_t          n_numbers;
    const double   *numbers; /* [n_numbers] */
} knn_step_t;


typedef struct {
    size_t               n_inputs; /* 0: there are no steps */
    const knn_feature_t *inputs;   /* [n_inputs], texts alone, or NULL */
    size_t               n_steps;
    const knn_step_t    *steps;
    size_t               n_names;
    const char *const   *names; /* [n_names], the transformers, for people */
} knn_steps_t;


/* How files spell a kind, "subtract"; KNN_STEP_KINDS for what is none. */
const char *knn_step_kind_name(knn_step_e kind);
knn_step_e  knn_step_kind_find(const char *data, size_t len);

/* The slots of a work row. */
size_t knn_steps_slots(const knn_steps_t *steps);

/* KNN_OK, or why these steps do not lead to so many features. */
knn_status_e knn_check_steps(const knn_steps_t *steps, size_t n_features,
                             knn_error_t *err);

/*
 * Fills features, one for each input of steps that were checked: what a row
 * may hold there follows from what the steps, and an estimator that may take
 * NaN, make of it.  With NULL it only checks that no text ends as a number.
 */
knn_status_e knn_steps_features(const knn_steps_t *steps, bool missing,
                                knn_feature_t *features, knn_error_t *err);

/* Copies steps, which the arena holds then; -1 when there is no memory. */
int knn_steps_copy(knn_arena_t *arena, const knn_steps_t *from,
                   knn_steps_t *to);

/*
 * Runs the steps over a work row whose first slots are the inputs; returns
 * the estimator's features, or NULL and err when a value has no code.
 */
const double *knn_steps_run(const knn_steps_t *steps, double *slots,
                            knn_error_t *err);

/*
 * The other way round: fills the slots before those of the last step, which
 * are the estimator's features, with what must have been there, and NaN where
 * that cannot be told.  An imputed value stays what took its place, a clipped
 * one what it was clipped at.
 */
void knn_steps_back(const knn_steps_t *steps, double *slots);

/* how an input that knn_steps_back() tells was reckoned */
typedef enum {
    KNN_BACK_NEVER = 0, /* it cannot be told */
    KNN_BACK_EXACT,
    KNN_BACK_LINEAR, /* shifted and scaled: as exact as a sum is */
    KNN_BACK_BENT    /* by powers or quantiles: as exact as a product is */
} knn_back_e;

/* Fills backs, one for each slot, those of the inputs first. */
void knn_steps_backs(const knn_steps_t *steps, knn_back_e *backs);


#endif /* KNN_STEPS_H */
