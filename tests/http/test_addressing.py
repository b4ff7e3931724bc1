"""name, name@1, name@1.2, name@1.2.0: the newest version that matches."""

import pytest


@pytest.fixture(scope="module")
def server(serve, train):
    versions = ["1.0.0", "1.2.0", "1.2.10", "1.2.9", "1.10.3", "2.0.0",
                "0.9.99"]
    models = "".join(f"knn_model m {train([version] * 2)} version={version};"
                     for version in versions)
    return serve(models + f"knn_model m.n-o_p {train(['other'] * 2)};"
                 f"knn_model mm {train(['mm'] * 2)} version=9.0.0;", """
        location = /newest { knn_predict m; }
        location = /one { knn_predict m@1; }
        location = /exact { knn_predict m@1.2.9; }
        location ~ ^/by/(?<which>[^/]*)$ { knn_predict $which; }
    """)


def test_plain_names(server):
    for path, version in (("/newest", "2.0.0"), ("/one", "1.10.3"),
                          ("/exact", "1.2.9")):
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
