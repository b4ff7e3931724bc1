"""The same rows in every dialect: scikit-learn's answers, bit for bit."""

import math

import numpy
import pytest

import dialects
from dialects import (NAMED, PREDICT, V1, V1_NAMED, V2, V2_NAMED, binary,
                      from_csv, from_json, from_lines, from_npy, from_v1,
                      from_v2, json_of, missing, tensor, v2)
from models import NAMES, ROWS, answers, classes

MODELS = ["string", "integer", "boolean", "float", "regressor", "regressors",
          "strings", "integers", "radius", "radius_regressor", "nearest"]
WITH_NAMES = ["string", "regressors", "integers", "radius"]

BINARY = {"parameters": {"binary_data_output": True}}

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def oracles(models):
    """(name, kind of rows) to what scikit-learn answers, once for each."""

    found = {}

    def answer(name, kind):
        if (name, kind) not in found:
            found[name, kind] = answers(models[name], ROWS[kind])

        return found[name, kind]

    return answer


def same(found, expected):
    """Equal in value, type and sign of zero; CSV knows no types."""

    if isinstance(expected, list):
        return isinstance(found, list) and len(found) == len(expected) \
            and all(map(same, found, expected))

    if isinstance(expected, float) and isinstance(found, float):
        return found == expected \
            and math.copysign(1, found) == math.copysign(1, expected)

    return found == expected and type(found) is type(expected)


def check(found, expected, kinds=None):
    if kinds is not None:
        expected = {kind: expected[kind] for kind in kinds if kind in expected}

    assert found.keys() == expected.keys()

    for name, values in expected.items():
        assert len(found[name]) == len(values), name
        wrong = [f"{name} of row {i}: {row}, not {value}" for i, (row, value)
                 in enumerate(zip(found[name], values))
                 if not same(row, value)]
        assert not wrong, wrong[0]


def send(server, path, request):
    body, headers = request
    reply = server.post(path, body, headers)
    assert reply.status == 200, reply
    return reply


def every(requests, models=MODELS):
    return pytest.mark.parametrize("model, dialect", [
        (model, dialect) for model in models for dialect in requests])


@every(PREDICT)
def test_predict(server, oracles, model, dialect):
    kind, write = PREDICT[dialect]
    reply = send(server, f"/all/predict/{model}", write(ROWS[kind], NAMES))
    check(from_json(reply), oracles(model, kind))


@every(NAMED, WITH_NAMES)
def test_predict_by_names(server, oracles, model, dialect):
    kind, write = NAMED[dialect]
    reply = send(server, f"/all/predict/{model}", write(ROWS[kind], NAMES))
    check(from_json(reply), oracles(model, kind))


@pytest.mark.parametrize("model", MODELS)
def test_get(server, oracles, model):
    expected = oracles(model, "double")

    for i, row in enumerate(ROWS["double"]):
        text = ",".join(map(repr, row))
        reply = server.get(f"/all/predict/{model}?X={text}")
        assert reply.status == 200, reply
        check(from_json(reply),
              {name: values[i:i + 1] for name, values in expected.items()})


@every(V1)
def test_v1(server, oracles, model, dialect):
    kind, write = V1[dialect]
    reply = send(server, f"/all/v1/models/{model}:predict",
                 write(ROWS[kind], NAMES))
    check(from_v1(reply), oracles(model, kind))


@every(V1_NAMED, WITH_NAMES)
def test_v1_by_names(server, oracles, model, dialect):
    kind, write = V1_NAMED[dialect]
    reply = send(server, f"/all/v1/models/{model}:predict",
                 write(ROWS[kind], NAMES))
    check(from_v1(reply), oracles(model, kind))


@pytest.mark.parametrize("model", ["string", "radius"])
def test_v1_classify(server, models, oracles, model):
    body = {"context": {}, "examples": dialects.objects(ROWS["double"], NAMES)}
    reply = send(server, f"/v1/models/{model}:classify", json_of(body))
    labels = list(map(str, classes(models[model])))
    assert reply.json == {"result": [
        [[label, share] for label, share in zip(labels, row)]
        for row in oracles(model, "double")["predict_proba"]]}


@every(V2)
def test_v2(server, oracles, model, dialect):
    kind, write = V2[dialect]
    reply = send(server, f"/all/v2/models/{model}/infer",
                 write(ROWS[kind], NAMES))
    assert "inference-header-content-length" not in reply.headers
    check(from_v2(reply), oracles(model, kind))


@every(V2_NAMED, WITH_NAMES)
def test_v2_by_names(server, oracles, model, dialect):
    kind, write = V2_NAMED[dialect]
    reply = send(server, f"/all/v2/models/{model}/infer",
                 write(ROWS[kind], NAMES))
    check(from_v2(reply), oracles(model, kind))


@pytest.mark.parametrize("model", MODELS)
def test_v2_raw_body(server, oracles, model):
    """No JSON at all: the body is one row, the reply is binary."""

    expected = oracles(model, "double")

    for i, row in enumerate(ROWS["double"]):
        reply = send(server, f"/all/v2/models/{model}/infer",
                     (dialects.packed("FP64", row),
                      {"Inference-Header-Content-Length": "0"}))
        assert reply.headers["content-type"] == "application/octet-stream"
        check(from_v2(reply),
              {name: values[i:i + 1] for name, values in expected.items()})


@pytest.mark.parametrize("model", MODELS)
def test_v2_binary_reply(server, oracles, model):
    for request in (v2(tensor("FP64", ROWS["double"]), **BINARY),
                    binary("FP64", {"x": ROWS["double"]}, **BINARY)):
        reply = send(server, f"/all/v2/models/{model}/infer", request)
        assert reply.headers["content-type"] == "application/octet-stream"
        check(from_v2(reply), oracles(model, "double"))


@pytest.mark.parametrize("model", MODELS)
def test_reply_json_lines(server, oracles, model):
    body, headers = json_of({"X": ROWS["double"]})
    reply = send(server, f"/all/predict/{model}",
                 (body, {**headers, "Accept": "application/jsonlines"}))
    check(from_lines(reply), oracles(model, "double"))


@pytest.mark.parametrize("model", MODELS)
def test_reply_csv(server, oracles, model):
    """What CSV says are numbers are floats to its reader."""

    def told(value):
        if isinstance(value, list):
            return [told(each) for each in value]

        number = isinstance(value, int) and not isinstance(value, bool)
        return float(value) if number else value

    body, headers = json_of({"X": ROWS["double"]})
    reply = send(server, f"/all/predict/{model}",
                 (body, {**headers, "Accept": "text/csv; header=present"}))
    assert reply.headers["content-type"].startswith("text/csv")
    check(from_csv(reply), {name: told(values) for name, values
                            in oracles(model, "double").items()})

    bare = send(server, f"/all/predict/{model}",
                (body, {**headers, "Accept": "text/csv"}))
    assert reply.body.endswith(bare.body)
    assert bare.body.count(b"\n") == len(ROWS["double"])


@pytest.mark.parametrize("output", ["predict", "predict_proba", "kneighbors"])
@pytest.mark.parametrize("model", MODELS)
def test_reply_npy(server, models, oracles, model, output):
    body, headers = json_of({"X": ROWS["double"]})
    headers = {**headers, "Accept": "application/x-npy"}
    path = f"/predict/{model}?output={output}"
    expected = oracles(model, "double")

    if output not in expected:
        assert server.post(path, body, headers).status in (400, 422)
        return

    if output == "kneighbors" and "radius" in model:
        # what is no array is padded or refused, and never cut off
        reply = server.post(path, body, headers)
        assert reply.status in (200, 406), reply

        if reply.status == 200:
            found = [[i for i in row if i >= 0]
                     for row in from_npy(reply).tolist()]
            assert found == expected[output]
        return

    array = from_npy(send(server, path, (body, headers)))
    assert same(missing(array.tolist()), expected[output])
    kind = numpy.array(expected[output]).dtype.kind
    assert array.dtype.kind == {"O": "f"}.get(kind, kind)


ALL = {**PREDICT, **NAMED}


@pytest.mark.parametrize("dialect", ALL)
@pytest.mark.parametrize("accept, read", [
    ("application/json", from_json), ("application/jsonlines", from_lines),
    ("text/csv;header=present", from_csv), ("application/x-npy", from_npy)])
def test_every_request_with_every_reply(server, oracles, dialect, accept,
                                        read):
    kind, write = ALL[dialect]
    body, headers = write(ROWS[kind], NAMES)
    reply = send(server, "/predict/string?output=predict",
                 (body, {**headers, "Accept": accept}))
    found = read(reply)

    if read is from_npy:
        found = {"predict": found.tolist()}

    check(found, oracles("string", kind), ["predict"])


# into whose plain JSON the outputs can be put
PLAIN = [dialect for dialect in {**V2, **V2_NAMED}
         if not any(word in dialect for word in ("gzip", "flate", "chunks"))]


@pytest.mark.parametrize("dialect", PLAIN)
def test_every_v2_request_with_binary_replies(server, oracles, dialect):
    """Asked for by its outputs, by name."""

    kind, write = {**V2, **V2_NAMED}[dialect]
    body, headers = write(ROWS[kind], NAMES)

    asked = b'{"outputs":[%s],' % b",".join(
        b'{"name":"%s","parameters":{"binary_data":%s}}' % pair
        for pair in ((b"predict", b"false"), (b"predict_proba", b"true"),
                     (b"distances", b"true"), (b"kneighbors", b"false")))
    body = asked + body[1:]

    if "Inference-Header-Content-Length" in headers:
        headers = {"Inference-Header-Content-Length": str(int(
            headers["Inference-Header-Content-Length"]) + len(asked) - 1)}

    reply = send(server, "/v2/models/string/infer", (body, headers))
    assert [each["name"] for each in reply_outputs(reply)] \
        == ["predict", "predict_proba", "distances", "kneighbors"]
    check(from_v2(reply), oracles("string", kind))


def reply_outputs(reply):
    size = int(reply.headers["inference-header-content-length"])
    return dialects.json.loads(reply.body[:size])["outputs"]
