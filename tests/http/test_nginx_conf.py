"""nginx.conf of the top, and how "make run" serves it."""

import os
import re
import shutil
import signal
import socket
import subprocess

import pytest

from conftest import (BINARY, ENVIRONMENT, MODULE, ROOT, curl, free_port,
                      sanitized, wait_for)
from nginx_conf import lay_out, replace, serve_conf

BODY = {"X": [5.1, 3.5, 1.4, 0.2]}
REPLY = b'{"prediction":"setosa","model":"iris","version":"1.0.0"}'


@pytest.fixture(scope="module")
def server(serve):
    return serve_conf(serve)


def test_is_tested_without_a_word(server):
    done = server.run("-t", "-q")
    assert (done.returncode, done.stdout) == (0, "")


def test_serves(server):
    assert server.post("/predict", BODY).body == REPLY
    assert server.get("/models").json["models"][0]["name"] == "iris"
    assert server.get("/health").status == 200
    assert b"nginx_knn_requests_total" in server.get("/metrics").body


def test_metrics_have_a_listener_of_their_own(server):
    url = f"http://127.0.0.1:{server.metrics_port}"
    assert b"nginx_knn_requests_total" in curl(f"{url}/metrics")
    assert b"nginx_knn" not in curl(f"{url}/predict?X=5.1,3.5,1.4,0.2")
    curl("-f", f"{url}/health")

    with open(f"/proc/{server.pid()}/net/tcp") as file:
        listening = {line.split()[1] for line in file
                     if line.split()[3] == "0A"}

    assert f"0100007F:{server.metrics_port:04X}" in listening, \
        "others than this machine can read the metrics"


def test_requests_have_an_id(server):
    own = server.get("/health").headers["x-request-id"]
    assert len(own) == 32

    for sent, answered in (("abc-1.2:3", True), ("a b", False),
                           ('"', False), ("x" * 200, False)):
        reply = server.get("/health", {"X-Request-Id": sent})
        assert (reply.headers["x-request-id"] == sent) == answered


def test_reload(server):
    before = server.worker_pids()
    server.signal(signal.SIGHUP)
    wait_for(lambda: len(server.worker_pids()) == 2
             and not server.worker_pids() & before)
    assert server.post("/predict", BODY).body == REPLY


def test_includes_follow_the_modules_that_were_built(tmp_path):
    vts = "ngx_http_vhost_traffic_status_module"
    (tmp_path / "nginx").mkdir()
    modules = tmp_path / "modules"

    def collect(*names):
        for module in (tmp_path / "nginx").iterdir():
            module.unlink()

        for name in names:
            (tmp_path / "nginx" / f"{name}.so").write_bytes(b"")

        subprocess.run([f"{ROOT}/scripts/collect", tmp_path], check=True)
        return {str(path.relative_to(modules))
                for path in modules.rglob("*.conf")}

    assert collect("ngx_http_knn_module", "other", vts) == {
        "other.conf", f"{vts}.conf", f"http/{vts}.conf", f"metrics/{vts}.conf"}
    assert (modules / f"{vts}.conf").read_text() \
        == f"load_module {tmp_path}/{vts}.so;\n"
    assert "zone" in (modules / "http" / f"{vts}.conf").read_text()

    assert collect("ngx_http_knn_module") == set(), \
        "nginx would still load what is no longer asked for"


def test_commands_of_the_readme(serve):
    """With all that nginx.conf has ready, at once."""

    with open(f"{ROOT}/README.md", encoding="utf-8") as file:
        text = re.search("^## In production$.*?(?=^## )", file.read(),
                         re.M | re.S).group(0)

    blocks = re.findall(r"^```console\n(.*?)^```$", text, re.M | re.S)
    commands = [line for block in blocks for line in block.splitlines()
                if "/status" not in line]
    assert len(commands) == 7

    server = serve_conf(
        serve, "include conf/limits.conf;", "include conf/keys.conf;",
        "include conf/tls.conf;", "limit_req zone=clients burst=200 nodelay;",
        "limit_conn connections 64;",
        'if ($api_client = "") { return 401; }', start=False)
    os.rmdir(server.path("conf", "secret"))
    tls_port = free_port()

    with open(server.path("conf", "tls.conf")) as file:
        tls = file.read()

    with open(server.path("conf", "tls.conf"), "w") as file:
        file.write(replace(tls, [("listen 8443", f"listen {tls_port}")]))

    for command in commands:
        if command == "nginx -s reload":
            server.start()
            continue

        done = subprocess.run(
            command.replace("curl ", "curl -fsS ", 1)
            .replace(":9145", f":{server.metrics_port}")
            .replace(":8443", f":{tls_port}"),
            shell=True, cwd=server.directory, timeout=20, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert done.returncode == 0, done.stderr

        if "predict" in command:
            assert done.stdout.encode() == REPLY

    for name in ("clients.keys", "tls.key"):
        mode = os.stat(server.path("conf", "secret", name)).st_mode
        assert mode & 0o777 == 0o600, f"others can read {name}"

    assert server.post("/predict", BODY).status == 401


@pytest.fixture
def tree(tmp_path):
    """A tree that is built, with scripts/run in it."""

    lay_out(tmp_path)
    shutil.copy(os.path.join(ROOT, "nginx.conf"), tmp_path)
    (tmp_path / "scripts").mkdir()
    shutil.copy(os.path.join(ROOT, "scripts", "run"), tmp_path / "scripts")

    return tmp_path


def run(tree, port, **variables):
    with open(tree / "output", "w") as output:
        return subprocess.Popen(
            ["scripts/run", BINARY, str(port)], cwd=tree, stdout=output,
            stderr=subprocess.STDOUT, env=dict(ENVIRONMENT, **variables))


def said(tree):
    return (tree / "output").read_text(errors="replace")


@pytest.mark.skipif(sanitized() or not MODULE,
                    reason="make run loads a module that is not sanitized")
@pytest.mark.parametrize("variables", [{}, {"METRICS_PORT": None}])
def test_run(tree, variables):
    port = free_port()
    metrics = port + 1065

    if variables:
        metrics = free_port()
        variables = {"METRICS_PORT": str(metrics)}

    process = run(tree, port, **variables)

    try:
        wait_for(lambda: process.poll() is not None
                 or "start worker process" in said(tree))
        assert process.poll() is None, said(tree)
        (command,) = [line for line in said(tree).splitlines()
                      if line.startswith("curl -X POST")]
        assert subprocess.check_output(
            command.replace("curl", "curl -sS", 1), shell=True,
            timeout=20) == REPLY

        assert f"curl http://localhost:{metrics}/metrics" in said(tree)
        assert b"nginx_knn_requests_total" in curl(
            f"http://localhost:{metrics}/metrics")

    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


@pytest.mark.parametrize("name", ["PORT", "METRICS_PORT"])
def test_run_on_a_port_in_use(tree, name):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        free = free_port()

        if name == "PORT":
            process = run(tree, port)
        else:
            process = run(tree, free, METRICS_PORT=str(port))

        assert process.wait(20) == 1
        assert said(tree) == (f"make run: port {port} is in use, choose "
                              f"another: make run {name}=...\n")
