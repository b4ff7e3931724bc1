
/*
 * Copyright (C) nginx-knn contributors
 */


/* The verbs of the knn command and what they share. */


#ifndef KNN_TOOL_H
#define KNN_TOOL_H


#include "../model/knn.h"


/* the status that the command ends with */
#define KNN_EXIT_DONE    0
#define KNN_EXIT_REFUSED 1 /* the model, the data or the system */
#define KNN_EXIT_USAGE   2

/* a model may take so much memory, in bytes */
#define KNN_TOOL_MEMORY    ((size_t) 64 << 30)

#define KNN_TOOL_JSON      0x01
#define KNN_TOOL_PROBA     0x02
#define KNN_TOOL_NEIGHBORS 0x04


/* what a verb is called with */
typedef struct {
    const char *model;
    const char *rows;    /* the second file, NULL if there is none */
    unsigned    options; /* of KNN_TOOL_JSON and so on */
} knn_arguments_t;


int knn_tool_inspect(const knn_arguments_t *arguments);
int knn_tool_predict(const knn_arguments_t *arguments);
int knn_tool_verify(const knn_arguments_t *arguments);

/* Says on standard error what is wrong; returns KNN_EXIT_REFUSED. */
int knn_tool_refuse(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The model of a file, or NULL when that was refused. */
knn_model_t *knn_tool_load(const char *path);


#endif /* KNN_TOOL_H */
