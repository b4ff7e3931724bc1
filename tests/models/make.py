#!/usr/bin/env python3

"""
Make the fixture models of the scikit-learn release that runs this script.

Every model goes to <release>/<name>.<suffix>, and what that release answers
with it to <release>/<name>.json.  Nothing in the answers is written by hand.
"""

import json
import os
import pickle
import sys

import joblib
import numpy
import pandas
import sklearn
from sklearn.datasets import load_iris
from sklearn.neighbors import KNeighborsClassifier

HERE = os.path.dirname(os.path.abspath(__file__))

METRICS = {
    "euclidean": {"p": 2},
    "manhattan": {"p": 1},
    "chebyshev": {"metric": "chebyshev"},
    "minkowski3": {"p": 3},
}


def lattice(n=36, d=3, side=4, seed=1):
    """Integer points with many equal distances, and three classes."""
    rng = numpy.random.RandomState(seed)
    return rng.randint(0, side, (n, d)).astype(float), rng.randint(0, 3, n)


def lattice_queries(d=3, side=4, seed=2):
    """Lattice points, points between them, and points far away."""
    rng = numpy.random.RandomState(seed)
    return numpy.vstack([rng.randint(0, side, (6, d)).astype(float),
                         rng.randint(0, 2 * side, (4, d)) / 2.0,
                         rng.uniform(-1, side, (3, d)),
                         numpy.full((1, d), 1e3)])


def iris():
    """Every third iris flower, its species as strings."""
    data = load_iris()
    return data.data[::3], data.target_names[data.target[::3]]


def iris_queries(seed=3):
    """Points of the 0.1 grid as a client would write them."""
    rng = numpy.random.RandomState(seed)
    grid = rng.randint([43, 20, 10, 1], [80, 45, 70, 26], (12, 4))
    return numpy.array([[float("%d.%d" % divmod(v, 10)) for v in row]
                        for row in grid])


def plain(value):
    """A label or a number as JSON has it, its kind kept."""
    value = getattr(value, "item", lambda: value)()
    return value.decode() if isinstance(value, bytes) else value


def rows(array):
    """A label array as nested lists."""
    array = numpy.asarray(array)

    if array.ndim > 1:
        return [rows(row) for row in array]

    return [plain(value) for value in array]


def oracle(model, queries):
    """What scikit-learn answers."""
    distances, indices = model.kneighbors(queries)
    proba = model.predict_proba(queries)
    multi = isinstance(model.classes_, list)
    y = numpy.array([c[column] for c, column in zip(
        model.classes_, model._y.T)]).T if multi else model.classes_[model._y]

    answer = {
        "release": sklearn.__version__,
        "algorithm": model._fit_method,
        "weights": model.weights,
        "metric": model.effective_metric_,
        "n_neighbors": int(model.n_neighbors),
        "n_samples": int(model.n_samples_fit_),
        "n_features": int(model.n_features_in_),
        "classes": [rows(c) for c in model.classes_] if multi
        else rows(model.classes_),
        "feature_names": list(getattr(model, "feature_names_in_", [])),
        "y": rows(y),
        "queries": queries.tolist(),
        "predict": rows(model.predict(queries)),
        "predict_proba": [p.tolist() for p in proba] if multi
        else proba.tolist(),
        "indices": indices.tolist(),
        "distances": distances.tolist(),
    }

    if model._fit_method == "brute":
        answer["x"] = numpy.asarray(model._fit_X, dtype=float).tolist()

    return answer


class Maker:
    """Fits, dumps and asks, one model after the other."""

    def __init__(self, directory):
        self.directory = directory
        self.names = []

    def save(self, name, X, y, queries, dump=None, suffix="joblib", **options):
        model = KNeighborsClassifier(**options).fit(X, y)
        path = os.path.join(self.directory, "%s.%s" % (name, suffix))
        dump = dump or joblib.dump
        dump(model, path)

        answer = oracle(model, queries)
        answer["model"] = os.path.basename(path)

        with open(os.path.join(self.directory, name + ".json"), "w") as file:
            json.dump(answer, file, separators=(",", ":"))
            file.write("\n")

        self.names.append(name)


def grid(maker):
    """Every algorithm with every weighting and metric, deep small trees."""
    X, y = lattice()
    y = numpy.array(["red", "green", "blue"], dtype=object)[y]

    for algorithm in "kd_tree", "ball_tree", "brute":
        for weights in "uniform", "distance":
            for metric, options in METRICS.items():
                maker.save("_".join([algorithm, weights, metric]), X, y,
                           lattice_queries(), algorithm=algorithm,
                           weights=weights, leaf_size=2, **options)


def neighbors(maker):
    """Numbers of neighbours on both sides of every special case of sorting."""
    X, y = lattice(n=60, side=3, seed=5)

    for k in 1, 2, 3, 4, 8, 15, 16, 33, 60:
        maker.save("neighbors_%d" % k, X, y, lattice_queries(side=3)[::2],
                   n_neighbors=k, weights="distance", algorithm="kd_tree",
                   leaf_size=4)

    maker.save("neighbors_numpy", X, y, lattice_queries(side=3),
               n_neighbors=numpy.int64(7), p=numpy.float64(2),
               algorithm="ball_tree")
    maker.save("metric_l2", X, y, lattice_queries(side=3), metric="l2",
               algorithm="kd_tree")
    maker.save("metric_cityblock", X, y, lattice_queries(side=3),
               metric="cityblock", algorithm="ball_tree", leaf_size=5)
    maker.save("metric_p_inf", X, y, lattice_queries(side=3),
               p=float("inf"), algorithm="kd_tree", leaf_size=5)
    maker.save("metric_p_1.5", X, y, lattice_queries(side=3), p=1.5,
               algorithm="ball_tree", leaf_size=5)
    maker.save("weights_none", X, y, lattice_queries(side=3), weights=None,
               n_jobs=-1)


def labels(maker):
    """Classes of every kind that scikit-learn fits."""
    X, y = lattice(n=30, seed=7)
    odd = ["a \"quote\"\\", "line\nbreak", "\u00fc\u4e2d\U0001f600"]

    for name, values, dtype in [
            ("object", ["x", "yy", "zzz"], object),
            ("unicode", ["x", "yy", "zzz"], "U"),
            ("odd", odd, object),
            ("odd_unicode", odd, "U"),
            ("empty_string", ["", "b", "c"], object),
            ("bytes", [b"x", b"yy", b"zzz"], "S"),
            ("object_bytes", [b"x", b"yy", b"zzz"], object),
            ("int64", [-5, 0, 9007199254740993], "i8"),
            ("int32", [-7, 10, 2000000000], "i4"),
            ("int8", [-128, 1, 127], "i1"),
            ("uint64", [1, 2, 9223372036854775807], "u8"),
            ("uint8", [0, 200, 255], "u1"),
            ("bool", [False, True, True], bool),
            ("float", [-1.0, 0.0, 2.0], float),
            ("float32", [1.0, 3.0, 16777216.0], "f4"),
            ("object_int", [1, 2, 3], object),
            ("object_mixed", ["a", 1, True], object)]:
        try:
            maker.save("labels_" + name, X,
                       numpy.array(values, dtype=dtype)[y],
                       lattice_queries()[::2], n_neighbors=4, leaf_size=8,
                       algorithm="kd_tree")
        except (TypeError, ValueError) as refusal:
            print("labels_%s: scikit-learn says: %s" % (name, refusal))

    maker.save("labels_one_class", X, ["only"] * len(X),
               lattice_queries()[::2], algorithm="kd_tree")
    maker.save("labels_column", X, y.reshape(-1, 1), lattice_queries()[::2],
               algorithm="ball_tree")
    maker.save("labels_two_outputs", X,
               numpy.array([y, (y + X[:, 0]) % 2], dtype=int).T,
               lattice_queries()[::2], algorithm="kd_tree")


def storage(maker):
    """Every container, protocol and layout of the training data."""
    X, y = iris()
    queries = iris_queries()
    names = load_iris().feature_names

    def pickled(protocol):
        def dump(model, path):
            with open(path, "wb") as file:
                pickle.dump(model, file, protocol)

        return dump

    def compressed(kind):
        return lambda model, path: joblib.dump(model, path, compress=kind)

    for kind in "zlib", "gzip", "bz2", "xz", "lzma":
        maker.save("joblib_" + kind, X, y, queries, dump=compressed((kind, 6)))

    for protocol in range(6):
        maker.save("pickle_%d" % protocol, X, y, queries, suffix="pkl",
                   dump=pickled(protocol))

    frame = pandas.DataFrame(X, columns=names)
    maker.save("frame", frame, pandas.Series(y), queries)
    maker.save("frame_pickle", frame, pandas.Series(y), queries,
               suffix="pkl", dump=pickled(4))
    maker.save("list", X.tolist(), y.tolist(), queries)

    for algorithm in "kd_tree", "ball_tree", "brute":
        for name, data in [("fortran", numpy.asfortranarray(X)),
                           ("float32", X.astype("f4")),
                           ("fortran32", numpy.asfortranarray(X, "f4")),
                           ("int64", (10 * X).round().astype("i8")),
                           ("int16", (10 * X).round().astype("i2"))]:
            scale = 10 if name.startswith("int") else 1
            maker.save("data_%s_%s" % (name, algorithm), data, y,
                       queries * scale, algorithm=algorithm, leaf_size=7)

    maker.save("data_int64_pickle", (10 * X).round().astype("i8"), y,
               queries * 10, suffix="pkl", dump=pickled(4))
    maker.save("data_fortran_pickle", numpy.asfortranarray(X), y, queries,
               suffix="pkl", dump=pickled(5))
    maker.save("one_row", X[:1], y[:1], queries, n_neighbors=1)


def main():
    directory = os.path.join(HERE, sklearn.__version__)

    if len(sys.argv) > 1:
        directory = os.path.join(sys.argv[1], sklearn.__version__)

    os.makedirs(directory, exist_ok=True)
    maker = Maker(directory)

    for part in grid, neighbors, labels, storage:
        part(maker)

    print("%d models in %s" % (len(maker.names), directory))


if __name__ == "__main__":
    main()
