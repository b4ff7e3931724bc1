
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * The files beside a dump of joblib before 0.10, one for each array: those of
 * "model.pkl" are "model.pkl_01.npy", "model.pkl_02.npy", … or, compressed,
 * "model.pkl_01.npy.z".  No other name is opened, whatever a dump asks for.
 */


#ifndef KNN_BESIDE_H
#define KNN_BESIDE_H


#include "../arena.h"
#include "../file/source.h"


/* a file that was read */
typedef struct knn_side_s knn_side_t;

struct knn_side_s {
    knn_side_t  *next;
    const char  *path;
    knn_source_t source;
    void        *inflated; /* NULL when not compressed */
    size_t       size;     /* of what was inflated */
};


typedef struct {
    const char  *path;  /* of the dump, NULL when it is of no file */
    knn_arena_t *arena; /* for what is not the content of files */
    size_t       left;  /* bytes that files may still have */
    knn_side_t  *first;
} knn_beside_t;


/*
 * The (decompressed) bytes of the file that a dump calls name, which is read
 * once and lives as long as beside.
 */
knn_status_e knn_beside_read(knn_beside_t *beside, const char *name, size_t len,
                             bool compressed, const void **data, size_t *size,
                             knn_error_t *err);

/* Frees the files. */
void knn_beside_close(knn_beside_t *beside);


#endif /* KNN_BESIDE_H */
