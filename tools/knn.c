
/*
 * Copyright (C) nginx-knn contributors
 */


/* The knn command: kNN models from the command line. */


#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "printer.h"
#include "tool.h"


#define KNN_TOOL_FILES 2


typedef struct {
    const char *name;
    const char *usage;
    const char *help;
    int         files; /* the most, one of them is the model */
    unsigned    options;
    int (*run)(const knn_arguments_t *arguments);
} knn_verb_t;


static const knn_verb_t knn_verbs[] = {
    {"inspect", "MODEL [--json]", "says what a model file holds", 1,
     KNN_TOOL_JSON, knn_tool_inspect},
    {"predict", "MODEL [rows.csv] [--proba] [--neighbors] [--json]",
     "predicts rows of CSV, from standard input without a file", 2,
     KNN_TOOL_JSON | KNN_TOOL_PROBA | KNN_TOOL_NEIGHBORS, knn_tool_predict},
    {"verify", "MODEL", "loads a model file completely", 1, 0,
     knn_tool_verify}};

static const struct {
    const char *name;
    unsigned    option;
} knn_options[] = {{"--json", KNN_TOOL_JSON},
                   {"--proba", KNN_TOOL_PROBA},
                   {"--neighbors", KNN_TOOL_NEIGHBORS}};

#define KNN_VERBS   (sizeof(knn_verbs) / sizeof(knn_verbs[0]))
#define KNN_OPTIONS (sizeof(knn_options) / sizeof(knn_options[0]))


int
knn_tool_refuse(const char *fmt, ...)
{
    va_list args;

    (void) fputs("knn: ", stderr);

    va_start(args, fmt);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it is not */
    (void) vfprintf(stderr, fmt, args);
    va_end(args);

    (void) fputc('\n', stderr);

    return KNN_EXIT_REFUSED;
}


knn_model_t *
knn_tool_load(const char *path)
{
    knn_error_t  err;
    knn_model_t *model;

    model = knn_model_load(path, KNN_TOOL_MEMORY, &err);

    if (model == NULL) {
        (void) knn_tool_refuse("%s", err.message);
    }

    return model;
}


/* Says how a verb, or the command, is used. */
static int
knn_tool_usage(const knn_verb_t *verb, const char *what, const char *which)
{
    if (verb == NULL) {
        (void) fprintf(stderr, "knn: %s%s, knn --help lists the commands\n",
                       what, which);
    }
    else {
        (void) fprintf(stderr, "knn: %s%s, usage: knn %s %s\n", what, which,
                       verb->name, verb->usage);
    }

    return KNN_EXIT_USAGE;
}


/* Prints text to standard output. */
static int
knn_tool_print(const char *text)
{
    knn_printer_t out;

    if (!knn_printer_init(&out)) {
        return knn_tool_refuse("no memory");
    }

    knn_printer_text(&out, text);

    return knn_printer_finish(&out);
}


/* Prints the verbs. */
static int
knn_tool_help(void)
{
    size_t        i;
    knn_printer_t out;

    if (!knn_printer_init(&out)) {
        return knn_tool_refuse("no memory");
    }

    for (i = 0; i < KNN_VERBS; i++) {
        knn_printer_text(&out, "knn ");
        knn_printer_text(&out, knn_verbs[i].name);
        knn_printer_text(&out, " ");
        knn_printer_text(&out, knn_verbs[i].usage);
        knn_printer_text(&out, "\n    ");
        knn_printer_text(&out, knn_verbs[i].help);
        knn_printer_text(&out, "\n");
    }

    knn_printer_text(&out, "knn --help\nknn --version\n");

    return knn_printer_finish(&out);
}


/* The option of a name, 0 if there is none for the verb. */
static unsigned
knn_tool_option(const knn_verb_t *verb, const char *name)
{
    size_t i;

    for (i = 0; i < KNN_OPTIONS; i++) {
        if (strcmp(name, knn_options[i].name) == 0) {
            return knn_options[i].option & verb->options;
        }
    }

    return 0;
}


/* Reads the arguments of a verb and runs it. */
static int
knn_tool_run(const knn_verb_t *verb, int argc, char **argv)
{
    int             i, files;
    bool            ended;
    unsigned        option;
    const char     *file[KNN_TOOL_FILES];
    knn_arguments_t arguments;

    memset(&arguments, 0, sizeof(knn_arguments_t));
    file[0] = file[1] = NULL;
    files = 0;
    ended = false;

    for (i = 0; i < argc; i++) {
        if (!ended && strcmp(argv[i], "--") == 0) {
            ended = true;
            continue;
        }

        if (!ended && strcmp(argv[i], "--help") == 0) {
            return knn_tool_help();
        }

        if (!ended && argv[i][0] == '-' && argv[i][1] != '\0') {
            option = knn_tool_option(verb, argv[i]);

            if (option == 0) {
                return knn_tool_usage(verb, "unknown option ", argv[i]);
            }

            arguments.options |= option;
            continue;
        }

        if (files == verb->files) {
            return knn_tool_usage(verb, "one file too many: ", argv[i]);
        }

        file[files++] = argv[i];
    }

    if (files == 0 || *file[0] == '\0') {
        return knn_tool_usage(verb, "a model file is missing", "");
    }

    arguments.model = file[0];
    arguments.rows = file[1];

    return verb->run(&arguments);
}


int
main(int argc, char **argv)
{
    size_t i;

    if (argc < 2) {
        return knn_tool_usage(NULL, "a command is missing", "");
    }

    if (strcmp(argv[1], "--help") == 0) {
        return knn_tool_help();
    }

    if (strcmp(argv[1], "--version") == 0) {
        return knn_tool_print("knn " KNN_VERSION "\n");
    }

    for (i = 0; i < KNN_VERBS; i++) {
        if (strcmp(argv[1], knn_verbs[i].name) == 0) {
            return knn_tool_run(&knn_verbs[i], argc - 2, argv + 2);
        }
    }

    return knn_tool_usage(NULL, "unknown command ", argv[1]);
}
