"""$knn_…: what is known of a prediction, wherever nginx takes a variable."""

import json
import math

import numpy
import pytest
from sklearn.neighbors import (KNeighborsClassifier, KNeighborsRegressor,
                               NearestCentroid, NearestNeighbors,
                               RadiusNeighborsClassifier)

import oracle
from conftest import IRIS, wait_for

NAMES = ("model", "version", "prediction", "probability", "distance",
         "novelty", "rows", "time", "status")

JSON = ("log_format knn escape=json '{"
        + ",".join(f'"{name}":"$knn_{name}"' for name in NAMES)
        + ',"uri":"$request_uri","code":"$status"}\';')

PLAIN = ("log_format plain '$request_uri|"
         + "|".join(f"$knn_{name}" for name in NAMES) + "';")

NOTHING = dict.fromkeys(NAMES, "")

SERVER = """
    log_subrequest on;

    location = /predict { knn_predict iris; }
    location = /proba {
        knn_output predict_proba;
        knn_predict iris;
    }
    location = /neighbors {
        knn_output kneighbors;
        knn_predict iris@1;
    }
    location = /quotes { knn_predict quotes; }
    location = /several { knn_predict several; }
    location = /value { knn_predict value; }
    location = /values { knn_predict values; }
    location = /nearest { knn_predict nearest; }
    location = /radius { knn_predict radius; }
    location = /whole { knn_predict whole; }
    location = /centroid { knn_predict centroid; }

    location = /header {
        add_header X-Label "$knn_prediction $knn_probability $kind" always;
        knn_predict iris;
    }
    location = /early {
        if ($knn_prediction = "") { set $was "$knn_status,$knn_rows"; }
        add_header X-Was "<$was>";
        knn_predict iris;
    }
    location = /refused {
        error_page 400 404 405 413 415 422 /page;
        knn_predict iris;
    }
    location = /refused-named {
        error_page 422 @page;
        knn_predict iris;
    }
    location = /page { return 200 "page"; }
    location @page { return 200 "page"; }

    location = /after {
        post_action /logged;
        knn_predict iris;
    }
    location = /logged { return 204; }

    location = /mirrored { mirror /shadow; knn_predict iris; }
    location = /shadow { internal; knn_predict other; }

    location = /any { knn_predict $arg_model; }
    location = /few { knn_max_rows 2; knn_predict iris; }
    location = /plain { return 200 "$knn_status$knn_prediction"; }
"""


@pytest.fixture(scope="module")
def models(iris):
    """The oracle's, of which nginx serves the dumps."""

    random = numpy.random.default_rng(5)
    X = random.normal(size=(40, 2))

    return {
        "iris": iris,
        "other": KNeighborsClassifier(n_neighbors=1).fit(iris._fit_X,
                                                         ["other"] * 150),
        "quotes": KNeighborsClassifier(n_neighbors=1).fit(
            [[0.], [1.]], ['a "b"\t\\', "Grün, 5 €"]),
        "several": KNeighborsClassifier().fit(
            X, numpy.array([random.choice(["u", "v"], 40),
                            random.choice(["x", "y", "z"], 40)]).T),
        "value": KNeighborsRegressor().fit(X, random.normal(size=40)),
        "values": KNeighborsRegressor().fit(X, random.normal(size=(40, 3))),
        "nearest": NearestNeighbors().fit(X),
        "radius": RadiusNeighborsClassifier(
            radius=0.5, outlier_label=-1).fit(X, random.integers(0, 2, 40)),
        "centroid": NearestCentroid().fit(X, X[:, 0] > 0),
        "whole": KNeighborsClassifier().fit(X, random.integers(-3, 3, 40)),
    }


@pytest.fixture(scope="module")
def server(serve, save, models):
    http = "".join(f"knn_model {name} "
                   f"{IRIS if name == 'iris' else save(model)};"
                   for name, model in models.items())
    nginx = serve(start=False, workers=2)
    nginx.configure(http + JSON + PLAIN + f"""
        map $knn_prediction $kind {{
            setosa small;
            "" none;
            default large;
            volatile;
        }}
        access_log {nginx.path("json.log")} knn;
        access_log {nginx.path("plain.log")} plain;
        access_log {nginx.path("setosa.log")} plain if=$setosa;
        map $knn_prediction $setosa {{ setosa 1; default 0; }}
    """, SERVER)
    nginx.start()
    return nginx


def entries(server):
    return [json.loads(line) for line in server.log("json.log").splitlines()]


@pytest.fixture
def logged(server):
    """logged(path) is what the access log says of the one request to it."""

    count = len(entries(server))

    def find(path):
        wait_for(lambda: any(entry["uri"] == path
                             for entry in entries(server)[count:]))
        (entry,) = [entry for entry in entries(server)[count:]
                    if entry["uri"] == path]
        del entry["uri"]
        code = entry.pop("code")
        return code, entry

    return find


def check(entry, model, name, rows, version="1.0.0"):
    """The first row's figures, those of scikit-learn."""

    if hasattr(model, "predict"):
        label = oracle.predictions(model, rows)[0]
        labels = label if isinstance(label, list) else [label]
        found = entry["prediction"].split(",") if len(labels) > 1 \
            else [entry["prediction"]]
        assert found == [str(each) for each in labels]
    else:
        assert entry["prediction"] == ""

    if hasattr(model, "predict_proba"):
        probabilities = oracle.probabilities(model, rows)[0]
        several = probabilities if isinstance(probabilities, list) \
            else [probabilities]
        assert [float(each) for each in entry["probability"].split(",")] == [
            each[str(label)] for each, label in zip(several, labels)]
    else:
        assert entry["probability"] == ""

    nearest = oracle.neighbors(model, rows[:1])[0][0]["distance"]
    assert math.isclose(float(entry["distance"]), nearest, rel_tol=1e-15)
    assert 0 <= float(entry["novelty"]) <= 1
    assert entry["rows"] == str(len(rows))
    assert 0 < float(entry["time"]) < 1
    assert len(entry["time"].split(".")[1]) == 6
    assert (entry["model"], entry["version"]) == (name, version)
    assert entry["status"] == "OK"


@pytest.mark.parametrize("path", ["/predict", "/proba", "/neighbors"])
def test_whatever_the_reply_holds(server, iris, rows, logged, path):
    assert server.post(path, {"X": rows}).status == 200
    code, entry = logged(path)
    assert code == "200"
    check(entry, iris, "iris", rows)


@pytest.mark.parametrize("name", ["several", "value", "values", "nearest",
                                  "whole"])
def test_every_kind_of_model(server, models, logged, name):
    for row in ([0.1, -0.2], [3.5, 1]):
        path = f"/{name}?{row[0]}"
        assert server.post(path, {"X": [row, [1, 1]]}).status == 200
        _, entry = logged(path)
        check(entry, models[name], name, [row, [1, 1]])


def test_numbers_are_those_of_the_reply(server, logged):
    reply = server.post("/value", {"X": [0.3, 0.4]})
    text = reply.body.decode().split('"prediction":')[1].split(",")[0]
    assert logged("/value")[1]["prediction"] == text


def test_novelty_is_that_of_the_reply(server, logged):
    for x in (5.1, 5.65, 9):
        path = f"/predict?X={x},3.5,1.4,0.2"
        novelty = server.get(path + "&output=kneighbors").json["novelty"]
        assert server.get(path).status == 200
        assert float(logged(path)[1]["novelty"]) == novelty


def test_outlier(server, models, logged):
    assert server.post("/radius", {"X": [[50, 50]]}).status == 200
    _, entry = logged("/radius")
    assert entry["prediction"] == "-1"
    assert entry["probability"] == ""
    assert entry["status"] == "OK"


def test_without_neighbors(server, logged):
    assert server.post("/centroid", {"X": [[50, 50]]}).json["predictions"] \
        == [True]
    _, entry = logged("/centroid")
    entry["time"] = ""
    assert entry == dict(NOTHING, model="centroid", version="1.0.0", rows="1",
                         prediction="true", status="OK")


def test_within_the_radius(server, models, logged):
    row = models["radius"]._fit_X[0].tolist()
    assert server.post("/radius?in", {"X": row}).status == 200
    check(logged("/radius?in")[1], models["radius"], "radius", [row])


def test_labels_are_plain_text(server, logged):
    assert server.get("/quotes?X=0").status == 200
    assert server.get("/quotes?X=1").status == 200
    assert logged("/quotes?X=0")[1]["prediction"] == 'a "b"\t\\'
    assert logged("/quotes?X=1")[1]["prediction"] == "Grün, 5 €"


def test_get_and_head(server, iris, logged):
    row = [6.0, 2.9, 4.5, 1.5]
    path = "/predict?X=" + ",".join(map(str, row))
    assert server.get(path).status == 200
    check(logged(path)[1], iris, "iris", [row])
    assert server.request("HEAD", path + "&head").status == 200
    check(logged(path + "&head")[1], iris, "iris", [row])


def test_each_request_of_a_connection_has_its_own(server, iris, rows):
    count = len(entries(server))

    with server.connect() as connection:
        for row in rows:
            assert connection.post("/predict", {"X": row}).keepalive
        connection.post("/predict", {"X": [1]})
        assert connection.request("GET", "/plain").body == b""

    wait_for(lambda: len(entries(server)) == count + len(rows) + 2)
    *predicted, refused, plain = entries(server)[count:]

    for entry, row in zip(predicted, rows):
        check(entry, iris, "iris", [row])

    assert refused["status"] == "SHAPE"
    assert {name: plain[name] for name in NAMES} == NOTHING


def test_response_headers(server):
    reply = server.post("/header", {"X": [5.1, 3.5, 1.4, 0.2]})
    assert reply.headers["x-label"] == "setosa 1.0 small"
    reply = server.post("/header", {"X": [6.9, 3.1, 5.4, 2.1]})
    assert reply.headers["x-label"] == "virginica 1.0 large"
    reply = server.post("/header", {"X": [6.9]})
    assert reply.status == 422
    assert reply.headers["x-label"] == "  none"


def test_an_early_look_freezes_nothing(server, iris, rows, logged):
    reply = server.post("/early", {"X": rows})
    assert reply.headers["x-was"] == "<,>"
    check(logged("/early")[1], iris, "iris", rows)


@pytest.mark.parametrize("method, body, status", [
    ("POST", b"{", "MALFORMED"), ("POST", b'{"X":[1]}', "SHAPE"),
    ("POST", b"1,2,3,nan", "VALUE"), ("GET", None, "MALFORMED"),
    ("POST", b'{"X":[1,2,3,4],"outputs":["x"]}', "MALFORMED"),
    ("DELETE", None, "METHOD")])
@pytest.mark.parametrize("path", ["/predict", "/refused"])
def test_refused(server, logged, method, body, status, path):
    path += f"?{method}{len(body or b'')}"
    code = server.request(method, path, body).status
    assert code in (400, 405, 422) if "predict" in path else code

    assert logged(path)[1] == dict(NOTHING, status=status)


@pytest.mark.parametrize("path, body, status, headers", [
    ("/any?model=none", {"X": [1, 2, 3, 4]}, "NOT_FOUND", {}),
    ("/few", {"X": [[1, 2, 3, 4]] * 3}, "LIMIT", {}),
    ("/predict?zip", b"x", "MEDIA_TYPE", {"Content-Encoding": "br"}),
    ("/predict?html", b"x", "NOT_ACCEPTABLE", {"Accept": "text/html"}),
    ("/value?output=predict_proba", b"x", "UNSUPPORTED", {})])
def test_refused_for_other_reasons(server, logged, path, body, status,
                                   headers):
    assert server.post(path, body, headers).status >= 400
    assert logged(path)[1] == dict(NOTHING, status=status)


def test_named_location(server, logged):
    assert server.post("/refused-named", {"X": [1]}).body == b"page"
    assert logged("/refused-named")[1] == dict(NOTHING, status="SHAPE")


def test_prediction_before_a_redirect(server, iris, rows, logged):
    assert server.post("/after", {"X": rows}).status == 200
    check(logged("/after")[1], iris, "iris", rows)


def test_plain_log_and_condition(server):
    with server.connect() as connection:
        for row in ([5.1, 3.5, 1.4, 0.2], [6.9, 3.1, 5.4, 2.1]):
            connection.post("/predict?plain", {"X": row})
        connection.request("GET", "/plain?plain")

    def lines(name):
        return [line.split("|") for line in server.log(name).splitlines()
                if "?plain" in line]

    wait_for(lambda: len(lines("plain.log")) == 3)
    first, second, nothing = lines("plain.log")
    assert first[1:5] == ["iris", "1.0.0", "setosa", "1.0"]
    assert second[3] == "virginica"
    assert set(nothing[1:]) == {""}
    assert [line[3] for line in lines("setosa.log")] == ["setosa"]


def test_subrequests_have_their_own(server, iris, rows):
    """The log of a mirrored request names its model, not the main one's."""

    count = len(entries(server))
    assert server.post("/mirrored", {"X": rows}).status == 200
    wait_for(lambda: len(entries(server)) == count + 2)
    assert sorted((entry["model"], entry["prediction"])
                  for entry in entries(server)[count:]) == [
        ("iris", oracle.predictions(iris, rows)[0]), ("other", "other")]


def test_not_our_location(server, logged):
    assert server.get("/plain?none").body == b""
    assert logged("/plain?none")[1] == NOTHING


def test_labels_do_not_break_headers(serve, train):
    """A line feed in a label is written as in a reply."""

    model = train(["a", "b\r\nX-Other: 1"])
    nginx = serve(f"knn_model odd {model};", """
        location / {
            knn_predict odd;
            add_header X-Label $knn_prediction;
        }
    """)

    for value, label in ((0, "a"), (1, "b\\r\\nX-Other: 1")):
        answer = nginx.post("/", {"X": [value]})
        assert answer.headers["x-label"] == label
        assert "x-other" not in answer.headers
