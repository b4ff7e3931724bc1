"""Training the example again gives the committed model."""

import os
import subprocess
import sys

import joblib
import numpy
import pandas

from knn import IRIS


def arrays(value, name=""):
    """Every array in a model, its trees included, with its place."""
    if isinstance(value, numpy.ndarray):
        yield name, value

    elif isinstance(value, (tuple, list)):
        for at, item in enumerate(value):
            yield from arrays(item, "%s[%d]" % (name, at))

    elif isinstance(value, dict):
        for key, item in sorted(value.items()):
            yield from arrays(item, "%s.%s" % (name, key))

    elif type(value).__module__.startswith("sklearn."):
        yield from arrays(value.__getstate__(), name)


def test_same_arrays(tmp_path):
    path = tmp_path / "again.joblib"
    subprocess.run([sys.executable, os.path.join(IRIS, "train.py"), path],
                   check=True)
    again = dict(arrays(joblib.load(path)))
    committed = dict(arrays(joblib.load(os.path.join(IRIS, "iris.joblib"))))

    assert again.keys() == committed.keys()
    assert {"._fit_X", "._y", ".classes_", "._tree[1]"} <= again.keys()

    for name, array in committed.items():
        assert again[name].dtype == array.dtype, name
        assert again[name].shape == array.shape, name
        assert (again[name] == array).all(), name


def test_parameters():
    model = joblib.load(os.path.join(IRIS, "iris.joblib"))
    data = pandas.read_csv(os.path.join(IRIS, "iris.csv"))

    assert model.get_params() == type(model)().get_params()
    assert list(model.feature_names_in_) == list(data.columns[:-1])
    assert list(model.classes_) == sorted(set(data["species"]))
