
/*
 * Copyright (C) nginx-knn contributors
 */


/* The schemas of rows and of the JSON that holds them. */


#include <math.h>

#include "../text/feature.h"
#include "openapi_write.h"


/* what a row may hold where nothing else is known */
#define KNN_ANY_VALUE "{'type':['number','boolean','string','null']}"


/* The texts of a column, unless they are too many or others pass too. */
static void
knn_schema_texts(knn_writer_t *writer, const knn_feature_t *feature)
{
    size_t i;

    if (feature->n_texts > KNN_OPENAPI_LISTED || feature->open) {
        knn_openapi_put(writer, "'type':'string'", NULL);
    }
    else {
        knn_openapi_put(writer, "'enum':[", NULL);
    }

    for (i = 0; i < feature->n_texts && i < KNN_OPENAPI_LISTED; i++) {
        if (feature->n_texts > KNN_OPENAPI_LISTED || feature->open) {
            knn_openapi_put(writer, i == 0 ? ",'examples':[" : ",", NULL);
        }
        else {
            knn_openapi_comma(writer, i);
        }

        knn_writer_string(writer, feature->texts[i].data,
                          feature->texts[i].len);
    }

    knn_writer_literal(writer, "]");
}


/* The type of a number; others may be missing. */
static void
knn_schema_number(knn_writer_t *writer, const knn_range_t *range)
{
    knn_openapi_put(writer, "'type':['number','boolean']", NULL);

    if (range != NULL && isfinite(range->min)) {
        knn_openapi_put(writer, ",'description':'In the training data from ",
                        NULL);
        knn_writer_number(writer, "", range->min);
        knn_writer_number(writer, " to ", range->max);
        knn_openapi_put(writer, ".','examples':[", NULL);
        knn_writer_number(writer, "", range->min);
        knn_writer_number(writer, ",", range->max);
        knn_writer_literal(writer, "]");
    }
}


/* What a column takes. */
static void
knn_schema_column(knn_writer_t *writer, const knn_model_info_t *info, size_t i)
{
    const knn_feature_t *feature;

    feature = (info->features != NULL) ? &info->features[i] : NULL;

    if (feature != NULL && feature->open && feature->n_texts == 0) {
        knn_openapi_put(writer, KNN_ANY_VALUE, NULL);
        return;
    }

    if (feature != NULL && feature->missing) {
        knn_openapi_put(writer, "{'anyOf':[{'type':'null'},", NULL);
    }

    knn_writer_literal(writer, "{");

    if (feature != NULL && feature->n_texts > 0) {
        knn_schema_texts(writer, feature);
    }
    else {
        knn_schema_number(writer,
                          info->ranges != NULL ? &info->ranges[i] : NULL);
    }

    knn_writer_literal(writer,
                       feature != NULL && feature->missing ? "}]}" : "}");
}


/* True when all columns take numbers. */
static bool
knn_schema_plain(const knn_model_info_t *info)
{
    return info->features == NULL;
}


/* A row that is an array. */
static void
knn_schema_array(knn_writer_t *writer, const knn_model_info_t *info)
{
    size_t i;

    knn_openapi_put(writer,
                    "{'type':'array','description':'The values in the order "
                    "of the features.','items':",
                    NULL);
    knn_openapi_put(writer,
                    knn_schema_plain(info) ? "{'type':['number','boolean']}"
                                           : KNN_ANY_VALUE,
                    NULL);

    if (!knn_schema_plain(info) && info->n_features <= KNN_OPENAPI_LISTED) {
        knn_openapi_put(writer, ",'prefixItems':[", NULL);

        for (i = 0; i < info->n_features; i++) {
            knn_openapi_comma(writer, i);
            knn_schema_column(writer, info, i);
        }

        knn_writer_literal(writer, "]");
    }

    knn_writer_count(writer, ",\"minItems\":", info->n_features);
    knn_writer_count(writer, ",\"maxItems\":", info->n_features);
    knn_writer_literal(writer, "}");
}


/* A row that is an object, of models that have names for their features. */
static void
knn_schema_record(knn_writer_t *writer, const knn_model_info_t *info)
{
    size_t i;

    if (info->n_features > KNN_OPENAPI_LISTED) {
        knn_openapi_put(writer,
                        "{'type':'object','description':'The values by the "
                        "names of the features, which are too many to be "
                        "listed here; knn_info lists them.',"
                        "'additionalProperties':" KNN_ANY_VALUE,
                        NULL);
        knn_writer_count(writer, ",\"minProperties\":", info->n_features);
        knn_writer_count(writer, ",\"maxProperties\":", info->n_features);
        knn_writer_literal(writer, "}");
        return;
    }

    knn_openapi_put(writer,
                    "{'type':'object','description':'The values by the names "
                    "of the features.','properties':{",
                    NULL);

    for (i = 0; i < info->n_features; i++) {
        knn_writer_text(writer, i == 0 ? "" : ",", info->feature_names[i]);
        knn_writer_literal(writer, ":");
        knn_schema_column(writer, info, i);
    }

    knn_writer_list(writer, "},\"required\":", info->feature_names,
                    info->n_features);
    knn_openapi_put(writer, ",'additionalProperties':false}", NULL);
}


/* A row, in either way. */
static void
knn_schema_row(knn_writer_t *writer, const knn_openapi_entry_t *entry)
{
    if (entry == NULL) {
        knn_openapi_put(writer,
                        "'Any.List':{'type':'array','items':" KNN_ANY_VALUE
                        "},'Any.Record':{'type':'object',"
                        "'additionalProperties':" KNN_ANY_VALUE
                        "},'Any.Row':{'anyOf':["
                        "{'$ref':'#/components/schemas/Any.List'},"
                        "{'$ref':'#/components/schemas/Any.Record'}]}",
                        NULL);
        return;
    }

    knn_openapi_put(writer, "'%.List':", entry->id);
    knn_schema_array(writer, entry->info);

    if (entry->info->feature_names != NULL) {
        knn_openapi_put(writer, ",'%.Record':", entry->id);
        knn_schema_record(writer, entry->info);
    }

    knn_openapi_put(writer,
                    ",'%.Row':{'anyOf':[{'$ref':'#/components/schemas/%.List'}",
                    entry->id);

    if (entry->info->feature_names != NULL) {
        knn_openapi_put(writer, ",{'$ref':'#/components/schemas/%.Record'}",
                        entry->id);
    }

    knn_writer_literal(writer, "]}");
}


/* A table as pandas writes it. */
static void
knn_schema_frame(knn_writer_t *writer, const knn_openapi_entry_t *entry,
                 const char *id)
{
    const knn_model_info_t *info;

    knn_openapi_put(writer,
                    ",'%.Frame':{'type':'object','description':'A table as "
                    "pandas writes it with orient=split. Columns are found by "
                    "their names, in any order.','properties':{"
                    "'index':{},'columns':{'type':'array'",
                    id);

    /* without names in the model, these are not looked at */

    if (entry != NULL && entry->info->feature_names != NULL) {
        info = entry->info;
        knn_writer_count(writer, ",\"minItems\":", info->n_features);
        knn_writer_count(writer, ",\"maxItems\":", info->n_features);

        if (info->n_features <= KNN_OPENAPI_LISTED) {
            knn_writer_list(writer,
                            ",\"uniqueItems\":true,\"items\":{\"enum\":",
                            info->feature_names, info->n_features);
            knn_writer_literal(writer, "}");
        }
    }

    knn_openapi_put(writer,
                    "},'data':{'type':'array','minItems':1,"
                    "'items':{'$ref':'#/components/schemas/%.List'}}},"
                    "'required':['data']}",
                    id);
}


/* The members that hold rows, one of which a body has. */
static void
knn_schema_body(knn_writer_t *writer, const char *id, bool records)
{
    knn_openapi_put(writer,
                    ",'%.Rows':{'description':'One row, or an array of rows.',"
                    "'anyOf':[{'$ref':'#/components/schemas/%.Row'},"
                    "{'$ref':'#/components/schemas/%.Many'}]}"
                    ",'%.Many':{'type':'array','minItems':1,"
                    "'items':{'$ref':'#/components/schemas/%.Row'}}"
                    ",'%.Body':{'description':'Rows, in one of the members "
                    "that clients of other servers know, or bare.','anyOf':["
                    "{'title':'X','type':'object','properties':{"
                    "'X':{'$ref':'#/components/schemas/%.Rows'},"
                    "'outputs':{'$ref':'#/components/schemas/Outputs'}},"
                    "'required':['X']},"
                    "{'title':'instances','type':'object','properties':{"
                    "'instances':{'$ref':'#/components/schemas/%.Rows'},"
                    "'outputs':{'$ref':'#/components/schemas/Outputs'}},"
                    "'required':['instances']},"
                    "{'title':'inputs','type':'object','properties':{"
                    "'inputs':{'$ref':'#/components/schemas/%.Rows'},"
                    "'outputs':{'$ref':'#/components/schemas/Outputs'}},"
                    "'required':['inputs']},",
                    id);
    knn_openapi_put(writer,
                    "{'title':'data','type':'object','properties':{"
                    "'data':{'$ref':'#/components/schemas/%.Rows'}},"
                    "'required':['data']},"
                    "{'title':'dataframe_split','type':'object','properties':{"
                    "'dataframe_split':{'$ref':'#/components/schemas/%.Frame'}"
                    "},'required':['dataframe_split']},"
                    "{'title':'input_data','type':'object','properties':{"
                    "'input_data':{'$ref':'#/components/schemas/%.Frame'}},"
                    "'required':['input_data']},",
                    id);

    if (records) {
        knn_openapi_put(writer,
                        "{'title':'dataframe_records','type':'object',"
                        "'properties':{'dataframe_records':{'type':'array',"
                        "'minItems':1,'items':"
                        "{'$ref':'#/components/schemas/%.Record'}}},"
                        "'required':['dataframe_records']},",
                        id);
    }

    knn_openapi_put(writer,
                    "{'$ref':'#/components/schemas/%.List'},"
                    "{'$ref':'#/components/schemas/%.Many'}]}",
                    id);
}


void
knn_openapi_model(knn_writer_t *writer, const knn_openapi_entry_t *entry)
{
    const char *id;

    id = (entry != NULL) ? entry->id : "Any";

    knn_schema_row(writer, entry);
    knn_schema_frame(writer, entry, id);
    knn_schema_body(writer, id,
                    entry == NULL || entry->info->feature_names != NULL);
    knn_openapi_reply(writer, entry);
}
