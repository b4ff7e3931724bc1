"""Radius models: neighbor lists of any length, outliers, rows without any."""

import json

import numpy
import pytest
from sklearn.neighbors import RadiusNeighborsClassifier
from sklearn.neighbors import RadiusNeighborsRegressor

import oracle

FAR = [1e3, -1e3, 0.5, 9e9]


@pytest.fixture(scope="module")
def models(iris):
    X, y = iris._fit_X, iris.classes_[iris._y]

    return {
        "plain": RadiusNeighborsClassifier(0.6).fit(X, y),
        "outlier": RadiusNeighborsClassifier(
            0.6, outlier_label="far away").fit(X, y),
        "frequent": RadiusNeighborsClassifier(
            0.6, outlier_label="most_frequent").fit(X, y),
        "known": RadiusNeighborsClassifier(
            0.6, weights="distance", outlier_label="setosa").fit(X, y),
        "two": RadiusNeighborsClassifier(0.6, outlier_label=[-1, 7]).fit(
            X, numpy.array([iris._y, iris._y % 2]).T),
        "values": RadiusNeighborsRegressor(0.6).fit(X, X[:, 0] / 3),
        "pairs": RadiusNeighborsRegressor(0.6, weights="distance").fit(
            X, X[:, :2] / 3),
    }


@pytest.fixture(scope="module")
def server(serve, save, models):
    return serve("".join(f"knn_model {name} {save(model)};"
                         for name, model in models.items()),
                 """
                     location ~ ^/(.+)$ { knn_predict $1; }
                     location = /info { knn_info; }
                 """)


@pytest.fixture(scope="module")
def near(rows):
    return rows[:4]


WITH_OUTLIERS = ["outlier", "frequent", "known", "two"]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", ["plain", *WITH_OUTLIERS, "values", "pairs"])
def test_near_rows(server, models, near, name):
    outputs = ["predict", "kneighbors"]

    if hasattr(models[name], "predict_proba"):
        outputs.append("predict_proba")

    reply = server.post("/" + name, {"X": near, "outputs": outputs})
    assert reply.status == 200, reply
    answer = reply.json
    assert answer["predictions"] == oracle.predictions(models[name], near)
    assert [sorted(row, key=lambda each: each["index"])
            for row in answer["neighbors"]] == [
        sorted(row, key=lambda each: each["index"])
        for row in oracle.neighbors(models[name], near)]

    if "predict_proba" in outputs:
        assert answer["probabilities"] == oracle.probabilities(
            models[name], near)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", WITH_OUTLIERS)
def test_outliers_have_their_label(server, models, near, name):
    rows = [near[0], FAR, near[1]]
    reply = server.post("/" + name, {"X": rows, "outputs": [
        "predict", "predict_proba", "kneighbors"]})
    assert reply.status == 200, reply
    assert reply.json["predictions"] == oracle.predictions(models[name], rows)
    assert reply.json["probabilities"] == oracle.probabilities(models[name],
                                                               rows)
    assert reply.json["neighbors"][1] == []
    assert reply.json["novelty"][1] == 1.0


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", ["values", "pairs"])
def test_no_neighbors_is_no_number(server, models, near, name):
    """scikit-learn answers NaN, for which JSON has null."""

    rows = [FAR, near[0]]
    reply = server.post("/" + name, {"X": rows})
    assert reply.status == 200, reply
    assert reply.json["predictions"] == oracle.predictions(models[name], rows)

    reply = server.post("/" + name, {"X": FAR,
                                     "outputs": ["predict", "kneighbors"]})
    assert reply.json["prediction"] == oracle.predictions(models[name],
                                                          [FAR])[0]
    assert reply.json["neighbors"] == []


@pytest.mark.parametrize("body, pointer", [
    ({"X": [[5, 3, 1.5, 0.2], FAR]}, "#/X/1"),
    ({"instances": [FAR]}, "#/instances/0"),
    ({"X": FAR}, "#/X"),
    ([FAR], "#/0")])
def test_row_without_neighbors_is_refused(server, models, body, pointer):
    with pytest.raises(ValueError):
        models["plain"].predict([FAR])

    with server.connect() as connection:
        reply = connection.post("/plain", json.dumps(body).encode())
        assert reply.status == 422, reply
        assert reply.json["pointer"] == pointer
        row = 1 if pointer == "#/X/1" else 0
        assert reply.json["detail"].startswith(f"row {row} has no neighbors")
        assert "outlier_label" in reply.json["detail"]
        assert connection.post("/plain", {"X": [5, 3, 1.5, 0.2]}).status == 200


def test_refused_in_csv_and_query(server):
    line = ",".join(map(str, FAR))
    reply = server.post("/plain", f"5,3,1.5,0.2\n{line}\n".encode())
    assert reply.status == 422
    assert "pointer" not in reply.json
    assert reply.json["detail"].startswith("row 1 has no neighbors")

    reply = server.get("/plain?X=" + line)
    assert reply.status == 422
    assert "pointer" not in reply.json


def test_neighbors_alone_need_none(server):
    reply = server.post("/plain", {"X": [FAR], "outputs": ["kneighbors"]})
    assert reply.status == 200, reply
    assert reply.json["neighbors"] == [[]]
    assert reply.json["novelty"] == [1.0]


def test_info(server):
    models = {each["name"]: each
              for each in server.get("/info").json["models"]}
    assert models["plain"]["radius"] == 0.6
    assert "n_neighbors" not in models["plain"]
    assert "outlier_label" not in models["plain"]["outputs"][0]
    assert models["outlier"]["outputs"][0]["outlier_label"] == "far away"
    assert [each["outlier_label"] for each in models["two"]["outputs"]] \
        == [-1, 7]
    assert models["values"]["outputs"] == [{"type": "number"}]
    assert len(models["pairs"]["outputs"]) == 2
