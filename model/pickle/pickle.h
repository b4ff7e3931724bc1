
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Pickles of protocols 0 to 5 and joblib's extension of them, read as data.
 * The machine calls nothing, looks up nothing and follows no name: it pushes
 * inert values, and refuses every global that symbols.c does not know.
 */


#ifndef KNN_PICKLE_H
#define KNN_PICKLE_H


#include "beside.h"
#include "value.h"


/*
 * The value of the one pickle that data is.  Text and bytes of values point
 * into data and into files beside it, which must outlive them.  NULL and err
 * when it is refused.
 */
knn_value_t *knn_pickle_read(knn_arena_t *arena, const void *data, size_t size,
                             knn_beside_t *beside, knn_error_t *err);


#endif /* KNN_PICKLE_H */
