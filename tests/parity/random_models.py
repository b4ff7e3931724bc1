"""
Compares the command with the scikit-learn of this interpreter on random
models whose data are full of equal distances:

    python random_models.py SMALL|LARGE|VOTES SEED FIRST COUNT

prints one JSON object of counts: "ulp" distances that are one unit in the last
place off where they may be, "split" labels that are not the most probable.
A model depends on its seed and number alone, so that COUNT 1 repeats any one.
"""

import json
import math
import os
import pickle
import sys
import tempfile
import warnings

import joblib
import numpy
import sklearn
from sklearn.neighbors import KNeighborsClassifier

from knn import predict_all, same

ROWS = 8

LABELS = [
    numpy.array(["a", "b", "c", "d", "e"], dtype=object),
    numpy.array(["e", "dd", "ccc", "bbbb", "aaaaa"]),
    numpy.array([7, -3, 0, 12, 5]),
    numpy.array([2.0, 1.0, 5.0, 4.0, 3.0]),
    numpy.array([True, False, True, False, True]),
]


def small(rng):
    """A fitted model of integers, with points to ask it for."""
    n, d = rng.randint(2, 61), rng.randint(1, 7)
    side = rng.randint(2, 6)
    X = rng.randint(0, side, (n, d)).astype(float)
    y = LABELS[rng.randint(len(LABELS))][
        rng.randint(0, rng.randint(2, 6), n)]

    model = KNeighborsClassifier(
        n_neighbors=rng.randint(1, min(n, 12) + 1),
        p=[1, 2, math.inf, 3][rng.randint(4)],
        algorithm=["kd_tree", "ball_tree"][rng.randint(2)],
        weights=["uniform", "distance"][rng.randint(2)],
        leaf_size=[1, 2, 3, 5, 8, 30][rng.randint(6)])

    stored = [X, X.astype("f4"), X.astype("i8"),
              numpy.asfortranarray(X)][rng.randint(4)]
    model.fit(stored, y)

    queries = numpy.vstack([
        X[rng.randint(0, n, 2)],
        rng.randint(-1, side + 1, (3, d)),
        rng.randint(-2, 2 * side + 2, (ROWS - 6, d)) / 2.0,
        rng.uniform(-1, side, (1, d))])

    return model, X, queries


def large(rng):
    """Many rows, features, neighbors and leaves, decimals, odd magnitudes."""
    n, d = rng.randint(60, 1200), rng.randint(1, 25)
    side = rng.choice([2, 4, 10, 1000])
    scale = rng.choice([1.0, 0.1, 1 / 3, 1e-162, 1e150, 1e-12])
    X = rng.randint(-side, side, (n, d)) * scale
    X[rng.randint(0, n, n // 4)] = X[rng.randint(0, n)]
    y = LABELS[rng.randint(len(LABELS))][rng.randint(0, 5, n)]

    model = KNeighborsClassifier(
        n_neighbors=[1, 5, 8, 15, 16, 17, 40, n][rng.randint(8)],
        p=[1, 2, math.inf][rng.randint(3)],
        algorithm=["kd_tree", "ball_tree"][rng.randint(2)],
        weights=["uniform", "distance"][rng.randint(2)],
        leaf_size=[1, 7, 30, 100, n][rng.randint(5)]).fit(X, y)

    queries = numpy.vstack([
        X[rng.randint(0, n, 2)],
        (X[rng.randint(0, n, 2)] + X[rng.randint(0, n, 2)]) / 2,
        rng.randint(-side, side, (2, d)) * scale,
        rng.uniform(-2 * side, 2 * side, (2, d)) * scale])

    return model, X, queries


def votes(rng):
    """Weights whose sums tie, but for the order in which they are summed."""
    side, d = [(30, 1), (4, 2), (3, 3)][rng.randint(3)]
    X = rng.randint(0, side, (100, d)).astype(float)
    model = KNeighborsClassifier(
        n_neighbors=[8, 16, 20, 33][rng.randint(4)], weights="distance",
        algorithm=["kd_tree", "ball_tree"][rng.randint(2)])
    model.fit(X, rng.randint(0, 2, len(X)))

    return model, X, rng.randint(-2, 2 * side + 2, (600, d)) / 2.0


def dump(model, path, number):
    """In turn what joblib and pickle write."""
    if number % 2:
        joblib.dump(model, path)
        return

    with open(path, "wb") as file:
        pickle.dump(model, file, 2 + number // 2 % 4)


def ulps(a, b):
    """The largest difference in units in the last place."""
    a, b = numpy.asarray(a, float), numpy.asarray(b, float)
    return numpy.abs(a.view("i8") - b.view("i8")).max()


def novelty(X, nearest, p):
    """The share of rows nearer to another row than this distance."""
    apart = numpy.zeros((len(X), len(X)))

    for column in X.T:
        step = numpy.abs(column[:, None] - column)
        apart = numpy.maximum(apart, step) if p == math.inf else \
            apart + step ** p

    apart = numpy.sqrt(apart) if p == 2 else apart
    numpy.fill_diagonal(apart, math.inf)

    return (apart.min(axis=1)[None, :] < nearest[:, None]).mean(axis=1)


def differences(model, X, queries, answers, counts):
    """The names of what is not equal, bit for bit."""
    wrong = []
    distances, indices = model.kneighbors(queries)
    our_distances = numpy.array([[n["distance"] for n in a["neighbors"]]
                                 for a in answers], dtype=float)
    our_indices = [[n["index"] for n in a["neighbors"]] for a in answers]

    if our_distances.shape != distances.shape:
        return ["number of neighbors"]

    if our_indices != indices.tolist():
        wrong.append("indices" if [sorted(row) for row in our_indices]
                     != [sorted(row) for row in indices.tolist()]
                     else "order")

    if our_distances.tobytes() != distances.tobytes():
        if model.p == 3 and ulps(our_distances, distances) <= 1:
            # NumPy's own pow(), by processor, in one last place; scikit-learn
            # then votes on our distances
            counts["ulp"] += int((our_distances != distances).sum())
            model.kneighbors = lambda rows, return_distance=True: \
                (our_distances, indices) if return_distance else indices

        else:
            wrong.append("distances")

    proba = model.predict_proba(queries)
    labels = model.predict(queries)
    ours = numpy.array([list(a["probabilities"].values()) for a in answers],
                       dtype=float)
    counts["split"] += int((model.classes_[proba.argmax(axis=1)]
                            != labels).sum())

    if ours.tobytes() != proba.tobytes():
        wrong.append("probabilities")

    if not same([a["prediction"] for a in answers], labels.tolist()):
        wrong.append("labels")

    if model.p != 3:
        expected = novelty(X, distances[:, 0], model.p)

        if not numpy.allclose([a["novelty"] for a in answers], expected,
                              rtol=0, atol=1e-12):
            wrong.append("novelty")

    return wrong


def run(draw, seed, first, count):
    counts = {"release": sklearn.__version__, "seed": seed, "first": first,
              "models": 0, "rows": 0, "ulp": 0, "split": 0,
              "wrong": {}, "examples": []}

    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "model")

        for number in range(first, first + count):
            model, X, queries = draw(numpy.random.RandomState([seed, number]))
            dump(model, path, number)

            try:
                answers = predict_all(path, queries)
                wrong = differences(model, X, queries, answers, counts)
            except AssertionError as refusal:
                wrong = [str(refusal).replace(directory, "")]

            counts["models"] += 1
            counts["rows"] += len(queries)

            for name in wrong:
                counts["wrong"][name] = counts["wrong"].get(name, 0) + 1

            if wrong and len(counts["examples"]) < 5:
                counts["examples"].append(
                    {"number": number, "model": repr(model), "wrong": wrong})

    return counts


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps(run({"SMALL": small, "LARGE": large, "VOTES": votes}[
        sys.argv[1]], *map(int, sys.argv[2:5]))))
