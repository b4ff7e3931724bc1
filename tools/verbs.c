
/*
 * Copyright (C) nginx-knn contributors
 */


/* Every verb of the command and what its --help says. */


#include "tool.h"


static const knn_option_t knn_train_options[] = {
    {"-o", KNN_TOOL_OUTPUT, "MODEL", "the file that the model goes to"},
    {"--target", KNN_TOOL_TARGET, "COLUMN",
     "the column to predict, by its name or, without a\n"
     "header, by its number from 1; it may be left out when\n"
     "one column is called target, label, class, species or\n"
     "y, or when the last one alone is no number"},
    {"--task", KNN_TOOL_TASK, "TASK",
     "classify or regress; by default texts, truth values\n"
     "and up to 20 different integers are classes"},
    {"--drop", KNN_TOOL_DROP, "COLUMN", "leaves a column out, repeatable"},
    {"--header", KNN_TOOL_HEADER, "auto|yes|no",
     "whether the first row names the columns"},
    {"--neighbors", KNN_TOOL_K, "N",
     "how many neighbors vote, 5 by default; auto tries\n"
     "1, 3, 5, 7, 9, 11, 15, 21, 31, 51 and takes the best"},
    {"--weights", KNN_TOOL_WEIGHTS, "W", "uniform (the default) or distance"},
    {"--metric", KNN_TOOL_METRIC, "METRIC",
     "one of scikit-learn's, minkowski by default"},
    {"--p", KNN_TOOL_P, "P", "of minkowski, 2 (euclidean) by default"},
    {"--algorithm", KNN_TOOL_ALGORITHM, "A",
     "auto (the default, as scikit-learn chooses), kd_tree,\nball_tree or brute"},
    {"--scale", KNN_TOOL_SCALE, "SCALE",
     "standard (the default), minmax, robust or none"},
    {"--cv", KNN_TOOL_CV, "FOLDS",
     "folds of the cross-validation, 5 by default, 0 for none"},
    {"--seed", KNN_TOOL_SEED, "SEED",
     "shuffles the rows before they are divided into folds"},
    {"--name", KNN_TOOL_NAME, "NAME", "the model's name, kept in the file"},
    {"--version", KNN_TOOL_VERSION, "VERSION", "its version, such as 1.0.0"},
    {"--json", KNN_TOOL_JSON, NULL, "one JSON object"},
    {"--quiet", KNN_TOOL_QUIET, NULL, "neither notes nor progress"},
    {NULL, 0, NULL, NULL}};


static const knn_option_t knn_evaluate_options[] = {
    {"--target", KNN_TOOL_TARGET, "COLUMN",
     "the column that has the truth, by its name or number;\n"
     "once for each output of the model"},
    {"--header", KNN_TOOL_HEADER, "auto|yes|no",
     "whether the first row names the columns"},
    {"--json", KNN_TOOL_JSON, NULL, "one JSON object"},
    {NULL, 0, NULL, NULL}};


static const knn_option_t knn_inspect_options[] = {
    {"--json", KNN_TOOL_JSON, NULL, "one JSON object, as knn_info answers"},
    {"--mapped", KNN_TOOL_MAPPED, NULL, "as knn_model has it with mapped"},
    {NULL, 0, NULL, NULL}};


static const knn_option_t knn_predict_options[] = {
    {"--proba", KNN_TOOL_PROBA, NULL, "probabilities of all labels, too"},
    {"--neighbors", KNN_TOOL_NEIGHBORS, NULL, "the nearest training rows, too"},
    {"--json", KNN_TOOL_JSON, NULL, "one JSON object a row"},
    {NULL, 0, NULL, NULL}};


static const knn_option_t knn_convert_options[] = {
    {"--name", KNN_TOOL_NAME, "NAME", "the model's name, kept in the file"},
    {"--version", KNN_TOOL_VERSION, "VERSION", "its version, such as 1.0.0"},
    {NULL, 0, NULL, NULL}};


static const knn_option_t knn_verify_options[] = {
    {"--mapped", KNN_TOOL_MAPPED, NULL, "as knn_model has it with mapped"},
    {NULL, 0, NULL, NULL}};


const knn_verb_t knn_verbs[] = {
    {"train", "DATA.csv -o MODEL", "trains a model on a CSV file",
     "Trains a model on the rows of a CSV file (\"-\" is standard input), tries "
     "it by\n"
     "cross-validation, and writes it as safetensors.",
     1, 1, knn_train_options, knn_tool_train},
    {"evaluate", "MODEL [LABELLED.csv]", "says how well a model predicts",
     "Predicts the rows of a CSV file, or of standard input, and compares the "
     "results\n"
     "with a column that has the truth.",
     1, 2, knn_evaluate_options, knn_tool_evaluate},
    {"predict", "MODEL [ROWS.csv]", "predicts rows of CSV",
     "Predicts the rows of a CSV file, or of standard input, one a line.", 1, 2,
     knn_predict_options, knn_tool_predict},
    {"inspect", "MODEL", "says what a model file holds",
     "Says what a model file holds.", 1, 1, knn_inspect_options,
     knn_tool_inspect},
    {"convert", "MODEL OUT.safetensors", "writes a model in the native form",
     "Writes a model in the native form, which is served as it stands in the\n"
     "file and keeps queries with their answers, verified at every load.",
     2, 2, knn_convert_options, knn_tool_convert},
    {"verify", "MODEL", "loads a model file completely",
     "Loads a model file completely, as nginx does, replays the golden queries\n"
     "that a native file has, and says if it is good.  With --mapped the "
     "SHA-256 of\nits tensors is compared, too.",
     1, 1, knn_verify_options, knn_tool_verify},
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL}};
