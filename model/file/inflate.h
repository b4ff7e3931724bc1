
/*
 * Copyright (C) nginx-knn contributors
 */


/* Compressed files as a whole, within a limit. */


#ifndef KNN_INFLATE_H
#define KNN_INFLATE_H


#include "container.h"


/*
 * Decompresses all of data into *to, which is for free(), as long as that is
 * no more than max_bytes.  A stream that is cut, damaged or followed by
 * anything else is refused.
 */
knn_status_e knn_inflate(knn_container_e kind, const void *data, size_t size,
                         size_t max_bytes, void **to, size_t *to_size,
                         knn_error_t *err);


#endif /* KNN_INFLATE_H */
