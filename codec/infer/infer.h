
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Inference requests of the Open Inference Protocol: a JSON header, and the
 * bytes of binary tensors behind it.
 *
 * Rows come as one matrix, or as a column for each feature.  The elements of
 * an input go straight to their places in the query matrix; where "data"
 * stands before what tells their places, they are kept aside until the input
 * ends.
 */


#ifndef KNN_INFER_H
#define KNN_INFER_H


#include "datatype.h"
#include "../request/json.h"
#include "../text/names.h"


/* the most dimensions of a shape that are understood */
#define KNN_INFER_DIMS 8

/* room for a name in an error */
#define KNN_INFER_ECHO 72

/* stands for the feature of an input that has them all */
#define KNN_INFER_MATRIX SIZE_MAX


/* what is due next */
typedef enum {
    KNN_INFER_START = 0,
    KNN_INFER_BODY, /* a member's name of the body, an input, an output */
    KNN_INFER_INPUT,
    KNN_INFER_OUTPUT,
    KNN_INFER_ID, /* the value of "id" and so on */
    KNN_INFER_INPUTS,
    KNN_INFER_OUTPUTS,
    KNN_INFER_NAME,
    KNN_INFER_SHAPE,
    KNN_INFER_DATATYPE,
    KNN_INFER_DATA,
    KNN_INFER_PARAMETERS,
    KNN_INFER_EACH_INPUT, /* an element of "inputs" and so on */
    KNN_INFER_EACH_OUTPUT,
    KNN_INFER_DIM,
    KNN_INFER_ELEMENT,
    KNN_INFER_PARAMETER, /* a parameter's name */
    KNN_INFER_SETTING,   /* and its value */
    KNN_INFER_OTHER,     /* the rest of a value that is skipped */
    KNN_INFER_END
} knn_infer_at_e;


typedef enum {
    KNN_TOKEN_NULL = 0,
    KNN_TOKEN_FALSE,
    KNN_TOKEN_TRUE,
    KNN_TOKEN_NUMBER,
    KNN_TOKEN_STRING,
    KNN_TOKEN_ARRAY,
    KNN_TOKEN_OBJECT,
    KNN_TOKEN_ARRAY_END
} knn_token_e;


/* a piece of JSON; text is that of a number or a string */
typedef struct {
    knn_token_e type;
    const char *text;
    size_t      size;
} knn_token_t;


/* elements that wait until their places are known */
typedef struct {
    double *values; /* a NaN stands for what is no number */
    size_t  count;
    size_t  room;
    char   *texts;
    size_t  used;
    size_t  size;
} knn_late_t;


/* how the elements of "data" are nested, below the body and its inputs */
typedef struct {
    unsigned depth;
    unsigned leaf; /* where elements are that are no arrays, 0: not known */
    size_t   length[KNN_REQUEST_DEPTH + 1]; /* of the open arrays */
    size_t   first[KNN_REQUEST_DEPTH + 1];  /* of the first that ended */
} knn_nest_t;


/* the elements of an input and their places */
typedef struct {
    size_t         input;   /* its number */
    size_t         feature; /* the column that it is, or KNN_INFER_MATRIX */
    knn_datatype_e datatype;
    size_t         count;
    size_t         done;
    size_t         size; /* bytes, if binary */
    double        *values;
    size_t         stride;
} knn_tensor_t;


/* the input that is being read */
typedef struct {
    char           called[KNN_INFER_ECHO]; /* its name in quotes */
    size_t         feature; /* that has this name, n_features if none */
    size_t         dims;
    size_t         shape[KNN_INFER_DIMS];
    size_t         count; /* elements by its shape */
    knn_datatype_e datatype;
    bool           table;  /* is a column by its content type */
    bool           data;   /* is JSON */
    bool           binary; /* comes behind the JSON */
    bool           placed; /* its tensor is known */
    size_t         size;   /* bytes, if binary */
    knn_nest_t     nest;
    knn_late_t     late;
} knn_infer_input_t;


/* an input whose elements, too many for one step, wait for the body's end */
typedef struct {
    knn_infer_input_t input;
    knn_tensor_t      tensor;
} knn_infer_waiting_t;


typedef struct {
    knn_matrix_t *matrix;
    knn_json_t    json;
    size_t        read;   /* bytes of the header */
    bool          headed; /* it has been read */

    knn_infer_at_e at;
    knn_infer_at_e scope;  /* KNN_INFER_BODY, _INPUT or _OUTPUT */
    size_t         index;  /* of that input or output */
    bool           within; /* its parameters */
    unsigned       depth;  /* in what is skipped */
    unsigned       members[KNN_INFER_OUTPUT + 1]; /* that were there */
    unsigned       settings;                      /* the same */
    const char    *setting;                       /* whose value is due */
    unsigned       number;                        /* of it */

    bool              table;  /* all inputs are columns */
    bool              binary; /* outputs are binary if none is named */
    size_t            n_inputs;
    size_t            n_columns; /* those of them that are columns */
    size_t            rows;      /* by the first input */
    bool             *columns;   /* [n_features], those that are there */
    knn_names_t       names;
    knn_infer_input_t input;

    size_t       n_outputs;
    knn_wanted_t output; /* that is being read */

    knn_infer_waiting_t *waiting;
    size_t               n_waiting;
    size_t               waiting_room;
    size_t               resumed; /* those of them that are placed */

    knn_tensor_t  tensor;  /* that is being read */
    knn_tensor_t *tensors; /* that are binary */
    size_t        n_tensors;
    size_t        room;
    size_t        current; /* of them */
    char         *carry;   /* the beginning of an element */
    size_t        carried;
    size_t        carry_size;
} knn_infer_t;


void         knn_infer_init(knn_infer_t *infer, knn_matrix_t *matrix);
knn_status_e knn_infer_feed(knn_infer_t *infer, const char *data, size_t size);
knn_status_e knn_infer_finish(knn_infer_t *infer);

/* Places more elements that were late; true when all are, or after a fault. */
bool knn_infer_resume(knn_infer_t *infer);

void knn_infer_free(knn_infer_t *infer);

/*
 * The parts of the above.  They return 0 after a fault was recorded, but for
 * those that return a status.
 */

/* Records a fault of what is due, or of another member; returns 0. */
int knn_infer_fail(knn_infer_t *infer, knn_infer_at_e at, knn_status_e status,
                   const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* The place of what is due, or of another member. */
knn_place_t knn_infer_where(const knn_infer_t *infer, knn_infer_at_e at);

/* Refuses a value of the wrong JSON type. */
int knn_infer_wrong(knn_infer_t *infer, const knn_token_t *token);

/* Takes a token that is no name. */
int knn_infer_token(knn_infer_t *infer, const knn_token_t *token);

/* Takes the name of a member, and the end of an object. */
int knn_infer_key(knn_infer_t *infer, const char *name, size_t size);
int knn_infer_end(knn_infer_t *infer);

/* Takes the name of a parameter, and its value. */
int knn_infer_parameter(knn_infer_t *infer, const char *name, size_t size);
int knn_infer_setting(knn_infer_t *infer, const knn_token_t *token);

/* Reads an integer from 0 on; false if it is none. */
bool knn_infer_size(const knn_token_t *token, size_t *size);

/* An input begins, is whole, and was the last. */
void knn_infer_input_begin(knn_infer_t *infer);
int  knn_infer_input_end(knn_infer_t *infer);
int  knn_infer_inputs_end(knn_infer_t *infer);

/* Its name, the dimensions of its shape and its datatype. */
int knn_infer_name(knn_infer_t *infer, const char *name, size_t size);
int knn_infer_dim(knn_infer_t *infer, const knn_token_t *token);
int knn_infer_datatype(knn_infer_t *infer, const char *name, size_t size);

/* Writes its shape ("[3,4]") into buf; returns that. */
const char *knn_infer_shape(const knn_infer_t *infer, char *buf, size_t size);

/* True when all is known that tells the places of its elements. */
bool knn_infer_known(const knn_infer_t *infer);

/* Finds these: infer->tensor. */
int knn_infer_place(knn_infer_t *infer);

/* Its "data" begins, goes on, or was late. */
int knn_infer_data(knn_infer_t *infer, const knn_token_t *token);
int knn_infer_element(knn_infer_t *infer, const knn_token_t *token);
int knn_infer_late(knn_infer_t *infer);

/* Reads an element; a number, which *value is if there is no token. */
int knn_infer_read(knn_infer_t *infer, const knn_token_t *token, double *value);
int knn_infer_value(knn_infer_t *infer, const knn_token_t *token,
                    double *value);

/* Checks "data" of so many elements that has ended. */
int knn_infer_whole(knn_infer_t *infer, size_t count);

/* Takes note of a binary input. */
int knn_infer_tensor(knn_infer_t *infer);

/* Reads the bytes of all of them. */
knn_status_e knn_infer_tensors(knn_infer_t *infer, const char *data,
                               size_t size);
knn_status_e knn_infer_tensors_end(knn_infer_t *infer);

/* The row and the feature of an element of infer->tensor. */
size_t knn_infer_row(const knn_infer_t *infer, size_t element);
size_t knn_infer_feature(const knn_infer_t *infer, size_t element);

/* True if it may be missing. */
bool knn_infer_missing(const knn_infer_t *infer, size_t element);

/* Refuses it: "is null …". */
int knn_infer_refuse(knn_infer_t *infer, size_t element, knn_status_e status,
                     const char *reason);

/* Reads the text of the next one. */
int knn_infer_text(knn_infer_t *infer, const char *text, size_t size,
                   double *value);

/* An output begins, its name, and it is whole. */
void knn_infer_output_begin(knn_infer_t *infer);
int  knn_infer_output_name(knn_infer_t *infer, const char *name, size_t size);
int  knn_infer_output_end(knn_infer_t *infer);

/* Settles what the reply has. */
void knn_infer_outputs(knn_infer_t *infer);

/*
 * Reads a number of JSON as one of a datatype.  Returns NULL, or what is wrong
 * with it: "is no integer".
 */
const char *knn_infer_number(knn_datatype_e type, const char *text, size_t size,
                             double *value);

/* The same for a finite number, which is a double below 2^53 if integer. */
const char *knn_infer_double(knn_datatype_e type, double *value);

/* Reads numbers of "data" that need no checks but one. */
void knn_infer_scan(void *ctx, knn_scan_t *scan);

void knn_late_put(knn_late_t *late, knn_memory_t *memory,
                  const knn_token_t *token);

/* The value of an element; false for what is none but a token. */
bool knn_late_get(const knn_late_t *late, size_t index, double *value,
                  knn_token_t *token);

void knn_nest_init(knn_nest_t *nest);

/* An element, or an array, begins in the open array; false if ragged. */
bool knn_nest_element(knn_nest_t *nest);
bool knn_nest_down(knn_nest_t *nest);

/* The open array ends; false if it is not as long as its like. */
bool knn_nest_up(knn_nest_t *nest);

/* Goes to the first of all elements that there were, and on to the next. */
void knn_nest_rewind(knn_nest_t *nest);
void knn_nest_next(knn_nest_t *nest);

/* True if a shape of as many elements may be nested like this. */
bool knn_nest_fits(const knn_nest_t *nest, const size_t *shape, size_t dims);


#endif /* KNN_INFER_H */
