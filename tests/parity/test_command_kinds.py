"""The knn command with every kind of model: text, --json, and refusals."""

import json

import joblib
import numpy
import pandas
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neighbors import NearestNeighbors, RadiusNeighborsClassifier
from sklearn.neighbors import RadiusNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from knn import knn
from test_command import lines, objects, refused

random = numpy.random.default_rng(3)
X = random.integers(0, 20, (40, 3)) / 4
Y = random.normal(size=(40, 2))
ROWS = X[:6] + 0.125
FAR = [[1e6, 0, 0]]


def text_of(rows):
    return "".join(",".join(map(repr, row)) + "\n"
                   for row in numpy.array(rows).tolist())


def number(text):
    """Of a column of text, to compare bit by bit."""
    return float(text)


@pytest.fixture(scope="module")
def save(tmp_path_factory):
    directory = tmp_path_factory.mktemp("kinds")

    def dump(name, model):
        path = str(directory / (name + ".joblib"))
        joblib.dump(model, path)
        return path

    return dump


def test_regressor(save):
    model = KNeighborsRegressor(3).fit(X, Y[:, 0])
    path = save("regressor", model)
    expected = model.predict(ROWS).tolist()

    assert list(map(number, lines(knn("predict", path,
                                      text=text_of(ROWS))))) == expected
    assert [each["prediction"] for each in objects(knn(
        "predict", path, "--json", text=text_of(ROWS)))] == expected

    distances, indices = model.kneighbors(ROWS)

    for row, line in enumerate(lines(knn("predict", path, "--neighbors",
                                         text=text_of(ROWS)))):
        columns = line.split("\t")
        assert number(columns[0]) == expected[row]
        assert columns[-1].startswith("novelty=")
        assert [(int(index), number(distance), number(value))
                for index, distance, value in (
                    each.split(":") for each in columns[1:-1])] == [
            (int(i), d, Y[i, 0]) for i, d in zip(indices[row],
                                                 distances[row])]


def test_regressor_of_two_values(save):
    model = KNeighborsRegressor(2).fit(X, Y)
    found = lines(knn("predict", save("pairs", model), text=text_of(ROWS)))
    assert [list(map(number, line.split("\t"))) for line in found] \
        == model.predict(ROWS).tolist()


def test_regressor_has_no_probabilities(save):
    path = save("regressor", KNeighborsRegressor(3).fit(X, Y[:, 0]))
    refused(knn("predict", path, "--proba", text=text_of(ROWS)),
            path, "KNeighborsRegressor", '"predict_proba"', '"kneighbors"')


def test_nearest_neighbors_have_no_prediction(save):
    model = NearestNeighbors(n_neighbors=2).fit(X)
    path = save("near", model)
    distances, indices = model.kneighbors(ROWS)

    for row, line in enumerate(lines(knn("predict", path,
                                         text=text_of(ROWS)))):
        columns = line.split("\t")
        assert len(columns) == 3
        assert [(int(i), number(d)) for i, d in (
            each.split(":") for each in columns[:2])] \
            == list(zip(indices[row].tolist(), distances[row].tolist()))

    for answer in objects(knn("predict", path, "--json",
                              text=text_of(ROWS))):
        assert set(answer) == {"neighbors", "novelty"}
        assert set(answer["neighbors"][0]) == {"index", "distance"}


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_radius(save):
    model = RadiusNeighborsClassifier(1.5, outlier_label="none").fit(
        X, numpy.where(X[:, 0] > 2, "high", "low"))
    rows = [*ROWS, *FAR]
    found = lines(knn("predict", save("radius", model), "--proba",
                      "--neighbors", text=text_of(rows)))
    expected = model.predict(rows).tolist()
    counts = [len(each) for each in
              model.radius_neighbors(rows, return_distance=False)]

    for line, label, count in zip(found, expected, counts):
        columns = line.split("\t")
        assert columns[0] == label
        assert [each.split("=")[0] for each in columns[1:3]] == ["high", "low"]
        assert len(columns) == 3 + count + 1

    assert found[-1] == "none\thigh=0.0\tlow=0.0\tnovelty=1.0"


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_radius_regressor_without_neighbors(save):
    path = save("radius_values",
                RadiusNeighborsRegressor(1.5).fit(X, Y[:, 0]))
    assert lines(knn("predict", path, text=text_of(FAR))) == ["nan"]
    assert objects(knn("predict", path, "--json", text=text_of(FAR))) \
        == [{"prediction": None}]


def test_row_without_neighbors_names_its_line(save):
    """Behind a header, blank lines, and more rows than one query has."""

    path = save("lonely", RadiusNeighborsClassifier(1.5).fit(X, X[:, 0] > 2))
    text = "a,b,c\n\n" + text_of(ROWS) * 1000 + "\n" + text_of(FAR)
    refused(knn("predict", path, text=text),
            "standard input:6004: row 6000 has no neighbors")


@pytest.fixture(scope="module")
def mixed(save):
    table = pandas.DataFrame({
        "color": random.choice(["red", "green", "blue"], 30),
        "weight": numpy.where(random.random(30) < 0.2, numpy.nan,
                              random.integers(0, 9, 30))})
    model = make_pipeline(ColumnTransformer([
        ("color", OneHotEncoder(), ["color"]),
        ("weight", SimpleImputer(), ["weight"])]),
        KNeighborsClassifier(3)).fit(table, table["color"] == "red")

    return save("mixed", model), model, table


def test_texts_and_missing_values(mixed):
    path, model, table = mixed
    expected = [str(each).lower() for each in model.predict(table)]
    assert lines(knn("predict", path, text=table.to_csv(index=False))) \
        == expected
    assert lines(knn("predict", path, text=table.to_csv(
        index=False, header=False))) == expected


@pytest.mark.parametrize("text, line, words", [
    ("red,1\npurple,2\n", 2, 'row 1, feature 0 is the unknown text "purple"'),
    ("color,weight\nred,1\n\nred,x\n", 4, "row 1, column 1 is not a number"),
    ('color,weight\n"red",1\n"a\nb\nc",1\nred,1,1\n', 3, "unknown text"),
    ('color,weight,x\nred,1,"a\nb"\nred,1,1\npink,1\n', 5, '"pink"'),
    ("red,inf\n", 1, "infinite")])
def test_errors_name_the_line(mixed, text, line, words):
    refused(knn("predict", mixed[0], text=text),
            f"knn: standard input:{line}: ", words)


def test_inspect(mixed, save):
    found = "\n".join(lines(knn("inspect", mixed[0])))
    assert "color: 3 texts: blue, green, red\n" in found
    assert "weight: number; may be missing\n" in found
    assert "OneHotEncoder" in found

    model = json.loads(knn("inspect", "--json", mixed[0]).stdout)
    weights = mixed[2]["weight"]
    assert model["columns"] == [
        {"name": "color", "type": "string",
         "categories": ["blue", "green", "red"], "others": False,
         "missing": False},
        {"name": "weight", "type": "number", "missing": True,
         "minimum": weights.min(), "maximum": weights.max()}]

    for name, estimator, words in [
            ("r", KNeighborsRegressor(3).fit(X, Y), ["values      2"]),
            ("n", NearestNeighbors().fit(X), ["serves      kneighbors"]),
            ("c", RadiusNeighborsClassifier(0.5, outlier_label=7).fit(
                X, numpy.arange(40) % 3), ["radius      0.5", "outlier     7"])]:
        found = "\n".join(lines(knn("inspect", save(name, estimator))))

        for each in words:
            assert each in found, found

        assert "estimator   " + type(estimator).__name__ in found
