"""Regressors, radii, NearestNeighbors and NearestCentroid: bit for bit."""

import joblib
import numpy
import pytest
from scipy import sparse
from sklearn.neighbors import (KNeighborsClassifier, KNeighborsRegressor,
                               NearestNeighbors, RadiusNeighborsClassifier,
                               RadiusNeighborsRegressor)

from knn import csv, knn, predict
from test_random_models import check

PART = 250


def test_random(side_by_side):
    results = side_by_side("random_estimators.py", [
        (17, part * PART, PART) for part in range(4)])
    check(results, 4 * PART)
    assert sum(result["refused"] for result in results) > 0, "no such case"


def dumped(tmp_path, model):
    joblib.dump(model, tmp_path / "model.joblib")
    return tmp_path / "model.joblib"


@pytest.mark.parametrize("kind, options", [
    (KNeighborsClassifier, {}), (KNeighborsRegressor, {}),
    (NearestNeighbors, {}), (RadiusNeighborsRegressor, {"radius": 4.5}),
    (RadiusNeighborsClassifier, {"radius": 4.5, "outlier_label": 9})],
    ids=lambda value: getattr(value, "__name__", ""))
@pytest.mark.parametrize("metric", ["euclidean", "manhattan"])
def test_sparse(tmp_path, kind, options, metric):
    """Training data that are mostly zeros, which the file does not have."""
    rng = numpy.random.RandomState(3)
    X = sparse.random(300, 20, 0.4, "csr", random_state=rng)
    y = rng.randint(0, 3, 300)
    queries = sparse.random(50, 20, 0.4, random_state=rng).toarray()
    model = kind(metric=metric, **options).fit(X, y)
    answers = predict(dumped(tmp_path, model), queries, "--neighbors")

    distances, indices = model.radius_neighbors(queries, sort_results=True) \
        if "radius" in options else model.kneighbors(queries)

    for i, answer in enumerate(answers):
        assert [n["index"] for n in answer["neighbors"]] \
            == indices[i].tolist()
        assert numpy.allclose([n["distance"] for n in answer["neighbors"]],
                              distances[i], rtol=1e-12, atol=1e-7)

    if hasattr(model, "predict"):
        expected = model.predict(queries).tolist()
        assert [None if a["prediction"] is None else a["prediction"]
                for a in answers] == [None if v != v or v < -1 else v
                                      for v in expected]


def test_no_neighbors(tmp_path):
    """The row is named, and neighbors alone are still answered."""
    model = RadiusNeighborsClassifier(0.5).fit([[0], [1]], ["a", "b"])
    path = dumped(tmp_path, model)
    done = knn("predict", path, text=csv([[0], [1], [7], [0]]))
    assert done.returncode == 1
    assert b"row 2 has no neighbors within the radius 0.5" in done.stderr
    assert b"outlier_label" in done.stderr


@pytest.mark.parametrize("outlier, expected, shares", [
    ("most_frequent", ["b", "y"], [[0, 1], [0, 1]]),
    (["a", "none"], ["a", "none"], [[1, 0], [0, 0]]),
    ("zz", ["zz", "zz"], [[0, 0], [0, 0]])], ids=str)
def test_outlier_labels(tmp_path, outlier, expected, shares):
    y = numpy.array([["a", "x"], ["b", "y"], ["b", "y"]], dtype=object)
    model = RadiusNeighborsClassifier(0.5, outlier_label=outlier)
    path = dumped(tmp_path, model.fit([[0], [1], [1]], y))
    answer, = predict(path, [[9]], "--proba", "--neighbors")
    assert answer["prediction"] == model.predict([[9]])[0].tolist() == expected
    assert [list(p.values()) for p in answer["probabilities"]] == shares \
        == [p[0].tolist() for p in model.predict_proba([[9]])]
    assert answer["neighbors"] == [] and answer["novelty"] == 1


@pytest.mark.parametrize("weights", ["uniform", "distance"])
@pytest.mark.parametrize("dtype", ["f8", "f4", "i8"])
@pytest.mark.parametrize("outputs", [1, 2])
def test_long_sums(tmp_path, weights, dtype, outputs):
    """So many neighbors that the order of summation shows."""
    rng = numpy.random.RandomState(5)
    X = rng.randint(0, 30, (2000, 2)) / 7
    y = (rng.standard_normal((2000, outputs)) * 1000).astype(dtype)
    queries = rng.uniform(0, 4, (20, 2))

    for model in (KNeighborsRegressor(1000, weights=weights,
                                      algorithm="kd_tree"),
                  RadiusNeighborsRegressor(1.5, weights=weights,
                                           algorithm="kd_tree")):
        answers = predict(dumped(tmp_path, model.fit(X, y)), queries)
        expected = model.predict(queries)
        assert [a["prediction"] for a in answers] == (
            expected[:, 0] if outputs == 1 else expected).tolist()
