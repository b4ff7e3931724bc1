
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>

#include "feature.h"
#include "feature_value.h"


bool
knn_feature_text(const knn_feature_t *feature, const char *data, size_t len,
                 const knn_cell_t *cell, double *value)
{
    *value = knn_feature_code(feature, data, len);

    if (*value == KNN_TEXT_UNKNOWN) {
        *value = knn_feature_code(feature, cell->data, cell->size);
    }

    if (*value != KNN_TEXT_UNKNOWN) {
        return true;
    }

    if (feature->missing && knn_cell_missing(cell)) {
        *value = NAN;
        return true;
    }

    return feature->open;
}


/* Reads the value of a column of numbers. */
static knn_status_e
knn_feature_number(const knn_cell_t *cell, bool missing, double *value)
{
    if (knn_cell_value(cell, missing, value)) {
        return KNN_OK;
    }

    return knn_cell_number(cell, value) || knn_cell_missing(cell)
                   || cell->size > KNN_REQUEST_NUMBER
               ? KNN_VALUE
               : KNN_MALFORMED;
}


knn_status_e
knn_feature_read(const knn_model_info_t *info, size_t feature, const char *data,
                 size_t len, double *value)
{
    knn_cell_t           cell;
    const char          *end;
    const knn_feature_t *takes;

    end = data + len;
    cell.data = knn_cell_skip(data, end);
    cell.quoted = false;

    while (end > cell.data && knn_cell_blank(end[-1])) {
        end--;
    }

    cell.size = (size_t) (end - cell.data);

    if (info->features == NULL) {
        return knn_feature_number(&cell, false, value);
    }

    takes = &info->features[feature];

    if (knn_feature_is_number(takes)) {
        return knn_feature_number(&cell, takes->missing, value);
    }

    return knn_feature_text(takes, data, len, &cell, value) ? KNN_OK
                                                            : KNN_VALUE;
}
