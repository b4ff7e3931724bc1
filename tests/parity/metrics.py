"""
Compares the command with the scikit-learn of this interpreter, metric by
metric, on data that are full of equal distances and of zeros:

    python metrics.py KIND SEED FIRST COUNT

KIND is tree, heaped (brute force in heaps), older (by matrices of distances)
or radius; prints one JSON object of counts: "ulp" distances that numpy or an
old scipy rounds otherwise, "rounded" those of matrix products, "order" rows
and "labels" that differ because the older way leaves equal distances to
chance.  A model depends on its seed and number alone, so that COUNT 1 repeats
any one.
"""

import json
import math
import os
import sys
import tempfile
import warnings

import joblib
import numpy
import scipy.spatial
import sklearn
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.neighbors import RadiusNeighborsClassifier

try:
    from sklearn.neighbors import VALID_METRICS
except ImportError:
    from sklearn.neighbors.base import VALID_METRICS

from knn import predict, predict_all, same

RELEASE = tuple(map(int, sklearn.__version__.split(".")[:2]))
SCIPY = tuple(map(int, scipy.__version__.split(".")[:2]))

BOOLEAN = ["jaccard", "matching", "dice", "kulsinski", "rogerstanimoto",
           "russellrao", "sokalmichener", "sokalsneath", "yule"]

# what the release computes with its own formulas, one training row at a time
HEAPED = ["l2", "manhattan", "cityblock", "l1", "chebyshev", "minkowski",
          "seuclidean", "canberra", "braycurtis", "haversine"]

# what it leaves to scipy, or to products of matrices
OLDER = BOOLEAN + ["hamming", "mahalanobis", "correlation", "cosine",
                   "nan_euclidean", "sqeuclidean", "wminkowski"]

# what this scipy has no more
GONE = [name for name in BOOLEAN + ["wminkowski"]
        if not hasattr(scipy.spatial.distance, name)]

# numpy's pow() and arcsin() are not libm's, nor are old quotients of scipy
ROUNDED = {"minkowski": 1, "wminkowski": 1, "haversine": 4, "russellrao": 1}

# before 1.10 scipy was built to sum in yet other orders
if SCIPY < (1, 10):
    ROUNDED.update({name: 8 for name in OLDER + HEAPED})

# products of matrices, whose last bits are the processor's
PRODUCTS = {"cosine": 1e-14, "nan_euclidean": 1e-6, "sqeuclidean": 1e-11,
            "l2": 1e-6, "euclidean": 1e-6}


def metrics(kind):
    """The metrics of a kind that this release has."""
    trees = sorted(set(VALID_METRICS["ball_tree"]) - {"pyfunc"})

    if kind in ("tree", "radius"):
        return trees + ([name for name in OLDER if name not in GONE
                         and name not in PRODUCTS and name not in trees]
                        if kind == "radius" else [])

    # before 1.1 there was the older way alone; later it is that of integers
    names = HEAPED if kind == "heaped" else OLDER + HEAPED

    return [name for name in names if name in VALID_METRICS["brute"]
            and name not in GONE]


def draw_metric(rng, name, kind, d):
    """Parameters for a metric, as the constructor takes them."""
    params = {}
    options = {"metric": name, "metric_params": params}

    if name == "minkowski":
        options["p"] = [3, 1.5, 4][rng.randint(3)]

        if rng.randint(2) and RELEASE >= (1, 1):
            params["w"] = rng.randint(0, 4, d) / 2.0
            params["w"][rng.randint(d)] = 1.0
            options["p"] = [1, 2, 3][rng.randint(3)]

    if name == "wminkowski":
        options["p"] = 3
        params["w"] = rng.randint(1, 4, d) / 2.0

    if name == "seuclidean":
        params["V"] = rng.randint(1, 9, d) / 4.0

    if name == "mahalanobis":
        a = rng.randint(-2, 3, (d, d)).astype(float)
        params["VI"] = a.dot(a.T) + numpy.eye(d)

        if kind == "tree" and rng.randint(2):
            params["V"] = numpy.linalg.inv(params.pop("VI"))

    if kind == "older" and name in BOOLEAN + ["hamming"] and rng.randint(2) \
            and RELEASE >= (1, 2) \
            and name not in ("matching", "kulsinski", "sokalsneath"):
        params["w"] = rng.randint(1, 9, d) / 8.0

    if not params:
        del options["metric_params"]

    return options


def draw_rows(rng, name, n, d):
    """Rows with zeros, equal rows and equal distances, or without."""
    shape = rng.randint(4)

    if name == "haversine":
        X = rng.randint(-3, 4, (n, d)) / 4.0 if shape else \
            rng.uniform(-1.5, 1.5, (n, d))
    elif shape == 0:
        X = rng.standard_normal((n, d))
    elif shape == 1:
        X = rng.randint(0, 2, (n, d)).astype(float)
    elif shape == 2:
        X = rng.randint(-2, 3, (n, d)).astype(float)
    else:
        X = rng.randint(0, 4, (n, d)) / 10.0

    X[rng.randint(0, n, n // 8)] = X[rng.randint(0, n)]

    if rng.randint(3) == 0:
        X[rng.randint(0, n)] = 0.0

    return X


def draw(rng, kind, name):
    """A fitted model, its data, and points to ask it for."""
    n = rng.randint(12, 120)  # fewer rows than queries change the order
    d = 2 if name == "haversine" else rng.randint(1, 12)
    X = draw_rows(rng, name, n, d)
    queries = numpy.vstack([X[rng.randint(0, n, 3)],
                            draw_rows(rng, name, 8, d)])

    if name == "nan_euclidean" and RELEASE >= (1, 6):
        X[rng.uniform(size=X.shape) < 0.2] = numpy.nan
        queries[rng.uniform(size=queries.shape) < 0.2] = numpy.nan

    algorithm = "brute"

    if kind in ("tree", "radius") and name in VALID_METRICS["ball_tree"]:
        algorithm = "ball_tree" if name not in VALID_METRICS["kd_tree"] \
            else ["ball_tree", "kd_tree"][rng.randint(2)]

    if kind == "radius" and rng.randint(2) and name not in GONE \
            and name in VALID_METRICS["brute"] and name not in PRODUCTS:
        algorithm = "brute"

    options = draw_metric(rng, name, kind, d)

    if "w" in options.get("metric_params", ()) and algorithm == "kd_tree":
        algorithm = "ball_tree"

    model = KNeighborsClassifier(
        n_neighbors=rng.randint(1, min(n, 12) + 1), algorithm=algorithm,
        weights=["uniform", "distance"][rng.randint(2)],
        leaf_size=[1, 3, 8, 30][rng.randint(4)], **options)

    if kind == "older" and name in HEAPED and RELEASE >= (1, 1):
        X = numpy.rint(3 * X).astype(int)
        queries = numpy.rint(6 * queries) / 2.0

    y = rng.randint(0, 4, n)

    if kind == "radius":
        model = radius_model(rng, model, X, y)

    return model.fit(X, y), X, queries


def radius_model(rng, model, X, y):
    """The same with a radius that some rows are apart by."""
    options = {name: model.get_params()[name] for name in
               ("algorithm", "leaf_size", "metric", "metric_params", "p")}
    apart = NearestNeighbors(n_neighbors=len(X), **options).fit(X)
    apart = apart.kneighbors(X[:5])[0].ravel()
    apart = apart[numpy.isfinite(apart)]

    return RadiusNeighborsClassifier(
        radius=float(apart[rng.randint(len(apart))]) if len(apart) else 0.5,
        weights=model.weights, outlier_label="most_frequent", **options)


def ulps(a, b):
    """The largest difference in units in the last place, NaN being one."""
    a, b = numpy.asarray(a, float).copy(), numpy.asarray(b, float).copy()
    a[numpy.isnan(a)] = b[numpy.isnan(b)] = -1.0
    return numpy.abs(a.view("i8") - b.view("i8")).max()


def check_sets(ours, theirs, distances, tolerance):
    """Whether rows differ only where distances are as good as equal."""
    for mine, other, dist in zip(ours, theirs, distances):
        dist = numpy.where(numpy.isnan(dist), numpy.inf, dist)
        inner = {i for i, at in zip(other, dist)
                 if at < dist[-1] - tolerance}
        mine_inner = set(mine)

        if not inner <= mine_inner:
            return False

    return True


def differences(model, kind, queries, answers, counts):
    """The names of what is not equal, bit for bit."""
    wrong = []
    name = model.metric
    distances, indices = model.kneighbors(queries)
    ours = numpy.array([[n["distance"] for n in a["neighbors"]]
                        for a in answers], dtype=float)
    our_indices = [[n["index"] for n in a["neighbors"]] for a in answers]
    distances = numpy.where(numpy.isinf(distances), numpy.nan, distances)

    if ours.shape != distances.shape:
        return ["number of neighbors"]

    apart = ulps(ours, distances)
    tolerance = PRODUCTS.get(name, 0) if kind == "older" else 0

    if tolerance:
        if not numpy.allclose(ours, distances, rtol=tolerance, atol=tolerance,
                              equal_nan=True):
            wrong.append("distances")

        counts["rounded"] += int((ours != distances).sum())
    elif apart != 0:
        if apart <= ROUNDED.get(name, 0) and (kind == "older" or name in
                                              ("minkowski", "wminkowski",
                                               "haversine")):
            counts["ulp"] += int((ours != distances).sum())
        else:
            wrong.append("distances")

    if kind == "older":
        if not check_sets(our_indices, indices.tolist(), distances,
                          tolerance):
            wrong.append("sets")

        counts["order"] += sum(a != b for a, b in
                               zip(our_indices, indices.tolist()))
        counts["labels"] += sum(
            a["prediction"] != b for a, b in
            zip(answers, model.predict(queries).tolist()))
    elif our_indices != indices.tolist():
        wrong.append("order" if [sorted(row) for row in our_indices] ==
                     [sorted(row) for row in indices.tolist()] else "sets")

    # what it would vote on our neighbors

    if kind == "older" or apart != 0:
        model.kneighbors = lambda rows, return_distance=True: \
            (ours, numpy.array(our_indices)) if return_distance else \
            numpy.array(our_indices)

    labels, proba = model.predict(queries), model.predict_proba(queries)
    our_proba = numpy.array([list(a["probabilities"].values())
                             for a in answers], dtype=float)

    if not numpy.isnan(ours).any():
        if our_proba.tobytes() != proba.tobytes():
            wrong.append("probabilities")

        if not same([a["prediction"] for a in answers], labels.tolist()):
            wrong.append("labels")

    return wrong


def differences_within(model, queries, answers, counts):
    """The same of all neighbors within a radius, in any order."""
    wrong = []
    name = model.metric
    distances, indices = model.radius_neighbors(queries)

    for answer, apart, rows in zip(answers, distances, indices):
        ours = {n["index"]: n["distance"] for n in answer["neighbors"]}

        if sorted(ours) != sorted(rows.tolist()):
            wrong.append("sets")
            continue

        ours = [ours[row] for row in rows]
        apart = ulps(ours, numpy.where(numpy.isinf(apart), numpy.nan, apart)) \
            if len(ours) else 0

        if apart > ROUNDED.get(name, 0):
            wrong.append("distances")

        counts["ulp"] += int(apart != 0)

    if model.weights == "uniform" and \
            [a["prediction"] for a in answers] != \
            model.predict(queries).tolist():
        wrong.append("labels")

    return wrong


def run(kind, seed, first, count):
    counts = {"release": sklearn.__version__, "kind": kind, "models": 0,
              "rows": 0, "ulp": 0, "rounded": 0, "order": 0, "labels": 0,
              "wrong": {}, "examples": []}
    names = metrics(kind)

    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "model")

        for number in range(first, first + count):
            name = names[number % len(names)]
            rng = numpy.random.RandomState([seed, number])
            model, X, queries = draw(rng, kind, name)
            joblib.dump(model, path)

            try:
                if kind == "radius":
                    answers = predict(path, queries, "--neighbors")
                    wrong = differences_within(model, queries, answers, counts)
                else:
                    answers = predict_all(path, queries)
                    wrong = differences(model, kind, queries, answers, counts)
            except AssertionError as refusal:
                wrong = [str(refusal).replace(directory, "")]

            counts["models"] += 1
            counts["rows"] += len(queries)

            for reason in wrong:
                reason = "%s: %s" % (name, reason)
                counts["wrong"][reason] = counts["wrong"].get(reason, 0) + 1

                if len(counts["examples"]) < 8:
                    counts["examples"].append(
                        {"number": number, "model": repr(model),
                         "wrong": reason})

    return counts


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    numpy.seterr(all="ignore")
    print(json.dumps(run(sys.argv[1], *map(int, sys.argv[2:5])), indent=1))
