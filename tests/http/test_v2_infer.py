"""Inference requests on their way: fields, codings, variables, counters."""

import gzip
import json
import struct
import zlib

import numpy
import pytest

import oracle
from conftest import IRIS, wait_for
from exposition import scrape

ROWS = [[5.1, 3.5, 1.4, 0.2], [6.9, 3.1, 5.4, 2.1], [6.0, 2.9, 4.5, 1.5]]
LENGTH = "inference-header-content-length"
JSON_BODY = {"inputs": [{"name": "X", "shape": [3, 4], "datatype": "FP64",
                         "data": ROWS}]}
VENDORS = ["application/vnd.sagemaker-triton.binary+json;json-header-size=",
           "application/vnd.vertex-ai-triton.binary+json;json-header-size="]


@pytest.fixture(scope="module")
def server(serve):
    return serve(f"""
        knn_model iris {IRIS};
        log_format knn '$uri|$status|$knn_model|$knn_version|$knn_prediction|'
                       '$knn_rows|$knn_status';
        access_log knn.log knn;
        gzip_types application/json application/problem+json
                   application/octet-stream;
    """, """
        location /v2 { knn_api v2; }
        location /zip/v1 { gzip on; knn_api v1; }
        location /zip/v2 { gzip on; knn_api v2; }
        location /proba/v2 { knn_output predict_proba kneighbors; knn_api v2; }
        location /few/v2 { knn_max_rows 2; knn_api v2; }
        location /denied/v2 { deny all; knn_api v2; }
        location = /metrics { knn_metrics; }
    """)


def binary(rows, outputs=("predict",), **parameters):
    """The body and the bytes of JSON in it."""

    data = numpy.array(rows, "<f8").tobytes()
    head = json.dumps({
        "inputs": [{"name": "X", "shape": [len(rows), 4], "datatype": "FP64",
                    "parameters": {"binary_data_size": len(data)}}],
        "outputs": [{"name": name, "parameters": dict(
            parameters, binary_data=True)} for name in outputs]}).encode()
    return head + data, len(head)


def tensors(reply, size):
    """The outputs of a binary reply whose JSON has so many bytes."""

    head, rest = json.loads(reply.body[:size]), reply.body[size:]
    found = {}

    for each in head["outputs"]:
        n = each["parameters"]["binary_data_size"]
        data, rest = rest[:n], rest[n:]
        found[each["name"]] = (each["datatype"], each["shape"], data)

    assert rest == b""
    return found


def texts(data):
    found = []

    while data:
        n, = struct.unpack_from("<I", data)
        found.append(data[4:4 + n].decode())
        data = data[4 + n:]

    return found


def test_binary(server, iris):
    body, size = binary(ROWS, ("predict", "predict_proba"))
    reply = server.post("/v2/models/iris/infer", body, {LENGTH: size})
    assert reply.headers["content-type"] == "application/octet-stream"
    found = tensors(reply, int(reply.headers[LENGTH]))
    assert found["predict"][:2] == ("BYTES", [3])
    assert texts(found["predict"][2]) == oracle.predictions(iris, ROWS)
    proba = iris.predict_proba(oracle.frame(iris, ROWS))
    assert found["predict_proba"] == ("FP64", [3, 3], proba.tobytes())


@pytest.mark.parametrize("vendor", VENDORS)
def test_vendors(server, iris, vendor):
    """Gateways that strip fields have the length in the media type."""

    body, size = binary(ROWS)
    reply = server.post("/v2/models/iris/infer", body,
                        {"Content-Type": f"{vendor}{size}"})
    assert reply.headers["content-type"].startswith(vendor)
    assert LENGTH not in reply.headers
    length = int(reply.headers["content-type"][len(vendor):])
    assert texts(tensors(reply, length)["predict"][2]) \
        == oracle.predictions(iris, ROWS)

    body = json.dumps(JSON_BODY).encode()
    reply = server.post("/v2/models/iris/infer", body, {
        "Content-Type": f"{vendor.upper()}{len(body)}"})
    assert reply.headers["content-type"] == "application/json"


def test_raw_binary(server, iris):
    data = struct.pack("<4d", *ROWS[0])
    reply = server.post("/v2/models/iris/infer", data, {LENGTH: 0})
    found = tensors(reply, int(reply.headers[LENGTH]))
    assert texts(found["predict"][2]) == oracle.predictions(iris, ROWS[:1])


@pytest.mark.parametrize("length", [
    "", "x", "-1", "1.5", "0x10", "99999", "9" * 40, "18446744073709551615"])
def test_bad_lengths(server, length):
    body, _ = binary(ROWS)

    with server.connect() as connection:
        for headers in ({LENGTH: length},
                        {"Content-Type": VENDORS[0] + length}):
            reply = connection.post("/v2/models/iris/infer", body, headers)
            assert reply.status == 400
            assert reply.json["error"]

        assert connection.post("/v2/models/iris/infer",
                               JSON_BODY).status == 200


@pytest.mark.parametrize("media_type", [
    None, "application/json", "application/octet-stream", "text/html", "x"])
def test_the_content_type_does_not_matter(server, media_type):
    headers = {"Content-Type": media_type} if media_type else {}
    body, size = binary(ROWS)

    with server.connect() as connection:
        for accept in ({}, {"Accept": "text/html"}):
            reply = connection.post("/v2/models/iris/infer", JSON_BODY,
                                    dict(headers, **accept))
            assert reply.status == 200
            assert reply.headers["content-type"] == "application/json"
            assert connection.post(
                "/v2/models/iris/infer", body,
                dict(headers, **{LENGTH: size})).status == 200


@pytest.mark.parametrize("coding, compress", [
    ("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_codings(server, iris, coding, compress):
    """The length is that of the JSON before it is compressed."""

    body, size = binary(ROWS * 1000)
    reply = server.post("/v2/models/iris/infer", compress(body), {
        LENGTH: size, "Content-Encoding": coding})
    found = tensors(reply, int(reply.headers[LENGTH]))
    assert texts(found["predict"][2]) \
        == oracle.predictions(iris, ROWS) * 1000

    reply = server.post("/v2/models/iris/infer", body, {
        LENGTH: size, "Content-Encoding": "br"})
    assert reply.status == 415
    assert reply.headers["accept-encoding"] == "gzip, deflate"


def test_only_inferences_are_compressed(server):
    headers = {"Accept-Encoding": "gzip, deflate, br"}

    with server.connect() as connection:
        for method, path, body in (
                ("GET", "/zip/v2", None), ("GET", "/zip/v2/models", None),
                ("GET", "/zip/v2/models/iris", None),
                ("GET", "/zip/v2/models/iris/config", None),
                ("GET", "/zip/v2/models/stats", None),
                ("GET", "/zip/v2/nothing", None),
                ("GET", "/zip/v2/models/nothing", None),
                ("GET", "/zip/v1/models/iris/metadata", None),
                ("POST", "/zip/v2/repository/index", b""),
                ("POST", "/zip/v2/models/iris/infer", b"{"),
                ("POST", "/zip/v2/models/none/infer", b"{"),
                ("GET", "/zip/v2/models/iris/infer", None)):
            reply = connection.request(method, path, body, headers)
            assert "content-encoding" not in reply.headers, path
            assert reply.json is not None

        reply = connection.post("/zip/v2/models/iris/infer", JSON_BODY,
                                headers)
        assert reply.headers["content-encoding"] == "gzip"
        assert json.loads(gzip.decompress(reply.body))["outputs"]

        body, size = binary(ROWS)
        reply = connection.post("/zip/v2/models/iris/infer", body,
                                dict(headers, **{LENGTH: size}))
        assert reply.headers["content-encoding"] == "gzip"
        length = int(reply.headers[LENGTH])
        json.loads(gzip.decompress(reply.body)[:length])


def test_default_outputs(server):
    for path, names in (("/v2", ["predict"]),
                        ("/proba/v2", ["predict_proba", "kneighbors",
                                       "distances", "novelty"])):
        reply = server.post(path + "/models/iris/infer", JSON_BODY)
        assert [each["name"] for each in reply.json["outputs"]] == names

    reply = server.post("/v2/models/iris/infer?output=predict_proba",
                        JSON_BODY)
    assert "predict_proba" in [each["name"] for each in reply.json["outputs"]]


def test_variables(server):
    """As of a location of predictions; requests without one have none."""

    def last():
        return server.log("knn.log").splitlines()[-1]

    server.post("/v2/models/iris/infer", JSON_BODY)
    wait_for(lambda: "infer|200|iris|1.0.0|setosa|3|OK" in last())
    server.post("/v2/models/iris/infer", b"{")
    wait_for(lambda: "infer|400|||||MALFORMED" in last())
    server.post("/v2/models/none/infer", b"{")
    wait_for(lambda: "none/infer|404|||||NOT_FOUND" in last())
    server.get("/v2/models/iris")
    wait_for(lambda: "/v2/models/iris|200|||||" in last())

    zero = {"inputs": [{"name": "X", "shape": [0, 4], "datatype": "FP64",
                        "data": []}]}
    assert server.post("/v2/models/iris/infer",
                       zero).json["outputs"][0]["shape"] == [0]
    wait_for(lambda: "infer|200|iris|1.0.0||0|OK" in last())


def test_limit_of_rows(server):
    reply = server.post("/few/v2/models/iris/infer", JSON_BODY)
    assert reply.status == 413
    assert reply.json["error"]
    assert server.get("/few/v2/models/iris/config").json["max_batch_size"] == 2


def test_counters_and_statistics(serve):
    server = serve(f"""
        knn_model iris {IRIS};
        knn_model iris {IRIS} version=2.0.0;
    """, """
        location /v1 { knn_api v1; }
        location /v2 { knn_api v2; }
        location /denied/v2 { deny all; knn_api v2; }
        location /small/v2 { client_max_body_size 10; knn_api v2; }
        location = /metrics { knn_metrics; }
    """)
    labels = {"model": "iris", "version": "2.0.0"}
    unknown = {"model": "", "version": ""}
    bodies = json.dumps(JSON_BODY).encode()

    for _ in range(3):
        assert server.post("/v2/models/iris/infer", bodies).status == 200

    assert server.post("/v1/models/iris:predict",
                       {"instances": ROWS}).status == 200
    assert server.post("/v2/models/iris/infer", b"{").status == 400
    assert server.get("/v2/models/iris/infer").status == 405
    assert server.post("/denied/v2/models/iris/infer", bodies).status == 403
    assert server.post("/small/v2/models/iris/infer", bodies).status == 413
    assert server.post("/v2/models/none/infer", bodies).status == 404

    for path in ("/v2", "/v2/models/iris", "/v2/models/none", "/v2/nothing",
                 "/v1/models/iris", "/v1/nothing", "/denied/v2/models/iris"):
        server.get(path)

    metrics = scrape(server)

    for code, count in ((200, 4), (400, 1), (405, 1), (403, 1), (413, 1)):
        assert metrics.get("requests_total", code=str(code), **labels) \
            == count, code

    assert metrics.get("requests_total", code="404", **labels) == 0
    assert metrics.get("requests_total", code="404", **unknown) == 1
    assert metrics.get("rows_total", **labels) == 12
    assert metrics.get("batch_rows_count", **labels) == 4

    for path in ("/v2/models/iris/versions/2/stats", "/v2/models/iris/stats",
                 "/v2/models/stats"):
        stats = {each["version"]: each
                 for each in server.get(path).json["model_stats"]}
        assert set(stats) == ({"2.0.0"} if "versions" in path
                              else {"1.0.0", "2.0.0"})
        found = stats["2.0.0"]
        assert found["name"] == "iris"
        assert found["inference_count"] == 12
        assert found["execution_count"] == 4
        times = found["inference_stats"]
        assert times["success"]["count"] == 4
        assert times["fail"]["count"] == 4
        assert times["success"]["ns"] > times["compute_infer"]["ns"] > 0
        assert times["compute_input"]["ns"] > 0
        assert times["compute_output"]["ns"] > 0
        assert times["cache_hit"] == {"count": 0, "ns": 0}
        assert found["last_inference"] > 1e12
        assert found["memory_usage"][0]["byte_size"] > 0

    idle = server.get("/v2/models/iris/versions/1/stats").json
    assert idle["model_stats"][0]["last_inference"] == 0
    assert idle["model_stats"][0]["inference_stats"]["success"] \
        == {"count": 0, "ns": 0}


@pytest.mark.parametrize("pool", ["off", "default"])
def test_large_ones(serve, iris, pool):
    """What takes more than a turn of the loop, in slices and in a thread."""

    server = serve(f"""
        knn_model iris {IRIS};
        knn_max_rows 100000;
        knn_thread_pool {pool};
        client_body_buffer_size 64k;
    """, """
        location /v1 { knn_api v1; }
        location /v2 { knn_api v2; }
        location = /predict { knn_predict iris; }
    """)
    many = ROWS * 20000
    expected = oracle.predictions(iris, ROWS) * 20000
    body, size = binary(many, ("predict", "predict_proba"))

    for data, headers in ((body, {}),
                          (gzip.compress(body, 1),
                           {"Content-Encoding": "gzip"})):
        reply = server.post("/v2/models/iris/infer", data,
                            {LENGTH: size, **headers})
        found = tensors(reply, int(reply.headers[LENGTH]))
        assert texts(found["predict"][2]) == expected
        assert found["predict_proba"][1] == [60000, 3]

    reply = server.post("/v1/models/iris:predict", {"instances": many})
    assert reply.json["predictions"] == expected

    for accept in ("text/csv", "application/jsonlines"):
        reply = server.post("/predict", {"X": many}, {"Accept": accept})
        assert len(reply.body.splitlines()) == 60000


def test_a_shadow(serve, train):
    """Mirrored inferences are compared as predictions are."""

    server = serve(f"""
        knn_model m {train(["a", "b"])};
        knn_model shadow {train(["a", "c"])};
    """, """
        location /v2/models/m/ { mirror /shadow; knn_api v2; }
        location = /shadow {
            internal;
            rewrite ^ /v2/models/shadow/infer break;
            knn_api v2;
        }
        location = /metrics { knn_metrics; }
    """)
    body = {"inputs": [{"name": "X", "shape": [3, 1], "datatype": "FP64",
                        "data": [0, 1, 0]}]}
    assert server.post("/v2/models/m/infer", body).json["outputs"][0]["data"] \
        == ["a", "b", "a"]
    wait_for(lambda: [scrape(server).sum("shadow_rows_total", agreement=word)
                      for word in ("agree", "differ")] == [2, 1])
