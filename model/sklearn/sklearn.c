
/*
 * Copyright (C) nginx-knn contributors
 */


#include "sklearn_predictor.h"


/* Reads what is done before the estimator. */
static knn_status_e
knn_sklearn_steps(knn_arena_t *arena, const knn_bundle_t *bundle,
                  const char *estimator, knn_parts_t *parts, knn_error_t *err)
{
    size_t        beside;
    knn_block_t   block;
    knn_program_t program;

    block = (knn_block_t){.n = 0};
    program = (knn_program_t){.arena = arena, .err = err};

    knn_program_expect(&program,
                       (bundle->transformer != NULL) ? bundle->transformer
                                                     : bundle->predictor,
                       parts->n_features);

    if (bundle->transformer != NULL
        && knn_transform(&program, bundle->transformer, &block) != KNN_OK)
    {
        knn_error_prefix(err, "the transformer beside the model");
        return err->status;
    }

    beside = program.n_transformers;

    if (knn_predictor_steps(&program, bundle->predictor, &block) != KNN_OK) {
        return err->status;
    }

    if (beside != 0 && beside != program.n_transformers) {
        return knn_error(err, KNN_UNSUPPORTED,
                         "the transformer beside the model may be one of its "
                         "Pipeline, dump the Pipeline alone");
    }

    return knn_program_finish(&program, &block, estimator, parts);
}


knn_status_e
knn_sklearn_read(knn_arena_t *arena, const knn_value_t *value,
                 knn_parts_t *parts, knn_error_t *err)
{
    knn_bundle_t       bundle;
    knn_fitted_t       fitted;
    const knn_value_t *estimator;

    *parts = (knn_parts_t){.estimator = KNN_CLASSIFIER};
    fitted = (knn_fitted_t){.arena = arena, .parts = parts, .err = err};

    if (knn_bundle_open(arena, value, &bundle, err) != KNN_OK) {
        return err->status;
    }

    estimator = knn_predictor_find(arena, bundle.predictor, err);

    if (estimator == NULL || knn_fitted_open(&fitted, estimator) != KNN_OK
        || knn_fitted_estimator(&fitted) != KNN_OK
        || knn_sklearn_steps(arena, &bundle, knn_symbol_name(estimator->symbol),
                             parts, err)
               != KNN_OK
        || knn_bundle_labels(arena, &bundle, parts, err) != KNN_OK)
    {
        return err->status;
    }

    knn_bundle_names(arena, &bundle, parts);

    return KNN_OK;
}
