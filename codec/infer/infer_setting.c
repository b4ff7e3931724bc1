
/*
 * Copyright (C) nginx-knn contributors
 */


/* The parameters of an inference request, its inputs and its outputs. */


#include <string.h>

#include "infer.h"
#include "../text/text.h"


/* what counts of them; others are skipped */
typedef enum {
    KNN_SETTING_BINARY_OUTPUT = 0,
    KNN_SETTING_BINARY_SIZE,
    KNN_SETTING_BINARY,
    KNN_SETTING_CLASSIFICATION,
    KNN_SETTING_INPUT_CONTENT,
    KNN_SETTING_CONTENT,
    KNN_SETTINGS
} knn_setting_e;


typedef struct {
    const char    *name;
    knn_infer_at_e scope;
} knn_infer_setting_t;


static const knn_infer_setting_t knn_infer_settings[] = {
    [KNN_SETTING_BINARY_OUTPUT] = {"binary_data_output", KNN_INFER_BODY},
    [KNN_SETTING_BINARY_SIZE] = {"binary_data_size", KNN_INFER_INPUT},
    [KNN_SETTING_BINARY] = {"binary_data", KNN_INFER_OUTPUT},
    [KNN_SETTING_CLASSIFICATION] = {"classification", KNN_INFER_OUTPUT},
    [KNN_SETTING_INPUT_CONTENT] = {"content_type", KNN_INFER_INPUT},
    [KNN_SETTING_CONTENT] = {"content_type", KNN_INFER_BODY}};


/* True if a name begins with a prefix. */
static bool
knn_infer_begins(const char *name, size_t size, const char *prefix)
{
    return size >= strlen(prefix) && memcmp(name, prefix, strlen(prefix)) == 0;
}


/* Refuses what would have to be obeyed, if it were understood. */
static int
knn_infer_reserved(knn_infer_t *infer, const char *name, size_t size)
{
    char echo[KNN_INFER_ECHO];

    if (knn_infer_begins(name, size, "triton_")) {
        return knn_infer_fail(infer, KNN_INFER_PARAMETERS, KNN_MALFORMED,
                              "the parameter %s is reserved, leave it out",
                              knn_text_quote(echo, sizeof(echo), name, size));
    }

    if (knn_infer_begins(name, size, "shared_memory_")) {
        return knn_infer_fail(infer, KNN_INFER_PARAMETERS, KNN_MALFORMED,
                              "the parameter %s is not served, tensors are in "
                              "the body: as \"data\" or, binary, behind the "
                              "JSON",
                              knn_text_quote(echo, sizeof(echo), name, size));
    }

    infer->at = KNN_INFER_OTHER;
    infer->depth = 0;

    return 1;
}


int
knn_infer_parameter(knn_infer_t *infer, const char *name, size_t size)
{
    knn_setting_e              i;
    const knn_infer_setting_t *setting;

    for (i = 0; i < KNN_SETTINGS; i++) {
        setting = &knn_infer_settings[i];

        if (setting->scope == infer->scope && size == strlen(setting->name)
            && memcmp(name, setting->name, size) == 0)
        {
            break;
        }
    }

    if (i == KNN_SETTINGS) {
        return knn_infer_reserved(infer, name, size);
    }

    infer->at = KNN_INFER_SETTING;
    infer->setting = setting->name;
    infer->number = i;

    if (infer->settings & 1u << i) {
        return knn_infer_fail(infer, KNN_INFER_SETTING, KNN_MALFORMED,
                              "the parameter \"%s\" is there twice, leave one "
                              "out",
                              setting->name);
    }

    infer->settings |= 1u << i;

    return 1;
}


/* Refuses the value of a parameter. */
static int
knn_infer_unset(knn_infer_t *infer, const char *due)
{
    return knn_infer_fail(infer, KNN_INFER_SETTING, KNN_MALFORMED,
                          "the parameter \"%s\" must be %s", infer->setting,
                          due);
}


/* Takes true or false. */
static int
knn_infer_flag(knn_infer_t *infer, const knn_token_t *token, bool *flag)
{
    if (token->type != KNN_TOKEN_TRUE && token->type != KNN_TOKEN_FALSE) {
        return knn_infer_unset(infer, "true or false");
    }

    *flag = token->type == KNN_TOKEN_TRUE;

    return 1;
}


bool
knn_infer_size(const knn_token_t *token, size_t *size)
{
    size_t      n;
    const char *p, *end;

    if (token->type != KNN_TOKEN_NUMBER) {
        return false;
    }

    end = token->text + token->size;

    for (n = 0, p = token->text; p < end; p++) {
        if (*p < '0' || *p > '9' || __builtin_mul_overflow(n, 10, &n)
            || __builtin_add_overflow(n, (size_t) (*p - '0'), &n))
        {
            return false;
        }
    }

    *size = n;

    return true;
}


/* Takes the name of how an input is to be understood. */
static int
knn_infer_content(knn_infer_t *infer, const knn_token_t *token, bool *table)
{
    size_t                   i;
    static const char *const names[] = {"pd", "np", "str"};

    if (token->type != KNN_TOKEN_STRING) {
        return knn_infer_unset(infer, "a string");
    }

    for (i = 0; i < sizeof(names) / sizeof(char *); i++) {
        if (token->size == strlen(names[i])
            && memcmp(token->text, names[i], token->size) == 0)
        {
            *table = i == 0;
            return 1;
        }
    }

    return knn_infer_fail(infer, KNN_INFER_SETTING, KNN_UNSUPPORTED,
                          "the parameter \"content_type\" is none of \"pd\", "
                          "for a column, \"np\", for a matrix, and \"str\"");
}


/* Takes the value of a parameter. */
static int
knn_infer_set(knn_infer_t *infer, const knn_token_t *token)
{
    switch (infer->number) {

    case KNN_SETTING_BINARY_OUTPUT:
        return knn_infer_flag(infer, token, &infer->binary);

    case KNN_SETTING_BINARY:
        return knn_infer_flag(infer, token, &infer->output.binary);

    case KNN_SETTING_BINARY_SIZE:
        infer->input.binary = true;
        return knn_infer_size(token, &infer->input.size)
               || knn_infer_unset(infer, "an integer from 0 on");

    case KNN_SETTING_CLASSIFICATION:
        return (knn_infer_size(token, &infer->output.classification)
                && infer->output.classification > 0)
               || knn_infer_unset(infer, "an integer from 1 on");

    case KNN_SETTING_INPUT_CONTENT:
        return knn_infer_content(infer, token, &infer->input.table);

    default:
        return knn_infer_content(infer, token, &infer->table);
    }
}


int
knn_infer_setting(knn_infer_t *infer, const knn_token_t *token)
{
    if (token->type != KNN_TOKEN_NULL && !knn_infer_set(infer, token)) {
        return 0;
    }

    infer->at = KNN_INFER_PARAMETER;

    return 1;
}
