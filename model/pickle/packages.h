
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * The packages that models are made with.  What a file names of them without
 * being in the table of symbols is kept by its name alone.
 */


#ifndef KNN_PACKAGES_H
#define KNN_PACKAGES_H


#include <stdbool.h>
#include <stddef.h>


bool knn_package_known(const char *module, size_t len);


#endif /* KNN_PACKAGES_H */
