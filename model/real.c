
/*
 * Copyright (C) nginx-knn contributors
 */


#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "real.h"


/* digits that are enough for some doubles, and for all */
#define KNN_REAL_FEW 15
#define KNN_REAL_ALL 17


/* The locale whose decimal point is a point: a constant of the C library. */
static locale_t
knn_real_locale(void)
{
    return newlocale(LC_ALL_MASK, "C", (locale_t) 0);
}


bool
knn_real_read(const char *text, size_t len, double *real)
{
    char     copy[KNN_REAL_SIZE], *end;
    locale_t locale;

    if (len == 0 || len >= sizeof(copy) || memchr(text, '\0', len) != NULL) {
        return false;
    }

    memcpy(copy, text, len);
    copy[len] = '\0';

    locale = knn_real_locale();
    *real = strtod_l(copy, &end, locale);
    freelocale(locale);

    return end == copy + len;
}


void
knn_real_write(char text[KNN_REAL_SIZE], double real)
{
    int      digits;
    char     buf[KNN_REAL_SIZE - sizeof(".0")];
    bool     whole;
    locale_t locale, outer;

    locale = knn_real_locale();
    outer = uselocale(locale);

    for (digits = KNN_REAL_FEW; digits <= KNN_REAL_ALL; digits++) {
        (void) snprintf(buf, sizeof(buf), "%.*g", digits, real);

        if (strtod(buf, NULL) == real) {
            break;
        }
    }

    (void) uselocale(outer);
    freelocale(locale);

    whole = isfinite(real) && strpbrk(buf, ".e") == NULL;

    memcpy(stpcpy(text, buf), whole ? ".0" : "", whole ? sizeof(".0") : 1);
}
