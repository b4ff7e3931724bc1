"""HEAD, OPTIONS, and what is not allowed."""

import pytest

from conftest import IRIS

ALLOW = {"/predict": "GET, HEAD, POST, OPTIONS",
         "/models": "GET, HEAD, OPTIONS",
         "/health": "GET, HEAD, OPTIONS"}


@pytest.mark.parametrize("path", ALLOW)
def test_options(iris_server, path):
    with iris_server.connect() as connection:
        for body in (None, b"ignored"):
            reply = connection.request("OPTIONS", path, body)
            assert reply.status == 204
            assert reply.headers["allow"] == ALLOW[path]
            assert "content-type" not in reply.headers


@pytest.mark.parametrize("path", ALLOW)
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "PROPFIND"])
@pytest.mark.parametrize("body", [None, b"x" * 100, b"x" * 100000])
def test_not_allowed(iris_server, path, method, body):
    with iris_server.connect() as connection:
        reply = connection.request(method, path, body)
        assert reply.status == 405
        assert reply.headers["allow"] == ALLOW[path]
        assert reply.json["status"] == 405
        assert connection.request("GET", "/health").status == 200


@pytest.mark.parametrize("path", ["/models", "/health"])
def test_documents_are_not_posted(iris_server, path):
    with iris_server.connect() as connection:
        reply = connection.post(path, {"X": [1, 2, 3, 4]})
        assert reply.status == 405
        assert "etag" not in reply.headers
        assert connection.request("GET", path).status == 200


@pytest.mark.parametrize("path", ["/models", "/health",
                                  "/predict?X=5.1,3.5,1.4,0.2"])
def test_head(iris_server, path):
    with iris_server.connect() as connection:
        head = connection.request("HEAD", path)
        get = connection.request("GET", path)
        assert head.status == get.status == 200
        assert head.headers["content-length"] == str(len(get.body))


def test_head_of_an_error(iris_server):
    with iris_server.connect() as connection:
        head = connection.request("HEAD", "/predict")
        get = connection.request("GET", "/predict")
        assert head.status == get.status == 400
        assert head.headers["content-length"] == str(len(get.body))


@pytest.mark.parametrize("path, allow", [
    ("/by/none", "GET, HEAD, POST, OPTIONS"),
    ("/v1/models/none:predict", "POST, OPTIONS"),
    ("/v2/models/none/infer", "POST, OPTIONS")])
def test_methods_of_models_that_are_unknown(serve, path, allow):
    """The method is looked at before the model is looked for."""

    server = serve(f"knn_model iris {IRIS};", """
        location ~ ^/by/(?<model>.*)$ { knn_predict $model; }
        location /v1 { knn_api v1; }
        location /v2 { knn_api v2; }
    """)
    reply = server.request("DELETE", path)
    assert (reply.status, reply.headers["allow"]) == (405, allow)
    reply = server.request("OPTIONS", path)
    assert (reply.status, reply.headers["allow"]) == (204, allow)
    assert server.post(path, {"X": [1, 2, 3, 4]}).status == 404
