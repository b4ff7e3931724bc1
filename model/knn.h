
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * libknn: nearest-neighbour models read from files, and their predictions.
 *
 * A model is loaded once, checked completely and read-only from then on; any
 * number of threads, and of processes after fork(), may use it at the same
 * time.  A query is the memory of one caller: it is laid out once and nothing
 * is allocated while it runs.  The library has no other state.
 *
 * Answers are those of the scikit-learn release that wrote the model.
 */


#ifndef KNN_H
#define KNN_H


#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>


#define KNN_VERSION "0.1.0"

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


/* one column of y; a classifier has its classes in scikit-learn's order */
typedef struct {
    size_t             n_classes;
    const knn_label_t *classes;
} knn_output_t;


/* what a model says of itself; every pointer lives as long as the model */
typedef struct {
    const char *estimator; /* "KNeighborsClassifier" */
    const char *algorithm; /* "kd_tree", "ball_tree", "brute" */
    const char *metric;    /* the effective one, "euclidean" */
    const char *weights;   /* "uniform", "distance" */
    const char *producer;  /* "scikit-learn 1.2.1" */
    const char *kernel;    /* the SIMD path in use, "avx2" */
    double      p;         /* of minkowski, else 0 */

    size_t              n_samples;
    size_t              n_features;
    size_t              n_neighbors;
    size_t              n_outputs;
    const knn_output_t *outputs;       /* [n_outputs] */
    const char *const  *feature_names; /* [n_features], or NULL */

    size_t novelty_samples; /* rows behind novelty */
    size_t file_size;       /* bytes */
    size_t memory;          /* bytes the model holds */
    char   sha256[65];      /* of the file, hexadecimal */
} knn_model_info_t;


typedef struct knn_model_s knn_model_t;


/* what a query computes, a bit mask */
#define KNN_PREDICT       0x01
#define KNN_PREDICT_PROBA 0x02
#define KNN_KNEIGHBORS    0x04


/*
 * Rows to predict and, as far as done, their results.  Arrays that were not
 * asked for are NULL; novelty comes with KNN_PREDICT_PROBA and
 * KNN_KNEIGHBORS.  All arrays are in C order.
 */
typedef struct {
    const knn_model_t *model;
    const double      *x; /* [rows][n_features], finite */
    size_t             rows;
    size_t             done; /* rows whose results are there */
    unsigned           outputs;

    uint32_t *classes;   /* [rows][n_outputs], the winner */
    double   *proba;     /* [rows][all classes of outputs] */
    int64_t  *indices;   /* [rows][n_neighbors] */
    double   *distances; /* [rows][n_neighbors] */
    double   *novelty;   /* [rows], 0 to 1 */

    void *scratch;
} knn_query_t;


/*
 * Reads and checks the model file at path, of any kind that is known by its
 * content, holding at most max_bytes of its (decompressed) content in memory.
 * Returns NULL and fills err, whose message starts with the path.
 */
knn_model_t *knn_model_load(const char *path, size_t max_bytes,
                            knn_error_t *err);

/* The same for a file's bytes; name stands for the path in messages. */
knn_model_t *knn_model_read(const void *data, size_t size, const char *name,
                            size_t max_bytes, knn_error_t *err);

void knn_model_free(knn_model_t *model);

const knn_model_info_t *knn_model_info(const knn_model_t *model);

/* The class index (into outputs[output].classes) of a training row. */
uint32_t knn_model_target(const knn_model_t *model, int64_t row, size_t output);

/* Bytes that a query of so many rows needs, 0 if that is beyond size_t. */
size_t knn_query_size(const knn_model_t *model, size_t rows, unsigned outputs);

/*
 * Lays out a query in memory of knn_query_size() bytes on a KNN_ALIGNMENT
 * boundary.  x stays the caller's and must outlive the query.
 */
knn_query_t *knn_query_init(void *memory, const knn_model_t *model,
                            const double *x, size_t rows, unsigned outputs);

/* Computes up to rows more rows; true when all are done. */
bool knn_query_run(knn_query_t *query, size_t rows);


#endif /* KNN_H */
