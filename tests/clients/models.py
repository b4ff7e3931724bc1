"""Models with every kind of answer, and one nginx that serves them all."""

import numpy
import pandas
import pytest
from sklearn.datasets import load_iris
from sklearn.neighbors import (KNeighborsClassifier, KNeighborsRegressor,
                               NearestNeighbors, RadiusNeighborsClassifier,
                               RadiusNeighborsRegressor)

import oracle

NAMES = ["length", "width", "petal length", 'petal, "width"']
LABELS = numpy.array(["setosa", 'the "versicolor", ü', "virginica"])

# rows between the classes that every type of number holds: integers that
# fit eight bits, and what float32 and float64 have beside them
INTEGERS = [[5, 3, 1, 0], [6, 3, 4, 1], [7, 3, 5, 2], [6, 3, 5, 2],
            [0, 0, 0, 0], [127, 1, 0, 1], [5, 2, 3, 1]]
SINGLES = [[5.125, 3.5, 1.375, 0.25], [6.0625, 2.875, 4.5, 1.5],
           [-6.875, 3.125, 5.4375, 1e10], [5.9375, 3, 5, 1.6875]]
DOUBLES = [[5.1, 3.5, 1.4, 0.2], [6.3, 2.7, 4.9, 1.8], [1 / 3, 2 / 3, 1e-300,
           123456789.123456789], [-1e-5, 3.1, 0.1 + 0.2, 1.7]]
ROWS = {"integer": INTEGERS, "single": INTEGERS + SINGLES,
        "double": INTEGERS + SINGLES + DOUBLES}

CONF = """
    location = / { return 200 '{"status":"alive"}'; }
    location /v1 { knn_api v1; }
    location /v2 { knn_api v2; }
    location /serving/ { knn_api v2; }
    location ~ ^/predict/(.*) { knn_predict $1; }
    location /all/ {
        knn_output predict predict_proba kneighbors;
        location /all/v1 { knn_api v1; }
        location /all/v2 { knn_api v2; }
        location ~ ^/all/predict/(.*) { knn_predict $1; }
    }
    location = /models { knn_info; }
    location = /health { knn_health; }
    location = /metrics { knn_metrics; }
    location = /openapi.json { knn_openapi; }
"""


def iris_models():
    """{name: estimator}, whose answers hang on no machine."""

    X, y = load_iris(return_X_y=True)
    table = pandas.DataFrame(X, columns=NAMES)
    shuffled = numpy.random.default_rng(3).permutation(y)
    tree = {"algorithm": "kd_tree"}

    return {
        "string": KNeighborsClassifier(**tree).fit(table, LABELS[y]),
        "integer": KNeighborsClassifier(7, weights="distance", **tree).fit(
            X, numpy.array([-3, 7, 1 << 40])[y]),
        "boolean": KNeighborsClassifier(3, **tree).fit(X, y == 1),
        "float": KNeighborsClassifier(4, algorithm="ball_tree").fit(X, y * 2.),
        "regressor": KNeighborsRegressor(weights="distance", **tree).fit(
            X, X[:, 3] / 3),
        "regressors": KNeighborsRegressor(**tree).fit(
            table, numpy.column_stack([X[:, 0] * 3, numpy.sqrt(X[:, 1])])),
        "strings": KNeighborsClassifier(**tree).fit(
            X, numpy.column_stack([LABELS[y], LABELS[shuffled]])),
        "integers": KNeighborsClassifier(**tree).fit(
            table, numpy.column_stack([y, 9 - shuffled])),
        "radius": RadiusNeighborsClassifier(
            1.0, outlier_label="virginica", **tree).fit(table, LABELS[y]),
        "radius_regressor": RadiusNeighborsRegressor(
            200, algorithm="ball_tree").fit(X[::15], X[::15, 0]),
        "nearest": NearestNeighbors(n_neighbors=3, **tree).fit(X),
    }


@pytest.fixture(scope="session")
def models(shop, shop_pipeline):
    """All estimators by their names: the oracles."""

    table, classes, _ = shop
    one = KNeighborsClassifier(1).fit([[0.], [1.], [2.], [3.]], list("abcd"))

    return {**iris_models(), "one": one, "shop": shop_pipeline(
        KNeighborsClassifier(3, algorithm="kd_tree")).fit(table, classes)}


@pytest.fixture(scope="module")
def server(serve, save, models):
    """All of them, and iris in two versions of which one has a label."""

    return serve("\n".join(
        f"knn_model {name} {save(model)};" for name, model in models.items())
        + f"""
        knn_model iris {save(models["string"])} version=1.0.0 label=stable;
        knn_model iris {save(models["boolean"])} version=2.1.0;
    """, CONF)


def answers(model, rows):
    """{tensor: list} of what scikit-learn says of these rows."""

    found = {}

    if hasattr(model, "predict"):
        found["predict"] = oracle.predictions(model, rows)

    if hasattr(model, "predict_proba"):
        proba = model.predict_proba(oracle.frame(model, rows))
        found["predict_proba"] = numpy.hstack(
            proba if isinstance(proba, list) else [proba]).tolist()

    pairs = oracle.neighbors(model, rows)
    found["kneighbors"] = [[pair["index"] for pair in row] for row in pairs]
    found["distances"] = [[pair["distance"] for pair in row] for row in pairs]

    return found


def classes(model):
    """The labels of all outputs side by side, as probabilities are."""

    found = getattr(model, "classes_", [])
    found = found if isinstance(found, list) else [found]
    return [oracle.plain(label) for each in found for label in each]
