
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * What JSON means as rows: of KNN_FORMAT_JSON, _JSON_LINES, _V1 and
 * _EXAMPLES, as request.h describes them.
 */


#ifndef KNN_BODY_H
#define KNN_BODY_H


#include "json.h"
#include "../text/names.h"


/* where in the body the next value is */
typedef enum {
    KNN_AT_START = 0, /* the body itself, or its next line */
    KNN_AT_MEMBER,    /* a member's name or the end of the body */
    KNN_AT_ROWS,      /* the value that holds the rows */
    KNN_AT_LIST,      /* in the list of rows, or in the only row */
    KNN_AT_ROW,       /* in a row that is an array */
    KNN_AT_FEATURE,   /* the value of a name in a row that is an object */
    KNN_AT_COLUMN,    /* in the values of one feature in all rows */
    KNN_AT_RECORD,    /* in a row that is an object: a name */
    KNN_AT_COLUMNS,   /* in an object of columns: a name */
    KNN_AT_VALUES,    /* and the value of that name */
    KNN_AT_FEATURES,  /* the value of "features" in a line */
    KNN_AT_LINE,      /* in that line: another name */
    KNN_AT_FRAME,     /* the value of "dataframe_split" */
    KNN_AT_PART,      /* in it: a name */
    KNN_AT_NAMES,     /* the value of its "columns" */
    KNN_AT_NAME,      /* in that list */
    KNN_AT_CODED,     /* in the object of a text in base64: "b64" */
    KNN_AT_BASE64,    /* and its value */
    KNN_AT_CODED_END,
    KNN_AT_OUTPUTS, /* the value of "outputs" */
    KNN_AT_OUTPUT,  /* in that list */
    KNN_AT_OTHER,   /* in the value of a member that is not known */
    KNN_AT_END
} knn_at_e;


typedef struct {
    knn_json_t    json;
    knn_matrix_t *matrix;
    knn_format_e  format;

    knn_at_e    at;
    knn_at_e    back;    /* where it goes on behind what is _OTHER or _CODED */
    knn_at_e    next;    /* behind one of several rows */
    knn_at_e    behind;  /* and behind the last */
    unsigned    depth;   /* in a member that is not known */
    bool        outputs; /* were there */
    const char *member;  /* that holds the rows, NULL if bare */
    bool        named;   /* "columns" of a data frame were there */
    bool        filled;  /* and its "data" */

    size_t      position; /* names that a record has had */
    size_t      feature;  /* the index of the latest one */
    size_t     *seen;     /* 1 + the row that had the feature */
    knn_names_t names;

    size_t  columns; /* that were read, of an object of columns */
    size_t  height;  /* rows by the first of them */
    size_t  cell;    /* 1 + the row of a value in an array of its own, or 0 */
    bool    scalars; /* the rows are values, not arrays */
    size_t *map;     /* column of a data frame to feature, or NULL */
    size_t  mapped;  /* columns with a name */
    bool    moved;   /* they are not in the order of the features */
} knn_body_t;


void knn_body_init(knn_body_t *body, knn_matrix_t *matrix, knn_format_e format,
                   size_t skipped);
knn_status_e knn_body_feed(knn_body_t *body, const char *data, size_t size);
knn_status_e knn_body_finish(knn_body_t *body);
void         knn_body_free(knn_body_t *body);

/* The members that may hold the rows, for errors. */
const char *knn_body_members(knn_format_e format);

/* The place of the value that is due, and of a row; all rows: SIZE_MAX. */
knn_place_t knn_body_place(const knn_body_t *body);
knn_place_t knn_body_place_row(const knn_body_t *body, size_t row);

/*
 * The parts of the above.  What is called back by yajl returns 0 to stop it,
 * after a fault was recorded.
 */

/* for models whose features are all plain numbers, and for others */
extern const knn_json_meaning_t knn_body_plain;
extern const knn_json_meaning_t knn_body_mixed;

/* A row begins, as the only one or in a list, and ends. */
int knn_body_row_begin(knn_body_t *body, knn_at_e at, bool single);
int knn_body_record_begin(knn_body_t *body, bool single);
int knn_body_row_end(knn_body_t *body);
int knn_body_record_end(knn_body_t *body);

/* A name in a row that is an object, or in an object of columns. */
int knn_body_feature(knn_body_t *body, const char *name, size_t size);

/* The array of a column begins, a value of it, and it ends. */
int knn_body_column_begin(knn_body_t *body);
int knn_body_cell_begin(knn_body_t *body);
int knn_body_column_end(knn_body_t *body);

/* The end of an object of columns. */
int knn_body_columns_end(knn_body_t *body);

/* A member of a data frame, the name of a column, and the end of each. */
int knn_body_part(knn_body_t *body, const char *name, size_t size);
int knn_body_name(knn_body_t *body, const char *name, size_t size);
int knn_body_names_end(knn_body_t *body);
int knn_body_frame_end(knn_body_t *body);

/*
 * Prepares for a value of a row: the first one tells whether a list is the
 * only row.
 */
bool knn_body_ready(knn_body_t *body);

/* A value of a row; true and false come without text. */
int knn_body_put(knn_body_t *body, const char *text, size_t size, double value);
int knn_body_store(knn_body_t *body, double value);

/* A value that nothing is made of is due; it, or its end. */
int knn_body_skip(knn_body_t *body);
int knn_body_other(knn_body_t *body, const char *type);

/* True if the value that is due may be a text in base64. */
bool knn_body_takes_coded(const knn_body_t *body);

/* Refuses a value of the wrong JSON type. */
int knn_body_wrong(knn_body_t *body, const char *type);

/*
 * Refuses names for a model without them, a name that is no feature's, a
 * feature for the second time, and the lack of one.
 */
int knn_body_nameless(knn_body_t *body);
int knn_body_unknown(knn_body_t *body, const char *name, size_t size);
int knn_body_again(knn_body_t *body);
int knn_body_lacks(knn_body_t *body);

/* Refuses a member behind another of its kind. */
int knn_body_twice(knn_body_t *body, const char *name, const char *other);

/* What is no value. */
int knn_body_key(void *ctx, const unsigned char *text, size_t size);
int knn_body_map_begin(void *ctx);
int knn_body_map_end(void *ctx);
int knn_body_array_begin(void *ctx);
int knn_body_array_end(void *ctx);

/* Refuses a NaN or infinity at the place that it has. */
void knn_body_not_finite(void *ctx, const char *name);

/* Refuses a row that has too many features already. */
bool knn_body_surplus(void *ctx);

/* Reads numbers of rows, or of a column, that need no checks but one. */
void knn_body_scan(void *ctx, knn_scan_t *scan);


/* True if a value of a row is due. */
static inline bool
knn_body_in_row(const knn_body_t *body)
{
    return body->at >= KNN_AT_ROW && body->at <= KNN_AT_COLUMN;
}


/* The feature whose value is due. */
static inline size_t
knn_body_column(const knn_body_t *body)
{
    size_t column;

    if (body->at != KNN_AT_ROW) {
        return body->feature;
    }

    column = body->matrix->column;

    return body->map != NULL && column < body->matrix->columns
               ? body->map[column]
               : column;
}


/* What it takes; NULL for plain numbers, and behind the last one. */
static inline const knn_feature_t *
knn_body_takes(const knn_body_t *body)
{
    size_t                  feature;
    const knn_model_info_t *info;

    info = body->matrix->options.info;
    feature = knn_body_column(body);

    return info->features != NULL && feature < info->n_features
               ? &info->features[feature]
               : NULL;
}


#endif /* KNN_BODY_H */
