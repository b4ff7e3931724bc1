"""What the inputs of V2 may look like, and what they may not."""

import json
import struct

import numpy
import pytest

from dialects import (binary, by_column, columns, from_v2, gzipped, json_of,
                      shuffled, tensor, v2)
from models import NAMES, ROWS, answers

ROW = [5.1, 3.5, 1.4, 0.2]
TWO = [ROW, [6.3, 2.7, 4.9, 1.8]]


@pytest.fixture
def infer(server):
    def send(request, model="string", path="/v2"):
        body, headers = request
        return server.post(f"{path}/models/{model}/infer", body, headers)

    return send


@pytest.fixture(scope="module")
def labels(models):
    return answers(models["string"], TWO)["predict"]


def matrix(data=TWO, shape=(2, 4), datatype="FP64", **members):
    return {"name": "x", "shape": list(shape), "datatype": datatype,
            "data": data, **members}


def outputs(reply):
    assert reply.status == 200, reply
    return {each["name"]: each for each in reply.json["outputs"]}


def refused(reply, status, pointer=None):
    assert reply.status == status, reply
    assert reply.json["error"] == reply.json["detail"]

    if pointer is not None:
        assert reply.json["pointer"] == pointer


@pytest.mark.parametrize("data", [
    TWO, sum(TWO, []), [TWO[0], *TWO[1]], [[TWO[0]], TWO[1]],
    [TWO[0][:2], TWO[0][2:], TWO[1][:2], TWO[1][2:]],
    [[[value] for value in row] for row in TWO]],
    ids=["nested", "flat", "half", "uneven", "other nest", "deep"])
def test_data_may_nest(infer, labels, data):
    """Flat and nested are what the protocol has; the rest has no meaning of
    its own, so it is either read in order or refused, but never confused."""

    reply = infer(v2(matrix(data)))

    if data in (TWO, sum(TWO, [])):
        assert reply.status == 200, reply

    assert reply.status in (200, 400), reply

    if reply.status == 200:
        assert outputs(reply)["predict"]["data"] == labels


def test_members_in_any_order(infer, labels):
    texts = {"name": '"x"', "shape": "[2,4]", "datatype": '"FP64"',
             "data": json.dumps(TWO), "parameters": '{"content_type":"np"}'}

    for first in texts:
        order = [first] + [name for name in reversed(texts) if name != first]
        body = '{"id":"1","outputs":[{"name":"predict"}],"inputs":[{%s}]}' \
            % ",".join(f'"{name}":{texts[name]}' for name in order)
        reply = infer((body.encode(), {}))
        assert outputs(reply)["predict"]["data"] == labels, order
        assert reply.json["id"] == "1"

    body = '{"inputs":[{%s}],"outputs":[{"name":"predict"}],"id":"1"}' \
        % ",".join(f'"{name}":{text}' for name, text in texts.items())
    assert infer((body.encode(), {})).json == reply.json


@pytest.mark.parametrize("name", ["x", "input-0", "predict", "", "é\n", "a" *
                                  200])
def test_name_of_a_matrix_is_free(infer, labels, name):
    reply = infer(v2(matrix(name=name)))
    assert outputs(reply)["predict"]["data"] == labels


@pytest.mark.parametrize("shape, data, count", [
    ([4], ROW, 1), ([1, 4], ROW, 1), ([2, 4], TWO, 2), ([0, 4], [], 0)])
def test_shapes(infer, shape, data, count):
    found = outputs(infer(v2(matrix(data, shape), outputs=[
        {"name": name} for name in ("predict", "predict_proba", "kneighbors",
                                    "distances", "novelty")])))
    assert found["predict"]["shape"] == [count]
    assert found["predict_proba"]["shape"] == [count, 3]
    assert found["kneighbors"]["shape"][0] == count
    assert found["distances"]["shape"][0] == count
    assert found["novelty"]["shape"] == [count]

    for each in found.values():
        assert len(each["data"]) == numpy.prod(each["shape"])


@pytest.mark.parametrize("shape, data, count", [
    ([1], [2], 1), ([3], [2, 0, 1], 3), ([3, 1], [2, 0, 1], 3),
    ([0], [], 0), ([0, 1], [], 0)])
def test_one_dimension_of_a_model_of_one_feature(infer, shape, data, count):
    for request in (v2(matrix(data, shape)),
                    binary("FP64", {"x": numpy.reshape(data, shape)})):
        found = outputs(infer(request, "one"))["predict"]
        assert found["shape"] == [count]
        assert found["data"] == [list("abcd")[i] for i in data]


@pytest.mark.parametrize("shape, data", [
    ([2, 3], [1, 2, 3, 4, 5, 6]), ([3], [1, 2, 3]), ([8], sum(TWO, [])),
    ([2, 4, 1], TWO), ([1, 2, 4], TWO), ([], [1])])
def test_shapes_that_do_not_fit(infer, shape, data):
    reply = infer(v2(matrix(data, shape)))
    assert reply.status in (400, 422), reply
    assert reply.json["error"]


@pytest.mark.parametrize("shape", [
    [2, 5], [3, 4], [1, 4], [0, 4], [-2, 4], [2, -4], [2.5, 4], ["2", 4],
    [1 << 32, 1 << 32], [1 << 62, 4], [1 << 64, 4], [1e300, 4], None, "2,4",
    [[2, 4]], {"0": 2}])
def test_counts_that_differ_from_the_shape(infer, shape):
    reply = infer(v2({**matrix(), "shape": shape}))
    assert reply.status in (400, 413, 422), reply
    assert reply.json["error"]


@pytest.mark.parametrize("data", [
    [ROW, ROW[:3]], [*TWO, ROW], [ROW], [], [[]], [[], []], 1, "a", None,
    {"0": ROW}, [ROW, None], [ROW, [1, 2, [3], 4]], [ROW, "abcd"]])
def test_data_that_is_no_table(infer, data):
    assert infer(v2(matrix(data))).status in (400, 422)


@pytest.mark.parametrize("datatype, value, status", [
    ("UINT8", 256, 422), ("UINT8", -1, 422), ("INT8", -129, 422),
    ("INT8", 128, 422), ("UINT16", 65536, 422), ("INT16", 32768, 422),
    ("UINT32", 1 << 32, 422), ("INT32", -(1 << 31) - 1, 422),
    ("UINT64", 1 << 64, 422), ("UINT64", -1, 422), ("INT64", 1 << 63, 422),
    ("INT32", 1.5, 422), ("INT32", None, 400), ("UINT8", 255, 200),
    ("INT8", -128, 200), ("UINT64", (1 << 64) - 1, 200),
    ("INT64", -(1 << 63), 200), ("INT32", 3.0, 200), ("INT64", 1e3, 200),
    ("FP64", 3, 200), ("FP32", 1e39, 422), ("FP32", 3e38, 200),
    ("FP64", None, 422), ("FP32", None, 422), ("BYTES", "3.5", 200),
    ("BYTES", "x", 422), ("BYTES", "", 422), ("BOOL", True, 200),
    ("BOOL", 1, 200)])
def test_ranges(infer, datatype, value, status):
    """The place of a value that is out of range is told."""

    fill = {"BYTES": "1", "BOOL": False}.get(datatype, 1)
    data = [fill] * 7 + [value]
    reply = infer(v2(matrix(data, datatype=datatype)))

    if status == 200:
        assert reply.status == 200, reply
    else:
        refused(reply, status, "#/inputs/0/data/7")


@pytest.mark.parametrize("text", ["1e400", "-1e400", "NaN", "Infinity"])
def test_what_is_no_number(infer, text):
    body = json.dumps({"inputs": [matrix([1] * 7 + [9])]}).replace("9]", text
                                                                   + "]")
    reply = infer((body.encode(), {}))
    refused(reply, 422, "#/inputs/0/data/7")


@pytest.mark.parametrize("datatype", ["FP16", "BF16"])
def test_half_precision_is_binary(infer, labels, datatype):
    reply = infer(v2(matrix(datatype=datatype)))
    refused(reply, 400)
    assert "binary" in reply.json["error"]


@pytest.mark.parametrize("datatype", ["FP8", "fp64", "STRING", "", "INT128",
                                      None, 64, ["FP64"]])
def test_unknown_datatypes(infer, datatype):
    assert infer(v2({**matrix(), "datatype": datatype})).status in (400, 422)


def test_float32_is_rounded_as_in_binary(infer, models):
    rows = [[0.1, 0.2, 0.3, 0.4]]
    rounded = numpy.array(rows, "f4").astype(float).tolist()
    asked = [{"name": "distances"}]
    expected = answers(models["string"], rounded)["distances"]
    assert from_v2(infer(v2(tensor("FP32", rows), outputs=asked))) \
        == {"distances": expected}
    assert from_v2(infer(binary("FP32", {"x": rows}, outputs=asked))) \
        == {"distances": expected}


def test_columns_in_any_order(infer, labels):
    for request in (
            v2(*by_column(TWO, NAMES, "FP64")),
            v2(*by_column(TWO, NAMES, "FP64")[::-1]),
            v2(*by_column(TWO, NAMES, "FP64"),
               parameters={"content_type": "pd"}),
            v2(*({**each, "shape": [2, 1]}
                 for each in by_column(TWO, NAMES, "FP64"))),
            v2(*({**each, "parameters": {"content_type": "np"}}
                 for each in by_column(TWO, NAMES, "FP64"))),
            binary("FP64", columns(*shuffled(TWO, NAMES)))):
        assert outputs(infer(request))["predict"]["data"] == labels


def test_columns_of_different_datatypes(infer, models):
    rows = [[5, 3, 1.5, 0.25], [6, 2, 4.5, 1.75]]
    inputs = [tensor(datatype, values, name)
              for datatype, (name, values) in zip(
                  ("UINT8", "BYTES", "FP32", "FP64"),
                  columns(rows, NAMES).items())]
    assert outputs(infer(v2(*inputs)))["predict"]["data"] \
        == answers(models["string"], rows)["predict"]


@pytest.mark.parametrize("change", [
    lambda inputs: inputs[:-1], lambda inputs: inputs + inputs[:1],
    lambda inputs: inputs[:-1] + [{**inputs[-1], "name": "breadth"}],
    lambda inputs: inputs[:-1] + [{**inputs[-1], "shape": [1],
                                   "data": [1]}],
    lambda inputs: inputs + [{**inputs[-1], "name": "more"}],
    lambda inputs: inputs[:-1] + [{**inputs[-1], "shape": [2, 2],
                                   "data": [1, 2, 3, 4]}]],
    ids=["one missing", "one twice", "unknown", "short", "too many", "wide"])
def test_columns_that_are_no_table(infer, change):
    reply = infer(v2(*change(by_column(TWO, NAMES, "FP64"))))
    assert reply.status in (400, 422), reply
    assert reply.json["error"]


def test_missing_values(infer, models, shop):
    """null where a feature may be missing, NaN in binary."""

    table = shop[0].head(12)
    expected = models["shop"].predict(table).tolist()
    assert table["weight"].isna().any()

    def parts(binary):
        for name in table.columns:
            text = table[name].dtype == object
            values = [None if value != value else value
                      for value in table[name]]
            yield tensor("BYTES" if text else "FP64", values, name)

    assert outputs(infer(v2(*parts(False)), "shop"))["predict"]["data"] \
        == expected

    # the numbers follow in bytes, the texts stay in JSON
    inputs, rest = [], b""

    for each in parts(True):
        if each["datatype"] == "FP64":
            part = numpy.array(each.pop("data"), float).tobytes()
            each["parameters"] = {"binary_data_size": len(part)}
            rest += part

        inputs.append(each)

    head = json.dumps({"inputs": inputs}).encode()
    reply = infer((head + rest, {
        "Inference-Header-Content-Length": str(len(head))}), "shop")
    assert outputs(reply)["predict"]["data"] == expected


@pytest.mark.parametrize("body", [
    {}, {"inputs": []}, {"inputs": {}}, {"inputs": None}, {"inputs": [1]},
    {"inputs": [{}]}, {"inputs": "x"}, [], 1, "a", None, True,
    {"inputs": [matrix()], "outputs": {}}, {"inputs": [matrix()],
                                            "outputs": [1]},
    {"inputs": [matrix()], "outputs": [{}]},
    {"inputs": [matrix()], "outputs": [{"name": 1}]},
    {"inputs": [matrix()], "id": 1}, {"inputs": [matrix()], "id": []},
    {"inputs": [matrix()], "parameters": 1}])
def test_members_of_the_wrong_type(infer, body):
    refused(infer(json_of(body)), 400)


@pytest.mark.parametrize("body", [
    b"", b"{", b"{}}", b'{"inputs":[]', b"\xff\xfe", b'{"inputs":[]}x',
    b'{"inputs":[],"inputs":[]}', b'{"id":"\xff","inputs":[]}',
    b'{"inputs":[{"name":"x","name":"y"}]}',
    b'{"inputs":' + b"[" * 200 + b"]" * 200 + b"}"])
def test_what_is_no_json(infer, body):
    refused(infer((body, {})), 400)


def test_member_that_is_missing(infer):
    for member in ("name", "shape", "datatype", "data"):
        about = matrix()
        del about[member]
        reply = infer(v2(about))
        refused(reply, 400)
        assert member in reply.json["error"], reply


def test_members_beside_are_passed_over(infer, labels):
    reply = infer(v2({**matrix(), "more": [1, {"a": None}]},
                     model_name="other", more={"b": [1, 2]},
                     parameters={"priority": 1, "x": "y", "z": True}))
    assert outputs(reply)["predict"]["data"] == labels


@pytest.mark.parametrize("outputs, status", [
    ([{"name": "nothing"}], 400), ([{"name": "predict"}] * 2, 400),
    ([{"name": "predict"}, {"name": "output-0"}], 200),
    ([{"name": "predict_proba", "parameters": {"classification": 2}}], 200),
    ([{"name": "predict_proba", "parameters": {"classification": 0}}], 400),
    ([{"name": "predict_proba", "parameters": {"classification": -1}}], 400),
    ([{"name": "predict_proba", "parameters": {"classification": "2"}}], 400),
    ([{"name": "predict_proba", "parameters": {"classification": 1.5}}], 400),
    ([{"name": "distances", "parameters": {"classification": 1}}], 422),
    ([{"name": "predict", "parameters": {"binary_data": 1}}], 400),
    ([{"name": "predict", "parameters": {"other": 1}}], 200), ([], 200)])
def test_outputs(infer, outputs, status):
    reply = infer(v2(matrix(), outputs=outputs))
    assert reply.status == status, reply

    if status == 200 and outputs:
        assert [each["name"] for each in reply.json["outputs"]] \
            == [each["name"] for each in outputs]


def test_regressors_have_no_probabilities(infer):
    for asked in ("predict_proba", "predict"):
        reply = infer(v2(matrix(), outputs=[{
            "name": asked, "parameters": {"classification": 1}}]),
            "regressor")
        assert reply.status in (400, 422), reply


def test_defaults_of_a_location(infer):
    names = [each["name"] for each
             in infer(v2(matrix()), path="/all/v2").json["outputs"]]
    assert names == ["predict", "predict_proba", "kneighbors", "distances",
                     "novelty"]


def test_order_of_the_reply(infer):
    reply = infer(v2(matrix(), id="7"))
    assert list(reply.json) == ["model_name", "model_version", "id",
                                "outputs"]
    assert reply.json["model_name"] == "string"
    assert reply.json["model_version"] == "1.0.0"


# binary


def framed(head, rest, length=None):
    head = json.dumps(head).encode()
    return head + rest, {"Inference-Header-Content-Length":
                         str(len(head) if length is None else length)}


def with_size(size, shape=(2, 4), datatype="FP64", **members):
    return {"inputs": [{"name": "x", "shape": list(shape),
                        "datatype": datatype,
                        "parameters": {"binary_data_size": size},
                        **members}]}


@pytest.mark.parametrize("size, rest", [
    (64, b""), (64, bytes(63)), (64, bytes(65)), (63, bytes(63)),
    (0, b""), (-1, b""), (1 << 63, bytes(64)), (1 << 70, bytes(64)),
    ("64", bytes(64)), (64.5, bytes(64)), (None, bytes(64)), (32, bytes(64))])
def test_sizes_that_do_not_fit(infer, size, rest):
    refused(infer(framed(with_size(size), rest)), 400)


@pytest.mark.parametrize("length", ["-1", "x", "1e2", "99999999",
                                    str(1 << 64), "1", "", "0x10", "+5"])
def test_lengths_of_the_header_that_do_not_fit(infer, length):
    refused(infer(framed(with_size(64), bytes(64), length)), 400)


def test_without_the_header_all_is_json(infer):
    body, _ = framed(with_size(64), bytes(64))
    refused(infer((body, {})), 400)


def test_data_and_bytes_at_once(infer):
    refused(infer(framed(with_size(64, data=TWO), bytes(64))), 400)


def test_the_header_may_say_that_all_is_json(infer, labels):
    body, _ = v2(matrix())
    reply = infer((body, {"Inference-Header-Content-Length": str(len(body))}))
    assert outputs(reply)["predict"]["data"] == labels


@pytest.mark.parametrize("rest", [
    b"", b"\1\0\0\0", b"\1\0\0\x001" * 7, b"\1\0\0\x001" * 9,
    b"\xff\xff\xff\xff" * 8, b"\1\0\0\x001" * 7 + b"\2\0\0\x001"])
def test_bytes_that_are_cut(infer, rest):
    reply = infer(framed(with_size(len(rest), datatype="BYTES"), rest))
    assert reply.status in (400, 413), reply
    assert reply.json["error"]


@pytest.mark.parametrize("cells, status", [
    ([b"1"] * 8, 200), ([b"1"] * 7 + [b"x"], 422), ([b"1"] * 7 + [b""], 422),
    ([b"1"] * 7 + [b"\xff"], 422), ([b"1"] * 7 + [b"1\0"], 422),
    ([b" 1 "] * 8, 200)])
def test_texts_in_bytes(infer, cells, status):
    rest = b"".join(struct.pack("<I", len(cell)) + cell for cell in cells)
    reply = infer(framed(with_size(len(rest), datatype="BYTES"), rest))
    assert reply.status == status or (status == 422
                                      and reply.status == 400), reply


@pytest.mark.parametrize("value", [numpy.nan, numpy.inf, -numpy.inf])
@pytest.mark.parametrize("datatype", ["FP16", "FP32", "FP64"])
def test_what_is_not_finite(infer, datatype, value):
    rows = numpy.ones((2, 4))
    rows[1, 3] = value
    reply = infer(binary(datatype, {"x": rows}))
    refused(reply, 422, "#/inputs/0")
    assert "row 1, feature 3" in reply.json["error"]


@pytest.mark.parametrize("size", [0, 8, 31, 33, 40, 64])
def test_raw_bodies_of_a_wrong_size(infer, size):
    """64 bytes are two rows, where the protocol has one."""

    reply = infer((bytes(size), {"Inference-Header-Content-Length": "0"}))
    assert reply.status in (400, 422), reply


def test_many_rows_in_small_chunks(infer, models):
    rows = (TWO + ROWS["double"]) * 60
    expected = answers(models["string"], rows)["predict"]
    body, headers = binary("FP64", {"x": rows})

    for size in (3, 1021, len(body)):
        chunks = [body[i:i + size] for i in range(0, len(body), size)]
        reply = infer((chunks, headers))
        assert outputs(reply)["predict"]["data"] == expected


def test_bytes_before_compression_are_what_the_header_counts(infer, labels):
    reply = infer(gzipped(binary("FP64", {"x": TWO})))
    assert outputs(reply)["predict"]["data"] == labels
