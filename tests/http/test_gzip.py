"""gzip of nginx works on replies, errors, and the information."""

import gzip
import json

import pytest

import oracle
from conftest import IRIS

GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture(scope="module")
def server(serve):
    return serve(f"""
        knn_model iris {IRIS};
        gzip on;
        gzip_types application/json application/problem+json;
    """, """
        location = /predict { knn_predict iris; }
        location ~ ^/by/(.*) { knn_predict $1; }
        location = /denied { deny all; knn_predict iris; }
        location = /models { knn_info; }
    """)


def unzip(reply):
    assert reply.headers["content-encoding"] == "gzip"
    return json.loads(gzip.decompress(reply.body))


def test_reply(server, iris, rows):
    many = rows * 100

    with server.connect() as connection:
        for _ in range(2):
            reply = connection.post("/predict", {"X": many}, GZIP)
            assert unzip(reply)["predictions"] \
                == oracle.predictions(iris, many)


def test_errors(server):
    with server.connect() as connection:
        reply = connection.post("/by/none", {"X": [1]}, GZIP)
        assert unzip(reply)["status"] == 404
        reply = connection.post("/denied", {"X": [1]}, GZIP)
        assert unzip(reply)["status"] == 403
        assert connection.post("/predict", {"X": [1]}, GZIP).status == 422


def test_weakened_etag_still_answers_304(server):
    reply = server.get("/models", GZIP)
    assert unzip(reply)["models"]
    assert reply.headers["etag"].startswith('W/"')
    headers = dict(GZIP, **{"If-None-Match": reply.headers["etag"]})
    assert server.get("/models", headers).status == 304
