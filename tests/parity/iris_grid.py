"""
Compares the command with scikit-learn on every point of the 0.1 grid over
the feature box of Iris:

    python iris_grid.py GRID.csv ALGORITHM WEIGHTS K

prints one JSON object of counts.  GRID.csv is what write() wrote.
"""

import itertools
import json
import os
import sys
import tempfile

import joblib
import numpy
from sklearn.datasets import load_iris
from sklearn.neighbors import KNeighborsClassifier

from knn import knn

# tenths: sepal length and width, petal length and width
BOX = [range(43, 80), range(20, 45), range(10, 70), range(1, 26)]

CHUNK = 100000


def write(path):
    """Writes the grid as decimals; returns the number of its points."""
    sepals, petals = (["%d.%d,%d.%d" % (*divmod(a, 10), *divmod(b, 10))
                       for a, b in itertools.product(*BOX[at:at + 2])]
                      for at in (0, 2))

    with open(path, "w") as file:
        for sepal in sepals:
            file.write("".join("%s,%s\n" % (sepal, p) for p in petals))

    return len(sepals) * len(petals)


def points():
    """The same grid in the same order, each the double nearest to it."""
    for value in range(1, 80):
        assert value / 10 == float("%d.%d" % divmod(value, 10))

    return numpy.stack(numpy.meshgrid(*[numpy.array(r) / 10.0 for r in BOX],
                                      indexing="ij"), axis=-1).reshape(-1, 4)


def predict(model, rows):
    """
    Scikit-learn's labels.  With uniform weights predict() is ten times slower
    than predict_proba(), whose first maximum is the same vote: that is proved
    on every seventh row.
    """
    if model.weights != "uniform":
        return model.predict(rows)

    labels = model.classes_[model.predict_proba(rows).argmax(axis=1)]
    assert (model.predict(rows[::7]) == labels[::7]).all()

    return labels


def compare(path, algorithm, weights, k):
    iris = load_iris()
    model = KNeighborsClassifier(k, algorithm=algorithm, weights=weights)
    model.fit(iris.data, iris.target_names[iris.target])
    grid = points()

    with tempfile.TemporaryDirectory() as directory:
        name = os.path.join(directory, "model.joblib")
        joblib.dump(model, name)
        done = knn("predict", name, path, timeout=150)

    if done.returncode != 0:
        raise SystemExit(done.stderr.decode(errors="replace"))

    ours = numpy.array(done.stdout.decode().splitlines())
    assert len(ours) == len(grid), "%d lines, %d rows" % (len(ours),
                                                          len(grid))
    theirs = numpy.concatenate([predict(model, grid[at:at + CHUNK])
                                for at in range(0, len(grid), CHUNK)])
    wrong = numpy.flatnonzero(ours != theirs)

    return {"points": len(grid), "differences": len(wrong),
            "labels": sorted(set(theirs)),
            "first": [[grid[i].tolist(), ours[i], theirs[i]]
                      for i in wrong[:5]]}


if __name__ == "__main__":
    print(json.dumps(compare(*sys.argv[1:4], int(sys.argv[4]))))
