
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>
#include <sys/stat.h>

#include "../codec/text/text.h"
#include "tool.h"


/* True for three numbers, "1.0.0". */
static bool
knn_meta_is_version(const char *p)
{
    int    i;
    size_t n;

    for (i = 0; i < 3; i++) {
        n = strspn(p, "0123456789");

        if (n == 0 || n > 9 || p[n] != (i < 2 ? '.' : '\0')) {
            return false;
        }

        p += n + 1;
    }

    return true;
}


int
knn_tool_meta(const knn_arguments_t *arguments, knn_native_meta_t *meta)
{
    meta->name = knn_tool_value(arguments, KNN_TOOL_NAME, meta->name);
    meta->version = knn_tool_value(arguments, KNN_TOOL_VERSION, meta->version);

    if ((arguments->options & KNN_TOOL_NAME)
        && (*meta->name == '\0'
            || !knn_text_printable(meta->name, strlen(meta->name))))
    {
        return knn_tool_misuse(arguments->verb, "--name takes printable UTF-8");
    }

    if ((arguments->options & KNN_TOOL_VERSION)
        && !knn_meta_is_version(meta->version))
    {
        return knn_tool_wrong(arguments, KNN_TOOL_VERSION, meta->version,
                              "three numbers such as 1.0.0");
    }

    return KNN_EXIT_DONE;
}


bool
knn_tool_same(const char *in, const char *out)
{
    struct stat a, b;

    return stat(in, &a) == 0 && stat(out, &b) == 0 && a.st_dev == b.st_dev
           && a.st_ino == b.st_ino;
}
