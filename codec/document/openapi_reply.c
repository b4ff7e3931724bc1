
/*
 * Copyright (C) nginx-knn contributors
 */


/* The schemas of what is answered. */


#include "openapi_write.h"


/* what a label may be where the classes are not listed */
#define KNN_ANY_LABEL "{'type':['string','number','boolean']}"

/* what is not finite is null */
#define KNN_ANY_NUMBER "{'type':['number','null']}"


/* The classes of an output, unless they are too many. */
static void
knn_schema_classes(knn_writer_t *writer, const knn_openapi_entry_t *entry,
                   size_t output)
{
    size_t              i, n;
    const knn_piece_t  *label;
    const knn_output_t *classes;

    classes = &entry->info->outputs[output];
    n = classes->n_classes;

    if (n > KNN_OPENAPI_LISTED) {
        knn_openapi_put(writer, KNN_ANY_LABEL, NULL);
        return;
    }

    knn_openapi_put(writer, "{'enum':[", NULL);

    for (i = 0; i < n; i++) {
        label = knn_labels_get(&entry->labels, output, (uint32_t) i);
        knn_openapi_comma(writer, i);
        knn_writer_add(writer, label->data, label->size);
    }

    if (classes->outlier != NULL) {
        label = knn_labels_get(&entry->labels, output, KNN_CLASS_OUTLIER);
        knn_writer_literal(writer, ",");
        knn_writer_add(writer, label->data, label->size);
    }

    knn_writer_literal(writer, "]}");
}


/* Writes something for each output, as an array of all if there are some. */
static void
knn_schema_outputs(knn_writer_t *writer, const knn_openapi_entry_t *entry,
                   void (*write)(knn_writer_t              *writer,
                                 const knn_openapi_entry_t *entry,
                                 size_t                     output))
{
    size_t i, n;

    n = entry->info->n_outputs;

    if (n == 1) {
        write(writer, entry, 0);
        return;
    }

    knn_openapi_put(writer, "{'type':'array'", NULL);

    if (n <= KNN_OPENAPI_LISTED) {
        for (i = 0; i < n; i++) {
            knn_openapi_put(writer, i == 0 ? ",'prefixItems':[" : ",", NULL);
            write(writer, entry, i);
        }

        knn_writer_literal(writer, "]");
    }

    knn_writer_count(writer, ",\"minItems\":", n);
    knn_writer_count(writer, ",\"maxItems\":", n);
    knn_writer_literal(writer, "}");
}


/* A predicted label, or value. */
static void
knn_schema_prediction(knn_writer_t *writer, const knn_openapi_entry_t *entry,
                      size_t output)
{
    if (entry->info->regressor) {
        knn_openapi_put(writer, KNN_ANY_NUMBER, NULL);
    }
    else {
        knn_schema_classes(writer, entry, output);
    }
}


/* The probability of each class. */
static void
knn_schema_probabilities(knn_writer_t *writer, const knn_openapi_entry_t *entry,
                         size_t output)
{
    size_t             i, n;
    const knn_piece_t *key;

    n = entry->info->outputs[output].n_classes;

    knn_openapi_put(writer,
                    "{'type':'object','additionalProperties':" KNN_ANY_NUMBER,
                    NULL);

    for (i = 0; i < n && n <= KNN_OPENAPI_LISTED; i++) {
        key = &entry->labels.keys[entry->labels.first[output] + i];
        knn_openapi_put(writer, i == 0 ? ",'required':[" : ",", NULL);
        knn_writer_add(writer, key->data, key->size - 1);
    }

    knn_writer_literal(writer, n > 0 && n <= KNN_OPENAPI_LISTED ? "]}" : "}");
}


/* The schemas of all that a row may be answered with. */
static void
knn_schema_parts(knn_writer_t *writer, const knn_openapi_entry_t *entry)
{
    const knn_model_info_t *info;

    info = entry->info;

    if (info->n_outputs > 0) {
        knn_openapi_put(writer, ",'%.Prediction':", entry->id);
        knn_schema_outputs(writer, entry, knn_schema_prediction);
    }

    if (info->serves & KNN_PREDICT_PROBA) {
        knn_openapi_put(writer, ",'%.Probabilities':", entry->id);
        knn_schema_outputs(writer, entry, knn_schema_probabilities);
    }

    if (info->serves & KNN_KNEIGHBORS) {
        knn_openapi_put(writer,
                        ",'%.Neighbors':{'type':'array','description':"
                        "'Training rows, the nearest first.','items':{"
                        "'type':'object','properties':{"
                        "'index':{'type':'integer','minimum':0},"
                        "'distance':" KNN_ANY_NUMBER,
                        entry->id);
        knn_openapi_put(writer,
                        info->n_outputs == 0 ? ""
                        : info->regressor
                            ? ",'value':{'$ref':"
                              "'#/components/schemas/%.Prediction'}"
                            : ",'label':{'$ref':"
                              "'#/components/schemas/%.Prediction'}",
                        entry->id);
        knn_openapi_put(writer, "},'required':['index','distance']}}", NULL);
    }
}


/* The members of a reply, for one row or for several. */
static void
knn_schema_members(knn_writer_t *writer, const knn_openapi_entry_t *entry,
                   bool single)
{
    size_t   i;
    unsigned outputs[] = {KNN_PREDICT, KNN_PREDICT_PROBA, KNN_KNEIGHBORS};

    static const char *const members[][2] = {
        {"'predictions':{'type':'array','items':"
         "{'$ref':'#/components/schemas/%.Prediction'}},",
         "'prediction':{'$ref':'#/components/schemas/%.Prediction'},"},
        {"'probabilities':{'type':'array','items':"
         "{'$ref':'#/components/schemas/%.Probabilities'}},",
         "'probabilities':{'$ref':'#/components/schemas/%.Probabilities'},"},
        {"'neighbors':{'type':'array','items':"
         "{'$ref':'#/components/schemas/%.Neighbors'}},",
         "'neighbors':{'$ref':'#/components/schemas/%.Neighbors'},"}};

    for (i = 0; i < 3; i++) {
        if (entry->info->serves & outputs[i]) {
            knn_openapi_put(writer, members[i][single], entry->id);
        }
    }

    knn_openapi_put(writer,
                    single ? "'novelty':{'$ref':'#/components/schemas/Novelty'}"
                           : "'novelty':{'type':'array','items':"
                             "{'$ref':'#/components/schemas/Novelty'}}",
                    NULL);
}


/* The reply to knn_predict. */
static void
knn_schema_answer(knn_writer_t *writer, const knn_openapi_entry_t *entry,
                  bool single)
{
    knn_openapi_put(writer, "{'title':'%','type':'object','properties':{",
                    single ? "one row" : "rows");
    knn_schema_members(writer, entry, single);
    knn_openapi_put(writer, ",'model':{'const':'%'}", entry->model.name);
    knn_openapi_put(writer,
                    ",'version':{'const':'%'}},'required':['model','version'],"
                    "'additionalProperties':false}",
                    entry->model.version);
}


void
knn_openapi_reply(knn_writer_t *writer, const knn_openapi_entry_t *entry)
{
    if (entry == NULL) {
        knn_openapi_put(writer,
                        ",'Any.Answer':{'type':'object','properties':{"
                        "'prediction':{},'predictions':{'type':'array'},"
                        "'probabilities':{'type':['object','array']},"
                        "'neighbors':{'type':'array'},'novelty':{},"
                        "'model':{'type':'string'},"
                        "'version':{'type':'string'}},"
                        "'required':['model','version'],"
                        "'additionalProperties':false}",
                        NULL);
        return;
    }

    knn_schema_parts(writer, entry);

    knn_openapi_put(writer, ",'%.Answer':{'anyOf':[", entry->id);
    knn_schema_answer(writer, entry, true);
    knn_writer_literal(writer, ",");
    knn_schema_answer(writer, entry, false);
    knn_writer_literal(writer, "]}");
}
