"""name, name@1, name@1.2, name@1.2.0: the newest version that matches."""

import os
import shutil

import pytest


VERSIONS = ["1.0.0", "1.2.0", "1.2.10", "1.2.9", "1.10.3", "2.0.0", "0.9.99"]

# names, versions, and what they answer
MODELS = [*(("m", version, version) for version in VERSIONS),
          ("m.n-o_p", "1.0.0", "other"), ("mm", "9.0.0", "mm")]


def by_directive(nginx, train):
    return "".join(f"knn_model {name} {train([label] * 2)} version={version};"
                   for name, version, label in MODELS)


def by_repository(nginx, train):
    for name, version, label in MODELS:
        directory = nginx.path("repo", name, version)
        os.makedirs(directory)
        shutil.copy(train([label] * 2), directory + "/model.joblib")

    return "knn_model_repository repo;"


@pytest.fixture(scope="module", params=[by_directive, by_repository])
def server(serve, train, request):
    nginx = serve(start=False)
    nginx.configure(request.param(nginx, train), r"""
        location = /newest { knn_predict m; }
        location = /one { knn_predict m@1; }
        location = /minor { knn_predict m@1.2; }
        location = /exact { knn_predict m@1.2.9; }
        location ~ ^/by/(?<which>[^/]*)$ { knn_predict $which; }
        location ~ ^/api/v(?<major>\d+)/models/(?<name>[^/]+)$ {
            knn_predict $name@$major;
        }
    """)
    nginx.start()
    return nginx


def test_plain_names(server):
    for path, version in (("/newest", "2.0.0"), ("/one", "1.10.3"),
                          ("/minor", "1.2.10"), ("/exact", "1.2.9"),
                          ("/api/v2/models/m", "2.0.0"),
                          ("/api/v1/models/m", "1.10.3"),
                          ("/api/v0/models/m", "0.9.99")):
        reply = server.post(path, {"X": [0]})
        assert reply.json == {"prediction": version, "model": "m",
                              "version": version}
        assert reply.headers["x-knn-model"] == "m@" + version


@pytest.mark.parametrize("name, version", [
    ("m", "2.0.0"), ("m@1", "1.10.3"), ("m@1.2", "1.2.10"),
    ("m@1.2.0", "1.2.0"), ("m@1.10", "1.10.3"), ("m@0", "0.9.99"),
    ("m@2", "2.0.0")])
def test_by_variable(server, name, version):
    assert server.post("/by/" + name, {"X": [0]}).json["version"] == version


def test_name_with_signs(server):
    assert server.post("/by/m.n-o_p@1", {"X": [0]}).json == {
        "prediction": "other", "model": "m.n-o_p", "version": "1.0.0"}


@pytest.mark.parametrize("name", [
    "", "M", "n", "m@", "m@3", "m@1.1", "m@1.2.1", "m@1.2.0.0", "m@01",
    "m@1.", "m@.1", "m@x", "m@-1", "m@99999999999999999999", "@1", "@",
    "m@1@1", "%22%ff"])
def test_unknown(server, name):
    with server.connect() as connection:
        reply = connection.post("/by/" + name, {"X": [0]})
        assert reply.status == 404
        assert reply.json["status"] == 404
        assert "m@1.10.3" in reply.json["detail"]
        assert connection.post("/newest", {"X": [0]}).status == 200


@pytest.mark.parametrize("path", ["/api/v3/models/m", "/api/v1/models/mm",
                                  "/api/v01/models/m", "/api/v1/models/m@1",
                                  "/api/v1/models/x"])
def test_unknown_by_path(server, path):
    reply = server.post(path, {"X": [0]})
    assert reply.status == 404
    assert "m@1.10.3" in reply.json["detail"]
