"""The pipeline that scikit-learn users would write for a table."""

import warnings

import pandas
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (MinMaxScaler, OneHotEncoder, RobustScaler,
                                   StandardScaler)

SCALERS = {"standard": StandardScaler, "minmax": MinMaxScaler,
           "robust": RobustScaler}


def read(path, **options):
    """A CSV file as pandas reads it, with every number correctly rounded."""
    return pandas.read_csv(path, float_precision="round_trip",
                           na_values=["?", "None"], **options)


def pipeline(X, regress=False, scale="standard", **parameters):
    """What knn train promises to be equal to, not fitted yet."""
    texts = [c for c in X.columns if X[c].dtype == object]
    numbers = [c for c in X.columns if c not in texts]
    steps = []

    if X[numbers].isna().any().any():
        steps.append(SimpleImputer())

    if scale != "none":
        steps.append(SCALERS[scale]())

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            encoder = OneHotEncoder(handle_unknown="ignore",
                                    sparse_output=False)
        except TypeError:
            encoder = OneHotEncoder(handle_unknown="ignore", sparse=False)

    columns = [("numbers", make_pipeline(*steps) if steps else "passthrough",
                numbers), ("texts", encoder, texts)]
    estimator = KNeighborsRegressor if regress else KNeighborsClassifier

    return make_pipeline(ColumnTransformer([c for c in columns if c[2]]),
                         estimator(**parameters))


def scores(model, X, y, folds=5, seed=None):
    """Its cross-validation."""
    kind = KFold if isinstance(model[-1], KNeighborsRegressor) \
        else StratifiedKFold

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return cross_val_score(model, X, y, cv=kind(
            folds, shuffle=seed is not None, random_state=seed))
