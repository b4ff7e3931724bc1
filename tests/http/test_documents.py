"""knn_info and knn_health."""

import hashlib

import pytest

from conftest import IRIS


def test_info(iris_server, iris):
    reply = iris_server.get("/models")
    assert reply.status == 200
    assert reply.headers["content-type"] == "application/json"

    (model,) = reply.json["models"]
    assert model["name"] == "iris"
    assert model["version"] == "1.0.0"

    with open(IRIS, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()

    text = reply.body.decode()
    assert digest in text
    assert iris.effective_metric_ in text

    for each in [*iris.feature_names_in_, *iris.classes_]:
        assert f'"{each}"' in text


def test_info_etag(iris_server):
    etag = iris_server.get("/models").headers["etag"]
    reply = iris_server.get("/models", {"If-None-Match": etag})
    assert (reply.status, reply.body) == (304, b"")


def test_info_of_other_models_has_another_etag(iris_server, serve, train):
    first, second = train(["a", "b"]), train(["a", "c"])
    server = serve(f"knn_model one {first}; knn_model two {second};",
                   "location = /models { knn_info; }")
    reply = server.get("/models")
    assert [model["name"] for model in reply.json["models"]] == ["one", "two"]
    assert reply.headers["etag"] \
        != iris_server.get("/models").headers["etag"]


def test_health(iris_server):
    reply = iris_server.get("/health")
    assert reply.status == 200
    assert reply.headers["content-type"] == "application/json"
    assert reply.json["status"] == "ok"


@pytest.fixture(scope="module")
def empty(serve):
    return serve("", """
        location = /models { knn_info; }
        location = /health { knn_health; }
        location ~ /(.*) { knn_predict $1; }
    """)


def test_without_models(empty):
    assert empty.get("/models").json == {"models": []}

    reply = empty.get("/health")
    assert reply.status == 503
    assert reply.json["status"] != "ok"

    assert empty.get("/iris?X=1,2").status == 404
