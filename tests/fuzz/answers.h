
/*
 * Copyright (C) nginx-knn contributors
 */


/* What every model must answer, whatever it was read from. */


#ifndef KNN_ANSWERS_H
#define KNN_ANSWERS_H


#include "../../model/model.h"


/* Ends the process when a demand does not hold. */
void demand(bool holds);

/*
 * Asks a model about some points: labels must exist, shares must be shares,
 * and neighbors be the nearest rows, the nearest first, each as far away as
 * its row is without any search.
 */
void check_answers(const knn_model_t *model);

/* A refusal is one line that begins with the name of what was read. */
void check_refusal(const knn_error_t *err, const char *name);


#endif /* KNN_ANSWERS_H */
