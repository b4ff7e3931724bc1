"""nginx.conf as it is, which each client is only pointed at."""

import asyncio

import numpy
import pytest
import requests
import tritonclient.http
import tritonclient.http.aio
from mlflow.pyfunc.scoring_server.client import ScoringServerClient

import oracle
from nginx_conf import serve_conf
from parts import part
from test_tritonclient import check, matrix

kserve = part("kserve", "inference_client")
types = part("kserve", "protocol.infer_type")
serializers = part("sagemaker.core", "serializers.base")


@pytest.fixture(scope="module")
def shipped(serve):
    return serve_conf(serve)


@pytest.fixture(scope="module")
def expected(iris, rows):
    return oracle.predictions(iris, rows)


def test_tritonclient(shipped, rows, expected):
    with tritonclient.http.InferenceServerClient(
            f"127.0.0.1:{shipped.port}") as client:
        assert client.is_server_ready()
        assert client.is_model_ready("iris")
        inputs = matrix(numpy.array(rows))
        check(client.infer("iris", inputs), "predict", expected)


def test_tritonclient_aio(shipped, rows, expected):
    async def infer():
        async with tritonclient.http.aio.InferenceServerClient(
                f"127.0.0.1:{shipped.port}") as client:
            assert (await client.get_model_metadata("iris"))["inputs"]
            return await client.infer("iris", matrix(numpy.array(rows)))

    check(asyncio.run(infer()), "predict", expected)


def test_kserve(shipped, rows, expected):
    async def infer(protocol, body):
        async with kserve.InferenceRESTClient(
                kserve.RESTConfig(protocol=protocol)) as client:
            assert await client.is_model_ready(shipped.url, "iris")
            return await client.infer(shipped.url, body, "iris")

    found = asyncio.run(infer("v1", {"instances": rows}))
    assert found == {"predictions": expected}

    tensor = types.InferInput("x", [len(rows), 4], "FP64")
    tensor.set_data_from_numpy(numpy.array(rows, float), binary_data=True)
    found = asyncio.run(infer("v2", types.InferRequest("iris", [tensor])))
    assert found.outputs[0].data == expected


def test_mlflow(shipped, rows, expected):
    client = ScoringServerClient("127.0.0.1", shipped.port)
    client.ping()
    assert client.invoke(rows)["predictions"] == expected


def test_sagemaker(shipped, rows, expected):
    assert requests.get(shipped.url + "/ping").status_code == 200

    for serializer in (serializers.CSVSerializer(),
                       serializers.JSONLinesSerializer(),
                       serializers.NumpySerializer(dtype="float64")):
        reply = requests.post(
            shipped.url + "/invocations", data=serializer.serialize(rows),
            headers={"Content-Type": serializer.CONTENT_TYPE})
        assert reply.status_code == 200, reply.text
        assert reply.json()["predictions"] == expected


def test_document_has_every_client(shipped):
    """The routes that the clients above have used."""

    paths = requests.get(shipped.url + "/openapi.json").json()["paths"]
    assert {"/predict", "/invocations", "/ping", "/v2", "/v2/health/ready",
            "/v2/models/{model}/infer", "/v1/models/{model}:predict"} \
        <= paths.keys()
