"""NearestNeighbors has neighbors only; NearestCentroid has labels."""

import pytest
from sklearn.neighbors import NearestCentroid, NearestNeighbors

import oracle


@pytest.fixture(scope="module")
def models(iris):
    X = iris._fit_X

    return {"near": NearestNeighbors(n_neighbors=3).fit(X),
            "center": NearestCentroid().fit(X, iris.classes_[iris._y])}


@pytest.fixture(scope="module")
def server(serve, save, models):
    return serve("".join(f"knn_model {name} {save(model)};"
                         for name, model in models.items()),
                 """
                     location ~ ^/(.+)$ { knn_predict $1; }
                     location = /info { knn_info; }
                 """)


def test_neighbors_are_the_default(server, models, rows):
    """Without labels and without values: there are none."""

    reply = server.post("/near", {"X": rows})
    assert reply.status == 200, reply
    assert set(reply.json) == {"neighbors", "novelty", "model", "version"}
    assert reply.json["neighbors"] == oracle.neighbors(models["near"], rows)

    query = ",".join(map(repr, rows[1]))
    reply = server.get("/near?X=" + query)
    assert reply.json["neighbors"] == oracle.neighbors(models["near"],
                                                       rows)[1]


@pytest.mark.parametrize("output", ["predict", "predict_proba"])
def test_predictions_are_refused(server, rows, output):
    for reply in (server.post("/near?output=" + output, {"X": rows}),
                  server.post("/near", {"X": rows, "outputs": [output]})):
        assert reply.status == 422, reply
        assert reply.json["detail"] == (
            f'model "near" is a NearestNeighbors, which does not serve '
            f'"{output}", it serves "kneighbors"')


def test_a_misspelled_output_is_still_malformed(server, rows):
    assert server.post("/near?output=predic", {"X": rows}).status == 400


def test_centroids(server, models, rows):
    reply = server.post("/center", {"X": rows})
    assert reply.status == 200, reply
    assert reply.json["predictions"] == oracle.predictions(models["center"],
                                                           rows)
    assert server.post("/center?output=predict_proba",
                       {"X": rows}).status == 422


def test_info(server, models):
    near, center = server.get("/info").json["models"]
    assert near["estimator"] == "NearestNeighbors"
    assert near["outputs"] == []
    assert near["serves"] == ["kneighbors"]
    assert "weights" not in near
    assert center["estimator"] == "NearestCentroid"
    assert center["outputs"][0]["classes"] \
        == models["center"].classes_.tolist()
    assert "predict" in center["serves"]
