"""Versions come and go under load, and no client notices a reload."""

import json
import os
import shutil
import signal
import time

import pytest

from conftest import wait_for
from load import Load
from wire import encode

RELOADS = 50
CONNECTIONS = 16
SECONDS = 8

ROW = b'{"X":[0]}'
PREDICT = """
    keepalive_requests 100000000;
    location = /predict { knn_predict m; }
"""

# with one server, what fails on a connection from the cache is tried anew as
# often as it takes; several are given up when each has failed once
PROXY = """
    upstream knn {{
        server 127.0.0.1:{port} max_fails=0;
        keepalive 32;
    }}
"""
FORWARD = """
    keepalive_requests 100000000;

    location / {
        proxy_pass http://knn;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_next_upstream error timeout non_idempotent;
    }
"""


@pytest.fixture
def server(serve):
    nginx = serve("knn_model_repository repo;", PREDICT, start=False, workers=2)
    os.makedirs(nginx.path("repo/m"))
    return nginx


@pytest.fixture
def proxy(serve, server):
    return serve(PROXY.format(port=server.port), FORWARD, workers=2)


@pytest.fixture
def models(train):
    """What even and odd versions answer."""

    return [train(["even"] * 2), train(["odd"] * 2)]


def publish(server, models, version):
    """Renamed into place; of the older ones one is left."""

    new = server.path("repo/m", f"tmp-{version}")
    os.makedirs(new)
    shutil.copy(models[version % 2], new + "/model.joblib")
    os.rename(new, server.path("repo/m", str(version)))
    shutil.rmtree(server.path("repo/m", str(version - 2)), ignore_errors=True)


def under_load(proxy, work):
    request = encode("POST", "/predict", ROW)

    with Load(proxy.port, request, CONNECTIONS) as load:
        began = time.monotonic()
        work()
        time.sleep(max(0, SECONDS - (time.monotonic() - began)))

    return load


def test_reloads_with_swaps(server, proxy, models, record_property):
    publish(server, models, 1)
    server.start()
    quiet = under_load(proxy, lambda: None)

    def reloads():
        for version in range(2, RELOADS + 2):
            old = server.worker_pids()
            publish(server, models, version)
            server.signal(signal.SIGHUP)
            wait_for(lambda: not old & server.worker_pids())

    busy = under_load(proxy, reloads)

    for name, load in (("without", quiet), ("with", busy)):
        text = (f"{len(load.seconds)} requests, p50 {load.quantile(0.5):.2f} "
                f"p99 {load.quantile(0.99):.2f} "
                f"p99.9 {load.quantile(0.999):.2f} "
                f"max {load.quantile(1):.2f} ms")
        record_property(f"{name} reloads", text)
        print(f"{name} reloads: {text}")

    # not one has failed, and each was answered by one version alone
    assert not quiet.failed and not busy.failed

    versions = set()

    for body in busy.bodies:
        reply = json.loads(body)
        version = int(reply["version"].split(".")[0])
        assert reply == {"prediction": ("even", "odd")[version % 2],
                         "model": "m", "version": f"{version}.0.0"}
        versions.add(version)

    assert versions <= set(range(1, RELOADS + 2))
    assert len(versions) > RELOADS / 2
    assert server.post("/predict", ROW).json["version"] == f"{RELOADS + 1}.0.0"

    # loosely, others use this machine too
    assert busy.quantile(0.999) < 5 * quiet.quantile(0.999) + 100
