"""KNeighborsClassifier in every way: metrics, numbers, labels, storage."""

import joblib
import numpy
import pandas
from sklearn.datasets import load_iris
from sklearn.neighbors import KNeighborsClassifier

from data import lattice, lattice_queries
from dumps import inline, pickled

METRICS = {
    "euclidean": {"p": 2},
    "manhattan": {"p": 1},
    "chebyshev": {"metric": "chebyshev"},
    "minkowski3": {"p": 3},
}


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


def save(maker, name, X, y, queries, dump=joblib.dump, suffix="joblib",
         **options):
    model = KNeighborsClassifier(**options).fit(X, y)
    maker.save(name, model, queries, dump, suffix)


def grid(maker):
    """Every algorithm with every weighting and metric, deep small trees."""
    X, y = lattice()
    y = numpy.array(["red", "green", "blue"], dtype=object)[y]

    for algorithm in "kd_tree", "ball_tree", "brute":
        for weights in "uniform", "distance":
            for metric, options in METRICS.items():
                save(maker, "_".join([algorithm, weights, metric]), X, y,
                     lattice_queries(), algorithm=algorithm,
                     weights=weights, leaf_size=2, **options)


def neighbors(maker):
    """Numbers of neighbours on both sides of every special case of sorting."""
    X, y = lattice(n=60, side=3, seed=5)

    for k in 1, 2, 3, 4, 8, 15, 16, 33, 60:
        save(maker, "neighbors_%d" % k, X, y, lattice_queries(side=3)[::2],
             n_neighbors=k, weights="distance", algorithm="kd_tree",
             leaf_size=4)

    save(maker, "neighbors_numpy", X, y, lattice_queries(side=3),
         n_neighbors=numpy.int64(7), p=numpy.float64(2),
         algorithm="ball_tree")
    save(maker, "metric_l2", X, y, lattice_queries(side=3), metric="l2",
         algorithm="kd_tree")
    save(maker, "metric_cityblock", X, y, lattice_queries(side=3),
         metric="cityblock", algorithm="ball_tree", leaf_size=5)
    save(maker, "metric_p_inf", X, y, lattice_queries(side=3),
         p=float("inf"), algorithm="kd_tree", leaf_size=5)
    save(maker, "metric_p_1.5", X, y, lattice_queries(side=3), p=1.5,
         algorithm="ball_tree", leaf_size=5)
    save(maker, "weights_none", X, y, lattice_queries(side=3), weights=None,
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
            save(maker, "labels_" + name, X,
                 numpy.array(values, dtype=dtype)[y],
                 lattice_queries()[::2], n_neighbors=4, leaf_size=8,
                 algorithm="kd_tree")
        except (TypeError, ValueError) as refusal:
            print("labels_%s: scikit-learn says: %s" % (name, refusal))

    save(maker, "labels_one_class", X, ["only"] * len(X),
         lattice_queries()[::2], algorithm="kd_tree")
    save(maker, "labels_column", X, y.reshape(-1, 1), lattice_queries()[::2],
         algorithm="ball_tree")
    save(maker, "labels_two_outputs", X,
         numpy.array([y, (y + X[:, 0]) % 2], dtype=int).T,
         lattice_queries()[::2], algorithm="kd_tree")


def storage(maker):
    """Every container, protocol and layout of the training data."""
    X, y = iris()
    queries = iris_queries()
    names = load_iris().feature_names

    for kind in "zlib", "gzip", "bz2", "xz", "lzma", "lz4":
        save(maker, "joblib_" + kind, X, y, queries,
             dump=inline(compress=(kind, 6)))

    for protocol in range(6):
        save(maker, "pickle_%d" % protocol, X, y, queries, suffix="pkl",
             dump=pickled(protocol))

    frame = pandas.DataFrame(X, columns=names)
    save(maker, "frame", frame, pandas.Series(y), queries)
    save(maker, "frame_pickle", frame, pandas.Series(y), queries,
         suffix="pkl", dump=pickled(4))
    save(maker, "list", X.tolist(), y.tolist(), queries)

    for algorithm in "kd_tree", "ball_tree", "brute":
        for name, data in [("fortran", numpy.asfortranarray(X)),
                           ("float32", X.astype("f4")),
                           ("fortran32", numpy.asfortranarray(X, "f4")),
                           ("int64", (10 * X).round().astype("i8")),
                           ("int16", (10 * X).round().astype("i2"))]:
            scale = 10 if name.startswith("int") else 1
            save(maker, "data_%s_%s" % (name, algorithm), data, y,
                 queries * scale, algorithm=algorithm, leaf_size=7)

    save(maker, "data_int64_pickle", (10 * X).round().astype("i8"), y,
         queries * 10, suffix="pkl", dump=pickled(4))
    save(maker, "data_fortran_pickle", numpy.asfortranarray(X), y, queries,
         suffix="pkl", dump=pickled(5))
    save(maker, "one_row", X[:1], y[:1], queries, n_neighbors=1)


def make(maker):
    for part in grid, neighbors, labels, storage:
        part(maker)
