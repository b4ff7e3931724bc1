"""MLflow's scoring client, and the bodies that its documentation shows."""

import json

import numpy
import pandas
import pytest
import requests
from mlflow.deployments import PredictionsResponse
from mlflow.pyfunc.scoring_server.client import ScoringServerClient
from mlflow.utils.proto_json_utils import dump_input_data

from models import NAMES, ROWS, answers

ROUTES = """
    location = /ping {{ knn_health; }}
    location = /health {{ knn_health; }}
    location = /version {{ default_type text/plain; return 200 "3.17.2"; }}
    location = /invocations {{ knn_predict {model}; }}
"""


@pytest.fixture(scope="module")
def scoring(serve, save, models):
    """scoring(model): a server for it alone, and its oracle."""

    started = {}

    def start(name):
        if name not in started:
            started[name] = serve(f"knn_model {name} {save(models[name])};",
                                  ROUTES.format(model=name))

        return started[name], models[name]

    return start


@pytest.fixture
def client(scoring):
    server, _ = scoring("string")
    return ScoringServerClient("127.0.0.1", server.port)


def frame(shuffle=True):
    table = pandas.DataFrame(ROWS["double"], columns=NAMES)
    return table[[NAMES[i] for i in (2, 0, 3, 1)]] if shuffle else table


def test_ping_and_version(client):
    client.ping()
    assert client.get_version() == "3.17.2"
    client.wait_server_ready(timeout=1)


@pytest.mark.parametrize("data", [
    frame(), frame(shuffle=False), numpy.array(ROWS["double"]),
    ROWS["double"]], ids=["frame, shuffled", "frame", "array", "list"])
@pytest.mark.parametrize("params", [None, {"anything": 1}])
@pytest.mark.parametrize("model", ["string", "regressors", "integers"])
def test_invoke(scoring, data, params, model):
    server, oracle = scoring(model)
    reply = ScoringServerClient("127.0.0.1", server.port).invoke(data, params)
    expected = answers(oracle, ROWS["double"])["predict"]
    found = reply.get_predictions("ndarray")
    assert found.tolist() == expected
    assert reply.get_predictions().shape == pandas.DataFrame(expected).shape


@pytest.mark.parametrize("data", [
    numpy.array(ROWS["double"]), ROWS["double"]], ids=["array", "list"])
def test_names_are_not_needed(scoring, data):
    server, oracle = scoring("boolean")
    reply = ScoringServerClient("127.0.0.1", server.port).invoke(data)
    assert reply["predictions"] == answers(oracle, ROWS["double"])["predict"]


def test_columns_of_a_model_without_names_are_by_position(scoring):
    server, oracle = scoring("boolean")
    reply = ScoringServerClient("127.0.0.1", server.port).invoke(
        frame(shuffle=False))
    assert reply["predictions"] == answers(oracle, ROWS["double"])["predict"]


def test_texts_and_missing_values(scoring, shop):
    server, oracle = scoring("shop")
    table = shop[0][["weight", "color", "price", "size"]]
    reply = requests.post(server.url + "/invocations", data=dump_input_data(
        table).replace("NaN", "null"),
        headers={"Content-Type": "application/json"})
    assert reply.status_code == 200, reply.text
    found = PredictionsResponse.from_json(reply.text)
    assert found["predictions"] == oracle.predict(shop[0]).tolist()


@pytest.mark.parametrize("body", [
    {"dataframe_split": frame().to_dict(orient="split")},
    {"dataframe_split": frame().drop(columns=[]).to_dict(orient="split"),
     "params": {"x": 1}},
    {"dataframe_records": frame().to_dict(orient="records")},
    {"instances": ROWS["double"]},
    {"instances": frame().to_dict(orient="records")},
    {"inputs": ROWS["double"]},
    {"inputs": frame().to_dict(orient="list")}],
    ids=lambda body: "-".join(body))
@pytest.mark.parametrize("media_type", [
    "application/json", "application/json; charset=utf-8"])
def test_json(scoring, body, media_type):
    server, oracle = scoring("string")
    reply = requests.post(server.url + "/invocations", data=json.dumps(body),
                          headers={"Content-Type": media_type})
    assert reply.status_code == 200, reply.text
    assert PredictionsResponse.from_json(reply.text)["predictions"] \
        == answers(oracle, ROWS["double"])["predict"]


@pytest.mark.parametrize("media_type", ["text/csv",
                                        "text/csv; charset=utf-8"])
def test_csv_with_header(scoring, media_type):
    """What DataFrame.to_csv(index=False) writes."""

    server, oracle = scoring("string")
    reply = requests.post(server.url + "/invocations", headers={
        "Content-Type": media_type}, data=frame().to_csv(index=False))
    assert reply.status_code == 200, reply.text
    assert reply.json()["predictions"] \
        == answers(oracle, ROWS["double"])["predict"]


@pytest.mark.parametrize("body", [
    {}, {"instances": ROWS["double"], "inputs": ROWS["double"]},
    {"dataframe_split": {"columns": NAMES}}, {"predict": [[1, 2, 3, 4]]},
    {"dataframe_split": frame().to_dict(orient="split"),
     "dataframe_records": []}], ids=lambda body: "-".join(body) or "none")
def test_no_key_or_two(scoring, body):
    server, _ = scoring("string")
    reply = requests.post(server.url + "/invocations", json=body)
    assert reply.status_code == 400
    assert reply.json()["error_code"] == "BAD_REQUEST"
    assert reply.json()["message"]


def test_unknown_and_missing_columns(scoring):
    server, _ = scoring("string")

    for table in (frame().rename(columns={"width": "breadth"}),
                  frame().drop(columns="width"),
                  frame().assign(more=1)):
        reply = requests.post(server.url + "/invocations", json={
            "dataframe_split": table.to_dict(orient="split")})
        assert reply.status_code == 422, reply.text
        assert reply.json()["message"]


@pytest.mark.parametrize("media_type", [
    "application/xml", "text/csv; charset=utf-16",
    "application/json; charset=utf-32", "application/octet-stream+x"])
def test_other_types_are_refused(scoring, media_type):
    server, _ = scoring("string")
    reply = requests.post(server.url + "/invocations", data=b"1,2,3,4",
                          headers={"Content-Type": media_type})
    assert reply.status_code == 415
    assert reply.json()["message"]


def test_the_client_tells_what_is_wrong(client):
    with pytest.raises(Exception, match="error code 422.*3 features"):
        client.invoke([[1, 2, 3]])
