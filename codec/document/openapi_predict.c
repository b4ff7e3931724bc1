
/*
 * Copyright (C) nginx-knn contributors
 */


/* The operations at a location of knn_predict. */


#include "openapi_write.h"


/* fields of the header that go with predictions */
#define KNN_HEADERS                                                            \
    "'headers':{'X-Knn-Model':{'$ref':'#/components/headers/X-Knn-Model'},"    \
    "'Server-Timing':{'$ref':'#/components/headers/Server-Timing'}"

/* the forms that an Accept field may ask for */
#define KNN_TABLES                                                             \
    ",'text/csv':{'schema':{'type':'string','description':'A line for each "   \
    "row; with header=present below the names of the columns.'}}"              \
    ",'application/jsonlines':{'schema':{'type':'string','description':"       \
    "'An object for each row, in a line of its own.'}}"                        \
    ",'application/x-npy':{'schema':{'type':'string',"                         \
    "'contentMediaType':'application/x-npy','description':'The array of the "  \
    "only output.'}}"


/* The model of a path, NULL when a variable names it. */
static const knn_openapi_entry_t *
knn_predict_entry(const knn_openapi_all_t *all, const knn_openapi_path_t *path)
{
    return path->n_models == 1 ? knn_openapi_entry(all, path->models[0]) : NULL;
}


/* Says what is there. */
static void
knn_predict_describe(knn_writer_t *writer, const knn_openapi_entry_t *entry,
                     const knn_openapi_path_t *path)
{
    if (entry == NULL) {
        knn_openapi_put(writer,
                        ",'description':'By a model that the request chooses.",
                        NULL);
    }
    else {
        knn_openapi_put(writer, ",'description':'By %", entry->model.name);
        knn_openapi_put(writer, "@%, a ", entry->model.version);
        knn_openapi_put(writer, "% of ", entry->info->estimator);
        knn_writer_count(writer, "", entry->info->n_samples);
        knn_writer_count(writer, " rows with ", entry->info->n_features);
        knn_writer_literal(writer, " features.");
    }

    if (path->max_rows > 0) {
        knn_writer_count(writer, " A request has at most ", path->max_rows);
        knn_writer_literal(writer, " rows.");
    }

    knn_writer_literal(writer, "\"");
}


/* Which outputs there are, and what comes when none is asked for. */
static void
knn_predict_outputs(knn_writer_t *writer, const knn_openapi_entry_t *entry)
{
    unsigned serves;

    serves = (entry != NULL) ? entry->info->serves
                             : KNN_PREDICT | KNN_PREDICT_PROBA | KNN_KNEIGHBORS;

    knn_openapi_put(writer,
                    "{'name':'output','in':'query','description':'What the "
                    "reply holds.','style':'form','explode':false,"
                    "'schema':{'type':'array','minItems':1,'items':{'enum':[",
                    NULL);
    knn_openapi_put(writer, serves & KNN_PREDICT ? "'predict'" : "'kneighbors'",
                    NULL);
    knn_openapi_put(writer,
                    serves & KNN_PREDICT_PROBA ? ",'predict_proba'" : "", NULL);
    knn_openapi_put(writer,
                    (serves & KNN_KNEIGHBORS) && (serves & KNN_PREDICT)
                        ? ",'kneighbors'"
                        : "",
                    NULL);
    knn_openapi_put(writer, "]}}}", NULL);
}


/* The only row of a GET. */
static void
knn_predict_row(knn_writer_t *writer, const knn_openapi_entry_t *entry)
{
    knn_openapi_put(writer, "{'name':'X','in':'query','required':true,", NULL);

    if (entry == NULL || entry->info->features != NULL) {
        knn_openapi_put(writer,
                        "'description':'A row as a line of CSV: the values in "
                        "the order of the features, separated by commas, "
                        "texts in quotation marks where they need it.',"
                        "'schema':{'type':'string','minLength':1}",
                        NULL);

        if (entry != NULL && entry->line != NULL) {
            knn_openapi_put(writer, ",'example':'%'", entry->line);
        }
    }
    else {
        knn_openapi_put(writer,
                        "'description':'The values in the order of the "
                        "features.','style':'form','explode':false,'schema':{"
                        "'type':'array','items':{'type':'number'}",
                        NULL);
        knn_writer_count(writer, ",\"minItems\":", entry->info->n_features);
        knn_writer_count(writer, ",\"maxItems\":", entry->info->n_features);
        knn_writer_literal(writer, "}");

        if (entry->line != NULL) {
            knn_openapi_put(writer, ",'example':", NULL);
            knn_openapi_values(writer, entry);
        }
    }

    knn_writer_literal(writer, "},");
}


/* What is answered. */
static void
knn_predict_responses(knn_writer_t *writer, const knn_openapi_entry_t *entry,
                      bool get)
{
    knn_openapi_put(
        writer,
        ",'responses':{'200':{'description':'The predictions.'," KNN_HEADERS,
        NULL);
    knn_openapi_put(writer,
                    get ? ",'ETag':{'$ref':'#/components/headers/ETag'}" : "",
                    NULL);
    knn_openapi_put(writer,
                    "},'content':{'application/json':{'schema':{'$ref':"
                    "'#/components/schemas/%.Answer'}}" KNN_TABLES "}}",
                    entry != NULL ? entry->id : "Any");
    knn_openapi_refusals(writer,
                         (get ? KNN_REFUSE_MALFORMED | KNN_REFUSE_VALUE
                                    | KNN_REFUSE_LIMIT | KNN_REFUSE_BUSY
                                    | KNN_REFUSE_UNCHANGED
                              : KNN_REFUSE_BODY)
                             | KNN_REFUSE_UNREADABLE | KNN_REFUSE_LONG
                             | (entry == NULL ? KNN_REFUSE_UNKNOWN : 0));
    knn_writer_literal(writer, "}");
}


/* Bodies that do what they show. */
static void
knn_predict_examples(knn_writer_t *writer, const knn_openapi_entry_t *entry)
{
    knn_openapi_put(writer, ",'examples':{'row':{'value':{'X':", NULL);
    knn_openapi_values(writer, entry);
    knn_openapi_put(writer, "}},'rows':{'value':{'X':[", NULL);
    knn_openapi_values(writer, entry);
    knn_writer_literal(writer, ",");
    knn_openapi_values(writer, entry);
    knn_openapi_put(writer, "]}},'instances':{'value':{'instances':[", NULL);
    knn_openapi_values(writer, entry);
    knn_openapi_put(writer, "]}}", NULL);

    if (entry->info->feature_names != NULL) {
        knn_openapi_put(writer, ",'record':{'value':{'X':", NULL);
        knn_openapi_record(writer, entry);
        knn_writer_list(
            writer,
            "}},\"table\":{\"value\":{\"dataframe_split\":{\"columns\":",
            entry->info->feature_names, entry->info->n_features);
        knn_openapi_put(writer, ",'data':[", NULL);
        knn_openapi_values(writer, entry);
        knn_openapi_put(writer, "]}}}", NULL);
    }

    knn_writer_literal(writer, "}");
}


/* What may be sent. */
static void
knn_predict_body(knn_writer_t *writer, const knn_openapi_entry_t *entry)
{
    knn_openapi_put(writer,
                    ",'requestBody':{'required':true,'content':{"
                    "'application/json':{'schema':{'$ref':"
                    "'#/components/schemas/%.Body'}",
                    entry != NULL ? entry->id : "Any");

    if (entry != NULL && entry->line != NULL) {
        knn_predict_examples(writer, entry);
    }

    knn_openapi_put(writer,
                    "},'text/csv':{'schema':{'type':'string','description':"
                    "'A row in each line; the first line may name the "
                    "features, and does with header=present.'}",
                    NULL);

    if (entry != NULL && entry->line != NULL) {
        knn_openapi_put(writer, ",'example':'%\\n'", entry->line);
    }

    knn_openapi_put(writer,
                    "},'application/jsonlines':{'schema':{'type':'string',"
                    "'description':'An array or an object by feature name in "
                    "each line.'}},'application/x-npy':{'schema':{"
                    "'type':'string','contentMediaType':'application/x-npy',"
                    "'description':'An array that numpy.save() wrote, of rows "
                    "or of one row.'}}}}",
                    NULL);
}


/* Begins the parameters, with what the path has. */
static void
knn_predict_parameters(knn_writer_t *writer, const knn_openapi_path_t *path)
{
    knn_openapi_put(writer, ",'parameters':[", NULL);
    knn_openapi_put(
        writer,
        path->by_name ? "{'$ref':'#/components/parameters/Model'}," : "", NULL);
}


void
knn_openapi_predict(knn_writer_t *writer, const knn_openapi_all_t *all,
                    const knn_openapi_path_t *path, size_t count)
{
    const knn_openapi_entry_t *entry;

    entry = knn_predict_entry(all, path);

    knn_openapi_put(writer, "'%':{", path->path);
    knn_openapi_operation(writer, "get", path->path, count);
    knn_openapi_put(writer, ",'tags':['predict'],'summary':'Predict one row'",
                    NULL);
    knn_predict_describe(writer, entry, path);
    knn_predict_parameters(writer, path);
    knn_predict_row(writer, entry);
    knn_predict_outputs(writer, entry);
    knn_writer_literal(writer, "]");
    knn_predict_responses(writer, entry, true);

    knn_writer_literal(writer, ",");
    knn_openapi_operation(writer, "post", path->path, count);
    knn_openapi_put(writer, ",'tags':['predict'],'summary':'Predict rows'",
                    NULL);
    knn_predict_describe(writer, entry, path);
    knn_predict_parameters(writer, path);
    knn_predict_outputs(writer, entry);
    knn_writer_literal(writer, "]");
    knn_predict_body(writer, entry);
    knn_predict_responses(writer, entry, false);
    knn_writer_literal(writer, "}");
}
