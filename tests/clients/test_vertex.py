"""The containers of Vertex AI and Azure ML: bodies that their guides show."""

import json
import os
import re
import subprocess

import pytest
import requests

from conftest import ROOT, free_port
from models import NAMES, ROWS, answers

SCRIPT = os.path.join(ROOT, "scripts", "routes")

# what Vertex says of its routes, and where they are
ENVIRONMENTS = {
    "routes of one's own": (
        {"AIP_HEALTH_ROUTE": "/alive", "AIP_PREDICT_ROUTE": "/v1/of/mine"},
        "/alive", "/v1/of/mine"),
    "its own": (
        {"AIP_ENDPOINT_ID": "4711", "AIP_DEPLOYED_MODEL_ID": "17"},
        "/v1/endpoints/4711/deployedModels/17",
        "/v1/endpoints/4711/deployedModels/17:predict"),
    "SageMaker's": ({}, "/ping", "/invocations"),
}


class Container:
    def __init__(self, serve, path, name):
        environ, self.health, self.predict = ENVIRONMENTS[name]
        port = free_port()
        routes = subprocess.run(
            [SCRIPT, "string"], check=True, text=True, stdout=subprocess.PIPE,
            env={**os.environ, "AIP_HTTP_PORT": str(port),
                 "AIP_MODE": "PREDICTION", **environ}).stdout
        serve(f"knn_model string {path}; {routes}")
        self.health = f"http://127.0.0.1:{port}{self.health}"
        self.predict = f"http://127.0.0.1:{port}{self.predict}"


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def container(serve, save, models, request):
    return Container(serve, save(models["string"]), request.param)


@pytest.fixture(scope="module")
def azure(serve, save, models):
    return serve(f"knn_model string {save(models['string'])};", """
        location = / { knn_health; }
        location = /score { knn_predict string; }
        location = /swagger.json { knn_openapi; }
    """)


@pytest.fixture(scope="module")
def labels(models):
    return answers(models["string"], ROWS["double"])["predict"]


@pytest.mark.parametrize("body", [
    {"instances": ROWS["double"]},
    {"instances": ROWS["double"], "parameters": {"confidence": 0.5}},
    {"instances": [dict(zip(NAMES, row)) for row in ROWS["double"]],
     "parameters": {}}], ids=["rows", "parameters", "objects"])
def test_predict(container, labels, body):
    """A prediction for each instance, in the member "predictions"."""

    reply = requests.post(container.predict, json=body)
    assert reply.status_code == 200, reply.text
    assert reply.json()["predictions"] == labels
    assert reply.headers["Content-Type"] == "application/json"


def test_one_instance_has_one_prediction(container, labels):
    reply = requests.post(container.predict,
                          json={"instances": ROWS["double"][:1]})
    assert reply.json()["predictions"] == labels[:1]


def test_health(container):
    assert requests.get(container.health).status_code == 200


def test_raw_predict_passes_any_body_on(container, labels):
    reply = requests.post(
        container.predict, headers={"Content-Type": "text/csv"},
        data="\n".join(",".join(map(repr, row)) for row in ROWS["double"]))
    assert reply.json()["predictions"] == labels


@pytest.mark.parametrize("body", [
    {"data": ROWS["double"]},
    {"input_data": {"columns": NAMES, "data": ROWS["double"],
                    "index": list(range(len(ROWS["double"])))}},
    {"input_data": {"columns": NAMES[::-1],
                    "data": [row[::-1] for row in ROWS["double"]]}}],
    ids=["data", "input_data", "input_data, reversed"])
def test_azure_score(azure, labels, body):
    reply = requests.post(azure.url + "/score", json=body)
    assert reply.status_code == 200, reply.text
    assert reply.json()["predictions"] == labels


def test_azure_liveness_and_document(azure):
    assert requests.get(azure.url + "/").status_code == 200
    reply = requests.get(azure.url + "/swagger.json?version=3")
    assert re.match(r"3\.\d", json.loads(reply.text)["openapi"])
