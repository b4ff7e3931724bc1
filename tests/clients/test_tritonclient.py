"""Triton's client, unmodified: every method that has to do with models."""

import numpy
import pytest
import tritonclient.http
from tritonclient.http import InferInput, InferRequestedOutput
from tritonclient.utils import InferenceServerException

from models import ROWS, answers, classes

X = numpy.array(ROWS["double"])


@pytest.fixture(params=["/", "/serving/"])
def client(server, request):
    """At the root, and at a base path."""

    with tritonclient.http.InferenceServerClient(
            f"127.0.0.1:{server.port}{request.param[:-1]}") as client:
        yield client


def matrix(values=X, datatype="FP64", binary=True, name="x"):
    tensor = InferInput(name, list(values.shape), datatype)
    tensor.set_data_from_numpy(values, binary_data=binary)
    return [tensor]


def wanted(*names, **options):
    return [InferRequestedOutput(name, **options) for name in names]


def check(result, name, expected):
    """Text comes as bytes, or as text where it was JSON."""

    found = result.as_numpy(name)

    if found.dtype == object:
        found = numpy.array([each.decode() if isinstance(each, bytes)
                             else each for each in found.ravel()],
                            object).reshape(found.shape)

    expected = numpy.array(expected, object if found.dtype == object
                           else None)
    assert found.shape == expected.shape
    assert found.dtype.kind == expected.dtype.kind
    assert (found == expected).all()


def test_health(client):
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready("string")
    assert client.is_model_ready("iris", "2")
    assert client.is_model_ready("iris", "1.0.0")
    assert not client.is_model_ready("iris", "3")
    assert not client.is_model_ready("no such model")


def test_server_metadata(client):
    found = client.get_server_metadata()
    assert isinstance(found["name"], str) and found["name"]
    assert isinstance(found["version"], str) and found["version"]
    assert {"binary_tensor_data", "classification", "statistics"} \
        <= set(found["extensions"])


def test_model_metadata(client):
    found = client.get_model_metadata("string")
    assert found["name"] == "string"
    assert found["versions"] == ["1.0.0"]
    assert found["platform"]

    # what it says of a tensor is enough to write one
    for each in found["inputs"]:
        assert each["shape"][0] == -1
        assert each["datatype"] in ("FP64", "FP32")

    outputs = {each["name"]: each for each in found["outputs"]}
    assert outputs["predict"]["datatype"] == "BYTES"
    assert outputs["predict"]["shape"] == [-1]
    assert outputs["predict_proba"]["datatype"] == "FP64"
    assert outputs["predict_proba"]["shape"] == [-1, 3]
    assert outputs["kneighbors"]["datatype"] == "INT64"
    assert outputs["kneighbors"]["shape"] == [-1, 5]
    assert outputs["distances"]["shape"] == [-1, 5]
    assert outputs["novelty"]["shape"] == [-1]


def test_metadata_of_the_version_that_is_named(client):
    assert set(client.get_model_metadata("iris")["versions"]) \
        == {"1.0.0", "2.1.0"}
    assert client.get_model_metadata("iris", "1")["versions"] == ["1.0.0"]
    assert client.get_model_metadata("iris", "2.1")["versions"] == ["2.1.0"]


@pytest.mark.parametrize("model, datatype, shape", [
    ("string", "BYTES", [-1]), ("integer", "INT64", [-1]),
    ("boolean", "BOOL", [-1]), ("float", "FP64", [-1]),
    ("regressor", "FP64", [-1]), ("regressors", "FP64", [-1, 2]),
    ("strings", "BYTES", [-1, 2]), ("integers", "INT64", [-1, 2])])
def test_metadata_of_labels(client, model, datatype, shape):
    outputs = {each["name"]: each for each
               in client.get_model_metadata(model)["outputs"]}
    assert outputs["predict"]["datatype"] == datatype
    assert outputs["predict"]["shape"] == shape


def test_every_tensor_of_the_metadata_can_be_asked_for(client, models):
    """Of every model, with an input written from its metadata alone."""

    for entry in client.get_model_repository_index():
        found = client.get_model_metadata(entry["name"])

        if len(found["inputs"]) > 1:
            continue

        about, = found["inputs"]
        shape = [2 if size < 0 else size for size in about["shape"]]
        dtype = {"FP64": float, "FP32": numpy.float32}[about["datatype"]]
        outputs = [each["name"] for each in found["outputs"]]
        result = client.infer(
            entry["name"], matrix(numpy.ones(shape, dtype), about["datatype"],
                                  name=about["name"]),
            outputs=wanted(*outputs))
        assert [each["name"] for each in result.get_response()["outputs"]] \
            == outputs

        for each in found["outputs"]:
            told = result.get_output(each["name"])
            assert told["datatype"] == each["datatype"]
            assert len(told["shape"]) == len(each["shape"])
            assert all(size in (-1, is_size) for size, is_size
                       in zip(each["shape"], told["shape"]))


def test_model_config(client):
    found = client.get_model_config("string")
    assert found["name"] == "string"


def test_repository_index(client, models):
    found = client.get_model_repository_index()
    assert all(entry["state"] == "READY" for entry in found)
    assert {(entry["name"], entry["version"]) for entry in found} \
        == {(name, "1.0.0") for name in models} \
        | {("iris", "1.0.0"), ("iris", "2.1.0")}


def test_statistics(client):
    def count(found):
        entry, = found["model_stats"]
        assert entry["name"] == "integer"
        assert entry["version"] == "1.0.0"
        success = entry["inference_stats"]["success"]
        return (entry["inference_count"], entry["execution_count"],
                success["count"], success["ns"])

    before = count(client.get_inference_statistics("integer"))
    client.infer("integer", matrix())
    after = count(client.get_inference_statistics("integer", "1"))
    assert after[0] == before[0] + len(X)
    assert after[1] == before[1] + 1
    assert after[2] == before[2] + 1
    assert after[3] > before[3]

    every = client.get_inference_statistics()["model_stats"]
    assert ("iris", "2.1.0") in {(entry["name"], entry["version"])
                                 for entry in every}


@pytest.mark.parametrize("binary_in", [True, False])
@pytest.mark.parametrize("binary_out", [True, False])
@pytest.mark.parametrize("model", [
    "string", "integer", "boolean", "float", "regressor", "regressors",
    "strings", "integers"])
def test_infer(client, models, model, binary_in, binary_out):
    expected = answers(models[model], ROWS["double"])
    result = client.infer(model, matrix(binary=binary_in), outputs=wanted(
        *expected, binary_data=binary_out))

    for name, values in expected.items():
        check(result, name, values)


def test_infer_without_outputs_is_binary(client, models):
    result = client.infer("string", matrix())
    output, = result.get_response()["outputs"]
    assert output["name"] == "predict"
    assert "binary_data_size" in output["parameters"]
    assert "data" not in output
    check(result, "predict", answers(models["string"], ROWS["double"])
          ["predict"])


def test_outputs_are_mixed_and_in_the_order_asked(client, models):
    expected = answers(models["string"], ROWS["double"])
    result = client.infer("string", matrix(), outputs=[
        *wanted("distances", binary_data=True),
        *wanted("predict", binary_data=False),
        *wanted("kneighbors", "predict_proba", binary_data=True),
        *wanted("output-0", binary_data=False)])
    assert [each["name"] for each in result.get_response()["outputs"]] == [
        "distances", "predict", "kneighbors", "predict_proba", "output-0"]

    for name in expected:
        check(result, name, expected[name])

    check(result, "output-0", expected["predict"])


@pytest.mark.parametrize("coding_in", [None, "gzip", "deflate"])
@pytest.mark.parametrize("coding_out", [None, "gzip", "deflate"])
@pytest.mark.parametrize("binary", [True, False])
def test_compression(client, models, coding_in, coding_out, binary):
    many = numpy.tile(X, (50, 1))
    expected = answers(models["string"], ROWS["double"])
    result = client.infer(
        "string", matrix(many, binary=binary),
        outputs=wanted("predict", "predict_proba", binary_data=binary),
        request_compression_algorithm=coding_in,
        response_compression_algorithm=coding_out)
    check(result, "predict", expected["predict"] * 50)
    check(result, "predict_proba", expected["predict_proba"] * 50)


def test_identifier_comes_back(client):
    for name in ("17", "a/b ü \" \\ \n", "x" * 300):
        result = client.infer("string", matrix(), request_id=name)
        assert result.get_response()["id"] == name

    assert "id" not in client.infer("string", matrix()).get_response()


def test_version(client, models):
    for version, model in (("1", "string"), ("1.0.0", "string"),
                           ("2", "boolean"), ("2.1", "boolean"),
                           ("", "boolean")):
        result = client.infer("iris", matrix(), model_version=version)
        assert result.get_response()["model_name"] == "iris"
        assert result.get_response()["model_version"] \
            == {"string": "1.0.0", "boolean": "2.1.0"}[model]
        check(result, "predict",
              answers(models[model], ROWS["double"])["predict"])


def test_label(client, models):
    """Percent-encoded, as the client writes a name."""

    result = client.infer("iris@stable", matrix())
    check(result, "predict",
          answers(models["string"], ROWS["double"])["predict"])


@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("count", [1, 2, 3, 10])
def test_classification(client, models, binary, count):
    labels = classes(models["string"])
    expected = [[
        (share, i) for share, i in sorted(
            zip(row, range(3)), key=lambda pair: (-pair[0], pair[1]))][:count]
        for row in answers(models["string"], ROWS["double"])["predict_proba"]]
    result = client.infer("string", matrix(), outputs=wanted(
        "predict_proba", class_count=count, binary_data=binary))
    found = result.as_numpy("predict_proba")
    assert found.shape == (len(X), min(count, 3))

    for texts, row in zip(found, expected):
        for text, (share, i) in zip(texts, row):
            text = text.decode() if isinstance(text, bytes) else text
            value, index, label = text.split(":", 2)
            assert (float(value), int(index), label) == (share, i, labels[i])


def test_async_infer(client, models):
    expected = answers(models["integer"], ROWS["double"])["predict"]
    requests = [client.async_infer("integer", matrix()) for _ in range(5)]

    for request in requests:
        check(request.get_result(), "predict", expected)


def test_parameters_are_passed_over(client):
    client.infer("string", matrix(), priority=3, timeout=10**7,
                 parameters={"mine": "x", "other": 1})


def test_generated_body_and_parsed_reply(client, server, models):
    """The client's own bytes, sent and received by others."""

    body, size = client.generate_request_body(
        matrix(), outputs=wanted("predict"))
    reply = server.post("/v2/models/string/infer", body, {
        "Inference-Header-Content-Length": str(size)})
    result = client.parse_response_body(reply.body, header_length=int(
        reply.headers["inference-header-content-length"]))
    check(result, "predict",
          answers(models["string"], ROWS["double"])["predict"])


def test_zero_rows(client):
    for binary in (True, False):
        result = client.infer(
            "string", matrix(numpy.zeros((0, 4)), binary=binary),
            outputs=wanted("predict", "predict_proba", binary_data=binary))
        assert result.get_output("predict")["shape"] == [0]
        assert result.get_output("predict_proba")["shape"] == [0, 3]


@pytest.mark.parametrize("datatype, dtype", [
    ("FP32", "f4"), ("FP64", "f8"), ("FP16", "f2"), ("INT8", "i1"),
    ("INT16", "i2"), ("INT32", "i4"), ("INT64", "i8"), ("UINT8", "u1"),
    ("UINT16", "u2"), ("UINT32", "u4"), ("UINT64", "u8")])
def test_datatypes(client, models, datatype, dtype):
    values = numpy.array(ROWS["integer"], dtype)
    expected = answers(models["string"], ROWS["integer"])

    for binary in (True,) if datatype == "FP16" else (True, False):
        result = client.infer("string", matrix(values, datatype, binary))
        check(result, "predict", expected["predict"])


def test_bytes(client, models):
    texts = numpy.array([[repr(value) for value in row]
                         for row in ROWS["double"]], object)
    expected = answers(models["string"], ROWS["double"])

    for binary in (True, False):
        result = client.infer("string", matrix(texts, "BYTES", binary))
        check(result, "predict", expected["predict"])


def test_columns_of_texts_and_numbers(client, models, shop):
    table = shop[0]
    inputs = []

    for name in reversed(table.columns):
        text = table[name].dtype == object
        inputs += matrix(table[name].to_numpy(object if text else float),
                         "BYTES" if text else "FP64", name=name)

    result = client.infer("shop", inputs)
    check(result, "predict", models["shop"].predict(table).tolist())


@pytest.mark.parametrize("status, message, arguments", [
    (404, "known models", ("none", matrix())),
    (404, "iris", ("iris", matrix(), "9")),
    (422, "4 features", ("string", matrix(numpy.zeros((2, 3))))),
    (400, "nothing", ("string", matrix(), "", wanted("nothing"))),
    (400, "predict", ("string", matrix(), "", wanted("predict", "predict"))),
    (422, "", ("string", matrix(numpy.full((1, 4), numpy.nan)))),
    (422, "", ("string", matrix(), "", wanted("kneighbors", class_count=2))),
])
def test_faults_are_told(client, status, message, arguments):
    with pytest.raises(InferenceServerException) as told:
        client.infer(*arguments)

    assert told.value.status() == str(status)
    assert message in told.value.message()
    assert "decoding" not in told.value.message()


@pytest.mark.parametrize("call", [
    lambda client: client.get_model_metadata("none"),
    lambda client: client.get_model_metadata("iris", "7"),
    lambda client: client.get_model_config("none"),
    lambda client: client.get_inference_statistics("none")])
def test_unknown_models_are_named(client, call):
    with pytest.raises(InferenceServerException) as told:
        call(client)

    assert told.value.status() == "404"
    assert "decoding" not in told.value.message()


@pytest.mark.parametrize("call", [
    lambda client: client.load_model("string"),
    lambda client: client.load_model("string", config="{}"),
    lambda client: client.unload_model("string")])
def test_models_are_loaded_by_the_configuration_alone(client, call):
    with pytest.raises(InferenceServerException) as told:
        call(client)

    assert told.value.status() == "403"
    assert "configuration" in told.value.message()
    assert client.is_model_ready("string")


@pytest.mark.parametrize("call", [
    lambda client: client.get_trace_settings(),
    lambda client: client.get_log_settings(),
    lambda client: client.get_system_shared_memory_status(),
    lambda client: client.get_cuda_shared_memory_status(),
    lambda client: client.update_log_settings({}),
    lambda client: client.update_trace_settings(settings={}),
    lambda client: client.register_system_shared_memory("x", "/x", 1),
    lambda client: client.unregister_system_shared_memory()])
def test_what_is_not_offered_is_told_so(client, call):
    with pytest.raises(InferenceServerException) as told:
        call(client)

    assert told.value.status() in ("404", "405")
    assert "decoding" not in told.value.message()


def test_shared_memory_is_refused(client):
    tensor = InferInput("x", [1, 4], "FP64")
    tensor.set_shared_memory("region", 32)

    with pytest.raises(InferenceServerException) as told:
        client.infer("string", [tensor])

    assert told.value.status() == "400"
