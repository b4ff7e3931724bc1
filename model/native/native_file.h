
/*
 * Copyright (C) nginx-knn contributors
 */


/* A native file while its tensors and metadata become parts. */


#ifndef KNN_NATIVE_FILE_H
#define KNN_NATIVE_FILE_H


#include "native.h"
#include "safetensors.h"


/* the version of what is laid out; another one is laid out anew */
#define KNN_NATIVE_LAYOUT "2"

/* what layout.frame has beside a number for each feature: step, whole */
#define KNN_NATIVE_FRAME 2

/* the columns of tree.nodes: start, end, is_leaf */
#define KNN_NATIVE_NODE 3

/* a size that may be any */
#define KNN_NATIVE_ANY SIZE_MAX


typedef struct {
    knn_arena_t       *arena;
    knn_safetensors_t *container;
    knn_parts_t       *parts;
    knn_error_t       *err;
} knn_native_t;

/* a word of the metadata and what it means; the last one has no word */
typedef struct {
    const char *word;
    int         means;
} knn_native_word_t;


/* what the numbers of a tensor are, and the boundary that they are used on */
typedef struct {
    const char *name;
    char        kind;
    size_t      size;
    size_t      boundary;
} knn_native_dtype_t;


extern const knn_native_dtype_t knn_native_f64;
extern const knn_native_dtype_t knn_native_i32;
extern const knn_native_dtype_t knn_native_codes; /* bytes, of kernels */

/* words that parts are spelled with in the metadata */
extern const knn_native_word_t knn_native_sorts[];
extern const knn_native_word_t knn_native_formulas[];

/* The word of a meaning; NULL when it has none. */
const char *knn_native_spell(const knn_native_word_t *words, int means);

/* Fills the error, 'metadata "name": reason'; returns status. */
knn_status_e knn_native_fail(knn_native_t *native, const char *name,
                             knn_status_e status, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

knn_status_e knn_native_full(knn_native_t *native);

/* The metadata of a name; these leave what is not there as it is. */
bool         knn_native_has(const knn_native_t *native, const char *name);
void         knn_native_text(const knn_native_t *native, const char *name,
                             const char **text);
knn_status_e knn_native_word(knn_native_t *native, const char *name,
                             const knn_native_word_t *words, int *means);
knn_status_e knn_native_integer(knn_native_t *native, const char *name,
                                int64_t *integer);
knn_status_e knn_native_real(knn_native_t *native, const char *name,
                             double *real);

/* JSON in the metadata, which must be a list if it is there; NULL without. */
knn_status_e knn_native_list(knn_native_t *native, const char *name,
                             const knn_value_t **list);

/* The texts of a JSON list of so many. */
knn_status_e knn_native_texts(knn_native_t *native, const char *name,
                              const knn_value_t *list, size_t n,
                              const char *const **texts);

/*
 * The tensor of a name and shape: KNN_NATIVE_ANY takes any size and becomes
 * the one it is.  Without the tensor, the array is NULL.
 */
knn_status_e knn_native_array(knn_native_t *native, const char *name,
                              size_t ndim, size_t *shape,
                              const knn_ndarray_t **array);
knn_status_e knn_native_doubles(knn_native_t *native, const char *name,
                                size_t ndim, size_t *shape,
                                const double **doubles);
knn_status_e knn_native_integers(knn_native_t *native, const char *name,
                                 size_t ndim, size_t *shape,
                                 const int64_t **integers);

/* native_search.c: the stored tree, and how rows are searched */
knn_status_e knn_native_search(knn_native_t *native);

/* native_targets.c: y, its classes, and the names of the features */
knn_status_e knn_native_targets(knn_native_t *native);

/* native_steps.c: the preprocessing steps and what they take */
knn_status_e knn_native_steps(knn_native_t *native);

/* native_index.c: what stands beside a layout in a file that can be mapped */
knn_status_e knn_native_index(knn_native_t *native, knn_layout_t *layout);

/* native_layout.c: what is laid out already, and golden queries */
knn_status_e knn_native_bytes(knn_native_t *native, const char *name,
                              const knn_native_dtype_t *dtype, size_t ndim,
                              size_t *shape, const void **bytes);
knn_status_e knn_native_layout(knn_native_t *native);
knn_status_e knn_native_golden(knn_native_t *native, knn_golden_t *golden);


#endif /* KNN_NATIVE_FILE_H */
