
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "printer.h"
#include "tool.h"


/* the width of what stands before an explanation */
#define KNN_HELP_COLUMN 22


/* Adds blanks behind so many characters, or begins a line, up to the column. */
static void
knn_help_fill(knn_printer_t *out, size_t len)
{
    if (len >= KNN_HELP_COLUMN) {
        knn_printer_text(out, "\n");
        len = 0;
    }

    for (/* void */; len < KNN_HELP_COLUMN; len++) {
        knn_printer_text(out, " ");
    }
}


/* Adds an option and what it means, which may have several lines. */
static void
knn_help_option(knn_printer_t *out, const knn_option_t *option)
{
    size_t      len;
    const char *line, *end;

    len = 2 + strlen(option->name);
    knn_printer_text(out, "  ");
    knn_printer_text(out, option->name);

    if (option->value != NULL) {
        len += 1 + strlen(option->value);
        knn_printer_text(out, " ");
        knn_printer_text(out, option->value);
    }

    for (line = option->help;; line = end + 1) {
        knn_help_fill(out, len);
        len = 0;
        end = strchrnul(line, '\n');

        if (knn_printer_room(out, (size_t) (end - line))) {
            memcpy(out->p, line, (size_t) (end - line));
            out->p += end - line;
        }

        knn_printer_text(out, "\n");

        if (*end == '\0') {
            break;
        }
    }
}


int
knn_tool_help(const knn_verb_t *verb)
{
    knn_printer_t       out;
    const knn_option_t *option;

    if (!knn_printer_init(&out)) {
        return knn_tool_refuse("no memory");
    }

    knn_printer_text(&out, "usage: knn ");
    knn_printer_text(&out, verb->name);
    knn_printer_text(&out, " ");
    knn_printer_text(&out, verb->files);
    knn_printer_text(&out, verb->options->name == NULL ? "" : " [options]");
    knn_printer_text(&out, "\n\n");
    knn_printer_text(&out, verb->help);
    knn_printer_text(&out, "\n\n");

    for (option = verb->options; option->name != NULL; option++) {
        knn_help_option(&out, option);
    }

    knn_printer_text(&out, "  --help              this text\n");

    return knn_printer_finish(&out);
}


int
knn_tool_list(void)
{
    knn_printer_t     out;
    const knn_verb_t *verb;

    if (!knn_printer_init(&out)) {
        return knn_tool_refuse("no memory");
    }

    knn_printer_text(&out, "usage: knn COMMAND FILES [options]\n\n"
                           "k-nearest-neighbors models: trained, converted, "
                           "and asked.\n\n");

    for (verb = knn_verbs; verb->name != NULL; verb++) {
        knn_printer_text(&out, "  knn ");
        knn_printer_text(&out, verb->name);
        knn_help_fill(&out, 6 + strlen(verb->name));
        knn_printer_text(&out, verb->summary);
        knn_printer_text(&out, "\n");
    }

    knn_printer_text(&out,
                     "  knn --version       the version of this command\n\n"
                     "knn COMMAND --help explains a command, man knn all of "
                     "them.\n");

    return knn_printer_finish(&out);
}
