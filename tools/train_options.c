
/*
 * Copyright (C) nginx-knn contributors
 */


/* The options of knn train. */


#include <string.h>

#include "../codec/text/number.h"
#include "../model/metric.h"
#include "training.h"


/* seeds of numpy, and more neighbors than there can be rows */
#define KNN_TRAINING_SEEDS     UINT32_MAX
#define KNN_TRAINING_NEIGHBORS INT32_MAX


/* Reads the integer that an option was given. */
static int
knn_training_integer(const knn_training_t *training, unsigned option,
                     const char *other, uint32_t least, uint32_t most,
                     const char *wanted, uint32_t *integer)
{
    double      number;
    const char *value, *end;

    *integer = 0;
    value = knn_tool_value(training->arguments, option, other);
    end = value + strlen(value);

    if (*value < '0' || *value > '9'
        || knn_number_read(value, end, &number) != end || number < least
        || number > most || number != (double) (uint32_t) number)
    {
        return knn_tool_wrong(training->arguments, option, value, wanted);
    }

    *integer = (uint32_t) number;

    return KNN_EXIT_DONE;
}


/* The metric and p. */
static int
knn_training_metric(knn_training_t *training)
{
    double        p;
    const char   *value, *end;
    knn_recipe_t *recipe;

    recipe = &training->recipe;
    recipe->p = 2;
    recipe->metric_name =
        knn_tool_value(training->arguments, KNN_TOOL_METRIC, "minkowski");

    if (!knn_metric_find(recipe->metric_name, &recipe->metric)
        || recipe->metric == KNN_WMINKOWSKI || recipe->metric == KNN_SEUCLIDEAN
        || recipe->metric == KNN_MAHALANOBIS)
    {
        return knn_tool_wrong(training->arguments, KNN_TOOL_METRIC,
                              recipe->metric_name,
                              "one of scikit-learn's that has no "
                              "parameters but p");
    }

    value = knn_tool_value(training->arguments, KNN_TOOL_P, NULL);

    if (value == NULL) {
        return KNN_EXIT_DONE;
    }

    end = value + strlen(value);

    if (knn_number_read(value, end, &p) != end || !(p >= 1)
        || recipe->metric != KNN_MINKOWSKI)
    {
        return knn_tool_wrong(training->arguments, KNN_TOOL_P, value,
                              "a number not below 1, of the metric "
                              "minkowski");
    }

    recipe->p = p;

    return KNN_EXIT_DONE;
}


/* The number of neighbors. */
static int
knn_training_neighbors(knn_training_t *training)
{
    int         status;
    uint32_t    n;
    const char *value;

    value = knn_tool_value(training->arguments, KNN_TOOL_K, "5");

    if (strcmp(value, "auto") == 0) {
        return KNN_EXIT_DONE;
    }

    status = knn_training_integer(training, KNN_TOOL_K, "5", 1,
                                  KNN_TRAINING_NEIGHBORS,
                                  "\"auto\" or an integer from 1 on", &n);
    training->recipe.n_neighbors = n;

    return status;
}


/* The estimator and what is done before it. */
static int
knn_training_recipe(knn_training_t *training)
{
    static const char *const weights[] = {"uniform", "distance", NULL};
    static const char *const algorithms[] = {"auto", "kd_tree", "ball_tree",
                                             "brute", NULL};
    static const char *const scales[] = {"standard", "minmax", "robust", "none",
                                         NULL};
    static const knn_algorithm_e of_algorithms[] = {KNN_BRUTE, KNN_KD_TREE,
                                                    KNN_BALL_TREE, KNN_BRUTE};
    static const knn_scale_e     of_scales[] = {
            KNN_SCALE_STANDARD, KNN_SCALE_MINMAX, KNN_SCALE_ROBUST, KNN_SCALE_NONE};

    size_t found;

    if (knn_tool_word(training->arguments, KNN_TOOL_WEIGHTS, weights,
                      "uniform or distance", &found)
        != KNN_EXIT_DONE)
    {
        return KNN_EXIT_USAGE;
    }

    training->recipe.weights = found == 0 ? KNN_UNIFORM : KNN_DISTANCE;

    if (knn_tool_word(training->arguments, KNN_TOOL_ALGORITHM, algorithms,
                      "auto, kd_tree, ball_tree or brute", &found)
        != KNN_EXIT_DONE)
    {
        return KNN_EXIT_USAGE;
    }

    training->recipe.automatic = found == 0;
    training->recipe.algorithm = of_algorithms[found];

    if (knn_tool_word(training->arguments, KNN_TOOL_SCALE, scales,
                      "standard, minmax, robust or none", &found)
        != KNN_EXIT_DONE)
    {
        return KNN_EXIT_USAGE;
    }

    training->recipe.scale = of_scales[found];

    if (knn_training_metric(training) != KNN_EXIT_DONE) {
        return KNN_EXIT_USAGE;
    }

    return knn_training_neighbors(training);
}


/* How the rows are divided to try the model. */
static int
knn_training_folds(knn_training_t *training)
{
    uint32_t count, seed;

    training->folds_asked = (training->arguments->options & KNN_TOOL_CV) != 0
                            || training->recipe.n_neighbors == 0;
    training->folds.shuffle =
        (training->arguments->options & KNN_TOOL_SEED) != 0;

    if (knn_training_integer(training, KNN_TOOL_CV, "5", 0, KNN_TRAINING_FOLDS,
                             "0 or an integer from 2 to 1000", &count)
            != KNN_EXIT_DONE
        || knn_training_integer(training, KNN_TOOL_SEED, "0", 0,
                                KNN_TRAINING_SEEDS,
                                "an integer from 0 to 4294967295", &seed)
               != KNN_EXIT_DONE)
    {
        return KNN_EXIT_USAGE;
    }

    if (count == 1 || (count == 0 && training->recipe.n_neighbors == 0)) {
        return knn_tool_wrong(training->arguments, KNN_TOOL_CV,
                              count == 0 ? "0" : "1",
                              count == 0 ? "2 or more with --neighbors auto"
                                         : "0 or an integer from 2 to 1000");
    }

    training->folds.count = count;
    training->folds.seed = seed;

    return KNN_EXIT_DONE;
}


/* Where the model goes and what it is called. */
static int
knn_training_output(knn_training_t *training)
{
    const knn_arguments_t *arguments;

    arguments = training->arguments;
    training->output = knn_tool_value(arguments, KNN_TOOL_OUTPUT, "");

    if (*training->output == '\0') {
        return knn_tool_misuse(arguments->verb,
                               "-o lacks the file that the model goes to");
    }

    return knn_tool_meta(arguments, &training->meta);
}


int
knn_training_options(knn_training_t *training)
{
    static const char *const tasks[] = {"auto", "classify", "regress", NULL};

    size_t found;

    training->quiet = (training->arguments->options & KNN_TOOL_QUIET) != 0;

    if (knn_tool_word(training->arguments, KNN_TOOL_TASK, tasks,
                      "auto, classify or regress", &found)
        != KNN_EXIT_DONE)
    {
        return KNN_EXIT_USAGE;
    }

    training->task = (knn_task_e) found;

    if (knn_table_file_header(training->arguments, &training->header)
            != KNN_EXIT_DONE
        || knn_training_recipe(training) != KNN_EXIT_DONE
        || knn_training_folds(training) != KNN_EXIT_DONE)
    {
        return KNN_EXIT_USAGE;
    }

    return knn_training_output(training);
}
