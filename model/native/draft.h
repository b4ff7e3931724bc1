
/*
 * Copyright (C) nginx-knn contributors
 */


/* JSON text that grows while it is written. */


#ifndef KNN_DRAFT_H
#define KNN_DRAFT_H


#include "../knn.h"


typedef struct {
    char  *data;
    size_t len;
    size_t allocated;
    bool   failed; /* there was no memory */
} knn_draft_t;


void knn_draft_init(knn_draft_t *draft);
void knn_draft_free(knn_draft_t *draft);

/* These add bytes as they are, a string in quotes, a number, a label. */
void knn_draft_bytes(knn_draft_t *draft, const char *data, size_t len);
void knn_draft_literal(knn_draft_t *draft, const char *text);
void knn_draft_string(knn_draft_t *draft, const char *data, size_t len);
void knn_draft_count(knn_draft_t *draft, size_t count);
void knn_draft_label(knn_draft_t *draft, const knn_label_t *label);

/* A comma, but not before the first of several. */
void knn_draft_comma(knn_draft_t *draft, size_t i);


#endif /* KNN_DRAFT_H */
