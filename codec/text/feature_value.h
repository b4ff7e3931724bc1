
/*
 * Copyright (C) nginx-knn contributors
 */


/* Texts to the values of features, outside of bodies too. */


#ifndef KNN_FEATURE_VALUE_H
#define KNN_FEATURE_VALUE_H


#include "../../model/knn.h"
#include "cell.h"


/*
 * Reads the value of a feature from its text as from a cell of CSV, but for
 * quotes and commas, which are of the text.  KNN_MALFORMED is what is no
 * number, KNN_VALUE a number or a text that the feature does not take.
 */
knn_status_e knn_feature_read(const knn_model_info_t *info, size_t feature,
                              const char *data, size_t len, double *value);

/*
 * True for a text that a column of texts takes: as it stands, else as the
 * cell, which is without the blanks around it.
 */
bool knn_feature_text(const knn_feature_t *feature, const char *data,
                      size_t len, const knn_cell_t *cell, double *value);


#endif /* KNN_FEATURE_VALUE_H */
