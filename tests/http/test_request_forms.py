"""The same rows in every form and coding that clients send them in."""

import gzip
import io
import json
import select
import zlib

import numpy
import pandas
import pytest

import oracle
from conftest import IRIS
from wire import encode

CODINGS = {"gzip": gzip.compress, "x-gzip": gzip.compress,
           "deflate": zlib.compress}


@pytest.fixture(scope="module")
def server(serve):
    return serve(f"knn_model iris {IRIS};", """
        location = /predict {
            client_body_buffer_size 1m;
            knn_predict iris;
        }
        location = /file {
            client_body_in_file_only clean;
            knn_predict iris;
        }
        location = /small {
            client_max_body_size 100k;
            knn_predict iris;
        }
    """)


@pytest.fixture(scope="module")
def frame(iris, rows):
    return pandas.DataFrame(rows, columns=iris.feature_names_in_)


@pytest.fixture(scope="module")
def many():
    """Enough rows for several steps, none like the others."""

    return [[4 + i % 41 / 10, 2 + i % 31 / 10, 1 + i / 1000, i % 26 / 10]
            for i in range(6000)]


def answer(iris, rows):
    return {"predictions": oracle.predictions(iris, rows), "model": "iris",
            "version": "1.0.0"}


def saved(array, version=(1, 0)):
    file = io.BytesIO()
    numpy.lib.format.write_array(file, numpy.asanyarray(array), version)
    return file.getvalue()


def test_mlflow_data_frames(server, iris, rows, frame):
    shuffled = frame[frame.columns[[2, 0, 3, 1]]]

    for body in ({"dataframe_split": json.loads(frame.to_json(orient="split"))},
                 {"dataframe_split": shuffled.to_dict(orient="split")},
                 {"dataframe_records": shuffled.to_dict(orient="records")},
                 {"dataframe_split": {"data": rows}, "params": {"a": [1]}}):
        assert server.post("/predict", body).json == answer(iris, rows), body


def test_columns(server, iris, rows, frame):
    shuffled = frame[frame.columns[[3, 1, 0, 2]]]

    for key in ("inputs", "instances", "X"):
        body = {key: shuffled.to_dict(orient="list")}
        assert server.post("/predict", body).json == answer(iris, rows)


def test_azure(server, iris, rows, frame):
    for body in ({"data": rows}, {"input_data": rows},
                 {"input_data": frame.to_dict(orient="split")}):
        assert server.post("/predict", body).json == answer(iris, rows)


def test_two_forms_in_one(server, rows):
    response = server.post("/predict", {"data": rows, "input_data": rows})
    assert response.status == 400
    assert response.json["pointer"] == "#/input_data"


@pytest.mark.parametrize("dtype", ["<f8", ">f8", "<f4", ">i2", "<u4"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy(server, iris, rows, dtype, order):
    array = numpy.array(rows).astype(dtype)
    body = saved(numpy.asarray(array, order=order))
    expected = answer(iris, array.astype(float).tolist())

    assert server.post("/predict", body).json == expected
    assert server.post("/predict", body, {
        "Content-Type": "application/x-npy"}).json == expected


def test_npy_of_many_rows(server, iris, many):
    for order in ("C", "F"):
        body = saved(numpy.asarray(many, order=order), (2, 0))

        for path in ("/predict", "/file"):
            assert server.post(path, body).json == answer(iris, many)


def test_npy_of_one_row(server, iris, rows):
    response = server.post("/predict", saved(rows[0]))
    assert response.json["prediction"] == oracle.predictions(iris,
                                                             rows[:1])[0]


def test_npy_of_objects_is_never_read(server):
    file = io.BytesIO()
    numpy.save(file, numpy.array([[1, 2, 3, "x"]], dtype=object))
    response = server.post("/predict", file.getvalue())
    assert response.status in (415, 422)
    assert '"|O"' in response.json["detail"]


@pytest.mark.parametrize("media", ["application/jsonlines",
                                   "application/jsonl",
                                   "application/x-ndjson"])
def test_lines(server, iris, rows, frame, media):
    for lines in (rows, [{"features": row} for row in rows],
                  frame.to_dict(orient="records")):
        body = "".join(json.dumps(line) + "\n" for line in lines).encode()
        response = server.post("/predict", body, {"Content-Type": media})
        assert response.json == answer(iris, rows)


def test_header_that_is_told(server, iris, rows, frame):
    body = frame.to_csv(index=False, header=["1", "2", "3", "4"]).encode()
    response = server.post("/predict", body,
                           {"Content-Type": "text/csv; header=present"})
    assert response.json == answer(iris, rows)

    body = frame.to_csv(index=False, header=False).encode()
    response = server.post("/predict", body,
                           {"Content-Type": "text/csv; header=absent"})
    assert response.json == answer(iris, rows)


@pytest.mark.parametrize("coding", CODINGS)
def test_coded(server, iris, many, coding):
    csv = "".join(",".join(map(repr, row)) + "\n" for row in many).encode()

    for body in (json.dumps({"X": many}).encode(), csv, saved(many)):
        coded = CODINGS[coding](body)
        pieces = [coded[i:i + 1000] for i in range(0, len(coded), 1000)]

        for path in ("/predict", "/file"):
            for data in (coded, pieces):
                response = server.post(path, data,
                                       {"Content-Encoding": coding})
                assert response.json == answer(iris, many)


def test_several_members(server, iris, rows):
    body = json.dumps({"X": rows}).encode()
    coded = b"".join(gzip.compress(body[i:i + 10])
                     for i in range(0, len(body), 10))
    response = server.post("/predict", coded, {"Content-Encoding": "gzip"})
    assert response.json == answer(iris, rows)


def test_damage(server, rows):
    coded = gzip.compress(json.dumps({"X": rows}).encode())

    for body, words in ((coded[:-1], "it ends too early"),
                        (coded + b"\n", "goes on behind the end of its gzip"),
                        (coded[:-6] + bytes(6), "incorrect data check"),
                        (coded[2:], "incorrect header check"),
                        (b"", "it ends too early")):
        response = server.post("/predict", body, {"Content-Encoding": "gzip"})
        assert response.status == 400
        assert words in response.json["detail"]
        assert response.keepalive


def test_decoded_size_is_limited(server):
    body = b"5.1,3.5,1.4,0.2\n" * 7000
    assert len(body) > 100 * 1024
    response = server.post("/small", gzip.compress(body),
                           {"Content-Encoding": "gzip"})
    assert response.status == 413
    assert "102400 bytes when it is decoded" in response.json["detail"]

    response = server.post("/small", gzip.compress(body[:100 * 1024]),
                           {"Content-Encoding": "gzip"})
    assert response.status == 200


def test_dense_body_does_not_hold_others(server, iris, rows):
    """48 MB in as many kB are read in steps, and others answered meanwhile."""

    body = gzip.compress(b"5.1,3.5,1.4,0.2\n" + b"\n" * (48 << 20))
    answered = 0

    with server.connect() as slow, server.connect() as quick:
        slow.send(encode("POST", "/predict", body,
                         {"Content-Encoding": "gzip"}))

        while answered < 20 and not select.select([slow.socket], [], [], 0)[0]:
            assert quick.post("/predict", {"X": rows}).status == 200
            answered += 1

        assert slow.response().json == answer(iris, rows[:1])

    assert answered == 20
