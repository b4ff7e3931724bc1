"""error_page decides before our own object does."""

import pytest

from conftest import IRIS


@pytest.fixture(scope="module")
def server(serve):
    return serve(f"knn_model iris {IRIS};", """
        error_page 404 /missing;
        location = /missing { return 200 "gone fishing"; }

        location = /predict { knn_predict iris; }

        location = /custom {
            error_page 422 @unusable;
            error_page 405 =200 /other;
            knn_predict iris;
        }
        location @unusable { return 422 "unusable"; }
        location = /other { return 200 "other"; }

        location = /named/ { knn_predict $arg_model; }

        location = /own {
            error_page 400 /fallback;
            knn_predict iris;
        }
        location = /fallback {
            set $args X=5.1,3.5,1.4,0.2;
            knn_predict iris;
        }
        location = /other-code {
            error_page 422 /no-row;
            knn_predict iris;
        }
        location = /no-row { knn_predict iris; }
        location = /failing {
            error_page 400 /failing;
            knn_predict iris;
        }
    """)


def test_named_location(server):
    with server.connect() as connection:
        reply = connection.post("/custom", {"X": [1]})
        assert (reply.status, reply.body) == (422, b"unusable")
        assert connection.post("/predict", {"X": [1, 2, 3, 4]}).status == 200


def test_overwritten_status(server):
    reply = server.request("DELETE", "/custom")
    assert (reply.status, reply.body) == (200, b"other")


def test_inherited(server):
    reply = server.post("/named/?model=none", {"X": [1, 2, 3, 4]})
    assert (reply.status, reply.body) == (404, b"gone fishing")


def test_other_codes_are_ours(server):
    reply = server.post("/custom", b"{")
    assert reply.status == 400
    assert reply.json["status"] == 400
    assert server.post("/predict", {"X": [1]}).json["status"] == 422


def test_a_prediction_as_error_page(server):
    reply = server.post("/own", b"{")
    assert reply.status == 400
    assert reply.json["prediction"] == "setosa"


def test_an_error_page_that_fails_too(server):
    reply = server.post("/failing", b"{")
    assert reply.status == 400
    assert reply.json["status"] == 400


def test_an_error_page_that_fails_in_another_way(server):
    """The object's status is that of the reply, the first error's."""

    reply = server.post("/other-code", {"X": [1]})
    assert reply.status == reply.json["status"] == 422
    assert reply.json["title"] == "Unprocessable Content"
