"""Rows in every form that a JSON or CSV body may have."""

import json

import pytest

import oracle


def test_one_row_is_one_prediction(iris_server, iris, rows):
    for row in rows:
        reply = iris_server.post("/predict", {"X": row})
        assert reply.status == 200
        assert reply.body == json.dumps(
            {"prediction": oracle.predictions(iris, [row])[0],
             "model": "iris", "version": "1.0.0"},
            separators=(",", ":")).encode()


def test_rows_are_predictions_in_order(iris_server, iris, rows):
    reply = iris_server.post("/predict", {"X": rows})
    assert reply.json == {"predictions": oracle.predictions(iris, rows),
                          "model": "iris", "version": "1.0.0"}


def test_one_row_in_a_list_is_a_list(iris_server, iris, rows):
    reply = iris_server.post("/predict", {"X": rows[:1]})
    assert reply.json["predictions"] == oracle.predictions(iris, rows[:1])


def test_rows_by_feature_name_in_any_order(iris_server, iris, rows):
    names = list(iris.feature_names_in_)
    objects = [dict(zip(names, row)) for row in rows]
    backwards = [dict(reversed(list(each.items()))) for each in objects]

    for body in (objects, backwards):
        reply = iris_server.post("/predict", {"X": body})
        assert reply.status == 200, reply
        assert reply.json["predictions"] == oracle.predictions(iris, rows)

    reply = iris_server.post("/predict", {"X": objects[1]})
    assert reply.json["prediction"] == oracle.predictions(iris, rows)[1]


def test_the_training_rows(iris_server, iris):
    rows = iris._fit_X.tolist()
    reply = iris_server.post("/predict", {"X": rows})
    assert reply.json["predictions"] == oracle.predictions(iris, rows)


@pytest.mark.parametrize("space", ["", " ", "\t", "\r\n", "\n   "])
def test_white_space_does_not_matter(iris_server, iris, rows, space):
    text = space.join(json.dumps({"X": rows[0]}).replace(" ", "").replace(
        ",", " , ").split(" "))
    reply = iris_server.post("/predict", (space + text + space).encode())
    assert reply.status == 200, reply
    assert reply.json["prediction"] == oracle.predictions(iris, rows)[0]


@pytest.mark.parametrize("number", ["5.1", "51e-1", "0.51E1", "0.051e+2",
                                    "5.100000000000000000000000000000"])
def test_every_way_to_write_a_number(iris_server, iris, rows, number):
    body = f'{{"X":[{number},3.5,1.4,2e-1]}}'.encode()
    reply = iris_server.post("/predict", body)
    assert reply.status == 200, reply
    assert reply.json["prediction"] == oracle.predictions(iris, rows)[0]


def test_csv_rows_with_and_without_a_header_row(iris_server, iris, rows):
    text = "".join(",".join(map(str, row)) + "\n" for row in rows)
    header = ",".join(iris.feature_names_in_) + "\n"

    for body in (text, header + text):
        reply = iris_server.post("/predict", body.encode(),
                                 {"Content-Type": "text/csv"})
        assert reply.status == 200, reply
        assert reply.json["predictions"] == oracle.predictions(iris, rows)


def test_reply_headers(iris_server, rows):
    reply = iris_server.post("/predict", {"X": rows})
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["x-knn-model"] == "iris@1.0.0"
    assert reply.headers["cache-control"] == "no-store"
    assert "etag" not in reply.headers

    timing = dict(part.split(";dur=")
                  for part in reply.headers["server-timing"].split(", "))
    assert list(timing) == ["parse", "search", "encode"]
    assert all(0 <= float(value) < 1000 for value in timing.values())
