"""GET answers one row of the query string, and may be asked again."""

import pytest

import oracle
from conftest import IRIS

PATH = "/predict?X=5.1,3.5,1.4,0.2"


@pytest.fixture(scope="module")
def server(serve):
    return serve(f"""
        knn_model iris {IRIS};
        knn_model other {IRIS} version=1.0.1;
    """, """
        location = /predict { knn_predict iris; }
        location = /other { knn_predict other; }
    """)


def test_the_row_is_answered(server, iris, rows):
    for row in rows:
        query = ",".join(map(repr, row))
        reply = server.get("/predict?X=" + query)
        assert reply.json == {
            "prediction": oracle.predictions(iris, [row])[0],
            "model": "iris", "version": "1.0.0"}
        assert reply.headers["x-knn-model"] == "iris@1.0.0"


def test_plus_signs_of_numbers(server, iris, rows):
    reply = server.get("/predict?X=%2B51e-1,+3.5,14e%2B0,1e+0")
    assert reply.status == 200, reply


def test_escaped_commas(server, iris, rows):
    reply = server.get("/predict?a=b&X=5.1%2C3.5%2C1.4%2C0.2")
    assert reply.json["prediction"] == oracle.predictions(iris, rows)[0]


def test_outputs(server, iris, rows):
    reply = server.get(PATH + "&output=kneighbors")
    assert reply.json["neighbors"] == oracle.neighbors(iris, rows)[0]


def test_head_has_the_header_of_get(server):
    get = server.get(PATH)

    with server.connect() as connection:
        head = connection.request("HEAD", PATH)
        assert connection.request("GET", PATH).status == 200

    assert head.status == 200
    assert head.body == b""

    for name in ("content-type", "content-length", "etag", "x-knn-model"):
        assert head.headers[name] == get.headers[name]


def test_etag_is_strong_and_answers_304(server):
    reply = server.get(PATH)
    etag = reply.headers["etag"]
    assert etag[0] == etag[-1] == '"'

    again = server.get(PATH, {"If-None-Match": etag})
    assert again.status == 304
    assert again.headers["etag"] == etag

    assert server.get(PATH, {"If-None-Match": '"other"'}).status == 200


def test_etag_changes_with_arguments_and_model(server):
    etags = {server.get(path).headers["etag"] for path in (
        PATH, PATH + "1", PATH + "&output=predict_proba",
        PATH.replace("/predict", "/other"))}
    assert len(etags) == 4


@pytest.mark.parametrize("query, status", [
    ("", 400), ("?", 400), ("?Y=1,2,3,4", 400), ("?X=", 400),
    ("?X=5.1,3.5,1.4", 422), ("?X=5.1,3.5,1.4,0.2,1", 422),
    ("?X=5.1,3.5,1.4,nan", 422), ("?X=5.1,3.5,1.4,1e999", 422),
    ("?X=1,2,3,4%0A1,2,3,4", 413)])
def test_refused(server, query, status):
    with server.connect() as connection:
        reply = connection.request("GET", "/predict" + query)
        assert reply.status == status, reply
        assert reply.json["status"] == status
        assert "etag" not in reply.headers
        assert connection.request("GET", PATH).status == 200


@pytest.mark.parametrize("query", ["?X=a,b,c,d", "?X=5.1,3.5,1.4,x",
                                   "?X=%ff%fe", "?X=%00", "?X=,,,"])
def test_nonsense_is_refused(server, query):
    reply = server.get("/predict" + query)
    assert reply.status in (400, 422), reply
    assert reply.json["status"] == reply.status


def test_two_rows_are_told_to_be_posted(server):
    reply = server.get("/predict?X=1,2,3,4%0A1,2,3,4")
    assert reply.status == 413
    assert "more than one row" in reply.json["detail"]
    assert "POST" in reply.json["detail"]


def test_there_is_no_header(server):
    reply = server.get("/predict?X=a,b,c,d")
    assert reply.status == 400
    assert reply.json["detail"].startswith("row 0, column 0 is not a number")


def test_a_body_of_get_is_ignored(server, iris, rows):
    with server.connect() as connection:
        reply = connection.request("GET", PATH, b"x" * 100000)
        assert reply.json["prediction"] == oracle.predictions(iris, rows)[0]
        assert connection.request("GET", PATH).status == 200


def test_an_empty_row_is_a_missing_argument(server):
    for path in ("/predict", "/predict?X=", "/predict?X=&output=predict"):
        reply = server.get(path)
        assert reply.status == 400
        assert reply.json["detail"].startswith('the argument "X" is missing')


def test_a_post_has_no_conditions(server):
    with server.connect() as connection:
        for name in ("If-None-Match", "If-Match"):
            for value in ("*", '"x"'):
                reply = connection.post("/predict", {"X": [1, 2, 3, 4]},
                                        {name: value})
                assert reply.status == 200
                assert "prediction" in reply.json
