
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * The elements of an input until it is known what they are: numbers are
 * converted when they come, so that not much is left to do at once; what is
 * none, or not exactly a double, is a NaN that tells where its text is.
 */


#include <math.h>
#include <string.h>

#include "infer.h"
#include "../text/number.h"


/* how the memory begins: of values, and of bytes */
#define KNN_LATE_VALUES 256
#define KNN_LATE_TEXTS  4096

/* integers below are doubles */
#define KNN_LATE_EXACT 0x1p53

/* a NaN, the type of a token and the offset of its text */
#define KNN_LATE_NAN    0x7FF8000000000000u
#define KNN_LATE_TYPE   45
#define KNN_LATE_OFFSET ((1ull << KNN_LATE_TYPE) - 1)


/* Keeps the text of a token; returns its offset. */
static size_t
knn_late_text(knn_late_t *late, knn_memory_t *memory, const knn_token_t *token)
{
    size_t   offset;
    uint32_t length; /* of no token is it more than KNN_REQUEST_TOKEN */

    offset = late->used;
    length = (uint32_t) token->size;

    if (late->size - late->used < sizeof(uint32_t) + token->size) {
        late->size = 2 * late->size + token->size + KNN_LATE_TEXTS;
        late->texts = knn_memory_realloc(memory, late->texts, late->size);
    }

    memcpy(late->texts + offset, &length, sizeof(uint32_t));
    memcpy(late->texts + offset + sizeof(uint32_t), token->text, token->size);
    late->used += sizeof(uint32_t) + token->size;

    return offset;
}


/* True for a token that a double is as good as. */
static bool
knn_late_number(const knn_token_t *token, double *value)
{
    return token->type == KNN_TOKEN_NUMBER && token->size <= KNN_REQUEST_NUMBER
           && knn_number_read(token->text, token->text + token->size, value)
                  != NULL
           && fabs(*value) < KNN_LATE_EXACT;
}


void
knn_late_put(knn_late_t *late, knn_memory_t *memory, const knn_token_t *token)
{
    double   value;
    uint64_t bits;

    if (!knn_late_number(token, &value)) {
        bits = KNN_LATE_NAN | (uint64_t) token->type << KNN_LATE_TYPE;

        if (token->text != NULL) {
            bits |= knn_late_text(late, memory, token);
        }

        memcpy(&value, &bits, sizeof(double));
    }

    if (late->count == late->room) {
        late->room = 2 * late->room + KNN_LATE_VALUES;
        late->values = knn_memory_realloc(memory, late->values,
                                          late->room * sizeof(double));
    }

    late->values[late->count++] = value;
}


bool
knn_late_get(const knn_late_t *late, size_t index, double *value,
             knn_token_t *token)
{
    uint32_t    length;
    uint64_t    bits;
    const char *text;

    *value = late->values[index];

    if (!isnan(*value)) {
        return true;
    }

    memcpy(&bits, value, sizeof(double));
    token->type = (knn_token_e) ((bits - KNN_LATE_NAN) >> KNN_LATE_TYPE);

    if (token->type == KNN_TOKEN_NUMBER || token->type == KNN_TOKEN_STRING) {
        text = late->texts + (bits & KNN_LATE_OFFSET);
        memcpy(&length, text, sizeof(uint32_t));
        token->text = text + sizeof(uint32_t);
        token->size = length;
    }

    return false;
}
