
/*
 * Copyright (C) nginx-knn contributors
 */


/* scikit-learn's estimators: what a file holds, as the engine's parts. */


#ifndef KNN_SKLEARN_H
#define KNN_SKLEARN_H


#include "../parts.h"
#include "../pickle/value.h"


/*
 * Fills parts from the value of a whole file.  Its arrays live in the arena,
 * or in the bytes that the value was read from.
 */
knn_status_e knn_sklearn_read(knn_arena_t *arena, const knn_value_t *value,
                              knn_parts_t *parts, knn_error_t *err);


#endif /* KNN_SKLEARN_H */
