
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * A good file must be good on every machine, but the last bit of pow() or
 * sin() is not the same on all of them.  A row becomes a golden query only if
 * its answer does not depend on such: asked with inputs that are off by a
 * billionth, to either side, all must stay the same but distances and values,
 * which may differ by a millionth.  So no tie decides an answer, unless of
 * rows that are equal to each other.
 */


#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "golden_ask.h"
#include "golden_rows.h"


/* multiplications that replaying them may take: some hundredths of a second */
#define KNN_GOLDEN_BUDGET 0x4000000

/* rows that are tried for each query that is wanted */
#define KNN_GOLDEN_TRIES 8

/* what inputs are off by, relatively, and in how many ways */
#define KNN_GOLDEN_OFF  1e-9
#define KNN_GOLDEN_WAYS 6

/* Knuth's multiplier for random numbers */
#define KNN_GOLDEN_RANDOM 6364136223846793005u


/* queries while they are made */
typedef struct {
    const knn_model_t *model;
    const knn_parts_t *parts;
    knn_golden_t      *golden;

    size_t   most;   /* queries that there is time for */
    void    *memory; /* of a query */
    bool    *keys;   /* [slots] */
    double  *slots;  /* of a work row */
    double  *off;    /* [inputs] */
    double  *x;      /* these are golden's */
    int64_t *classes;
    double  *values;
    int64_t *first;
    int64_t *indices;
    double  *distances;
    double  *novelty;
} knn_gold_t;


/* How many queries there is time for. */
static size_t
knn_gold_most(const knn_model_t *model)
{
    double queries;

    queries = KNN_GOLDEN_BUDGET
              / ((double) model->info.n_samples
                 * (double) model->space.n_features * model->metric->cost);

    if (queries >= KNN_GOLDEN_QUERIES) {
        return KNN_GOLDEN_QUERIES;
    }

    return (queries < 1) ? 1 : (size_t) queries;
}


/* Memory for the most queries, as far as the model serves them. */
static bool
knn_gold_alloc(knn_arena_t *arena, knn_gold_t *gold)
{
    size_t                  n, inputs, slots;
    unsigned                outputs;
    const knn_model_info_t *info;

    n = gold->most;
    info = &gold->model->info;
    inputs = info->n_features;
    slots = knn_steps_slots(&gold->parts->steps) + inputs;
    outputs = knn_golden_outputs(gold->model);

    gold->keys = knn_arena_array(arena, slots, sizeof(bool));
    gold->slots = knn_arena_array(arena, slots, sizeof(double));
    gold->off = knn_arena_array(arena, inputs, sizeof(double));
    gold->x = knn_arena_array(arena, n * inputs, sizeof(double));

    if (gold->keys == NULL || gold->slots == NULL || gold->off == NULL
        || gold->x == NULL)
    {
        return false;
    }

    n = gold->most * info->n_outputs;

    gold->classes = knn_arena_array(arena, n, sizeof(int64_t));
    gold->values = knn_arena_array(arena, n, sizeof(double));

    if (gold->classes == NULL || gold->values == NULL) {
        return false;
    }

    n = gold->most * KNN_GOLDEN_NEIGHBORS;

    gold->first = knn_arena_array(arena, gold->most + 1, sizeof(int64_t));
    gold->indices = knn_arena_array(arena, n, sizeof(int64_t));
    gold->distances = knn_arena_array(arena, n, sizeof(double));
    gold->novelty = knn_arena_array(arena, gold->most, sizeof(double));

    if (gold->first == NULL || gold->indices == NULL || gold->distances == NULL
        || gold->novelty == NULL)
    {
        return false;
    }

    gold->golden->x = gold->x;

    if (outputs & KNN_PREDICT) {
        gold->golden->classes = info->regressor ? NULL : gold->classes;
        gold->golden->values = info->regressor ? gold->values : NULL;
    }

    if (outputs & KNN_KNEIGHBORS) {
        gold->golden->first = gold->first;
        gold->golden->indices = gold->indices;
        gold->golden->distances = gold->distances;
        gold->golden->novelty = gold->novelty;
    }

    return true;
}


/* Writes down the answer of the next query. */
static void
knn_gold_note(knn_gold_t *gold, const knn_query_t *query)
{
    size_t i, n, row, n_outputs;

    row = gold->golden->n;
    n_outputs = gold->model->info.n_outputs;

    for (i = 0; i < n_outputs; i++) {
        if (query->classes != NULL) {
            gold->classes[row * n_outputs + i] = (int32_t) query->classes[i];
        }

        if (query->values != NULL) {
            gold->values[row * n_outputs + i] = query->values[i];
        }
    }

    if (query->indices == NULL) {
        return;
    }

    n = knn_golden_count(query);

    memcpy(gold->indices + gold->first[row], query->indices,
           n * sizeof(int64_t));
    memcpy(gold->distances + gold->first[row], query->distances,
           n * sizeof(double));

    gold->first[row + 1] = gold->first[row] + (int64_t) n;
    gold->novelty[row] = query->novelty[0];
}


/* Makes inputs that are off; every other way is opposite to the one before. */
static void
knn_gold_off(knn_gold_t *gold, const double *x, size_t way)
{
    size_t   i;
    double   off;
    uint64_t random;

    random = way / 2 + 1;

    for (i = 0; i < gold->model->info.n_features; i++) {
        random = random * KNN_GOLDEN_RANDOM + 1;

        off = (random >> 63 == way % 2) ? KNN_GOLDEN_OFF : -KNN_GOLDEN_OFF;

        gold->off[i] = (gold->keys[i] || gold->model->kind == KNN_HAMMING)
                           ? x[i]
                           : x[i] * (1 + off);
    }
}


/* Takes the next query, unless its answer hangs on the last bits. */
static void
knn_gold_try(knn_gold_t *gold, const double *x)
{
    size_t             i;
    knn_error_t        err;
    const knn_query_t *query;

    query = knn_golden_ask(gold->model, gold->memory, x);

    if (query->done == 0) {
        return;
    }

    knn_gold_note(gold, query);

    for (i = 0; i < KNN_GOLDEN_WAYS; i++) {
        knn_gold_off(gold, x, i);
        query = knn_golden_ask(gold->model, gold->memory, gold->off);

        if (query->done == 0
            || knn_golden_compare(query, gold->golden, gold->golden->n, &err)
                   != KNN_OK)
        {
            return;
        }
    }

    gold->golden->n++;
}


knn_status_e
knn_golden_make(knn_arena_t *arena, const knn_model_t *model,
                const knn_parts_t *parts, knn_golden_t *golden,
                knn_error_t *err)
{
    size_t     i, tries;
    double    *x;
    knn_gold_t gold;

    memset(golden, 0, sizeof(knn_golden_t));
    memset(&gold, 0, sizeof(knn_gold_t));

    gold.model = model;
    gold.parts = parts;
    gold.golden = golden;
    gold.most = knn_gold_most(model);
    gold.memory = knn_golden_memory(model);

    if (gold.memory == NULL || !knn_gold_alloc(arena, &gold)) {
        free(gold.memory);
        return knn_error(err, KNN_NO_MEMORY, "no memory for golden queries");
    }

    knn_golden_keys(&parts->steps, gold.keys);
    tries = KNN_GOLDEN_TRIES * gold.most;

    for (i = 0; i < tries && golden->n < gold.most; i++) {
        x = gold.x + golden->n * model->info.n_features;
        knn_golden_row(model, parts, i, tries, gold.slots, x);
        knn_gold_try(&gold, x);
    }

    free(gold.memory);

    if (golden->first != NULL) {
        golden->n_indices = (size_t) golden->first[golden->n];
    }

    return KNN_OK;
}
