"""nginx-module-vts beside ours: VTS_SOURCE names the directory of its source.

    VTS_SOURCE=/path/to/nginx-module-vts /usr/bin/python3 -m pytest \\
        tests/system/vts_test.py

Both modules are built below VTS_OUT, build/vts if it is not set.
"""

import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
SOURCE = os.environ.get("VTS_SOURCE")
OUT = os.path.abspath(os.environ.get("VTS_OUT", f"{ROOT}/build/vts"))

os.environ["KNN_MODULE"] = f"{OUT}/ngx_http_knn_module.so"
sys.path.insert(0, f"{ROOT}/tests/http")

from conftest import BINARY, curl, serve, train, save, wait_for  # noqa: E402
from nginx_conf import replace, serve_conf  # noqa: E402

pytestmark = pytest.mark.skipif(
    not SOURCE, reason="VTS_SOURCE does not name the source of vts")

ROWS = {"setosa": [5.1, 3.5, 1.4, 0.2], "versicolor": [6.0, 2.9, 4.5, 1.5],
        "virginica": [6.9, 3.1, 5.4, 2.1]}
SERIES = re.compile(r'^(\w+)(?:\{(.*)\})? (\S+)$')


@pytest.fixture(scope="session")
def modules():
    os.makedirs(OUT, exist_ok=True)

    with open(f"{OUT}/vts.log", "w") as log:
        done = subprocess.run(
            ["make", "-j2", f"OUT={OUT}", f"NGINX={BINARY}",
             f"EXTRA_MODULES={SOURCE}", "module"], cwd=ROOT, stdout=log,
            stderr=subprocess.STDOUT)

    assert done.returncode == 0, f"see {OUT}/vts.log"
    return f"{OUT}/modules"


def serve_both(serve, modules, **options):
    """nginx.conf with what it includes of the modules that were built."""

    server = serve_conf(serve, start=False, **options)
    os.symlink(modules, server.path("build", "modules"))
    server.start()
    return server


@pytest.fixture(scope="module")
def server(serve, modules):
    return serve_both(serve, modules)


def monitor(server, path):
    return curl("-f", f"http://127.0.0.1:{server.metrics_port}{path}").decode()


def series(server):
    """The value of each series of vts, by name and labels."""

    found = {}

    for line in monitor(server, "/status/format/prometheus").splitlines():
        if not line.startswith("#"):
            name, labels, value = SERIES.match(line).groups()
            found[name, labels or ""] = float(value)

    return found


def predictions(server):
    found = {}

    for (name, labels), value in series(server).items():
        if name == "nginx_vts_filter_requests_total" and 'code="2xx"' in labels:
            found[re.sub(r',code=.*', "", labels)] = value

    return found


def key(model, label):
    return f'filter="prediction::{model}",filter_name="{label}"'


def test_is_tested_without_a_word(server):
    done = server.run("-t", "-q")
    assert (done.returncode, done.stdout) == (0, "")


def test_a_series_for_each_prediction(server):
    sent = {"setosa": 7, "versicolor": 5, "virginica": 3}

    # each on a connection of its own, so that both workers count
    for label, n in sent.items():
        for _ in range(n):
            reply = server.post("/predict", {"X": ROWS[label]})
            assert reply.json["prediction"] == label

    assert predictions(server) == {
        key("iris", label): n for label, n in sent.items()}

    values = series(server)
    buckets = "nginx_vts_filter_request_duration_seconds_bucket"
    within = values[buckets, f'{key("iris", "setosa")},le="0.150"']
    assert within <= values[buckets, f'{key("iris", "setosa")},le="+Inf"'] == 7
    assert ("nginx_vts_server_request_duration_seconds_bucket",
            'host="_",le="0.150"') in values


def test_no_text_of_a_client_is_a_series(server):
    server.get("/health")
    before = set(series(server))

    server.post("/predict", {"X": [1, 2]})
    server.post("/predict?forged", b"forged", {"X-Forged": "forged"})
    server.get("/forged")
    server.request("FORGED", "/predict")

    with server.connect() as connection:
        connection.send(b"GET / HTTP/1.1\r\nHost: forged\r\n\r\n")
        connection.response()

    assert set(series(server)) == before


def test_ours_beside_it(server):
    assert "nginx_knn_" in monitor(server, "/metrics")
    assert "nginx_vts_" in monitor(server, "/status/format/prometheus")


def test_status_pages(server):
    assert "<html" in monitor(server, "/status")
    assert "iris" in monitor(server, "/status/format/json")
    assert json.loads(monitor(server, "/status/format/json"))["filterZones"][
        "prediction::iris"]["setosa"]["requestCounter"] > 0


def test_status_is_not_public(server):
    for path in ("/status", "/status/format/prometheus", "/status/control"):
        assert server.get(path).status == 404


def test_counters_cannot_be_reset(server):
    before = predictions(server)
    said = curl(f"http://127.0.0.1:{server.metrics_port}/status/control"
                "?cmd=reset&group=*")
    assert b"404" in said
    assert predictions(server) == before


def test_scrapes_do_not_count(server):
    before = series(server)

    for path in ("/metrics", "/status", "/status/format/json", "/health"):
        monitor(server, path)

    name = ("nginx_vts_server_requests_total", 'host="_",code="2xx"')
    assert series(server)[name] == before[name]


def test_counters_survive_a_reload(server):
    before = predictions(server)
    workers = server.worker_pids()
    server.signal(signal.SIGHUP)
    wait_for(lambda: len(server.worker_pids()) == 2
             and not server.worker_pids() & workers)
    assert predictions(server) == before

    server.post("/predict", {"X": ROWS["setosa"]})
    before[key("iris", "setosa")] += 1
    assert predictions(server) == before


# the label "" of a class is no key, and vts ends a key at its own separator
LABELS = ['quote"', "back\\slash", "ü€😀", "a::b", "two words", "@", "{}"]


def test_labels_are_escaped(serve, modules, train):
    server = serve_both(serve, modules, pairs=[
        ("examples/iris/iris.joblib", train(LABELS))])

    for row in range(len(LABELS)):
        server.post("/predict", {"X": [row]})

    escaped = {label.replace("\\", "\\\\").replace('"', '\\"')
               for label in LABELS}
    assert set(predictions(server)) == {key("iris", label)
                                        for label in escaped}
    json.loads(monitor(server, "/status/format/json"))


def test_series_are_bounded(serve, modules, train):
    """More classes than nodes: the oldest make room, and nothing fails."""

    server = serve_both(serve, modules, pairs=[
        ("examples/iris/iris.joblib", train(list(range(1200))))])

    for row in range(1200):
        assert server.post("/predict", {"X": [row]}).status == 200

    assert len(predictions(server)) <= 1000
    assert "ngx_slab_alloc() failed" not in server.log()


def test_a_model_that_is_left_out(serve, modules):
    """As http.conf shows for models that do not predict classes."""

    server = serve_conf(serve, start=False, pairs=[
        ("examples/iris/iris.joblib",
         f"{ROOT}/tests/models/1.2.1/regressor.joblib"),
        ("knn_model iris", "knn_model prices"),
        ("knn_predict iris", "knn_predict prices")])
    shutil.copytree(modules, server.path("build", "modules"))
    (path,) = glob.glob(server.path("build", "modules", "http", "*.conf"))

    with open(path) as file:
        text = file.read()

    with open(path, "w") as file:
        file.write(replace(text, [("# prices", "prices")]))

    server.start()
    assert "predict" in server.post("/predict", {"X": [1, 2, 3]}).body.decode()
    assert predictions(server) == {}


@pytest.mark.skipif(not shutil.which("promtool"), reason="there is no promtool")
@pytest.mark.parametrize("path", ["/metrics", "/status/format/prometheus"])
def test_promtool(server, path):
    done = subprocess.run(["promtool", "check", "metrics"], text=True,
                          input=monitor(server, path), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    assert (done.returncode, done.stdout) == (0, "")
