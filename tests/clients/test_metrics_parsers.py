"""promtool and the parser of OpenMetrics, after requests of all trees."""

import shutil
import subprocess

import pytest

from conftest import wait_for
from dialects import binary, json_of, v2, tensor
from exposition import scrape
from models import ROWS

REQUESTS = [
    ("/predict/string", json_of({"X": ROWS["double"]}), 200),
    ("/predict/none", json_of({"X": ROWS["double"]}), 404),
    ("/v1/models/string:predict", json_of({"instances": ROWS["double"]}),
     200),
    ("/v1/models/string:predict", json_of({"instances": [[1]]}), 422),
    ("/v2/models/string/infer", v2(tensor("FP64", ROWS["double"])), 200),
    ("/v2/models/string/infer", binary("FP64", {"x": ROWS["double"]}), 200),
    ("/v2/models/string/infer", v2(), 400),
    ("/v2/models/none/infer", v2(tensor("FP64", ROWS["double"])), 404),
]

STRING = {"model": "string", "version": "1.0.0"}


@pytest.fixture(scope="module")
def asked(server):
    for path, (body, headers), status in REQUESTS:
        assert server.post(path, body, headers).status == status, path

    for path in ("/v2", "/v2/health/ready", "/v2/models/string",
                 "/v1/models/string"):
        assert server.get(path).status == 200

    wait_for(lambda: scrape(server).sum("requests_total", code="404") == 2)
    return server


@pytest.mark.skipif(shutil.which("promtool") is None,
                    reason="promtool is not installed")
def test_promtool(asked):
    text = asked.get("/metrics").body
    done = subprocess.run(["promtool", "check", "metrics"], input=text,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout.decode()
    assert done.stdout == b""


@pytest.mark.parametrize("openmetrics", [False, True])
def test_requests_of_every_tree_are_counted(asked, openmetrics):
    """By the parsers of Prometheus's own client."""

    metrics = scrape(asked, openmetrics=openmetrics)
    assert metrics.get("requests_total", code="200", **STRING) == 4
    assert metrics.get("requests_total", code="422", **STRING) == 1
    assert metrics.get("requests_total", code="400", **STRING) == 1
    assert metrics.get("rows_total", **STRING) == 4 * len(ROWS["double"])
