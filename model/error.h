
/*
 * Copyright (C) nginx-knn contributors
 */


#ifndef KNN_ERROR_H
#define KNN_ERROR_H


#include "knn.h"


/* Fills err with one line; returns status. */
knn_status_e knn_error(knn_error_t *err, knn_status_e status, const char *fmt,
                       ...) __attribute__((format(printf, 3, 4)));

/* Puts the name of a thing and a colon before the message of err. */
void knn_error_prefix(knn_error_t *err, const char *name);


#endif /* KNN_ERROR_H */
