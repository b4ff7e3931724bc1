"""One body, however it arrives."""

import json
import time

import pytest

import oracle
from conftest import IRIS
from wire import Closed, encode


@pytest.fixture(scope="module")
def server(serve):
    return serve(f"knn_model iris {IRIS};", """
        location = /predict {
            client_body_buffer_size 1m;
            knn_predict iris;
        }
        location = /file {
            client_body_in_file_only clean;
            knn_predict iris;
        }
        location = /small {
            client_body_buffer_size 1k;
            knn_predict iris;
        }
        location = /rewritten { rewrite ^ /predict last; }
    """)


@pytest.fixture(scope="module")
def many(iris):
    """Enough rows for several pieces of a file, none like the others."""

    return [[4 + i % 41 / 10, 2 + i % 31 / 10, 1 + i / 1000, i % 26 / 10]
            for i in range(6000)]


def answer(iris, rows):
    return {"predictions": oracle.predictions(iris, rows), "model": "iris",
            "version": "1.0.0"}


def cut(data, size):
    return [data[i:i + size] for i in range(0, len(data), size)]


def test_in_one_buffer(server, iris, many):
    assert server.post("/predict", {"X": many}).json == answer(iris, many)


def test_in_split_packets(server, iris, rows):
    data = encode("POST", "/predict", json.dumps({"X": rows}).encode())

    for size in (1, 7, 50):
        with server.connect() as connection:
            connection.send_slowly(cut(data, size), 0.001)
            assert connection.response().json == answer(iris, rows)


def test_cut_at_every_byte(server, iris, rows):
    data = encode("POST", "/predict", json.dumps({"X": rows[:2]}).encode())
    start = data.index(b"\r\n\r\n") + 4

    with server.connect() as connection:
        for at in range(start, len(data)):
            connection.send_slowly([data[:at], data[at:]], 0.002)
            assert connection.response().json == answer(iris, rows[:2])


@pytest.mark.parametrize("size", [1, 3, 17, 4096])
def test_in_chunks(server, iris, rows, size):
    body = json.dumps({"X": rows}).encode()

    for path in ("/predict", "/file", "/small"):
        assert server.post(path, cut(body, size)).json == answer(iris, rows)


def test_in_slow_chunks(server, iris, rows):
    body = json.dumps({"X": rows}).encode()
    data = encode("POST", "/predict", cut(body, 5))

    with server.connect() as connection:
        connection.send_slowly(cut(data, 20), 0.001)
        assert connection.response().json == answer(iris, rows)


def test_many_rows_in_chunks(server, iris, many):
    body = json.dumps({"X": many}).encode()

    for path in ("/predict", "/small"):
        assert server.post(path, cut(body, 1000)).json == answer(iris, many)


@pytest.mark.parametrize("path", ["/file", "/small"])
def test_in_a_temporary_file(server, iris, rows, many, path):
    for each in (rows, many):
        assert server.post(path, {"X": each}).json == answer(iris, each)


def test_http_1_0(server, iris, rows):
    body = json.dumps({"X": rows}).encode()

    with server.connect() as connection:
        reply = connection.request("POST", "/predict", body, version="1.0")
        assert reply.json == answer(iris, rows)
        assert not reply.keepalive
        assert connection.rest() == b""

    with server.connect() as connection:
        for _ in range(2):
            reply = connection.request("POST", "/predict", body,
                                       {"Connection": "keep-alive"}, "1.0")
            assert reply.json == answer(iris, rows)
            assert reply.keepalive


def test_pipelined(server, iris, rows):
    bodies = [json.dumps({"X": [row]}).encode() for row in rows]
    bad = encode("POST", "/predict", b'{"X":[1]}')
    data = b"".join(encode("POST", "/predict", body) + bad for body in bodies)

    with server.connect() as connection:
        connection.send(data)

        for row in rows:
            assert connection.response().json == answer(iris, [row])
            assert connection.response().status == 422


def test_expect_100_continue(server, iris, rows):
    body = json.dumps({"X": rows}).encode()
    data = encode("POST", "/predict", body, {"Expect": "100-continue"})
    head, body = data.split(b"\r\n\r\n", 1)

    with server.connect() as connection:
        connection.send(head + b"\r\n\r\n")
        assert connection.until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue"
        connection.send(body)
        assert connection.response().json == answer(iris, rows)


@pytest.mark.parametrize("body, headers", [
    (None, {}), (b"", {}), ([], {})], ids=["none", "empty", "no chunk"])
def test_no_body(server, body, headers):
    with server.connect() as connection:
        reply = connection.request("POST", "/predict", body, headers)
        assert reply.status == 400
        assert reply.json["detail"]
        assert connection.post("/predict", {"X": [1, 2, 3, 4]}).status == 200


def test_after_an_internal_redirect(server, iris, rows):
    assert server.post("/rewritten", {"X": rows}).json == answer(iris, rows)


def test_a_client_that_stops_in_the_middle(server, rows):
    data = encode("POST", "/predict", json.dumps({"X": rows}).encode())

    for at in (len(data) - 1, len(data) - 20):
        with server.connect() as connection:
            connection.send(data[:at])

    assert server.post("/predict", {"X": [1, 2, 3, 4]}).status == 200


def test_a_client_that_does_not_wait_for_the_reply(server, many):
    data = encode("POST", "/predict", json.dumps({"X": many}).encode())

    for _ in range(5):
        with server.connect() as connection:
            connection.send(data)

    time.sleep(0.1)
    assert server.post("/predict", {"X": [1, 2, 3, 4]}).status == 200


def test_a_bad_chunk(server):
    with server.connect() as connection:
        connection.send(b"POST /predict HTTP/1.1\r\nHost: localhost\r\n"
                        b"Transfer-Encoding: chunked\r\n\r\nx\r\n")
        reply = connection.response()
        assert reply.status == 400
        assert reply.json["status"] == 400
        assert not reply.keepalive

        with pytest.raises(Closed):
            connection.more()
