"""Workers that die, a binary that is replaced, one process for all."""

import os
import signal
import subprocess

import pytest

from conftest import BINARY, ENVIRONMENT, IRIS, sanitized, wait_for

ROW = {"X": [5.1, 3.5, 1.4, 0.2]}


@pytest.fixture
def server(serve):
    return serve(f"knn_model iris {IRIS};",
                 "location = /predict { knn_predict iris; }",
                 start=False, workers=2)


def test_killed_workers_come_back(server):
    server.allowed = "exited on signal 9"
    server.start()
    old = server.worker_pids()

    for pid in old:
        os.kill(pid, signal.SIGKILL)

    wait_for(lambda: len(server.worker_pids()) == 2
             and not old & server.worker_pids())
    assert server.post("/predict", ROW).status == 200


@pytest.mark.skipif(sanitized(), reason="nginx hands LD_PRELOAD to no binary")
def test_the_binary_is_replaced(server):
    server.start()
    old = server.pid()
    server.signal(signal.SIGUSR2)
    wait_for(lambda: server.pid() not in (0, old)
             and len(server.worker_pids()) == 2)

    # its workers leave, the new ones answer
    os.kill(old, signal.SIGQUIT)
    wait_for(lambda: not os.path.exists(server.path("nginx.pid.oldbin")))
    assert all(server.post("/predict", ROW).status == 200 for _ in range(10))


def test_single_process(server):
    server.allowed = "is refused"

    with open(server.path("nginx.conf")) as file:
        text = file.read()

    def configure(old, new):
        with open(server.path("nginx.conf"), "w") as conf:
            conf.write(text.replace("daemon on;",
                                    "daemon off; master_process off;")
                       .replace(old, new))

    configure("", "")
    process = subprocess.Popen([BINARY, "-p", server.directory, "-e",
                                server.path("error.log"), "-c",
                                server.path("nginx.conf")], env=ENVIRONMENT)

    try:
        wait_for(lambda: server.pid() == process.pid)
        assert server.post("/predict", ROW).status == 200

        # nginx itself has no connections left after a reload that succeeds

        configure(IRIS, server.path("nginx.conf"))
        server.signal(signal.SIGHUP)
        wait_for(lambda: "is refused" in server.log())
        assert server.post("/predict", ROW).status == 200

    finally:
        process.send_signal(signal.SIGQUIT)
        assert process.wait(20) == 0
