"""What a body is by its header fields, and what reply Accept asks for."""

import gzip
import io
import json
import zlib

import numpy
import pytest

import oracle
from conftest import IRIS
from wire import encode

JSON_LINES = ("application/jsonlines", "application/jsonl",
              "application/x-ndjson")


@pytest.fixture(scope="module")
def server(serve):
    return serve(f"knn_model iris {IRIS};", """
        location = /predict { knn_predict iris; }
        location = /proba { knn_output predict_proba; knn_predict iris; }
        location = /small { client_max_body_size 2k; knn_predict iris; }
        location = /health { knn_health; }
    """)


def npy(array):
    file = io.BytesIO()
    numpy.save(file, array)
    return file.getvalue()


def lines(rows):
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def csv(rows, header=()):
    return "".join(",".join(map(str, row)) + "\n"
                   for row in [*header, *rows]).encode()


@pytest.mark.parametrize("media_type, write", [
    *((each, lines) for each in JSON_LINES),
    ("Application/JSONLines; charset=utf-8", lines),
    ("application/x-npy", lambda rows: npy(numpy.array(rows))),
    (None, lambda rows: npy(numpy.array(rows))),
    ("text/csv", csv), ("text/csv; header=absent", csv),
    ('text/csv;charset=utf-8 ; HEADER="Absent"', csv)])
def test_bodies(server, iris, rows, media_type, write):
    headers = {"Content-Type": media_type} if media_type else {}
    reply = server.post("/predict", write(rows), headers)
    assert reply.status == 200, reply
    assert reply.json["predictions"] == oracle.predictions(iris, rows)
    assert reply.headers["content-type"] == "application/json"


def test_the_header_of_csv(server, iris):
    """A header row of numbers is a row, unless the media type says no."""

    rows = [[5.1, 3.5, 1.4, 0.2], [6.9, 3.1, 5.4, 2.1]]
    numbers = csv(rows)
    names = csv(rows, [iris.feature_names_in_])
    expected = oracle.predictions(iris, rows)

    for body, media_type, predictions in (
            (numbers, "text/csv", expected), (names, "text/csv", expected),
            (names, "text/csv; header=present", expected),
            (numbers, "text/csv; header=absent", expected)):
        reply = server.post("/predict", body, {"Content-Type": media_type})
        assert reply.json["predictions"] == predictions, media_type

    reply = server.post("/predict", names,
                        {"Content-Type": "text/csv; header=absent"})
    assert 400 <= reply.status < 500


@pytest.mark.parametrize("media_type, body", [
    ("application/x-npy", b"5.1,3.5,1.4,0.2"),
    ("application/jsonlines", b"5.1,3.5,1.4,0.2"),
    ("text/csv; header=absent", b'{"X":[5.1,3.5,1.4,0.2]}')])
def test_a_body_of_another_kind(server, media_type, body):
    with server.connect() as connection:
        reply = connection.post("/predict", body,
                                {"Content-Type": media_type})
        assert reply.status in (400, 422)
        assert connection.request("GET", "/health").status == 200


@pytest.mark.parametrize("accept", JSON_LINES)
def test_json_lines(server, iris, rows, accept):
    reply = server.post("/predict", {"X": rows}, {"Accept": accept})
    assert reply.headers["content-type"] == accept
    assert [json.loads(line)["prediction"]
            for line in reply.body.splitlines()] \
        == oracle.predictions(iris, rows)


def test_csv(server, iris, rows):
    expected = oracle.predictions(iris, rows)
    reply = server.post("/predict", {"X": rows}, {"Accept": "text/csv"})
    assert reply.headers["content-type"] == "text/csv"
    assert reply.body.decode().splitlines() == expected

    reply = server.post("/predict", {"X": rows},
                        {"Accept": "text/csv;header=present"})
    assert reply.headers["content-type"] == "text/csv; header=present"
    assert reply.body.decode().splitlines() == ["prediction", *expected]


def test_npy(server, iris, rows):
    headers = {"Accept": "application/x-npy"}
    reply = server.post("/predict", {"X": rows}, headers)
    assert reply.headers["content-type"] == "application/x-npy"
    assert numpy.load(io.BytesIO(reply.body)).tolist() \
        == oracle.predictions(iris, rows)

    reply = server.post("/proba", {"X": rows}, headers)
    assert numpy.array_equal(numpy.load(io.BytesIO(reply.body)),
                             iris.predict_proba(oracle.frame(iris, rows)))


@pytest.mark.parametrize("path, outputs", [
    ("/predict?output=predict,predict_proba", None),
    ("/predict", ["predict_proba", "kneighbors"])])
def test_npy_has_one_array(server, path, outputs):
    body = {"X": [[1, 2, 3, 4]]}

    if outputs:
        body["outputs"] = outputs

    with server.connect() as connection:
        reply = connection.post(path, body, {"Accept": "application/x-npy"})
        assert reply.status == 406
        assert "predict_proba" in reply.json["detail"]
        assert connection.post(path, body).status == 200


@pytest.mark.parametrize("accept, media_type", [
    ("application/json", "application/json"),
    ("APPLICATION/JSON", "application/json"),
    ("*/*", "application/json"), ("application/*", "application/json"),
    ("text/*", "text/csv"), ("text/html, */*;q=0.8", "application/json"),
    ("application/json;q=0.5, text/csv", "text/csv"),
    ("application/json;q=0.5, text/csv;q=0.4", "application/json"),
    ("text/csv, application/json", "application/json"),
    ("*/*;q=0.1, application/x-npy", "application/x-npy"),
    ("*/*, application/json;q=0", "text/csv"),
    ("application/*, application/json;q=0.1", "application/x-npy"),
    ("application/json;charset=utf-8 ; q=1", "application/json"),
    ("text/csv ;q=0.9,application/jsonl", "application/jsonl"),
    (",, text/csv", "text/csv"), ("", "application/json")])
def test_accept(server, accept, media_type):
    for reply in (server.post("/predict", {"X": [[1, 2, 3, 4]]},
                              {"Accept": accept}),
                  server.get("/predict?X=1,2,3,4", {"Accept": accept})):
        assert reply.status == 200
        assert reply.headers["content-type"] == media_type


@pytest.mark.parametrize("accept", [
    "text/html", "image/*", "application/json;q=0", "*/*;q=0.000", "json",
    "application/jsonx", "application/problem+json"])
def test_nothing_is_acceptable(server, accept):
    with server.connect() as connection:
        for method, path, body in (("POST", "/predict", b"x" * 100000),
                                   ("GET", "/predict?X=1,2,3,4", None)):
            reply = connection.request(method, path, body,
                                       {"Accept": accept})
            assert reply.status == 406
            assert reply.json["status"] == 406
            assert "text/csv" in reply.json["detail"]


def test_the_etag_is_of_one_form(server):
    path = "/predict?X=1,2,3,4"
    etags = {}

    for accept in ("application/json", "text/csv", "text/csv; header=present",
                   "application/x-npy", "application/jsonlines"):
        headers = {"Accept": accept}
        reply = server.get(path, headers)
        assert reply.status == 200
        assert reply.headers["vary"] == "Accept"
        etags[accept] = reply.headers["etag"]
        headers["If-None-Match"] = reply.headers["etag"]
        reply = server.get(path, headers)
        assert reply.status == 304
        assert reply.headers["vary"] == "Accept"

    assert len(set(etags.values())) == len(etags)

    headers = {"Accept": "text/csv",
               "If-None-Match": etags["application/json"]}
    assert server.get(path, headers).status == 200


@pytest.mark.parametrize("coding, compress", [
    ("gzip", gzip.compress), ("GZIP", gzip.compress),
    ("x-gzip", gzip.compress), ("deflate", zlib.compress)])
@pytest.mark.parametrize("count", [1, 3000])
def test_codings(server, iris, rows, coding, compress, count):
    many = rows * count
    body = compress(json.dumps({"X": many}).encode())

    for pieces in (body, [body[i:i + 1000]
                          for i in range(0, len(body), 1000)]):
        reply = server.post("/predict?output=predict", pieces,
                            {"Content-Encoding": coding})

        if len(many) > 10000:
            assert reply.status == 413
        else:
            assert reply.json["predictions"] \
                == oracle.predictions(iris, rows) * count


@pytest.mark.parametrize("coding, body", [
    ("gzip", b""), ("gzip", b"x"), ("deflate", b'{"X":[1,2,3,4]}'),
    ("gzip", gzip.compress(b'{"X":[1,2,3,4]}')[:-4]),
    ("gzip", gzip.compress(b'{"X":[1,2,3,4]}') + b"x"),
    ("deflate", zlib.compress(b'{"X":[1,2,3,4]}')[:-2])])
def test_what_cannot_be_inflated(server, coding, body):
    with server.connect() as connection:
        reply = connection.post("/predict", body,
                                {"Content-Encoding": coding})
        assert reply.status == 400
        assert connection.post("/predict", {"X": [1, 2, 3, 4]}).status == 200


def test_the_inflated_size_is_limited(server):
    body = b'{"X":[1,2,3,4]}'

    for size, status in ((2048, 200), (2049, 413), (10000000, 413)):
        inflated = body.ljust(size)
        zipped = gzip.compress(inflated)

        with server.connect() as connection:
            if len(zipped) <= 2048:
                reply = connection.post("/small", zipped,
                                        {"Content-Encoding": "gzip"})
                assert reply.status == status

            if len(inflated) < 3000:
                reply = connection.post("/small", inflated)
                assert reply.status == status


def test_expect_and_http_1_0(server):
    body = gzip.compress(b'{"X":[1,2,3,4]}')

    with server.connect() as connection:
        connection.send(encode("POST", "/predict", body, {
            "Expect": "100-continue", "Content-Encoding": "gzip",
            "Accept": "text/csv"}))
        assert connection.response().headers["content-type"] == "text/csv"

    with server.connect() as connection:
        reply = connection.request("POST", "/predict", body, {
            "Content-Encoding": "gzip"}, version="1.0")
        assert reply.status == 200
