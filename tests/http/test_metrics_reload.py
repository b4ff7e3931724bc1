"""Counters over reloads, killed workers, and what the zone has room for."""

import os
import re
import signal
import socket

import pytest

from conftest import IRIS, wait_for
from exposition import scrape

ROW = {"X": [5.1, 3.5, 1.4, 0.2]}
M = {"model": "m", "version": "1.0.0"}

SERVER = """
    location ~ ^/p/(?<name>.+)$ { knn_predict $name; }
    location = /metrics { knn_metrics; }
"""


@pytest.fixture
def server(serve):
    server = serve(f"knn_model iris {IRIS};", SERVER, start=False, workers=2,
                   allowed=r"exited on signal 9|unknown directive|bind\(\)")
    server.start()
    return server


def reload(server, http, text=SERVER):
    """Returns when the workers of before are gone."""

    old = server.worker_pids()
    server.configure(http, text)
    server.signal(signal.SIGHUP)
    wait_for(lambda: not old & server.worker_pids()
             and len(server.worker_pids()) >= server.workers)


def predict(server, name="iris", n=1, row=ROW):
    for _ in range(n):
        assert server.post(f"/p/{name}", row).status == 200


def rows(server, model="iris", **labels):
    return scrape(server).sum("rows_total", model=model, **labels)


def settled(server, n, **labels):
    """A reply is sent before it is counted."""

    wait_for(lambda: rows(server, **labels) >= n)
    return rows(server, **labels) == n


def test_kept(server):
    predict(server, n=7)
    assert settled(server, 7)
    reload(server, f"knn_model iris {IRIS};")
    assert rows(server) == 7
    predict(server, n=3)
    assert settled(server, 10)


@pytest.mark.parametrize("workers", [1, 5])
def test_kept_with_other_workers(server, workers):
    predict(server, n=7)
    server.workers = workers
    reload(server, f"knn_model iris {IRIS};")
    predict(server, n=7)
    assert settled(server, 14)


def test_refused_configuration(server):
    predict(server, n=3)
    server.configure(f"knn_model iris {IRIS}; knn_model other {IRIS};",
                     "no_such_directive;")
    server.signal(signal.SIGHUP)
    wait_for(lambda: "unknown directive" in server.log())
    predict(server, n=3)
    assert settled(server, 6)
    assert not scrape(server).find("rows_total", model="other")


def test_configuration_that_fails_late(server):
    """The zone is taken over before the sockets are opened."""

    predict(server, n=3)

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server.configure(f"knn_model iris {IRIS}; knn_model other {IRIS};",
                         f"{SERVER} listen 127.0.0.1:{taken.getsockname()[1]};")
        server.signal(signal.SIGHUP)
        wait_for(lambda: "still could not bind()" in server.log())

    predict(server, n=3)
    assert settled(server, 6)

    reload(server, f"knn_model iris {IRIS}; knn_model other {IRIS};")
    assert rows(server) == 6
    assert rows(server, "other") == 0


def test_killed_workers(server):
    predict(server, n=9)
    assert settled(server, 9)
    old = server.worker_pids()

    for pid in old:
        os.kill(pid, signal.SIGKILL)

    wait_for(lambda: len(server.worker_pids()) == 2
             and not old & server.worker_pids())
    predict(server, n=2)
    assert settled(server, 11)


def test_in_flight(server):
    """Half a body keeps a request in flight, until its worker is killed."""

    half = b"POST /p/iris HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{"

    def in_flight():
        return scrape(server).get("requests_in_flight")

    connections = [server.connect() for _ in range(3)]

    for connection in connections:
        connection.send(half)

    wait_for(lambda: in_flight() == 3)
    connections.pop().close()
    wait_for(lambda: in_flight() == 2)

    # the workers of before still have them
    old = server.worker_pids()
    server.signal(signal.SIGHUP)
    wait_for(lambda: len(server.worker_pids() - old) == 2)
    assert in_flight() == 2

    for pid in old & server.worker_pids():
        os.kill(pid, signal.SIGKILL)

    wait_for(lambda: not old & server.worker_pids())
    assert in_flight() == 0


def test_models_come_and_go(server):
    two = f"knn_model iris {IRIS}; knn_model m {IRIS};"
    reload(server, two)
    assert scrape(server).get("rows_total", **M) == 0
    predict(server, "m", 4)
    assert settled(server, 4, model="m")

    reload(server, f"knn_model iris {IRIS};")
    assert not [labels for (_, labels) in scrape(server).samples
                if ("model", "m") in labels or ("primary", "m@1.0.0") in labels]

    reload(server, two)
    assert rows(server, "m") == 4
    reload(server, two.replace(f"m {IRIS}", f"m {IRIS} version=1.0.1"))
    assert rows(server, "m") == 0


def test_other_classes_start_from_zero(server, train):
    old, new = train(["a", "b"]), train(["a", "c"])
    one = {"X": [0.0]}

    reload(server, f"knn_model m {old};")
    predict(server, "m", 2, one)
    assert settled(server, 2, model="m")

    reload(server, f"knn_model m {new};")
    assert rows(server, "m") == 0
    predict(server, "m", 1, one)
    assert settled(server, 1, model="m")
    assert scrape(server).by("predictions_total", "class") == {"a": 1}

    # the same model trained anew
    reload(server, f"knn_model m {train(['a', 'c', 'a'])};")
    assert rows(server, "m") == 1
    reload(server, f"knn_model m {old};")
    assert rows(server, "m") == 2


def test_other_size(server):
    predict(server, n=2)
    assert settled(server, 2)
    reload(server, f"knn_zone 2m; knn_model iris {IRIS};")
    assert rows(server) == 0
    assert '"knn_zone" was 1048576 bytes and is 2097152' in server.log()
    predict(server, n=2)
    assert settled(server, 2)


@pytest.mark.parametrize("size, message", [
    ("31k", "is too small, at least 32768"), ("x", "invalid value"),
])
def test_bad_size(serve, size, message):
    server = serve(f"knn_zone {size}; knn_model iris {IRIS};", SERVER,
                   start=False, allowed="knn_zone")
    done = server.run("-t")
    assert done.returncode != 0
    assert message in done.stdout


def test_too_small_for_its_workers(serve):
    server = serve(f"knn_zone 32k; knn_model iris {IRIS};", SERVER,
                   start=False, workers=512, allowed="knn_zone")
    done = server.run("-t")
    assert done.returncode != 0
    assert '"knn_zone" of 32768 bytes is too small for 512 workers' \
        in done.stdout


def models(numbers):
    return "knn_zone 64k;" + "".join(f"knn_model m{i} {IRIS};"
                                     for i in numbers)


def test_full(server):
    reload(server, models(range(40)))
    lost = set(re.findall(r'"knn_zone" of 65536 bytes is full, the metrics of '
                          r'model "(m\d+)@1.0.0" are lost, give it more',
                          server.log()))
    has = {labels["model"] for labels, _ in scrape(server).find("rows_total")}
    assert lost and has
    assert lost | has == {f"m{i}" for i in range(40)} and not lost & has

    for name in min(lost), min(has):
        predict(server, name)

    assert settled(server, 1, model=min(has))
    assert scrape(server).find("model_info", model=min(lost))

    # those that are not served any more make room
    for start in range(0, 40, 5):
        wanted = range(start, start + 5)
        reload(server, models(wanted))
        assert {labels["model"] for labels, _
                in scrape(server).find("rows_total")} == {
                    f"m{i}" for i in wanted}

    predict(server, "m39", 3)
    assert settled(server, 3, model="m39")


def test_long_names(server):
    names = [letter * 3900 for letter in "abcdefgh"]
    reload(server, "".join(f"knn_model {name} {IRIS};\n" for name in names))
    assert len(scrape(server).find("shadow_rows_total")) == 2 * 8 * 7


def test_many_pairs(server):
    """Those of few models are there from the start, no others."""

    reload(server, f"knn_zone 4m; knn_model m0 {IRIS};" + "".join(
        f"knn_model m{i} {IRIS};" for i in range(1, 8)))
    assert len(scrape(server).find("shadow_rows_total")) == 2 * 8 * 7
    reload(server, f"knn_zone 4m; knn_model m8 {IRIS};" + "".join(
        f"knn_model m{i} {IRIS};" for i in range(8)))
    assert len(scrape(server).find("shadow_rows_total")) == 2 * 8 * 7
    reload(server, f"knn_zone 4m; knn_model m0 {IRIS};")
    assert not scrape(server).find("shadow_rows_total")


def test_pairs_of_many_versions(server):
    for first in range(1, 24):
        reload(server, "knn_zone 4m;" + "".join(
            f"knn_model iris {IRIS} version={version}.0.0;"
            for version in range(first, first + 3)))
        assert len(scrape(server).find("shadow_rows_total")) == 2 * 3 * 2


def test_without_models(serve):
    server = serve("", SERVER)
    assert server.post("/p/iris", ROW).status == 404
    wait_for(lambda: scrape(server).get(
        "requests_total", model="", version="", code="404") == 1)
    assert scrape(server).find("build_info")


def test_single_process(serve):
    server = serve(f"knn_model iris {IRIS};", SERVER, start=False)

    with open(server.path("nginx.conf")) as file:
        text = file.read()

    with open(server.path("nginx.conf"), "w") as file:
        file.write(text.replace("daemon on;", "daemon on; master_process off;"))

    assert server.run().returncode == 0
    wait_for(server.pid)
    wait_for(lambda: server.get("/metrics").status == 200)
    predict(server, n=3)
    assert settled(server, 3)
    assert scrape(server).get("requests_in_flight") == 0
