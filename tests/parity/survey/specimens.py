"""
Random models of the scikit-learn that runs this, and what it answers:

    python specimens.py DIRECTORY SEED FIRST COUNT

writes for each number of a model NUMBER.model, as users dump it, and
NUMBER.json: what it is, the rows to ask for and the answers.  A model depends
on its seed and number alone.  Any Python from 2.7 and any scikit-learn from
0.17 can run it; what a release has not is left out, and counted by reason.
"""

from __future__ import print_function

import json
import os
import pickle
import sys
import warnings
from collections import Counter

import numpy as np
import sklearn
import sklearn.neighbors
import sklearn.preprocessing
from sklearn.pipeline import Pipeline

try:
    import joblib
except ImportError:
    from sklearn.externals import joblib

ROWS = 40
RELEASE = tuple(map(int, sklearn.__version__.split(".")[:2]))

TREE_METRICS = ["euclidean", "l2", "minkowski", "p", "manhattan", "cityblock",
                "l1", "chebyshev", "infinity"]
BALL_METRICS = TREE_METRICS + [
    "seuclidean", "mahalanobis", "wminkowski", "hamming", "canberra",
    "braycurtis", "matching", "jaccard", "dice", "kulsinski",
    "rogerstanimoto", "russellrao", "sokalmichener", "sokalsneath",
    "haversine"]
BRUTE_METRICS = BALL_METRICS + ["cosine", "correlation", "sqeuclidean",
                                "nan_euclidean", "yule"]
BOOLEAN = ["matching", "jaccard", "dice", "kulsinski", "rogerstanimoto",
           "russellrao", "sokalmichener", "sokalsneath", "yule"]


class Absent(Exception):
    """This release has no such thing."""


def pick(rng, values):
    return values[rng.randint(len(values))]


def draw_data(rng, metric):
    """Rows to train on, of numbers that tie or of any."""
    n, d = rng.randint(20, 300), rng.randint(1, 9)

    if metric == "haversine":
        return "radians", np.column_stack([
            rng.randint(-15, 16, n) / 10.0, rng.randint(-31, 32, n) / 10.0])

    if metric in BOOLEAN:
        return "booleans", rng.randint(0, 2, (n, d + 4)).astype(float)

    kind = pick(rng, ["lattice", "decimals", "any"])

    if metric in ("mahalanobis", "correlation", "seuclidean", "cosine"):
        d = max(d, 3)
        n = max(n, 40)

    if kind == "lattice":
        return kind, rng.randint(0, rng.randint(2, 7), (n, d)).astype(float)

    if kind == "decimals":
        return kind, rng.randint(-30, 80, (n, d)) / 10.0

    return kind, rng.standard_normal((n, d)) * pick(rng, [1, 1e3, 1e-3])


def draw_queries(rng, kind, X):
    """Rows of the training data, between them, and beside them."""
    n, d = X.shape
    k = ROWS // 4

    near = X[rng.randint(0, n, k)] + rng.randint(-1, 2, (k, d)) * 0.5
    middle = (X[rng.randint(0, n, k)] + X[rng.randint(0, n, k)]) / 2
    apart = X[rng.randint(0, n, k)] * 1.25 + 0.3

    if kind == "booleans":
        near, middle, apart = (
            rng.randint(0, 2, (k, d)).astype(float) for _ in range(3))
    elif kind == "radians":
        near, apart = near / 2, apart / 2

    return np.vstack([X[rng.randint(0, n, k)], near, middle, apart])


def draw_metric(rng, algorithm):
    metric = pick(rng, {"kd_tree": TREE_METRICS, "ball_tree": BALL_METRICS,
                        "brute": BRUTE_METRICS, "auto": ["minkowski"]}[
                            algorithm])

    # most people never name one
    return "minkowski" if rng.randint(3) == 0 else metric


def metric_options(rng, metric, X):
    """The constructor's p and metric_params."""
    options = {}
    d = X.shape[1]

    if metric in ("minkowski", "p"):
        options["p"] = pick(rng, [1, 2, 2, 2, 3, 1.5, float("inf")])

        # what SciPy made of w depended on its release
        if metric == "minkowski" and rng.randint(6) == 0 \
                and RELEASE >= (0, 20):
            options["p"] = pick(rng, [2, 3])
            options["metric_params"] = {"w": rng.randint(1, 5, d) / 2.0}
    elif metric == "wminkowski":
        options["metric_params"] = {"p": 2, "w": rng.randint(1, 5, d) / 2.0}
    elif metric == "seuclidean":
        options["metric_params"] = {"V": X.var(axis=0) + 0.25}
    elif metric == "mahalanobis":
        spread = np.cov(X.T) + np.eye(d) / 4
        options["metric_params"] = {"VI": np.linalg.inv(spread)}

    return options


LABELS = [
    lambda c: np.array(["a", "bb", u"caf\xe9", "d d", "e\"e"], dtype=object)[c],
    lambda c: np.array([u"setosa", u"versicolor", u"virginica", u"x", u"y"])[c],
    lambda c: np.array([7, -3, 0, 12, 5])[c],
    lambda c: np.array([7, 3, 0, 12, 5], dtype=np.uint8)[c],
    lambda c: np.array([2.0, 1.0, 5.0, 4.0, 3.0])[c],
    lambda c: c % 2 == 0,
]


def draw_classes(rng, X):
    outputs = pick(rng, [1, 1, 1, 1, 2])
    few = rng.randint(2, 6)
    c = rng.randint(0, few, (len(X), outputs))

    # not noise alone: votes should sometimes be clear
    c[X[:, 0] > X[:, 0].mean()] = 0
    c[0] = 1

    y = pick(rng, LABELS)(c)

    return y[:, 0] if outputs == 1 else y


def draw_values(rng, X):
    outputs = pick(rng, [1, 1, 2, 3])
    y = rng.randint(-20, 90, (len(X), outputs)) / 7.0
    y = y.astype(pick(rng, [np.float64, np.float64, np.float32, np.int64]))

    return y[:, 0] if outputs == 1 else y


def draw_steps(rng, X):
    """Transformers before the estimator, and rows that they take."""
    pp = sklearn.preprocessing
    name = pick(rng, ["StandardScaler", "StandardScaler", "MinMaxScaler",
                      "RobustScaler", "MaxAbsScaler", "Normalizer",
                      "SimpleImputer", "VarianceThreshold", "SelectKBest",
                      "PowerTransformer", "QuantileTransformer", "PCA",
                      "OneHotEncoder", "ColumnTransformer", "Binarizer",
                      "PolynomialFeatures", "KBinsDiscretizer"])

    if name == "SelectKBest":
        from sklearn.feature_selection import SelectKBest
        return name, [("select", SelectKBest(k=max(1, X.shape[1] // 2)))]

    if name == "VarianceThreshold":
        from sklearn.feature_selection import VarianceThreshold
        return name, [("vary", VarianceThreshold())]

    if name == "PCA":
        from sklearn.decomposition import PCA
        return name, [("pca", PCA(n_components=max(1, X.shape[1] - 1),
                                  whiten=bool(rng.randint(2))))]

    if name == "SimpleImputer":
        try:
            from sklearn.impute import SimpleImputer as Imputer
        except ImportError:
            from sklearn.preprocessing import Imputer
        return name, [("fill", Imputer(strategy=pick(
            rng, ["mean", "median", "most_frequent"]))),
            ("scale", pp.StandardScaler())]

    if name == "ColumnTransformer":
        from sklearn.compose import ColumnTransformer
        half = max(1, X.shape[1] // 2)
        return name, [("columns", ColumnTransformer(
            [("scale", pp.StandardScaler(), list(range(half))),
             ("ranges", pp.MinMaxScaler(), slice(half, None))
             if half < X.shape[1] else ("none", "drop", [0])],
            remainder=pick(rng, ["drop", "passthrough"])))]

    if name == "OneHotEncoder":
        return name, [("hot", pp.OneHotEncoder(handle_unknown="ignore"))]

    if not hasattr(pp, name):
        raise Absent("no " + name)

    options = {}

    if name == "QuantileTransformer":
        options = {"n_quantiles": 10, "output_distribution": pick(
            rng, ["uniform", "normal"])}
    elif name == "KBinsDiscretizer":
        options = {"n_bins": 3, "encode": pick(
            rng, ["ordinal", "onehot-dense"]), "strategy": "uniform"}
    elif name == "Normalizer":
        options = {"norm": pick(rng, ["l1", "l2", "max"])}

    return name, [("step", getattr(pp, name)(**options))]


def draw(rng):
    """An estimator that is not fitted, with all that is asked of it."""
    algorithm = pick(rng, ["kd_tree", "kd_tree", "ball_tree", "ball_tree",
                           "brute", "auto"])
    metric = draw_metric(rng, algorithm)
    kind, X = draw_data(rng, metric)
    name = pick(rng, ["KNeighborsClassifier"] * 3 + [
        "KNeighborsRegressor"] * 2 + [
            "RadiusNeighborsClassifier", "RadiusNeighborsRegressor",
            "NearestNeighbors", "NearestCentroid"])

    case = {"estimator": name, "algorithm": algorithm, "metric": metric,
            "data": kind, "steps": "", "weights": ""}
    options = {}

    if name == "NearestCentroid":
        case["algorithm"], case["metric"] = "centroids", "euclidean"
        metric = options["metric"] = pick(rng, ["euclidean", "manhattan"])
        case["metric"] = metric
        if kind in ("booleans", "radians"):
            kind, X = draw_data(rng, "euclidean")
    else:
        options = metric_options(rng, metric, X)
        options.update(algorithm=algorithm, metric=metric,
                       leaf_size=pick(rng, [1, 3, 8, 30]))

    if name.startswith("KNeighbors") or name == "NearestNeighbors":
        options["n_neighbors"] = rng.randint(1, min(len(X) // 2, 25))

    if name.startswith(("KNeighbors", "Radius")):
        case["weights"] = options["weights"] = pick(
            rng, ["uniform", "uniform", "distance"])

    y = None

    if "Classifier" in name or name == "NearestCentroid":
        y = draw_classes(rng, X)

        if name == "NearestCentroid" and y.ndim == 2:
            y = y[:, 0]
    elif "Regressor" in name:
        y = draw_values(rng, X)

    if name == "RadiusNeighborsClassifier":
        options.update(draw_outlier(rng, y))

    if metric == "nan_euclidean":
        X[rng.uniform(0, 1, X.shape) < 0.05] = np.nan

    return case, options, kind, X, y


def draw_outlier(rng, y):
    """What a row without neighbors gets: an error, a class or none."""
    way = rng.randint(4)

    if way == 0:
        return {}

    if way == 1 and RELEASE >= (0, 22):
        return {"outlier_label": "most_frequent"}

    if way == 2 or y.dtype.kind not in "iuf":
        return {"outlier_label": plain(y[:1])[0]}

    return {"outlier_label": 99 if y.ndim == 1 else [99] * y.shape[1]}


def set_radius(estimator, X):
    """A radius that holds some rows of most queries."""
    probe = sklearn.neighbors.NearestNeighbors(
        n_neighbors=min(8, len(X) - 1), algorithm=estimator.algorithm,
        metric=estimator.metric, p=estimator.p,
        metric_params=estimator.metric_params).fit(X)
    distances = probe.kneighbors(X)[0]
    estimator.radius = float(np.median(distances[:, -1]))


def build(rng, case, options, kind, X, y):
    """The fitted object as users dump it, and its parts."""
    estimator = getattr(sklearn.neighbors, case["estimator"])(**options)
    queries = draw_queries(rng, kind, X)
    steps = []

    if (case["data"] in ("lattice", "decimals", "any") and rng.randint(2)
            and case["metric"] in TREE_METRICS and y is not None
            and y.ndim == 1 and "w" not in (
                options.get("metric_params") or {})):
        case["steps"], steps = draw_steps(rng, X)

        if case["steps"] == "OneHotEncoder":
            X, queries = np.abs(np.floor(X)), np.abs(np.floor(queries))
            X, queries = X % 50, queries % 50

    if case["steps"] == "SimpleImputer":
        X[rng.uniform(0, 1, X.shape) < 0.05] = np.nan
        X[0] = 1
        queries[rng.uniform(0, 1, queries.shape) < 0.1] = np.nan

    inner = X

    for _, step in steps:
        inner = step.fit(inner, y).transform(inner)

    if hasattr(inner, "toarray"):
        case["data"] = "sparse"
        case["algorithm"] = "brute"
    elif case["steps"] and not np.isfinite(inner).all():
        raise Absent("steps that make no numbers")

    if case["estimator"].startswith("Radius"):
        set_radius(estimator, inner)

        if not np.isfinite(estimator.radius):
            raise Absent("distances that are not numbers")

    stored = inner if case["steps"] else pick(rng, [
        lambda X: X, lambda X: X, np.asfortranarray, as_type(np.float32),
        as_type(np.int64), as_type(np.int32), as_type(bool)])(X)
    case["dtype"] = str(stored.dtype)

    if stored.dtype != np.float64 and not np.array_equal(
            stored.astype(np.float64), X):
        stored, case["dtype"] = X, "float64"

    if y is None:
        estimator.fit(stored)
    else:
        estimator.fit(stored, y)

    case["radius"] = getattr(estimator, "radius", None)
    case["method"] = getattr(estimator, "_fit_method", case["algorithm"])
    model = Pipeline(steps + [("knn", estimator)]) if steps else estimator

    return model, estimator, steps, queries


def as_type(dtype):
    return lambda X: X if np.isnan(X).any() else X.astype(dtype)


def predict(case, model, queries):
    """
    What each row gets by itself of early centers: among several rows of an
    odd number of features, SciPy began to add up where memory is aligned.
    """
    if RELEASE >= (0, 24) or case["estimator"] != "NearestCentroid":
        return model.predict(queries)

    return np.concatenate([model.predict(np.array([row])) for row in queries])


def answers(case, model, estimator, steps, queries):
    """What scikit-learn says to the queries; rows that it refuses go."""
    inner = queries

    for _, step in steps:
        inner = step.transform(inner)

    result = {}
    keep = np.ones(len(queries), bool)

    if case["estimator"].startswith("Radius"):
        distances, indices = estimator.radius_neighbors(inner)

        if getattr(estimator, "outlier_label", 0) is None:
            keep = np.array([len(row) > 0 for row in indices])
            inner, queries = inner[keep], queries[keep]
            distances, indices = distances[keep], indices[keep]

        order = [np.lexsort((i, d)) for d, i in zip(distances, indices)]
        result["distances"] = [d[o] for d, o in zip(distances, order)]
        result["indices"] = [i[o] for i, o in zip(indices, order)]
    elif case["estimator"] != "NearestCentroid":
        result["distances"], result["indices"] = estimator.kneighbors(inner)

    if len(queries) == 0:
        raise Absent("no row with neighbors")

    if any(np.isnan(row).any() for row in result.get("distances", [])):
        raise Absent("distances that are not numbers")

    if hasattr(estimator, "predict"):
        result["predictions"] = predict(case, model, queries)

    if hasattr(estimator, "predict_proba") and case["estimator"] != \
            "NearestCentroid":
        proba = model.predict_proba(queries)
        result["probabilities"] = [
            np.asarray(p) for p in proba] if isinstance(proba, list) else [
                np.asarray(proba)]

    case["scale"] = float(np.nansum(np.square(
        inner.toarray() if hasattr(inner, "toarray") else inner), 1).max())

    return queries, result


def plain(value):
    """A value as json takes it."""
    if isinstance(value, np.ndarray):
        return [plain(v) for v in value.tolist()]

    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]

    if isinstance(value, np.generic):
        return plain(value.item())

    if isinstance(value, float) and value != value:
        return None

    return value


def dump(rng, case, model, path):
    """In one of the many ways in which people write a model."""
    way = rng.randint(6)

    if way < 3:
        compress = pick(rng, [0, 0, 0, 3, ("gzip", 3), ("bz2", 3), ("xz", 3),
                              ("lzma", 3)])
        case["written"] = "joblib %s" % (compress,)

        if isinstance(compress, tuple) and joblib.__version__.startswith(
                "0.9"):
            compress = 3

        # old releases write files beside; one is moved more easily
        joblib.dump(model, path, compress=compress)
    else:
        protocol = rng.randint(0, pickle.HIGHEST_PROTOCOL + 1)
        case["written"] = "pickle %d" % protocol

        with open(path, "wb") as file:
            pickle.dump(model, file, protocol)


def wrap(rng, case, model):
    """What else stands around a model."""
    case["around"] = pick(rng, ["", "", "", "", "dict", "list"])

    if case["around"] == "dict":
        return {"model": model, "accuracy": 0.97, "features": ["a", "b"]}

    return [model] if case["around"] == "list" else model


def specimen(directory, seed, number):
    rng = np.random.RandomState([seed, number])
    case, options, kind, X, y = draw(rng)
    case["number"] = number
    case["release"] = sklearn.__version__
    case["options"] = repr(options)

    try:
        model, estimator, steps, queries = build(rng, case, options, kind, X,
                                                 y)
        queries, result = answers(case, model, estimator, steps, queries)
    except Absent:
        raise
    except Exception as error:
        raise Absent("%s: %s" % (type(error).__name__, str(error)[:60]))

    path = os.path.join(directory, "%d.model" % number)
    dump(rng, case, wrap(rng, case, model), path)

    case["classes"] = plain(getattr(estimator, "classes_", None))
    case["queries"] = plain(queries)
    case["answers"] = dict((name, plain(value))
                           for name, value in result.items())

    with open(os.path.join(directory, "%d.json" % number), "w") as file:
        json.dump(case, file)


def main(directory, seed, first, count):
    absent = Counter()
    made = 0

    for number in range(first, first + count):
        try:
            specimen(directory, seed, number)
            made += 1
        except Absent as reason:
            absent[str(reason)] += 1

    print(json.dumps({"release": sklearn.__version__, "made": made,
                      "absent": absent}))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    main(sys.argv[1], *map(int, sys.argv[2:5]))
