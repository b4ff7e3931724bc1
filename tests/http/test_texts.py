"""Columns of texts: JSON, CSV and the query string, and what is refused."""

import io
import json
import urllib.parse

import pandas
import pytest
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

import oracle


@pytest.fixture(scope="module")
def models(shop, shop_pipeline):
    X, labels, values = shop

    return {
        "open": shop_pipeline(KNeighborsClassifier(5)).fit(X, labels),
        "closed": shop_pipeline(KNeighborsRegressor(3),
                                unknown="error").fit(X, values),
    }


@pytest.fixture(scope="module")
def server(serve, save, models):
    return serve("".join(f"knn_model {name} {save(model)};"
                         for name, model in models.items()),
                 """
                     location ~ ^/(.+)$ { knn_predict $1; }
                     location = /info { knn_info; }
                 """)


def lists(X):
    """Rows as Python lists, with None for NaN."""

    return json.loads(X.to_json(orient="values", double_precision=15))


@pytest.mark.parametrize("name", ["open", "closed"])
def test_rows_of_json(server, models, shop, name):
    X = shop[0]
    expected = oracle.predictions(models[name], X)

    for body in ({"X": lists(X)}, json.dumps(lists(X)).encode(),
                 {"dataframe_records": json.loads(X.to_json(
                     orient="records", double_precision=15))}):
        reply = server.post("/" + name, body)
        assert reply.status == 200, reply
        assert reply.json["predictions"] == expected

    row = lists(X)[3]
    assert server.post("/" + name, {"X": row}).json["prediction"] \
        == expected[3]


def test_objects_in_any_order(server, models, shop):
    X = shop[0][["weight", "size", "price", "color"]]
    reply = server.post("/closed", {"X": json.loads(X.to_json(
        orient="records", double_precision=15))})
    assert reply.json["predictions"] == oracle.predictions(models["closed"],
                                                           shop[0])


@pytest.mark.parametrize("header", [True, False])
def test_csv_as_pandas_writes_it(server, models, shop, header):
    text = shop[0].to_csv(index=False, header=header)
    reply = server.post("/closed", text.encode(), {"Content-Type": "text/csv"})
    assert reply.status == 200, reply
    assert reply.json["predictions"] == oracle.predictions(models["closed"],
                                                           shop[0])


def test_csv_columns_by_name(server, models, shop):
    X = shop[0]
    table = pandas.DataFrame({"id": range(len(X)), "size": X["size"],
                              "note": "a, b", "weight": X["weight"],
                              "color": X["color"], "price": X["price"]})
    reply = server.post("/closed", table.to_csv(index=False).encode())
    assert reply.json["predictions"] == oracle.predictions(models["closed"],
                                                           X)


@pytest.mark.parametrize("missing", ["", "NA", "NaN", "null", "nan"])
def test_missing_cells_as_pandas_reads_them(server, models, missing):
    text = f"color,size,price,weight\nred,M,1.5,{missing}\ngreen,L,2,3\n"
    reply = server.post("/closed", text.encode())
    assert reply.status == 200, reply
    assert reply.json["predictions"] == oracle.predictions(
        models["closed"], pandas.read_csv(io.StringIO(text)))


def test_first_line_of_texts_is_a_row(server, models):
    """A model of numbers would take it for a header."""

    text = "red,M,1.5,3\n"
    reply = server.post("/closed", text.encode())
    assert reply.json["predictions"] == oracle.predictions(
        models["closed"], pandas.read_csv(
            io.StringIO(text), names=["color", "size", "price", "weight"]))


def test_query_string(server, models, shop):
    X = shop[0].dropna()
    expected = oracle.predictions(models["closed"], X)

    for row, value in list(zip(X.itertuples(index=False), expected))[:10]:
        line = pandas.DataFrame([row]).to_csv(index=False,
                                              header=False).strip("\n")

        for quoted in (urllib.parse.quote(line), urllib.parse.quote_plus(line)):
            reply = server.get("/closed?X=" + quoted)
            assert reply.status == 200, reply
            assert reply.json["prediction"] == value


@pytest.mark.parametrize("text", ["purple", "", "r\u00f6d", "3"])
def test_unknown_text_passes_if_ignored(server, models, shop, text):
    X = shop[0].head(5).assign(color=text)
    expected = oracle.predictions(models["open"], X)
    assert server.post("/open", {"X": lists(X)}).json["predictions"] \
        == expected
    reply = server.post("/open", X.to_csv(index=False).encode())
    assert reply.status == 200, reply


@pytest.mark.parametrize("row, status, pointer, words", [
    (["purple", "M", 1, 2], 422, "#/X/0/0",
     ['unknown text "purple"', 'column "color"', '"red"']),
    (["red", "x" * 300, 1, 2], 422, "#/X/0/1", ['xxx...", column "size"']),
    (["\n\0\u007f", "M", 1, 2], 422, "#/X/0/0", ['"\\n\\u0000\\u007f"']),
    ([1, "M", 1, 2], 400, "#/X/0/0",
     ['is a number, but column "color" takes texts, such as']),
    ([True, "M", 1, 2], 400, "#/X/0/0", ["true or false"]),
    (["red", "M", "1", 2], 400, "#/X/0/2", ["is a string"]),
    (["red", "M", [], 2], 400, "#/X/0/2", ["is an array"]),
    (["red", "M", 1], 422, "#/X/0", ["3 features", "expects 4"])])
def test_refused(server, row, status, pointer, words):
    with server.connect() as connection:
        reply = connection.post("/closed", {"X": [row]})
        assert reply.status == status, reply
        assert reply.json["pointer"] == pointer

        for each in words:
            assert each in reply.json["detail"]

        assert connection.post("/closed",
                               {"X": ["red", "M", 1, 2]}).status == 200


def test_refused_in_csv_and_query(server):
    reply = server.post("/closed", b"red,M,1,2\npurple,M,1,2\n")
    assert reply.status == 422
    assert reply.json["detail"].startswith(
        'row 1, feature 0 is the unknown text "purple", column "color" takes')

    reply = server.get("/closed?X=purple,M,1,2")
    assert reply.status == 422
    assert "pointer" not in reply.json


def test_info(server, shop):
    model = server.get("/info").json["models"][1]
    assert model["name"] == "closed"
    assert len(model["steps"]) >= 3
    columns = {each["name"]: each for each in model["columns"]}
    assert list(columns) == list(shop[0])
    assert columns["color"]["type"] == "string"
    assert columns["color"]["categories"] == sorted(set(shop[0]["color"]))
    assert columns["color"]["others"] is False
    assert columns["price"]["type"] == "number"
    assert columns["weight"]["missing"] is True

    model = server.get("/info").json["models"][0]
    assert model["columns"][0]["others"] is True
