"""SageMaker's serializers and deserializers, and what its platform asks."""

import io
import time

import numpy
import pandas
import pytest

from load import Load
from models import NAMES, ROWS, answers
from parts import part
from wire import encode

serializers = part("sagemaker.core", "serializers.base")
deserializers = part("sagemaker.core", "deserializers.base")

X = numpy.array(ROWS["double"])


@pytest.fixture(scope="module")
def container(serve, save, models):
    return serve(
        f"knn_model string {save(models['string'])};"
        f"knn_model integer {save(models['integer'])};", """
        location = /ping { knn_health; }
        location = /invocations { knn_predict string; }
        location = /integer { knn_predict integer; }
        location ~ ^/models/([^/]+)/invoke$ { knn_predict $1; }
    """)


def invoke(container, serializer, data, deserializer=None,
           path="/invocations"):
    """As the platform's front passes it on."""

    body = serializer.serialize(data)
    body = body.encode() if isinstance(body, str) else body
    headers = {"Content-Type": serializer.CONTENT_TYPE,
               "X-Amzn-SageMaker-Custom-Attributes": "trace=1",
               "X-Amzn-SageMaker-Target-Model": "string",
               "X-Amzn-SageMaker-Inference-Id": "17"}

    if deserializer is not None:
        headers["Accept"] = deserializer.ACCEPT[0]

    reply = container.post(path, body, headers)
    assert reply.status == 200, reply

    if deserializer is None:
        return reply.json

    return deserializer.deserialize(io.BytesIO(reply.body),
                                    reply.headers["content-type"])


@pytest.fixture(scope="module")
def labels(models):
    return answers(models["string"], ROWS["double"])["predict"]


def test_csv_without_header(container, labels):
    text = "\n".join(",".join(map(repr, row)) for row in ROWS["double"])

    for data in (X, ROWS["double"], text, pandas.DataFrame(X)):
        found = invoke(container, serializers.CSVSerializer(), data)
        assert found["predictions"] == labels


def test_csv_of_one_row(container, labels):
    found = invoke(container, serializers.CSVSerializer(), ROWS["double"][0])
    assert found["prediction"] == labels[0]


@pytest.mark.parametrize("data", [
    ROWS["double"], X, {"instances": ROWS["double"]}],
    ids=["list", "array", "instances"])
def test_json(container, labels, data):
    found = invoke(container, serializers.JSONSerializer(), data)
    assert found["predictions"] == labels


@pytest.mark.parametrize("data", [
    ROWS["double"], [dict(zip(NAMES, row)) for row in ROWS["double"]],
    [{"features": row} for row in ROWS["double"]]],
    ids=["arrays", "objects", "features"])
def test_json_lines(container, labels, data):
    found = invoke(container, serializers.JSONLinesSerializer(), data)
    assert found["predictions"] == labels


@pytest.mark.parametrize("array", [
    X, numpy.asfortranarray(X), X.astype(">f8"), X[::-1][::-1],
    numpy.asfortranarray(X.astype(">f8"))],
    ids=["C", "Fortran", "big-endian", "view", "Fortran, big-endian"])
def test_npy(container, labels, array):
    found = invoke(container, serializers.NumpySerializer(), array)
    assert found["predictions"] == labels


@pytest.mark.parametrize("dtype", ["float32", "float16", "int64", "uint8",
                                   ">i4", "int16"])
def test_npy_dtypes(container, models, dtype):
    found = invoke(container, serializers.NumpySerializer(dtype=dtype),
                   ROWS["integer"])
    assert found["predictions"] \
        == answers(models["string"], ROWS["integer"])["predict"]


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
@pytest.mark.parametrize("alignment", [16, 64])
def test_npy_versions(container, labels, version, alignment):
    """Old files begin their data at a multiple of 16."""

    text = repr({"descr": "<f8", "fortran_order": False, "shape": X.shape})
    size = 2 if version == (1, 0) else 4
    pad = -(6 + 2 + size + len(text) + 1) % alignment
    head = (text + " " * pad + "\n").encode()
    body = b"\x93NUMPY" + bytes(version) + len(head).to_bytes(size, "little") \
        + head + X.tobytes()
    assert (numpy.load(io.BytesIO(body)) == X).all()

    reply = container.post("/invocations", body,
                           {"Content-Type": "application/x-npy"})
    assert reply.status == 200, reply
    assert reply.json["predictions"] == labels

    # and without a word of what it is
    assert container.post("/invocations", body).json == reply.json


def test_npy_of_one_row(container, labels):
    found = invoke(container, serializers.NumpySerializer(), X[0])
    assert found["prediction"] == labels[0]


@pytest.mark.parametrize("array", [
    numpy.array([["a", None]], object), numpy.zeros(1, [("a", "f8")]),
    numpy.array([["1", "2", "3", "4"]]), X.astype(complex),
    X[None], numpy.array(1.0)],
    ids=["objects", "structs", "texts", "complex", "3-D", "0-D"])
def test_npy_that_is_no_table_of_numbers(container, array):
    body = io.BytesIO()
    numpy.save(body, array)
    reply = container.post("/invocations", body.getvalue(),
                           {"Content-Type": "application/x-npy"})
    assert reply.status in (400, 415, 422), reply
    assert reply.json["error"]


@pytest.mark.parametrize("change", [
    lambda body: body[:-1], lambda body: body + b"\0", lambda body: body[:20],
    lambda body: body[:6], lambda body: body[:6] + b"\x09" + body[7:],
    lambda body: body.replace(b"(15, 4)", b"(99999999999999999999, 4)"),
    lambda body: body.replace(b"(15, 4)", b"(-15, 4)"),
    lambda body: body.replace(b"'<f8'", b"'<f9'")],
    ids=["short", "long", "header cut", "magic alone", "version 9", "huge",
         "negative", "f9"])
def test_npy_that_is_damaged(container, change):
    assert len(X) == 15
    body = io.BytesIO()
    numpy.save(body, X)
    reply = container.post("/invocations", change(body.getvalue()),
                           {"Content-Type": "application/x-npy"})
    assert 400 <= reply.status < 500, reply
    assert reply.json["error"]


def test_replies(container, models, labels):
    """Every deserializer reads what it has asked for."""

    write = serializers.CSVSerializer()
    assert invoke(container, write, X, deserializers.JSONDeserializer()) \
        ["predictions"] == labels
    assert invoke(container, write, X, deserializers.CSVDeserializer()) \
        == [[label] for label in labels]
    assert invoke(container, write, X, deserializers.NumpyDeserializer()) \
        .tolist() == labels
    assert invoke(container, write, X, deserializers.JSONLinesDeserializer()) \
        == [{"prediction": label} for label in labels]
    assert invoke(container, write, X, deserializers.PandasDeserializer(
        accept="application/json"))["predictions"].tolist() == labels
    assert invoke(container, write, X, deserializers.NumpyDeserializer(),
                  "/integer").tolist() \
        == answers(models["integer"], ROWS["double"])["predict"]


def test_the_reply_of_one_row_as_csv_is_one_line(container, labels):
    assert invoke(container, serializers.CSVSerializer(), X[0],
                  deserializers.CSVDeserializer()) == [[labels[0]]]


@pytest.mark.parametrize("accept, status", [
    ("*/*", 200), ("application/*", 200), ("image/png", 406),
    ("application/json;q=0", 406), ("image/png, */*;q=0.1", 200),
    ("application/x-recordio-protobuf", 406), ("text/csv, image/png", 200)])
def test_accept(container, accept, status):
    reply = container.post("/invocations", b"1,2,3,4",
                           {"Content-Type": "text/csv", "Accept": accept})
    assert reply.status == status, reply


@pytest.mark.parametrize("media_type", [
    "application/x-recordio-protobuf", "text/libsvm", "application/x-npz",
    "image/png"])
def test_types_that_are_not_supported(container, media_type):
    reply = container.post("/invocations", b"1,2,3,4",
                           {"Content-Type": media_type})
    assert reply.status == 415
    accepted = reply.headers["accept-post"].replace(" ", "").split(",")
    assert {"application/json", "text/csv", "application/x-npy",
            "application/jsonlines"} <= set(accepted)


def test_invoke_of_several_models(container, labels):
    assert invoke(container, serializers.CSVSerializer(), X, None,
                  "/models/string/invoke")["predictions"] == labels


def test_ping(container):
    reply = container.get("/ping")
    assert reply.status == 200


def test_ping_under_load(container):
    """Within two seconds, or the container is taken for dead."""

    body = numpy.random.default_rng(0).uniform(0, 8, (2000, 4))
    text = serializers.CSVSerializer().serialize(body).encode()
    request = encode("POST", "/invocations", text,
                     {"Content-Type": "text/csv"})

    with Load(container.port, request, 32) as load:
        seconds = []
        end = time.monotonic() + 4

        while time.monotonic() < end:
            began = time.monotonic()
            assert container.get("/ping").status == 200
            seconds.append(time.monotonic() - began)
            time.sleep(0.01)

    assert not load.failed
    assert sum(load.bodies.values()) > 32
    assert max(seconds) < 2


def test_connections_are_taken_at_once(container):
    """A connection is taken within 250 ms, whatever the others do."""

    idle = [container.connect() for _ in range(50)]
    began = time.monotonic()

    with container.connect() as connection:
        assert connection.request("GET", "/ping").status == 200

    assert time.monotonic() - began < 0.25

    for connection in idle:
        connection.close()
