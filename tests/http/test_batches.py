"""Rows that are searched for together, in workers that were forked."""

import numpy
import pytest
import sklearn.neighbors

import conftest

SERVER = """
    location = /predict {
        knn_predict m;
        knn_output predict kneighbors;
        client_max_body_size 10m;
        client_body_buffer_size 10m;
    }
    location = /models { knn_info; }
"""


@pytest.fixture(scope="module")
def model(save):
    """One whose rows are so many features long that codes find them."""

    random = numpy.random.default_rng(7)
    places = random.normal(size=(30, 64))
    labels = random.integers(30, size=6000)
    rows = places[labels] + random.normal(size=(6000, 64)) / 2
    fitted = sklearn.neighbors.KNeighborsClassifier(algorithm="brute")

    return save(fitted.fit(rows, labels)), fitted, rows[::37] + 0.01


@pytest.fixture
def start(serve, model, monkeypatch):
    def begin(name):
        if name is None:
            monkeypatch.delitem(conftest.ENVIRONMENT, "KNN_SIMD",
                                raising=False)
        else:
            monkeypatch.setitem(conftest.ENVIRONMENT, "KNN_SIMD", name)

        return serve(f"knn_model m {model[0]};", SERVER, workers=2)

    return begin


def test_kernels(start, model):
    best, generic = start(None), start("generic")
    _, fitted, points = model

    (info,) = best.get("/models").json["models"]
    assert info["kernel"] != "generic" and info["search"] == "codes", info

    for n in (1, 2, 31, 33, 100, 129, len(points)):
        body = {"X": points[:n].tolist()}
        replies = [server.post("/predict", body)
                   for server in (best, best, generic)]

        assert replies[0].status == 200
        assert replies[0].body == replies[1].body == replies[2].body

        reply = replies[0].json
        distances, indices = fitted.kneighbors(points[:n])
        assert reply["predictions"] == fitted.predict(points[:n]).tolist()
        assert [[near["index"] for near in row]
                for row in reply["neighbors"]] == indices.tolist()
        assert numpy.allclose([[near["distance"] for near in row]
                               for row in reply["neighbors"]], distances,
                              rtol=1e-9)
