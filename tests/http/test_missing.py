"""Missing values: taken where the model imputes them, else refused."""

import numpy
import pytest
from sklearn.impute import SimpleImputer
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

import oracle
from conftest import IRIS


@pytest.fixture(scope="module")
def imputer(iris):
    X = iris._fit_X.copy()
    X[::7, 1] = numpy.nan
    return make_pipeline(SimpleImputer(), KNeighborsClassifier(5)).fit(
        X, iris.classes_[iris._y])


@pytest.fixture(scope="module")
def server(serve, save, imputer):
    return serve(f"knn_model plain {IRIS}; knn_model imputer {save(imputer)};",
                 "location ~ ^/(.+)$ { knn_predict $1; }")


HOLES = [[5.1, None, 1.4, 0.2], [None, None, None, None], [6, 3, None, 2]]


def test_null_is_imputed(server, imputer):
    expected = oracle.predictions(imputer, numpy.array(HOLES, float))
    reply = server.post("/imputer", {"X": HOLES})
    assert reply.status == 200, reply
    assert reply.json["predictions"] == expected
    assert server.post("/imputer", {"X": HOLES[1]}).json["prediction"] \
        == expected[1]


def test_empty_cells_are_imputed(server, imputer):
    expected = oracle.predictions(imputer, numpy.array(HOLES, float))

    for hole in ("", "NA", "nan", "null", "#N/A", '""'):
        text = "".join(",".join(hole if each is None else str(each)
                                for each in row) + "\n" for row in HOLES)
        reply = server.post("/imputer", text.encode())
        assert reply.status == 200, reply
        assert reply.json["predictions"] == expected


def test_query_string(server, imputer):
    expected = oracle.predictions(imputer, numpy.array(HOLES, float))
    assert server.get("/imputer?X=5.1,,1.4,0.2").json["prediction"] \
        == expected[0]
    assert server.get("/imputer?X=,,,").json["prediction"] == expected[1]


def test_many_rows_of_empty_cells(server):
    """The shortest rows that there are: the memory must hold them."""

    reply = server.post("/imputer", b",,,\n" * 10000)
    assert reply.status == 200, reply
    assert len(reply.json["predictions"]) == 10000


def test_infinity_is_still_refused(server):
    assert server.post("/imputer", b"1,inf,2,3").status == 422
    assert server.post("/imputer", b'{"X":[1,1e999,2,3]}').status == 422


def test_nan_has_a_cure(server):
    reply = server.post("/imputer", b'{"X":[1,NaN,2,3]}')
    assert reply.status == 422
    assert "null" in reply.json["detail"]


@pytest.mark.parametrize("body, status, words", [
    (b'{"X":[1,null,2,3]}', 400, "null"),
    (b"1,,2,3", 422, "empty"),
    (b"1,NA,2,3", 422, "NA"),
    (b"1,nan,2,3", 422, "NaN")])
def test_refused_without_an_imputer(server, body, status, words):
    reply = server.post("/plain", body)
    assert reply.status == status, reply
    assert f"is {words}, but" in reply.json["detail"]
    assert "the model has no imputer" in reply.json["detail"]


def test_numbers_as_strings_stay_refused(server):
    for model in ("plain", "imputer"):
        reply = server.post("/" + model, {"X": ["1", 2, 3, 4]})
        assert reply.status == 400
        assert "is a string" in reply.json["detail"]
