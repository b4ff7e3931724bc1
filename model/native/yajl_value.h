
/*
 * Copyright (C) nginx-knn contributors
 */


/* JSON as the values that files of all kinds are read into, by yajl. */


#ifndef KNN_YAJL_VALUE_H
#define KNN_YAJL_VALUE_H


#include "../pickle/value.h"


/*
 * Reads one JSON text: numbers with a point or an exponent are floats, an
 * object is a dict without equal keys.  NULL and err when it is malformed, too
 * deep or beyond the arena's limit.
 */
knn_value_t *knn_yajl_value(knn_arena_t *arena, const char *text, size_t len,
                            knn_error_t *err);


#endif /* KNN_YAJL_VALUE_H */
