
/*
 * Copyright (C) nginx-knn contributors
 */


/* Bodies with a fault, and what is said to them. */


#ifndef KNN_TEST_FAULTS_H
#define KNN_TEST_FAULTS_H


#include "../../../codec/request/request.h"


typedef struct {
    const char  *body;
    knn_status_e status;
    const char  *pointer;
    const char  *words; /* in the message */
} fault_t;


#define NAMED(a, b, c, d)                                                      \
    "{\"sepal length (cm)\":" a ",\"sepal width (cm)\":" b                     \
    ",\"petal length (cm)\":" c ",\"petal width (cm)\":" d "}"


static const fault_t faults[] = {
    /* no JSON */
    {"", KNN_MALFORMED, "", "the body is empty"},
    {" \r\n", KNN_MALFORMED, "", "the body is empty"},
    {"{", KNN_MALFORMED, "", "ends too early, at byte offset 1"},
    {"[", KNN_MALFORMED, "", "ends too early"},
    {"{\"X", KNN_MALFORMED, "", "ends too early"},
    {"{\"X\":[5.1,3.5,1.4,0.2]", KNN_MALFORMED, "", "byte offset 22"},
    {"{\"X\":[5.1,3.5,1.4,0.", KNN_MALFORMED, "", "ends too early"},
    {"{\"X\":[5.1,3.5,1.4,tru", KNN_MALFORMED, "", "ends too early"},
    {"{\"X\":[5.1,3.5,1.4,0.2}", KNN_MALFORMED, "", "byte offset 21"},
    {"{\"X\":[5.1,3.5,1.4,0.2]]", KNN_MALFORMED, "", "byte offset 22"},
    {"{\"X\":[5.1,3.5,1.4,0.2] \"a\"}", KNN_MALFORMED, "", "byte offset 22"},
    {"{\"X\":[5.1,3.5,1.4,0.2]} {}", KNN_MALFORMED, "", "trailing garbage"},
    {"[5.1,3.5,1.4,0.2]7", KNN_MALFORMED, "", "byte offset 17"},
    {"[5.1,3.5,1.4,0.2]t", KNN_MALFORMED, "", "byte offset 17"},
    {"{\"X\":[5.1,,3.5,1.4,0.2]}", KNN_MALFORMED, "", "byte offset 10"},
    {"{\"X\":[5.1,3.5,1.4,0.2,]}", KNN_MALFORMED, "", "byte offset 22"},
    {"{\"X\"::[5.1]}", KNN_MALFORMED, "", "byte offset 5"},
    {"{X:[5.1]}", KNN_MALFORMED, "", "byte offset 1"},
    {"{\"X\":[5.1,3.5 1.4,0.2]}", KNN_MALFORMED, "", "byte offset 16"},
    {"{'X':[5.1]}", KNN_MALFORMED, "", "byte offset 1"},
    {"{\"X\":[01,2,3,4]}", KNN_MALFORMED, "", "byte offset 7"},
    {"{\"X\":[1.,2,3,4]}", KNN_MALFORMED, "", "byte offset 8"},
    {"{\"X\":[.5,2,3,4]}", KNN_MALFORMED, "", "byte offset 6"},
    {"{\"X\":[+5,2,3,4]}", KNN_MALFORMED, "", "byte offset 6"},
    {"{\"X\":[1e,2,3,4]}", KNN_MALFORMED, "", "byte offset 8"},
    {"{\"X\":[-,2,3,4]}", KNN_MALFORMED, "", "byte offset 7"},
    {"{\"X\":[0x1,2,3,4]}", KNN_MALFORMED, "", "byte offset 7"},
    {"[1,2,3,4]/* */", KNN_MALFORMED, "", "byte offset"},
    {"{\"a\":\"\xff\"}", KNN_MALFORMED, "", "byte offset 6: invalid bytes"},
    {"{\"a\":\"\x01\"}", KNN_MALFORMED, "", "byte offset 6"},
    {"{\"a\":\"\\x\"}", KNN_MALFORMED, "", "byte offset 7"},
    {"{\"a\":\"\\uNaN0\"}", KNN_MALFORMED, "", "byte offset 8"},
    {"{\"a\":tNaN}", KNN_MALFORMED, "", "byte offset 6"},

    /* NaN and infinity */
    {"{\"X\":[NaN,3.5,1.4,0.2]}", KNN_VALUE, "#/X/0", "feature 0 is NaN"},
    {"{\"X\":[5.1,3.5,1.4,NaN]}", KNN_VALUE, "#/X/3", "feature 3 is NaN"},
    {"{\"X\":[[5.1,3.5,1.4,0.2],[5.1,Infinity]]}", KNN_VALUE, "#/X/1/1",
     "row 1, feature 1 is Infinity"},
    {"[5.1,-Infinity,1.4,0.2]", KNN_VALUE, "#/1", "feature 1 is -Infinity"},
    {"[[-Infinity", KNN_VALUE, "#/0/0", "feature 0 is -Infinity"},
    {"{\"X\":[" NAMED("5.1", "NaN", "1", "2") "]}", KNN_VALUE,
     "#/X/0/sepal%20width%20(cm)", "feature 1 is NaN"},
    {"{\"a\":NaN}", KNN_VALUE, "", "NaN, which is no number"},
    {"{\"X\":[Nan,3.5,1.4,0.2]}", KNN_MALFORMED, "", "byte offset 6"},
    {"{\"X\":[N", KNN_MALFORMED, "", "byte offset 6"},
    {"{\"X\":[nan,3.5,1.4,0.2]}", KNN_MALFORMED, "", "byte offset 7"},
    {"{\"X\":[None,3.5,1.4,0.2]}", KNN_MALFORMED, "", "byte offset 6"},
    {"{\"X\":[Infinitx,3.5]}", KNN_MALFORMED, "", "byte offset 6"},

    /* the wrong type */
    {"{\"X\":\"1,2,3,4\"}", KNN_MALFORMED, "#/X", "\"X\" is a string"},
    {"{\"X\":null}", KNN_MALFORMED, "#/X", "\"X\" is null"},
    {"{\"X\":1}", KNN_MALFORMED, "#/X", "\"X\" is a number"},
    {"{\"instances\":true}", KNN_MALFORMED, "#/instances", "true or false"},
    {"{\"X\":[5.1,3.5,1.4,\"a\"]}", KNN_MALFORMED, "#/X/3",
     "feature 3 is a string, but a row holds numbers"},
    {"{\"X\":[[5.1,3.5,1.4,null]]}", KNN_MALFORMED, "#/X/0/3",
     "row 0, feature 3 is null, but a row holds numbers, true and false, the "
     "model has no imputer for it"},
    {"{\"X\":[[5.1,[],1.4,2]]}", KNN_MALFORMED, "#/X/0/1", "is an array"},
    {"{\"X\":[5.1,{},1.4,2]}", KNN_MALFORMED, "#/X/1", "is an object"},
    {"{\"X\":[[[1,2,3,4]]]}", KNN_MALFORMED, "#/X/0/0", "is an array"},
    {"{\"X\":[[1,2,3,4],5]}", KNN_MALFORMED, "#/X/1", "row 1 is a number"},
    {"{\"X\":[[1,2,3,4],null]}", KNN_MALFORMED, "#/X/1", "row 1 is null"},
    {"{\"X\":[\"a\"]}", KNN_MALFORMED, "#/X/0", "row 0 is a string"},
    {"[null]", KNN_MALFORMED, "#/0", "row 0 is null"},
    {"{\"X\":" NAMED("1", "\"x\"", "3", "4") "}", KNN_MALFORMED,
     "#/X/sepal%20width%20(cm)", "feature 1 is a string"},
    {"{\"outputs\":\"predict\"}", KNN_MALFORMED, "#/outputs", "is an array"},
    {"{\"outputs\":null}", KNN_MALFORMED, "#/outputs", "null"},
    {"{\"outputs\":{}}", KNN_MALFORMED, "#/outputs", "an object"},
    {"{\"outputs\":[1]}", KNN_MALFORMED, "#/outputs", "a number"},
    {"{\"outputs\":[[]]}", KNN_MALFORMED, "#/outputs", "an array"},
    {"{\"outputs\":[]}", KNN_MALFORMED, "#/outputs", "nothing"},
    {"{\"outputs\":[\"predict\",\"no\"]}", KNN_MALFORMED, "#/outputs",
     "unknown output \"no\""},
    {"{\"outputs\":[\"\"]}", KNN_MALFORMED, "#/outputs", "no output"},

    /* members */
    {"{}", KNN_MALFORMED, "", "lacks the member"},
    {"{\"Y\":[1,2,3,4]}", KNN_MALFORMED, "", "\"X\", \"instances\""},
    {"{\"X\\u0000\":[1,2,3,4]}", KNN_MALFORMED, "", "lacks the member"},
    {"{\"X\":[1,2,3,4],\"X\":[1,2,3,4]}", KNN_MALFORMED, "#/X", "after"},
    {"{\"X\":[1,2,3,4],\"\\u0058\":[]}", KNN_MALFORMED, "#/X", "after"},
    {"{\"X\":[1,2,3,4],\"inputs\":[1,2,3,4]}", KNN_MALFORMED, "#/inputs",
     "\"inputs\" after \"X\""},
    {"{\"outputs\":[\"predict\"],\"outputs\":[\"predict\"]}", KNN_MALFORMED,
     "#/outputs", "after"},
    {"{\"X\":{\"sepal length (cm)\":1,\"sepal length (cm)\":1}}", KNN_MALFORMED,
     "#/X/sepal%20length%20(cm)", "twice"},

    /* shape */
    {"{\"X\":[5.1,3.5,1.4]}", KNN_SHAPE, "#/X",
     "row 0 has 3 features, but model \"iris\" expects 4"},
    {"{\"X\":[5.1,3.5,1.4,0.2,1]}", KNN_SHAPE, "#/X", "row 0 has 5 features"},
    {"{\"X\":[5.1]}", KNN_SHAPE, "#/X", "row 0 has 1 feature,"},
    {"{\"X\":[[1,2,3,4],[1,2,3]]}", KNN_SHAPE, "#/X/1", "row 1 has 3 "},
    {"{\"X\":[[1,2,3,4],[1,2,3,4,5,6]]}", KNN_SHAPE, "#/X/1", "row 1 has 6 "},
    {"{\"X\":[]}", KNN_SHAPE, "#/X", "there is no row"},
    {"[]", KNN_SHAPE, "#", "there is no row"},
    {"{\"X\":[[]]}", KNN_SHAPE, "#/X/0", "row 0 has 0 features"},
    {"[[1,2,3,4],[]]", KNN_SHAPE, "#/1", "row 1 has 0 features"},
    {"{\"X\":{}}", KNN_SHAPE, "#/X", "lacks feature \"sepal length (cm)\""},
    {"{\"X\":[1,2,3,4,5,6", KNN_SHAPE, "#/X", "row 0 has 6 features"},
    {"{\"X\":[1,2,3,4,5,6]x", KNN_SHAPE, "#/X", "row 0 has 6 features"},
    {"{\"X\":[1,2,3,4,5,}", KNN_SHAPE, "#/X", "row 0 has 5 features"},
    {"[{\"sepal length (cm)\":1,\"petal length (cm)\":1,"
     "\"petal width (cm)\":2}]",
     KNN_SHAPE, "#/0", "lacks feature \"sepal width (cm)\""},
    {"{\"X\":[{\"a\":1}]}", KNN_SHAPE, "#/X/0", "unknown feature \"a\""},
    {"{\"X\":[{\"a\\nb\":1}]}", KNN_SHAPE, "#/X/0", "(not shown)"},
    {"{\"X\":[{\"\xed\xa0\x80\":1}]}", KNN_SHAPE, "#/X/0", "(not shown)"},
    {"{\"X\":[{\"\\ude00\":1}]}", KNN_SHAPE, "#/X/0", "(not shown)"},
    {"{\"X\":[{\"sepal length (cm)\\u0000\":1}]}", KNN_SHAPE, "#/X/0",
     "(not shown)"},
    {"{\"X\":[{\"0123456789012345678901234567890123456789012345678901234567"
     "890123456789\":1}]}",
     KNN_SHAPE, "#/X/0", "(not shown)"},

    /* range */
    {"{\"X\":[5.1,3.5,1.4,1e999]}", KNN_VALUE, "#/X/3", "out of range"},
    {"{\"X\":[5.1,-1e309]}", KNN_VALUE, "#/X/1", "out of range"},
    {"{\"X\":[[1,2,3,4],[1,2,3,1.7976931348623159e308]]}", KNN_VALUE, "#/X/1/3",
     "row 1, feature 3 is out of range"},
    {"{\"X\":" NAMED("1", "2", "3", "1e400") "}", KNN_VALUE,
     "#/X/petal%20width%20(cm)", "out of range"},
};

#define N_FAULTS (sizeof(faults) / sizeof(faults[0]))


#endif /* KNN_TEST_FAULTS_H */
