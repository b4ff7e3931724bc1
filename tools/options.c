
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "tool.h"


/* The option of a verb that a word names, up to an equals sign, or NULL. */
static const knn_option_t *
knn_option_find(const knn_verb_t *verb, const char *word)
{
    size_t              len;
    const knn_option_t *option;

    len = strcspn(word, "=");

    for (option = verb->options; option->name != NULL; option++) {
        if (strlen(option->name) == len && memcmp(option->name, word, len) == 0)
        {
            return option;
        }
    }

    return NULL;
}


/* Reads the option at argv[*i], and its value. */
static int
knn_option_read(knn_arguments_t *arguments, int argc, char **argv, int *i)
{
    const char         *word, *value;
    const knn_option_t *option;

    word = argv[*i];
    value = strchr(word, '=');
    option = knn_option_find(arguments->verb, word);

    if (option == NULL) {
        return knn_tool_misuse(arguments->verb, "unknown option %s", word);
    }

    arguments->options |= option->option;

    if (option->value == NULL) {
        return value == NULL
                   ? KNN_EXIT_DONE
                   : knn_tool_misuse(arguments->verb, "option %s has no value",
                                     option->name);
    }

    if (value == NULL && *i + 1 == argc) {
        return knn_tool_misuse(arguments->verb, "option %s lacks its value",
                               word);
    }

    if (arguments->n_values == KNN_TOOL_VALUES) {
        return knn_tool_misuse(arguments->verb, "more than %d options",
                               KNN_TOOL_VALUES);
    }

    arguments->values[arguments->n_values].option = option->option;
    arguments->values[arguments->n_values].value =
        value == NULL ? argv[++*i] : value + 1;
    arguments->n_values++;

    return KNN_EXIT_DONE;
}


/* Takes a file. */
static int
knn_option_file(knn_arguments_t *arguments, const char *file, int count)
{
    if (count >= arguments->verb->max_files) {
        return knn_tool_misuse(arguments->verb, "one file too many: %s", file);
    }

    if (count == 0) {
        arguments->model = file;
    }
    else {
        arguments->rows = file;
    }

    return *file == '\0' ? knn_tool_misuse(arguments->verb, "a file is empty")
                         : KNN_EXIT_DONE;
}


int
knn_tool_arguments(const knn_verb_t *verb, int argc, char **argv,
                   knn_arguments_t *arguments, bool *help)
{
    int  i, files, status;
    bool ended;

    memset(arguments, 0, sizeof(knn_arguments_t));
    arguments->verb = verb;
    status = KNN_EXIT_DONE;
    files = 0;
    ended = false;
    *help = false;

    for (i = 0; i < argc && status == KNN_EXIT_DONE; i++) {
        if (ended || argv[i][0] != '-' || argv[i][1] == '\0') {
            status = knn_option_file(arguments, argv[i], files++);
        }
        else if (strcmp(argv[i], "--") == 0) {
            ended = true;
        }
        else if (strcmp(argv[i], "--help") == 0) {
            *help = true;
            return KNN_EXIT_DONE;
        }
        else {
            status = knn_option_read(arguments, argc, argv, &i);
        }
    }

    if (status == KNN_EXIT_DONE && files < verb->min_files) {
        return knn_tool_misuse(verb, "%s is missing",
                               files == 0 ? "a file" : "the second file");
    }

    return status;
}


const char *
knn_tool_value(const knn_arguments_t *arguments, unsigned option,
               const char *other)
{
    size_t i;

    for (i = arguments->n_values; i > 0; i--) {
        if (arguments->values[i - 1].option == option) {
            return arguments->values[i - 1].value;
        }
    }

    return other;
}


int
knn_tool_wrong(const knn_arguments_t *arguments, unsigned option,
               const char *value, const char *wanted)
{
    const knn_option_t *of;

    for (of = arguments->verb->options; of->option != option; of++) {
        /* void */
    }

    return knn_tool_misuse(arguments->verb, "%s takes %s, not \"%s\"", of->name,
                           wanted, value);
}


int
knn_tool_word(const knn_arguments_t *arguments, unsigned option,
              const char *const *words, const char *wanted, size_t *found)
{
    size_t      i;
    const char *value;

    value = knn_tool_value(arguments, option, words[0]);

    for (i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], value) == 0) {
            *found = i;
            return KNN_EXIT_DONE;
        }
    }

    return knn_tool_wrong(arguments, option, value, wanted);
}
