
/*
 * Copyright (C) nginx-knn contributors
 */


/* Rows as CSV: forms and faults. */


#include "reading.h"


typedef struct {
    const char *body;
    size_t      rows;
    bool        single;
    double      x[8];
} form_t;


typedef struct {
    const char  *body;
    knn_status_e status;
    const char  *words;
} csv_fault_t;


static const form_t forms[] = {
    {"1,2,3,4", 1, true, {1, 2, 3, 4}},
    {" 1 ,\t2 ,3,4 ", 1, true, {1, 2, 3, 4}},
    {"\"1\",\" 2 \",3,\"4\"", 1, true, {1, 2, 3, 4}},
    {"+1,-.5,3.,4e-1", 1, true, {1, -0.5, 3, 0.4}},
    {"1,2,3,4\n", 1, false, {1, 2, 3, 4}},
    {"True,false,TRUE,\"False\"\n1,2,3,4\n",
     2,
     false,
     {1, 0, 1, 0, 1, 2, 3, 4}},
    {"1,2,3,4\r\n", 1, false, {1, 2, 3, 4}},
    {"\n1,2,3,4", 1, true, {1, 2, 3, 4}},
    {"1,2,3,4\n5,6,7,8", 2, false, {1, 2, 3, 4, 5, 6, 7, 8}},
    {"1,2,3,4\n\r\n \n5,6,7,8\n\n", 2, false, {1, 2, 3, 4, 5, 6, 7, 8}},
    {"a,b,c,d\n1,2,3,4", 1, false, {1, 2, 3, 4}},
    {"1,2,x,4\n1,2,3,4\n", 1, false, {1, 2, 3, 4}},
    {"petal width (cm),sepal length (cm),sepal width (cm),petal length (cm)\n"
     "4,1,2,3\n",
     1,
     false,
     {1, 2, 3, 4}},
    {"id,petal width (cm), sepal length (cm) ,\"sepal width (cm)\","
     "petal length (cm),species\r\nn1,4,1,2,3,\"a, b\"\r\n\"n\n2\",8,5,6,7,",
     2,
     false,
     {1, 2, 3, 4, 5, 6, 7, 8}},
    {"\xEF\xBB\xBF"
     "1,2,3,4\n5,6,7,8\n",
     2,
     false,
     {1, 2, 3, 4, 5, 6, 7, 8}},

    /* commas between quotes are no columns */
    {"\"a,b,c,d,e,f\",2,3,4\n1,2,3,4\n", 1, false, {1, 2, 3, 4}},
};


static const csv_fault_t faults[] = {
    {"1,2,3", KNN_SHAPE, "row 0 has 3 features, but model \"iris\" expects 4"},
    {"1,2,3,4,5", KNN_SHAPE, "row 0 has 5 features"},
    {"1,2,3,4\n\n1,2\n", KNN_SHAPE, "row 1 has 2 features"},
    {"a,b,c,d\n1,2,3,4\n1,2,3,4,\n", KNN_VALUE, "row 1, column 4 is empty"},
    {"1,2,,4", KNN_VALUE, "row 0, column 2 is empty"},
    {"1,2,\"\",4", KNN_VALUE, "row 0, column 2 is empty"},
    {",,,", KNN_VALUE, "row 0, column 0 is empty"},
    {"1,nan,3,4", KNN_VALUE, "row 0, column 1 is NaN"},
    {"1,2,-Infinity,4", KNN_VALUE, "row 0, column 2 is infinite or out"},
    {"1,2,NA,4", KNN_VALUE, "row 0, column 2 is NA, but the model has no imp"},
    {"1,?,3,4", KNN_VALUE, "row 0, column 1 is ?, but the model has no impu"},
    {"1,2,3,1e999", KNN_VALUE, "out of range"},
    {"1,2,3,4\n1,2,3,x\n", KNN_MALFORMED, "row 1, column 3 is not a number"},
    {"1,2,3,4\n1;2;3;4\n", KNN_MALFORMED, "separated by commas"},
    {"1,2,3,4\n1,2,3,\"4", KNN_MALFORMED, "row 1 has a quote"},
    {"1,2,3,4\n1,2,3,\"4\"5\n", KNN_MALFORMED, "row 1, column 3"},
    {"1,2,3,4\n1,2,3,0x10\n", KNN_MALFORMED, "row 1, column 3"},
    {"a,b,c,d\n", KNN_SHAPE, "only a header"},
    {"abc", KNN_SHAPE, "only a header"},

    /* quotes are those that begin a cell, on any line */
    {"1,2,3,4\n1\",2,3,4\n1,2,3,4\n", KNN_MALFORMED, "row 1, column 0"},

    /* a first line that lacks a value is no header, which would be dropped */
    {"NA,2,3,4\n1,2,3,4\n", KNN_VALUE, "row 0, column 0 is NA"},

    /* by order, petal width would be taken for sepal length */
    {"petal width (cm),sepal length (cm),sepal width (cm),petal\n1,2,3,4\n",
     KNN_SHAPE, "the header lacks feature \"petal length (cm)\""},
    {"sepal length (cm),sepal width (cm),petal length (cm),petal width (cm),"
     "sepal length (cm)\n1,2,3,4,5\n",
     KNN_MALFORMED, "names feature \"sepal length (cm)\" twice"},
    {"petal width (cm),sepal length (cm),sepal width (cm),petal length (cm)\n"
     "1,2,3\n",
     KNN_SHAPE, "row 0 has 3 features"},
};


START_TEST(form_is_read)
{
    reading_t     reading;
    const form_t *form;

    form = &forms[_i];
    reading = reading_whole(&iris, form->body, strlen(form->body));

    ck_assert_msg(reading.rows.error.status == KNN_OK, "%s: %s", form->body,
                  reading.rows.error.message);
    ck_assert_uint_eq(reading.rows.rows, form->rows);
    ck_assert_msg(reading.rows.single == form->single, "%s", form->body);
    ck_assert_mem_eq(reading.rows.x, form->x, form->rows * 4 * sizeof(double));

    reading_free(&reading);
}
END_TEST


START_TEST(fault_is_named)
{
    reading_t          reading;
    const csv_fault_t *fault;

    fault = &faults[_i];
    reading = reading_whole(&iris, fault->body, strlen(fault->body));

    ck_assert_msg(reading.rows.error.status == fault->status, "%s: %d %s",
                  fault->body, reading.rows.error.status,
                  reading.rows.error.message);
    ck_assert_msg(strstr(reading.rows.error.message, fault->words) != NULL,
                  "%s: \"%s\" does not say \"%s\"", fault->body,
                  reading.rows.error.message, fault->words);
    ck_assert_str_eq(reading.rows.pointer, "");

    reading_free(&reading);
}
END_TEST


/* What is no text must not be taken for a header. */
START_TEST(no_text)
{
    size_t    i;
    reading_t reading;

    static const struct {
        const char *body;
        size_t      size;
    } bodies[] = {{"\0\0\0\0", 4},
                  {"\xff\xfe"
                   "1\0,\0"
                   "2\0\n\0",
                   10},
                  {"\0"
                   "1\0,\0"
                   "2",
                   6},
                  {"\x1f\x8b\x08\0\n1,2,3,4\n", 13}};

    for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        reading = reading_whole(&iris, bodies[i].body, bodies[i].size);
        ck_assert_msg(reading.rows.error.status == KNN_MALFORMED,
                      "body %zu: %s", i, reading.rows.error.message);
        ck_assert_ptr_nonnull(
            strstr(reading.rows.error.message, "this is not text"));
        reading_free(&reading);
    }
}
END_TEST


/* A query string has no header and no second row. */
START_TEST(one_line)
{
    size_t    i;
    reading_t reading;

    static const struct {
        const char  *line;
        knn_status_e status;
        const char  *words;
    } lines[] = {{"1,2,3,4", KNN_OK, ""},
                 {"1,2,3,4\n", KNN_OK, ""},
                 {"a,b,c,d", KNN_MALFORMED, "row 0, column 0 is not a number"},
                 {"1,2,3,4\n1,2,3,4", KNN_LIMIT, "more than one row, POST"}};

    for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        reading = reading_cut(&iris, KNN_FORMAT_LINE, 1, lines[i].line,
                              strlen(lines[i].line), NULL, 0);
        ck_assert_msg(reading.rows.error.status == lines[i].status, "%s: %s",
                      lines[i].line, reading.rows.error.message);
        ck_assert_msg(strstr(reading.rows.error.message, lines[i].words)
                          != NULL,
                      "%s", reading.rows.error.message);
        reading_free(&reading);
    }
}
END_TEST


/* Numbers that are too long, lines that are too long, rows too many. */
START_TEST(limits)
{
    char     *body;
    reading_t reading;

    body = malloc(1 << 20);

    memset(body, '1', 1 << 20);
    reading = reading_whole(&iris, body, 10000);
    ck_assert(reading.rows.error.status == KNN_VALUE);
    ck_assert_ptr_nonnull(strstr(reading.rows.error.message, "10000 char"));
    reading_free(&reading);

    reading = reading_whole(&iris, body, 1 << 20);
    ck_assert(reading.rows.error.status == KNN_MALFORMED);
    ck_assert_ptr_nonnull(strstr(reading.rows.error.message, "longer than"));
    reading_free(&reading);

    reading = reading_cut(&iris, KNN_FORMAT_CSV, 2,
                          "1,2,3,4\n1,2,3,4\n1,2,3,4\n", 24, NULL, 0);
    ck_assert(reading.rows.error.status == KNN_LIMIT);
    reading_free(&reading);

    reading = reading_cut(&iris, KNN_FORMAT_CSV, 3,
                          "1,2,3,4\n1,2,3,4\n1,2,3,4\n\n", 25, NULL, 0);
    ck_assert(reading.rows.error.status == KNN_OK);
    reading_free(&reading);

    free(body);
}
END_TEST


/* Quotes without an end must not make the time grow with the square. */
START_TEST(quotes_in_linear_time)
{
    char     *body;
    size_t    i, *cuts;
    reading_t reading;

    body = malloc(4 << 20);
    cuts = malloc((4 << 20) / 16 * sizeof(size_t));
    memset(body, '"', 4 << 20);

    reading = reading_cut(&iris, KNN_FORMAT_CSV, 2, body, 4 << 20, NULL, 0);
    ck_assert(reading.rows.error.status == KNN_MALFORMED);
    reading_free(&reading);

    for (i = 0; i < 4 << 20; i += 2) {
        body[i] = '\n';
    }

    for (i = 0; i < (4 << 20) / 16; i++) {
        cuts[i] = 16 * i;
    }

    reading = reading_cut(&iris, KNN_FORMAT_CSV, 2, body, 4 << 20, cuts,
                          (4 << 20) / 16);
    ck_assert(reading.rows.error.status != KNN_OK);
    reading_free(&reading);

    free(cuts);
    free(body);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("csv");
    tcase = tcase_create("csv");

    tcase_set_timeout(tcase, 10);
    tcase_add_loop_test(tcase, form_is_read, 0,
                        sizeof(forms) / sizeof(forms[0]));
    tcase_add_loop_test(tcase, fault_is_named, 0,
                        sizeof(faults) / sizeof(faults[0]));
    tcase_add_test(tcase, no_text);
    tcase_add_test(tcase, one_line);
    tcase_add_test(tcase, limits);
    tcase_add_test(tcase, quotes_in_linear_time);
    suite_add_tcase(suite, tcase);

    return suite;
}
