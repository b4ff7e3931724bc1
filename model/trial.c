
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "trial.h"


/* ns that all of it may take */
#define KNN_TRIAL_TIME 2e7

/* points of a round */
#define KNN_TRIAL_POINTS 32

/* a way that takes so much longer than the best is given up */
#define KNN_TRIAL_HOPELESS 4.0

/* what is faster by less is not: the first of those wins */
#define KNN_TRIAL_CLOSE 0.95


typedef struct {
    knn_trial_t  *trials;
    size_t        n;
    bool          given_up[KNN_TRIALS];
    const double *x; /* [n_rows][features] */
    size_t        n_rows;
    size_t        d;
    double       *points; /* [KNN_TRIAL_POINTS][features] */
    uint64_t      seed;
} knn_trials_t;


/* The time, in ns. */
static double
knn_trial_now(void)
{
    struct timespec now;

    (void) clock_gettime(CLOCK_MONOTONIC, &now);

    return (double) now.tv_sec * 1e9 + (double) now.tv_nsec;
}


/* A row by chance, the same ones each time. */
static const double *
knn_trial_row(knn_trials_t *t)
{
    t->seed = t->seed * 6364136223846793005u + 1442695040888963407u;

    return t->x + (t->seed >> 33) % t->n_rows * t->d;
}


/* Points near a row, a little on the way to another one. */
static void
knn_trial_points(knn_trials_t *t, size_t n)
{
    size_t        i, j;
    const double *a, *b;

    for (i = 0; i < n; i++) {
        a = knn_trial_row(t);
        b = knn_trial_row(t);

        for (j = 0; j < t->d; j++) {
            t->points[i * t->d + j] = a[j] * 0.95 + b[j] * 0.05;
        }
    }
}


/* What a way takes for points. */
static double
knn_trial_time(const knn_trials_t *t, knn_trial_t *trial, size_t n)
{
    size_t        i;
    double        start;
    knn_search_t *search;

    search = &trial->scratch->search;
    start = knn_trial_now();

    for (i = 0; i < n; i++) {
        search->left = INT64_MAX;
        (void) knn_search(&trial->model, t->points + i * t->d, search);
    }

    return knn_trial_now() - start;
}


/* What a query of the best takes; gives up the ways that are far worse. */
static double
knn_trials_sift(knn_trials_t *t)
{
    size_t i;
    double took, best;

    best = INFINITY;
    knn_trial_points(t, 4);

    for (i = 0; i < t->n; i++) {
        took = knn_trial_time(t, &t->trials[i], 1);

        /* the first one is slower, which matters where all are fast */

        if (took < KNN_TRIAL_TIME / (double) (4 * t->n)) {
            took = knn_trial_time(t, &t->trials[i], 3) / 3;
        }

        t->trials[i].took[0] = took * t->trials[i].scale;
        best = fmin(best, t->trials[i].took[0]);
    }

    for (i = 0; i < t->n; i++) {
        t->given_up[i] = t->trials[i].took[0] > best * KNN_TRIAL_HOPELESS;
    }

    return best;
}


/* The order of numbers, for qsort(). */
static int
knn_trial_compare(const void *a, const void *b)
{
    double x, y;

    x = *(const double *) a;
    y = *(const double *) b;

    return (x > y) - (x < y);
}


/* Rounds in which all ways look for the same points, if there is time. */
static size_t
knn_trials_rounds(knn_trials_t *t, double best)
{
    size_t       i, n, round;
    double       start;
    knn_trial_t *trial;

    if (best * (double) t->n > KNN_TRIAL_TIME) {
        return 1;
    }

    start = knn_trial_now();
    n = (size_t) fmin(KNN_TRIAL_TIME
                          / (best * (double) (t->n * KNN_TRIAL_ROUNDS)),
                      KNN_TRIAL_POINTS);
    n = (n > 0) ? n : 1;

    for (round = 0; round < KNN_TRIAL_ROUNDS; round++) {
        if (round > 0 && knn_trial_now() - start > KNN_TRIAL_TIME) {
            break;
        }

        knn_trial_points(t, n);

        for (i = 0; i < t->n; i++) {
            trial = &t->trials[(i + round) % t->n];

            if (!t->given_up[(i + round) % t->n]) {
                trial->took[round] = knn_trial_time(t, trial, n) * trial->scale;
            }
        }
    }

    return round;
}


/* The way with the least median. */
static size_t
knn_trials_fastest(knn_trials_t *t, size_t rounds)
{
    size_t  i, fastest;
    double *took, least;

    least = INFINITY;
    fastest = 0;

    for (i = 0; i < t->n; i++) {
        if (t->given_up[i]) {
            continue;
        }

        took = t->trials[i].took;
        qsort(took, rounds, sizeof(double), knn_trial_compare);

        if (took[rounds / 2] < least * KNN_TRIAL_CLOSE) {
            least = took[rounds / 2];
            fastest = i;
        }
    }

    return fastest;
}


/* Memory for the queries of a way. */
static int
knn_trial_init(knn_arena_t *arena, knn_trial_t *trial)
{
    void        *memory;
    size_t       size;
    unsigned     outputs;
    knn_query_t *query;

    outputs =
        (trial->model.info.serves & KNN_PREDICT) ? KNN_PREDICT : KNN_KNEIGHBORS;
    size = knn_query_size(&trial->model, 1, outputs);
    memory = knn_arena_alloc(arena, size);

    if (memory == NULL) {
        return -1;
    }

    query = knn_query_init(memory, &trial->model, NULL, 1, outputs);
    trial->scratch = query->scratch;

    return 0;
}


int
knn_trials_run(knn_trial_t *trials, size_t n, const double *x, size_t n_rows,
               size_t *fastest)
{
    int          rc;
    size_t       i;
    knn_arena_t *arena;
    knn_trials_t t;

    arena = knn_arena_create(SIZE_MAX);

    if (arena == NULL) {
        return -1;
    }

    t = (knn_trials_t){.trials = trials, .n = n, .x = x, .n_rows = n_rows};
    t.d = trials->model.space.n_features;
    t.points = knn_arena_array(arena, KNN_TRIAL_POINTS * t.d, sizeof(double));

    rc = (t.points == NULL) ? -1 : 0;

    for (i = 0; i < n && rc == 0; i++) {
        rc = knn_trial_init(arena, &trials[i]);
    }

    if (rc == 0) {
        *fastest =
            knn_trials_fastest(&t, knn_trials_rounds(&t, knn_trials_sift(&t)));
    }

    knn_arena_destroy(arena);

    return rc;
}
