"""Exact nearest neighbours in NumPy behind a bare ASGI application.

MODELS names the files of the models; run by uvicorn.
"""

import json
import os

import numpy as np
import orjson

ROWS = 1000  # that are measured at once
HEADERS = [(b"content-type", b"application/json")]


class Model:
    def __init__(self, path):
        with open(path) as file:
            data = json.load(file)

        self.name = data["name"]
        self.k = data["k"]
        self.x = np.array(data["X"])
        self.squares = (self.x ** 2).sum(axis=1)
        self.classes = data["classes"]
        self.votes = np.eye(len(self.classes), dtype=np.int32)[data["y"]]

    def predict(self, rows):
        """The classes of rows, by |x|^2 - 2xq, which orders as distances."""

        found = []

        for at in range(0, len(rows), ROWS):
            distances = self.squares - 2 * rows[at:at + ROWS] @ self.x.T
            nearest = np.argpartition(distances, self.k - 1)[:, :self.k]
            found.append(self.votes[nearest].sum(axis=1).argmax(axis=1))

        return [self.classes[i] for i in np.concatenate(found)]

    def answer(self, body):
        rows = np.array(orjson.loads(body)["X"], dtype=float)
        labels = self.predict(np.atleast_2d(rows))
        reply = ({"prediction": labels[0]} if rows.ndim == 1
                 else {"predictions": labels})
        return orjson.dumps({**reply, "model": self.name, "version": "1.0.0"})


MODELS = {f"/{model.name}": model
          for model in map(Model, os.environ["MODELS"].split(":"))}


async def app(scope, receive, send):
    if scope["type"] != "http":
        return

    body, more = b"", True

    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)

    try:
        status, reply = 200, MODELS[scope["path"]].answer(body)
    except (KeyError, ValueError, TypeError) as error:
        status, reply = 422, orjson.dumps({"error": str(error)})

    await send({"type": "http.response.start", "status": status,
                "headers": [*HEADERS, (b"content-length",
                                       str(len(reply)).encode())]})
    await send({"type": "http.response.body", "body": reply})
