"""
Ties that hang on the last bit of a kd_tree's bounds: scikit-learn computes
them with pow(t, 2.0), which is not always t * t, and visits the nearer node
first.
"""

import math

import joblib
import numpy
from sklearn.neighbors import KNeighborsClassifier

from knn import predict_all


def tie(rng):
    """Points as far from 0 in sums of squares, but not in sums of pow()."""
    while True:
        a = rng.uniform(1, 9)

        if math.pow(a, 2.0) == a * a:
            continue

        b = rng.uniform(0.1, 0.9) * a
        c = math.sqrt(a * a - b * b)

        for c in (c, math.nextafter(c, 0), math.nextafter(c, 9)):
            if b * b + c * c == a * a and \
                    math.pow(b, 2.0) + math.pow(c, 2.0) != math.pow(a, 2.0):
                return numpy.array([[a, 0.0], [b, c]])


def test_order_of_visits(tmp_path):
    path = tmp_path / "model.joblib"
    lefts = 0

    for number in range(40):
        rng = numpy.random.RandomState([17, number])
        X = tie(rng) * rng.choice([-1.0, 1.0], 2)

        # each twice, so that a leaf holds one and its box is that point
        model = KNeighborsClassifier(1, algorithm="kd_tree", leaf_size=1)
        model.fit(X[[0, 0, 1, 1]], ["a", "a", "b", "b"])
        joblib.dump(model, path)

        answer, = predict_all(path, [[0.0, 0.0]])
        found = model.kneighbors([[0.0, 0.0]], return_distance=False)[0, 0]
        lefts += int(found in model._tree.get_arrays()[1][:2])

        assert answer["neighbors"][0]["index"] == found, (number, X)
        assert answer["prediction"] == model.classes_[model._y[found]]

    assert 4 < lefts < 36, "the order of visits was always the same"
