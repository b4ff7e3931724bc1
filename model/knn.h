
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * libknn: nearest-neighbour models read from files, and their predictions.
 *
 * A model is loaded once, checked completely (but by knn_model_map()) and
 * read-only from then on; any number of threads, and of processes after
 * fork(), may use it at the same time.  A query is the memory of one caller:
 * it is laid out once and nothing is allocated while it runs.  The library has
 * no other state.
 *
 * Answers are those of the scikit-learn release that wrote the model.
 */


#ifndef KNN_H
#define KNN_H


#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>


#define KNN_VERSION "0.5.0"

/* every matrix and every query memory starts on this boundary, in bytes */
#define KNN_ALIGNMENT  64

#define KNN_ERROR_SIZE 512


typedef enum {
    KNN_OK = 0,
    KNN_MALFORMED,    /* not the syntax or the type that is due */
    KNN_SHAPE,        /* wrong number of features or rows, or names */
    KNN_VALUE,        /* a number that cannot be used */
    KNN_LIMIT,        /* more rows or bytes than allowed */
    KNN_UNSUPPORTED,  /* understood, but not served */
    KNN_INCONSISTENT, /* a model that contradicts itself */
    KNN_IO,           /* the system refused, errno says why */
    KNN_NO_MEMORY
} knn_status_e;


/* message: one line without a final full stop, the thing first, then the cure */
typedef struct {
    knn_status_e status;
    char         message[KNN_ERROR_SIZE];
} knn_error_t;


typedef enum {
    KNN_LABEL_INTEGER = 0,
    KNN_LABEL_FLOAT,
    KNN_LABEL_BOOLEAN,
    KNN_LABEL_STRING /* valid UTF-8, may hold any character */
} knn_label_e;


/* a class as it was in the training data, type included */
typedef struct {
    knn_label_e type;
    union {
        int64_t integer;
        double  number;
        bool    boolean;
        struct {
            size_t      len;
            const char *data; /* also NUL-terminated */
        } string;
    } value;
} knn_label_t;


/*
 * One column of y.  A classifier has its classes in scikit-learn's order, a
 * regressor none.
 */
typedef struct {
    size_t             n_classes;
    const knn_label_t *classes;
    const knn_label_t *outlier; /* of rows without neighbors, or NULL */
} knn_output_t;


/* the class of a row that has an outlier's label, which is none of classes */
#define KNN_CLASS_OUTLIER UINT32_MAX


typedef struct {
    size_t      len;
    const char *data; /* valid UTF-8, also NUL-terminated */
} knn_text_t;


/* what a row may hold in a column: a number, or one of some texts */
typedef struct {
    bool              missing; /* NaN is taken, and None as NaN */
    bool              open;    /* a text that is none of texts is taken */
    size_t            n_texts; /* 0 for a number; open too: it is not used */
    const knn_text_t *texts;   /* [n_texts], ascending as memcmp() has it */
} knn_feature_t;


/* what stands in x for a text that is none of a feature's */
#define KNN_TEXT_UNKNOWN (-1.0)


/* of a column in the training data; both NaN where it cannot be told */
typedef struct {
    double min;
    double max;
} knn_range_t;


/* what a model says of itself; every pointer lives as long as the model */
typedef struct {
    const char *estimator; /* "KNeighborsClassifier" */
    const char *algorithm; /* "kd_tree", "ball_tree", "brute" */
    const char *metric;    /* the effective one, "euclidean" */
    const char *weights;   /* "uniform", "distance"; NULL without a vote */
    const char *producer;  /* "scikit-learn 1.2.1" */
    const char *name;      /* that the file has for itself, or NULL */
    const char *version;   /* the same */
    const char *kernel;    /* the SIMD path in use, "avx2" */
    const char *search;    /* how the nearest rows are found, "scan": what was
                              the fastest when the model was loaded */
    double      p;         /* of minkowski, else 0 */
    double      radius;    /* of the radius estimators, else 0 */
    unsigned    serves;    /* what a query can compute, a bit mask */
    bool        regressor; /* predicts values, not classes */

    size_t               n_samples;
    size_t               n_features;    /* what a row has, before the steps */
    size_t               n_neighbors;   /* 0 of the radius estimators */
    size_t               n_outputs;     /* 0 of NearestNeighbors */
    const knn_output_t  *outputs;       /* [n_outputs] */
    const char *const   *feature_names; /* [n_features], or NULL */
    const knn_feature_t *features;      /* [n_features], or NULL: numbers */
    const knn_range_t   *ranges;        /* [n_features], or NULL: no rows */
    size_t               n_steps;       /* before the estimator */
    const char *const   *steps;         /* [n_steps], "StandardScaler" */

    /*
     * Training rows behind novelty: all of them, and novelty is exact, while
     * n_samples^2 times the features takes no more than 2^31 multiplications
     * (10000 rows of 21 features, less of costly metrics), some tenths of a
     * second; of larger models as many, evenly spaced, as that allows, and
     * at least 200.
     */
    size_t novelty_samples;

    size_t n_golden;   /* queries that were replayed at load */
    size_t n_files;    /* that were read, those beside it too */
    size_t file_size;  /* bytes */
    size_t memory;     /* bytes the model holds, those that are mapped too */
    bool   mapped;     /* they are the file's own */
    char   sha256[65]; /* of the file and those beside it; mapped: of the
                          file's header, which has a digest of all else */
} knn_model_info_t;


typedef struct knn_model_s knn_model_t;


/* what a query computes, a bit mask */
#define KNN_PREDICT       0x01
#define KNN_PREDICT_PROBA 0x02
#define KNN_KNEIGHBORS    0x04


/*
 * Rows to predict and, as far as done, their results.  Arrays that were not
 * asked for are NULL; nearest and novelty always come, but for models without
 * neighbors (NearestCentroid).  All arrays are in C order.
 *
 * A row that cannot be answered ends the query: failed is then its number
 * and error says of it why, without the number: "has no neighbors …".
 */
typedef struct {
    const knn_model_t *model;
    const double      *x; /* [rows][n_features], as features says */
    size_t             rows;
    size_t             done; /* rows whose results are there */
    unsigned           outputs;

    uint32_t *classes;   /* [rows][n_outputs], the winner */
    double   *values;    /* [rows][n_outputs], of a regressor */
    double   *proba;     /* [rows][all classes of outputs] */
    size_t   *first;     /* [rows + 1], a row's place in these two: */
    int64_t  *indices;   /* of training rows, the nearest first */
    double   *distances; /* to them */
    double   *nearest;   /* [rows], distance to the nearest training row, also
                            beyond a radius; NaN when none is a number */
    double   *novelty;   /* [rows], 0 to 1; 1 where nearest is NaN */

    size_t      failed;
    knn_error_t error; /* status KNN_OK until a row fails */

    void *scratch;
} knn_query_t;


/*
 * Reads and checks the model file at path, of any kind that is known by its
 * content, holding at most max_bytes of its (decompressed) content in memory.
 * Returns NULL and fills err, whose message starts with the path.
 */
knn_model_t *knn_model_load(const char *path, size_t max_bytes,
                            knn_error_t *err);

/*
 * Maps a native file that knn convert has written, in a time that hardly grows
 * with it: all that leads from one place to another is checked, and the numbers
 * of the rows are not read before a query needs them.  Their pages are the
 * system's, one copy for all processes and models of the file.  A file that is
 * mapped must be replaced by renaming: who writes over it changes the answers
 * and may end the process, who cuts it does.
 */
knn_model_t *knn_model_map(const char *path, knn_error_t *err);

/* The same as knn_model_load() for a file's bytes; name stands for the path in messages. */
knn_model_t *knn_model_read(const void *data, size_t size, const char *name,
                            size_t max_bytes, knn_error_t *err);

void knn_model_free(knn_model_t *model);

const knn_model_info_t *knn_model_info(const knn_model_t *model);

/*
 * The SIMD path of what is loaded now: that which the variable KNN_SIMD of the
 * environment names, else the widest.  It is empty if that cannot be run here,
 * and models are refused.
 */
const char *knn_kernel(void);

/* The class index (into outputs[output].classes) of a training row. */
uint32_t knn_model_target(const knn_model_t *model, int64_t row, size_t output);

/* The target of a regressor's training row. */
double knn_model_value(const knn_model_t *model, int64_t row, size_t output);

/* The doubles that knn_model_row() fills. */
size_t knn_model_row_size(const knn_model_t *model);

/* Fills places, one for each training row, where knn_model_row() finds it. */
void knn_model_places(const knn_model_t *model, uint32_t *places);

/*
 * Fills the first n_features of x with a training row as a request has it,
 * texts as their numbers: what the steps were given, or would have to be, to
 * make of it what the model was trained with.  A value that cannot be told is
 * NaN: behind a projection or a norm, or beside rows that the model has not
 * as they were.  What was imputed is what took its place.
 */
void knn_model_row(const knn_model_t *model, const uint32_t *places,
                   int64_t row, double *x);

/* What stands in x for a text: its number, or KNN_TEXT_UNKNOWN. */
double knn_feature_code(const knn_feature_t *feature, const char *data,
                        size_t len);

/*
 * Bytes that a query of so many rows needs, 0 if that is beyond size_t.
 * outputs must be among those that the model serves.
 */
size_t knn_query_size(const knn_model_t *model, size_t rows, unsigned outputs);

/*
 * Lays out a query in memory of knn_query_size() bytes on a KNN_ALIGNMENT
 * boundary.  x stays the caller's and must outlive the query.
 */
knn_query_t *knn_query_init(void *memory, const knn_model_t *model,
                            const double *x, size_t rows, unsigned outputs);

/* Begins a query that is done, without a failed row, for as many others. */
void knn_query_again(knn_query_t *query, const double *x);

/*
 * Computes until budget is used up, and goes on there when called again; true
 * when all rows are done or one failed.
 *
 * budget counts multiplications, or what takes as long, 0.1 to 1 ns each: the
 * training rows measured times their features times what the metric does with
 * one, as much for a node of a tree, and some hundreds for each row.  Nothing
 * is done with 0, and all with SIZE_MAX.  A call ends behind the first piece
 * of work that leaves nothing of the budget: the largest are one measuring of
 * training rows, 2^15 multiplications or 32 rows, and what is done with a row
 * before and after its search: the steps, the vote and the sort.
 */
bool knn_query_run(knn_query_t *query, size_t budget);

/*
 * True if a row has the same prediction in two queries that are done and have
 * KNN_PREDICT.  The models may differ: numbers and truth values are compared
 * by value, strings by their bytes, and NaN equals NaN.
 */
bool knn_labels_equal(const knn_query_t *a, const knn_query_t *b, size_t row);


#endif /* KNN_H */
