"""knn_samples: rows of the training data, as requests have them."""

import zlib

import numpy
import pandas
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.neighbors import (KNeighborsClassifier, KNeighborsRegressor,
                               NearestCentroid, NearestNeighbors)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (MaxAbsScaler, MinMaxScaler, Normalizer,
                                   OneHotEncoder, OrdinalEncoder,
                                   PolynomialFeatures, PowerTransformer,
                                   QuantileTransformer, RobustScaler,
                                   StandardScaler)

from conftest import IRIS

X, Y = load_iris(return_X_y=True)


def knn(**parameters):
    return KNeighborsClassifier(**parameters)


# steps that lose nothing of iris, and what is as near as their arithmetic is
WHOLE = {
    "alone": (knn(), 0),
    "brute": (knn(algorithm="brute"), 0),
    "ball_tree": (knn(algorithm="ball_tree", leaf_size=3), 0),
    "standard": (make_pipeline(StandardScaler(), knn()), 0),
    "minmax": (make_pipeline(MinMaxScaler((-2, 5), clip=True), knn()), 0),
    "maxabs": (make_pipeline(MaxAbsScaler(), knn()), 0),
    "robust": (make_pipeline(RobustScaler(), knn()), 0),
    "both": (make_pipeline(StandardScaler(), RobustScaler(), knn()), 0),
    "yeo-johnson": (make_pipeline(PowerTransformer(), knn()), 1e-9),
    "box-cox": (make_pipeline(PowerTransformer("box-cox"), knn()), 1e-9),
    "quantile": (make_pipeline(QuantileTransformer(n_quantiles=50), knn()), 1e-9),
    "normal": (make_pipeline(QuantileTransformer(
        n_quantiles=50, output_distribution="normal"), knn()), 1e-9),
    "ordinal": (make_pipeline(OrdinalEncoder(), knn()), 0),
    "polynomial": (make_pipeline(PolynomialFeatures(2), knn()), 0),
    "one_hot": (make_pipeline(OneHotEncoder(sparse_output=False), knn()), 0),
    "dropped": (make_pipeline(OneHotEncoder(sparse_output=False, drop="first"),
                              knn()), 0),
    "parts": (make_pipeline(ColumnTransformer([
        ("s", StandardScaler(), [3, 1]), ("p", "passthrough", [0]),
        ("m", MinMaxScaler(), [2])]), knn()), 0),
}


@pytest.fixture(scope="module")
def whole(serve, save):
    models = "".join(f"knn_model {name} {save(model.fit(X, Y))};\n"
                     for name, (model, _) in WHOLE.items())
    return serve(models, """
        location = /samples { knn_samples; }
        location = /models { knn_info; }
    """)


@pytest.mark.parametrize("name", WHOLE)
def test_rows_are_the_training_data(whole, name):
    reply = whole.get(f"/samples?model={name}&limit=10000").json
    assert reply["index"] == list(range(150))
    assert reply["labels"] == Y.tolist()
    numpy.testing.assert_allclose(numpy.array(reply["rows"], float), X,
                                  rtol=WHOLE[name][1], atol=WHOLE[name][1])


@pytest.mark.parametrize("name", WHOLE)
def test_ranges_are_those_of_the_training_data(whole, name):
    models = whole.get("/models").json["models"]
    columns = next(model["columns"] for model in models
                   if model["name"] == name)

    for bound, expected in (("minimum", X.min(0)), ("maximum", X.max(0))):
        numpy.testing.assert_allclose(
            [column[bound] for column in columns], expected,
            rtol=WHOLE[name][1], atol=WHOLE[name][1])


LOST = {
    "pca": make_pipeline(StandardScaler(), PCA(2), knn()),
    "norm": make_pipeline(Normalizer(), knn()),
    "correlation": knn(algorithm="brute", metric="correlation"),
}


@pytest.mark.parametrize("name", LOST)
def test_what_is_lost_is_null(serve, save, name):
    server = serve(f"knn_model m {save(LOST[name].fit(X, Y))};",
                   "location = /samples { knn_samples; }")
    reply = server.get("/samples?limit=3").json
    assert reply["rows"] == [[None] * 4] * 3
    assert reply["labels"] == Y[[0, 50, 100]].tolist()


@pytest.fixture(scope="module")
def table(serve, save, shop, shop_pipeline):
    """Texts and missing values, and the mean that takes the place of these."""
    frame, labels, values = shop
    models = {
        "labels": shop_pipeline(KNeighborsClassifier(3)).fit(frame, labels),
        "values": shop_pipeline(KNeighborsRegressor(3)).fit(frame, values)}
    server = serve("".join(f"knn_model {name} {save(model)};\n"
                           for name, model in models.items()), """
        location = /samples { knn_samples; }
        location = /predict { knn_predict labels; }
    """)
    imputed = frame.assign(weight=frame.weight.fillna(frame.weight.mean()))
    return server, imputed, labels, values


def test_texts_and_names(table):
    server, frame, labels, _ = table
    reply = server.get("/samples?model=labels").json
    found = pandas.DataFrame(reply["rows"], columns=reply["feature_names"])
    assert reply["labels"] == labels.tolist()
    pandas.testing.assert_frame_equal(found, frame, rtol=1e-12)


def test_values_of_a_regressor(table):
    server, _, _, values = table
    reply = server.get("/samples?model=values@1").json
    assert reply["values"] == values.tolist()
    assert "labels" not in reply


def test_a_row_is_its_own_neighbor(table):
    server, frame, _, _ = table
    rows = server.get("/samples?model=labels&index=7,3").json["rows"]
    reply = server.post("/predict?output=kneighbors", {"X": rows}).json

    for row, neighbors in zip((7, 3), reply["neighbors"]):
        same = [i for i in range(len(frame))
                if frame.iloc[i].equals(frame.iloc[row])]
        assert neighbors[0]["index"] in same
        assert neighbors[0]["distance"] < 1e-12


@pytest.fixture(scope="module")
def server(serve, save, train):
    y = numpy.column_stack([Y, Y % 2 == 1])
    first, second = train(["a", "b", "c"]), train(["d", "e"])
    return serve(f"""
        knn_model iris {IRIS};
        knn_model two {save(KNeighborsClassifier().fit(X, y))};
        knn_model old {first} version=1.0.0;
        knn_model old {second} version=2.0.0;
        knn_model neighbors {save(NearestNeighbors().fit(X))};
        knn_model centroid {save(NearestCentroid().fit(X, Y))};
        knn_model wide {save(KNeighborsClassifier(1).fit(
            numpy.arange(7000.).reshape(7, 1000), range(7)))};
        knn_model long {save(KNeighborsRegressor(1).fit(
            numpy.arange(40000.).reshape(20000, 2), range(20000)))};
    """, """
        location = /all { knn_samples; }
        location = /some { knn_samples old iris@1; }
        gzip on; gzip_types application/json; gzip_min_length 1;
    """)


@pytest.mark.parametrize("limit, index", [
    (1, [0]), (2, [0, 75]), (7, [i * 150 // 7 for i in range(7)]),
    (149, [i * 150 // 149 for i in range(149)]), (150, list(range(150))),
    (151, list(range(150)))])
def test_rows_are_evenly_spaced(server, limit, index):
    reply = server.get(f"/all?limit={limit}")
    assert reply.status == 200
    assert reply.headers["x-knn-model"] == "iris@1.0.0"
    assert reply.json["total"] == 150
    assert reply.json["index"] == index
    assert reply.json["rows"] == X[index].tolist()


def test_several_outputs(server):
    reply = server.get("/all?model=two&limit=3").json
    assert reply["labels"] == [[0, 0], [1, 1], [2, 0]]


def test_no_target(server):
    reply = server.get("/all?model=neighbors&index=5").json
    assert sorted(reply) == ["index", "model", "rows", "total", "version"]
    assert reply["rows"] == [X[5].tolist()]


def test_centroids_are_no_training_rows(server):
    reply = server.get("/all?model=centroid").json
    assert (reply["total"], reply["index"], reply["rows"]) == (0, [], [])


def test_a_reply_is_bounded(server):
    reply = server.get("/all?model=long&limit=10000").json
    assert len(reply["rows"]) == 10000 and reply["total"] == 20000
    assert reply["rows"][-1] == [39996, 39997]
    assert reply["values"][-1] == 19998

    reply = server.get("/all?model=wide").json
    assert [row[:2] for row in reply["rows"]] \
        == [[i * 1000, i * 1000 + 1] for i in range(7)]


def test_a_long_reply_in_pieces_is_the_same_compressed(server):
    path = "/all?model=long&limit=10000"
    plain = server.get(path)
    packed = server.get(path, {"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert zlib.decompress(packed.body, 31) == plain.body


def test_http10(server):
    reply = server.request("GET", "/all?model=long&limit=9999", version="1.0")
    assert len(reply.json["rows"]) == 9999


def test_a_client_that_leaves_is_left(server):
    for _ in range(20):
        with server.connect() as connection:
            connection.send(b"GET /all?model=long&limit=10000 HTTP/1.1\r\n"
                            b"Host: a\r\n\r\n")
            connection.exactly(10)

    assert server.get("/all?limit=1").status == 200


def test_pipelined(server):
    request = b"GET /all?model=long&limit=5000 HTTP/1.1\r\nHost: a\r\n\r\n"

    with server.connect() as connection:
        connection.send(request * 3)
        for _ in range(3):
            assert len(connection.response().json["rows"]) == 5000


def test_only_the_models_that_are_named(server):
    assert server.get("/some").json["version"] == "2.0.0"
    assert server.get("/some?model=old@1").json["labels"] == ["a", "b", "c"]
    assert server.get("/some?model=iris").status == 200

    for name in ("two", "old@3", "nothing", "", "%00", "iris@"):
        reply = server.get(f"/some?model={name}")
        assert reply.status == 404, name
        assert "shown" in reply.json["detail"]


@pytest.mark.parametrize("arguments, status, words", [
    ("limit=0", 400, "1 to 10000"), ("limit=0&index=1", 400, "1 to 10000"),
    ("limit=10001", 400, "1 to 10000"),
    ("limit=-1", 400, "1 to 10000"), ("limit=", 400, "1 to 10000"),
    ("limit=1e3", 400, "1 to 10000"), ("limit=99999999999999999999", 400, "1"),
    ("index=", 400, "separated by commas"), ("index=1,", 400, "commas"),
    ("index=1,,2", 400, "commas"), ("index=-1", 400, "commas"),
    ("index=1.0", 400, "commas"), ("index=150", 422, "150 training rows"),
    ("index=0,99999999999999999999", 422, "150 training rows"),
    ("model=centroid&index=0", 422, "0 training rows"),
    ("model=wide&index=" + ",".join(["0"] * 65), 413, "several requests")])
def test_refused(server, arguments, status, words):
    reply = server.get(f"/all?{arguments}")
    assert reply.status == status, reply
    assert words in reply.json["detail"]


def test_index_in_any_order_and_twice(server):
    index = [149, 0, 149, 7]
    reply = server.get("/all?index=149%2C0,149,7").json
    assert reply["index"] == index
    assert reply["rows"] == X[index].tolist()


def test_etag(server):
    etags = {server.get(f"/all?{arguments}").headers["etag"]
             for arguments in ("", "limit=3", "index=0,75", "index=75,0",
                               "model=old&limit=3", "model=two&limit=3")}
    assert len(etags) == 6

    etag = server.get("/all").headers["etag"]
    reply = server.get("/all?limit=1000", {"If-None-Match": etag})
    assert (reply.status, reply.body) == (304, b"")


def test_methods(server):
    reply = server.request("HEAD", "/all")
    assert (reply.status, reply.body) == (200, b"")
    assert server.request("OPTIONS", "/all").headers["allow"] \
        == "GET, HEAD, OPTIONS"
    assert server.post("/all", b"{}").status == 405


def test_unknown_model_in_the_configuration(serve):
    nginx = serve(f"knn_model iris {IRIS};",
                  "location = /s { knn_samples iris nothing; }", start=False,
                  allowed="unknown model")
    done = nginx.run("-t")
    assert done.returncode != 0
    assert 'unknown model "nothing" in "knn_samples"' in done.stdout
