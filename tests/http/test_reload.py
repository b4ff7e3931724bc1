"""A reload serves the new model; a refused one leaves the old serving."""

import os
import shutil
import signal

import pytest

from conftest import sanitized, wait_for

SERVER = """
    location = /predict { knn_predict m; }
    location = /models { knn_info; }
"""


@pytest.fixture
def server(serve, train):
    nginx = serve(start=False, workers=2,
                  allowed=r'model "m@1.0.0" is refused|unknown directive')
    shutil.copy(train(["old", "old"]), nginx.path("m.joblib"))
    nginx.configure("knn_model m m.joblib;", SERVER)
    nginx.start()
    return nginx


def publish(server, data):
    with open(server.path("m.new"), "wb") as file:
        file.write(data)

    os.rename(server.path("m.new"), server.path("m.joblib"))


def read(path):
    with open(path, "rb") as file:
        return file.read()


def label(server):
    return server.post("/predict", {"X": [0]}).json["prediction"]


def test_good_model(server, train):
    old = server.worker_pids()
    assert label(server) == "old"
    etag = server.get("/models").headers["etag"]

    publish(server, read(train(["new", "new"])))
    assert label(server) == "old"

    server.signal(signal.SIGHUP)
    wait_for(lambda: not old & server.worker_pids())

    assert {label(server) for _ in range(20)} == {"new"}
    assert server.get("/models").headers["etag"] != etag


@pytest.mark.parametrize("bad", ["truncated", "empty", "text", "missing"])
def test_refused_model(server, train, bad):
    old = server.worker_pids()
    data = read(server.path("m.joblib"))

    if bad == "missing":
        os.unlink(server.path("m.joblib"))
    else:
        publish(server, {"truncated": data[:len(data) // 2], "empty": b"",
                         "text": b"<html>not found</html>"}[bad])

    assert server.run("-t").returncode != 0

    server.signal(signal.SIGHUP)
    wait_for(lambda: server.log().count("is refused") >= 2)

    assert {label(server) for _ in range(20)} == {"old"}
    assert server.worker_pids() == old

    # and the next good one is taken
    publish(server, read(train(["next", "next"])))
    server.signal(signal.SIGHUP)
    wait_for(lambda: not old & server.worker_pids())
    assert label(server) == "next"


def test_keepalive_connection_goes_over(server, train):
    old = server.worker_pids()

    with server.connect() as connection:
        assert connection.post("/predict", {"X": [0]}).status == 200
        publish(server, read(train(["new", "new"])))
        server.signal(signal.SIGHUP)
        wait_for(lambda: not old & server.worker_pids())

    assert label(server) == "new"


@pytest.mark.skipif(sanitized(), reason="sanitizers keep freed memory")
def test_many_reloads_do_not_grow(server):
    def memory():
        with open(f"/proc/{server.pid()}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def reload():
        old = server.worker_pids()
        server.signal(signal.SIGHUP)
        wait_for(lambda: len(server.worker_pids()) == 2
                 and not old & server.worker_pids())

    for _ in range(5):
        reload()

    before = memory()
    files = len(os.listdir(f"/proc/{server.pid()}/fd"))

    for _ in range(15):
        reload()

    assert len(os.listdir(f"/proc/{server.pid()}/fd")) == files
    assert memory() - before < 1 << 20
    assert label(server) == "old"
