
/*
 * Copyright (C) nginx-knn contributors
 */


/* Transformers that choose columns. */


#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "sklearn_step.h"


/*
 * VarianceThreshold lets NaN pass, and FunctionTransformer does not look at
 * the data unless it is told to
 */
#define KNN_SELECT_LENIENT 22


typedef struct {
    double score;
    size_t column;
} knn_score_t;


/* Keeps the columns that are marked. */
static knn_status_e
knn_select_kept(knn_program_t *program, bool missing, const bool *kept,
                knn_block_t *block)
{
    size_t    i, n;
    uint32_t *columns;

    columns = knn_program_columns(program, block->n);

    if (columns == NULL || kept == NULL) {
        return program->err->status;
    }

    for (i = 0, n = 0; i < block->n; i++) {
        if (kept[i]) {
            columns[n++] = (uint32_t) i;
        }
    }

    return knn_program_select(program, missing, columns, n, block);
}


/* Marks for each column; NULL and the error without memory. */
static bool *
knn_select_marks(knn_program_t *program, size_t n)
{
    bool *marks;

    marks = knn_arena_array(program->arena, n, sizeof(bool));

    if (marks == NULL) {
        (void) knn_error(program->err, KNN_LIMIT,
                         "needs more memory than allowed");
    }

    return marks;
}


/* An array of numbers, which tells the width too. */
static const double *
knn_select_vector(knn_program_t *program, knn_fitted_t *fitted,
                  const char *name, knn_block_t *block)
{
    size_t n;

    if (knn_fitted_size(fitted, name, 0, &n) != KNN_OK
        || knn_program_width(program, fitted, block, n) != KNN_OK)
    {
        return NULL;
    }

    return knn_fitted_vector(fitted, name, n);
}


knn_status_e
knn_transform_function(knn_program_t *program, knn_fitted_t *fitted,
                       knn_block_t *block)
{
    bool               validate;
    char               buf[KNN_QUOTE_SIZE];
    size_t             i;
    bool              *kept;
    const knn_value_t *func;

    validate = knn_fitted_release(fitted) < KNN_SELECT_LENIENT;
    func = knn_fitted_find(fitted, "func");

    if (func != NULL && func->type != KNN_VALUE_NONE) {
        return knn_fitted_fail(fitted, "func", KNN_UNSUPPORTED,
                               "is %s, and functions are never called; "
                               "transform the data with it, fit on the result "
                               "and dump that",
                               knn_value_kind(func, buf, sizeof(buf)));
    }

    if (knn_fitted_flag(fitted, "validate", &validate) != KNN_OK
        || knn_program_any_width(program, fitted, block) != KNN_OK)
    {
        return program->err->status;
    }

    kept = validate ? knn_select_marks(program, block->n) : NULL;

    for (i = 0; kept != NULL && i < block->n; i++) {
        kept[i] = true;
    }

    return validate ? knn_select_kept(program, false, kept, block) : KNN_OK;
}


knn_status_e
knn_transform_variance(knn_program_t *program, knn_fitted_t *fitted,
                       knn_block_t *block)
{
    bool         *kept;
    size_t        i;
    double        threshold;
    const double *variances;

    variances = knn_select_vector(program, fitted, "variances_", block);

    if (variances == NULL
        || knn_fitted_number(fitted, "threshold", &threshold) != KNN_OK)
    {
        return program->err->status;
    }

    kept = knn_select_marks(program, block->n);

    for (i = 0; kept != NULL && i < block->n; i++) {
        kept[i] = variances[i] > threshold;
    }

    return knn_select_kept(
        program, knn_fitted_release(fitted) >= KNN_SELECT_LENIENT, kept, block);
}


knn_status_e
knn_transform_support(knn_program_t *program, knn_fitted_t *fitted,
                      knn_block_t *block)
{
    bool         *kept;
    size_t        i;
    const double *support;

    support = knn_select_vector(program, fitted, "support_", block);

    if (support == NULL) {
        return program->err->status;
    }

    kept = knn_select_marks(program, block->n);

    for (i = 0; kept != NULL && i < block->n; i++) {
        kept[i] = support[i] != 0;
    }

    return knn_select_kept(program, false, kept, block);
}


/* By score, and by column where scores are equal. */
static int
knn_select_order(const void *a, const void *b)
{
    const knn_score_t *one, *other;

    one = a;
    other = b;

    if (one->score != other->score) {
        return (one->score < other->score) ? -1 : 1;
    }

    return (one->column > other->column) - (one->column < other->column);
}


/* The scores in ascending order; those that are NaN are the least ones. */
static knn_score_t *
knn_select_scores(knn_program_t *program, knn_fitted_t *fitted,
                  knn_block_t *block)
{
    size_t        i;
    knn_score_t  *sorted;
    const double *scores;

    scores = knn_select_vector(program, fitted, "scores_", block);

    if (scores == NULL) {
        return NULL;
    }

    sorted = knn_arena_array(program->arena, block->n, sizeof(knn_score_t));

    if (sorted == NULL) {
        (void) knn_error(program->err, KNN_LIMIT,
                         "needs more memory than allowed");
        return NULL;
    }

    for (i = 0; i < block->n; i++) {
        sorted[i].score = isnan(scores[i]) ? -DBL_MAX : scores[i];
        sorted[i].column = i;
    }

    qsort(sorted, block->n, sizeof(knn_score_t), knn_select_order);

    return sorted;
}


knn_status_e
knn_transform_k_best(knn_program_t *program, knn_fitted_t *fitted,
                     knn_block_t *block)
{
    bool              *kept;
    size_t             i;
    int64_t            k;
    knn_score_t       *sorted;
    const knn_value_t *value;

    value = knn_fitted_need(fitted, "k");
    sorted = (value == NULL) ? NULL : knn_select_scores(program, fitted, block);

    if (sorted == NULL) {
        return program->err->status;
    }

    k = (int64_t) block->n;

    if (!knn_value_is(value, "all")
        && knn_fitted_integer(fitted, "k", &k) != KNN_OK)
    {
        return program->err->status;
    }

    kept = knn_select_marks(program, block->n);

    for (i = 0; kept != NULL && i < block->n; i++) {
        kept[sorted[i].column] = (int64_t) (block->n - i) <= k;
    }

    return knn_select_kept(program, false, kept, block);
}


/* The score below which so many percent of the scores are. */
static double
knn_select_threshold(const knn_score_t *sorted, size_t n, double percent)
{
    size_t low;
    double at, share, step;

    at = percent / 100 * (double) (n - 1);
    low = (size_t) at;

    if (low >= n - 1) {
        return sorted[n - 1].score;
    }

    share = at - (double) low;
    step = sorted[low + 1].score - sorted[low].score;

    return (share < 0.5) ? sorted[low].score + step * share
                         : sorted[low + 1].score - step * (1 - share);
}


knn_status_e
knn_transform_percentile(knn_program_t *program, knn_fitted_t *fitted,
                         knn_block_t *block)
{
    bool        *kept;
    size_t       i, most, n;
    double       percent, threshold;
    knn_score_t *sorted;

    sorted = knn_select_scores(program, fitted, block);

    if (sorted == NULL
        || knn_fitted_number(fitted, "percentile", &percent) != KNN_OK)
    {
        return program->err->status;
    }

    if (!(percent > 0 && percent <= 100)) {
        return knn_fitted_fail(fitted, "percentile", KNN_INCONSISTENT,
                               "is %g, it must be above 0 and up to 100",
                               percent);
    }

    kept = knn_select_marks(program, block->n);

    if (kept == NULL) {
        return program->err->status;
    }

    threshold = knn_select_threshold(sorted, block->n, 100 - percent);
    most = (size_t) ((double) block->n * percent / 100);
    n = 0;

    for (i = 0; i < block->n; i++) {
        kept[sorted[i].column] = sorted[i].score > threshold || percent >= 100;
        n += kept[sorted[i].column] ? 1 : 0;
    }

    /* of those on the threshold, the first columns, as many as there is room */

    for (i = 0; i < block->n && n < most; i++) {
        if (sorted[i].score == threshold && !kept[sorted[i].column]) {
            kept[sorted[i].column] = true;
            n++;
        }
    }

    return knn_select_kept(program, false, kept, block);
}
