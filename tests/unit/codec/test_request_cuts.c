
/*
 * Copyright (C) nginx-knn contributors
 */


/* What is read does not depend on where a body is cut. */


#include <stdio.h>

#include "faults.h"
#include "reading.h"


/* more than what is gathered before it is read */
#define PAD 5000


static const char *const good[] = {
    "{\"X\":[5.1,3.5,1.4,0.2]}",
    "\xEF\xBB\xBF{\"X\":[[5.1,3.5,1.4,0.2],[4.9e1,-3.0,1,2E-5]]}",
    "{\"outputs\":[\"predict\",\"kneighbors\"],\"a\":\"\xC3\xA9\xE2\x82\xAC"
    "\xF0\x9F\x98\x80 \\ud83d\\ude00\\n\\\"\",\"X\":[true,false,0,-0.0e-3],"
    "\"b\":[null,{}]}",
    "[" NAMED("1", "2", "3", "4") "," NAMED("5", "6", "7", "8") "]",
    "5.1,3.5,1.4,0.2",
    "\xEF\xBB\xBFsepal width (cm),\"petal width (cm)\",x,\"petal length (cm)\""
    ",sepal length (cm)\r\n1,2,\"a \"\"b\r\n,c\",3,4\r\n\r\n5,6,7,\"8\",9",
};


/* CSV with faults, beside the JSON of faults.h */
static const char *const bad[] = {
    "1,2,3\n",
    "1,2,3,4\n1,2,3,4,5\n",
    "1,2,3,4\n1,2,x,4\n",
    "1,2,3,4\n1,2,\"3,4\n",
    "1,2,,4\n",
    "1,2,nan,4\n",
    "a,b,c,d\n",
    "\xEF\xBB",
    "\xEF\xBB{\"X\":[1,2,3,4]}",
    "sepal width (cm),petal width (cm),petal length (cm),sepal length (cm),"
    "sepal width (cm)\n1,2,3,4,5\n",
};


/* Compares every single cut of a body, and byte by byte. */
static void
compare_cuts(const char *body, size_t size)
{
    size_t    cut, i, cuts[4096];
    reading_t whole, reading;

    whole = reading_whole(&iris, body, size);

    for (cut = 0; cut <= size; cut++) {
        reading =
            reading_cut(&iris, KNN_FORMAT_AUTO, 10000, body, size, &cut, 1);
        reading_same(&whole, &reading, &iris, body, cut);
        reading_free(&reading);
    }

    for (i = 0; i < size; i++) {
        cuts[i] = i;
    }

    reading =
        reading_cut(&iris, KNN_FORMAT_AUTO, 10000, body, size, cuts, size);
    reading_same(&whole, &reading, &iris, body, SIZE_MAX);

    reading_free(&reading);
    reading_free(&whole);
}


/*
 * The same with blanks around it, so that each half is a piece that is not
 * gathered: the lexer meets the cut.
 */
static void
compare_padded(const char *body, size_t size, char blank)
{
    char     *padded;
    size_t    cut, total;
    reading_t whole, reading;

    total = PAD + size + PAD;
    padded = malloc(total);
    memset(padded, blank, total);
    padded[0] = body[0];
    memcpy(padded + PAD, body + 1, size - 1);

    whole = reading_whole(&iris, padded, total);

    for (cut = PAD - 1; cut <= PAD + size; cut++) {
        reading =
            reading_cut(&iris, KNN_FORMAT_AUTO, 10000, padded, total, &cut, 1);
        reading_same(&whole, &reading, &iris, body, cut);
        reading_free(&reading);
    }

    reading_free(&whole);
    free(padded);
}


START_TEST(good_body)
{
    compare_cuts(good[_i], strlen(good[_i]));
}
END_TEST


START_TEST(good_body_in_the_lexer)
{
    if (*good[_i] == '{' || *good[_i] == '[') {
        compare_padded(good[_i], strlen(good[_i]), ' ');
        compare_padded(good[_i], strlen(good[_i]), '\n');
    }
}
END_TEST


START_TEST(bad_body)
{
    compare_cuts(faults[_i].body, strlen(faults[_i].body));
}
END_TEST


START_TEST(bad_body_in_the_lexer)
{
    if (*faults[_i].body == '{' || *faults[_i].body == '[') {
        compare_padded(faults[_i].body, strlen(faults[_i].body), ' ');
    }
}
END_TEST


START_TEST(bad_lines)
{
    compare_cuts(bad[_i], strlen(bad[_i]));
}
END_TEST


/* Many rows in random pieces, small and large ones mixed. */
START_TEST(random_pieces)
{
    char     *body;
    size_t    i, n, at, size, cuts[20000];
    reading_t whole, reading;

    body = malloc(2000000);
    size = (size_t) sprintf(body, "{\"a\":\"%0300d\",\"X\":[", 0);

    for (i = 0; i < 10000; i++) {
        size += (size_t) sprintf(body + size, "%s[%.17g,%.3f,%d,%.9e]",
                                 i == 0 ? "" : ",", rand() / 1e9, rand() / 1e9,
                                 rand() % 100 - 50, rand() / 1e3);
    }

    size += (size_t) sprintf(body + size, "]}");

    whole = reading_whole(&iris, body, size);
    ck_assert_msg(whole.rows.error.status == KNN_OK, "%s",
                  whole.rows.error.message);
    ck_assert_uint_eq(whole.rows.rows, 10000);

    for (i = 0; i < 20; i++) {
        for (n = 0, at = 0; n < 20000; n++) {
            at += (size_t) rand() % (rand() % 4 == 0 ? 20000 : 50 + 100 * i);

            if (at >= size) {
                break;
            }

            cuts[n] = at;
        }

        reading =
            reading_cut(&iris, KNN_FORMAT_AUTO, 10000, body, size, cuts, n);
        reading_same(&whole, &reading, &iris, "many rows", i);
        reading_free(&reading);
    }

    reading_free(&whole);
    free(body);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("request cuts");
    tcase = tcase_create("cuts");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, good_body, 0, sizeof(good) / sizeof(char *));
    tcase_add_loop_test(tcase, good_body_in_the_lexer, 0,
                        sizeof(good) / sizeof(char *));
    tcase_add_loop_test(tcase, bad_body, 0, N_FAULTS);
    tcase_add_loop_test(tcase, bad_body_in_the_lexer, 0, N_FAULTS);
    tcase_add_loop_test(tcase, bad_lines, 0, sizeof(bad) / sizeof(char *));
    tcase_add_test(tcase, random_pieces);
    suite_add_tcase(suite, tcase);

    return suite;
}
