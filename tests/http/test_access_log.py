"""The access log: JSON, whoever sends what; and the levels of the error log."""

import json
import re
import signal
import socket
import time

import pytest

from conftest import wait_for
from nginx_conf import log_lines, serve_conf
from wire import encode

BODY = {"X": [5.1, 3.5, 1.4, 0.2]}
NUMBERS = ("status", "bytes", "request_time")
NUMBERS_OF_OURS = ("novelty", "rows", "knn_time")
TEXTS = ("time", "request_id", "client", "method", "uri", "model", "version",
         "prediction", "knn_status")

# so that tests do not wait
FLUSH = ("flush=1s", "flush=20ms")


@pytest.fixture(scope="module")
def server(serve):
    # workers have a buffer each, and the lines of several are not in order
    return serve_conf(serve, workers=1, pairs=[FLUSH])


def new_lines(server, n, count):
    """The count lines after the first n; more would be somebody's forgery."""

    wait_for(lambda: len(log_lines(server)) >= n + count)
    time.sleep(0.1)
    lines = log_lines(server)[n:]
    assert len(lines) == count, lines
    return [check(line) for line in lines]


def check(line):
    """One line as an object, of which every member has its type."""

    def once(pairs):
        assert len(dict(pairs)) == len(pairs), "a member is twice in the line"
        return dict(pairs)

    entry = json.loads(line.decode("utf-8"), object_pairs_hook=once)
    assert set(entry) == {*NUMBERS, *NUMBERS_OF_OURS, *TEXTS}

    for name in NUMBERS:
        assert type(entry[name]) in (int, float), name

    for name in NUMBERS_OF_OURS:
        assert entry[name] is None or type(entry[name]) in (int, float), name

    for name in TEXTS:
        assert type(entry[name]) is str, name

    return entry


def test_prediction(server):
    n = len(log_lines(server))
    reply = server.post("/predict?output=predict,predict_proba", BODY).json
    server.post("/predict?a=b", {"X": [BODY["X"]] * 3})
    one, many = new_lines(server, n, 2)

    assert one["prediction"] == reply["prediction"] == many["prediction"]
    assert one["novelty"] == pytest.approx(reply["novelty"], abs=1e-6)
    assert (one["model"], one["version"]) == ("iris", "1.0.0")
    assert (one["rows"], many["rows"]) == (1, 3)
    assert one["knn_status"] == "OK"
    assert one["knn_time"] > 0
    assert (one["client"], one["method"], one["status"]) \
        == ("127.0.0.1", "POST", 200)
    assert many["uri"] == "/predict?a=b"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d",
                        one["time"])


def test_request_id(server):
    n = len(log_lines(server))
    server.post("/predict", BODY, {"X-Request-Id": "of-the-proxy"})
    reply = server.post("/predict", BODY, {"X-Request-Id": '","status":1'})
    one, other = new_lines(server, n, 2)
    assert one["request_id"] == "of-the-proxy"
    assert other["request_id"] == reply.headers["x-request-id"]
    assert re.fullmatch("[0-9a-f]{32}", other["request_id"])


def test_refusal(server):
    n = len(log_lines(server))
    server.post("/predict", {"X": [1, 2]})
    server.post("/predict", b"{")
    server.get("/nowhere")
    shape, malformed, nowhere = new_lines(server, n, 3)
    assert (shape["status"], shape["knn_status"]) == (422, "SHAPE")
    assert (malformed["status"], malformed["knn_status"]) == (400, "MALFORMED")
    assert (nowhere["status"], nowhere["knn_status"]) == (404, "")

    for entry in (shape, malformed, nowhere):
        assert entry["prediction"] == ""
        assert entry["novelty"] is None


HOSTILE = {
    "quotes": encode("GET", '/"\\",\\"status\\":1/{}'),
    "newlines": encode("GET", "/%0a%0d{%22time%22:%22%22}"),
    "byte that is no UTF-8": b"GET /\xff\xfe?\xc3( HTTP/1.1\r\nHost: a\r\n\r\n",
    "UTF-8 as it is": "GET /ü€😀 HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
    "control bytes": b"GET /\x01\x02\x7f HTTP/1.1\r\nHost: a\r\n\r\n",
    "space": b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
    "long": encode("GET", "/" + "\\" * 7000),
    "too long": encode("GET", "/" + '"' * 70000),
    "HTTP/0.9": b"GET /predict?X=5.1,3.5,1.4,0.2\r\n",
    "HTTP/0.9 nowhere": b"GET /nowhere\r\n",
    "no HTTP": b"\x00\x01\xff\xfe\"\\\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xff" * 64,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00",
    "method": b"A_B-C / HTTP/1.1\r\nHost: a\r\n\r\n",
    "small method": b"get\" / HTTP/1.1\r\nHost: a\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "hostile host": b"GET / HTTP/1.1\r\nHost: \"\\\xff\r\n\r\n",
    "length": b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    "chunk": b"POST /predict HTTP/1.1\r\nHost: a\r\n"
             b"Transfer-Encoding: chunked\r\n\r\n\"\\\xff",
    "body": encode("POST", "/predict", b'{"X":[1e400,NaN,"\\u0000",\xff]}'),
    "body by name": encode("POST", "/predict",
                           b'{"X":{"\\"}\\n[forged] {":1,"\xc3":2}}'),
    "infinite": encode("POST", "/predict", b'{"X":[1e999,0,0,0]}'),
    "far away": encode("POST", "/predict", b'{"X":[1e300,0,0,0]}'),
    "many": encode("POST", "/predict", b'{"X":[[1,2,3,4],[1,2,3,"\\""]]}'),
    "header": encode("GET", "/health", headers={"X-Request-Id": '\\"\x80'}),
    "credentials": encode("GET", "/health", headers={
        "Authorization": "Basic /////w=="}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_request(server, name):
    n = len(log_lines(server))

    with server.connect() as connection:
        connection.send(HOSTILE[name])
        connection.socket.shutdown(socket.SHUT_WR)
        connection.rest()

    (entry,) = new_lines(server, n, 1)
    assert entry["status"] in (0, 200, 400, 404, 405, 414, 422, 494)


def test_a_client_that_leaves(server):
    n = len(log_lines(server))

    with server.connect() as connection:
        connection.send(encode("POST", "/predict", b"",
                               {"Content-Length": "9"}) + b"{")

    (entry,) = new_lines(server, n, 1)
    assert entry["status"] in (400, 408, 499)
    assert entry["prediction"] == ""


LABELS = ['"},{"status":1', "back\\slash", "line\nfeed\r\t\x01", "ü€😀", ""]


def test_hostile_labels(serve, train):
    server = serve_conf(serve, workers=1, pairs=[
        FLUSH, ("examples/iris/iris.joblib", train(LABELS))])

    for row in range(len(LABELS)):
        server.post("/predict", {"X": [row]})

    # what would break a header is in the variable as in a reply
    shown = [json.dumps(label, ensure_ascii=False)[1:-1]
             if "\n" in label else label for label in LABELS]
    assert [entry["prediction"] for entry in
            new_lines(server, 0, len(LABELS))] == shown


def test_lines_wait_in_a_buffer(serve):
    server = serve_conf(serve, workers=1)

    with server.connect() as connection:
        for _ in range(20):
            connection.post("/predict", BODY)

        assert len(log_lines(server)) < 20, "every request is a write()"
        wait_for(lambda: len(log_lines(server)) == 20)


def test_levels_of_the_error_log(server):
    server.post("/predict", {"X": [1, 2]})
    refused = [line for line in server.log().splitlines()
               if "prediction refused with 422" in line]
    assert refused
    assert all("[info]" in line for line in refused)

    before = server.log().count("[notice]")
    server.signal(signal.SIGHUP)
    wait_for(lambda: len(re.findall(r"\[notice\].*model \"iris@1\.0\.0\"",
                                    server.log())) >= 2)
    assert server.log().count("[notice]") > before


def test_no_client_writes_the_error_log(server):
    server.post("/predict", b'{"X":{"a\\n0000 [forged] \\u001b[1m":1}}')
    server.post("/predict", b'{"x\\n0000 [forged]\\u0007":1}')
    server.get("/predict?X=%0a0000%20[forged]")
    server.get("/predict?output=%0a0000%20[forged]")

    for line in server.log().splitlines():
        assert not line.startswith("0000"), line

        if "prediction refused" in line:
            assert re.fullmatch(r"[^\x00-\x1f\x7f]*", line), line
