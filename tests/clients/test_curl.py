"""curl in all its moods, at every kind of location."""

import json
import re
import subprocess

import pytest

from models import ROWS, answers

POSTS = {
    "/predict/string": {"X": ROWS["double"]},
    "/v1/models/string:predict": {"instances": ROWS["double"]},
    "/v2/models/string/infer": {"inputs": [{
        "name": "x", "shape": [len(ROWS["double"]), 4], "datatype": "FP64",
        "data": ROWS["double"]}]},
}

GETS = ["/v1/models/string", "/v1/models/string/metadata", "/v1/models",
        "/v1/models/iris/versions/1", "/v1/models/iris/labels/stable",
        "/v2", "/v2/", "/v2/health/live", "/v2/health/ready", "/v2/models",
        "/v2/models/string", "/v2/models/string/ready",
        "/v2/models/string/config", "/v2/models/string/stats",
        "/v2/models/stats", "/v2/models/iris/versions/1.0.0",
        "/v2/models/iris/versions/1/ready", "/models", "/health",
        "/openapi.json", "/predict/string?X=5,3,1,0"]


class Reply:
    def __init__(self, text):
        head, _, self.body = text.rpartition(b"\r\n\r\n")
        # after those of "100 Continue"
        head = head.decode().split("\r\n\r\n")[-1].split("\r\n")
        self.version, self.status = head[0].split(" ")[:2]
        self.status = int(self.status)
        self.headers = {name.lower(): value for name, value
                        in (line.split(": ", 1) for line in head[1:])}


def curl(*arguments, body=None):
    done = subprocess.run(
        ["curl", "-sS", "-i", "-m", "20", *arguments], check=True,
        input=body, stdout=subprocess.PIPE)
    return Reply(done.stdout)


def labels(path, reply):
    found = json.loads(reply.body)

    if path.startswith("/v2"):
        return found["outputs"][0]["data"]

    return found["predictions"]


@pytest.fixture(scope="module")
def expected(models):
    return answers(models["string"], ROWS["double"])["predict"]


MOODS = {
    "plain": [],
    "without Content-Type": ["-H", "Content-Type:"],
    "application/json": ["-H", "Content-Type: application/json"],
    "octet-stream": ["-H", "Content-Type: application/octet-stream"],
    "chunked": ["-H", "Transfer-Encoding: chunked"],
    "chunked, without Content-Type": ["-H", "Transfer-Encoding: chunked",
                                      "-H", "Content-Type:"],
    "100-continue": ["-H", "Expect: 100-continue"],
    "HTTP/1.0": ["--http1.0"],
    "HTTP/2": ["--http2-prior-knowledge"],
    "upgrade": ["--http2"],
    "compressed": ["--compressed"],
}


@pytest.fixture(scope="module")
def plain(server, serve, models, save):
    """HTTP/2 without TLS is all that a port of nginx of Debian 12 speaks."""

    def path(name):
        return save(models[name])

    nginx = serve(f"knn_model string {path('string')};", """
        location /v1 { knn_api v1; }
        location /v2 { knn_api v2; }
        location ~ ^/predict/(.*) { knn_predict $1; }
    """, start=False)
    conf = nginx.path("nginx.conf")

    with open(conf) as file:
        text = file.read()

    with open(conf, "w") as file:
        file.write(re.sub(r"(listen 127.0.0.1:\d+);", r"\1 http2;", text))

    nginx.start()
    return nginx


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("path", POSTS)
def test_post(server, plain, expected, path, mood):
    nginx = plain if mood == "HTTP/2" else server
    reply = curl(*MOODS[mood], "--data-binary", "@-", nginx.url + path,
                 body=json.dumps(POSTS[path]).encode())
    assert reply.status == 200, reply.body
    assert labels(path, reply) == expected
    assert reply.headers["content-type"] == "application/json"

    if mood == "HTTP/2":
        assert reply.version == "HTTP/2"


@pytest.mark.parametrize("path", POSTS)
def test_upload_that_waits_for_100(server, expected, path):
    """A large body is kept back until it is asked for."""

    body = json.dumps(POSTS[path], indent=4000)
    assert len(body) > 200000
    done = subprocess.run(
        ["curl", "-sS", "-v", "-m", "20", "-H", "Expect: 100-continue",
         "--expect100-timeout", "15", "--data-binary", "@-",
         server.url + path], check=True, input=body.encode(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert b"< HTTP/1.1 100 Continue" in done.stderr
    assert b"< HTTP/1.1 200 OK" in done.stderr


@pytest.mark.parametrize("path", GETS)
def test_get_and_head(server, path):
    get = curl(server.url + path)
    head = curl("-I", server.url + path)
    assert get.status == head.status == 200, get.body
    assert head.body == b""
    assert get.headers["content-type"].startswith("application/json")
    assert head.headers["content-length"] == get.headers["content-length"] \
        == str(len(get.body))
    assert head.headers["content-type"] == get.headers["content-type"]
    json.loads(get.body)


@pytest.mark.parametrize("path, methods", [
    *((path, {"POST", "OPTIONS"}) for path in POSTS
      if not path.startswith("/predict")),
    ("/predict/string", {"GET", "HEAD", "POST", "OPTIONS"}),
    *((path, {"GET", "HEAD", "OPTIONS"}) for path in GETS
      if not path.startswith("/predict")),
    ("/v2/repository/index", {"POST", "OPTIONS"})])
def test_options_and_verbs_that_are_wrong(server, path, methods):
    reply = curl("-X", "OPTIONS", server.url + path)
    assert reply.status == 204, reply.body
    assert set(reply.headers["allow"].split(", ")) == methods
    assert reply.body == b""

    for verb in {"GET", "POST", "PUT", "DELETE", "PATCH"} - methods:
        body = ["-d", "{}"] if verb != "GET" else []
        reply = curl("-X", verb, *body, server.url + path)
        assert reply.status == 405, reply.body
        assert set(reply.headers["allow"].split(", ")) == methods
        assert json.loads(reply.body)["error"]


def test_forms_of_names_and_versions(server, expected):
    """"%40" is "@", and a version may be cut short."""

    body = json.dumps({"instances": ROWS["double"]}).encode()

    for path in ("iris/versions/1", "iris/versions/1.0",
                 "iris/versions/1.0.0", "iris/labels/stable", "iris@stable",
                 "iris%40stable", "iris@1", "%69ris@1.0.0"):
        reply = curl("--data-binary", "@-",
                     f"{server.url}/v1/models/{path}:predict", body=body)
        assert reply.status == 200, (path, reply.body)
        assert json.loads(reply.body)["predictions"] == expected
