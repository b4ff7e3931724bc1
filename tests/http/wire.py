"""HTTP/1 on a socket of our own, so that a test decides about every byte."""

import json
import socket
import time


class Closed(Exception):
    """The server closed the connection instead of answering."""


class Response:
    def __init__(self, status, reason, headers, body):
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def keepalive(self):
        return self.headers.get("connection") == "keep-alive"

    def __repr__(self):
        return f"<{self.status} {self.reason} {self.body[:300]!r}>"


def encode(method, path, body=None, headers=None, version="1.1"):
    """The bytes of a request; a list as body is sent in chunks."""

    lines = [f"{method} {path} HTTP/{version}", "Host: localhost"]
    headers = dict(headers or {})

    if isinstance(body, list):
        lines.append("Transfer-Encoding: chunked")
        body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in body)
        body += b"0\r\n\r\n"

    elif body is not None and "Content-Length" not in headers:
        lines.append(f"Content-Length: {len(body)}")

    lines += [f"{name}: {value}" for name, value in headers.items()]

    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")


class Connection:
    def __init__(self, port, timeout=20):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def send_slowly(self, pieces, pause=0.01):
        for piece in pieces:
            self.send(piece)
            time.sleep(pause)

    def more(self):
        data = self.socket.recv(65536)

        if not data:
            raise Closed(f"after {self.buffer!r}")

        self.buffer += data

    def until(self, mark):
        while mark not in self.buffer:
            self.more()

        found, self.buffer = self.buffer.split(mark, 1)
        return found

    def exactly(self, size):
        while len(self.buffer) < size:
            self.more()

        found, self.buffer = self.buffer[:size], self.buffer[size:]
        return found

    def rest(self):
        """What comes until the server closes."""

        while True:
            try:
                self.more()
            except Closed:
                found, self.buffer = self.buffer, b""
                return found

    def chunks(self):
        body = b""

        while True:
            size = int(self.until(b"\r\n"), 16)
            body += self.exactly(size)
            self.exactly(2)

            if size == 0:
                return body

    def response(self, method="GET"):
        head = self.until(b"\r\n\r\n").decode().split("\r\n")
        _, status, reason = head[0].split(" ", 2)
        status = int(status)
        headers = {}

        for line in head[1:]:
            name, value = line.split(": ", 1)
            assert name.lower() not in headers, f"two fields {name}"
            headers[name.lower()] = value

        if status == 100:
            return self.response(method)

        if method == "HEAD" or status in (204, 304):
            body = b""
        elif "content-length" in headers:
            body = self.exactly(int(headers["content-length"]))
        elif headers.get("transfer-encoding") == "chunked":
            body = self.chunks()
        else:
            body = self.rest()

        return Response(status, reason, headers, body)

    def request(self, method, path, body=None, headers=None, version="1.1"):
        self.send(encode(method, path, body, headers, version))
        return self.response(method)

    def post(self, path, body, headers=None):
        if not isinstance(body, (bytes, list)):
            body = json.dumps(body).encode()

        return self.request("POST", path, body, headers)
