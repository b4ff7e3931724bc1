"""Requests without a pause over connections that are kept alive."""

import collections
import selectors
import socket
import threading
import time


class Load:
    """In a thread of its own, until it is stopped; then what came of it."""

    def __init__(self, port, request, connections):
        self.port = port
        self.request = request
        self.bodies = collections.Counter()
        self.failed = []
        self.seconds = []  # that requests took
        self.selector = selectors.DefaultSelector()
        self.stopping = False
        self.thread = threading.Thread(target=self.run)

        for _ in range(connections):
            self.connect()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping = True
        self.thread.join()
        self.selector.close()
        self.seconds.sort()

    def connect(self):
        client = socket.create_connection(("127.0.0.1", self.port), 20)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.selector.register(client, selectors.EVENT_READ, [0.0, b""])

    def send(self, client, state):
        state[:] = time.monotonic(), b""
        client.sendall(self.request)

    def run(self):
        for key in list(self.selector.get_map().values()):
            self.send(key.fileobj, key.data)

        while self.selector.get_map():
            ready = self.selector.select(10)

            if not ready:
                self.failed.append("no answer for 10 seconds")
                return

            for key, _ in ready:
                self.receive(key.fileobj, key.data)

    def receive(self, client, state):
        try:
            data = client.recv(65536)
        except OSError as error:
            data = b""
            self.failed.append(repr(error))

        state[1] += data
        head, _, body = state[1].partition(b"\r\n\r\n")
        at = head.find(b"\r\nContent-Length: ")

        if data and (at < 0 or len(body) < int(head[at + 18:].split(b"\r")[0])):
            return

        self.seconds.append(time.monotonic() - state[0])

        if not data or not head.startswith(b"HTTP/1.1 200 "):
            self.failed.append(state[1])
        else:
            self.bodies[body] += 1

        if not data or b"\r\nConnection: close" in head or self.stopping:
            self.selector.unregister(client)
            client.close()

            if not self.stopping:
                self.failed.append("closed")
                self.connect()
            return

        self.send(client, state)

    def quantile(self, share):
        """Milliseconds."""

        return 1000 * self.seconds[int(share * (len(self.seconds) - 1))]
