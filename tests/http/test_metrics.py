"""What is counted: every request once, with its model, code and reason."""

import json
import shutil
import subprocess

import joblib
import numpy
import pytest
import sklearn.neighbors

import oracle
from conftest import IRIS, wait_for
from exposition import scrape

ROW = {"X": [5.1, 3.5, 1.4, 0.2]}
GET = "?X=5.1,3.5,1.4,0.2"
IRIS_1 = {"model": "iris", "version": "1.0.0"}
IRIS_2 = {"model": "iris", "version": "2.0.0"}
UNKNOWN = {"model": "", "version": ""}

CODES = {"200", "400", "404", "405", "413", "415", "422", "499", "500", "503"}
REASONS = {"malformed", "shape", "value", "limit", "unsupported", "not_found",
           "method", "not_acceptable", "media_type", "busy", "no_memory",
           "internal"}
DURATIONS = [25e-6, 50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 0.01,
             0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10]
BUCKETS = {"request_duration_seconds": DURATIONS,
           "search_duration_seconds": DURATIONS,
           "batch_rows": [1, 10, 100, 1000, 10000, 100000],
           "novelty": [0.5, 0.9, 0.95, 0.99, 1]}


@pytest.fixture(scope="module")
def server(serve):
    server = serve(start=False, workers=2)

    with open(server.path("users"), "w") as users:
        users.write("nobody:{PLAIN}x\n")

    server.configure(f"""
        knn_model iris {IRIS};
        knn_model iris {IRIS} version=2.0.0;
        limit_req_zone $uri zone=one:1m rate=1r/m;
    """, f"""
        location = /predict {{ knn_predict iris@1; }}
        location = /second {{ knn_predict iris; }}
        location ~ ^/models/(?<name>.+)$ {{ knn_predict $name; }}

        location = /small {{ knn_predict iris@1; client_max_body_size 1k; }}
        location = /few {{ knn_predict iris@1; knn_max_rows 2; }}
        location = /many {{ knn_predict iris@1; knn_max_rows 1000000; }}
        location = /denied {{ knn_predict iris@1; deny all; }}
        location = /limited {{
            knn_predict iris@1;
            limit_req zone=one;
            limit_req_status 429;
        }}
        location = /delayed {{ knn_predict iris@1; limit_req zone=one burst=9; }}
        location = /users {{
            knn_predict iris@1;
            auth_basic users;
            auth_basic_user_file {server.path("users")};
        }}

        location = /page {{ knn_predict iris@1; error_page 422 /text; }}
        location = /text {{ return 200 "no"; }}
        location = /again {{
            knn_predict iris@1;
            recursive_error_pages on;
            error_page 422 =200 /fallback;
        }}
        location = /fallback {{ set $args X=5,3,1,0; knn_predict iris@2; }}

        location = /mirrored {{ mirror /shadow; knn_predict iris@1; }}
        location = /shadow {{ internal; knn_predict iris@2; }}

        location = /metrics {{ knn_metrics; }}
    """)
    server.start()
    return server


class Delta:
    """What the requests of one test have added."""

    def __init__(self, server):
        self.server = server
        wait_for(lambda: scrape(server).get("requests_in_flight") == 0)
        self.before = scrape(server)

    def by(self, name, label, **labels):
        before = self.before.by(name, label, **labels)
        after = scrape(self.server).by(name, label, **labels)
        return {key: value - before.get(key, 0)
                for key, value in after.items() if value != before.get(key, 0)}

    def sum(self, name, **labels):
        return (scrape(self.server).sum(name, **labels)
                - self.before.sum(name, **labels))

    def codes(self, **labels):
        return self.by("requests_total", "code", **labels)

    def reasons(self, **labels):
        return self.by("rejected_total", "reason", **labels)


@pytest.fixture
def delta(server):
    return Delta(server)


def test_zeros_from_the_start(serve):
    server = serve(f"knn_model iris {IRIS};", """
        location = /predict { knn_predict iris; }
        location = /metrics { knn_metrics; }
    """)
    metrics = scrape(server)

    for labels in IRIS_1, UNKNOWN:
        assert {has["code"] for has, _ in
                metrics.find("requests_total", **labels)} == CODES
        assert {has["reason"] for has, _ in metrics.find(
            "rejected_total", model=labels["model"])} == REASONS
        assert metrics.get("request_duration_seconds_count", **labels) == 0

    assert {has["class"] for has, _ in metrics.find(
        "predictions_total", **IRIS_1)} == {"setosa", "versicolor",
                                            "virginica"}
    assert metrics.get("rows_total", **IRIS_1) == 0

    for name, bounds in BUCKETS.items():
        assert [float(has["le"]) for has, _ in metrics.find(
            name + "_bucket", **IRIS_1)] == bounds + [float("inf")], name
        assert metrics.get(name + "_sum", **IRIS_1) == 0

    assert metrics.get("requests_in_flight") == 0
    assert metrics.get("queue_requests") == 0

    counts = [value for (name, _), value in metrics.samples.items()
              if name.endswith(("_total", "_bucket", "_count", "_sum"))]
    assert counts and not any(counts)


def test_models(server):
    metrics = scrape(server)
    info = server_info(server)

    (labels, value), = metrics.find("model_info", **IRIS_1)
    assert value == 1
    assert labels == dict(IRIS_1, estimator="KNeighborsClassifier",
                          metric="euclidean", algorithm="kd_tree",
                          sha256=info["sha256"])
    assert metrics.get("model_samples", **IRIS_1) == 150
    assert metrics.get("model_features", **IRIS_1) == 4
    assert metrics.get("model_bytes", **IRIS_1) >= 150 * 4 * 8
    assert abs(metrics.get("model_loaded_timestamp_seconds", **IRIS_1)
               - info["time"]) < 60

    (labels, value), = metrics.find("build_info")
    assert value == 1
    assert set(labels) == {"version", "nginx", "simd"}
    assert all(labels.values())


def server_info(server):
    """What is known of the model without the server."""

    import hashlib
    import os

    with open(IRIS, "rb") as file:
        return {"sha256": hashlib.sha256(file.read()).hexdigest(),
                "time": os.path.getmtime(server.path("nginx.pid"))}


@pytest.mark.parametrize("method, path, body, labels, code, reason", [
    ("POST", "/predict", ROW, IRIS_1, "200", None),
    ("GET", "/predict" + GET, None, IRIS_1, "200", None),
    ("HEAD", "/predict" + GET, None, IRIS_1, "200", None),
    ("OPTIONS", "/predict", None, IRIS_1, "204", None),
    ("GET", "/models/iris@2" + GET, None, IRIS_2, "200", None),
    ("POST", "/predict", {"X": [1]}, IRIS_1, "422", "shape"),
    ("POST", "/predict", b"{", IRIS_1, "400", "malformed"),
    ("POST", "/predict", b'{"X":[1,2,3,1e999]}', IRIS_1, "422", "value"),
    ("GET", "/predict", None, IRIS_1, "400", "malformed"),
    ("POST", "/few", {"X": [ROW["X"]] * 3}, IRIS_1, "413", "limit"),
    ("PUT", "/predict", ROW, IRIS_1, "405", "method"),
    ("GET", "/models/no" + GET, None, UNKNOWN, "404", "not_found"),
    ("POST", "/models/iris@9", ROW, UNKNOWN, "404", "not_found"),
    # nginx itself refuses these, before our handler
    ("POST", "/small", {"X": [ROW["X"]] * 99}, IRIS_1, "413", None),
    ("POST", "/denied", ROW, IRIS_1, "403", None),
    ("POST", "/users", ROW, IRIS_1, "401", None),
    # once, with what was sent
    ("POST", "/page", {"X": [1]}, IRIS_1, "422", "shape"),
])
def test_one_request(server, delta, method, path, body, labels, code, reason):
    if isinstance(body, dict):
        body = json.dumps(body).encode()

    assert server.request(method, path, body).status == int(code)

    # counted after the reply was sent
    wait_for(lambda: delta.codes())
    assert delta.codes(**labels) == {code: 1}
    assert delta.codes() == {code: 1}
    assert delta.reasons() == ({reason: 1} if reason else {})
    assert delta.reasons(model=labels["model"]) == delta.reasons()


def test_media_type(server, delta):
    headers = {"Content-Type": "image/png"}
    assert server.post("/predict", ROW, headers).status == 415
    wait_for(lambda: delta.codes() == {"415": 1})
    assert delta.reasons() == {"media_type": 1}


def test_not_modified(server, delta):
    etag = server.get("/predict" + GET).headers["etag"]
    headers = {"If-None-Match": etag}
    assert server.get("/predict" + GET, headers).status == 304
    wait_for(lambda: delta.codes() == {"200": 1, "304": 1})


def test_limited(server, delta):
    found = [str(server.post("/limited", ROW).status) for _ in range(5)]
    assert "429" in found
    wait_for(lambda: sum(delta.codes().values()) == 5)
    assert delta.codes() == {code: found.count(code) for code in set(found)}

    # one that waits in nginx, whose client leaves
    assert server.get("/delayed" + GET).status == 200
    delta = Delta(server)
    connection = server.connect()
    connection.send(b"GET /delayed" + GET.encode()
                    + b" HTTP/1.1\r\nHost: a\r\n\r\n")
    wait_for(lambda: "delaying request" in server.log())
    connection.close()
    wait_for(lambda: delta.codes() == {"499": 1})


def test_client_that_leaves_the_queue(server, delta):
    body = json.dumps({"X": [ROW["X"]] * 200000}).encode()

    with server.connect() as connection:
        connection.send(b"POST /many?output=predict,kneighbors HTTP/1.1\r\n"
                        b"Host: a\r\nContent-Length: %d\r\n\r\n" % len(body)
                        + body)
        wait_for(lambda: scrape(server).get("queue_requests") == 1)
        assert scrape(server).get("requests_in_flight") == 1

    wait_for(lambda: delta.codes() == {"499": 1})
    assert scrape(server).get("queue_requests") == 0
    assert scrape(server).get("requests_in_flight") == 0
    assert delta.sum("rows_total") == 0


def test_fallback_counts_once(server, delta):
    reply = server.post("/again", {"X": [1]})
    assert reply.status == 200
    wait_for(lambda: delta.codes())
    assert delta.codes(**IRIS_2) == {"200": 1}
    assert delta.codes() == {"200": 1}
    assert delta.sum("request_duration_seconds_count") == 1
    assert delta.reasons() == {"shape": 1}


def test_shadow(server, delta):
    assert server.post("/mirrored", ROW).status == 200
    wait_for(lambda: sum(delta.codes().values()) == 2)
    assert delta.codes(**IRIS_1) == delta.codes(**IRIS_2) == {"200": 1}
    assert delta.sum("rows_total", **IRIS_2) == 1
    assert delta.by("shadow_rows_total", "agreement", primary="iris@1.0.0",
                    shadow="iris@2.0.0") == {"agree": 1}
    assert delta.sum("shadow_rows_total") == 1


def test_pairs_have_zeros(server):
    pairs = {(has["primary"], has["shadow"], has["agreement"])
             for has, _ in scrape(server).find("shadow_rows_total")}
    assert pairs == {(one, two, agreement)
                     for one, two in (("iris@1.0.0", "iris@2.0.0"),
                                      ("iris@2.0.0", "iris@1.0.0"))
                     for agreement in ("agree", "differ")}


@pytest.mark.parametrize("rows", [1, 10, 11, 1000])
def test_rows_and_classes(server, delta, iris, rows):
    random = numpy.random.default_rng(rows)
    X = iris._fit_X[random.integers(0, 150, rows)] \
        + random.normal(0, 0.5, (rows, 4))
    reply = server.post("/predict", {"X": X.tolist()})
    assert reply.status == 200

    expected = oracle.predictions(iris, X)
    wait_for(lambda: delta.codes() == {"200": 1})
    assert delta.by("predictions_total", "class", **IRIS_1) == {
        label: expected.count(label) for label in set(expected)}
    assert delta.sum("rows_total", **IRIS_1) == rows
    assert delta.sum("batch_rows_sum", **IRIS_1) == rows
    assert {float(le) for le in delta.by("batch_rows_bucket", "le", **IRIS_1)
            } == {bound for bound in BUCKETS["batch_rows"] + [float("inf")]
                  if rows <= bound}
    assert delta.sum("search_duration_seconds_count", **IRIS_1) == 1
    assert delta.sum("search_duration_seconds_sum", **IRIS_1) > 0


def test_novelty_of_replies(server, delta):
    X = [[5.1, 3.5, 1.4, 0.2], [6.0, 2.9, 4.4, 1.5], [9.0, 9.0, 9.0, 9.0]]
    replies = [server.post("/predict?output=kneighbors", {"X": x}).json
               for x in X]
    found = [reply["novelty"] for reply in replies]
    assert found[0] < 0.5 and found[2] == 1

    wait_for(lambda: delta.codes() == {"200": 3})
    assert abs(delta.sum("novelty_sum", **IRIS_1) - sum(found)) < 1e-6
    assert delta.by("novelty_bucket", "le", **IRIS_1) == {
        le: count for le, count in
        ((le, sum(novelty <= float(le) for novelty in found))
         for le in ("0.5", "0.9", "0.95", "0.99", "1", "+Inf")) if count}


def test_histograms_are_consistent(server):
    for _ in range(20):
        server.post("/predict", ROW)

    metrics = scrape(server)

    for name in BUCKETS:
        for labels, count in metrics.find(name + "_count"):
            buckets = [value for _, value in
                       metrics.find(name + "_bucket", **labels)]
            assert buckets == sorted(buckets), (name, labels)
            assert buckets[-1] == count, (name, labels)


def test_class_labels_are_escaped(serve, train):
    labels = ['a "b"', "c\\d", "e\nf", "µ", ""]
    server = serve(f"knn_model m {train(labels)};", """
        location = /predict { knn_predict m; }
        location = /metrics { knn_metrics; }
    """)
    body = {"X": [[float(i)] for i in range(len(labels))]}
    assert server.post("/predict", body).status == 200

    for openmetrics in False, True:
        wait_for(lambda: scrape(server).sum("rows_total"))
        assert scrape(server, openmetrics=openmetrics).by(
            "predictions_total", "class") == dict.fromkeys(labels, 1)


def test_other_estimators(serve, save):
    X = [[0.0], [1.0], [2.0], [3.0]]
    radius = sklearn.neighbors.RadiusNeighborsClassifier(
        radius=0.6, outlier_label=-1).fit(X, [1, 1, 2, 2])
    usual = sklearn.neighbors.RadiusNeighborsClassifier(
        radius=0.6, outlier_label="most_frequent").fit(X, list("abbb"))
    integer = sklearn.neighbors.RadiusNeighborsClassifier(
        radius=0.6, outlier_label=2).fit(X, [1, 1, 2, 2])
    regressor = sklearn.neighbors.KNeighborsRegressor(1).fit(X, X)
    outputs = sklearn.neighbors.KNeighborsClassifier(1).fit(
        X, [["a", "x"], ["a", "y"], ["b", "x"], ["b", "y"]])
    nearest = sklearn.neighbors.NearestNeighbors(n_neighbors=1).fit(X)
    models = {"radius": radius, "usual": usual, "integer": integer,
              "regressor": regressor, "outputs": outputs, "nearest": nearest}

    server = serve("".join(f"knn_model {name} {save(model)};"
                           for name, model in models.items()),
                   "location ~ ^/p/(?<n>.+)$ { knn_predict $n; }"
                   "location = /metrics { knn_metrics; }")

    for name in models:
        reply = server.post(f"/p/{name}", {"X": X + [[99.0]]})
        assert reply.status == 200, reply

    wait_for(lambda: scrape(server).sum("rows_total") == 30)
    metrics = scrape(server)
    classes = {name: metrics.by("predictions_total", "class", model=name)
               for name in models}
    assert classes == {"radius": {"1": 2, "2": 2, "-1": 1},
                       "usual": {"a": 1, "b": 4}, "integer": {"1": 2, "2": 3},
                       "regressor": {}, "outputs": {"a": 2, "b": 3},
                       "nearest": {}}
