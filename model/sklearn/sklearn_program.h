
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Fitted transformers while they become the steps of a model: a program that
 * grows behind a block of features, the running place between two steps.
 */


#ifndef KNN_SKLEARN_PROGRAM_H
#define KNN_SKLEARN_PROGRAM_H


#include "sklearn_fitted.h"


/* the features between two steps */
typedef struct {
    size_t in;     /* their first slot */
    size_t n;      /* 0 as long as nothing told the number of inputs */
    bool   sparse; /* a sparse matrix, whose scaling multiplies */
} knn_block_t;


/* a value of the training data: a text or a number, None and NaN being NaN */
typedef struct {
    bool        text;
    bool        none; /* None, whose number is NaN */
    double      number;
    size_t      len;
    const char *data;
} knn_entry_t;


/* what a column of the rows is, by what reads it */
typedef struct {
    const char *number; /* a transformer that computes with it, or NULL */
    const char *text;   /* one that compares it with texts, or NULL */
    size_t      n_texts;
    size_t      allocated;
    knn_text_t *texts; /* in the order in which they were met */
} knn_input_t;


typedef struct {
    knn_arena_t *arena;
    knn_error_t *err;

    size_t             n_expected; /* inputs, when nothing tells for sure */
    size_t             n_inputs;   /* 0: not known yet */
    const char *const *names;      /* [n_inputs] of the inputs, or NULL */
    knn_input_t       *inputs;     /* [n_inputs] */

    size_t n_slots;
    size_t slots_allocated;
    uint32_t
        *origins; /* of each slot: the input it still is, 1 for the first */

    size_t      n_steps;
    size_t      steps_allocated;
    knn_step_t *steps;

    const char  *name; /* of the transformer that is read */
    size_t       n_transformers;
    size_t       transformers_allocated;
    const char **transformers;

    size_t   visited; /* transformers, so that no file takes for ever */
    unsigned depth;
} knn_program_t;


/* sklearn_program.c */

/* Tells people of a transformer, whose steps follow. */
knn_status_e knn_program_begin(knn_program_t *program, const char *name);

/*
 * Adds a step that reads the block, and moves the block to what it writes.
 * The step's arrays are kept.
 */
knn_status_e knn_program_add(knn_program_t *program, knn_step_t step,
                             knn_block_t *block);

/* Adds a step with a number for each feature. */
knn_status_e knn_program_each(knn_program_t *program, knn_step_e kind,
                              bool missing, const double *numbers,
                              knn_block_t *block);

/* Adds the choice of some columns, if they are not all. */
knn_status_e knn_program_select(knn_program_t *program, bool missing,
                                const uint32_t *columns, size_t n,
                                knn_block_t *block);

/* Joins blocks, side by side. */
knn_status_e knn_program_join(knn_program_t *program, const knn_block_t *blocks,
                              size_t n, knn_block_t *block);

/* The error of an arena that is full. */
knn_status_e knn_program_full(knn_program_t *program);

/* An array with room for more elements; NULL when the arena is full. */
void *knn_program_grow(knn_program_t *program, void *from, size_t n,
                       size_t more, size_t size, size_t *allocated);

/* Memory for arrays of a step; NULL and the error without. */
double   *knn_program_numbers(knn_program_t *program, size_t n);
uint32_t *knn_program_columns(knn_program_t *program, size_t n);

/*
 * A transformer was fitted on so many features: the block has as many.  The
 * first one that reads the inputs tells their number and their names.
 */
knn_status_e knn_program_width(knn_program_t *program, knn_fitted_t *fitted,
                               knn_block_t *block, size_t n);

/* The same for one that may not tell. */
knn_status_e knn_program_any_width(knn_program_t *program, knn_fitted_t *fitted,
                                   knn_block_t *block);

/* sklearn_slots.c */

/* Adds slots behind all others. */
knn_status_e knn_program_slots(knn_program_t *program, size_t n);

/* What a step, which writes from a slot on, does to the origins of slots. */
knn_status_e knn_program_trace(knn_program_t *program, const knn_step_t *step,
                               size_t first);

/* Notes that a slot is a number, and no text then. */
knn_status_e knn_program_number(knn_program_t *program, size_t slot);

/* The number that a text of a slot has until the program is complete. */
knn_status_e knn_program_text(knn_program_t *program, size_t slot,
                              const knn_entry_t *entry, double *number);

/* sklearn_texts.c: completes parts once all transformers were read */
knn_status_e knn_program_finish(knn_program_t *program, knn_block_t *block,
                                const char *estimator, knn_parts_t *parts);

/* sklearn_transform.c: any transformer, "passthrough" too */
bool         knn_transform_is(const knn_value_t *value);
knn_status_e knn_transform(knn_program_t *program, const knn_value_t *value,
                           knn_block_t *block);

/* The same within something that calls it by a name. */
knn_status_e knn_transform_named(knn_program_t     *program,
                                 const knn_value_t *name,
                                 const knn_value_t *value, knn_block_t *block);

/*
 * sklearn_width.c: finds how many inputs there may be by what is done to
 * them, or supposes otherwise.
 */
void knn_program_expect(knn_program_t *program, const knn_value_t *value,
                        size_t otherwise);

/* sklearn_attribute.c: more of what transformers have */

/* The release that dumped the object, 102 for 1.2.x; 0 when it is not said. */
unsigned knn_fitted_release(knn_fitted_t *fitted);

/* A bool; without the attribute, or with None, as given. */
knn_status_e knn_fitted_flag(knn_fitted_t *fitted, const char *name,
                             bool *flag);

/* A copy of an array of one or two dimensions; NULL and the error. */
double *knn_fitted_vector(knn_fitted_t *fitted, const char *name, size_t n);
double *knn_fitted_matrix(knn_fitted_t *fitted, const char *name, size_t rows,
                          size_t columns);

/* The size of an array's dimension, or of a list. */
knn_status_e knn_fitted_size(knn_fitted_t *fitted, const char *name, size_t dim,
                             size_t *size);

/* sklearn_entry.c */

knn_status_e knn_entry_read(knn_arena_t *arena, const knn_value_t *value,
                            knn_entry_t *entry, knn_error_t *err);

/* All elements of a list; NULL and the error. */
knn_entry_t *knn_entry_list(knn_arena_t *arena, const knn_value_t *value,
                            size_t *n, knn_error_t *err);

/* The same of an array of one dimension. */
knn_entry_t *knn_entry_array(knn_arena_t *arena, const knn_value_t *value,
                             size_t *n, knn_error_t *err);


#endif /* KNN_SKLEARN_PROGRAM_H */
