
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdio.h>
#include <string.h>

#include "reply.h"
#include "../text/text.h"


/* room for a text in JSON; the detail is written three times */
#define KNN_PROBLEM_TITLE   256
#define KNN_PROBLEM_POINTER 512
#define KNN_PROBLEM_DETAIL  1000


/* The name that MLflow's clients know. */
static const char *
knn_problem_code(unsigned status)
{
    if (status == 404) {
        return "NOT_FOUND";
    }

    if (status == 503) {
        return "TEMPORARILY_UNAVAILABLE";
    }

    return status < 500 ? "BAD_REQUEST" : "INTERNAL_ERROR";
}


/* Text in JSON and NUL-terminated, as much as fits. */
static const char *
knn_problem_text(char *buf, size_t size, const char *text)
{
    char *end;

    end = knn_text_write(buf, buf + size - 1, text, strlen(text));
    *end = '\0';

    return buf;
}


size_t
knn_problem_write(char *buf, unsigned status, const char *title,
                  const char *detail, const char *pointer)
{
    int  length;
    char name[KNN_PROBLEM_TITLE], reason[KNN_PROBLEM_DETAIL];
    char place[KNN_PROBLEM_POINTER];

    pointer = pointer == NULL ? "" : pointer;

    (void) knn_problem_text(reason, sizeof(reason), detail);

    length = snprintf(buf, KNN_PROBLEM_SIZE,
                      "{\"type\":\"about:blank\",\"title\":\"%s\","
                      "\"status\":%u,\"detail\":\"%s\",%s%s%s"
                      "\"error\":\"%s\",\"error_code\":\"%s\","
                      "\"message\":\"%s\"}",
                      knn_problem_text(name, sizeof(name), title), status,
                      reason, *pointer == '\0' ? "" : "\"pointer\":\"",
                      knn_problem_text(place, sizeof(place), pointer),
                      *pointer == '\0' ? "" : "\",", reason,
                      knn_problem_code(status), reason);

    return (size_t) length;
}
