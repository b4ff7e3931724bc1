"""What the module costs, and that it gives everything back."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import time

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
IRIS = os.path.join(ROOT, "examples", "iris", "iris.joblib")

# nginx itself takes $NGINX for the sockets of a binary that it replaces
BINARY = (os.environ.pop("NGINX", None) or shutil.which("nginx")
          or "/usr/sbin/nginx")
MODULE = os.environ.get("KNN_MODULE", os.path.join(
    ROOT, "build", "ngx_http_knn_module.so"))

REQUESTS = 10000
RELOADS = int(os.environ.get("KNN_RELOADS", 1000))
RELOADS = 20

CONF = """
{load}
user root;
worker_processes {workers};
daemon off;
error_log {directory}/error.log info;
pid {directory}/nginx.pid;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {directory}/temp;
    proxy_temp_path {directory}/temp;
    fastcgi_temp_path {directory}/temp;
    uwsgi_temp_path {directory}/temp;
    scgi_temp_path {directory}/temp;
    keepalive_requests 1000000;
    {http}
    server {{
        listen 127.0.0.1:{port};
        {server}
    }}
}}
"""

HTTP = f"knn_model iris {IRIS};"
SERVER = """
    location /predict { knn_predict iris; }
    location /models { knn_info; }
    location /health { knn_health; }
"""

BODIES = (
    ("/predict", b'{"X":[5.1,3.5,1.4,0.2]}', 200),
    ("/predict?output=predict,predict_proba,kneighbors",
     b'{"X":[[5.1,3.5,1.4,0.2],[6.2,2.9,4.3,1.3]]}', 200),
    ("/predict", b'{"X":[{"sepal_length":5,"sepal_width":3,"petal_length":1,'
                 b'"petal_width":0}]}', 200),
    ("/predict", b"5.1,3.5,1.4,0.2\n4,4,4,4\n", 200),
    ("/predict", json.dumps({"X": [[1.5, 2, 3, 4]] * 5000}).encode(), 200),
    ("/predict", b'{"X":[5.1,3.5,1.4]}', 422),
    ("/predict", b'{"X":[5.1,3.5,1.4,0.2]', 400),
    ("/predict", b'{"' + b"\\u00e9" * 5000 + b'":1,"X":[1,2,3,4]}', 200),
    ("/predict", b"", 400),
)


class Server:
    def __init__(self, directory, http=HTTP, server=SERVER, load=True,
                 workers=1, wrapper=()):
        self.directory = str(directory)

        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

        conf = os.path.join(self.directory, "nginx.conf")

        with open(conf, "w") as file:
            file.write(CONF.format(
                load=f"load_module {os.path.abspath(MODULE)};" if load else "",
                directory=self.directory, workers=workers, http=http,
                server=server, port=self.port))

        self.process = subprocess.Popen(
            [*wrapper, BINARY, "-p", self.directory, "-c", conf])
        self.wait(lambda: self.log().count("start worker process ") == workers)

    def log(self):
        try:
            with open(os.path.join(self.directory, "error.log")) as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def wait(self, condition, seconds=120):
        deadline = time.monotonic() + seconds

        while not condition():
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.02)

    def children(self):
        pid = self.process.pid

        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return list(map(int, file.read().split()))

    def reload(self, seconds=120):
        old = set(self.children())
        self.process.send_signal(signal.SIGHUP)
        self.wait(lambda: self.children() and not old & set(self.children()),
                  seconds)

    def stop(self):
        self.process.send_signal(signal.SIGQUIT)
        assert self.process.wait(120) == 0
        assert not re.search(r"\[(alert|emerg)\]", self.log()), self.log()


def smaps(pid, field):
    """Kilobytes of a process."""

    with open(f"/proc/{pid}/smaps_rollup") as file:
        return sum(int(line.split()[1]) for line in file
                   if line.startswith(field + ":"))


def load(server, requests):
    connection = http.client.HTTPConnection("127.0.0.1", server.port,
                                            timeout=120)

    for i in range(requests):
        # large bodies are rare, so that the many are fast
        path, body, status = BODIES[i % len(BODIES) if i % 10 == 0 else i % 4]
        connection.request("POST", path, body)
        reply = connection.getresponse()
        assert reply.status == status, (reply.read(), body[:100])
        reply.read()

    for path in ("/models", "/health", "/predict?X=5.1,3.5,1.4,0.2"):
        connection.request("GET", path)
        reply = connection.getresponse()
        assert reply.status == 200
        reply.read()

    connection.close()


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="no valgrind")
def test_valgrind(tmp_path):
    """Nothing is lost or misread over many requests and reloads."""

    wrapper = ["valgrind", "--leak-check=full", "--show-leak-kinds=definite",
               "--errors-for-leak-kinds=definite", "--keep-debuginfo=yes",
               "--num-callers=30",
               f"--log-file={tmp_path}/valgrind.%p",
               f"--suppressions={os.path.dirname(__file__)}/nginx.supp"]
    server = Server(tmp_path, wrapper=wrapper)

    for _ in range(RELOADS):
        load(server, REQUESTS // RELOADS)
        server.reload()

    load(server, 10)
    server.stop()

    logs = [path for path in tmp_path.iterdir()
            if path.name.startswith("valgrind.")]

    # the master, and a worker for each configuration
    assert len(logs) >= RELOADS + 2

    for path in logs:
        text = path.read_text()
        errors = re.search(r"ERROR SUMMARY: (\d+) errors", text)
        assert errors is not None, text
        assert errors.group(1) == "0", text


@pytest.mark.parametrize("swapped", [False, True])
def test_reloads_leave_nothing(tmp_path, swapped):
    """The master's memory and descriptors are flat over a thousand reloads."""

    model = str(tmp_path / "m.joblib")
    shutil.copy(IRIS, model)
    server = Server(tmp_path, HTTP.replace(IRIS, model))

    def reload():
        if swapped:
            shutil.copy(IRIS, model + ".new")
            os.rename(model + ".new", model)

        server.reload()

    def held():
        pid = server.process.pid
        return (smaps(pid, "Private_Dirty"),
                len(os.listdir(f"/proc/{pid}/fd")),
                sum(1 for _ in open(f"/proc/{pid}/maps")))

    for _ in range(20):
        reload()

    before = held()

    for _ in range(RELOADS):
        reload()

    after = held()
    server.stop()
    print("private kB, descriptors, mappings:", before, after)

    assert after[0] - before[0] < 256
    assert after[1] == before[1]
    assert after[2] - before[2] <= 2


def test_footprint(tmp_path):
    """A worker with the iris model costs under 2 MB more than a bare one."""

    sizes = {}

    for name, options in (("bare", {"http": "", "server": "", "load": False}),
                          ("iris", {})):
        directory = tmp_path / name
        directory.mkdir()
        server = Server(directory, workers=2, **options)

        if name == "iris":
            load(server, 200)

        sizes[name] = max(smaps(pid, "Pss") for pid in server.children())
        server.stop()

    print("PSS of a worker, kB:", sizes)
    assert sizes["iris"] - sizes["bare"] < 2048


def test_start_time(tmp_path):
    """Testing a configuration with the iris model takes under 20 ms more."""

    times = {}
    confs = {}

    for name, options in (("bare", {"http": "", "server": "", "load": False}),
                          ("iris", {})):
        directory = tmp_path / name
        directory.mkdir()
        server = Server(directory, **options)
        server.stop()
        confs[name] = [BINARY, "-p", str(directory), "-q", "-t", "-c",
                       str(directory / "nginx.conf")]
        times[name] = []

    for _ in range(15):
        for name, command in confs.items():
            began = time.monotonic()
            subprocess.run(command, check=True)
            times[name].append(time.monotonic() - began)

    median = {name: statistics.median(each) for name, each in times.items()}
    print("seconds of nginx -t:", median)
    assert median["iris"] - median["bare"] < 0.020
