"""Distances beyond the largest double: scikit-learn's answer, inf as null."""

import joblib
import numpy
import pytest
from sklearn.neighbors import KNeighborsClassifier

from knn import predict_all

HUGE = [[0.0, 1e200], [1e200, 0.0], [-1e308, 1e308], [5.0, 5.0]]
ROWS = numpy.array([[0.0, 0.0], [1e308, -1e308], [-1e308, 1e308],
                    [1e200, 1e200], [1e154, 0.0]])


@pytest.mark.parametrize("p", [1, 2])
@pytest.mark.parametrize("weights", ["uniform", "distance"])
@pytest.mark.parametrize("algorithm", ["kd_tree", "ball_tree"])
def test_infinite_distances(tmp_path, algorithm, weights, p):
    model = KNeighborsClassifier(3, algorithm=algorithm, weights=weights, p=p,
                                 leaf_size=1)
    path = tmp_path / "model.joblib"
    joblib.dump(model.fit(HUGE, ["a", "b", "c", "d"]), path)

    answers = predict_all(path, ROWS)
    distances, indices = model.kneighbors(ROWS)
    assert numpy.isinf(distances).any()

    assert [[n["index"] for n in a["neighbors"]]
            for a in answers] == indices.tolist()
    assert [[numpy.inf if n["distance"] is None else n["distance"]
             for n in a["neighbors"]] for a in answers] == distances.tolist()
    assert [a["prediction"] for a in answers] == model.predict(ROWS).tolist()
    assert [list(a["probabilities"].values())
            for a in answers] == model.predict_proba(ROWS).tolist()
