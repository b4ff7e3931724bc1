"""Large requests leave the event loop, and the worker, to others."""

import json
import os
import signal
import threading
import time

import numpy
import pytest

from conftest import IRIS, sanitized, wait_for
from wire import encode

MODES = ["off", "big"]
ROWS = 10000

HTTP = f"""
    knn_model iris {IRIS};
    knn_max_queue 4;
    client_body_buffer_size 256k;
"""


@pytest.fixture(scope="module", params=MODES)
def server(request, serve):
    nginx = serve(start=False)
    configure(nginx, request.param)
    nginx.start()
    return nginx


def configure(nginx, mode, http=HTTP):
    pool = "" if mode == "off" else f"thread_pool {mode} threads=1;"
    nginx.configure(http, f"""
        knn_thread_pool {mode};
        location = /predict {{ knn_predict iris; }}
        location = /mirrored {{ mirror /shadow; knn_predict iris; }}
        location = /shadow {{ internal; knn_predict iris; }}
        location = /after {{ post_action /behind; knn_predict iris; }}
        location = /behind {{
            internal;
            proxy_pass http://127.0.0.1:{nginx.port}/slow;
        }}
        location = /slow {{ knn_predict iris; }}
    """)
    # thread_pool is a directive of the main context
    with open(nginx.path("nginx.conf")) as file:
        text = file.read()
    with open(nginx.path("nginx.conf"), "w") as file:
        file.write(text.replace("events {", pool + "\nevents {", 1))


@pytest.fixture(scope="module")
def batch(rows):
    """More than a slice, with every row of the oracle in it many times."""

    numbers = numpy.tile(numpy.array(rows, float),
                         (ROWS // len(rows) + 1, 1))[:ROWS]
    return numbers


def body(batch):
    return json.dumps({"X": batch.tolist(),
                       "outputs": ["predict", "predict_proba",
                                   "kneighbors"]}).encode()


def test_the_answers_are_those_of_one_row_at_a_time(server, iris, batch):
    answer = server.post("/predict", body(batch)).json
    assert answer["predictions"] == iris.predict(batch).tolist()
    proba = iris.predict_proba(batch)
    assert [list(each.values()) for each in answer["probabilities"]] \
        == proba.tolist()
    distances, indices = iris.kneighbors(batch)
    assert [[each["index"] for each in row] for row in answer["neighbors"]] \
        == indices.tolist()
    assert [[each["distance"] for each in row]
            for row in answer["neighbors"]] == distances.tolist()


def test_csv_and_faults_at_the_end(server, iris, batch):
    lines = "\n".join(",".join(map(str, row)) for row in batch.tolist())
    answer = server.post("/predict", lines.encode(),
                         {"Content-Type": "text/csv"}).json
    assert answer["predictions"] == iris.predict(batch).tolist()

    broken = batch.tolist()
    broken[-1] = [1, 2, 3]
    answer = server.post("/predict", {"X": broken})
    assert answer.status == 422
    assert answer.json["pointer"] == f"#/X/{ROWS - 1}"
    assert answer.keepalive


def test_others_are_answered_meanwhile(server, batch):
    """While large requests follow one another, a small one waits little."""

    payload = encode("POST", "/predict", body(batch))
    stop = threading.Event()
    counts = [0]

    def load():
        with server.connect() as connection:
            while not stop.is_set():
                connection.send(payload)
                assert connection.response().status == 200
                counts[0] += 1

    thread = threading.Thread(target=load)
    thread.start()

    try:
        wait_for(lambda: counts[0] > 0)
        waits = []

        with server.connect() as connection:
            for _ in range(300):
                began = time.monotonic()
                assert connection.post("/predict",
                                       {"X": [5, 3, 1, 0]}).status == 200
                waits.append(time.monotonic() - began)
                time.sleep(0.002)
    finally:
        stop.set()
        thread.join()

    # the interpreter's own turns are in it, hence not the 99th percentile
    assert numpy.median(waits) < (0.05 if sanitized() else 0.005)


def test_too_many_at_once(serve, batch):
    nginx = serve(start=False)
    configure(nginx, "off", HTTP.replace("knn_max_queue 4", "knn_max_queue 1"))
    nginx.start()
    payload = encode("POST", "/predict", body(batch))
    connections = [nginx.connect() for _ in range(6)]

    try:
        for connection in connections:
            connection.send(payload)

        answers = [connection.response() for connection in connections]
        refused = [each for each in answers if each.status == 503]
        assert {each.status for each in answers} == {200, 503}

        for each in refused:
            assert each.headers["retry-after"] == "1"
            assert "waiting" in each.json["detail"]
            assert each.keepalive

        # the connection goes on
        assert connections[-1].post("/predict",
                                    {"X": [5, 3, 1, 0]}).status == 200
    finally:
        for connection in connections:
            connection.close()


def test_clients_that_go_away(server, batch):
    payload = encode("POST", "/predict", body(batch))

    for _ in range(10):
        connections = [server.connect() for _ in range(3)]
        for connection in connections:
            connection.send(payload)
        time.sleep(0.003)
        for connection in connections:
            connection.close()

    assert server.post("/predict", {"X": [5, 3, 1, 0]}).status == 200
    wait_for(lambda: " 499 " in server.log("access.log"))
    wait_for(lambda: server.post("/predict", body(batch)).status == 200)
    assert len(server.worker_pids()) == 1


def test_post_action_of_clients_that_go_away(server, batch):
    """It has the request then, which must not be answered twice, nor lost."""

    payload = encode("POST", "/after", body(batch))

    for _ in range(5):
        with server.connect() as connection:
            connection.send(payload)
            time.sleep(0.003)

    assert server.post("/predict", {"X": [5, 3, 1, 0]}).status == 200
    wait_for(lambda: server.log("access.log").count("POST /after ") == 5)
    wait_for(lambda: server.post("/predict", body(batch)).status == 200)
    assert len(server.worker_pids()) == 1


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGQUIT])
def test_nothing_is_lost_when_the_worker_ends(serve, batch, number):
    for mode in MODES:
        nginx = serve(start=False)
        configure(nginx, mode)
        nginx.start()
        payload = encode("POST", "/predict", body(batch))
        connections = [nginx.connect() for _ in range(3)]
        old = nginx.worker_pids()

        for connection in connections:
            connection.send(payload)

        time.sleep(0.05)
        master = nginx.pid()
        nginx.signal(number)
        assert [each.response().status for each in connections] == [200] * 3

        for connection in connections:
            connection.close()

        if number == signal.SIGHUP:
            wait_for(lambda: not old & nginx.worker_pids())
        else:
            wait_for(lambda: not os.path.exists(f"/proc/{master}")
                     or not nginx.pid())


def test_mirrors(server, iris, batch):
    answer = server.post("/mirrored", body(batch))
    assert answer.json["predictions"] == iris.predict(batch).tolist()


def test_shadows_leave_room_for_clients(serve, batch):
    """Of a queue of one they get nothing; they are refused, nobody else."""

    nginx = serve(HTTP.replace("knn_max_queue 4", "knn_max_queue 1"), """
        location = /mirrored { mirror /shadow; knn_predict iris; }
        location = /shadow { internal; knn_predict iris; }
        location = /metrics { knn_metrics; }
    """)

    assert nginx.post("/mirrored", body(batch)).status == 200
    wait_for(lambda: b'rejected_total{model="iris",reason="busy"} 1\n'
             in nginx.get("/metrics").body)


def test_keepalive_and_pipelining(server, iris, batch):
    payload = encode("POST", "/predict", body(batch[:3000]))
    small = encode("POST", "/predict", b'{"X":[5,3,1,0]}')

    with server.connect() as connection:
        connection.send(payload + small + payload)
        first, second, third = (connection.response() for _ in range(3))

    assert first.json["predictions"] == iris.predict(batch[:3000]).tolist()
    assert second.json["prediction"] == "setosa"
    assert third.body == first.body


def test_unknown_pools_are_refused(serve):
    nginx = serve(start=False, allowed="unknown thread pool")
    nginx.configure(HTTP, """
        location / { knn_thread_pool nowhere; knn_predict iris; }
    """)
    done = nginx.run("-t")
    assert done.returncode != 0
    assert 'unknown thread pool "nowhere"' in done.stdout
