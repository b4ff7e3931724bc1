"""Every status code of the protocols, its header, and one body for all."""

import gzip
import json
import time
import zlib

import pytest

from dialects import tensor
from wire import encode

ROW = {"X": [5.1, 3.5, 1.4, 0.2]}
V1_ROW = {"instances": [ROW["X"]]}
V2_ROW = {"inputs": [{"name": "x", "shape": [1, 4], "datatype": "FP64",
                      "data": ROW["X"]}]}

# a body that each kind of location answers
TREES = {"/predict/string": ROW, "/v1/models/string:predict": V1_ROW,
         "/v2/models/string/infer": V2_ROW}

CONF = """
    location /v1 { knn_api v1; }
    location /v2 { knn_api v2; }
    location ~ ^/predict/(.*) { knn_predict $1; }

    location /small/ {
        client_max_body_size 1000;
        knn_max_rows 2;
        location /small/v1 { knn_api v1; }
        location /small/v2 { knn_api v2; }
        location ~ ^/small/predict/(.*) { knn_predict $1; }
    }

    location /limited/ {
        limit_req zone=one;
        limit_req_status 429;
        location /limited/v1 { knn_api v1; }
        location /limited/v2 { knn_api v2; }
        location ~ ^/limited/predict/(.*) { knn_predict $1; }
    }

    location /secret/ {
        auth_basic "knn";
        auth_basic_user_file users;
        location /secret/v1 { knn_api v1; }
        location /secret/v2 { knn_api v2; }
        location ~ ^/secret/predict/(.*) { knn_predict $1; }
    }

    location /denied/ {
        deny all;
        location /denied/v1 { knn_api v1; }
        location /denied/v2 { knn_api v2; }
        location ~ ^/denied/predict/(.*) { knn_predict $1; }
    }

    location /slow/ {
        client_body_timeout 1s;
        location /slow/v1 { knn_api v1; }
        location /slow/v2 { knn_api v2; }
        location ~ ^/slow/predict/(.*) { knn_predict $1; }
    }
"""


@pytest.fixture(scope="module")
def server(serve, save, models):
    server = serve("".join(
        f"knn_model {name} {save(models[name])};"
        for name in ("string", "regressor", "shop"))
        + "limit_req_zone $binary_remote_addr zone=one:1m rate=1r/m;"
        + "large_client_header_buffers 2 4k;", CONF)

    with open(server.path("users"), "w") as file:
        file.write("someone:{PLAIN}secret\n")

    return server


def check(reply, status, pointer=None):
    """One object that RFC 9457, OIP, TF Serving and MLflow can read."""

    assert reply.status == status, reply
    assert reply.headers["content-type"] in ("application/json",
                                             "application/problem+json")
    assert reply.headers["content-length"] == str(len(reply.body))

    problem = reply.json
    assert problem["status"] == status
    assert problem["type"] == "about:blank"
    assert problem["title"] == reply.reason
    assert problem["detail"] and "\n" not in problem["detail"]
    assert problem["error"] == problem["message"] == problem["detail"]
    assert problem["error_code"]
    assert problem["error_code"] == problem["error_code"].upper()

    if pointer is not None:
        assert problem["pointer"] == pointer


def each_tree(*, prefix=""):
    return pytest.mark.parametrize("path, body", [
        (prefix + path, json.dumps(body).encode())
        for path, body in TREES.items()], ids=["predict", "v1", "v2"])


@each_tree()
def test_200(server, path, body):
    assert server.post(path, body).status == 200


@pytest.mark.parametrize("body", [
    b"{", b'{"X":[1,2,3,4]}x', b'{"X":[\xff]}', b"{}", b"[", b"[nul]",
    b'{"instances":[[1,2,3,4]],"instances":[[1,2,3,4]]}',
    b'{"inputs":[[1,2,3,4]],"inputs":[]}', b'{"instances":7}', b'{"inputs":7}',
    b'{"instances":"a"}'])
@pytest.mark.parametrize("path", TREES)
def test_400(server, path, body):
    check(server.post(path, body), 400)


@pytest.mark.parametrize("row", [
    [1, 2, 3], [1, 2, 3, 4, 5], [1, 2, 3, None], [1, 2, 3, "x"],
    [1, 2, 3, 1e999]])
@pytest.mark.parametrize("path", TREES)
def test_422(server, path, row):
    text = json.dumps(TREES[path]).replace("5.1, 3.5, 1.4, 0.2",
                                           json.dumps(row)[1:-1])
    text = text.replace("Infinity", "1e999").replace(
        "[1, 4]", f"[1, {len(row)}]")
    reply = server.post(path, text.encode())

    if row[-1] in ("x", None):
        # where a number is due, they are of the wrong type
        assert reply.status in (400, 422)
        check(reply, reply.status)
    else:
        check(reply, 422)

    assert reply.json["pointer"].startswith("#/")


@pytest.mark.parametrize("path", [
    "/predict/none", "/predict/string@7", "/predict/string@stable",
    "/v1/models/none:predict", "/v1/models/string/versions/9:predict",
    "/v1/models/string/labels/canary:predict",
    "/v2/models/none/infer", "/v2/models/string/versions/9/infer",
    "/v2/models/string@canary/infer"])
def test_404_of_models(server, path):
    reply = server.post(path, b"{}")
    check(reply, 404)
    assert "none" in reply.json["error"] or "string" in reply.json["error"]


@pytest.mark.parametrize("path", [
    "/v1/", "/v1/model", "/v1/models/string/x", "/v1/models//metadata",
    "/v1/models/string/versions", "/v1/models/string/versions/",
    "/v1/models/string/labels/x/y", "/v2/x", "/v2/health", "/v2/health/x",
    "/v2/models/string/x", "/v2/models/string/versions",
    "/v2/models/string/versions/1/x", "/v2/models/string/infer/x",
    "/v2/repository", "/v2/models//ready", "/v1beta", "/v2beta",
    "/v2/models/string/versions//infer", "/v2/models/string/versions/%00"])
def test_404_of_paths(server, path):
    reply = server.get(path)
    assert reply.status in (400, 404), reply

    # what the location does not know is nginx's own
    if not path.endswith(("beta", "%00")):
        check(reply, reply.status)


@pytest.mark.parametrize("verb", ["PUT", "DELETE", "PATCH", "LOCK"])
@each_tree()
def test_405(server, verb, path, body):
    reply = server.request(verb, path, body)
    check(reply, 405)
    assert "POST" in reply.headers["allow"]
    assert server.request("OPTIONS", path).headers["allow"] \
        == reply.headers["allow"]


@pytest.mark.parametrize("path", ["/v1/models/string", "/v2", "/v2/models",
                                  "/v2/health/ready", "/v2/models/string"])
def test_405_of_documents(server, path):
    reply = server.post(path, b"{}")
    check(reply, 405)
    assert reply.headers["allow"] == "GET, HEAD, OPTIONS"


def test_406(server):
    for accept in ("image/png", "text/html;q=0.5", "application/json;q=0"):
        reply = server.post("/predict/string", ROW, {"Accept": accept})
        check(reply, 406)


@pytest.mark.parametrize("tree", ["/v1/models/string:predict",
                                  "/v2/models/string/infer"])
def test_accept_of_the_protocols_is_not_looked_at(server, tree):
    """They have one type of reply; clients say all sorts of things."""

    for accept in ("*/*", "application/json", "application/octet-stream",
                   "text/plain"):
        assert server.post(tree, TREES[tree], {"Accept": accept}) \
            .status == 200


@each_tree(prefix="/slow")
def test_408(server, path, body):
    """What comes too slowly is given up, with the connection."""

    with server.connect() as connection:
        head = encode("POST", path, None, {"Content-Length": "1000"})
        connection.send(head + body[:5])
        began = time.monotonic()
        rest = connection.rest()
        assert time.monotonic() - began < 10

    # nginx closes without a word when a body stops
    assert not rest or rest.startswith(b"HTTP/1.1 408 ")


@each_tree()
def test_411(server, path, body):
    with server.connect() as connection:
        connection.send(f"POST {path} HTTP/1.0\r\n\r\n".encode())
        reply = connection.response()

    # a body of no length is an empty one
    assert reply.status in (400, 411)
    check(reply, reply.status)


def test_411_of_nginx(server):
    """Of HTTP/1.1 it asks for a length where it needs one."""

    with server.connect() as connection:
        connection.send(b"POST /predict/string HTTP/1.1\r\nHost: x\r\n"
                        b"Transfer-Encoding: gzip\r\n\r\n")
        assert connection.response().status in (400, 411, 501)


@each_tree(prefix="/small")
def test_413_of_bytes(server, path, body):
    for padded in (body + b" " * 1000, [body, b" " * 1000]):
        reply = server.post(path, padded)
        check(reply, 413)


@each_tree(prefix="/small")
def test_413_of_inflated_bytes(server, path, body):
    for coding, pack in (("gzip", gzip.compress), ("deflate", zlib.compress)):
        reply = server.post(path, pack(body + b" " * 100000),
                            {"Content-Encoding": coding})
        check(reply, 413)
        assert server.post(path, pack(body), {"Content-Encoding": coding}) \
            .status == 200


@pytest.mark.parametrize("path, body", [
    ("/small/predict/string", {"X": [ROW["X"]] * 3}),
    ("/small/v1/models/string:predict", {"instances": [ROW["X"]] * 3}),
    ("/small/v2/models/string/infer", {"inputs": [
        tensor("FP64", [ROW["X"]] * 3)]})])
def test_413_of_rows(server, path, body):
    check(server.post(path, body), 413)


@pytest.mark.parametrize("path", TREES)
def test_414(server, path):
    check(server.get(path + "?" + "x" * 5000), 414)


@each_tree()
def test_431(server, path, body):
    """nginx says 400 of header fields that are too large."""

    check(server.post(path, body, {"X-Large": "x" * 5000}), 400)


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "x", "gzip, br",
                                    "deflate, gzip"])
@each_tree()
def test_415_of_codings(server, coding, path, body):
    reply = server.post(path, body, {"Content-Encoding": coding})
    check(reply, 415)
    offered = reply.headers["accept-encoding"].replace(" ", "").split(",")
    assert {"gzip", "deflate"} <= set(offered)


@each_tree()
def test_damaged_codings(server, path, body):
    for coding, pack in (("gzip", gzip.compress), ("deflate", zlib.compress)):
        whole = pack(body)

        for damaged in (whole[:-1], whole[:-9], whole[1:], b"", body,
                        whole + b"x", whole[:10] + b"\xff" * 8 + whole[18:]):
            reply = server.post(path, damaged, {"Content-Encoding": coding})
            check(reply, 400)


def test_415_of_types(server):
    for media_type in ("image/png", "application/xml", "text/html"):
        reply = server.post("/predict/string", ROW,
                            {"Content-Type": media_type})
        check(reply, 415)
        assert "application/json" in reply.headers["accept-post"]


@pytest.mark.parametrize("media_type", [
    "application/octet-stream", "application/json", "text/plain",
    "application/x-www-form-urlencoded", "application/vnd.x"])
@pytest.mark.parametrize("tree", ["/v1/models/string:predict",
                                  "/v2/models/string/infer"])
def test_types_of_the_protocols_are_not_looked_at(server, tree, media_type):
    reply = server.post(tree, TREES[tree], {"Content-Type": media_type})

    if media_type == "application/vnd.x":
        assert reply.status in (200, 415)
    else:
        assert reply.status == 200, reply


@each_tree(prefix="/limited")
def test_429(server, path, body):
    server.post(path, body)
    reply = server.post(path, body)
    check(reply, 429)
    assert int(reply.headers["retry-after"]) > 0


@each_tree(prefix="/secret")
def test_401(server, path, body):
    reply = server.post(path, body)
    check(reply, 401)
    assert reply.headers["www-authenticate"] == 'Basic realm="knn"'
    assert server.post(path, body, {
        "Authorization": "Basic c29tZW9uZTpzZWNyZXQ="}).status == 200


@each_tree(prefix="/denied")
def test_403(server, path, body):
    check(server.post(path, body), 403)


@pytest.mark.parametrize("action", ["load", "unload"])
def test_403_of_the_repository(server, action):
    for body in (b"", b"{}", b'{"parameters":{"unload_dependents":true}}'):
        reply = server.post(f"/v2/repository/models/string/{action}", body)
        check(reply, 403)
        assert "configuration" in reply.json["detail"]


@each_tree()
def test_unknown_methods(server, path, body):
    for verb in ("BREW", "QUERY", "TRACE"):
        reply = server.request(verb, path, body)
        assert reply.status in (405, 501), reply


@each_tree()
def test_connections_stay_usable(server, path, body):
    with server.connect() as connection:
        for fault in (b"{", b"[nul]", b'{"a":1}', b"\0" * 50):
            reply = connection.post(path, fault)
            check(reply, 400)
            assert connection.post(path, body).status == 200


@pytest.mark.parametrize("accept, expected", [
    ("application/json", "application/json"),
    ("application/problem+json", "application/problem+json"),
    ("application/problem+json, application/json;q=0.5",
     "application/problem+json")])
@each_tree()
def test_type_of_errors(server, accept, expected, path, body):
    reply = server.post(path, b"{", {"Accept": accept})
    assert reply.status in (400, 406)

    if reply.status == 400:
        assert reply.headers["content-type"] == expected


@each_tree()
def test_errors_are_not_compressed_where_clients_cannot_read_it(
        server, path, body):
    reply = server.post(path, b"{", {"Accept-Encoding": "gzip, deflate, br"})
    assert "content-encoding" not in reply.headers
    check(reply, 400)
