"""MLServer's types parse every reply, and its requests are understood."""

import json

import pytest

from models import ROWS, answers
from parts import part

types = part("mlserver", "types")

MODELS = ["string", "integer", "boolean", "float", "regressor", "regressors",
          "strings", "integers", "radius", "radius_regressor", "nearest"]


@pytest.fixture
def get(server):
    def read(kind, path):
        reply = server.get(path)
        assert reply.status == 200, reply
        return kind.model_validate_json(reply.body)

    return read


@pytest.mark.parametrize("path", ["/v2", "/v2/", "/serving/v2"])
def test_server_metadata(get, path):
    assert get(types.MetadataServerResponse, path).name


@pytest.mark.parametrize("model", MODELS)
def test_model_metadata(get, model):
    found = get(types.MetadataModelResponse, f"/v2/models/{model}")
    assert found.name == model
    assert found.inputs and found.outputs


@pytest.mark.parametrize("body", [
    b"{}", None, b"", types.RepositoryIndexRequest(ready=True)
    .model_dump_json().encode()])
def test_repository_index(server, models, body):
    reply = server.post("/v2/repository/index", body or b"")
    assert reply.status == 200, reply
    found = types.RepositoryIndexResponse.model_validate_json(reply.body)
    assert {entry.name for entry in found} == {*models, "iris"}
    assert {entry.state for entry in found} == {types.State.READY.value}


def test_models_that_are_not_ready(server):
    """There are none."""

    reply = server.post("/v2/repository/index", {"ready": False})
    assert reply.status == 200
    types.RepositoryIndexResponse.model_validate_json(reply.body)


@pytest.mark.parametrize("model", MODELS)
def test_infer(server, models, model):
    expected = answers(models[model], ROWS["double"])
    request = types.InferenceRequest(
        id="4f4b", parameters=types.Parameters(content_type="np"),
        inputs=[types.RequestInput(
            name="x", shape=[len(ROWS["double"]), 4], datatype="FP64",
            data=types.TensorData(ROWS["double"]),
            parameters=types.Parameters(content_type="np"))],
        outputs=[types.RequestOutput(name=name) for name in expected])
    reply = server.post(f"/v2/models/{model}/infer",
                        request.model_dump_json().encode(),
                        {"Content-Type": "application/json"})
    assert reply.status == 200, reply
    found = types.InferenceResponse.model_validate_json(reply.body)
    assert found.model_name == model
    assert found.model_version == "1.0.0"
    assert found.id == "4f4b"
    assert [output.name for output in found.outputs] == list(expected)

    for output in found.outputs:
        size = 1
        for each in output.shape:
            size *= each
        assert len(output.data) == size


@pytest.mark.parametrize("kind, path, body", [
    (types.InferenceErrorResponse, "/v2/models/string/infer", b"{}"),
    (types.InferenceErrorResponse, "/v2/models/none/infer", b"{}"),
    (types.RepositoryLoadErrorResponse,
     "/v2/repository/models/string/load", b"{}"),
    (types.RepositoryUnloadErrorResponse,
     "/v2/repository/models/string/unload", b"{}")])
def test_errors(server, kind, path, body):
    reply = server.post(path, body)
    assert reply.status in (400, 403, 404)
    assert kind.model_validate_json(reply.body).error


@pytest.mark.parametrize("path", ["/v2/models/none", "/v2/models/iris/"
                                  "versions/7"])
def test_errors_of_metadata(server, path):
    reply = server.get(path)
    assert reply.status == 404
    assert types.MetadataModelErrorResponse.model_validate_json(
        reply.body).error


def test_documents_are_json(server):
    for path in ("/v2", "/v2/models", "/v2/models/string",
                 "/v2/models/string/config", "/v2/models/stats",
                 "/v2/health/live", "/v2/health/ready",
                 "/v2/models/string/ready"):
        reply = server.get(path)
        assert reply.status == 200, reply
        assert reply.headers["content-type"] == "application/json"
        json.loads(reply.body)
