"""knn_openapi: what the document says is what the server does."""

import json
import re
import urllib.parse

import numpy
import pandas
import pytest
from jsonschema import Draft202012Validator, RefResolver
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.neighbors import (KNeighborsClassifier, KNeighborsRegressor,
                               NearestCentroid, NearestNeighbors,
                               RadiusNeighborsClassifier,
                               RadiusNeighborsRegressor)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (OrdinalEncoder, PowerTransformer,
                                   StandardScaler)

from conftest import IRIS

X, Y = load_iris(return_X_y=True)

ALL = """
    location = /models { knn_info; }
    location = /health { knn_health; }
    location = /metrics { knn_metrics; }
    location = /samples { knn_samples; }
    location = /openapi.json { knn_openapi; }
    location /v1 { knn_api v1; }
    location /v2 { knn_api v2; }
"""


class Document:
    """What the server says of itself, and how to hold it to that."""

    def __init__(self, server, path="/openapi.json"):
        self.server = server
        reply = server.get(path)
        assert reply.status == 200, reply
        assert reply.headers["content-type"] == "application/json"
        self.size = len(reply.body)
        self.json = reply.json
        self.resolver = RefResolver("", self.json)

    def resolve(self, item):
        while "$ref" in item:
            item = self.resolver.resolve(item["$ref"])[1]

        return item

    def operations(self):
        for path, methods in self.json["paths"].items():
            for method, operation in methods.items():
                yield path, method, operation

    def validate(self, schema, value):
        Draft202012Validator(schema, resolver=self.resolver).validate(value)

    def check(self, operation, reply):
        """The status, the type, the header and the body are as documented."""

        status = str(reply.status)
        assert status in operation["responses"], reply
        response = self.resolve(operation["responses"][status])

        for name in response.get("headers", ()):
            assert name.lower() in reply.headers, (name, reply)

        content = response.get("content")

        if content is None:
            assert reply.body == b"", reply
            return

        kind = reply.headers["content-type"].split(";")[0]
        assert kind in content, reply

        if kind.endswith("json"):
            self.validate(content[kind].get("schema", {}), reply.json)


def examples(document, operation):
    """Every (path parameters, query, content type, body) that is shown."""

    shown = [document.resolve(one) for one in operation.get("parameters", ())]
    query = [(one["name"], value(one["example"])) for one in shown
             if one["in"] == "query" and "example" in one]
    named = {}
    body = document.resolve(operation.get("requestBody", {}))

    for one in shown:
        if one["in"] == "path":
            named[one["name"]] = one["schema"]["enum"]

    bodies = [] if body.get("required") else [(None, None, None)]

    if any(one.get("required") and one["in"] == "query"
           and "example" not in one for one in shown):
        bodies = []

    for kind, content in body.get("content", {}).items():
        if "example" in content:
            bodies.append((None, kind, content["example"]))

        for key, example in content.get("examples", {}).items():
            bodies.append((key, kind, example["value"]))

    return named, query, bodies


def value(example):
    return ",".join(map(str, example)) if isinstance(example, list) \
        else str(example)


def send(document, path, method, operation):
    """Sends all examples; those of a model go to this model's path."""

    named, query, bodies = examples(document, operation)
    for key, kind, body in bodies:
        for name in named.get("model", [None]):
            for version in named.get("version", named.get("label", [None])):
                if key is not None and name is not None \
                        and not key.startswith(f"{name}-"):
                    continue

                target = re.sub(r"\{model\}", str(name), path)
                target = re.sub(r"\{\w+\}", str(version), target)
                target += "?" + urllib.parse.urlencode(query) if query else ""
                data = body.encode() if isinstance(body, str) \
                    else None if body is None else json.dumps(body).encode()

                reply = document.server.request(
                    method.upper(), target, data,
                    {"Content-Type": kind} if kind else {})
                document.check(operation, reply)
                yield reply


@pytest.fixture(scope="module")
def models(save, shop, shop_pipeline):
    frame, labels, values = shop
    odd = pandas.DataFrame(X, columns=['a"b', "it's 5%", "\\u0041", "é\n"])
    iris = {
        "plain": KNeighborsClassifier().fit(X, Y),
        "odd": KNeighborsClassifier(3).fit(
            odd, numpy.array(['"', "it's %s", "</script>"])[Y]),
        "value": KNeighborsRegressor(3, weights="distance").fit(X, X[:, 0]),
        "values": KNeighborsRegressor().fit(X, X[:, :2]),
        "several": KNeighborsClassifier().fit(
            X, numpy.column_stack([Y, Y % 2 == 1])),
        "truth": KNeighborsClassifier().fit(X, Y == 1),
        "radius": RadiusNeighborsClassifier(0.1).fit(X, Y),
        "outlier": RadiusNeighborsClassifier(0.1, outlier_label=7).fit(X, Y),
        "reals": RadiusNeighborsRegressor(0.1).fit(X, Y / 4),
        "search": NearestNeighbors(n_neighbors=2).fit(X),
        "centroid": NearestCentroid().fit(X, Y),
        "encoded": make_pipeline(OrdinalEncoder(),
                                 KNeighborsClassifier()).fit(X, Y),
        "projected": make_pipeline(PowerTransformer("box-cox"), PCA(2),
                                   KNeighborsClassifier()).fit(X, Y),
        "shop": shop_pipeline(KNeighborsClassifier(3)).fit(frame, labels),
        "prices": shop_pipeline(KNeighborsRegressor(3),
                                "error").fit(frame, values),
        "far": make_pipeline(PCA(2), RadiusNeighborsClassifier(0.1)).fit(X, Y),
    }
    return {name: save(model) for name, model in iris.items()}


@pytest.fixture(scope="module")
def server(serve, models):
    return serve("".join(f"knn_model {name} {path};\n"
                         for name, path in models.items()),
                 "".join(f"location = /predict/{name} {{ knn_predict {name}; "
                         "}\n" for name in models) + ALL)


@pytest.fixture(scope="module")
def document(server):
    return Document(server)


def test_schemas_are_valid(document):
    for name, schema in document.json["components"]["schemas"].items():
        assert re.fullmatch(r"[a-zA-Z0-9.\-_]+", name)
        Draft202012Validator.check_schema(schema)


def test_references_lead_somewhere(document):
    def walk(item):
        if isinstance(item, dict):
            document.resolve(item)
            item = item.values()

        if not isinstance(item, str):
            try:
                for each in item:
                    walk(each)
            except TypeError:
                pass

    walk(document.json)


def test_operations_have_names_of_their_own(document):
    names = [operation["operationId"]
             for _, _, operation in document.operations()]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][A-Za-z0-9_]*", name) for name in names)


def test_examples_work(document, models):
    statuses = {}

    for path, method, operation in document.operations():
        for reply in send(document, path, method, operation):
            statuses.setdefault((path, method), set()).add(reply.status)

    refused = {path: found for (path, method), found in statuses.items()
               if found != {200}}
    assert refused == {f"/v2/repository/models/{{model}}/{verb}": {403}
                       for verb in ("load", "unload")}

    shown = {path.split("/")[2] for path, method in statuses
             if path.startswith("/predict/") and method == "post"}
    assert shown == set(models) - {"far"}


def test_no_example_where_none_can_be_told(document):
    """Rows near training rows that a projection has left nobody to know."""

    operation = document.json["paths"]["/predict/far"]["post"]
    assert "examples" not in \
        operation["requestBody"]["content"]["application/json"]


@pytest.mark.parametrize("outputs", ["predict", "predict_proba", "kneighbors",
                                     "predict,predict_proba,kneighbors"])
def test_every_output(document, outputs):
    for path, method, operation in document.operations():
        if not path.startswith("/predict/"):
            continue

        for _, kind, body in examples(document, operation)[2]:
            if kind != "application/json":
                continue

            reply = document.server.post(f"{path}?output={outputs}", body)
            assert reply.status in (200, 422)
            document.check(operation, reply)


@pytest.mark.parametrize("body, headers, status", [
    (b"{", {}, 400), (b'{"X":[1]}', {}, 422), (b"", {}, 400),
    (b"\xff\xfe", {"Content-Type": "image/png"}, 415),
    (b"1,2", {"Content-Encoding": "br"}, 415),
    (b'{"X":[1,2,3,4]}', {"Accept": "image/png"}, 406),
    (b'{"X":[' + b"[1,2,3,4]," * 10000 + b"[1,2,3,4]]}", {}, 413)])
def test_refusals_are_documented(document, body, headers, status):
    reply = document.server.post("/predict/plain", body, headers)
    assert reply.status == status
    document.check(document.json["paths"]["/predict/plain"]["post"], reply)


@pytest.mark.parametrize("path, target", [
    ("/predict/plain", "/predict/plain"), ("/models", "/models"),
    ("/samples", "/samples"), ("/openapi.json", "/openapi.json"),
    ("/v2/models/{model}/infer", "/v2/models/plain/infer"), ("/v2", "/v2"),
    ("/v1/models/{model}:predict", "/v1/models/plain:predict")])
def test_other_methods(document, path, target):
    operation = next(iter(document.json["paths"][path].values()))
    reply = document.server.request("DELETE", target)
    assert reply.status == 405
    document.check(operation, reply)


@pytest.mark.parametrize("path", [
    "/v1/models/{model}", "/v1/models/{model}/metadata",
    "/v2/models/{model}", "/v2/models/{model}/ready",
    "/v2/models/{model}/config", "/v2/models/{model}/stats",
    "/v2/models/{model}/versions/{version}"])
def test_unknown_models_are_documented(document, path):
    target = path.replace("{model}", "nothing").replace("{version}", "1.0.0")
    reply = document.server.get(target)
    assert reply.status == 404
    document.check(document.json["paths"][path]["get"], reply)


def test_what_is_said_of_columns_and_classes(document, shop):
    frame, labels, _ = shop
    schemas = document.json["components"]["schemas"]

    columns = schemas["prices-1.0.0.Record"]["properties"]
    assert list(columns) == frame.columns.tolist()
    assert columns["color"]["enum"] == sorted(set(frame.color))

    low, high = columns["price"]["anyOf"][1]["examples"]
    assert low == pytest.approx(frame.price.min(), rel=1e-12)
    assert high == pytest.approx(frame.price.max(), rel=1e-12)

    assert {"type": "null"} in columns["weight"]["anyOf"]
    assert schemas["shop-1.0.0.Prediction"] == {"enum": sorted(set(labels))}
    assert schemas["outlier-1.0.0.Prediction"] == {"enum": [0, 1, 2, 7]}
    assert schemas["truth-1.0.0.Prediction"] == {"enum": [False, True]}
    assert "%" not in json.dumps(schemas["plain-1.0.0.Answer"])
    assert list(schemas["odd-1.0.0.Record"]["properties"]) \
        == ['a"b', "it's 5%", "\\u0041", "é\n"]


@pytest.mark.parametrize("location, path", [
    ("= /openapi.json", "/openapi.json"), ("= /", "/"), ("/docs/", "/docs/"),
    ("= /docs/openapi.json", "/docs/openapi.json"), ("/a/b/c", "/a/b/c"),
    ("~ ^/x/(.*)$", "/x/openapi.json")])
def test_paths_are_relative_to_the_document(serve, location, path):
    """A proxy may strip a prefix, of which nobody here knows."""

    server = serve(f"knn_model iris {IRIS};", f"""
        location = /predict {{ knn_predict iris; }}
        location {location} {{ knn_openapi; }}
    """)
    [entry] = Document(server, path).json["servers"]

    for prefix in ("", "/knn") if "~" not in location else ("",):
        base = urllib.parse.urljoin(f"http://host{prefix}{path}",
                                    entry["url"]).rstrip("/")
        assert base + "/predict" == f"http://host{prefix}/predict"


def test_routes_of_models(serve, models):
    """A pattern that is a path and the model's name can be told."""

    server = serve("".join(f"knn_model {name} {models[name]};\n"
                           for name in ("plain", "value")), """
        location = /openapi.json { knn_openapi; }
        location ~ ^/predict/(?<model>[^/]+)$ { knn_predict $model; }
        location ~ ^/a-b_c/(?<name>[^/]+)$ { knn_predict $name; }
        location ~ ^/0/(?<model>[^/]+)$ { knn_predict $arg_model; }
        location ~ ^/1.x/(?<model>[^/]+)$ { knn_predict $model; }
        location ~ ^/2/(?<model>[^/]+)/$ { knn_predict $model; }
        location ~ ^/3/(?<model>[^/]*)$ { knn_predict $model; }
        location ~ /4/(?<model>[^/]+)$ { knn_predict $model; }
        location ~ ^/5/(?<models>[^/]+)$ { set $model x;
                                           knn_predict $model; }
        location ~ ^/6/(?<model>[^/]+)$ { internal; knn_predict $model; }
        location ~ ^/7/(?<model>[^/]+)$ { knn_info; }
    """)
    document = Document(server)
    paths = document.json["paths"]
    assert set(paths) == {"/openapi.json", "/predict/{model}",
                          "/a-b_c/{model}"}

    for path in sorted(set(paths) - {"/openapi.json"}):
        for operation in paths[path].values():
            [model] = [document.resolve(each)
                       for each in operation["parameters"]
                       if document.resolve(each)["in"] == "path"]
            assert model["name"] == "model" and model["required"]
            assert model["schema"]["enum"] == ["plain", "value"]

        for name in ("plain", "value", "none"):
            target = path.replace("{model}", name)
            reply = server.post(target, {"X": [5.1, 3.5, 1.4, 0.2]})
            assert reply.status == (404 if name == "none" else 200)
            document.check(paths[path]["post"], reply)
            reply = server.get(target + "?X=5.1,3.5,1.4,0.2")
            document.check(paths[path]["get"], reply)


def test_names_of_operations_stay(serve):
    server = serve(f"knn_model iris {IRIS} label=stable;",
                   "location = /predict { knn_predict iris; }" + ALL)
    names = {operation["operationId"]
             for _, _, operation in Document(server).operations()}
    v1 = "v1_models_model"
    v2 = "v2_models_model"
    assert names == {
        "get_predict", "post_predict", "get_models", "get_health",
        "get_metrics", "get_samples", "get_openapi_json", "get_v1_models",
        "get_v2", "get_v2_health_live", "get_v2_health_ready",
        "get_v2_models", "get_v2_models_stats", "post_v2_repository_index",
        "post_v2_repository_models_model_load",
        "post_v2_repository_models_model_unload",
        *(f"get_{v1}{by}{end}" for by in ("", "_versions_version",
                                          "_labels_label")
          for end in ("", "_metadata")),
        *(f"post_{v1}{by}_{end}" for by in ("", "_versions_version",
                                            "_labels_label")
          for end in ("predict", "classify")),
        *(f"get_{v2}{by}{end}" for by in ("", "_versions_version",
                                          "_labels_label")
          for end in ("", "_ready", "_config", "_stats")),
        *(f"post_{v2}{by}_infer" for by in ("", "_versions_version",
                                            "_labels_label"))}


@pytest.fixture(scope="module")
def odd(serve):
    return serve(f"knn_model iris {IRIS};", """
        location / { knn_predict iris; }
        location /a-b { knn_predict iris; location /a-b/c { knn_info; } }
        location = /a-b { knn_predict iris; }
        location /a/b { knn_predict iris; }
        location "/a b%" { knn_predict iris; }
        location "/{x}" { knn_predict iris; }
        location ~ ^/r/(.*) { knn_predict $1; }
        location @named { knn_predict iris; }
        location = /hidden { internal; knn_predict iris; }
        location /by { knn_predict $arg_model; }
        location /some { knn_predict iris;
                         if ($arg_x) { set $y 1; } }
        location /api/v2/models/ { knn_api v2; }
        location /base { knn_api v1; }
        location = /v2 { knn_api v2; }
        location = /v2/models { knn_info; }
        location /v2/ { knn_api v2; }
        location = /doc { knn_openapi; }
    } server {
        listen 127.0.0.1:1; server_name other;
        location /elsewhere { knn_predict iris; }
    """, start=False)


def test_locations(odd):
    with open(odd.path("nginx.conf")) as file:
        text = file.read()

    with open(odd.path("nginx.conf"), "w") as file:
        file.write(text.replace("127.0.0.1:1;", f"127.0.0.1:{odd.port};"))

    odd.start()
    document = Document(odd, "/doc")
    paths = document.json["paths"]
    pages = {path for path in paths
             if not path.startswith(("/v2", "/api/v2", "/base/v1"))}
    assert pages == {"/", "/a-b", "/a-b/c", "/a/b", "/a%20b%25", "/by",
                     "/some", "/doc"}

    trees = set(paths) - pages
    assert {"/v2", "/v2/models", "/v2/health/ready", "/base/v1/models",
            "/base/v1/models/{model}:predict", "/api/v2/models",
            "/api/v2/models/{model}/infer"} - {"/api/v2/models"} <= trees
    assert "/api/v2/health/ready" not in trees
    assert paths["/v2/models"]["get"]["tags"] == ["models"]
    assert "/api/v2" not in trees

    names = [operation["operationId"]
             for _, _, operation in document.operations()]
    assert len(set(names)) == len(names)
    assert paths["/"]["get"]["operationId"] == "get_root"

    for path, method, operation in document.operations():
        if path != "/by":
            list(send(document, path, method, operation))

    reply = odd.get("/by?model=iris&X=5.1,3.5,1.4,0.2")
    document.check(paths["/by"]["get"], reply)
    document.check(paths["/by"]["get"], odd.get("/by?model=no&X=1"))


def test_many_features_and_classes(serve, save):
    wide = numpy.random.default_rng(1).random((300, 10000))
    names = [f"feature number {i}" for i in range(10000)]
    frame = pandas.DataFrame(wide, columns=names)
    model = KNeighborsClassifier(1).fit(frame, range(300))
    server = serve(f"knn_model wide {save(model)};",
                   "location = /predict { knn_predict wide; }" + ALL)
    document = Document(server)
    assert document.size < 100000

    operation = document.json["paths"]["/predict"]["post"]
    reply = server.post("/predict", {"X": wide[7].tolist()})
    assert reply.json["prediction"] == 7
    document.check(operation, reply)

    row = dict(zip(names, wide[8].tolist()))
    schema = document.json["components"]["schemas"]["wide-1.0.0.Body"]
    document.validate(schema, {"X": row})
    assert server.post("/predict", {"X": row}).json["prediction"] == 8


def test_without_models(serve):
    server = serve("", "location ~ ^/(a+)$ { knn_predict $1; }"
                   "location /p { knn_predict $arg_m; }" + ALL)
    document = Document(server)

    for path, method, operation in document.operations():
        if "{" not in path and method == "get" and path != "/samples":
            document.check(operation, server.get(path))


def test_etag_and_methods(server):
    etag = server.get("/openapi.json").headers["etag"]
    reply = server.get("/openapi.json", {"If-None-Match": etag})
    assert (reply.status, reply.body) == (304, b"")

    reply = server.request("HEAD", "/openapi.json")
    assert (reply.status, reply.body) == (200, b"")
    assert reply.headers["etag"] == etag

    assert server.request("OPTIONS", "/openapi.json").headers["allow"] \
        == "GET, HEAD, OPTIONS"


def test_example_that_a_step_cannot_give_back(serve, save):
    """A scale that overflows on the way back leaves no value, but JSON."""

    rows = numpy.random.default_rng(0).normal(size=(50, 2))
    rows[3] = numpy.nan
    model = make_pipeline(SimpleImputer(), StandardScaler(),
                          KNeighborsClassifier(3, algorithm="brute"))
    model.fit(rows, numpy.arange(50) % 2)
    rows[0] = 1e200, -1e200
    rows[3] = 0
    model[-1].fit(rows, numpy.arange(50) % 2)
    model[1].scale_[:] = 1e200

    server = serve(f"knn_model m {save(model)};",
                   "location = /openapi.json { knn_openapi; }"
                   "location /predict { knn_predict m; }")
    text = server.get("/openapi.json").body.decode()
    json.loads(text, parse_constant=pytest.fail)
