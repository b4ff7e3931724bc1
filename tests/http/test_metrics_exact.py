"""As many as were answered, over reloads and workers that are killed.

KNN_REQUESTS=1000000 asks for so many; it takes a minute or two.
"""

import os
import selectors
import signal
import socket
import threading
import time

import pytest

from conftest import IRIS, sanitized, wait_for
from exposition import scrape

REQUESTS = int(os.environ.get("KNN_REQUESTS",
                              40000 if sanitized() else 200000))
WORKERS = 4
RELOADS = 20
KILLS = 5

CONNECTIONS = 16
PIPELINE = 16

SERVER = """
    keepalive_requests 1000000;
    location = /predict { knn_predict iris; }
    location = /metrics { knn_metrics; }
"""

# what is sent in turns, and the status of its reply
REQUEST = (b"GET /predict?X=5.1,3.5,1.4,0.2 HTTP/1.1\r\nHost: a\r\n\r\n",
           b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 31\r\n\r\n"
           b'{"X":[[5,3,1,0.2],[6,3,5,1.5]]}',
           b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n"
           b'{"X":[1]}')
BATCH = b"".join(REQUEST[i % 3] for i in range(PIPELINE))


class Client(threading.Thread):
    """Keeps connections busy and counts the replies that it has wholly."""

    def __init__(self, port, requests):
        super().__init__()
        self.port = port
        self.requests = requests
        self.finishing = False
        self.ok = self.refused = self.rows = self.unanswered = 0
        self.selector = selectors.DefaultSelector()

    @property
    def answered(self):
        return self.ok + self.refused

    def run(self):
        for _ in range(CONNECTIONS):
            self.connect()

        while self.selector.get_map():
            for key, _ in self.selector.select(20):
                self.read(key.fileobj, key.data)

    def connect(self):
        while True:
            try:
                connection = socket.create_connection(("127.0.0.1", self.port))
                break
            except OSError:
                time.sleep(0.01)

        self.selector.register(connection, selectors.EVENT_READ,
                               {"left": 0, "buffer": b""})
        self.send(connection, self.selector.get_key(connection).data)

    def send(self, connection, state):
        """The next requests, or the end of the connection."""

        if self.finishing and self.answered >= self.requests:
            self.selector.unregister(connection)
            connection.close()
            return

        state["left"] = PIPELINE

        try:
            connection.sendall(BATCH)
        except OSError:
            pass  # what can still be read is what was answered

    def read(self, connection, state):
        try:
            data = connection.recv(65536)
        except OSError:
            data = b""

        if not data:
            self.unanswered += state["left"]
            self.selector.unregister(connection)
            connection.close()
            self.connect()
            return

        state["buffer"] = self.parse(state["buffer"] + data, state)

        if state["left"] == 0:
            self.send(connection, state)

    def parse(self, data, state):
        """Counts the replies in data; returns what is behind the last."""

        start = 0

        while True:
            end = data.find(b"\r\n\r\n", start)

            if end < 0:
                return data[start:]

            head = data[start:end]
            at = head.index(b"Content-Length: ") + 16
            size = int(head[at:].split(b"\r", 1)[0])
            after = end + 4 + size

            if after > len(data):
                return data[start:]

            if head.startswith(b"HTTP/1.1 200 "):
                self.ok += 1
                self.rows += 2 if b'"predictions"' in data[end:after] else 1
            else:
                assert head.startswith(b"HTTP/1.1 422 "), head
                self.refused += 1

            state["left"] -= 1
            start = after


def run(server, requests, events):
    """Loads the server, with the events evenly among the requests."""

    client = Client(server.port, requests)
    client.start()

    for i, event in enumerate(events, 1):
        due = requests * i // (len(events) + 1)

        while client.answered < due and client.is_alive():
            time.sleep(0.002)

        event(server)

    client.finishing = True
    client.join()
    assert client.answered >= requests

    wait_for(lambda: scrape(server).get("requests_in_flight") == 0)
    time.sleep(0.2)
    return client


@pytest.fixture
def server(serve):
    return serve(f"knn_model iris {IRIS};", SERVER, workers=WORKERS,
                 allowed="exited on signal 9")


def counted(server):
    metrics = scrape(server)
    codes = metrics.by("requests_total", "code")
    assert set(codes) <= {"200", "422"}
    assert sum(codes.values()) == metrics.sum("request_duration_seconds_count")
    assert codes["200"] == metrics.sum("search_duration_seconds_count")
    assert codes["200"] == metrics.sum("batch_rows_count")
    assert codes["422"] == metrics.sum("rejected_total")
    assert metrics.sum("rows_total") == metrics.sum("batch_rows_sum")
    assert metrics.sum("rows_total") == metrics.sum("predictions_total")
    return codes["200"], codes["422"], metrics.sum("rows_total")


def reload(server):
    """Signals that come too fast would be one."""

    before = server.log().count("start worker process ")
    server.signal(signal.SIGHUP)
    wait_for(lambda: server.log().count("start worker process ")
             >= before + WORKERS)


def test_reloads(server):
    """Not one more, not one less."""

    client = run(server, REQUESTS // 5, [reload] * RELOADS)
    assert counted(server) == (client.ok, client.refused, client.rows)


def test_reloads_and_killed_workers(server):
    """Less what the killed had in flight: sent, and not yet counted."""

    killed = []

    def kill(server):
        pid = max(server.worker_pids() - set(killed))
        os.kill(pid, signal.SIGKILL)
        killed.append(pid)

    events = [reload] * RELOADS

    for i in range(KILLS):
        events.insert((i + 1) * len(events) // (KILLS + 1), kill)

    client = run(server, REQUESTS, events)
    ok, refused, rows = counted(server)
    print(f"{client.answered} answered, {client.unanswered} unanswered, "
          f"{ok + refused} counted")

    # one worker sends one reply at a time; others than the killed lose none
    assert len(killed) == KILLS
    assert client.answered - KILLS <= ok + refused
    assert ok + refused <= client.answered + client.unanswered
