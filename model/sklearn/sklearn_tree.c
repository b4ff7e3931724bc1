
/*
 * Copyright (C) nginx-knn contributors
 */


#include "sklearn_fitted.h"


/*
 * A tree's state.  Twelve fields up to release 0.19, then thirteen; those
 * between and behind these are counters.
 */
#define KNN_TREE_DATA    0
#define KNN_TREE_IDX     1
#define KNN_TREE_NODES   2
#define KNN_TREE_BOUNDS  3
#define KNN_TREE_N_NODES 6
#define KNN_TREE_METRIC  11
#define KNN_TREE_STATE   12


/* a field of a node's record */
typedef struct {
    knn_dtype_t dtype;
    size_t      offset;
} knn_tree_field_t;


/* Reads one array of a tree's state. */
static knn_status_e
knn_tree_array(knn_fitted_t *fitted, const knn_value_t *value, const char *name,
               knn_ndarray_t *array)
{
    knn_status_e rc;

    rc = knn_ndarray_read(fitted->arena, value, array, fitted->err);

    if (rc != KNN_OK) {
        knn_error_prefix(fitted->err, name);
    }

    return rc;
}


/* Reads an array of doubles of a known shape. */
static const double *
knn_tree_doubles(knn_fitted_t *fitted, const knn_value_t *value,
                 const char *name, size_t ndim, const size_t *shape)
{
    const double *doubles;
    knn_ndarray_t array;

    if (knn_tree_array(fitted, value, name, &array) != KNN_OK
        || knn_fitted_shape(fitted, name, &array, ndim, shape) != KNN_OK)
    {
        return NULL;
    }

    doubles = knn_ndarray_doubles(fitted->arena, &array, fitted->err);

    if (doubles == NULL) {
        knn_error_prefix(fitted->err, name);
    }

    return doubles;
}


/* Reads the permutation of the training rows. */
static const int64_t *
knn_tree_idx(knn_fitted_t *fitted, const knn_value_t *value)
{
    const int64_t *idx;
    knn_ndarray_t  array;

    if (knn_tree_array(fitted, value, "_tree idx_array", &array) != KNN_OK
        || knn_fitted_shape(fitted, "_tree idx_array", &array, 1,
                            &fitted->parts->n_samples)
               != KNN_OK)
    {
        return NULL;
    }

    idx = knn_ndarray_integers(fitted->arena, &array, fitted->err);

    if (idx == NULL) {
        knn_error_prefix(fitted->err, "_tree idx_array");
    }

    return idx;
}


/* Finds a field of the records, of a type that can be read. */
static knn_status_e
knn_tree_field(const knn_dtype_t *record, const char *name, bool integer,
               knn_tree_field_t *field, knn_error_t *err)
{
    knn_status_e rc;

    rc = knn_dtype_field(record, name, &field->dtype, &field->offset, err);

    if (rc == KNN_OK
        && !(integer ? knn_dtype_is_integer(&field->dtype)
                     : knn_dtype_is_number(&field->dtype)))
    {
        return knn_error(err, KNN_UNSUPPORTED, "field \"%s\" is no number",
                         name);
    }

    return rc;
}


/* Reads the records of the nodes by their table of fields. */
static knn_status_e
knn_tree_records(knn_fitted_t *fitted, const knn_ndarray_t *array,
                 knn_node_t *nodes)
{
    size_t           i;
    const char      *p;
    knn_status_e     rc;
    knn_tree_field_t start, end, leaf, radius;

    rc = knn_tree_field(&array->dtype, "idx_start", true, &start, fitted->err);

    if (rc == KNN_OK) {
        rc = knn_tree_field(&array->dtype, "idx_end", true, &end, fitted->err);
    }

    if (rc == KNN_OK) {
        rc = knn_tree_field(&array->dtype, "is_leaf", true, &leaf, fitted->err);
    }

    if (rc == KNN_OK) {
        rc = knn_tree_field(&array->dtype, "radius", false, &radius,
                            fitted->err);
    }

    if (rc != KNN_OK) {
        return rc;
    }

    for (i = 0; i < array->count; i++) {
        p = array->data + i * array->dtype.size;
        nodes[i].start = knn_dtype_integer(&start.dtype, p + start.offset);
        nodes[i].end = knn_dtype_integer(&end.dtype, p + end.offset);
        nodes[i].is_leaf = knn_dtype_integer(&leaf.dtype, p + leaf.offset);
        nodes[i].radius = knn_dtype_double(&radius.dtype, p + radius.offset);
    }

    return KNN_OK;
}


/* Reads node_data. */
static const knn_node_t *
knn_tree_nodes(knn_fitted_t *fitted, const knn_value_t *value, size_t *n_nodes)
{
    knn_node_t   *nodes;
    knn_ndarray_t array;

    if (knn_tree_array(fitted, value, "_tree node_data", &array) != KNN_OK) {
        return NULL;
    }

    if (array.ndim != 1 || array.dtype.kind != 'V') {
        (void) knn_fitted_fail(fitted, "_tree node_data", KNN_MALFORMED,
                               "is not an array of records");
        return NULL;
    }

    nodes = knn_arena_array(fitted->arena, array.count, sizeof(knn_node_t));

    if (nodes == NULL) {
        (void) knn_fitted_fail(fitted, "_tree node_data", KNN_LIMIT,
                               "needs more memory than allowed");
        return NULL;
    }

    if (knn_tree_records(fitted, &array, nodes) != KNN_OK) {
        knn_error_prefix(fitted->err, "_tree node_data");
        return NULL;
    }

    *n_nodes = array.count;

    return nodes;
}


/* Reads the arrays of a tree whose state is long enough. */
static knn_status_e
knn_tree_parts(knn_fitted_t *fitted, knn_value_t *const *state)
{
    size_t            shape[3];
    knn_parts_t      *parts;
    knn_tree_parts_t *tree;

    tree = knn_arena_small(fitted->arena, sizeof(knn_tree_parts_t));

    if (tree == NULL) {
        return knn_fitted_fail(fitted, "_tree", KNN_LIMIT,
                               "needs more memory than allowed");
    }

    parts = fitted->parts;

    shape[0] = parts->n_samples;
    shape[1] = parts->n_features;
    parts->x =
        knn_tree_doubles(fitted, state[KNN_TREE_DATA], "_tree data", 2, shape);

    if (parts->x == NULL) {
        return fitted->err->status;
    }

    tree->idx_array = knn_tree_idx(fitted, state[KNN_TREE_IDX]);

    if (tree->idx_array == NULL) {
        return fitted->err->status;
    }

    tree->nodes = knn_tree_nodes(fitted, state[KNN_TREE_NODES], &tree->n_nodes);

    if (tree->nodes == NULL) {
        return fitted->err->status;
    }

    tree->n_bounds = parts->algorithm == KNN_KD_TREE ? 2 : 1;

    shape[0] = tree->n_bounds;
    shape[1] = tree->n_nodes;
    shape[2] = parts->n_features;
    tree->bounds = knn_tree_doubles(fitted, state[KNN_TREE_BOUNDS],
                                    "_tree node_bounds", 3, shape);

    if (tree->bounds == NULL) {
        return fitted->err->status;
    }

    parts->tree = tree;

    return knn_fitted_tree_metric(fitted, state[KNN_TREE_METRIC]);
}


knn_status_e
knn_fitted_tree(knn_fitted_t *fitted)
{
    char               buf[KNN_QUOTE_SIZE];
    knn_symbol_e       symbol;
    const knn_value_t *tree, *state;

    tree = knn_fitted_need(fitted, "_tree");

    if (tree == NULL) {
        return fitted->err->status;
    }

    symbol = fitted->parts->algorithm == KNN_KD_TREE ? KNN_SYMBOL_KD_TREE
                                                     : KNN_SYMBOL_BALL_TREE;

    if (tree->type != KNN_VALUE_OBJECT || tree->symbol != symbol) {
        return knn_fitted_fail(fitted, "_tree", KNN_INCONSISTENT,
                               "is %s, but _fit_method asks for a %s",
                               knn_value_kind(tree, buf, sizeof(buf)),
                               knn_symbol_name(symbol));
    }

    state = tree->u.object.state;

    if (state == NULL || state->type != KNN_VALUE_TUPLE
        || state->u.list.n < KNN_TREE_STATE)
    {
        return knn_fitted_fail(fitted, "_tree", KNN_MALFORMED,
                               "its state is not that of a %s",
                               knn_symbol_name(symbol));
    }

    return knn_tree_parts(fitted, state->u.list.items);
}
