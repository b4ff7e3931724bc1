"""Every metric of scikit-learn: bit for bit where it is the same everywhere."""

import json
import math

import joblib
import numpy
import pytest
import scipy.spatial.distance
from sklearn.metrics import DistanceMetric
from sklearn.neighbors import BallTree, KNeighborsClassifier, NearestNeighbors

from knn import csv, knn, predict, predict_all
from test_random_models import check

X = numpy.random.RandomState(8).randint(-2, 3, (60, 3)).astype(float)
Y = numpy.arange(60) % 3
QUERIES = numpy.random.RandomState(9).randint(-4, 7, (20, 3)) / 2.0


@pytest.mark.parametrize("kind, parts, count", [
    ("tree", 2, 100), ("heaped", 2, 40), ("older", 2, 90), ("radius", 2, 60)])
def test_random(side_by_side, kind, parts, count):
    results = side_by_side("metrics.py", [
        (kind, 5, part * count, count) for part in range(parts)])
    check(results, parts * count)


def dumped(tmp_path, model):
    joblib.dump(model, tmp_path / "model.joblib")
    return tmp_path / "model.joblib"


def nearest(answers):
    return [[n["index"] for n in answer["neighbors"]] for answer in answers]


@pytest.mark.parametrize("name", ["p", "infinity", "l1", "l2", "cityblock"])
def test_synonyms(tmp_path, name):
    model = KNeighborsClassifier(4, metric=name, algorithm="ball_tree")
    model.fit(X, Y)
    answers = predict_all(dumped(tmp_path, model), QUERIES)

    assert nearest(answers) == model.kneighbors(
        QUERIES, return_distance=False).tolist()
    assert [a["prediction"] for a in answers] == \
        model.predict(QUERIES).tolist()


def test_variances_as_a_list(tmp_path):
    """numpy makes an array of it only when it is used."""
    model = KNeighborsClassifier(4, metric="seuclidean", algorithm="brute",
                                 metric_params={"V": [1, 2.5, numpy.int8(3)]})
    model.fit(X, Y)
    answers = predict_all(dumped(tmp_path, model), QUERIES)
    assert nearest(answers) == model.kneighbors(
        QUERIES, return_distance=False).tolist()


def test_data_of_booleans(tmp_path):
    model = KNeighborsClassifier(1, metric="jaccard", algorithm="brute")
    model.fit(numpy.eye(3, dtype=bool), [5, 6, 7])
    answers = predict(dumped(tmp_path, model), numpy.eye(3)[::-1])
    assert [a["prediction"] for a in answers] == [7, 6, 5]


def test_small_power(tmp_path):
    """p below 1, of which this release only writes files: see the newest."""
    model = KNeighborsClassifier(4, p=0.5, algorithm="brute").fit(X, Y)
    answers = predict_all(dumped(tmp_path, model), QUERIES)
    apart = (numpy.abs(QUERIES[:, None] - X) ** 0.5).sum(axis=2)

    assert nearest(answers)[0][0] == apart[0].argmin()
    assert math.isclose(answers[0]["neighbors"][0]["distance"],
                        apart[0].min() ** 2, rel_tol=1e-14)


def test_missing_values(tmp_path):
    """They are only for the metric that is made for them."""
    model = NearestNeighbors(n_neighbors=3, metric="nan_euclidean").fit(X)
    rows = numpy.vstack([X[:3], numpy.full((1, 3), numpy.nan)])
    rows[1, 2] = numpy.nan
    path = dumped(tmp_path, model)
    answers = predict(path, rows, "--neighbors")

    present = (X[:, :2] - rows[1, :2]) ** 2
    apart = numpy.sqrt(present.sum(axis=1) / 2 * 3)
    order = numpy.argsort(apart, kind="stable")[:3]
    assert nearest(answers)[1] == order.tolist()
    assert numpy.allclose([n["distance"] for n in answers[1]["neighbors"]],
                          apart[order])

    # nothing is known of the last one, so that all are as far
    assert nearest(answers)[3] == [0, 1, 2]
    assert [n["distance"] for n in answers[3]["neighbors"]] == [None] * 3
    assert answers[3]["novelty"] == 1

    done = knn("predict", dumped(tmp_path, NearestNeighbors().fit(X)),
               text=csv(rows))
    assert done.returncode == 1 and b"NaN" in done.stderr or \
        b"nan" in done.stderr, done.stderr


def test_novelty(tmp_path):
    """A row is not its own neighbor, and need not be 0 from itself."""
    rows = numpy.random.RandomState(4).randint(0, 2, (30, 9)).astype(float)
    model = KNeighborsClassifier(2, metric="russellrao", algorithm="ball_tree")
    model.fit(rows, numpy.arange(30))
    answers = predict_all(dumped(tmp_path, model), rows)
    apart = DistanceMetric.get_metric("russellrao").pairwise(rows)
    least = apart.min(axis=1)
    numpy.fill_diagonal(apart, numpy.inf)

    assert [a["novelty"] for a in answers] == [
        (apart.min(axis=1) < dist).mean() for dist in least]


BRUTE = {"algorithm": "brute"}
BALL = {"algorithm": "ball_tree"}


@pytest.mark.parametrize("options, change, words", [
    ({"metric": "seuclidean", **BRUTE}, {}, ["no V", "metric_params"]),
    ({"metric": "mahalanobis", **BRUTE}, {}, ["no VI", "metric_params"]),
    ({"metric": "mahalanobis", "metric_params": {"V": numpy.eye(3)}, **BRUTE},
     {}, ["no VI", "numpy.linalg.inv"]),
    ({"metric": "seuclidean", "metric_params": {"V": [1, 0, 1]}, **BRUTE}, {},
     ["V of the metric", "feature 1", "above 0"]),
    ({"metric": "seuclidean", "metric_params": {"V": [1, 2]}, **BRUTE}, {},
     ["V", "2 elements", "not 3"]),
    ({"metric": "mahalanobis", "metric_params": {"VI": numpy.eye(2)},
      **BRUTE}, {}, ["VI", "2 elements", "not 3"]),
    ({"metric": "mahalanobis",
      "metric_params": {"VI": numpy.full((3, 3), numpy.inf)}, **BRUTE}, {},
     ["VI", "inf", "finite"]),
    ({"metric": "hamming", "metric_params": {"w": [1.0, -1.0, 1.0]}, **BRUTE},
     {}, ["w of the metric", "feature 1", "not below 0"]),
    ({"metric": "hamming", "metric_params": {"w": [0.0, 0.0, 0.0]}, **BRUTE},
     {}, ["w of the metric", "0 for all features"]),
    ({"metric": "canberra", "metric_params": {"w": [1.0, 1.0, 1.0]}, **BRUTE},
     {}, ["w is not served", "canberra"]),
    ({"metric": "cosine", "metric_params": {"alpha": 1}, **BRUTE}, {},
     ["metric_params", "cosine"]),
    ({"metric": "haversine", **BRUTE}, {}, ["haversine", "2 features"]),
    ({}, {"effective_metric_": "precomputed", "_fit_method": "brute"},
     ["precomputed", "not served"]),
    ({"metric": scipy.spatial.distance.cosine, **BRUTE}, {},
     ["scipy.spatial.distance.cosine", "function", "name of a metric"]),
    ({"metric": scipy.spatial.distance.cosine, **BALL}, {},
     ["scipy.spatial.distance.cosine", "function", "name of a metric"]),
    ({}, {"effective_metric_": "yule"}, ["yule"]),
    (BALL, {"effective_metric_": "canberra"},
     ["built with", "EuclideanDistance", "canberra"]),
], ids=lambda value: None if isinstance(value, dict) else "-".join(value))
def test_refused(tmp_path, options, change, words):
    model = KNeighborsClassifier(2, **options).fit(X, Y)

    for name, value in change.items():
        setattr(model, name, value)

    done = knn("verify", dumped(tmp_path, model))
    message = done.stderr.decode()
    assert done.returncode == 1, message
    assert message.count("\n") == 1, message

    for word in words:
        assert word in message, message


def test_inspect(tmp_path):
    model = KNeighborsClassifier(2, metric="minkowski", p=3, metric_params={
        "w": [1.0, 2.0, 3.0]}).fit(X, Y)
    assert isinstance(model._tree, BallTree)
    done = knn("inspect", dumped(tmp_path, model), "--json")
    shown = json.loads(done.stdout)
    assert (shown["metric"], shown["p"]) == ("minkowski", 3), shown
