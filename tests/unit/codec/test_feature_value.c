
/*
 * Copyright (C) nginx-knn contributors
 */


/* Values of features outside of bodies are those of a line of CSV. */


#include <stdio.h>

#include "../../../codec/text/feature_value.h"
#include "reading.h"


static const struct {
    const char  *text;
    knn_status_e status; /* for a number of a model that has but numbers */
} numbers[] = {{"5.1", KNN_OK},
               {" -1e3\t", KNN_OK},
               {"+.5", KNN_OK},
               {"true", KNN_OK},
               {"False", KNN_OK},
               {"", KNN_VALUE},
               {"  ", KNN_VALUE},
               {"?", KNN_VALUE},
               {"NA", KNN_VALUE},
               {"nan", KNN_VALUE},
               {"-inf", KNN_VALUE},
               {"1e999", KNN_VALUE},
               {"1.5x", KNN_MALFORMED},
               {"0x10", KNN_MALFORMED},
               {"red", KNN_MALFORMED},
               {"1 2", KNN_MALFORMED},
               {"1\n", KNN_MALFORMED},
               {"--1", KNN_MALFORMED},
               {"1e-400", KNN_OK},
               {"9007199254740993", KNN_OK},
               {"Infinity", KNN_VALUE},
               {"infinit", KNN_MALFORMED},
               {"TRUE ", KNN_OK},
               {"tRUE", KNN_MALFORMED},
               {"<NA>", KNN_VALUE},
               {"0.1e", KNN_MALFORMED},
               {"1.7976931348623159e308", KNN_VALUE}};

#define N_NUMBERS (sizeof(numbers) / sizeof(numbers[0]))


/* Reads the text as the only cell of a line, for a model of one column. */
static reading_t
line_of(const knn_feature_t *feature, const char *text)
{
    static const knn_model_info_t one = {
        .estimator = "KNeighborsClassifier", .serves = SERVED, .n_features = 2};

    int              size;
    char             line[2048];
    knn_feature_t    features[2];
    knn_model_info_t info;

    info = one;
    memset(features, 0, sizeof(features));

    if (feature != NULL) {
        features[1] = *feature;
        info.features = features;
    }

    /* a line must not be blank */

    size = snprintf(line, sizeof(line), "0,%s", text);

    return reading_cut(&info, KNN_FORMAT_LINE, 1, line, (size_t) size, NULL, 0);
}


/* Fails unless a text is read as it is in a line. */
static void
check_text(const knn_feature_t *feature, const char *text)
{
    double           value;
    reading_t        line;
    knn_status_e     status;
    knn_model_info_t info;

    memset(&info, 0, sizeof(knn_model_info_t));
    info.n_features = 1;
    info.features = feature;

    status = knn_feature_read(&info, 0, text, strlen(text), &value);
    line = line_of(feature, text);

    ck_assert_msg(status == line.rows.error.status,
                  "\"%s\" has status %d, but %d in a line: %s", text,
                  (int) status, (int) line.rows.error.status,
                  line.rows.error.message);

    if (status == KNN_OK) {
        reading_equal(&line.rows.x[1], &value, 1, text);
    }

    reading_free(&line);
}


START_TEST(numbers_as_in_a_line)
{
    size_t           i;
    double           value;
    knn_status_e     status;
    knn_model_info_t info;

    static const knn_feature_t plain = {false, false, 0, NULL};
    static const knn_feature_t missing = {true, false, 0, NULL};

    memset(&info, 0, sizeof(knn_model_info_t));
    info.n_features = 1;

    for (i = 0; i < N_NUMBERS; i++) {
        status = knn_feature_read(&info, 0, numbers[i].text,
                                  strlen(numbers[i].text), &value);
        ck_assert_msg(status == numbers[i].status,
                      "\"%s\" has status %d, not %d", numbers[i].text,
                      (int) status, (int) numbers[i].status);

        /* a line feed ends a line */

        if (strchr(numbers[i].text, '\n') == NULL) {
            check_text(NULL, numbers[i].text);
            check_text(&plain, numbers[i].text);
            check_text(&missing, numbers[i].text);
        }
    }
}
END_TEST


START_TEST(texts_as_in_a_line)
{
    size_t i, j;

    static const char *const texts[] = {" blue", "blue", "3",   " 3 ", "3.0",
                                        "green", "Red",  "red", "M",   " NA",
                                        "NA",    "nan",  "",    "?",   "x y"};

    static const knn_feature_t unused = {true, true, 0, NULL};

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        for (j = 0; j < 4; j++) {
            check_text(&shop_features[j], texts[i]);
        }

        check_text(&unused, texts[i]);
    }
}
END_TEST


/* A text need not be quoted, and is not, whatever it is made of. */
START_TEST(texts_stand_for_themselves)
{
    double      value;
    const char *text = "a \"b\", c";

    ck_assert(knn_feature_read(&shop, 0, text, strlen(text), &value) == KNN_OK);
    ck_assert(value == 2);
    ck_assert(knn_feature_read(&shop, 0, "\"red\"", 5, &value) == KNN_VALUE);
    ck_assert(knn_feature_read(&shop, 0, "redder", 3, &value) == KNN_OK);
    ck_assert(value == 4);
    ck_assert(knn_feature_read(&shop, 1, "1,5", 3, &value) == KNN_MALFORMED);
    ck_assert(knn_feature_read(&shop, 1, "1.55", 3, &value) == KNN_OK);
    ck_assert(value == 1.5);
}
END_TEST


/* A number may have as many digits as in a body. */
START_TEST(long_numbers)
{
    double value;
    char   text[KNN_REQUEST_NUMBER + 1];

    memset(text, '0', sizeof(text));
    text[KNN_REQUEST_NUMBER - 1] = '7';

    ck_assert(knn_feature_read(&iris, 0, text, KNN_REQUEST_NUMBER, &value)
              == KNN_OK);
    ck_assert(value == 7);
    ck_assert(knn_feature_read(&iris, 0, text, sizeof(text), &value)
              == KNN_VALUE);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("values");
    tcase = tcase_create("values");

    tcase_add_test(tcase, numbers_as_in_a_line);
    tcase_add_test(tcase, texts_as_in_a_line);
    tcase_add_test(tcase, texts_stand_for_themselves);
    tcase_add_test(tcase, long_numbers);
    suite_add_tcase(suite, tcase);

    return suite;
}
