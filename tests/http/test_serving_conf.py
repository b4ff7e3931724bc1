"""The includes of conf/serving and the servers that scripts/routes writes."""

import json
import os
import subprocess

import pytest

import oracle
from conftest import IRIS, ROOT, free_port

SERVING = os.path.join(ROOT, "conf", "serving")
ROUTES = os.path.join(ROOT, "scripts", "routes")
ROWS = [[5.1, 3.5, 1.4, 0.2], [6.9, 3.1, 5.4, 2.1]]
MODEL = f"knn_model iris {IRIS};"


def routes(*arguments, **environ):
    return subprocess.run([ROUTES, *arguments], text=True, env={
        "PATH": os.environ["PATH"], **environ}, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)


@pytest.fixture
def serve_routes(serve, tmp_path):
    """serve_routes(**environ) serves what the script writes."""

    def start(**environ):
        done = routes("iris", **environ)
        assert done.returncode == 0, done.stderr
        path = tmp_path / "routes.conf"
        path.write_text(done.stdout)
        nginx = serve(f"{MODEL} include {path};")
        nginx.port = int(environ.get("SAGEMAKER_BIND_TO_PORT",
                                     environ.get("AIP_HTTP_PORT", 8080)))
        return nginx

    return start


def test_mlflow(serve, iris):
    server = serve(MODEL, f"""
        set $model iris;
        include {SERVING}/mlflow.conf;
    """)
    expected = oracle.predictions(iris, ROWS)
    names = [str(name) for name in iris.feature_names_in_]
    shuffled = names[::-1]

    for path in ("/ping", "/health"):
        assert server.get(path).status == 200

    reply = server.get("/version")
    assert reply.body.replace(b".", b"").isdigit()
    assert reply.headers["content-type"] == "text/plain"

    for body in ({"dataframe_split": {"columns": shuffled, "data": [
                     row[::-1] for row in ROWS], "index": [0, 1]}},
                 {"dataframe_records": [dict(zip(names, row))
                                        for row in ROWS]},
                 {"instances": ROWS, "params": {"a": 1}},
                 {"inputs": ROWS},
                 {"inputs": dict(zip(names, map(list, zip(*ROWS))))}):
        reply = server.post("/invocations", body, {
            "Content-Type": "application/json; charset=utf-8"})
        assert reply.json["predictions"] == expected, body

    table = "\n".join([",".join(names)] + [",".join(map(str, row))
                                           for row in ROWS]) + "\n"
    reply = server.post("/invocations", table.encode(),
                        {"Content-Type": "text/csv"})
    assert reply.json["predictions"] == expected

    reply = server.post("/invocations", {"instances": ROWS, "inputs": ROWS})
    assert reply.status == 400
    assert reply.json["error_code"] == "BAD_REQUEST"
    assert reply.json["message"]


def test_sagemaker(serve, iris):
    server = serve(MODEL, f"""
        set $model iris;
        include {SERVING}/sagemaker.conf;
    """)
    expected = oracle.predictions(iris, ROWS)
    table = "\n".join(",".join(map(str, row)) for row in ROWS).encode()

    assert server.get("/ping").status == 200

    for body, media_type in (
            (table, "text/csv"), (json.dumps(ROWS).encode(),
                                  "application/json"),
            (b"\n".join(json.dumps(row).encode() for row in ROWS),
             "application/jsonlines")):
        reply = server.post("/invocations", body, {
            "Content-Type": media_type, "Accept": "text/csv",
            "X-Amzn-SageMaker-Custom-Attributes": "a=b"})
        assert reply.body.decode().split() == expected

    assert server.post("/invocations", table,
                       {"Content-Type": "image/png"}).status == 415
    assert server.post("/invocations", table,
                       {"Accept": "image/png"}).status == 406


def test_kserve(serve, iris):
    server = serve(MODEL, f"include {SERVING}/kserve.conf;")
    expected = oracle.predictions(iris, ROWS)

    assert server.get("/v2/health/ready").json == {"ready": True}
    assert server.get("/v1/models/iris").json["ready"] is True
    assert server.post("/v1/models/iris:predict", {"instances": ROWS}).json \
        == {"predictions": expected}
    reply = server.post("/v2/models/iris/infer", {"inputs": [
        {"name": "X", "shape": [2, 4], "datatype": "FP32", "data": ROWS}]})
    assert reply.json["outputs"][0]["data"] == expected


def test_vertex(serve_routes, iris):
    server = serve_routes(AIP_HTTP_PORT=str(free_port()),
                          AIP_HEALTH_ROUTE="/is/alive",
                          AIP_PREDICT_ROUTE="/predict/it-now")
    assert server.get("/is/alive").status == 200
    reply = server.post("/predict/it-now",
                        {"instances": ROWS, "parameters": {"a": 1}})
    assert reply.json["predictions"] == oracle.predictions(iris, ROWS)


def test_vertex_names_no_routes(serve_routes, iris):
    server = serve_routes(AIP_HTTP_PORT=str(free_port()),
                          AIP_ENDPOINT_ID="12", AIP_DEPLOYED_MODEL_ID="34")
    path = "/v1/endpoints/12/deployedModels/34"
    assert server.get(path).status == 200
    reply = server.post(path + ":predict", {"instances": ROWS})
    assert reply.json["predictions"] == oracle.predictions(iris, ROWS)


def test_routes_that_sagemaker_has(serve_routes):
    server = serve_routes(AIP_HTTP_PORT=str(free_port()),
                          AIP_HEALTH_ROUTE="/ping",
                          AIP_PREDICT_ROUTE="/invocations")
    assert server.get("/ping").status == 200
    assert server.post("/invocations", {"instances": ROWS}).status == 200


def test_sagemakers_port(serve_routes):
    server = serve_routes(SAGEMAKER_BIND_TO_PORT=str(free_port()))
    assert server.get("/ping").status == 200
    assert server.post("/invocations",
                       json.dumps(ROWS).encode()).status == 200


def test_port_without_an_environment():
    assert "listen 8080;" in routes("iris").stdout


@pytest.mark.parametrize("environ, message", [
    ({"AIP_HTTP_PORT": "x"}, '"x" is no port'),
    ({"AIP_HTTP_PORT": "80; }"}, "is no port"),
    ({"SAGEMAKER_BIND_TO_PORT": "123456"}, '"123456" is no port'),
    ({"AIP_HEALTH_ROUTE": "health"}, "AIP_HEALTH_ROUTE=health is no path"),
    ({"AIP_PREDICT_ROUTE": "/a { }"}, "may have letters"),
    ({"AIP_PREDICT_ROUTE": "/a\n;"}, "may have letters"),
    ({"AIP_PREDICT_ROUTE": "/a", "AIP_HEALTH_ROUTE": "/a"}, "are the same")])
def test_refused(environ, message):
    done = routes("iris", **environ)
    assert done.returncode == 1
    assert message in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("arguments", [(), ("a", "b"), ("",), ("a; }",)])
def test_usage(arguments):
    done = routes(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: ")
