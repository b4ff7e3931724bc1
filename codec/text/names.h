
/*
 * Copyright (C) nginx-knn contributors
 */


/* Features found by their names. */


#ifndef KNN_NAMES_H
#define KNN_NAMES_H


#include "../../model/knn.h"


typedef struct {
    const char *const *list;
    size_t             count;
    uint32_t          *table; /* 1 + the index, 0 is free */
    size_t             mask;
} knn_names_t;


/* list may be NULL, then there are none. */
void knn_names_init(knn_names_t *names, const char *const *list, size_t count);

/*
 * The index of a name, looked for at guess first; the number of names when
 * it is unknown.
 */
size_t knn_names_find(knn_names_t *names, const char *data, size_t size,
                      size_t guess);

void knn_names_free(knn_names_t *names);


#endif /* KNN_NAMES_H */
