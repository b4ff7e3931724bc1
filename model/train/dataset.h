
/*
 * Copyright (C) nginx-knn contributors
 */


/* What a table says of its target: which column it is, and of which kind. */


#ifndef KNN_DATASET_H
#define KNN_DATASET_H


#include "table.h"
#include "train.h"


/* integers of more values are a quantity, not names of classes */
#define KNN_DATASET_CLASSES 20


/*
 * The column that is the target when nobody says so: the only one with a name
 * that says it, or the last one if it alone is no number.  Those whose type is
 * KNN_COLUMN_EMPTY do not count.  n_columns if it is not clear.
 */
size_t knn_dataset_target(const knn_table_t *table);

/* True for texts, truth values, and few different integers. */
bool knn_dataset_classifies(const knn_column_t *target, size_t rows);

/*
 * Fills the classes, or the values, of the rows that have a target, and rows
 * with their numbers; returns how many there are, 0 and err if none can be
 * used.  What is made is in the arena, what is not is in the table, whose
 * numbers must be finite.  Only a text cannot be a value.
 */
size_t knn_dataset_rows(knn_dataset_t *data, const knn_column_t *target,
                        bool classify, size_t n_rows, uint32_t *rows,
                        knn_arena_t *arena, knn_error_t *err);

/* Adds every column but one that is not KNN_COLUMN_EMPTY as an input. */
knn_status_e knn_dataset_inputs(knn_dataset_t *data, const knn_table_t *table,
                                size_t target, knn_arena_t *arena,
                                knn_error_t *err);


#endif /* KNN_DATASET_H */
