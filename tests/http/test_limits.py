"""What nginx.conf has ready: limits, credentials and TLS."""

import base64
import json
import os
import subprocess

import pytest

from conftest import curl, free_port, wait_for
from nginx_conf import serve_conf
from wire import encode

BODY = {"X": [5.1, 3.5, 1.4, 0.2]}
KEY = "6f1d0c2a4b8e9f7364d5a1b2c3d4e5f6"


def check_problem(reply, status):
    assert reply.status == status
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json["status"] == status
    assert reply.json["detail"]


def rewrite(server, name, old, new):
    with open(server.path("conf", name)) as file:
        text = file.read()

    assert old in text
    with open(server.path("conf", name), "w") as file:
        file.write(text.replace(old, new))


def write_secret(server, name, text):
    path = server.path("conf", "secret", name)

    with open(path, "w", opener=lambda path, flags: os.open(
            path, flags, 0o600)) as file:
        file.write(text)


def test_requests_of_a_client(serve):
    server = serve_conf(
        serve, "include conf/limits.conf;",
        "limit_req zone=clients burst=200 nodelay;", start=False,
        pairs=[("burst=200", "burst=2")])
    rewrite(server, "limits.conf", "rate=1000r/s", "rate=1r/m")
    server.start()

    with server.connect() as connection:
        replies = [connection.post("/predict", BODY) for _ in range(5)]
        statuses = [reply.status for reply in replies]
        assert statuses == [200, 200, 200, 429, 429]

        for reply in replies[3:]:
            check_problem(reply, 429)
            assert int(reply.headers["retry-after"]) > 0
            assert reply.keepalive

    metrics = curl(f"http://127.0.0.1:{server.metrics_port}/metrics")
    assert b"nginx_knn_" in metrics, "the monitoring is limited as well"


def test_requests_at_the_rate_that_is_shown(serve):
    server = serve_conf(serve, "include conf/limits.conf;",
                           "limit_req zone=clients burst=200 nodelay;",
                           "limit_conn connections 64;")

    with server.connect() as connection:
        for _ in range(150):
            assert connection.post("/predict", BODY).status == 200


def test_connections_of_a_client(serve):
    server = serve_conf(serve, "include conf/limits.conf;",
                           "limit_conn connections 64;",
                           pairs=[("connections 64", "connections 1")])
    body = json.dumps(BODY).encode()

    with server.connect() as first:
        first.send(encode("POST", "/predict", headers={
            "Content-Length": str(len(body)), "Expect": "100-continue"}))
        assert first.until(b"\r\n\r\n").startswith(b"HTTP/1.1 100")

        reply = server.post("/predict", BODY)
        check_problem(reply, 429)
        assert int(reply.headers["retry-after"]) > 0

        first.send(body)
        assert first.response().status == 200

    wait_for(lambda: server.post("/predict", BODY).status == 200)


@pytest.fixture(scope="module")
def keys(serve):
    server = serve_conf(serve, "include conf/keys.conf;",
                           'if ($api_client = "") { return 401; }',
                           start=False)
    write_secret(server, "clients.keys", f"{KEY}  alice;\n")
    server.start()
    return server


@pytest.mark.parametrize("headers", [
    None, {"X-API-Key": ""}, {"X-API-Key": KEY[:-1]}, {"X-API-Key": "alice"},
    {"X-API-Key": "default"}, {"Authorization": KEY}])
def test_no_key(keys, headers):
    for reply in (keys.post("/predict", BODY, headers),
                  keys.get("/predict?X=5.1,3.5,1.4,0.2", headers)):
        check_problem(reply, 401)
        assert reply.headers["www-authenticate"] == 'ApiKey realm="knn"'
        assert "x-request-id" in reply.headers


def test_key(keys):
    reply = keys.post("/predict", BODY, {"X-API-Key": KEY})
    assert reply.status == 200
    assert "www-authenticate" not in reply.headers
    assert keys.get("/health").status == 200


def test_no_keys_at_all(serve):
    server = serve_conf(serve, "include conf/keys.conf;",
                           'if ($api_client = "") { return 401; }')
    check_problem(server.post("/predict", BODY, {"X-API-Key": ""}), 401)


def test_passwords(serve):
    server = serve_conf(serve, "auth_basic knn;",
                           "auth_basic_user_file conf/secret/users;",
                           start=False)
    hashed = subprocess.check_output(
        ["openssl", "passwd", "-apr1", "secret"], text=True)
    write_secret(server, "users", f"alice:{hashed}")
    server.start()

    def post(credentials):
        value = base64.b64encode(credentials).decode()
        return server.post("/predict", BODY, {
            "Authorization": f"Basic {value}"})

    assert post(b"alice:secret").status == 200

    for reply in (post(b"alice:wrong"), post(b"bob:secret"),
                  post(b"\xff\n:"), server.post("/predict", BODY)):
        check_problem(reply, 401)
        assert reply.headers["www-authenticate"] == 'Basic realm="knn"'


@pytest.fixture(scope="module")
def tls(serve):
    server = serve_conf(serve, "include conf/tls.conf;", start=False)
    server.tls_port = free_port()
    rewrite(server, "tls.conf", "8443", f"127.0.0.1:{server.tls_port}")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", server.path("conf", "secret", "tls.key"),
         "-out", server.path("conf", "secret", "tls.crt")],
        check=True, stderr=subprocess.DEVNULL)
    server.start()
    return server


@pytest.mark.parametrize("options, version", [
    (["--http2"], b"2"), (["--http1.1"], b"1.1"),
    (["--http2", "--tls-max", "1.2"], b"2")])
def test_tls(tls, options, version):
    said = curl(*options, "--cacert", tls.path("conf", "secret", "tls.crt"),
                "--resolve", f"localhost:{tls.tls_port}:127.0.0.1",
                "-d", json.dumps(BODY), "-w", "\n%{http_version} %{http_code}",
                f"https://localhost:{tls.tls_port}/predict")
    reply, result = said.split(b"\n")
    assert json.loads(reply)["prediction"] == "setosa"
    assert result == version + b" 200"


def test_old_tls(tls):
    done = subprocess.run(
        ["curl", "-sSk", "-m", "20", "--tlsv1.0", "--tls-max", "1.1",
         "--ciphers", "DEFAULT@SECLEVEL=0",
         f"https://127.0.0.1:{tls.tls_port}/health"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode != 0
    assert b"protocol version" in done.stderr


def test_http_stays_beside_tls(tls):
    assert tls.post("/predict", BODY).status == 200
