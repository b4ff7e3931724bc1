
/*
 * Copyright (C) nginx-knn contributors
 */


/* Bodies of one row, which are read at once or, if they are others, by yajl. */


#include "reading.h"

#include "../../../codec/request/short.h"


static const struct {
    const char *body;
    bool        read; /* at once */
} bodies[] = {
    {"{\"X\":[5.1,3.5,1.4,0.2]}", true},
    {"{\"X\": [5.1, 3.5, 1.4, 0.2]}", true},
    {"{ \"X\"\t:\r\n[ 5.1 , 3.5 ,1.4\n, 0.2 ] }", true},
    {"{\"X\":[0,-0,-0.0,0.00]}", true},
    {"{\"X\":[123456789012345,-12345678901234,1.2345678901234,0.3]}", true},
    {"{\"X\":[0.1,0.2,0.3,-9.9]}", true},

    /* of numbers that take more */
    {"{\"X\":[1234567890123456,1,2,3]}", false},
    {"{\"X\":[0.123456789012345,1,2,3]}", false},
    {"{\"X\":[1e2,1E-2,3.5e+1,0]}", false},

    /* other forms */
    {"[5.1,3.5,1.4,0.2]", false},
    {"{\"X\":[[5.1,3.5,1.4,0.2]]}", false},
    {"{\"X\":[5.1,3.5,1.4,0.2],\"outputs\":[\"predict\"]}", false},
    {"{\"outputs\":[\"kneighbors\"],\"X\":[5.1,3.5,1.4,0.2]}", false},
    {"{\"x\":1,\"X\":[5.1,3.5,1.4,0.2]}", false},
    {"{\"inputs\":[5.1,3.5,1.4,0.2]}", false},
    {" {\"X\":[5.1,3.5,1.4,0.2]}", true},
    {"{\"X\":[5.1,3.5,1.4,0.2]}\n", false},
    {"{\"X\":[true,3.5,1.4,0.2]}", false},

    /* faults */
    {"}", false},
    {"{}", false},
    {"{\"X\"}", false},
    {"{\"X}", false},
    {"{\"X\":}", false},
    {"{\"X\":[}", false},
    {"{\"X\":[]}", false},
    {"{\"X\":[5.1}", false},
    {"{\"X\":[5.1,}", false},
    {"{\"X\":[5.1,3.5,1.4]}", false},
    {"{\"X\":[5.1,3.5,1.4,0.2,1]}", false},
    {"{\"X\":[5.1,3.5,1.4,0.2,]}", false},
    {"{\"X\":[,5.1,3.5,1.4,0.2]}", false},
    {"{\"X\":[5.1,3.5,1.4,0.2}", false},
    {"{\"X\":[5.1,3.5,1.4,0.2]]}", false},
    {"{\"X\":[5.1,3.5,1.4,0.2]}}", false},
    {"{\"X\":[5.1,3.5,1.4,0.2],}", false},
    {"{\"X\":[05.1,3.5,1.4,0.2]}", false},
    {"{\"X\":[5.,3.5,1.4,0.2]}", false},
    {"{\"X\":[.1,3.5,1.4,0.2]}", false},
    {"{\"X\":[-,3.5,1.4,0.2]}", false},
    {"{\"X\":[+1,3.5,1.4,0.2]}", false},
    {"{\"X\":[- 1,3.5,1.4,0.2]}", false},
    {"{\"X\":[1 .5,3.5,1.4,0.2]}", false},
    {"{\"X\":[1.2.3,3.5,1.4,0.2]}", false},
    {"{\"X\":[1 2,3.5,1.4,0.2]}", false},
    {"{\"X\":[5.1,\f3.5,1.4,0.2]}", false},
    {"{\"X\":[NaN,3.5,1.4,0.2]}", false},
};


/* What is read at once, and what yajl makes of it. */
START_TEST(as_by_yajl)
{
    reading_t             lexed, reading;
    knn_request_options_t options;

    memset(&options, 0, sizeof(knn_request_options_t));
    options.info = &iris;
    options.max_rows = 10;

    options.lexed = true;
    lexed = reading_pieces(&options, bodies[_i].body, strlen(bodies[_i].body),
                           NULL, 0);
    options.lexed = false;
    reading = reading_pieces(&options, bodies[_i].body, strlen(bodies[_i].body),
                             NULL, 0);

    reading_same(&lexed, &reading, &iris, bodies[_i].body, 0);

    reading_free(&lexed);
    reading_free(&reading);
}
END_TEST


/* Whether a body is one of those, and not a byte beyond it is looked at. */
START_TEST(read_at_once)
{
    char                 *body;
    void                 *memory;
    size_t                size;
    knn_matrix_t          matrix;
    knn_request_options_t options;

    size = strlen(bodies[_i].body);
    body = malloc(size);
    memcpy(body, bodies[_i].body, size);
    memory = NULL;

    memset(&options, 0, sizeof(knn_request_options_t));
    options.info = &iris;
    options.max_rows = 1;
    options.size = size;
    options.alloc = reading_alloc;
    options.alloc_ctx = &memory;

    knn_matrix_init(&matrix, &options);

    ck_assert_msg(knn_short_read(&matrix, body, size) == bodies[_i].read, "%s",
                  bodies[_i].body);
    ck_assert_uint_eq(matrix.rows.rows, bodies[_i].read);
    ck_assert(matrix.rows.error.status == KNN_OK);

    free(memory);
    free(body);
}
END_TEST


Suite *
knn_suite(void)
{
    int    n;
    Suite *suite;
    TCase *tcase;

    n = sizeof(bodies) / sizeof(bodies[0]);
    suite = suite_create("short");
    tcase = tcase_create("short");

    tcase_add_loop_test(tcase, as_by_yajl, 0, n);
    tcase_add_loop_test(tcase, read_at_once, 0, n);
    suite_add_tcase(suite, tcase);

    return suite;
}
