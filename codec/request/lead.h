
/*
 * Copyright (C) nginx-knn contributors
 */


/* What a text may begin with: a byte order mark and white space. */


#ifndef KNN_LEAD_H
#define KNN_LEAD_H


#include <stddef.h>


#define KNN_BOM "\xEF\xBB\xBF"


/* all 0 at first */
typedef struct {
    size_t bom;     /* bytes of the mark; a part of it is none */
    size_t skipped; /* bytes, those of the mark among them */
    size_t blanks;  /* those of them that begin the line */
} knn_lead_t;


/* Skips more of it; returns what is left. */
const char *knn_lead_skip(knn_lead_t *lead, const char *p, const char *end);


#endif /* KNN_LEAD_H */
