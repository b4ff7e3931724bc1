
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdio.h>
#include <unistd.h>

#include "progress.h"


void
knn_progress_begin(knn_progress_t *progress, bool quiet, const char *what)
{
    progress->shown = !quiet && isatty(STDERR_FILENO);
    progress->percent = 0;
    (void) snprintf(progress->what, sizeof(progress->what), "%s", what);

    if (progress->shown) {
        (void) fprintf(stderr, "%s ...", what);
    }
}


void
knn_progress_tell(void *ctx, size_t done, size_t whole)
{
    unsigned        percent;
    knn_progress_t *progress;

    progress = ctx;
    percent = (unsigned) ((double) done * 100 / (double) whole);

    if (progress->shown && percent != progress->percent) {
        progress->percent = percent;
        (void) fprintf(stderr, "\r%s %u %%\033[K", progress->what, percent);
    }
}


void
knn_progress_end(knn_progress_t *progress)
{
    if (progress->shown) {
        (void) fputs("\r\033[K", stderr);
    }
}
