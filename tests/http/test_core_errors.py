"""What nginx itself refuses on our locations is told in the same form."""

import pytest

from conftest import IRIS
from wire import encode

BODY = {"X": [5.1, 3.5, 1.4, 0.2]}


@pytest.fixture(scope="module")
def server(serve):
    return serve(f"""
        knn_model iris {IRIS};
        limit_req_zone $binary_remote_addr zone=one:1m rate=1r/m;
    """, """
        location = /small {
            client_max_body_size 100;
            knn_predict iris;
        }
        location = /denied { deny all; knn_predict iris; }
        location = /secret {
            auth_basic "iris";
            auth_basic_user_file /nonexistent;
            knn_predict iris;
        }
        location = /limited { limit_req zone=one; knn_predict iris; }
        location = /limited/429 {
            limit_req zone=one;
            limit_req_status 429;
            knn_predict iris;
        }
        location = /gone { return 410; knn_info; }
        location = /text { return 403 "no"; knn_info; }
        location = /moved { return 301 /predict; knn_info; }
        location = /teapot { return 418; knn_info; }
        location = /predict { knn_predict iris; }
        location = /excepted {
            knn_predict iris;
            limit_except GET { deny all; }
        }
        location = /plain { deny all; }
    """)


def check(reply, status, title):
    assert reply.status == status
    assert reply.reason == title
    assert reply.headers["content-type"] == "application/problem+json"
    problem = reply.json
    assert problem["status"] == status
    assert problem["title"] == title
    assert problem["detail"] == problem["error"] == problem["message"]


def test_body_over_the_limit(server):
    reply = server.post("/small", b" " * 200)
    check(reply, 413, "Content Too Large")


def test_chunked_body_over_the_limit(server):
    with server.connect() as connection:
        connection.send(encode("POST", "/small", [b" " * 60] * 4))
        check(connection.response(), 413, "Content Too Large")


def test_denied(server):
    with server.connect() as connection:
        check(connection.post("/denied", BODY), 403, "Forbidden")
        assert connection.post("/predict", BODY).status == 200


def test_credentials(server):
    reply = server.post("/secret", BODY)
    check(reply, 401, "Unauthorized")
    assert reply.headers["www-authenticate"] == 'Basic realm="iris"'


def test_too_many_requests(server):
    server.post("/limited", BODY)
    reply = server.post("/limited", BODY)
    check(reply, 503, "Service Unavailable")
    assert int(reply.headers["retry-after"]) > 0

    reply = server.post("/limited/429", BODY)
    check(reply, 429, "Too Many Requests")
    assert int(reply.headers["retry-after"]) > 0


def test_returned_code(server):
    check(server.get("/gone"), 410, "Gone")


def test_head(server):
    head, get = server.request("HEAD", "/gone"), server.get("/gone")
    assert head.status == get.status == 410
    assert head.headers["content-length"] == str(len(get.body))


def test_limit_except(server):
    assert server.get("/excepted?X=5.1,3.5,1.4,0.2").status == 200
    check(server.post("/excepted", BODY), 403, "Forbidden")


def test_what_the_operator_wrote_stays(server):
    reply = server.get("/text")
    assert (reply.status, reply.body) == (403, b"no")

    reply = server.get("/moved")
    assert reply.status == 301
    assert b"<html>" in reply.body

    reply = server.get("/teapot")
    assert (reply.status, reply.body) == (418, b"")


def test_other_locations_stay(server):
    for path in ("/plain", "/nowhere"):
        reply = server.get(path)
        assert reply.status in (403, 404)
        assert reply.headers["content-type"] == "text/html"
        assert b"<html>" in reply.body
