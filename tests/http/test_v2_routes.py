"""The paths of the Open Inference Protocol: who answers, and with what."""

import json
import re

import pytest

from conftest import IRIS, Nginx
from wire import encode

GET = ["", "/", "/health/live", "/health/ready", "/models", "/models/stats",
       *(model + rest
         for model in ("/models/iris", "/models/iris/versions/1",
                       "/models/iris@1.0")
         for rest in ("", "/", "/ready", "/config", "/stats"))]
POST = ["/models/iris/infer", "/models/iris/versions/1.0.0/infer",
        "/repository/index", "/repository/models/iris/load",
        "/repository/models/iris/unload"]
INFER = {"inputs": [{"name": "X", "shape": [1, 4], "datatype": "FP64",
                     "data": [5.1, 3.5, 1.4, 0.2]}]}


@pytest.fixture(scope="module")
def server(serve, train):
    return serve(f"""
        knn_model iris {IRIS} label=stable;
        knn_model m {train(["a", "b"])} version=1.0.0;
        knn_model m {train(["a", "b"])} version=1.10.0;
        knn_model m {train(["a", "b"])} version=1.9.0;
    """, r"""
        location /v2 { knn_api v2; }
        location /base/ { knn_api v2; }
        location ~ ^/re(gex)+/ { knn_api v2; }
        location /v2/models/m/ { knn_api v2; }
        location = /exact/v2/health/ready { knn_api v2; }
        location /moved { rewrite ^ /v2/models/iris/ready break; knn_api v2; }
        location /denied/v2 { deny all; knn_api v2; }
        location /small/v2 { client_max_body_size 100; knn_api v2; }
        location = /metrics { knn_metrics; }
    """)


def test_server(server):
    reply = server.get("/v2")
    assert reply.status == 200
    assert reply.headers["content-type"] == "application/json"
    assert reply.json["name"] == "nginx-knn"
    assert re.fullmatch(r"\d+\.\d+\.\d+", reply.json["version"])
    assert set(reply.json) == {"name", "version", "extensions"}
    assert {"classification", "model_repository", "binary_tensor_data",
            "parameters", "statistics"} <= set(reply.json["extensions"])


def test_health(server):
    assert server.get("/v2/health/live").json == {"live": True}
    assert server.get("/v2/health/ready").json == {"ready": True}
    for path in ("m", "m/versions/1.9", "m@1", "m/versions/1.10.0"):
        assert server.get(f"/v2/models/{path}/ready").json == {
            "name": "m", "ready": True}


def test_not_ready_without_models(serve):
    server = serve("", "location / { knn_api v2; }")
    assert server.get("/v2/health/live").status == 200
    reply = server.get("/v2/health/ready")
    assert reply.status == 503
    assert int(reply.headers["retry-after"]) > 0
    assert reply.json["error"] == reply.json["detail"]
    assert server.get("/v2/models").json == {"models": []}
    assert server.post("/v2/repository/index", b"").json == []
    assert server.get("/v2/models/stats").json == {"model_stats": []}
    assert server.post("/v2/models/m/infer", INFER).status == 404


def test_models(server):
    assert server.get("/v2/models").json == {"models": ["iris", "m"]}


@pytest.mark.parametrize("body", [b"", b"{}", b'{"ready":true}', [b"{", b"}"]])
def test_index(server, body):
    reply = server.post("/v2/repository/index", body)
    assert reply.status == 200
    assert reply.json == [
        {"name": name, "version": version, "state": "READY", "reason": ""}
        for name, version in (("iris", "1.0.0"), ("m", "1.0.0"),
                              ("m", "1.10.0"), ("m", "1.9.0"))]


@pytest.mark.parametrize("verb", ["load", "unload"])
@pytest.mark.parametrize("name", ["iris", "none"])
def test_load_and_unload_are_refused(server, verb, name):
    with server.connect() as connection:
        reply = connection.post(f"/v2/repository/models/{name}/{verb}",
                                {"parameters": {"unload_dependents": True}})
        assert reply.status == 403
        assert "models are loaded by the configuration" in reply.json["error"]
        assert connection.request("GET", "/v2").status == 200


def test_metadata(server, iris):
    for path, versions in (("iris", ["1.0.0"]), ("iris/versions/1", ["1.0.0"]),
                           ("iris@stable", ["1.0.0"]), ("m@1.9", ["1.9.0"]),
                           ("m", ["1.0.0", "1.10.0", "1.9.0"]),
                           ("m/versions/1", ["1.10.0"])):
        reply = server.get("/v2/models/" + path)
        assert reply.status == 200
        found = reply.json
        assert found["name"] == re.match(r"\w+", path)[0]
        assert found["versions"] == versions
        assert re.fullmatch(r"\w+_\w+", found["platform"])

    found = server.get("/v2/models/iris").json
    assert found["inputs"] == [{"name": "X", "datatype": "FP64",
                                "shape": [-1, 4]}]
    outputs = {each["name"]: each for each in found["outputs"]}
    assert outputs["predict"]["datatype"] == "BYTES"
    assert outputs["predict"]["shape"] == [-1]
    assert outputs["predict_proba"]["shape"] == [-1, len(iris.classes_)]
    assert outputs["kneighbors"]["datatype"] == "INT64"
    assert outputs["kneighbors"]["shape"] == [-1, iris.n_neighbors]
    assert outputs["distances"]["datatype"] == "FP64"
    assert outputs["novelty"]["shape"] == [-1]


def test_config(server):
    config = server.get("/v2/models/iris/config").json
    assert config["name"] == "iris"
    assert config["input"] == [{"name": "X", "data_type": "TYPE_FP64",
                                "dims": [4]}]
    outputs = {each["name"]: each for each in config["output"]}
    assert outputs["predict"]["data_type"] == "TYPE_STRING"
    assert outputs["predict_proba"]["dims"] == [3]
    assert config["max_batch_size"] > 1


@pytest.mark.parametrize("path", GET)
def test_get_and_head(server, path):
    with server.connect() as connection:
        get = connection.request("GET", "/v2" + path)
        assert get.status == 200
        assert get.headers["cache-control"] == "no-cache"
        json.loads(get.body)
        head = connection.request("HEAD", "/v2" + path)
        assert head.status == 200
        assert head.headers["content-length"] == str(len(get.body))


@pytest.mark.parametrize("path, allow", [
    *((path, "GET, HEAD, OPTIONS") for path in GET),
    *((path, "POST, OPTIONS") for path in POST)])
def test_methods(server, path, allow):
    wrong = "POST" if "GET" in allow else "GET"

    with server.connect() as connection:
        reply = connection.request("OPTIONS", "/v2" + path)
        assert reply.status == 204
        assert reply.headers["allow"] == allow

        for method in (wrong, "PUT", "DELETE"):
            reply = connection.request(method, "/v2" + path, b"x" * 100)
            assert reply.status == 405
            assert reply.headers["allow"] == allow
            assert reply.json["status"] == 405
            assert reply.json["error"] == reply.json["detail"]


@pytest.mark.parametrize("path", [
    "/v2x", "/v2/x", "/v2/health", "/v2/health/live/x", "/v2/models/iris/x",
    "/v2/models/iris/versions", "/v2/models/iris/infer/x", "/v2/repository",
    "/v2/models/iris/labels/stable/versions/1", "/v2/v2", "/base/x",
    "/base/v1/models", "/v2/repository/x/models/iris/load"])
def test_unknown_paths(server, path):
    for reply in (server.get(path), server.post(path, INFER)):
        assert reply.status == 404
        assert reply.json["status"] == 404
        assert "/v2/models/NAME/infer" in reply.json["error"]


@pytest.mark.parametrize("model", [
    "none", "Iris", "iris/versions/2", "iris/versions/1.0.0.0", "iris@x",
    "iris/versions/x", "iris@1/versions/1", "m%2fversions%2f7"])
def test_unknown_models(server, model):
    with server.connect() as connection:
        for rest in ("", "/ready", "/stats", "/config"):
            reply = connection.request("GET", f"/v2/models/{model}{rest}")
            assert reply.status == 404
            assert "m@1.10.0" in reply.json["error"]

        reply = connection.post(f"/v2/models/{model}/infer", INFER)
        assert reply.status == 404
        assert "m@1.10.0" in reply.json["error"]


@pytest.mark.parametrize("base", [
    "/v2", "//v2/", "/base/v2", "/base/deeper/v2", "/regexgex/v2/v2",
    "/regex/a/v2"])
def test_where_the_tree_begins(server, base):
    if base.endswith("/v2/v2"):
        assert server.get(base).status == 404
        return

    assert server.get(base).json["name"] == "nginx-knn"
    assert server.get(base + "/models/iris/ready").json["name"] == "iris"
    assert server.post(base + "/models/m/infer", {"inputs": [
        {"name": "X", "shape": [1, 1], "datatype": "FP64", "data": [0]}],
    }).json["model_version"] == "1.10.0"


def test_parts_of_the_tree(server):
    assert server.get("/exact/v2/health/ready").json == {"ready": True}
    assert server.get("/moved").json == {"name": "iris", "ready": True}
    assert server.get("/v2/models/m/").json["name"] == "m"


def test_errors_of_nginx(server):
    reply = server.post("/denied/v2/models/iris/infer", INFER)
    assert reply.status == 403
    assert reply.json["error"]

    reply = server.post("/small/v2/models/iris/infer", b" " * 200)
    assert reply.status == 413
    assert reply.json["error"]


@pytest.mark.parametrize("raw, status", [
    (b"GET /v2/" + b"x" * 100000 + b" HTTP/1.1\r\n\r\n", 414),
    (encode("GET", "/v2", headers={"A": "x" * 100000}), 400),
    (b"GET /v2 HTTP/1.1\r\n\r\n", 400),
    (b"G\0T /v2 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    (encode("TRACE", "/v2"), 405),
    (encode("POST", "/v2", b"", {"Transfer-Encoding": "x"}), 501)])
def test_what_has_no_location_yet(server, raw, status):
    with server.connect() as connection:
        connection.send(raw)
        reply = connection.response()
        assert reply.status == status
        assert reply.json["status"] == status
        assert reply.json["error"] == reply.json["message"]


def test_other_servers_keep_their_pages(serve):
    server = serve(f"knn_model iris {IRIS};", """
        location = /plain { return 404; }
    """)
    with server.connect() as connection:
        connection.send(b"GET /" + b"x" * 100000 + b" HTTP/1.1\r\n\r\n")
        assert b"<html>" in connection.response().body


def test_limit_except(serve):
    server = serve(f"knn_model iris {IRIS};", """
        location /v2 { knn_api v2; limit_except GET { deny all; } }
        location /base { if ($arg_a) { set $b 1; } knn_api v2; }
    """)
    assert server.get("/v2/models/iris/ready").status == 200
    reply = server.post("/v2/models/iris/infer", INFER)
    assert reply.status == 403
    assert reply.json["error"]
    assert server.post("/base/v2/models/iris/infer?a=1", INFER).status == 200


def test_error_pages_stay(serve):
    server = serve(f"knn_model iris {IRIS};", """
        error_page 404 = /other;
        location /v2 { knn_api v2; }
        location = /other { return 404 "other"; }
    """)
    assert server.get("/v2/none").body == b"other"


@pytest.mark.parametrize("argument, message", [
    ("v3", 'invalid value "v3" in "knn_api", "v1" and "v2" are accepted'),
    ("", 'invalid number of arguments in "knn_api"'),
    ("v1 v2", 'invalid number of arguments in "knn_api"'),
    ("v2; knn_api v2", '"knn_api" directive is duplicate'),
    ("v2; knn_info", "shares its location with another directive")])
def test_configuration(tmp_path, argument, message):
    nginx = Nginx(tmp_path, f"knn_model iris {IRIS};",
                  f"location / {{ knn_api {argument}; }}")
    done = nginx.run("-t")
    assert done.returncode != 0
    assert message in done.stdout
