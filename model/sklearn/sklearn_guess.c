
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * The columns of release 0.20, which kept neither how many there were nor what
 * they were called: they are those that are chosen.
 */


#include <string.h>

#include "sklearn_choice.h"


/* names of which no order was kept */
#define KNN_GUESS_NAMES 1000


/* Adds a name to those that were guessed, unless it is among them. */
static knn_status_e
knn_guess_name(knn_choice_t *choice, const char *name)
{
    size_t i;

    if (choice->guessed == NULL) {
        choice->guessed = knn_arena_array(choice->program->arena,
                                          KNN_GUESS_NAMES, sizeof(char *));
    }

    for (i = 0; choice->guessed != NULL && i < choice->n_guessed; i++) {
        if (strcmp(choice->guessed[i], name) == 0) {
            return KNN_OK;
        }
    }

    if (choice->guessed == NULL || i == KNN_GUESS_NAMES) {
        return knn_error(choice->program->err, KNN_LIMIT,
                         "chooses more than %d columns by name, which release "
                         "0.20 did not number, choose them by number",
                         KNN_GUESS_NAMES);
    }

    choice->guessed[choice->n_guessed++] = name;

    return KNN_OK;
}


/* Counts the columns of a slice, whose end must be there as a number. */
static knn_status_e
knn_guess_slice(knn_choice_t *choice, const knn_value_t *slice)
{
    const knn_value_t *args, *stop;

    args = slice->u.object.args;
    stop = (args->u.list.n == KNN_CHOICE_SLICE) ? args->u.list.items[1] : args;

    if (stop->type != KNN_VALUE_INT || stop->u.integer < 0) {
        return knn_error(choice->program->err, KNN_UNSUPPORTED,
                         "chooses columns by a slice, whose end release 0.20 "
                         "did not keep, choose them by number");
    }

    if ((size_t) stop->u.integer > choice->n_all) {
        choice->n_all = (size_t) stop->u.integer;
    }

    choice->numbered = true;

    return KNN_OK;
}


knn_status_e
knn_choice_count(knn_choice_t *choice, const knn_value_t *value, bool used)
{
    size_t       i, n, most;
    knn_label_t *labels;

    if (value->type == KNN_VALUE_OBJECT && value->symbol == KNN_SYMBOL_SLICE) {
        return knn_guess_slice(choice, value);
    }

    n = 0;
    labels = knn_choice_read(choice, value, &n);

    if (labels == NULL) {
        return choice->program->err->status;
    }

    for (i = 0; i < n; i++) {
        most = (labels[i].type == KNN_LABEL_INTEGER
                && labels[i].value.integer >= 0)
                   ? (size_t) labels[i].value.integer + 1
                   : n;

        if (labels[i].type != KNN_LABEL_STRING) {
            choice->numbered |= used;
            choice->n_all = (most > choice->n_all) ? most : choice->n_all;
        }
        else if (used
                 && knn_guess_name(choice, labels[i].value.string.data)
                        != KNN_OK) {
            return choice->program->err->status;
        }
    }

    return KNN_OK;
}
