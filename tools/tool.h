
/*
 * Copyright (C) nginx-knn contributors
 */


/* The verbs of the knn command and what they share. */


#ifndef KNN_TOOL_H
#define KNN_TOOL_H


#include "../model/native/native.h"


/* the status that the command ends with */
#define KNN_EXIT_DONE    0
#define KNN_EXIT_REFUSED 1 /* the model, the data or the system */
#define KNN_EXIT_USAGE   2

/* a model may take so much memory, in bytes */
#define KNN_TOOL_MEMORY ((size_t) 64 << 30)

/* options of verbs, each is given or not */
#define KNN_TOOL_JSON      0x00000001
#define KNN_TOOL_PROBA     0x00000002
#define KNN_TOOL_NEIGHBORS 0x00000004
#define KNN_TOOL_QUIET     0x00000008

/* these have a value */
#define KNN_TOOL_OUTPUT    0x00000010
#define KNN_TOOL_TARGET    0x00000020
#define KNN_TOOL_TASK      0x00000040
#define KNN_TOOL_DROP      0x00000080
#define KNN_TOOL_HEADER    0x00000100
#define KNN_TOOL_K         0x00000200
#define KNN_TOOL_WEIGHTS   0x00000400
#define KNN_TOOL_METRIC    0x00000800
#define KNN_TOOL_P         0x00001000
#define KNN_TOOL_ALGORITHM 0x00002000
#define KNN_TOOL_SCALE     0x00004000
#define KNN_TOOL_CV        0x00008000
#define KNN_TOOL_SEED      0x00010000
#define KNN_TOOL_NAME      0x00020000
#define KNN_TOOL_VERSION   0x00040000

/* this has none */
#define KNN_TOOL_MAPPED 0x00080000

/* values of one call */
#define KNN_TOOL_VALUES 64


typedef struct knn_verb_s knn_verb_t;


/* what a verb is called with */
typedef struct {
    const knn_verb_t *verb;

    const char *model;   /* the first file */
    const char *rows;    /* the second file, NULL if there is none */
    unsigned    options; /* of KNN_TOOL_JSON and so on */

    size_t n_values;
    struct {
        unsigned    option;
        const char *value;
    } values[KNN_TOOL_VALUES];
} knn_arguments_t;


typedef struct {
    const char *name; /* "--neighbors" */
    unsigned    option;
    const char *value; /* how the help calls it, "N"; NULL if it has none */
    const char *help;  /* lines of up to 56 characters */
} knn_option_t;


struct knn_verb_s {
    const char         *name; /* "train" */
    const char         *files;
    const char         *summary;
    const char         *help; /* what else there is to say, or NULL */
    int                 min_files;
    int                 max_files;
    const knn_option_t *options; /* up to one without a name */
    int (*run)(const knn_arguments_t *arguments);
};


/* all of them, up to one without a name */
extern const knn_verb_t knn_verbs[];

int knn_tool_convert(const knn_arguments_t *arguments);
int knn_tool_evaluate(const knn_arguments_t *arguments);
int knn_tool_inspect(const knn_arguments_t *arguments);
int knn_tool_predict(const knn_arguments_t *arguments);
int knn_tool_train(const knn_arguments_t *arguments);
int knn_tool_verify(const knn_arguments_t *arguments);

/* Says on standard error what is wrong; returns KNN_EXIT_REFUSED. */
int knn_tool_refuse(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same for wrong usage of a verb, or of the command if it is NULL. */
int knn_tool_misuse(const knn_verb_t *verb, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The model of a file, or NULL when that was refused. */
knn_model_t *knn_tool_load(const char *path);

/* The same, mapped if the verb is told so: then its tensors are compared. */
knn_model_t *knn_tool_check(const knn_arguments_t *arguments);

/* Prints all verbs, or how one of them is used. */
int knn_tool_list(void);
int knn_tool_help(const knn_verb_t *verb);

/*
 * Reads what stands behind a verb.  KNN_EXIT_DONE if it can be run, or
 * KNN_EXIT_USAGE; help tells that only help is wanted.
 */
int knn_tool_arguments(const knn_verb_t *verb, int argc, char **argv,
                       knn_arguments_t *arguments, bool *help);

/* Refuses the value of an option, which is not what is wanted. */
int knn_tool_wrong(const knn_arguments_t *arguments, unsigned option,
                   const char *value, const char *wanted);

/*
 * Finds the value of an option among words that NULL ends, the first if it was
 * not given; KNN_EXIT_DONE or KNN_EXIT_USAGE.
 */
int knn_tool_word(const knn_arguments_t *arguments, unsigned option,
                  const char *const *words, const char *wanted, size_t *found);

/*
 * Puts --name and --version, if they were given, into meta; KNN_EXIT_DONE or
 * KNN_EXIT_USAGE.
 */
int knn_tool_meta(const knn_arguments_t *arguments, knn_native_meta_t *meta);

/* True if both paths lead to one file. */
bool knn_tool_same(const char *in, const char *out);

/* The value that an option was given at last, or other if it was not. */
const char *knn_tool_value(const knn_arguments_t *arguments, unsigned option,
                           const char *other);


#endif /* KNN_TOOL_H */
