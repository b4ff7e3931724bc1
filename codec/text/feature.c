
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdio.h>
#include <string.h>

#include "feature.h"
#include "text.h"


/* room for a text in an error, and for several */
#define KNN_ECHO      64
#define KNN_ECHO_LIST 200


/* What a column is called: by its name, or by its number. */
static const char *
knn_feature_name(const knn_model_info_t *info, size_t feature, char *buf,
                 size_t size)
{
    const char *name;

    if (info->feature_names == NULL) {
        (void) snprintf(buf, size, "%zu", feature);
        return buf;
    }

    name = info->feature_names[feature];

    return knn_text_quote(buf, size, name, strlen(name));
}


/* The first of a feature's texts, as many as fit. */
static const char *
knn_feature_list(const knn_feature_t *feature, char *buf, size_t size)
{
    int    length;
    char   text[KNN_ECHO];
    size_t i, used;

    used = 0;

    for (i = 0; i < feature->n_texts; i++) {
        length =
            snprintf(buf + used, size - used, "%s%s", i == 0 ? "" : ", ",
                     knn_text_quote(text, sizeof(text), feature->texts[i].data,
                                    feature->texts[i].len));

        if ((size_t) length >= size - used - sizeof(", ...")) {
            (void) snprintf(buf + used, size - used, ", ...");
            break;
        }

        used += (size_t) length;
    }

    return buf;
}


knn_status_e
knn_feature_no_text(knn_matrix_t *matrix, size_t feature,
                    const knn_place_t *place, const char *what)
{
    char                    name[KNN_ECHO], text[KNN_ECHO];
    const knn_text_t       *first;
    const knn_model_info_t *info;

    info = matrix->options.info;
    first = info->features[feature].texts;

    return knn_matrix_fail(
        matrix, KNN_MALFORMED, place,
        "row %zu, feature %zu is %s, but column %s takes texts, such as %s",
        knn_matrix_row(matrix), feature, what,
        knn_feature_name(info, feature, name, sizeof(name)),
        knn_text_quote(text, sizeof(text), first->data, first->len));
}


knn_status_e
knn_feature_unknown(knn_matrix_t *matrix, size_t feature,
                    const knn_place_t *place, const char *text, size_t size)
{
    char                    name[KNN_ECHO], echo[KNN_ECHO];
    char                    list[KNN_ECHO_LIST];
    const knn_model_info_t *info;

    info = matrix->options.info;

    return knn_matrix_fail(
        matrix, KNN_VALUE, place,
        "row %zu, feature %zu is the unknown text %s, column %s takes %s",
        knn_matrix_row(matrix), feature,
        knn_text_quote(echo, sizeof(echo), text, size),
        knn_feature_name(info, feature, name, sizeof(name)),
        knn_feature_list(&info->features[feature], list, sizeof(list)));
}
