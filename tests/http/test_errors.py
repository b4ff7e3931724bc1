"""Every error is one object that every client can read."""

import json

import pytest

from conftest import IRIS

MEMBERS = {"type", "title", "status", "detail", "error", "error_code",
           "message"}

TITLES = {400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed",
          406: "Not Acceptable",
          413: "Content Too Large", 415: "Unsupported Media Type",
          422: "Unprocessable Content"}

TOO_MANY = b'{"X":[' + b",".join([b"[1,2,3,4]"] * 10001) + b"]}"

BODIES = [
    ("empty body", b"", 400, None),
    ("white space", b" \r\n ", 400, None),
    ("truncated", b'{"X":[5.1,3.5,1.4,0.2]', 400, None),
    ("truncated number list", b'{"X":[5.1,', 400, None),
    ("two values", b'{"X":[1,2,3,4]} {}', 400, None),
    ("not JSON", b'{"X":[5.1,3.5,1.4,0.2}', 400, None),
    ("NaN is no JSON", b'{"X":[5.1,3.5,1.4,NaN]}', None, None),
    ("string as X", b'{"X":"1,2,3,4"}', 400, "#/X"),
    ("null as X", b'{"X":null}', 400, "#/X"),
    ("string as value", b'{"X":[5.1,3.5,1.4,"a"]}', 400, "#/X/3"),
    ("null as value", b'{"X":[[5.1,3.5,1.4,null]]}', 400, "#/X/0/3"),
    ("no X", b'{"Y":[1,2,3,4]}', 400, None),
    ("no member", b'{}', 400, None),
    ("X twice", b'{"X":[1,2,3,4],"X":[1,2,3,4]}', 400, None),
    ("invalid UTF-8", b'{"X":[1,2,3,4],"a":"\xff"}', 400, None),
    ("too deep", b'{"X":[[[1,2,3,4]]]}', 400, "#/X/0/0"),
    ("3 features", b'{"X":[5.1,3.5,1.4]}', 422, "#/X"),
    ("5 features", b'{"X":[5.1,3.5,1.4,0.2,1]}', 422, "#/X"),
    ("3 features in row 1", b'{"X":[[1,2,3,4],[1,2,3]]}', 422, "#/X/1"),
    ("no feature", b'{"X":[[]]}', 422, "#/X/0"),
    ("out of range", b'{"X":[5.1,3.5,1.4,1e999]}', 422, "#/X/3"),
    ("unknown name", b'{"X":[{"a":1,"b":2,"c":3,"d":4}]}', 422, "#/X/0"),
    ("too many rows", TOO_MANY, 413, None),
]


def check(reply, status):
    assert reply.status == status, reply
    assert reply.reason == TITLES[status]
    problem = reply.json
    assert MEMBERS <= set(problem)
    assert problem["type"] == "about:blank"
    assert problem["status"] == status
    assert problem["title"] == TITLES[status]
    assert problem["detail"]
    assert problem["detail"] == problem["error"] == problem["message"]
    return problem


@pytest.mark.parametrize("body, status, pointer",
                         [each[1:] for each in BODIES],
                         ids=[each[0] for each in BODIES])
def test_body(iris_server, body, status, pointer):
    with iris_server.connect() as connection:
        reply = connection.post("/predict", body)
        problem = check(reply, status or reply.status)
        assert reply.status in (400, 413, 422)

        if pointer:
            assert problem["pointer"].startswith(pointer)

        # the connection stays usable, by this reply and in fact
        assert reply.keepalive
        assert connection.post("/predict", {"X": [1, 2, 3, 4]}).status == 200


def test_detail_names_the_thing(iris_server):
    problem = iris_server.post("/predict", b'{"X":[[5.1,3.5,1.4]]}').json
    assert problem["detail"] \
        == 'row 0 has 3 features, but model "iris" expects 4'


def test_errors_are_logged_as_the_clients_fault(iris_server):
    iris_server.post("/predict", b'{"X":[1234567,3.5]}')
    lines = [line for line in iris_server.log().splitlines()
             if "has 2 features" in line]
    assert lines and all("[info]" in line for line in lines)


@pytest.mark.parametrize("accept, media_type, status", [
    (None, "application/problem+json", 400),
    ("*/*", "application/problem+json", 400),
    ("application/*;q=0.5", "application/problem+json", 400),
    ("text/csv, application/problem+json", "application/problem+json", 400),
    ("text/html, application/problem+json", "application/problem+json", 406),
    ("application/json", "application/json", 400),
    ("text/html", "application/json", 406),
    ("application/problem+json;q=0, */*", "application/json", 400),
    ("application/json, */*;q=0.0", "application/json", 400)])
def test_media_type_by_accept(iris_server, accept, media_type, status):
    headers = {"Accept": accept} if accept else {}
    reply = iris_server.post("/predict", b"{", headers)
    assert reply.headers["content-type"] == media_type
    check(reply, status)


@pytest.mark.parametrize("accept, media_type", [
    (None, "application/json"), ("*/*", "application/json"),
    ("application/json", "application/json"),
    ("application/problem+json", "application/problem+json")])
@pytest.mark.parametrize("path", ["/v1/models/none:predict", "/v1/x",
                                  "/v2/models/iris/infer"])
def test_media_type_for_other_clients(serve, path, accept, media_type):
    """They read application/json alone, and many send no Accept field."""

    server = serve(f"knn_model iris {IRIS};",
                   "location /v1 { knn_api v1; } location /v2 { knn_api v2; }")
    reply = server.post(path, b"{", {"Accept": accept} if accept else {})
    assert reply.status in (400, 404)
    assert reply.headers["content-type"] == media_type



def test_unknown_members_beside_x_do_not_hurt_the_next(iris_server):
    body = json.dumps({"X": [1, 2, 3, 4]})
    assert iris_server.post("/predict", body.encode()).status == 200
