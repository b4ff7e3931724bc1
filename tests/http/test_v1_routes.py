"""The paths of TensorFlow Serving and KServe's first protocol."""

import pytest
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

import oracle
from conftest import IRIS

ROWS = [[5.1, 3.5, 1.4, 0.2], [6.9, 3.1, 5.4, 2.1]]
GET = ["/models", "/models/iris", "/models/iris/", "/models/iris/metadata",
       "/models/iris/versions/1", "/models/iris/versions/1.0/metadata"]
POST = ["/models/iris:predict", "/models/iris/versions/1:predict",
        "/models/iris:classify"]


@pytest.fixture(scope="module")
def server(serve, save, train):
    regressor = save(KNeighborsRegressor(1).fit([[0.0], [1.0]], [0.5, 1.5]))
    several = save(KNeighborsClassifier(1).fit([[0.0], [1.0]],
                                               [[0, 1], [1, 0]]))

    return serve(f"""
        knn_model iris {IRIS};
        knn_model m {train(["a", "b"])} version=2.0.0;
        knn_model m {train(["a", "b"])} version=1.9.0;
        knn_model r {regressor};
        knn_model s {several};
    """, """
        location /v1 { knn_api v1; }
        location /base/ { knn_api v1; }
        location /small/v1 { client_max_body_size 100; knn_api v1; }
        location /proba/v1 { knn_output predict_proba; knn_api v1; }
    """)


def entry(version):
    return {"version": version, "state": "AVAILABLE",
            "status": {"error_code": "OK", "error_message": ""}}


def test_models(server):
    assert server.get("/v1/models").json == {"models": ["iris", "m", "r", "s"]}


@pytest.mark.parametrize("path, versions", [
    ("m", ["2.0.0", "1.9.0"]), ("m/versions/1", ["1.9.0"]),
    ("m/versions/2.0.0", ["2.0.0"]), ("m@1.9", ["1.9.0"]), ("r", ["1.0.0"])])
def test_status(server, path, versions):
    assert server.get("/v1/models/" + path).json == {
        "model_version_status": [entry(each) for each in versions],
        "name": path[0], "ready": True}


def test_metadata(server):
    for path, version in (("m", "2.0.0"), ("m/versions/1", "1.9.0")):
        found = server.get(f"/v1/models/{path}/metadata").json
        assert found["model_spec"] == {"name": "m", "signature_name": "",
                                       "version": version}

    signature = server.get("/v1/models/iris/metadata").json["metadata"][
        "signature_def"]["signature_def"]["serving_default"]
    assert signature["inputs"]["X"]["dtype"] == "DT_DOUBLE"
    assert signature["outputs"]["predict"]["dtype"] == "DT_STRING"
    assert signature["method_name"] == "tensorflow/serving/predict"


def test_predict(server, iris):
    expected = oracle.predictions(iris, ROWS)

    for path in ("/v1/models/iris:predict", "/base/v1/models/iris:predict",
                 "/v1/models/iris/versions/1.0.0:predict",
                 "/v1/models/iris%401:predict",
                 "/v1/models/iris%3Apredict"):
        reply = server.post(path, {"instances": ROWS})
        assert reply.json == {"predictions": expected}
        assert reply.headers["x-knn-model"] == "iris@1.0.0"
        assert reply.headers["content-type"] == "application/json"

    assert server.post("/v1/models/iris:predict", {"inputs": ROWS}).json \
        == {"outputs": expected}


def test_outputs(server, iris):
    expected = iris.predict_proba(oracle.frame(iris, ROWS)).tolist()

    for path in ("/v1/models/iris:predict?output=predict_proba",
                 "/proba/v1/models/iris:predict"):
        assert server.post(path, {"instances": ROWS}).json \
            == {"predictions": expected}


def test_classify(server, iris):
    names = [str(name) for name in iris.feature_names_in_]
    proba = iris.predict_proba(oracle.frame(iris, ROWS)).tolist()
    reply = server.post("/v1/models/iris:classify", {
        "examples": [dict(zip(names, row)) for row in ROWS]})
    assert reply.json == {"result": [
        [[str(label), p] for label, p in zip(iris.classes_, row)]
        for row in proba]}


@pytest.mark.parametrize("name, word", [("r", "predict_proba"),
                                        ("s", "one output")])
def test_what_cannot_classify(server, name, word):
    reply = server.post(f"/v1/models/{name}:classify",
                        {"examples": [{"x0": 1}]})
    assert reply.status == 422
    assert word in reply.json["error"]


@pytest.mark.parametrize("media_type", [
    None, "application/json", "text/html", "application/octet-stream",
    "application/x-npy"])
def test_the_content_type_does_not_matter(server, media_type):
    headers = {"Content-Type": media_type} if media_type else {}
    assert server.post("/v1/models/iris:predict", {"instances": ROWS},
                       headers).status == 200


@pytest.mark.parametrize("path, allow", [
    *((path, "GET, HEAD, OPTIONS") for path in GET),
    *((path, "POST, OPTIONS") for path in POST)])
def test_methods(server, path, allow):
    with server.connect() as connection:
        reply = connection.request("OPTIONS", "/v1" + path)
        assert (reply.status, reply.headers["allow"]) == (204, allow)

        wrong = "POST" if "GET" in allow else "GET"

        for method in (wrong, "PUT"):
            reply = connection.request(method, "/v1" + path)
            assert (reply.status, reply.headers["allow"]) == (405, allow)
            assert reply.json["error"] == reply.json["detail"]

        if "GET" in allow:
            get = connection.request("GET", "/v1" + path)
            head = connection.request("HEAD", "/v1" + path)
            assert get.status == head.status == 200
            assert head.headers["content-length"] == str(len(get.body))


@pytest.mark.parametrize("path", [
    "/v1/models/iris:explain", "/v1/models/iris:regress", "/v1/x",
    "/v1/models/iris/versions/1/x", "/v1/models/:predict",
    "/v1/models/iris/versions:predict", "/v1/models/iris:predict:predict"])
def test_malformed(server, path):
    for reply in (server.get(path), server.post(path, {"instances": ROWS})):
        assert reply.status == 400
        assert "/v1/models/NAME:predict" in reply.json["error"]


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1x", "/base/x"])
def test_outside_of_the_tree(server, path):
    assert server.get(path).status == 404


@pytest.mark.parametrize("name", ["none", "iris/versions/2", "m@3",
                                  "iris/labels/none"])
def test_unknown_models(server, name):
    for reply in (server.get("/v1/models/" + name),
                  server.post(f"/v1/models/{name}:predict", b"{"),
                  server.post(f"/v1/models/{name}:classify", b"{")):
        assert reply.status == 404
        assert "m@1.9.0" in reply.json["error"]


def test_errors(server):
    with server.connect() as connection:
        for body, status in ((b"{", 400), ({"instances": [[1, 2]]}, 422),
                             ({"X": ROWS}, 400),
                             ({"instances": ROWS, "inputs": ROWS}, 400)):
            reply = connection.post("/v1/models/iris:predict", body)
            assert reply.status == status
            assert reply.json["error"] == reply.json["detail"]

    reply = server.post("/small/v1/models/iris:predict", b" " * 200)
    assert (reply.status, reply.json["status"]) == (413, 413)
