"""Regressors answer with values, and their neighbors with theirs."""

import numpy
import pytest
from sklearn.neighbors import KNeighborsRegressor

import oracle


@pytest.fixture(scope="module")
def models(iris):
    X = iris._fit_X
    y = numpy.random.default_rng(1).normal(size=(len(X), 2))

    return {
        "one": KNeighborsRegressor(4).fit(X, y[:, 0]),
        "weighted": KNeighborsRegressor(7, weights="distance").fit(X, y[:, 1]),
        "two": KNeighborsRegressor(3).fit(X, y),
        "integers": KNeighborsRegressor(2).fit(X, numpy.arange(len(X))),
        "single": KNeighborsRegressor(3).fit(X, y[:, 0].astype("f4")),
    }


@pytest.fixture(scope="module")
def server(serve, save, models):
    return serve("".join(f"knn_model {name} {save(model)};"
                         for name, model in models.items()),
                 "location ~ ^/(.+)$ { knn_predict $1; }")


NAMES = ["one", "weighted", "two", "integers", "single"]


@pytest.mark.parametrize("name", NAMES)
def test_values(server, models, rows, name):
    """Bit by bit: the text of a number is the number that was computed."""

    expected = oracle.predictions(models[name], rows)
    reply = server.post("/" + name, {"X": rows})
    assert reply.status == 200, reply
    assert reply.json == {"predictions": expected, "model": name,
                          "version": "1.0.0"}
    assert server.post("/" + name, {"X": rows[1]}).json["prediction"] \
        == expected[1]


def test_values_are_the_shortest_text(server, models, rows):
    for value in oracle.predictions(models["one"], rows):
        body = server.post("/one", {"X": rows}).body.decode()
        assert repr(value) in body


@pytest.mark.parametrize("name", NAMES)
def test_neighbors_carry_values(server, models, rows, name):
    reply = server.post("/" + name, {"X": rows,
                                     "outputs": ["predict", "kneighbors"]})
    assert reply.status == 200, reply
    found, expected = reply.json["neighbors"], oracle.neighbors(
        models[name], rows)
    assert found == expected
    assert len(reply.json["novelty"]) == len(rows)


@pytest.mark.parametrize("send", [
    lambda server, rows: server.post("/one?output=predict_proba",
                                     {"X": rows}),
    lambda server, rows: server.get("/one?X=1,2,3,4&output=predict_proba"),
    lambda server, rows: server.post("/one", {"X": rows, "outputs": [
        "predict", "predict_proba"]})], ids=["query", "get", "body"])
def test_probabilities_are_refused(server, rows, send):
    reply = send(server, rows)
    assert reply.status == 422, reply
    detail = reply.json["detail"]
    assert "KNeighborsRegressor" in detail
    assert 'does not serve "predict_proba"' in detail
    assert '"predict" and "kneighbors"' in detail


def test_place_of_a_refused_output(server, rows):
    reply = server.post("/one", {"outputs": ["predict_proba"], "X": rows})
    assert reply.json["pointer"] == "#/outputs"


def test_what_is_configured_is_cut_to_what_is_served(serve, save, models,
                                                     rows):
    server = serve(f"knn_model m {save(models['one'])};", """
        location = /both {
            knn_predict m;
            knn_output predict_proba kneighbors;
        }
        location = /none { knn_predict m; knn_output predict_proba; }
    """)
    assert set(server.post("/both", {"X": rows}).json) == {
        "neighbors", "novelty", "model", "version"}
    assert set(server.post("/none", {"X": rows}).json) == {
        "predictions", "neighbors", "novelty", "model", "version"}
