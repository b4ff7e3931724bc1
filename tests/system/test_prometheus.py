"""A real Prometheus, Alertmanager and node-exporter with the configuration
that is shipped, beside a real nginx under load.

    KNN_MODULE=build/ngx_http_knn_module.so /usr/bin/python3 -m pytest \\
        tests/system/test_prometheus.py

Addresses are those of this machine, and time is a sixtieth: a window of an
hour is one of a minute.  With VTS_MODULE=/path/to/ngx_http_vhost_traffic_
status_module.so, built for the same nginx, its queries are tested, too.
"""

import contextlib
import glob
import http.client
import http.server
import itertools
import json
import math
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import numpy
import pytest
import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
VTS = os.environ.get("VTS_MODULE")

sys.path.insert(0, f"{ROOT}/tests/http")

from conftest import (IRIS, free_port, iris, serve,  # noqa: E402, F401
                      wait_for)

SPEED = 60
TOKEN = "of-this-test-alone"
VTS_CONF = f"{ROOT}/conf/modules/ngx_http_vhost_traffic_status_module"


def program(*names):
    """Debian's name, or that of the project."""

    return next(filter(None, map(shutil.which, names)), None)


PROMETHEUS = program("prometheus")
ALERTMANAGER = program("prometheus-alertmanager", "alertmanager")
NODE_EXPORTER = program("prometheus-node-exporter", "node_exporter")

pytestmark = pytest.mark.skipif(
    not (PROMETHEUS and ALERTMANAGER and NODE_EXPORTER),
    reason="scripts/packages monitoring has not been run")


def read(*names):
    with open(os.path.join(ROOT, *names), encoding="utf-8") as file:
        return file.read()


UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def shorten(text):
    """With windows and delays of a sixtieth, a window at least 5 seconds."""

    def seconds(match):
        before, number, unit = match.groups()
        n = int(number) * UNITS[unit] / SPEED
        return f"{before}{math.ceil(max(n, 5 if before == '[' else 1))}s"

    return re.sub(r"(\[|\bfor: |\boffset |interval: )(\d+)([smhd])\b",
                  seconds, text)


RULES = [rule for path in sorted(glob.glob(f"{ROOT}/prometheus/rules/*.yml"))
         for group in yaml.safe_load(read(path))["groups"]
         for rule in group["rules"]]


def targets():
    """(id, expression) of each query of each board."""

    for path in sorted(glob.glob(f"{ROOT}/prometheus/grafana/dashboards/*")):
        board = json.loads(read(path))

        for panel in board["panels"]:
            for target in panel.get("targets", ()):
                yield pytest.param(
                    target["expr"],
                    id=f'{board["uid"]}: {panel["title"]} {target["refId"]}')


def variables():
    for path in sorted(glob.glob(f"{ROOT}/prometheus/grafana/dashboards/*")):
        board = json.loads(read(path))

        for variable in board["templating"]["list"]:
            if variable["type"] == "query":
                yield pytest.param(
                    variable["query"],
                    id=f'{board["uid"]}: {variable["name"]}')


def runbook_queries():
    for path in sorted(glob.glob(f"{ROOT}/docs/runbooks/*.md")):
        for block in re.findall(r"```promql\n(.*?)```", read(path), re.S):
            for i, line in enumerate(block.splitlines()):
                yield pytest.param(
                    line, id=f"{os.path.basename(path)[:-3]} {i}")


def fill(expression):
    for name, value in (("$__rate_interval", "5s"), ("$job", ".+"),
                        ("$instance", ".+"), ("$model", ".*")):
        expression = expression.replace(name, value)

    return expression


def skip_what_is_not_here(text):
    if "traefik_" in text or 'view="edge"' in text:
        pytest.skip("Traefik is not part of this test")

    if "nginx_vts_" in text and not VTS:
        pytest.skip("VTS_MODULE does not name nginx-module-vts")


class Load:
    """Requests of ten rows, of a kind that can be changed, in a thread."""

    def __init__(self, server, iris):
        self.server = server
        self.kind = "usual"
        self.stopping = False
        self.thread = threading.Thread(target=self.run)

        random = numpy.random.default_rng(5)
        X, y = iris._fit_X, iris._y
        usual = numpy.vstack([random.multivariate_normal(
            X[y == k].mean(0), numpy.cov(X[y == k].T), 500)
            for k in range(3)])[random.permutation(1500)]
        drifted = usual + [0, 0, X[:, 2].std(), 0]

        self.requests = {
            "usual": ("/predict", self.bodies(usual)),
            "drifted": ("/predict", self.bodies(drifted)),
            "rejected": ("/predict", ['{"X":[[1,2]]}']),
            "failing": ("/limited", self.bodies(usual)),
        }

    @staticmethod
    def bodies(X):
        return [json.dumps({"X": rows.round(1).tolist()})
                for rows in numpy.split(X, len(X) // 10)]

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping = True
        self.thread.join()

    def run(self):
        for i in itertools.count():
            if self.stopping:
                return

            time.sleep(0.02)

            if self.kind == "none":
                continue

            path, bodies = self.requests[self.kind]

            # every other request is as usual, that all have some
            if i % 2:
                path, bodies = self.requests["usual"]

            with contextlib.suppress(OSError, http.client.HTTPException):
                self.server.post(path, bodies[i % len(bodies)].encode())


class Receiver(http.server.ThreadingHTTPServer):
    """What Alertmanager has sent: (path, status, labels) of each alert."""

    def __init__(self):
        self.received = []
        self.tokens = set()
        super().__init__(("127.0.0.1", 0), ReceiverHandler)

    def has(self, path, status, **labels):
        return any(path == at and status == was
                   and labels.items() <= has.items()
                   for at, was, has in self.received)


class ReceiverHandler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(
            int(self.headers["Content-Length"])))
        self.server.tokens.add(self.headers["Authorization"])
        self.server.received += [(self.path, alert["status"], alert["labels"])
                                 for alert in body["alerts"]]
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Prometheus:
    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"

    def get(self, path, **arguments):
        query = urllib.parse.urlencode(arguments, doseq=True)

        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/{path}?{query}",
                                        timeout=20) as reply:
                return json.load(reply)["data"]
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from None

    def query(self, expression):
        """The values that are numbers."""

        found = self.get("query", query=expression)["result"]
        values = [float(series["value"][1]) for series in found]
        return [value for value in values if not math.isnan(value)]

    def firing(self, name, **labels):
        return [alert for alert in self.get("alerts")["alerts"]
                if alert["labels"]["alertname"] == name
                and alert["state"] == "firing"
                and labels.items() <= alert["labels"].items()]


@pytest.fixture(scope="module")
def server(serve):  # noqa: F811
    """nginx with two versions of a model, of which one shadows the other."""

    server = serve(start=False, workers=2)
    server.metrics_port = free_port()
    http = f"include {VTS_CONF}/http.conf;" if VTS else ""
    metrics = f"include {VTS_CONF}/metrics.conf;" if VTS else ""

    server.configure(f"""
        knn_model iris {IRIS};
        knn_model iris {ROOT}/examples/iris/iris2.safetensors version=2.0.0;
        limit_req_zone $uri zone=one:1m rate=1r/m;
        {http}

        server {{
            listen 127.0.0.1:{server.metrics_port};
            location = /metrics {{ knn_metrics; }}
            {metrics}
        }}
    """, f"""
        location = /predict {{ mirror /shadow; knn_predict iris@1; }}
        location = /shadow {{ internal; knn_predict iris@2; }}
        location = /limited {{
            knn_predict iris@1;
            limit_req zone=one;
            limit_req_status 503;
        }}
    """)

    if VTS:
        with open(server.path("nginx.conf"), "r+") as conf:
            text = conf.read()
            conf.seek(0)
            conf.write(f"load_module {os.path.abspath(VTS)};\n{text}")

    server.start()
    return server


@pytest.fixture(scope="module")
def load(server, iris):  # noqa: F811
    with Load(server, iris) as load:
        yield load


@pytest.fixture(scope="module")
def receiver():
    receiver = Receiver()
    thread = threading.Thread(target=receiver.serve_forever)
    thread.start()
    yield receiver
    receiver.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    return tmp_path_factory.mktemp("monitoring")


@pytest.fixture(scope="module")
def spawn(directory):
    """spawn(name, arguments…) starts a program that ends with the tests."""

    with contextlib.ExitStack() as stack:

        def start(name, *arguments):
            log = stack.enter_context(open(directory / f"{name}.log", "w"))
            process = subprocess.Popen(arguments, stdout=log,
                                       stderr=subprocess.STDOUT)
            stack.callback(process.wait)
            stack.callback(process.terminate)
            return process

        yield start


def ready(url):
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False


@pytest.fixture(scope="module")
def node_exporter(spawn):
    port = free_port()
    spawn("node-exporter", NODE_EXPORTER,
          f"--web.listen-address=127.0.0.1:{port}")
    wait_for(lambda: ready(f"http://127.0.0.1:{port}/metrics"))
    return port


@pytest.fixture(scope="module")
def alertmanager(spawn, directory, receiver):
    port = free_port()
    (directory / "token").write_text(TOKEN)
    (directory / "alertmanager.yml").write_text(
        shorten(read("prometheus", "alertmanager.yml"))
        .replace("http://actions:9095",
                 f"http://127.0.0.1:{receiver.server_port}")
        .replace("/run/secrets/actions_token", str(directory / "token")))
    spawn("alertmanager", ALERTMANAGER,
          f"--config.file={directory}/alertmanager.yml",
          f"--storage.path={directory}/alertmanager",
          f"--web.listen-address=127.0.0.1:{port}",
          "--cluster.listen-address=")
    wait_for(lambda: ready(f"http://127.0.0.1:{port}/-/ready"))
    return port


@pytest.fixture(scope="module")
def prometheus(spawn, directory, server, load, node_exporter, alertmanager):
    port = free_port()
    config = yaml.safe_load(read("prometheus", "prometheus.yml"))
    config["global"].update(scrape_interval="1s", scrape_timeout="1s",
                            evaluation_interval="1s")
    found = {"nginx-knn": [server.metrics_port], "node": [node_exporter],
             "nginx-vts": [server.metrics_port] if VTS else [], "traefik": [],
             "alertmanager": [alertmanager], "prometheus": [port]}

    for place in config["scrape_configs"]:
        place.pop("dns_sd_configs", None)
        place["static_configs"] = [
            {"targets": [f"127.0.0.1:{at}" for at in found.pop(
                place["job_name"])]}]

    assert not found
    config["alerting"]["alertmanagers"] = [
        {"static_configs": [{"targets": [f"127.0.0.1:{alertmanager}"]}]}]

    (directory / "rules").mkdir()

    for path in glob.glob(f"{ROOT}/prometheus/rules/*.yml"):
        (directory / "rules" / os.path.basename(path)).write_text(
            shorten(read(path)))

    (directory / "prometheus.yml").write_text(yaml.safe_dump(config))
    spawn("prometheus", PROMETHEUS,
          f"--config.file={directory}/prometheus.yml",
          f"--storage.tsdb.path={directory}/prometheus",
          f"--web.listen-address=127.0.0.1:{port}")

    prometheus = Prometheus(port)
    wait_for(lambda: ready(f"{prometheus.url}/-/ready"))
    wait_for(lambda: prometheus.query("service:requests:rate5m > 0"), 60)
    return prometheus


# the longest of what needs a past: offset 1h, a minute here
@pytest.fixture(scope="module")
def watched(prometheus):
    wait_for(lambda: prometheus.query("model:nginx_knn_predictions:shift7d"),
             180)
    return prometheus


def test_targets_are_up(prometheus):
    wait_for(lambda: not prometheus.query("up == 0"))
    jobs = {target["labels"]["job"]
            for target in prometheus.get("targets")["activeTargets"]}
    assert jobs == {"nginx-knn", "node", "alertmanager",
                    "prometheus"} | ({"nginx-vts"} if VTS else set())


def test_rules_are_evaluated(watched):
    rules = [rule for group in watched.get("rules")["groups"]
             for rule in group["rules"]]
    assert len(rules) == len(RULES)
    assert not [rule for rule in rules if rule["health"] != "ok"]


@pytest.mark.parametrize("record", sorted({
    rule["record"] for rule in RULES if "record" in rule}))
def test_record_has_values(watched, record):
    assert watched.query(record)


@pytest.mark.parametrize("expression", targets())
def test_panel_has_data(watched, expression):
    skip_what_is_not_here(expression)

    if "node_filesystem" in expression and not watched.query(
            'node_filesystem_size_bytes{fstype=~"ext[234]|xfs|btrfs|zfs"}'):
        pytest.skip("no such file system is mounted here")

    assert watched.query(fill(expression))


@pytest.mark.parametrize("query", variables())
def test_variable_has_values(watched, query):
    selector, label = re.fullmatch(r"label_values\((.*), (\w+)\)",
                                   query).groups()
    skip_what_is_not_here(selector.replace("|traefik", "")
                          .replace("traefik_config", "traefik_"))
    found = watched.get("series", **{"match[]": fill(selector)})
    assert {series.get(label) for series in found} - {None}


@pytest.mark.parametrize("query", runbook_queries())
def test_query_of_runbook(watched, query):
    watched.query(query)


def sees(prometheus, receiver, name, path, cause, cure, **labels):
    """That an alert fires after its cause, is told, and ends with its cure."""

    assert not prometheus.firing(name, **labels)

    cause()
    wait_for(lambda: prometheus.firing(name, **labels), 120)
    (alert, *_) = prometheus.firing(name, **labels)
    assert "{{" not in str(alert) and "<no value>" not in str(alert)
    print(alert["annotations"]["description"])
    wait_for(lambda: receiver.has(path, "firing", alertname=name, **labels),
             90)

    cure()
    wait_for(lambda: not prometheus.firing(name, **labels), 180)
    wait_for(lambda: receiver.has(path, "resolved", alertname=name, **labels),
             60)


def change(load, kind):
    return lambda: setattr(load, "kind", kind)


def test_watchdog(watched, receiver):
    assert watched.firing("Watchdog")
    wait_for(lambda: receiver.has("/watchdog", "firing"), 30)


def test_usual_requests_are_no_alert(watched):
    firing = {alert["labels"]["alertname"]
              for alert in watched.get("alerts")["alerts"]
              if alert["state"] == "firing"}

    # of what is left out here, and of the machine
    assert firing - {name for name in firing if name.startswith("Node")} <= {
        "Watchdog", "JobMissing"}


def test_job_that_is_not_found(watched):
    assert watched.firing("JobMissing", job="traefik")


def test_failing_requests(watched, receiver, load):
    sees(watched, receiver, "AvailabilityBudgetBurn", "/page",
         change(load, "failing"), change(load, "usual"), view="server",
         window="1h")
    assert receiver.has("/action", "firing", action="rollback",
                        env="production")


def test_rejected_inputs(watched, receiver, load):
    sees(watched, receiver, "InputsRejected", "/ticket",
         change(load, "rejected"), change(load, "usual"), model="iris")


def test_drift(watched, receiver, load):
    sees(watched, receiver, "NoveltyDrift", "/ticket",
         change(load, "drifted"), change(load, "usual"), version="1.0.0")


def test_no_traffic(watched, receiver, load):
    sees(watched, receiver, "NoTraffic", "/ticket", change(load, "none"),
         change(load, "usual"), view="server")


def test_server_that_stops(watched, receiver, load, server):
    load.kind = "none"
    sees(watched, receiver, "ServiceDown", "/page", server.stop, server.start)


def test_receiver_is_told_who_asks(receiver):
    assert receiver.tokens == {f"Bearer {TOKEN}"}
