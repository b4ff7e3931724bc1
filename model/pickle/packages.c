
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "packages.h"


/* a module and, when it ends with a dot, all modules inside of it */
static const char *const knn_packages[] = {
    "__main__",
    "__mp_main__",
    "_loss",
    "catboost.",
    "category_encoders.",
    "cloudpickle.",
    "datetime",
    "dateutil.",
    "decimal",
    "dill.",
    "feature_engine.",
    "fractions",
    "imblearn.",
    "joblib.",
    "lightgbm.",
    "math",
    "metric_learn.",
    "mlxtend.",
    "nltk.",
    "numpy",
    "numpy._core.",
    "numpy.core.",
    "numpy.lib.",
    "numpy.linalg.",
    "numpy.ma.",
    "numpy.matrixlib.",
    "numpy.random.",
    "numpy.rec",
    "pandas.",
    "pathlib",
    "pynndescent.",
    "pytz.",
    "scipy.",
    "sklearn.",
    "sklearn_pandas.",
    "skmultilearn.",
    "skopt.",
    "statsmodels.",
    "umap.",
    "uuid",
    "xgboost.",
    "zoneinfo",
};


/* True for the module of a row, and for one inside of it. */
static bool
knn_package_holds(const char *row, const char *module, size_t len)
{
    bool   inside;
    size_t n;

    n = strlen(row);
    inside = row[n - 1] == '.';

    if (inside) {
        n--;
    }

    return len >= n && memcmp(module, row, n) == 0
           && (len == n || (inside && module[n] == '.'));
}


bool
knn_package_known(const char *module, size_t len)
{
    size_t i;

    for (i = 0; i < sizeof(knn_packages) / sizeof(knn_packages[0]); i++) {
        if (knn_package_holds(knn_packages[i], module, len)) {
            return true;
        }
    }

    return false;
}
