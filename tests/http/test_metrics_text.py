"""The document of the metrics: its two formats, and who gets which."""

import re
import shutil
import subprocess

import pytest

from conftest import IRIS, wait_for
from exposition import OPENMETRICS, scrape

IRIS_1 = {"model": "iris", "version": "1.0.0"}
TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPEN = "application/openmetrics-text; version=1.0.0; charset=utf-8"

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"


@pytest.fixture(scope="module")
def server(serve):
    server = serve(f"knn_model iris {IRIS}; charset utf-8;", """
        location /predict { knn_predict iris; }
        location = /metrics { knn_metrics; }
        location = /packed {
            knn_metrics;
            gzip on;
            gzip_types text/plain;
        }
    """, workers=2)
    for _ in range(5):
        assert server.get("/predict?X=5,3,1,0").status == 200
    wait_for(lambda: scrape(server).sum("requests_total") == 5)
    return server


@pytest.mark.parametrize("accept, expected", [
    (None, TEXT),
    ("*/*", TEXT),
    ("text/plain", TEXT),
    ("text/html", TEXT),
    ("application/openmetrics-text", OPEN),
    ("application/openmetrics-text; version=1.0.0", OPEN),
    ('Application/OpenMetrics-Text;version="1.0.0"', OPEN),
    ("application/openmetrics-text; version=0.0.1", TEXT),
    ("application/openmetrics-text; version=2.0.0", TEXT),
    ("application/openmetrics-text;q=0", TEXT),
    ("application/openmetrics-text;q=0.5, text/plain", TEXT),
    ("application/openmetrics-text;q=0.5, text/plain;q=0.2", OPEN),
    ("application/openmetrics-text;q=0.5, text/*;q=0.9, */*", TEXT),
    ("application/openmetrics-text, text/plain", OPEN),
    ("text/plain;q=0.3, application/openmetrics-text;q=0.4", OPEN),
    ("application/openmetrics-text;q=x", TEXT),
    # what Prometheus 2 and 3 send
    ("application/openmetrics-text;version=1.0.0,application/openmetrics-text;"
     "version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", OPEN),
    ("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
     "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;"
     "version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,"
     "*/*;q=0.2", OPEN),
])
def test_format(server, accept, expected):
    reply = server.get("/metrics", accept and {"Accept": accept})
    assert reply.status == 200
    assert reply.headers["content-type"] == expected
    assert reply.body.endswith(b"\n# EOF\n") == (expected == OPEN)
    assert reply.headers["cache-control"] == "no-store"


def test_methods(server):
    get = server.get("/metrics")
    head = server.request("HEAD", "/metrics")
    assert head.status == 200 and head.body == b""
    assert head.headers["content-type"] == TEXT
    assert head.headers["content-length"] == str(len(get.body))

    reply = server.post("/metrics", b"x")
    assert reply.status == 405
    assert reply.headers["allow"] == "GET, HEAD, OPTIONS"
    assert server.request("OPTIONS", "/metrics").status == 204


def test_compressed(server):
    reply = server.get("/packed", {"Accept-Encoding": "gzip"})
    assert reply.headers["content-encoding"] == "gzip"
    assert reply.headers["content-type"] == TEXT


@pytest.mark.skipif(shutil.which("promtool") is None,
                    reason="promtool is not installed")
def test_promtool(server):
    done = subprocess.run(["promtool", "check", "metrics"],
                          input=server.get("/metrics").body,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert (done.returncode, done.stdout) == (0, b"")


def test_both_say_the_same(server):
    text, openmetrics = scrape(server), scrape(server, openmetrics=True)

    def values(metrics):
        return {(name, frozenset((key, float(value) if key == "le" else value)
                                 for key, value in labels)): value
                for (name, labels), value in metrics.samples.items()}

    assert values(text) == values(openmetrics)
    assert ({family.name: family.type for family in text.families}
            == {family.name: family.type for family in openmetrics.families})
    assert all(family.documentation for family in text.families)
    assert all(family.name.startswith("nginx_knn_")
               for family in text.families)


def test_bounds_are_canonical(server):
    """As the clients of Prometheus write them in each format."""

    def bounds(body):
        return set(re.findall(r'le="([^"]*)"', body.decode()))

    text = bounds(server.get("/metrics").body)
    openmetrics = bounds(server.get("/metrics", OPENMETRICS).body)
    assert {"2.5e-05", "0.15", "1", "10", "100000", "+Inf"} <= text
    assert openmetrics == {str(float(bound)) if bound != "+Inf" else bound
                           for bound in text}


@pytest.fixture
def traced(serve):
    """A server of its own, because an exemplar stays."""

    server = serve(f"knn_model iris {IRIS};", """
        location = /predict { knn_predict iris; }
        location = /metrics { knn_metrics; }
    """)

    def request(traceparent):
        reply = server.get("/predict?X=5,3,1,0",
                           {"traceparent": traceparent})
        assert reply.status == 200
        wait_for(lambda: scrape(server).sum("requests_total") == 1)
        return scrape(server, openmetrics=True)

    return request


@pytest.mark.parametrize("traceparent", [
    f"00-{TRACE}-{PARENT}-01", f"00-{TRACE}-{PARENT}-00",
    f"cc-{TRACE}-{PARENT}-01-what-the-future-will-be-like",
])
def test_exemplar(traced, traceparent):
    metrics = traced(traceparent)
    ((name, labels), exemplar), = metrics.exemplars.items()
    assert name == "nginx_knn_request_duration_seconds_bucket"
    assert exemplar.labels == {"trace_id": TRACE}
    assert exemplar.value == metrics.get("request_duration_seconds_sum",
                                         **IRIS_1)
    assert exemplar.value <= float(dict(labels)["le"])
    assert float(exemplar.timestamp) >= metrics.get(
        "model_loaded_timestamp_seconds", **IRIS_1)


@pytest.mark.parametrize("traceparent", [
    "", "00", f"00-{TRACE}-{PARENT}", f"00-{TRACE}-{PARENT}-0",
    f"00-{TRACE}-{PARENT}-01-more", f"cc-{TRACE}-{PARENT}-01more",
    f"ff-{TRACE}-{PARENT}-01", f"00-{'0' * 32}-{PARENT}-01",
    f"00-{TRACE}-{'0' * 16}-01", f"00-{TRACE.upper()}-{PARENT}-01",
    f"00_{TRACE}-{PARENT}-01", f"00-{TRACE[:-1]}g-{PARENT}-01",
    f"00-{TRACE[:-1]}\"-{PARENT}-01", f"00-{TRACE}-{PARENT}-0x",
])
def test_no_exemplar(traced, traceparent):
    assert not traced(traceparent).exemplars
