
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * The JSON of MLflow, Azure, TensorFlow Serving and KServe, and a row in each
 * line: what they mean, and what is wrong with others.
 */


#include <math.h>

#include "reading.h"


/* the first row and the second, in the order of the features */
#define R0   5.1, 3.5, 1.4, 0.2
#define R1   4.9, 3.0, 1.3, 0.1

#define A    "\"sepal length (cm)\""
#define B    "\"sepal width (cm)\""
#define C    "\"petal length (cm)\""
#define D    "\"petal width (cm)\""

#define ROW0 "{" A ":5.1," B ":3.5," C ":1.4," D ":0.2}"
#define ROW1 "{" D ":0.1," C ":1.3," B ":3.0," A ":4.9}"


static const char *const one_name[] = {"a"};

static const knn_model_info_t one = {.estimator = "KNeighborsClassifier",
                                     .serves = SERVED,
                                     .n_features = 1,
                                     .feature_names = one_name};

static const knn_model_info_t nameless_one = {
    .estimator = "KNeighborsClassifier", .serves = SERVED, .n_features = 1};


typedef struct {
    const char             *body;
    knn_format_e            format;
    const knn_model_info_t *info;
    size_t                  rows;
    bool                    single;
    bool                    columnar;
    double                  x[8];
} form_t;


static const form_t forms[] = {
    /* MLflow's dataframe_split, Azure's input_data and data */
    {"{\"dataframe_split\":{\"columns\":[" A "," B "," C "," D
     "],\"index\":[7,\"a\"],\"data\":[[5.1,3.5,1.4,0.2],[4.9,3,1.3,0.1]]}}",
     KNN_FORMAT_AUTO,
     &iris,
     2,
     false,
     false,
     {R0, R1}},
    {"{\"dataframe_split\":{\"index\":[[0],{}],\"columns\":[" D "," C "," A
     "," B "],\"data\":[[0.2,1.4,5.1,3.5],[0.1,1.3,4.9,3]]},\"params\":{\"data"
     "\":[1]}}",
     KNN_FORMAT_JSON,
     &iris,
     2,
     false,
     false,
     {R0, R1}},
    {"{\"dataframe_split\":{\"data\":[[5.1,3.5,1.4,0.2]]}}",
     KNN_FORMAT_AUTO,
     &iris,
     1,
     false,
     false,
     {R0}},
    {"{\"dataframe_split\":{\"data\":[[5.1,3.5,1.4,0.2]],\"columns\":[" A "," B
     "," C "," D "]}}",
     KNN_FORMAT_AUTO,
     &iris,
     1,
     false,
     false,
     {R0}},
    {"{\"dataframe_split\":{\"columns\":[0,\"b\",null,true],\"data\":[[5.1,3.5,"
     "1.4,0.2]]}}",
     KNN_FORMAT_AUTO,
     &nameless,
     1,
     false,
     false,
     {R0}},
    {"{\"input_data\":{\"columns\":[" B "," A "," C "," D
     "],\"index\":[0],\"data\":[[3.5,5.1,1.4,0.2]]}}",
     KNN_FORMAT_AUTO,
     &iris,
     1,
     false,
     false,
     {R0}},
    {"{\"input_data\":[[5.1,3.5,1.4,0.2],[4.9,3,1.3,0.1]]}",
     KNN_FORMAT_AUTO,
     &iris,
     2,
     false,
     false,
     {R0, R1}},
    {"{\"data\":[[5.1,3.5,1.4,0.2]],\"method\":\"predict\"}",
     KNN_FORMAT_AUTO,
     &iris,
     1,
     false,
     false,
     {R0}},
    {"{\"dataframe_split\":{\"columns\":[\"weight\",\"color\",\"size\","
     "\"price\"],\"data\":[[null,\"red\",\"M\",7]]}}",
     KNN_FORMAT_AUTO,
     &shop,
     1,
     false,
     false,
     {4, 7, 1, NAN}},

    /* columns */
    {"{\"inputs\":{" A ":[5.1,4.9]," C ":[1.4,1.3]," B ":[3.5,3]," D
     ":[0.2,0.1]}}",
     KNN_FORMAT_AUTO,
     &iris,
     2,
     false,
     false,
     {R0, R1}},
    {"{\"instances\":{" D ":[[0.2],[0.1]]," C ":[1.4,1.3]," B ":[[3.5],3]," A
     ":[5.1,[4.9]]}}",
     KNN_FORMAT_AUTO,
     &iris,
     2,
     false,
     false,
     {R0, R1}},
    {"{\"X\":{" A ":[5.1]," B ":[3.5]," C ":[1.4]," D ":[0.2]}}",
     KNN_FORMAT_AUTO,
     &iris,
     1,
     false,
     false,
     {R0}},
    {"{\"inputs\":{\"weight\":[null,5],\"color\":[\"red\",\"3\"],\"size\":["
     "\"M\",null],\"price\":[7,true]}}",
     KNN_FORMAT_AUTO,
     &shop,
     2,
     false,
     false,
     {4, 7, 1, NAN, 1, 1, NAN, 5}},

    /* V1 */
    {"{\"instances\":[[5.1,3.5,1.4,0.2],[4.9,3,1.3,0.1]],\"signature_name\":"
     "\"s\"}",
     KNN_FORMAT_V1,
     &iris,
     2,
     false,
     false,
     {R0, R1}},
    {"{\"instances\":[" ROW0 "," ROW1 "],\"X\":[1]}",
     KNN_FORMAT_V1,
     &iris,
     2,
     false,
     false,
     {R0, R1}},
    {"{\"instances\":[5.1,3.5,1.4,0.2]}",
     KNN_FORMAT_V1,
     &iris,
     1,
     true,
     false,
     {R0}},
    {"{\"inputs\":[[5.1,3.5,1.4,0.2]]}",
     KNN_FORMAT_V1,
     &iris,
     1,
     false,
     true,
     {R0}},
    {"{\"inputs\":{" A ":[5.1,4.9]," C ":[1.4,1.3]," B ":[3.5,3]," D
     ":[0.2,0.1]}}",
     KNN_FORMAT_V1,
     &iris,
     2,
     false,
     true,
     {R0, R1}},
    {"{\"instances\":[1,2,3.5]}",
     KNN_FORMAT_V1,
     &one,
     3,
     false,
     false,
     {1, 2, 3.5}},
    {"{\"inputs\":[1,[2],true]}",
     KNN_FORMAT_V1,
     &nameless_one,
     3,
     false,
     true,
     {1, 2, 1}},
    {"{\"instances\":[[1],[2]]}",
     KNN_FORMAT_V1,
     &nameless_one,
     2,
     false,
     false,
     {1, 2}},
    {"{\"instances\":[[{\"b64\":\"cmVk\"},7,{\"b64\":\"TQ==\"},1],{\"color\":{"
     "\"b64\":\"ICBibHVl\"},\"price\":1,\"size\":{\"b64\":\"TQ\"},\"weight\":"
     "null}]}",
     KNN_FORMAT_V1,
     &nameless_shop,
     0,
     false,
     false,
     {0}},
    {"{\"instances\":[[{\"b64\":\"cmVk\"},7,{\"b64\":\"TQ==\"},1],{\"color\":{"
     "\"b64\":\"IGJsdWU=\"},\"price\":1,\"size\":{\"b64\":\"TQ\"},\"weight\":"
     "null}]}",
     KNN_FORMAT_V1,
     &shop,
     2,
     false,
     false,
     {4, 7, 1, 1, 0, 1, 1, NAN}},
    {"{\"inputs\":{\"color\":[{\"b64\":\"cmVk\"},\"3\"],\"price\":[1,2],"
     "\"size\":[{\"b64\":\"\"},[{\"b64\":\"Uw==\"}]],\"weight\":[3,4]}}",
     KNN_FORMAT_V1,
     &shop,
     2,
     false,
     true,
     {4, 1, -1, 3, 1, 2, 3, 4}},

    /* :classify */
    {"{\"examples\":[" ROW0 "," ROW1 "],\"context\":{\"a\":[{}]},\"outputs\":0"
     "}",
     KNN_FORMAT_EXAMPLES,
     &iris,
     2,
     false,
     false,
     {R0, R1}},

    /* a row in each line */
    {"[5.1,3.5,1.4,0.2]\n[4.9,3,1.3,0.1]\n",
     KNN_FORMAT_JSON_LINES,
     &iris,
     2,
     false,
     false,
     {R0, R1}},
    {ROW0 "\r\n\r\n" ROW1,
     KNN_FORMAT_JSON_LINES,
     &iris,
     2,
     false,
     false,
     {R0, R1}},
    {"{\"features\":[5.1,3.5,1.4,0.2]}\n{\"features\":[4.9,3,1.3,0.1],\"id\":{"
     "\"features\":[]}}\n",
     KNN_FORMAT_JSON_LINES,
     &iris,
     2,
     false,
     false,
     {R0, R1}},
    {"\xEF\xBB\xBF{\"features\":[5.1,3.5,1.4,0.2]}\n[4.9,3,1.3,0.1]",
     KNN_FORMAT_JSON_LINES,
     &nameless,
     2,
     false,
     false,
     {R0, R1}},
    {"[5.1,3.5,1.4,0.2]",
     KNN_FORMAT_JSON_LINES,
     &nameless,
     1,
     false,
     false,
     {R0}},

    /* CSV with a header that is told */
    {"1,2,3,4\n5.1,3.5,1.4,0.2\n",
     KNN_FORMAT_CSV_HEADER,
     &iris,
     1,
     false,
     false,
     {R0}},
    {B "," A "," C "," D "\n3.5,5.1,1.4,0.2",
     KNN_FORMAT_CSV_HEADER,
     &iris,
     1,
     false,
     false,
     {R0}},
    {"5.1,3.5,1.4,0.2\n4.9,3,1.3,0.1\n",
     KNN_FORMAT_CSV_ROWS,
     &iris,
     2,
     false,
     false,
     {R0, R1}},
    {"5.1,3.5,1.4,0.2", KNN_FORMAT_CSV_ROWS, &iris, 1, true, false, {R0}},
};


/* The options of a form. */
static knn_request_options_t
options_of(knn_format_e format, const knn_model_info_t *info)
{
    knn_request_options_t options;

    memset(&options, 0, sizeof(knn_request_options_t));
    options.info = info;
    options.format = format;
    options.max_rows = 10000;

    return options;
}


START_TEST(form_is_read)
{
    reading_t             reading;
    const form_t         *form;
    knn_request_options_t options;

    form = &forms[_i];
    options = options_of(form->format, form->info);

    reading = reading_with(&options, form->body, strlen(form->body), NULL, 0);

    if (form->rows == 0) {
        ck_assert_msg(reading.rows.error.status != KNN_OK, "%s", form->body);
        reading_free(&reading);
        return;
    }

    ck_assert_msg(reading.rows.error.status == KNN_OK, "%s: %s", form->body,
                  reading.rows.error.message);
    ck_assert_uint_eq(reading.rows.rows, form->rows);
    ck_assert_msg(reading.rows.single == form->single, "%s", form->body);
    ck_assert_msg(reading.rows.columnar == form->columnar, "%s", form->body);
    reading_equal(form->x, reading.rows.x, form->rows * form->info->n_features,
                  form->body);

    reading_free(&reading);
}
END_TEST


START_TEST(form_is_cut)
{
    knn_request_options_t options;

    options = options_of(forms[_i].format, forms[_i].info);
    reading_same_cut(&options, forms[_i].body, strlen(forms[_i].body),
                     forms[_i].body);
}
END_TEST


typedef struct {
    const char             *body;
    knn_format_e            format;
    const knn_model_info_t *info;
    knn_status_e            status;
    const char             *pointer;
    const char             *words;
} fault_t;


static const fault_t faults[] = {
    /* data frames */
    {"{\"dataframe_split\":[[1,2,3,4]]}", KNN_FORMAT_JSON, &iris, KNN_MALFORMED,
     "#/dataframe_split", "is an array, but is an object"},
    {"{\"input_data\":7}", KNN_FORMAT_JSON, &iris, KNN_MALFORMED,
     "#/input_data", "is a number, but is an object"},
    {"{\"dataframe_split\":{\"columns\":[" A "," B "," C "," D "]}}",
     KNN_FORMAT_JSON, &iris, KNN_MALFORMED, "#/dataframe_split",
     "lacks the member that holds the rows: \"data\""},
    {"{\"dataframe_split\":{\"columns\":[" A "," B "," C
     ",\"x\"],\"data\":[]}}",
     KNN_FORMAT_JSON, &iris, KNN_SHAPE, "#/dataframe_split/columns",
     "\"columns\" has the unknown feature \"x\", model \"iris\" expects"},
    {"{\"dataframe_split\":{\"columns\":[" A "," B "," C "],\"data\":[]}}",
     KNN_FORMAT_JSON, &iris, KNN_SHAPE, "#/dataframe_split/columns",
     "\"columns\" lacks feature \"petal width (cm)\""},
    {"{\"dataframe_split\":{\"columns\":[],\"data\":[]}}", KNN_FORMAT_JSON,
     &iris, KNN_SHAPE, "#/dataframe_split/columns", "lacks feature \"sepal l"},
    {"{\"dataframe_split\":{\"columns\":[" A "," A "],\"data\":[]}}",
     KNN_FORMAT_JSON, &iris, KNN_MALFORMED, "#/dataframe_split/columns",
     "\"columns\" has feature \"sepal length (cm)\" twice"},
    {"{\"dataframe_split\":{\"columns\":[0,1,2,3],\"data\":[]}}",
     KNN_FORMAT_JSON, &iris, KNN_MALFORMED, "#/dataframe_split/columns",
     "holds a number, but is an array of feature names"},
    {"{\"dataframe_split\":{\"columns\":{}}}", KNN_FORMAT_JSON, &iris,
     KNN_MALFORMED, "#/dataframe_split/columns", "holds an object"},
    {"{\"dataframe_split\":{\"data\":[[1,2,3,4]],\"columns\":[" B "," A "]}}",
     KNN_FORMAT_JSON, &iris, KNN_MALFORMED, "#/dataframe_split/columns",
     "comes after \"data\" and is not in the model's order, send it before"},
    {"{\"dataframe_split\":{\"data\":[[1,2,3,4]],\"data\":[]}}",
     KNN_FORMAT_JSON, &iris, KNN_MALFORMED, "#/dataframe_split/data",
     "\"dataframe_split\" has \"data\" after \"data\""},
    {"{\"dataframe_split\":{\"columns\":[" D "," B "," C "," A
     "],\"data\":[[1,2,3,4],[5,6,7]]}}",
     KNN_FORMAT_JSON, &iris, KNN_SHAPE, "#/dataframe_split/data/1",
     "row 1 has 3 features"},
    {"{\"dataframe_split\":{\"columns\":[" D "," B "," C "," A
     "],\"data\":[[1,2,3,4],[5,6,7,null]]}}",
     KNN_FORMAT_JSON, &iris, KNN_MALFORMED, "#/dataframe_split/data/1/3",
     "row 1, feature 0 is null"},
    {"{\"dataframe_split\":{\"columns\":[" D "," B "," C "," A
     "],\"data\":[[1,2,3,4,5]]}}",
     KNN_FORMAT_JSON, &iris, KNN_SHAPE, "#/dataframe_split/data/0",
     "row 0 has 5 features"},
    {"{\"dataframe_split\":{\"data\":[[1,NaN]]}}", KNN_FORMAT_JSON, &iris,
     KNN_VALUE, "#/dataframe_split/data/0/1", "feature 1 is NaN"},

    /* exactly one of the members */
    {"{\"data\":[[1,2,3,4]],\"input_data\":[]}", KNN_FORMAT_JSON, &iris,
     KNN_MALFORMED, "#/input_data", "\"input_data\" after \"data\""},
    {"{\"dataframe_split\":{\"data\":[[1,2,3,4]]},\"inputs\":[[1,2,3,4]]}",
     KNN_FORMAT_JSON, &iris, KNN_MALFORMED, "#/inputs",
     "\"inputs\" after \"dataframe_split\""},
    {"{\"instances\":[[1,2,3,4]],\"inputs\":[[1,2,3,4]]}", KNN_FORMAT_V1, &iris,
     KNN_MALFORMED, "#/inputs", "\"inputs\" after \"instances\""},

    /* columns */
    {"{\"inputs\":{" A ":[1,2]," B ":[1]}}", KNN_FORMAT_JSON, &iris, KNN_SHAPE,
     "#/inputs/sepal%20width%20(cm)",
     "column \"sepal width (cm)\" has 1 values, but the first one has 2"},
    {"{\"inputs\":{" A ":[1]," B ":[1,2]," C ":[1]," D ":[1]}}",
     KNN_FORMAT_JSON, &iris, KNN_SHAPE, "#/inputs/sepal%20width%20(cm)",
     "has 2 values, but the first one has 1"},
    {"{\"inputs\":{" A ":[1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9]," B ":[]}}",
     KNN_FORMAT_JSON, &iris, KNN_SHAPE, "#/inputs/sepal%20length%20(cm)/12",
     "has more than 12 values, which is more than the others have"},
    {"{\"inputs\":{" A ":[]}}", KNN_FORMAT_JSON, &iris, KNN_SHAPE,
     "#/inputs/sepal%20length%20(cm)", "there is no row, column"},
    {"{\"inputs\":{" A ":[1]," B ":[2]," D ":[3]}}", KNN_FORMAT_JSON, &iris,
     KNN_SHAPE, "#/inputs", "lacks feature \"petal length (cm)\""},
    {"{\"inputs\":{" A ":[1],\"x\":[2]}}", KNN_FORMAT_JSON, &iris, KNN_SHAPE,
     "#/inputs", "unknown feature \"x\""},
    {"{\"inputs\":{" A ":[1]," A ":[2]}}", KNN_FORMAT_JSON, &iris,
     KNN_MALFORMED, "#/inputs/sepal%20length%20(cm)", "twice"},
    {"{\"inputs\":{" A ":[1]," B ":2}}", KNN_FORMAT_JSON, &iris, KNN_MALFORMED,
     "#/inputs/sepal%20width%20(cm)",
     "column \"sepal width (cm)\" is a number, but the first one is an array"},
    {"{\"inputs\":{" A ":1," B ":[2]}}", KNN_FORMAT_JSON, &iris, KNN_MALFORMED,
     "#/inputs/sepal%20width%20(cm)", "feature 1 is an array"},
    {"{\"inputs\":[{" A ":[1]}]}", KNN_FORMAT_JSON, &iris, KNN_MALFORMED,
     "#/inputs/0/sepal%20length%20(cm)", "feature 0 is an array"},
    {"{\"inputs\":{" A ":[1,\"a\"]}}", KNN_FORMAT_JSON, &iris, KNN_MALFORMED,
     "#/inputs/sepal%20length%20(cm)/1", "row 1, feature 0 is a string"},
    {"{\"inputs\":{" A ":[1,{}]}}", KNN_FORMAT_V1, &iris, KNN_MALFORMED,
     "#/inputs/sepal%20length%20(cm)/1", "row 1, feature 0 is an object"},
    {"{\"inputs\":{" A ":[1,Infinity]}}", KNN_FORMAT_V1, &iris, KNN_VALUE,
     "#/inputs/sepal%20length%20(cm)/1", "row 1, feature 0 is Infinity"},
    {"{\"inputs\":{" A ":[[1],[2,3]]}}", KNN_FORMAT_JSON, &iris, KNN_SHAPE,
     "#/inputs/sepal%20length%20(cm)/3",
     "row 1, feature 0 is an array of 2 values"},
    {"{\"inputs\":{" A ":[[1],[]]}}", KNN_FORMAT_JSON, &iris, KNN_SHAPE,
     "#/inputs/sepal%20length%20(cm)/1", "is an array of 0 values"},
    {"{\"inputs\":{" A ":[[[1]]]}}", KNN_FORMAT_JSON, &iris, KNN_MALFORMED,
     "#/inputs/sepal%20length%20(cm)/0", "feature 0 is an array"},
    {"{\"inputs\":{\"a\":[1]}}", KNN_FORMAT_JSON, &nameless, KNN_SHAPE,
     "#/inputs", "has no feature names, send an array of 4 values"},

    /* V1 */
    {"[[1,2,3,4]]", KNN_FORMAT_V1, &iris, KNN_MALFORMED, "",
     "the body is an array, but must be an object with the member "
     "\"instances\" or \"inputs\""},
    {"{\"X\":[[1,2,3,4]]}", KNN_FORMAT_V1, &iris, KNN_MALFORMED, "",
     "lacks the member that holds the rows: \"instances\" or \"inputs\""},
    {" ", KNN_FORMAT_V1, &iris, KNN_MALFORMED, "", "the body is empty"},
    {"{\"instances\":[[1,2,NaN,4]]}", KNN_FORMAT_V1, &iris, KNN_VALUE,
     "#/instances/0/2", "row 0, feature 2 is NaN, but features are finite"},
    {"{\"instances\":[1,-Infinity]}", KNN_FORMAT_V1, &one, KNN_VALUE,
     "#/instances/1", "row 1, feature 0 is -Infinity"},
    {"{\"instances\":[[{\"b64\":\"MQ==\"},2,3,4]]}", KNN_FORMAT_V1, &iris,
     KNN_MALFORMED, "#/instances/0/0", "feature 0 is an object"},
    {"{\"instances\":[[{\"b64\":\"cm=k\"},2,\"S\",4]]}", KNN_FORMAT_V1, &shop,
     KNN_MALFORMED, "#/instances/0/0", "feature 0 is \"b64\", but no base64"},
    {"{\"instances\":[[{\"b64\":\"cmVkZA==\"}]]}", KNN_FORMAT_V1, &shop,
     KNN_VALUE, "#/instances/0/0", "feature 0 is the unknown text \"redd\""},
    {"{\"instances\":[[{\"b64\":7}]]}", KNN_FORMAT_V1, &shop, KNN_MALFORMED,
     "#/instances/0/0", "a text in base64 holds a number"},
    {"{\"instances\":[[{\"a\":\"cmVk\"}]]}", KNN_FORMAT_V1, &shop,
     KNN_MALFORMED, "#/instances/0/0", "a text in base64 holds another member"},
    {"{\"instances\":[[{}]]}", KNN_FORMAT_V1, &shop, KNN_MALFORMED,
     "#/instances/0/0", "a text in base64 holds nothing"},
    {"{\"instances\":[[{\"b64\":\"cmVk\",\"b64\":\"cmVk\"}]]}", KNN_FORMAT_V1,
     &shop, KNN_MALFORMED, "#/instances/0/1", "holds another member"},
    {"{\"X\":[[{\"b64\":\"cmVk\"}]]}", KNN_FORMAT_JSON, &shop, KNN_MALFORMED,
     "#/X/0/0", "feature 0 is an object, but column \"color\" takes texts"},

    /* :classify */
    {"{\"examples\":[{\"a\":1}]}", KNN_FORMAT_EXAMPLES, &nameless, KNN_SHAPE,
     "#/examples/0", "has no feature names, send arrays by \"instances\""},
    {"{\"instances\":[[1,2,3,4]]}", KNN_FORMAT_EXAMPLES, &iris, KNN_MALFORMED,
     "", "holds the rows: \"examples\""},
    {"{\"examples\":[{" A ":1}]}", KNN_FORMAT_EXAMPLES, &iris, KNN_SHAPE,
     "#/examples/0", "lacks feature \"sepal width (cm)\""},

    /* lines */
    {"5", KNN_FORMAT_JSON_LINES, &iris, KNN_MALFORMED, "",
     "row 0 is a number, but a line is an array of numbers"},
    {"[1,2,3,4]\n\"a\"", KNN_FORMAT_JSON_LINES, &iris, KNN_MALFORMED, "",
     "row 1 is a string, but a line is"},
    {"[1,2,3,4]\n[1,2,3]\n", KNN_FORMAT_JSON_LINES, &iris, KNN_SHAPE, "",
     "row 1 has 3 features"},
    {"[1,2,3,4]\n[1,2,NaN,4]\n", KNN_FORMAT_JSON_LINES, &iris, KNN_VALUE, "",
     "row 1, feature 2 is NaN"},
    {"[1,2,3,4]\n[1,2", KNN_FORMAT_JSON_LINES, &iris, KNN_MALFORMED, "",
     "ends too early"},
    {"{\"features\":7}", KNN_FORMAT_JSON_LINES, &iris, KNN_MALFORMED, "",
     "row 0 is a number, but a line is"},
    {"{\"a\":[1,2,3,4]}", KNN_FORMAT_JSON_LINES, &nameless, KNN_SHAPE, "",
     "send {\"features\":[...]} or an array of 4 values"},
    {"{}", KNN_FORMAT_JSON_LINES, &nameless, KNN_SHAPE, "",
     "has no feature names"},
    {"{\"x\":1}", KNN_FORMAT_JSON_LINES, &iris, KNN_SHAPE, "",
     "unknown feature \"x\""},
    {"\n", KNN_FORMAT_JSON_LINES, &iris, KNN_MALFORMED, "",
     "the body is empty, send a row in each line"},

    /* CSV with a header that is told */
    {"5.1,3.5,1.4,0.2\n", KNN_FORMAT_CSV_HEADER, &iris, KNN_SHAPE, "",
     "there is no row, only a header"},
    {"a,b,c,d\n1,2,3,4\n", KNN_FORMAT_CSV_ROWS, &iris, KNN_MALFORMED, "",
     "row 0, column 0 is not a number"},
};


START_TEST(fault_is_named)
{
    reading_t             reading;
    const fault_t        *fault;
    knn_request_options_t options;

    fault = &faults[_i];
    options = options_of(fault->format, fault->info);
    reading = reading_with(&options, fault->body, strlen(fault->body), NULL, 0);

    ck_assert_msg(reading.rows.error.status == fault->status, "%s: %d %s",
                  fault->body, reading.rows.error.status,
                  reading.rows.error.message);
    ck_assert_msg(strstr(reading.rows.error.message, fault->words) != NULL,
                  "%s: \"%s\" does not say \"%s\"", fault->body,
                  reading.rows.error.message, fault->words);
    ck_assert_msg(strcmp(reading.rows.pointer, fault->pointer) == 0,
                  "%s: \"%s\" is not \"%s\"", fault->body, reading.rows.pointer,
                  fault->pointer);

    reading_free(&reading);
}
END_TEST


START_TEST(fault_is_cut)
{
    knn_request_options_t options;

    options = options_of(faults[_i].format, faults[_i].info);
    reading_same_cut(&options, faults[_i].body, strlen(faults[_i].body),
                     faults[_i].body);
}
END_TEST


/* The limit of rows counts for columns and lines too. */
START_TEST(rows_are_limited)
{
    size_t                i;
    reading_t             reading;
    knn_request_options_t options;

    static const struct {
        const char  *body;
        knn_format_e format;
    } cases[] = {
        {"{\"inputs\":{\"a\":[1,2,3]}}", KNN_FORMAT_JSON},
        {"{\"instances\":[1,2,3]}", KNN_FORMAT_V1},
        {"[1]\n[2]\n[3]\n", KNN_FORMAT_JSON_LINES},
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        options = options_of(cases[i].format, &one);
        options.max_rows = 2;
        reading = reading_with(&options, cases[i].body, strlen(cases[i].body),
                               NULL, 0);
        ck_assert_msg(reading.rows.error.status == KNN_LIMIT, "%s: %s",
                      cases[i].body, reading.rows.error.message);
        reading_free(&reading);
    }
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("body forms");
    tcase = tcase_create("forms");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, form_is_read, 0,
                        sizeof(forms) / sizeof(forms[0]));
    tcase_add_loop_test(tcase, form_is_cut, 0,
                        sizeof(forms) / sizeof(forms[0]));
    tcase_add_loop_test(tcase, fault_is_named, 0,
                        sizeof(faults) / sizeof(faults[0]));
    tcase_add_loop_test(tcase, fault_is_cut, 0,
                        sizeof(faults) / sizeof(faults[0]));
    tcase_add_test(tcase, rows_are_limited);
    suite_add_tcase(suite, tcase);

    return suite;
}
