
/*
 * Copyright (C) nginx-knn contributors
 */


/* Columns of the models that bodies are read for. */


#ifndef FUZZ_COLUMNS_H
#define FUZZ_COLUMNS_H


#include "../../model/knn.h"


static const char *const names[] = {"a", "b b", "\xC3\xA9"};

#define TEXT(text)                                                             \
    {                                                                          \
        sizeof(text) - 1, text                                                 \
    }

static const knn_text_t texts[] = {TEXT(""), TEXT(" a"), TEXT("1"),
                                   TEXT("a \"b\", c"), TEXT("red")};

/* texts, a number, any text; a number or NaN, what is not used, and texts */
static const knn_feature_t mixed[] = {
    {false, false, 5, texts}, {false, false, 0, NULL}, {true, true, 5, texts}};
static const knn_feature_t missing[] = {
    {true, false, 0, NULL}, {true, true, 0, NULL}, {true, false, 5, texts}};


#endif /* FUZZ_COLUMNS_H */
