
/*
 * Copyright (C) nginx-knn contributors
 */


/* The knn command: kNN models from the command line. */


#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../model/load.h"
#include "printer.h"
#include "tool.h"


/* Says something in a line of its own on standard error. */
static void
knn_tool_say(const char *fmt, va_list args)
{
    (void) fputs("knn: ", stderr);
    (void) vfprintf(stderr, fmt, args);
}


int
knn_tool_refuse(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    knn_tool_say(fmt, args);
    va_end(args);

    (void) fputc('\n', stderr);

    return KNN_EXIT_REFUSED;
}


int
knn_tool_misuse(const knn_verb_t *verb, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    knn_tool_say(fmt, args);
    va_end(args);

    (void) fprintf(stderr, ", see knn %s%s--help\n",
                   verb == NULL ? "" : verb->name, verb == NULL ? "" : " ");

    return KNN_EXIT_USAGE;
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


knn_model_t *
knn_tool_check(const knn_arguments_t *arguments)
{
    knn_error_t  err;
    const char  *path;
    knn_model_t *model;

    path = arguments->model;
    model = NULL;

    if ((arguments->options & KNN_TOOL_MAPPED) == 0) {
        return knn_tool_load(path);
    }

    if (knn_file_intact(path, &err) == KNN_OK) {
        model = knn_model_map(path, &err);
    }

    if (model == NULL) {
        (void) knn_tool_refuse("%s", err.message);
    }

    return model;
}


/* Prints the version. */
static int
knn_tool_version(void)
{
    knn_printer_t out;

    if (!knn_printer_init(&out)) {
        return knn_tool_refuse("no memory");
    }

    knn_printer_text(&out, "knn " KNN_VERSION "\n");

    return knn_printer_finish(&out);
}


/* Runs a verb with what stands behind it. */
static int
knn_tool_run(const knn_verb_t *verb, int argc, char **argv)
{
    int             status;
    bool            help;
    knn_arguments_t arguments;

    status = knn_tool_arguments(verb, argc, argv, &arguments, &help);

    if (status != KNN_EXIT_DONE) {
        return status;
    }

    return help ? knn_tool_help(verb) : verb->run(&arguments);
}


int
main(int argc, char **argv)
{
    const knn_verb_t *verb;

    if (argc < 2) {
        return knn_tool_misuse(NULL, "a command is missing");
    }

    if (strcmp(argv[1], "--help") == 0) {
        return knn_tool_list();
    }

    if (strcmp(argv[1], "--version") == 0) {
        return knn_tool_version();
    }

    for (verb = knn_verbs; verb->name != NULL; verb++) {
        if (strcmp(argv[1], verb->name) == 0) {
            return knn_tool_run(verb, argc - 2, argv + 2);
        }
    }

    return knn_tool_misuse(NULL, "unknown command %s", argv[1]);
}
