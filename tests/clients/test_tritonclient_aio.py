"""Triton's client of asyncio: other headers, and no inflating of errors."""

import asyncio

import numpy
import pytest
import tritonclient.http.aio
from tritonclient.utils import InferenceServerException

from models import ROWS, answers
from test_tritonclient import check, matrix, wanted

GZIP = """
    gzip on;
    gzip_min_length 1;
    gzip_types application/json application/problem+json
               application/octet-stream;
"""


@pytest.fixture(scope="module")
def packing(serve, save, models):
    """A server with gzip on, which the client's Accept-Encoding asks for."""

    return serve(f"knn_model string {save(models['string'])}; {GZIP}",
                 "location /v2 { knn_api v2; }")


@pytest.fixture(params=["server", "packing"])
def call(request):
    """call(method, arguments…) of a client; gzip is on, or it is not."""

    port = request.getfixturevalue(request.param).port

    def ask(method, *arguments, **options):
        async def run():
            async with tritonclient.http.aio.InferenceServerClient(
                    f"127.0.0.1:{port}") as client:
                return await getattr(client, method)(*arguments, **options)

        return asyncio.run(run())

    return ask


def test_health(call):
    assert call("is_server_live")
    assert call("is_server_ready")
    assert call("is_model_ready", "string")
    assert call("is_model_ready", "string", "1")
    assert not call("is_model_ready", "no such model")


def test_documents(call):
    """They are parsed as they come: compressed, they are not JSON."""

    assert "binary_tensor_data" in call("get_server_metadata")["extensions"]
    assert call("get_model_metadata", "string")["name"] == "string"
    assert call("get_model_config", "string")["name"] == "string"
    assert {"name": "string", "version": "1.0.0", "state": "READY"}.items() \
        <= call("get_model_repository_index")[0].items()
    found = call("get_inference_statistics", "string")["model_stats"]
    assert found[0]["name"] == "string"


@pytest.mark.parametrize("binary_in", [True, False])
@pytest.mark.parametrize("binary_out", [True, False])
def test_infer(call, models, binary_in, binary_out):
    expected = answers(models["string"], ROWS["double"])
    result = call("infer", "string", matrix(binary=binary_in),
                  outputs=wanted(*expected, binary_data=binary_out))

    for name, values in expected.items():
        check(result, name, values)


@pytest.mark.parametrize("coding_in", [None, "gzip", "deflate"])
@pytest.mark.parametrize("coding_out", [None, "gzip", "deflate"])
def test_compression(call, models, coding_in, coding_out):
    many = numpy.tile(numpy.array(ROWS["double"]), (50, 1))
    expected = answers(models["string"], ROWS["double"])["predict"]
    result = call("infer", "string", matrix(many),
                  request_compression_algorithm=coding_in,
                  response_compression_algorithm=coding_out)
    check(result, "predict", expected * 50)


def test_classification(call, models):
    result = call("infer", "string", matrix(), outputs=wanted(
        "predict_proba", class_count=2))
    expected = answers(models["string"], ROWS["double"])["predict"]
    assert [row[0].decode().split(":", 2)[2]
            for row in result.as_numpy("predict_proba")] == expected


@pytest.mark.parametrize("status, method, arguments", [
    ("404", "infer", ("no such model", matrix())),
    ("404", "get_model_metadata", ("no such model",)),
    ("422", "infer", ("string", matrix(numpy.zeros((1, 3))))),
    ("400", "infer", ("string", matrix(), "", wanted("nothing"))),
    ("403", "load_model", ("string",)),
    ("403", "unload_model", ("string",))])
def test_faults_are_told(call, status, method, arguments):
    with pytest.raises(InferenceServerException) as told:
        call(method, *arguments)

    assert told.value.status() == status
    assert "decoding" not in told.value.message()
