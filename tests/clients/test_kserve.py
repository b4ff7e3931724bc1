"""KServe's InferenceRESTClient, of both protocols."""

import asyncio

import httpx
import numpy
import pytest

from models import ROWS, answers
from parts import part

kserve = part("kserve", "inference_client")
types = part("kserve", "protocol.infer_type")

X = numpy.array(ROWS["double"])


@pytest.fixture
def call(server):
    """call(protocol, method, arguments…)"""

    def ask(protocol, method, *arguments, **options):
        async def run():
            async with kserve.InferenceRESTClient(
                    kserve.RESTConfig(protocol=protocol)) as client:
                return await getattr(client, method)(
                    server.url, *arguments, **options)

        return asyncio.run(run())

    return ask


def test_live_and_ready(call):
    assert call("v1", "is_server_live") is True
    assert call("v2", "is_server_live") is True
    assert call("v2", "is_server_ready") is True


@pytest.mark.parametrize("protocol", ["v1", "v2"])
def test_model_ready(call, protocol):
    assert call(protocol, "is_model_ready", "string") is True


def test_unknown_model(call):
    assert call("v2", "is_model_ready", "none") is False

    with pytest.raises(httpx.HTTPStatusError) as told:
        call("v1", "is_model_ready", "none")

    assert told.value.response.status_code == 404
    assert "known models" in str(told.value), \
        "the message of the error was not read"


@pytest.mark.parametrize("member", ["instances", "inputs"])
@pytest.mark.parametrize("model", ["string", "integer", "boolean",
                                   "regressors"])
def test_v1(call, models, member, model):
    """Columns come back for "inputs", as TensorFlow Serving does it."""

    reply = call("v1", "infer", {member: ROWS["double"]}, model)
    expected = answers(models[model], ROWS["double"])["predict"]
    assert reply in ({"predictions": expected}, {"outputs": expected})
    assert ("predictions" in reply) == (member == "instances")


def request(model, binary, parameters=None, outputs=None):
    tensor = types.InferInput("x", list(X.shape), "FP64")
    tensor.set_data_from_numpy(X, binary_data=binary)
    return types.InferRequest(model, [tensor], parameters=parameters,
                              request_outputs=outputs)


def unpack(found):
    values = found.as_numpy()

    if values.dtype == object:
        return [each.decode() if isinstance(each, bytes) else each
                for each in values.ravel()]

    return values.tolist()


@pytest.mark.parametrize("binary_in", [True, False])
@pytest.mark.parametrize("binary_out", [True, False])
@pytest.mark.parametrize("model", ["string", "integer", "boolean", "float",
                                   "regressor", "regressors"])
def test_v2(call, models, model, binary_in, binary_out):
    reply = call("v2", "infer", request(
        model, binary_in, {"binary_data_output": binary_out}), model)
    output, = reply.outputs
    assert output.name == "predict"
    assert unpack(output) == answers(models[model], ROWS["double"])["predict"]


@pytest.mark.parametrize("binary", [True, False])
def test_v2_outputs(call, models, binary):
    expected = answers(models["string"], ROWS["double"])
    asked = [types.RequestedOutput(name, {"binary_data": binary})
             for name in ("output-0", "predict_proba", "distances")]
    reply = call("v2", "infer", request("string", binary, None, asked),
                 "string")
    assert [each.name for each in reply.outputs] \
        == ["output-0", "predict_proba", "distances"]
    assert unpack(reply.outputs[0]) == expected["predict"]
    assert unpack(reply.outputs[1]) == expected["predict_proba"]
    assert unpack(reply.outputs[2]) == expected["distances"]


@pytest.mark.parametrize("protocol, body", [
    ("v1", {"instances": [[1, 2, 3]]}),
    ("v2", {"inputs": [{"name": "x", "shape": [1, 3], "datatype": "FP64",
                        "data": [1, 2, 3]}]})])
def test_faults_are_told(call, protocol, body):
    with pytest.raises(httpx.HTTPStatusError) as told:
        call(protocol, "infer", body, "string")

    assert told.value.response.status_code == 422
    assert "features" in str(told.value), "the error was not read"


def test_explain_is_not_offered(call):
    with pytest.raises(httpx.HTTPStatusError) as told:
        call("v1", "explain", "string", {"instances": ROWS["double"]})

    assert told.value.response.status_code in (400, 404, 501)
