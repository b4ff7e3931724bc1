"""The same over HTTP/2."""

import json
import socket

import h2.connection
import h2.events
import pytest

import oracle
from conftest import IRIS, curl, free_port


@pytest.fixture(scope="module")
def url(serve):
    port = free_port()
    serve(f"""
        knn_model iris {IRIS};
        server {{
            listen 127.0.0.1:{port} http2;
            location = /predict {{ knn_predict iris; }}
            location = /small {{
                client_body_buffer_size 1k;
                knn_predict iris;
            }}
            location = /tiny {{
                client_max_body_size 1k;
                knn_predict iris;
            }}
        }}
    """)
    return f"http://127.0.0.1:{port}"


def ask(url, *arguments):
    """Status, lower case header fields, and body."""

    out = curl("--http2-prior-knowledge", "-i", *arguments, url)
    head, body = out.split(b"\r\n\r\n", 1)
    lines = head.decode().split("\r\n")
    assert lines[0].startswith("HTTP/2 ")
    return (int(lines[0].split()[1]),
            dict(line.split(": ", 1) for line in lines[1:]), body)


def test_one_row(url, iris, rows):
    status, headers, body = ask(url + "/predict", "-d",
                                json.dumps({"X": rows[0]}))
    assert status == 200
    assert headers["x-knn-model"] == "iris@1.0.0"
    assert json.loads(body)["prediction"] == oracle.predictions(iris, rows)[0]


@pytest.mark.parametrize("path", ["/predict", "/small"])
def test_rows(url, iris, rows, path, tmp_path):
    many = rows * 500
    file = tmp_path / "body"
    file.write_text(json.dumps({"X": many}))

    # with and without a content-length
    for extra in ([], ["-H", "Content-Length:"]):
        status, _, body = ask(url + path, "--data-binary", f"@{file}", *extra)
        assert status == 200
        assert json.loads(body)["predictions"] \
            == oracle.predictions(iris, many)


def test_get_and_304(url):
    path = url + "/predict?X=5.1,3.5,1.4,0.2"
    status, headers, _ = ask(path)
    assert status == 200
    status, _, body = ask(path, "-H", "If-None-Match: " + headers["etag"])
    assert (status, body) == (304, b"")


@pytest.mark.parametrize("body, expected", [("", 400), ("{", 400),
                                            ('{"X":[1]}', 422)])
def test_errors(url, body, expected):
    status, headers, body = ask(url + "/predict", "-d", body)
    assert status == expected
    assert headers["content-type"] == "application/problem+json"
    assert json.loads(body)["status"] == expected


def test_too_large(url):
    """Told before nginx resets the stream, which some clients call a fault."""

    client = h2.connection.H2Connection()
    client.initiate_connection()
    client.send_headers(1, [
        (":method", "POST"), (":scheme", "http"), (":path", "/tiny"),
        (":authority", "localhost"), ("content-length", "3000")])
    client.send_data(1, b" " * 3000, end_stream=True)
    status, body, ended = None, b"", False
    port = int(url.rsplit(":", 1)[1])

    with socket.create_connection(("127.0.0.1", port), 20) as connection:
        connection.sendall(client.data_to_send())

        while not ended:
            for event in client.receive_data(connection.recv(65536)):
                if isinstance(event, h2.events.ResponseReceived):
                    status = dict(event.headers)[b":status"]
                elif isinstance(event, h2.events.DataReceived):
                    body += event.data
                elif isinstance(event, h2.events.StreamEnded):
                    ended = True

    assert status == b"413"
    assert json.loads(body)["status"] == 413


def test_method(url):
    status, headers, body = ask(url + "/predict", "-X", "DELETE")
    assert status == 405
    assert headers["allow"] == "GET, HEAD, POST, OPTIONS"
    assert json.loads(body)["status"] == 405
