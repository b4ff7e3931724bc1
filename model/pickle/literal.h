
/*
 * Copyright (C) nginx-knn contributors
 */


/* Python's literals as text: what numpy writes before an array's bytes. */


#ifndef KNN_LITERAL_H
#define KNN_LITERAL_H


#include "value.h"


/*
 * A dict, list, tuple, int, bool, None or str without escapes, and white space
 * around it.  NULL when text is not that, or when the arena is full.
 */
knn_value_t *knn_literal_read(knn_arena_t *arena, const char *text, size_t len);


#endif /* KNN_LITERAL_H */
