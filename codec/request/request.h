
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Request bodies, in any cuts, to rows of numbers.
 *
 * JSON is {"X": rows}, or "instances", "inputs", "data", "input_data" or
 * "dataframe_records" in the place of "X", or rows alone.  Rows are one row or
 * an array of rows, a row is an array of values or an object by feature name;
 * or they are an object of columns, each an array of values, or for
 * "dataframe_split" and "input_data" {"columns": names, "data": rows}, of
 * which "columns" comes first unless it is in the model's order.  A value is a
 * number, true and false count as 1 and 0; in a column of texts it is one of
 * these; where NaN is taken, null stands for it.  "outputs" is an array of
 * output names, other members are skipped.  Form feeds and vertical tabs pass
 * as white space.
 *
 * V1 has "instances" or "inputs" only, always as an object; a text may be
 * {"b64": base64}, and for a model of one feature a row is a value.
 *
 * JSON lines are rows one behind the other, or {"features": row}.
 *
 * CSV is what csv.h says, NPY what numpy.save() writes of numbers.
 *
 * Every number is converted once, correctly rounded, into the query matrix.
 * The first fault stops the reading; what follows it is not looked at.
 */


#ifndef KNN_REQUEST_H
#define KNN_REQUEST_H


#include "../../model/knn.h"


/* how deep a body may nest, and how many bytes may pass without a value */
#define KNN_REQUEST_DEPTH 16
#define KNN_REQUEST_TOKEN 65536

/* how many characters of a number are read */
#define KNN_REQUEST_NUMBER 1024


/*
 * Memory for the query matrix: size bytes on a KNN_ALIGNMENT boundary, or
 * NULL.  It stays the caller's; the codec never frees it.
 */
typedef void *(*knn_alloc_pt)(void *ctx, size_t size);


typedef enum {
    KNN_FORMAT_AUTO = 0, /* NPY by its magic, JSON if it starts with { or [,
                            else CSV */
    KNN_FORMAT_JSON,
    KNN_FORMAT_CSV,        /* the first line may be a header */
    KNN_FORMAT_CSV_HEADER, /* it is one */
    KNN_FORMAT_CSV_ROWS,   /* it is none */
    KNN_FORMAT_LINE,       /* one row of CSV without a header */
    KNN_FORMAT_JSON_LINES, /* a row in each line */
    KNN_FORMAT_NPY,
    KNN_FORMAT_V1,       /* of TensorFlow Serving's and KServe's :predict */
    KNN_FORMAT_EXAMPLES, /* of :classify */
    KNN_FORMAT_V2        /* of the Open Inference Protocol */
} knn_format_e;


/* what the bytes of a body are before they are read */
typedef enum {
    KNN_CODING_IDENTITY = 0,
    KNN_CODING_GZIP,
    KNN_CODING_DEFLATE /* in zlib's wrapper, RFC 1950 */
} knn_coding_e;


/* there is no header of its own before binary tensors */
#define KNN_NO_HEADER SIZE_MAX


typedef struct {
    const char             *model; /* the name for messages */
    const knn_model_info_t *info;
    knn_format_e            format;
    size_t                  max_rows;
    size_t                  size;    /* of the whole body, in bytes */
    unsigned                outputs; /* when the body names none */
    knn_alloc_pt            alloc;
    void                   *alloc_ctx;
    knn_coding_e            coding;
    size_t                  max_size; /* of what is decoded, 0: no limit */
    size_t                  header;   /* KNN_FORMAT_V2: bytes of JSON, 0 for
                                         none, or KNN_NO_HEADER */
    bool                    lexed;    /* JSON by yajl alone, for tests */
} knn_request_options_t;


/* the tensors of V2 that a model serves */
typedef enum {
    KNN_TENSOR_PREDICT = 0,
    KNN_TENSOR_PROBA,     /* [rows, classes], of all outputs side by side */
    KNN_TENSOR_NEIGHBORS, /* [rows, k], indices */
    KNN_TENSOR_DISTANCES, /* [rows, k] */
    KNN_TENSOR_NOVELTY,   /* [rows] */
    KNN_TENSORS
} knn_tensor_e;


/* one that was asked for */
typedef struct {
    knn_tensor_e tensor;
    const char  *name; /* as it was asked for: "output-0" too */
    bool         binary;
    size_t       classification; /* the n of that extension, or 0 */
} knn_wanted_t;


/* at most so many; one may be asked for under two names */
#define KNN_WANTED 16

/* by knn_tensor_e: "predict", "predict_proba", "kneighbors", … */
extern const char *const knn_tensor_names[KNN_TENSORS];


/* what was read; x is the memory that alloc gave */
typedef struct {
    double  *x; /* [rows][n_features] */
    size_t   rows;
    bool     single; /* one row, not a list; CSV: one line without an end */
    unsigned outputs;

    /* of KNN_FORMAT_V1: rows were the columns of "inputs" */

    bool columnar;

    /* of KNN_FORMAT_V2 */

    const char  *id; /* valid UTF-8, or NULL */
    size_t       id_size;
    size_t       n_wanted;
    knn_wanted_t wanted[KNN_WANTED]; /* in the order of the reply */

    knn_error_t error;        /* status KNN_OK until a fault */
    char        pointer[160]; /* JSON Pointer of it: "#/X/3/1" */
} knn_rows_t;


typedef struct knn_request_s knn_request_t;


/* Bytes of a request that is being read. */
size_t knn_request_size(void);

/*
 * Begins in memory of knn_request_size() bytes on a KNN_ALIGNMENT boundary;
 * NULL when there is none for what else it takes.  options is copied.
 */
knn_request_t *knn_request_init(void                        *memory,
                                const knn_request_options_t *options);

/* The same in memory of its own, which knn_request_destroy() frees. */
knn_request_t *knn_request_create(const knn_request_options_t *options);

/* Reads more of the body; the status is that of knn_request_rows()->error. */
knn_status_e knn_request_feed(knn_request_t *request, const char *data,
                              size_t size);

/*
 * The same in steps that are bounded also where a few coded bytes stand for
 * many: returns how many of the bytes it took, which are not all if another
 * step is due, but all of them after a fault.
 */
size_t knn_request_take(knn_request_t *request, const char *data, size_t size);

/* The body has ended. */
knn_status_e knn_request_finish(knn_request_t *request);

/* The same in steps; true when it was the last, or after a fault. */
bool knn_request_end(knn_request_t *request);

const knn_rows_t *knn_request_rows(const knn_request_t *request);

/* Records why a row that was read cannot be answered, and its place. */
void knn_request_fail(knn_request_t *request, size_t row,
                      const knn_error_t *err);

/* Frees all but the memory of knn_request_init(). */
void knn_request_free(knn_request_t *request);

void knn_request_destroy(knn_request_t *request);

#define KNN_OUTPUTS 3

/* what a request may ask for, by ascending output */
typedef struct {
    const char *name; /* "predict" */
    unsigned    output;
} knn_output_name_t;

extern const knn_output_name_t knn_output_names[KNN_OUTPUTS];

/*
 * Output names separated by commas or spaces ("predict,kneighbors") to a bit
 * mask; 0 and err when one is unknown or none is there.
 */
unsigned knn_outputs_parse(const char *data, size_t size, knn_error_t *err);

/* KNN_UNSUPPORTED and err when one is not among those that a model serves. */
knn_status_e knn_outputs_check(unsigned outputs, const knn_model_info_t *info,
                               const char *model, knn_error_t *err);

/* Those of outputs that a model serves, or all that it does if none is left. */
unsigned knn_outputs_default(unsigned outputs, unsigned serves);


#endif /* KNN_REQUEST_H */
