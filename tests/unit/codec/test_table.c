
/*
 * Copyright (C) nginx-knn contributors
 */


/* Tables: what columns are, their values, and which line is wrong. */


#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../checking.h"
#include "../../../codec/table/table.h"


/* Reads a text, in memory of its own; the table is to be freed. */
static knn_status_e
read_table(knn_table_reader_t *reader, const char *text, size_t size,
           knn_header_e header)
{
    char        *copy;
    knn_status_e status;

    copy = malloc(size + 1);
    memcpy(copy, text, size);
    status = knn_table_scan(reader, copy, size, header);

    if (status == KNN_OK) {
        status = knn_table_fill(reader);
    }

    free(copy);

    return status;
}


/* Fails unless a text is refused, with this line and this word. */
static void
check_refused(const char *text, size_t size, size_t line, const char *word)
{
    knn_status_e       status;
    knn_table_reader_t reader;

    status = read_table(&reader, text, size, KNN_HEADER_AUTO);
    ck_assert_msg(status != KNN_OK, "%s is taken", text);
    ck_assert_msg(reader.fault == line, "%s: line %zu", text, reader.fault);
    ck_assert_msg(strstr(reader.error.message, word) != NULL, "%s: %s", text,
                  reader.error.message);
    knn_table_free(&reader);
}


#define REFUSED(text, line, word)                                              \
    check_refused(text, sizeof(text) - 1, line, word)


/* Fails unless the last column of a text has this type. */
static void
check_type(const char *cells, knn_column_e type, size_t missing)
{
    knn_column_t      *column;
    knn_table_reader_t reader;

    ck_assert_msg(read_table(&reader, cells, strlen(cells), KNN_HEADER_NO)
                      == KNN_OK,
                  "%s: %s", cells, reader.error.message);
    column = &reader.table.columns[reader.table.n_columns - 1];
    ck_assert_msg(column->type == type, "%s: type %d", cells, column->type);

    if (type != KNN_COLUMN_EMPTY) {
        ck_assert_msg(column->missing == missing, "%s: %zu missing", cells,
                      column->missing);
    }

    knn_table_free(&reader);
}


START_TEST(types)
{
    check_type("1\n-2\n+3\n007\n", KNN_COLUMN_INTEGER, 0);
    check_type("1\n2.0\n", KNN_COLUMN_NUMBER, 0);
    check_type("1\n1e3\n", KNN_COLUMN_NUMBER, 0);
    check_type("1\ninf\n", KNN_COLUMN_NUMBER, 0);
    check_type("9223372036854775807\n-9223372036854775808\n",
               KNN_COLUMN_INTEGER, 0);
    check_type("9223372036854775808\n", KNN_COLUMN_NUMBER, 0);
    check_type("True\nfalse\nTRUE\n", KNN_COLUMN_BOOLEAN, 0);
    check_type("True\n1\n", KNN_COLUMN_TEXT, 0);
    check_type("1\ntrUe\n", KNN_COLUMN_TEXT, 0);
    check_type("1\n1 2\n", KNN_COLUMN_TEXT, 0);
    check_type("1\n0x10\n", KNN_COLUMN_TEXT, 0);
    check_type("0,1\n0,\n0,NA\n0,?\n0,nan\n0,\"\"\n", KNN_COLUMN_INTEGER, 5);
    check_type("0,x\n0,N/A\n0,None\n0,#N/A N/A\n", KNN_COLUMN_TEXT, 3);
    check_type("0,True\n0,null\n", KNN_COLUMN_BOOLEAN, 1);
    check_type("0,\n0,NaN\n", KNN_COLUMN_EMPTY, 2);
    check_type(" 1 , \"2\" \n 3 ,\t4\r\n", KNN_COLUMN_INTEGER, 0);
}
END_TEST


START_TEST(cells)
{
    const double       *values;
    const knn_column_t *columns;
    knn_table_reader_t  reader;

    static const char text[] = "i,n,b,t,w\n"
                               "1,0.1,True,\"b \"\"q\"\"\",9007199254740993\n"
                               "\n"
                               "-2,1e3,false,\"a\nz\",-9223372036854775808\n"
                               ",,,,\n"
                               "3,.5,TRUE,b,5\n";

    ck_assert(read_table(&reader, text, sizeof(text) - 1, KNN_HEADER_AUTO)
              == KNN_OK);
    ck_assert(reader.table.rows == 4 && reader.table.n_columns == 5);
    columns = reader.table.columns;

    ck_assert_str_eq(columns[3].name, "t");
    values = columns[0].values;
    ck_assert(values[0] == 1 && values[1] == -2 && isnan(values[2]));
    values = columns[1].values;
    ck_assert(values[0] == 0.1 && values[1] == 1000 && values[3] == 0.5);
    values = columns[2].values;
    ck_assert(values[0] == 1 && values[1] == 0 && isnan(values[2]));

    ck_assert(columns[3].n_texts == 3);
    ck_assert_str_eq(columns[3].texts[0].data, "a\nz");
    ck_assert_str_eq(columns[3].texts[1].data, "b");
    ck_assert_str_eq(columns[3].texts[2].data, "b \"q\"");
    values = columns[3].values;
    ck_assert(values[0] == 2 && values[1] == 0 && values[3] == 1);

    ck_assert(columns[0].integers == NULL && columns[4].integers != NULL);
    ck_assert(columns[4].integers[0] == 9007199254740993);
    ck_assert(columns[4].integers[1] == INT64_MIN);
    knn_table_free(&reader);
}
END_TEST


/* The caller may want texts where there are numbers, and the reverse. */
START_TEST(other_types)
{
    knn_column_t      *columns;
    knn_table_reader_t reader;

    static const char text[] = "1,2,x\n1.0,True,3\n";

    ck_assert(knn_table_scan(&reader, text, sizeof(text) - 1, KNN_HEADER_NO)
              == KNN_OK);
    columns = reader.table.columns;
    columns[0].type = KNN_COLUMN_TEXT;
    columns[1].type = KNN_COLUMN_EMPTY;
    ck_assert(columns[2].type == KNN_COLUMN_TEXT && columns[2].text == 1);
    columns[2].type = KNN_COLUMN_NUMBER;
    ck_assert(knn_table_fill(&reader) == KNN_OK);

    ck_assert(columns[0].n_texts == 2);
    ck_assert_str_eq(columns[0].texts[1].data, "1.0");
    ck_assert(columns[1].values == NULL);
    ck_assert(isnan(columns[2].values[0]) && columns[2].values[1] == 3);
    knn_table_free(&reader);
}
END_TEST


/* As many texts as make the table of them grow. */
START_TEST(many_texts)
{
    int                 i;
    char               *text, *p;
    const knn_column_t *column;
    knn_table_reader_t  reader;

    p = text = malloc(20 * 3000);

    for (i = 0; i < 3000; i++) {
        p += sprintf(p, "t%d\n", i * 7919 % 1000);
    }

    ck_assert(read_table(&reader, text, (size_t) (p - text), KNN_HEADER_NO)
              == KNN_OK);
    column = &reader.table.columns[0];
    ck_assert(column->n_texts == 1000);

    for (i = 0; i < 3000; i++) {
        (void) sprintf(text, "t%d", i * 7919 % 1000);
        ck_assert_str_eq(column->texts[(size_t) column->values[i]].data, text);
    }

    knn_table_free(&reader);
    free(text);
}
END_TEST


START_TEST(refused)
{
    REFUSED("", 0, "no row");
    REFUSED(" \n\r\n", 0, "no row");
    REFUSED("a,b\n", 0, "only a header");
    REFUSED("1,2\n\n\n3\n", 4, "1 cell");
    REFUSED("a\n\"x\ny\"\n1,2\n", 4, "2 cells");
    REFUSED("1,2\n3,\"4\n5,6\n", 2, "quote");
    REFUSED("\"", 1, "quote");
    REFUSED("a,b,a\nx,y,z\n", 1, "1 and 3");
    REFUSED("1,2\n3,\xff\n", 2, "column 2");
    REFUSED("\xff,b\nx,y\n", 1, "column 1");
    REFUSED("\xff\xfe"
            "a\0",
            0, "UTF-16");
    REFUSED("1,2\n3,4\n5,\0\n", 3, "NUL");
    REFUSED("1;2\n", 1, "comma");
    REFUSED("1\t2\n", 1, "comma");
    REFUSED("a,b\r1,2\r", 1, "carriage return");
}
END_TEST


START_TEST(long_cells)
{
    char              *text;
    knn_table_reader_t reader;

    text = malloc(KNN_TABLE_CELL + 8);
    memset(text, 'x', KNN_TABLE_CELL + 8);
    text[0] = 'a';
    text[1] = '\n';

    ck_assert(read_table(&reader, text, KNN_TABLE_CELL + 2, KNN_HEADER_YES)
              == KNN_OK);
    knn_table_free(&reader);
    check_refused(text, KNN_TABLE_CELL + 3, 2, "65537");
    free(text);
}
END_TEST


/* Fails unless the first row of a text is a header, or is none. */
static void
check_header(const char *text, bool header)
{
    knn_table_reader_t reader;

    ck_assert(read_table(&reader, text, strlen(text), KNN_HEADER_AUTO)
              == KNN_OK);
    ck_assert_msg((reader.table.columns[0].name != NULL) == header, "%s", text);
    knn_table_free(&reader);
}


START_TEST(headers)
{
    check_header("a,b\n1,2\n", true);
    check_header("\xef\xbb\xbf"
                 "a,b\nx,y\n",
                 true);
    check_header(",b\n1,2\n", true);
    check_header("1,x\n2,y\n", false);
    check_header("0,1,class\n5,6,7\n", true);
    check_header("0,1,class\n5,6,x\n", false);
    check_header("1,2\n3,4\n", false);
    check_header("NA,2\n3,4\n", false);
    check_header("True,False\nTrue,True\n", false);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tests;

    suite = suite_create("table");
    tests = tcase_create("table");
    tcase_add_test(tests, types);
    tcase_add_test(tests, cells);
    tcase_add_test(tests, other_types);
    tcase_add_test(tests, many_texts);
    tcase_add_test(tests, refused);
    tcase_add_test(tests, long_cells);
    tcase_add_test(tests, headers);
    suite_add_tcase(suite, tests);

    return suite;
}
