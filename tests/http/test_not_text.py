"""Bodies that are no text are told so, not that they lack rows."""

import gzip

import pytest

ROW = "5.1,3.5,1.4,0.2\n"


@pytest.mark.parametrize("body", [
    b"\0" * 100, b"\0" * (1 << 20), ROW.encode("utf-16"),
    ("a,b,c,d\n" + ROW).encode("utf-16-le"), ROW.encode("utf-32"),
    gzip.compress(ROW.encode()) + b"\n"],
    ids=["NUL", "1 MB of NUL", "UTF-16", "UTF-16 without a mark", "UTF-32",
         "gzip"])
def test_not_text(iris_server, body):
    with iris_server.connect() as connection:
        reply = connection.post("/predict", body)
        assert reply.status == 400, reply
        assert "not text" in reply.json["detail"]
        assert connection.post("/predict", ROW.encode()).status == 200
