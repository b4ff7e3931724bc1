"""What a reply holds: the body decides, else the query, else knn_output."""

import pytest

import oracle
from conftest import IRIS

ALL = ["predict", "predict_proba", "kneighbors"]
MEMBERS = {"predict": "predictions", "predict_proba": "probabilities",
           "kneighbors": "neighbors"}


@pytest.fixture(scope="module")
def server(serve):
    return serve(f"knn_model iris {IRIS};", """
        location = /plain { knn_predict iris; }
        location = /all {
            knn_predict iris;
            knn_output predict predict_proba kneighbors;
        }
        location /inherited {
            knn_output kneighbors;
            location = /inherited/here { knn_predict iris; }
        }
    """)


def check(reply, iris, rows, outputs):
    assert reply.status == 200, reply
    expected = {"predict": oracle.predictions,
                "predict_proba": oracle.probabilities,
                "kneighbors": oracle.neighbors}
    answer = reply.json

    for output in ALL:
        if output in outputs:
            assert answer[MEMBERS[output]] == expected[output](iris, rows)
        else:
            assert MEMBERS[output] not in answer

    assert ("novelty" in answer) == (set(outputs) != {"predict"})


@pytest.mark.parametrize("outputs", [["predict"], ["predict_proba"],
                                     ["kneighbors"], ALL,
                                     ["kneighbors", "predict"]])
def test_chosen_by_query_and_by_body(server, iris, rows, outputs):
    check(server.post("/plain?output=" + ",".join(outputs), {"X": rows}),
          iris, rows, outputs)
    check(server.post("/plain", {"X": rows, "outputs": outputs}),
          iris, rows, outputs)
    check(server.post("/plain", {"outputs": outputs, "X": rows}),
          iris, rows, outputs)


def test_one_row_has_members_without_a_list(server, iris, rows):
    answer = server.post("/all", {"X": rows[2]}).json
    assert answer["prediction"] == oracle.predictions(iris, rows)[2]
    assert answer["probabilities"] == oracle.probabilities(iris, rows)[2]
    assert answer["neighbors"] == oracle.neighbors(iris, rows)[2]
    assert 0 <= answer["novelty"] <= 1


def test_knn_output_is_the_default(server, iris, rows):
    check(server.post("/plain", {"X": rows}), iris, rows, ["predict"])
    check(server.post("/all", {"X": rows}), iris, rows, ALL)
    check(server.post("/inherited/here", {"X": rows}), iris, rows,
          ["kneighbors"])


def test_query_wins_over_knn_output(server, iris, rows):
    check(server.post("/all?output=predict", {"X": rows}), iris, rows,
          ["predict"])


def test_body_wins_over_query(server, iris, rows):
    check(server.post("/all?output=predict",
                      {"X": rows, "outputs": ["kneighbors"]}), iris, rows,
          ["kneighbors"])


@pytest.mark.parametrize("query", ["output=nonsense", "output=",
                                   "output=predict,nonsense"])
def test_unknown_in_the_query(server, rows, query):
    for reply in (server.post("/plain?" + query, {"X": rows}),
                  server.get("/plain?X=1,2,3,4&" + query)):
        assert reply.status == 400
        assert reply.json["status"] == 400
        assert "predict_proba" in reply.json["detail"]


@pytest.mark.parametrize("outputs", [["nonsense"], "predict", [1], [], None])
def test_unknown_in_the_body(server, rows, outputs):
    reply = server.post("/plain", {"X": rows, "outputs": outputs})
    assert reply.status in (400, 422), reply
    assert reply.json["pointer"].startswith("#/outputs")


def test_escaped_query(server, iris, rows):
    for names in ("predict%2Ckneighbors", "predict+kneighbors"):
        check(server.post("/plain?output=" + names, {"X": rows}),
              iris, rows, ["predict", "kneighbors"])
