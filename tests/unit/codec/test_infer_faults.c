
/*
 * Copyright (C) nginx-knn contributors
 */


/* Inference requests with a fault, and what is said to them. */


#include "inferring.h"


#define NONE     KNN_NO_HEADER

#define IN(rest) "{\"inputs\":[{\"name\":\"X\"," rest "}]}"

#define FP64(shape, data)                                                      \
    IN("\"shape\":" shape ",\"datatype\":\"FP64\",\"data\":" data)

#define LATE(shape, data)                                                      \
    IN("\"data\":" data ",\"shape\":" shape ",\"datatype\":\"FP64\"")

#define TYPE(type, data)                                                       \
    IN("\"shape\":[4],\"datatype\":\"" type "\",\"data\":" data)

#define COLUMN(name, rest)                                                     \
    "{\"name\":\"" name "\",\"datatype\":\"FP64\"," rest "}"

#define ONES   "\"shape\":[1],\"data\":[1]"

#define FIRST  COLUMN("sepal length (cm)", ONES)
#define SECOND COLUMN("sepal width (cm)", ONES)
#define THIRD  COLUMN("petal length (cm)", ONES)

#define REST(rest)                                                             \
    "{\"inputs\":[{\"name\":\"X\",\"shape\":[4],\"datatype\":\"FP64\","        \
    "\"data\":[1,2,3,4]}]," rest "}"

#define SET(parameters)                                                        \
    IN("\"shape\":[4],\"datatype\":\"FP64\",\"data\":[1,2,3,4],"               \
       "\"parameters\":" parameters)

#define OUT(output) REST("\"outputs\":[" output "]")


typedef struct {
    const knn_model_info_t *info;
    const char             *body;
    knn_status_e            status;
    const char             *pointer;
    const char             *words; /* in the message */
} fault_t;


static const fault_t faults[] = {
    /* no JSON */
    {&flowers, "", KNN_MALFORMED, "", "the body is empty"},
    {&flowers, "{", KNN_MALFORMED, "", "ends too early"},
    {&flowers, "{\"inputs\":[{\"name\":\"X\",\"data\":[1,2,", KNN_MALFORMED, "",
     "ends too early"},
    {&flowers, FP64("[4]", "[1,2,3,4]") "x", KNN_MALFORMED, "", "trailing"},
    {&flowers, FP64("[4]", "[1,2,,4]"), KNN_MALFORMED, "", "byte offset"},
    {&flowers, FP64("[4]", "[1,2,NaN,4]"), KNN_VALUE, "#/inputs/0/data/2",
     "input 0 \"X\": there is NaN, which is no number of JSON, send null"},
    {&flowers, LATE("[4]", "[1,[-Infinity,4]]"), KNN_MALFORMED,
     "#/inputs/0/data/1", "ragged"},
    {&flowers, LATE("[2,4]", "[[1,2,3,4],[1,-Infinity"), KNN_VALUE,
     "#/inputs/0/data/1/1", "there is -Infinity, which is no number of JSON"},
    {&flowers, "{\"id\":NaN}", KNN_VALUE, "#/id", "there is NaN"},

    /* the wrong type */
    {&flowers, "[]", KNN_MALFORMED, "#", "the body is an array, but must be"},
    {&flowers, "7", KNN_MALFORMED, "#", "the body is a number"},
    {&flowers, "{\"id\":7}", KNN_MALFORMED, "#/id", "\"id\" is a number"},
    {&flowers, "{\"id\":\"\\ude00\"}", KNN_MALFORMED, "#/id", "surrogate"},
    {&flowers, "{\"inputs\":null}", KNN_MALFORMED, "#/inputs", "is null"},
    {&flowers, "{\"inputs\":{}}", KNN_MALFORMED, "#/inputs", "is an object"},
    {&flowers, "{\"inputs\":[[]]}", KNN_MALFORMED, "#/inputs/0",
     "\"inputs\" holds an array"},
    {&flowers, "{\"inputs\":[" FIRST ",7]}", KNN_MALFORMED, "#/inputs/1",
     "\"inputs\" holds a number"},
    {&flowers, "{\"outputs\":true}", KNN_MALFORMED, "#/outputs",
     "is true or false"},
    {&flowers, "{\"outputs\":[\"predict\"]}", KNN_MALFORMED, "#/outputs/0",
     "holds a string, but must be an array of objects"},
    {&flowers, "{\"parameters\":[]}", KNN_MALFORMED, "#/parameters",
     "is an array"},
    {&flowers, "{\"inputs\":[{\"name\":null}]}", KNN_MALFORMED,
     "#/inputs/0/name", "input 0: \"name\" is null, but must be a string"},
    {&flowers, IN("\"shape\":4"), KNN_MALFORMED, "#/inputs/0/shape",
     "input 0 \"X\": \"shape\" is a number, but must be an array of integers"},
    {&flowers, IN("\"shape\":[4,\"1\"]"), KNN_MALFORMED, "#/inputs/0/shape/1",
     "holds a string"},
    {&flowers, IN("\"shape\":[[4]]"), KNN_MALFORMED, "#/inputs/0/shape/0",
     "holds an array"},
    {&flowers, IN("\"shape\":[-1,4]"), KNN_MALFORMED, "#/inputs/0/shape/0",
     "no integer from 0 on"},
    {&flowers, IN("\"shape\":[1,4.0]"), KNN_MALFORMED, "#/inputs/0/shape/1",
     "no integer from 0 on"},
    {&flowers, IN("\"shape\":[18446744073709551616]"), KNN_MALFORMED,
     "#/inputs/0/shape/0", "no integer from 0 on"},
    {&flowers, IN("\"datatype\":64"), KNN_MALFORMED, "#/inputs/0/datatype",
     "is a number"},
    {&flowers, IN("\"data\":{}"), KNN_MALFORMED, "#/inputs/0/data",
     "is an object, but must be an array"},
    {&flowers, FP64("[4]", "7"), KNN_MALFORMED, "#/inputs/0/data",
     "is a number"},
    {&flowers, FP64("[4]", "[1,{}]"), KNN_MALFORMED, "#/inputs/0/data/1",
     "holds an object"},
    {&flowers, LATE("[1,4]", "[[1,{}]]"), KNN_MALFORMED, "#/inputs/0/data/0/1",
     "holds an object"},

    /* members */
    {&flowers, "{}", KNN_MALFORMED, "#/inputs", "is missing or empty"},
    {&flowers, "{\"inputs\":[]}", KNN_MALFORMED, "#/inputs", "[rows,4]"},
    {&flowers, "{\"inputs\":[],\"inputs\":[]}", KNN_MALFORMED, "#/inputs",
     "\"inputs\" is there twice"},
    {&flowers, REST("\"id\":\"\",\"id\":\"\""), KNN_MALFORMED, "#/id", "twice"},
    {&flowers, IN("\"name\":\"X\""), KNN_MALFORMED, "#/inputs/0/name", "twice"},
    {&flowers, FP64("[4]", "[1,2,3,4],\"data\":[]"), KNN_MALFORMED,
     "#/inputs/0/data", "twice"},
    {&flowers, "{\"inputs\":[{}]}", KNN_MALFORMED, "#/inputs/0",
     "input 0: it lacks \"name\""},
    {&flowers, "{\"inputs\":[" FIRST ",{}]}", KNN_MALFORMED, "#/inputs/1",
     "input 1: it lacks \"name\""},
    {&flowers, IN("\"datatype\":\"FP64\",\"data\":[1]"), KNN_MALFORMED,
     "#/inputs/0", "lacks \"shape\""},
    {&flowers, IN("\"shape\":[4],\"data\":[1,2,3,4]"), KNN_MALFORMED,
     "#/inputs/0", "lacks \"datatype\""},
    {&flowers, IN("\"shape\":[4],\"datatype\":\"FP64\""), KNN_MALFORMED,
     "#/inputs/0", "it has neither \"data\" nor the parameter"},
    {&flowers, SET("{\"binary_data_size\":32}"), KNN_MALFORMED, "#/inputs/0",
     "it has \"data\" and \"binary_data_size\""},
    {&flowers,
     IN("\"shape\":[4],\"datatype\":\"FP64\","
        "\"parameters\":{\"binary_data_size\":32}"),
     KNN_MALFORMED, "#/inputs/0",
     "input 0 \"X\": it is binary, but the header "
     "Inference-Header-Content-Length is missing"},

    /* shape */
    {&flowers, FP64("[]", "[]"), KNN_SHAPE, "#/inputs/0/shape",
     "the shape [] is not that of model \"iris\", which expects 4 features"},
    {&flowers, FP64("[3]", "[1,2,3]"), KNN_SHAPE, "#/inputs/0/shape",
     "the shape [3] is not that of model \"iris\", which expects 4 features: "
     "send [rows,4] or, by its name, a column of [rows] for each"},
    {&flowers, LATE("[2,3]", "[1,2,3,4,5,6]"), KNN_SHAPE, "#/inputs/0/shape",
     "the shape [2,3] is"},
    {&flowers, FP64("[1,2,4]", "[1,2,3,4,5,6,7,8]"), KNN_SHAPE,
     "#/inputs/0/shape", "[1,2,4]"},
    {&lone, FP64("[1,2]", "[1,2]"), KNN_SHAPE, "#/inputs/0/shape",
     "expects 1 feature:"},
    {&flowers, FP64("[1,1,1,1,1,1,1,1,4]", "[1,2,3,4]"), KNN_LIMIT,
     "#/inputs/0/shape", "more than 8 dimensions"},
    {&flowers, FP64("[10001,4]", "[]"), KNN_LIMIT, "#/inputs/0/shape",
     "more than 10000 rows"},
    {&flowers, FP64("[4294967296,4294967296]", "[]"), KNN_LIMIT,
     "#/inputs/0/shape", "more elements than can be counted"},
    {&flowers, FP64("[18446744073709551615,4]", "[]"), KNN_LIMIT,
     "#/inputs/0/shape", "more elements than can be counted"},
    {&flowers, FP64("[4611686018427387903,4]", "[]"), KNN_LIMIT,
     "#/inputs/0/shape", "more than 10000 rows"},
    {&flowers, FP64("[100,4]", "[]"), KNN_MALFORMED, "#/inputs/0/shape",
     "the 100 rows of its shape are more than the"},
    {&flowers, FP64("[2,4]", "[1,2,3,4]"), KNN_MALFORMED, "#/inputs/0/data",
     "\"data\" has not the 8 elements of the shape [2,4]"},
    {&flowers, FP64("[4]", "[1,2,3,4,5]"), KNN_MALFORMED, "#/inputs/0/data",
     "\"data\" has not the 4 elements of the shape [4]"},
    {&flowers, LATE("[4]", "[1,2,3,4,5]"), KNN_MALFORMED, "#/inputs/0/data",
     "\"data\" has not the 4 elements"},
    {&flowers, LATE("[2,4]", "[[1,2,3,4]]"), KNN_MALFORMED, "#/inputs/0/data",
     "\"data\" has not the 8 elements"},
    {&flowers, FP64("[0,4]", "[1]"), KNN_MALFORMED, "#/inputs/0/data",
     "\"data\" has not the 0 elements"},
    {&flowers, FP64("[2,4]", "[[1,2,3,4],[5,6,7]]"), KNN_MALFORMED,
     "#/inputs/0/data/1", "\"data\" is ragged here"},
    {&flowers, FP64("[2,4]", "[[1,2,3,4],[5,6,7,8,9]]"), KNN_MALFORMED,
     "#/inputs/0/data", "\"data\" has not the 8 elements"},
    {&flowers, FP64("[2,4]", "[[1,2,3,4],5,6,7,8]"), KNN_MALFORMED,
     "#/inputs/0/data/1", "ragged"},
    {&flowers, LATE("[2,4]", "[1,[2,3]]"), KNN_MALFORMED, "#/inputs/0/data/1",
     "ragged"},
    {&flowers, LATE("[2,4]", "[[],1]"), KNN_MALFORMED, "#/inputs/0/data/1",
     "ragged"},
    {&flowers, LATE("[2,4]", "[[[1]],[]]"), KNN_MALFORMED, "#/inputs/0/data/1",
     "ragged"},
    {&flowers, FP64("[2,4]", "[[1,2],[3,4],[5,6],[7,8]]"), KNN_MALFORMED,
     "#/inputs/0/data", "nested in another way"},
    {&flowers, LATE("[2,4]", "[[[1,2],[3,4]],[[5,6],[7,8]]]"), KNN_MALFORMED,
     "#/inputs/0/data", "nested in another way"},
    {&flowers, LATE("[4]", "[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]"), KNN_MALFORMED,
     "", "more than 16 levels deep"},

    /* columns */
    {&flowers, "{\"inputs\":[" FIRST "," SECOND "," THIRD "]}", KNN_SHAPE,
     "#/inputs", "\"inputs\" lacks feature \"petal width (cm)\" of the 4"},
    {&flowers, "{\"inputs\":[" FIRST "," FIRST "]}", KNN_MALFORMED,
     "#/inputs/1/name",
     "input 1 \"sepal length (cm)\": this feature has an input already"},
    {&flowers, "{\"inputs\":[" FIRST "," COLUMN("a", ONES) "]}", KNN_SHAPE,
     "#/inputs/1/name", "input 1 \"a\": it is one of several, but no column"},
    {&flowers,
     "{\"inputs\":[" COLUMN("a", "\"shape\":[4],\"data\":[1,2,3,4]") "," FIRST
                                                                     "]}",
     KNN_SHAPE, "#/inputs/1/name", "the input before it has all features"},
    {&flowers,
     "{\"inputs\":[" FIRST
     "," COLUMN("sepal width (cm)", "\"data\":[1,2],\"shape\":[2]") "]}",
     KNN_SHAPE, "#/inputs/1/shape",
     "it has 2 rows, but the inputs before it have 1"},
    {&flowers,
     "{\"inputs\":[" FIRST
     "," COLUMN("sepal width (cm)", "\"shape\":[1],\"data\":[1e999]") "]}",
     KNN_VALUE, "#/inputs/1/data/0",
     "input 1 \"sepal width (cm)\": row 0, feature 1 is out of range of FP64"},
    {&unnamed, "{\"inputs\":[" FIRST "," SECOND "]}", KNN_SHAPE, "#/inputs",
     "\"inputs\" has 2 columns, but model \"iris\" expects 4"},
    {&unnamed,
     "{\"inputs\":[" FIRST "," FIRST "," FIRST "," FIRST "," FIRST "]}",
     KNN_SHAPE, "#/inputs/4/name", "it is one of several, but no column"},
    {&flowers,
     "{\"inputs\":[" COLUMN(
         "a",
         "\"shape\":[4],\"data\":[1,2,3,4]") "],\"outputs\":[{\"name\":\"predict\"}],"
                                             "\"parameters\":{\"content_type\":\"pd\"}}",
     KNN_SHAPE, "#/inputs/0/name",
     "input 0 \"a\": it is a column by the content type \"pd\""},

    /* values */
    {&flowers, FP64("[4]", "[1,2,\"3\",4]"), KNN_MALFORMED, "#/inputs/0/data/2",
     "row 0, feature 2 is a string"},
    {&flowers, FP64("[2,4]", "[1,2,3,4,5,6,7,1e309]"), KNN_VALUE,
     "#/inputs/0/data/7", "row 1, feature 3 is out of range of FP64"},
    {&flowers, LATE("[2,4]", "[[1,2,3,4],[5,6,7,1e309]]"), KNN_VALUE,
     "#/inputs/0/data/1/3", "row 1, feature 3 is out of range of FP64"},
    {&flowers, TYPE("FP32", "[1,2,3.4028236e38,4]"), KNN_VALUE,
     "#/inputs/0/data/2", "out of range of FP32"},
    {&flowers, TYPE("BOOL", "[0,1,2,0]"), KNN_VALUE, "#/inputs/0/data/2",
     "out of range of BOOL"},
    {&flowers, TYPE("UINT8", "[256]"), KNN_VALUE, "#/inputs/0/data/0",
     "out of range of UINT8"},
    {&flowers, TYPE("UINT8", "[-1]"), KNN_VALUE, "#/inputs/0/data/0",
     "out of range of UINT8"},
    {&flowers, TYPE("UINT16", "[65536]"), KNN_VALUE, "#/inputs/0/data/0",
     "out of range of UINT16"},
    {&flowers, TYPE("UINT32", "[4294967296]"), KNN_VALUE, "#/inputs/0/data/0",
     "out of range of UINT32"},
    {&flowers, TYPE("UINT64", "[18446744073709551616]"), KNN_VALUE,
     "#/inputs/0/data/0", "out of range of UINT64"},
    {&flowers, TYPE("INT8", "[-129]"), KNN_VALUE, "#/inputs/0/data/0",
     "out of range of INT8"},
    {&flowers, TYPE("INT16", "[32768]"), KNN_VALUE, "#/inputs/0/data/0",
     "out of range of INT16"},
    {&flowers, TYPE("INT32", "[2147483648]"), KNN_VALUE, "#/inputs/0/data/0",
     "out of range of INT32"},
    {&flowers, TYPE("INT64", "[9223372036854775808]"), KNN_VALUE,
     "#/inputs/0/data/0", "out of range of INT64"},
    {&flowers, TYPE("INT64", "[-9223372036854775809]"), KNN_VALUE,
     "#/inputs/0/data/0", "out of range of INT64"},
    {&flowers, TYPE("INT64", "[1e999]"), KNN_VALUE, "#/inputs/0/data/0",
     "out of range of INT64"},
    {&flowers, TYPE("INT64", "[0.5]"), KNN_VALUE, "#/inputs/0/data/0",
     "row 0, feature 0 is no integer of INT64"},
    {&flowers, TYPE("INT64", "[null]"), KNN_MALFORMED, "#/inputs/0/data/0",
     "is null, which integers and truth values cannot be"},
    {&flowers, TYPE("FP64", "[1,null]"), KNN_VALUE, "#/inputs/0/data/1",
     "row 0, feature 1 is null, but must be there"},
    {&gaps, TYPE("FP64", "[null,null,null]"), KNN_VALUE, "#/inputs/0/data/2",
     "row 0, feature 2 is null"},
    {&flowers, TYPE("BYTES", "[\"a\"]"), KNN_VALUE, "#/inputs/0/data/0",
     "is \"a\", which is none of the finite numbers"},
    {&flowers, TYPE("BYTES", "[\"inf\"]"), KNN_VALUE, "#/inputs/0/data/0",
     "is \"inf\", which is none of the finite numbers"},
    {&flowers, TYPE("BYTES", "[true]"), KNN_MALFORMED, "#/inputs/0/data/0",
     "is true or false, but BYTES are strings"},
    {&shop, TYPE("BYTES", "[\"rot\"]"), KNN_VALUE, "#/inputs/0/data/0",
     "row 0, feature 0 is \"rot\", which is none of the texts"},
    {&shop, TYPE("BYTES", "[3]"), KNN_MALFORMED, "#/inputs/0/data/0",
     "row 0, feature 0 is a number, but takes texts"},
    {&shop, LATE("[2,4]", "[[\"red\",1,\"S\",1],[\"red\",1,\"S\",true]]"),
     KNN_UNSUPPORTED, "#/inputs/0/datatype", "takes texts, send BYTES"},
    {&flowers,
     IN("\"data\":[[1,2,3,-4]],\"shape\":[1,4],\"datatype\":\"UINT8\""),
     KNN_VALUE, "#/inputs/0/data/0/3", "out of range of UINT8"},
    {&flowers,
     IN("\"data\":[[1,2,3.5,4]],\"shape\":[1,4],\"datatype\":\"INT8\""),
     KNN_VALUE, "#/inputs/0/data/0/2", "row 0, feature 2 is no integer"},
    {&flowers,
     IN("\"data\":[1,2,3,9223372036854775808],\"shape\":[4],"
        "\"datatype\":\"INT64\""),
     KNN_VALUE, "#/inputs/0/data/3", "out of range of INT64"},
    {&flowers, IN("\"data\":[1,2,null,1],\"shape\":[4],\"datatype\":\"FP32\""),
     KNN_VALUE, "#/inputs/0/data/2", "is null, but must be there"},
    {&shop,
     IN("\"data\":[\"red\",1,\"S\",true],\"shape\":[4],"
        "\"datatype\":\"BYTES\""),
     KNN_MALFORMED, "#/inputs/0/data/3", "is true or false"},
    {&shop, TYPE("FP64", "[1,2,3,4]"), KNN_UNSUPPORTED, "#/inputs/0/datatype",
     "it is FP64, but feature 0 takes texts, send BYTES"},
    {&shop, "{\"inputs\":[" COLUMN("size", ONES) "]}", KNN_UNSUPPORTED,
     "#/inputs/0/datatype", "it is FP64, but feature 2 takes texts"},
    {&flowers, TYPE("FP16", "[1,2,3,4]"), KNN_MALFORMED, "#/inputs/0/datatype",
     "FP16 is not for JSON, send it as binary"},
    {&flowers, TYPE("BF16", "[1,2,3,4]"), KNN_MALFORMED, "#/inputs/0/datatype",
     "BF16 is not for JSON"},
    {&flowers, TYPE("float64", "[1,2,3,4]"), KNN_UNSUPPORTED,
     "#/inputs/0/datatype", "the datatype \"float64\" is not known"},

    /* parameters */
    {&flowers, REST("\"parameters\":{\"triton_enable_empty\":true}"),
     KNN_MALFORMED, "#/parameters",
     "the parameter \"triton_enable_empty\" is reserved, leave it out"},
    {&flowers, SET("{\"triton_\":0}"), KNN_MALFORMED, "#/inputs/0/parameters",
     "is reserved"},
    {&flowers, SET("{\"shared_memory_region\":\"a\"}"), KNN_MALFORMED,
     "#/inputs/0/parameters", "is not served, tensors are in the body"},
    {&flowers,
     OUT("{\"name\":\"predict\",\"parameters\":{\"shared_memory_offset\":1}}"),
     KNN_MALFORMED, "#/outputs/0/parameters", "is not served"},
    {&flowers, SET("{\"content_type\":\"base64\"}"), KNN_UNSUPPORTED,
     "#/inputs/0/parameters/content_type", "is none of \"pd\""},
    {&flowers, REST("\"parameters\":{\"content_type\":7}"), KNN_MALFORMED,
     "#/parameters/content_type", "must be a string"},
    {&flowers, REST("\"parameters\":{\"binary_data_output\":1}"), KNN_MALFORMED,
     "#/parameters/binary_data_output", "must be true or false"},
    {&flowers,
     REST("\"parameters\":{\"binary_data_output\":true,"
          "\"binary_data_output\":true}"),
     KNN_MALFORMED, "#/parameters/binary_data_output", "twice"},
    {&flowers, SET("{\"binary_data_size\":-1}"), KNN_MALFORMED,
     "#/inputs/0/parameters/binary_data_size", "must be an integer from 0"},
    {&flowers, SET("{\"binary_data_size\":[]}"), KNN_MALFORMED,
     "#/inputs/0/parameters/binary_data_size", "must be an integer"},

    /* outputs */
    {&flowers, OUT("{}"), KNN_MALFORMED, "#/outputs/0",
     "output 0: \"name\" is missing"},
    {&flowers, OUT("{\"name\":\"predict\"},{\"name\":\"a\"}"), KNN_MALFORMED,
     "#/outputs/1/name",
     "output 1: there is no \"a\", model \"iris\" serves \"predict\", "
     "\"predict_proba\", \"kneighbors\", \"distances\", \"novelty\""},
    {&gaps, OUT("{\"name\":\"a\"}"), KNN_MALFORMED, "#/outputs/0/name",
     "serves \"predict\", \"kneighbors\", \"distances\", \"novelty\""},
    {&flowers, OUT("{\"name\":\"predict\"},{\"name\":\"predict\"}"),
     KNN_MALFORMED, "#/outputs/1/name", "\"predict\" is asked for twice"},
    {&flowers, OUT("{\"name\":7}"), KNN_MALFORMED, "#/outputs/0/name",
     "output 0: \"name\" is a number, but must be a string"},
    {&gaps, OUT("{\"name\":\"predict_proba\"}"), KNN_UNSUPPORTED,
     "#/outputs/0/name", "does not serve \"predict_proba\""},
    {&flowers,
     OUT("{\"name\":\"predict\",\"parameters\":{\"classification\":0}}"),
     KNN_MALFORMED, "#/outputs/0/parameters/classification",
     "must be an integer from 1 on"},
    {&flowers,
     OUT("{\"parameters\":{\"classification\":1.5},\"name\":\"predict\"}"),
     KNN_MALFORMED, "#/outputs/0/parameters/classification", "must be"},
    {&flowers,
     OUT("{\"name\":\"novelty\",\"parameters\":{\"classification\":1}}"),
     KNN_UNSUPPORTED, "#/outputs/0/parameters", "not of \"novelty\""},
    {&gaps, OUT("{\"name\":\"predict\",\"parameters\":{\"classification\":1}}"),
     KNN_UNSUPPORTED, "#/outputs/0/name", "does not serve \"predict_proba\""},
    {&flowers,
     OUT("{\"name\":\"predict\",\"parameters\":{\"binary_data\":\"a\"}}"),
     KNN_MALFORMED, "#/outputs/0/parameters/binary_data",
     "must be true or false"},
};

#define N_FAULTS (sizeof(faults) / sizeof(faults[0]))


START_TEST(faults_are_named)
{
    inferred_t            inferred;
    const fault_t        *fault;
    const knn_rows_t     *rows;
    knn_request_options_t options;

    fault = &faults[_i];
    options = infer_options(fault->info, NONE, strlen(fault->body));
    infer_any_cut(&inferred, &options, fault->body);
    rows = inferred.rows;

    ck_assert_msg(strstr(rows->error.message, fault->words) != NULL,
                  "%s: \"%s\" does not say \"%s\"", fault->body,
                  rows->error.message, fault->words);
    ck_assert_msg(rows->error.status == fault->status, "%s: status %d: %s",
                  fault->body, rows->error.status, rows->error.message);
    ck_assert_msg(strcmp(rows->pointer, fault->pointer) == 0,
                  "%s: \"%s\" is at %s, not %s", fault->body,
                  rows->error.message, rows->pointer, fault->pointer);
    ck_assert_uint_eq(rows->rows, 0);

    infer_free(&inferred);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("infer faults");
    tcase = tcase_create("faults");

    tcase_add_loop_test(tcase, faults_are_named, 0, (int) N_FAULTS);

    suite_add_tcase(suite, tcase);

    return suite;
}
