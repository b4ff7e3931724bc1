"""knn_max_rows, by its default and in every context."""

import pytest

from conftest import IRIS

ROW = [5.1, 3.5, 1.4, 0.2]


@pytest.fixture(scope="module")
def server(serve):
    return serve(f"knn_model iris {IRIS}; knn_max_rows 7;", """
        location = /http { knn_predict iris; }
        location /five {
            knn_max_rows 5;
            location = /five/inside { knn_predict iris; }
        }
        location = /more { knn_predict iris; knn_max_rows 20000; }
    """)


@pytest.mark.parametrize("path, limit", [
    ("/http", 7), ("/five/inside", 5), ("/more", 20000), ("/default", 10000)])
def test_limit(server, iris_server, path, limit):
    if path == "/default":
        server, path = iris_server, "/predict"

    with server.connect() as connection:
        reply = connection.post(path, {"X": [ROW] * limit})
        assert len(reply.json["predictions"]) == limit

        reply = connection.post(path, {"X": [ROW] * (limit + 1)})
        assert reply.status == 413
        assert str(limit) in reply.json["detail"]
        assert reply.keepalive
        assert connection.post(path, {"X": ROW}).status == 200
