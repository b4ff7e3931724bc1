"""
Brute force: scikit-learn's answer where that does not hang on the order of a
matrix product's sums, and where it does, the exact one.
"""

import math

import joblib
import numpy
import pytest
import threadpoolctl
from sklearn.datasets import load_iris
from sklearn.neighbors import KNeighborsClassifier

import plain
import random_models
from knn import csv, knn, predict_all

EXACT = [{"p": 1}, {"p": math.inf}, {"metric": "l2"}, {"p": 3}]


@pytest.mark.parametrize("options", EXACT, ids=str)
@pytest.mark.parametrize("rows", [(9, 61), (200, 257), (257, 900)], ids=str)
def test_exact_metrics(tmp_path, options, rows):
    """One thread of scikit-learn; more deal out the rows from 257 on."""
    counts = {"ulp": 0, "split": 0}

    for number in range(60):
        rng = numpy.random.RandomState([rows[0], number])
        n, d = rng.randint(*rows), rng.randint(1, 5)
        X = rng.randint(0, 5, (n, d)).astype(float)
        model = KNeighborsClassifier(
            rng.randint(1, 18 if n > 18 else n), algorithm="brute",
            weights=["uniform", "distance"][number % 2], **options)
        model.fit(X, random_models.LABELS[number % 5][rng.randint(0, 4, n)])
        queries = rng.randint(-1, 12, (8, d)) / 2.0

        path = tmp_path / "model.joblib"
        joblib.dump(model, path)

        with threadpoolctl.threadpool_limits(1):
            wrong = random_models.differences(
                model, X, queries, predict_all(path, queries), counts)

        assert wrong == [], "model %d of %s: %s" % (number, rows, model)


@pytest.mark.parametrize("weights", ["uniform", "distance"])
@pytest.mark.parametrize("k", [1, 5, 15])
def test_euclidean_iris(tmp_path, k, weights):
    """Exact against plain float64; what BLAS rounds otherwise are ties."""
    iris = load_iris()
    model = KNeighborsClassifier(k, algorithm="brute", weights=weights)
    model.fit(iris.data, iris.target)
    path = tmp_path / "model.joblib"
    joblib.dump(model, path)

    rng = numpy.random.RandomState(k)
    grid = rng.randint([43, 20, 10, 1], [80, 45, 70, 26], (40000, 4)) / 10.0
    done = knn("predict", path, text=csv(grid))
    assert done.returncode == 0, done.stderr

    ours = numpy.array(list(map(int, done.stdout.split())))
    indices, distances = plain.nearest(iris.data, grid, k + 1)
    exact, _ = plain.vote(iris.target[indices[:, :k]], distances[:, :k], 3,
                          weights == "distance")
    assert (ours == exact).all(), "%d of %d differ from plain float64" % (
        (ours != exact).sum(), len(ours))

    theirs = model.predict(grid)
    differing = numpy.flatnonzero(ours != theirs)
    gap = distances[:, k] - distances[:, k - 1]
    print("%d of %d labels differ from scikit-learn's" % (
        len(differing), len(grid)))
    assert len(differing) <= 0.003 * len(grid)
    assert (gap[differing] < 1e-6).all() or weights == "distance"


def test_euclidean_neighbors(tmp_path):
    """Indices, order and distances of points in ties and between them."""
    for number in range(200):
        rng = numpy.random.RandomState([5, number])
        n, d = rng.randint(2, 400), rng.randint(1, 9)
        X = rng.randint(0, 4, (n, d)) * rng.choice([1.0, 0.1])
        y = rng.randint(0, 3, n)
        k = rng.randint(1, min(n, 20) + 1)
        weights = ["uniform", "distance"][number % 2]
        model = KNeighborsClassifier(k, algorithm="brute", weights=weights)
        path = tmp_path / "model.joblib"
        joblib.dump(model.fit(X, y), path)

        queries = numpy.vstack([X[:3], rng.randint(-1, 9, (5, d)) / 2.0,
                                rng.uniform(-1, 4, (2, d))])
        answers = predict_all(path, queries)
        indices, distances = plain.nearest(X, queries, k)
        winners, proba = plain.vote(model._y[indices], distances,
                                    len(model.classes_),
                                    weights == "distance")

        assert [[n["index"] for n in a["neighbors"]]
                for a in answers] == indices.tolist()
        assert [[n["distance"] for n in a["neighbors"]]
                for a in answers] == distances.tolist()
        assert [a["prediction"] for a in answers] == \
            model.classes_[winners].tolist()
        assert [list(a["probabilities"].values())
                for a in answers] == proba.tolist()
