"""The published document, and what is generated from it."""

import os
import re
import subprocess
import sys

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

CASES = 5000

# of each operation
EXAMPLES = 100

# Which numbers of values fit a shape is nothing that a schema can say, and
# what a request holds beside its rows is passed over: so not all that fits
# the schema is answered, and not all that does not is refused.
EXCEPT = "positive_data_acceptance,negative_data_rejection"

# every kind of location, with outputs of its own and without
CONF = """
    location /v1 { knn_api v1; }
    location /v2 { knn_api v2; }
    location = /predict { knn_predict string; }
    location = /regress {
        knn_output predict kneighbors;
        knn_predict regressor;
    }
    location = /shop { knn_predict shop; }
    location ~ ^/predict/(?<model>[^/]+)$ { knn_predict $model; }
    location = /models { knn_info; }
    location = /health { knn_health; }
    location = /metrics { knn_metrics; }
    location = /openapi.json { knn_openapi; }
"""


@pytest.fixture(scope="module")
def described(serve, save, models):
    return serve("".join(f"knn_model {name} {save(models[name])};"
                         for name in ("string", "regressor", "shop")), CONF)


@pytest.fixture(scope="module")
def document(described):
    reply = described.get("/openapi.json")
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("application/json")
    return reply.json


def operations(document):
    return {(verb, path): about
            for path, verbs in document["paths"].items()
            for verb, about in verbs.items() if "responses" in about}


def test_document_is_valid(document):
    assert re.fullmatch(r"3\.1\.\d+", document["openapi"])
    errors = [f"{list(error.path)}: {error.message}" for error
              in OpenAPIV31SpecValidator(document).iter_errors()]
    assert not errors


def test_operations(document):
    """Each has a name of its own, and says what may go wrong."""

    found = operations(document)
    names = [about["operationId"] for about in found.values()]
    assert len(names) == len(set(names))
    assert {("post", "/predict"), ("post", "/v2/models/{model}/infer"),
            ("post", "/v1/models/{model}:predict"), ("get", "/v2"),
            ("get", "/v2/health/ready"), ("get", "/health"),
            ("get", "/models"), ("get", "/metrics")} <= found.keys()

    for operation, about in found.items():
        codes = about["responses"].keys()
        assert "405" in codes, operation
        assert codes & {"200", "403"}, operation

        if "requestBody" in about:
            assert {"413"} <= codes, operation


def test_etag(described):
    etag = described.get("/openapi.json").headers["etag"]
    assert described.get("/openapi.json",
                         {"If-None-Match": etag}).status == 304


def test_requests_that_are_made_of_the_document(described, tmp_path):
    """Right and wrong in every part, the same ones each time."""

    done = subprocess.run(
        [os.path.join(os.path.dirname(sys.executable), "schemathesis"), "run",
         described.url + "/openapi.json", "--exclude-checks", EXCEPT,
         "--phases", "examples,coverage,fuzzing", "--mode", "all",
         "--generation-deterministic", "--max-examples", str(EXAMPLES),
         "--suppress-health-check", "all", "--continue-on-failure",
         "--no-shrink", "--warnings", "off", "--no-color"],
        cwd=tmp_path, timeout=900, text=True,
        env=dict(os.environ, SCHEMATHESIS_HOOKS="documented"),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    # its progress is of no interest
    report = done.stdout[max(done.stdout.find("\n\n===="), 0):]
    assert done.returncode == 0, report

    cases = int(re.search(r"(\d+) generated", report)[1])
    assert cases >= CASES
    assert described.log("access.log").count("\n") >= cases
