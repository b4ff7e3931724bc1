"""knn evaluate: its figures, compared with sklearn.metrics."""

import json
import os
import warnings

import joblib
import numpy
import pandas
import pytest
from sklearn import metrics
from sklearn.neighbors import (KNeighborsClassifier, KNeighborsRegressor,
                               NearestNeighbors, RadiusNeighborsClassifier)

from knn import IRIS, knn
from pipelines import pipeline, read

IRIS_CSV = os.path.join(IRIS, "iris.csv")
IRIS_MODEL = os.path.join(IRIS, "iris.joblib")


def evaluate(model, data, *options, text=""):
    done = knn("evaluate", model, data, *options, "--json", text=text)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""

    return json.loads(done.stdout)


def refused(done, *words, status=1):
    assert done.returncode == status, (done.returncode, done.stderr)
    assert done.stdout == b""
    message = done.stderr.decode()
    assert message.count("\n") == 1, message

    for word in words:
        assert word in message, message


def dump(model, directory):
    path = directory / "model.joblib"
    joblib.dump(model, path)

    return path


def same_report(said, y, predicted):
    """The figures are those of classification_report."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = metrics.classification_report(
            y, predicted, output_dict=True, zero_division=0)

    shown = {str(c["label"]): c for c in said["classes"]
             if c["rows"] or c["predicted"]}
    assert set(expected) - set(shown) <= {"accuracy", "macro avg",
                                          "weighted avg", "micro avg"}

    for name, row in shown.items():
        for ours, theirs in (("precision", "precision"), ("f1", "f1-score"),
                             ("recall", "recall"), ("rows", "support")):
            assert abs(row[ours] - expected[name][theirs]) < 1e-12, name

    for ours, theirs in ("macro", "macro avg"), ("weighted", "weighted avg"):
        for score, of in (("precision", "precision"), ("f1", "f1-score"),
                          ("recall", "recall")):
            assert abs(said[ours][score] - expected[theirs][of]) < 1e-12

    assert abs(said["accuracy"] - metrics.accuracy_score(y, predicted)) < 1e-12
    names = [c["label"] for c in said["classes"]]
    assert said["confusion"] == metrics.confusion_matrix(
        y, predicted, labels=names).tolist()


@pytest.mark.parametrize("seed", range(6))
def test_classification(tmp_path, seed):
    """Random labels, some of which are never predicted."""
    rng = numpy.random.default_rng(seed)
    n = 200
    frame = pandas.DataFrame(rng.normal(size=(n, 3)), columns=list("abc"))
    frame["t"] = rng.choice(["u", "v v", "w\u00e4"], p=[0.6, 0.35, 0.05],
                            size=n)
    model = dump(KNeighborsClassifier(3 + seed).fit(
        frame[list("abc")], frame["t"]), tmp_path)
    frame["t"] = rng.permutation(frame["t"])
    data = tmp_path / "data.csv"
    frame.sample(frac=1, axis=1, random_state=seed).to_csv(data, index=False)

    said = evaluate(model, data, "--target", "t")
    assert said["rows"] == n
    same_report(said, frame["t"],
                joblib.load(model).predict(frame[list("abc")]))


@pytest.mark.parametrize("labels,cells", [
    ([1, 2, 7], ["1", "2", "7"]), ([1.0, 2.0, 7.0], ["1", "2.0", "7"]),
    ([False, True, True], ["False", "true", "True"]),
    (["1", "2", "x"], ["1", "2", "x"])], ids=repr)
def test_kinds_of_labels(tmp_path, labels, cells):
    """The cells are read as the model's labels are."""
    model = dump(KNeighborsClassifier(1).fit([[0.], [1.], [2.]], labels),
                 tmp_path)
    text = "".join("%d,%s\n" % row for row in enumerate(cells))
    said = evaluate(model, "-", "--target", "2", "--header", "no", text=text)
    assert said["accuracy"] == 1.0
    assert all(c["known"] for c in said["classes"])


def test_unknown_labels(tmp_path):
    """They count as errors, and are shown."""
    frame = read(IRIS_CSV)
    frame.loc[:9, "species"] = "tulip"
    frame.loc[10:12, "species"] = "rose, \"red\""
    data = tmp_path / "data.csv"
    frame.to_csv(data, index=False)
    said = evaluate(IRIS_MODEL, data, "--target", "species")
    same_report(said, frame["species"], joblib.load(IRIS_MODEL).predict(
        frame.drop(columns="species")))
    assert {c["label"]: c["rows"] for c in said["classes"]
            if not c["known"]} == {"tulip": 10, "rose, \"red\"": 3}

    lines = knn("evaluate", IRIS_MODEL, data).stdout.decode()
    assert "unknown     tulip, 10 rows\n" in lines


@pytest.mark.parametrize("seed", range(4))
def test_regression(tmp_path, seed):
    rng = numpy.random.default_rng(seed)
    X, y = rng.normal(size=(301 + seed, 2)), rng.normal(size=301 + seed)
    model = dump(KNeighborsRegressor(4).fit(X, y), tmp_path)
    y = y + rng.normal(size=len(y)) * 10.0 ** seed
    text = "".join(",".join(map(repr, [v, *row])) + "\n"
                   for v, row in zip(y.tolist(), X.tolist()))
    said = evaluate(model, "-", "--target", "1", text=text)
    predicted = joblib.load(model).predict(X)

    for name, expected in (
            ("r2", metrics.r2_score(y, predicted)),
            ("mae", metrics.mean_absolute_error(y, predicted)),
            ("rmse", metrics.mean_squared_error(y, predicted) ** 0.5),
            ("median_absolute_error",
             metrics.median_absolute_error(y, predicted)),
            ("max_error", metrics.max_error(y, predicted))):
        assert abs(said[name] - expected) <= 1e-12 * max(1, abs(expected)), \
            name


@pytest.mark.parametrize("values,r2", [
    ([3.0], None), ([3.0, 3.0], 0.0), ([0.0, 0.0], 1.0)], ids=repr)
def test_r2_of_a_constant(tmp_path, values, r2):
    model = dump(KNeighborsRegressor(1).fit([[0.], [1.]], [0.0, 0.0]),
                 tmp_path)
    text = "".join("0,%r\n" % v for v in values)
    assert evaluate(model, "-", "--target", "2", text=text)["r2"] == r2

    if r2 is not None:
        assert metrics.r2_score(values, [0.0] * len(values)) == r2


def test_several_outputs(tmp_path):
    """Each has its figures, and one counts the rows that are all right."""
    rng = numpy.random.default_rng(1)
    X, y = rng.normal(size=(80, 2)), rng.choice(["u", "v"], size=(80, 2))
    fitted = KNeighborsClassifier(5).fit(X, y)
    model = dump(fitted, tmp_path)
    text = "p,q,s,t\n" + "".join(
        ",".join([repr(v) for v in row] + list(labels)) + "\n"
        for row, labels in zip(X.tolist(), y.tolist()))
    said = evaluate(model, "-", "--target", "s", "--target", "t", text=text)
    predicted = fitted.predict(X)

    for i, output in enumerate(said["outputs"]):
        same_report(output, y[:, i], predicted[:, i])

    assert said["accuracy"] == (predicted == y).all(axis=1).mean()
    refused(knn("evaluate", model, "-", "--target", "s", text=text),
            "2 outputs", "--target")
    refused(knn("evaluate", model, "-", text=text), "--target")

    model = dump(KNeighborsRegressor(5).fit(X, X * 2), tmp_path)
    text = "".join(",".join(map(repr, row + [2 * v for v in row])) + "\n"
                   for row in X.tolist())
    said = evaluate(model, "-", "--target", "3", "--target", "4", text=text)
    assert [o["r2"] for o in said["outputs"]] == pytest.approx(
        metrics.r2_score(X * 2, joblib.load(model).predict(X),
                         multioutput="raw_values").tolist(), abs=1e-12)


def test_outliers(tmp_path):
    """The label of rows without neighbors is one of the labels."""
    X, y = [[0.], [1.], [9.]], ["one", "two", "two"]
    fitted = RadiusNeighborsClassifier(1.5, outlier_label="far").fit(X, y)
    model = dump(fitted, tmp_path)
    said = evaluate(model, "-", "--target", "2",
                    text="0,one\n1,two\n100,far\n50,one\n")
    same_report(said, ["one", "two", "far", "one"],
                fitted.predict([[0.], [1.], [100.], [50.]]))


def test_texts_and_missing_values(tmp_path):
    """A model of texts, once from scikit-learn and once from knn train."""
    rng = numpy.random.default_rng(3)
    frame = pandas.DataFrame({
        "n": rng.normal(size=90), "c": rng.choice(["p", "q"], size=90),
        "t": rng.choice(["u", "v"], size=90)})
    frame.loc[::9, "n"] = None
    data = tmp_path / "data.csv"
    frame.to_csv(data, index=False)
    frame = read(data)
    X, y = frame[["n", "c"]], frame["t"]
    fitted = pipeline(X).fit(X, y)
    native = tmp_path / "model.safetensors"
    assert knn("train", data, "--target", "t", "-o", native).returncode == 0

    for model in dump(fitted, tmp_path), native:
        same_report(evaluate(model, data), y, fitted.predict(X))


def test_rows_without_target():
    text = "5.1,3.5,1.4,0.2,setosa\n5,3,1,1,NA\n5,3,1,1,\n"
    said = evaluate(IRIS_MODEL, "-", "--target", "5", text=text)
    assert said["rows"] == 1 and said["accuracy"] == 1.0


@pytest.mark.parametrize("change", [
    lambda f: f, lambda f: f[f.columns[::-1]],
    lambda f: f.assign(more="x, \"y\"\nz", most=1)], ids=["as is", "reversed",
                                                          "more"])
def test_columns_by_name(tmp_path, change):
    data = tmp_path / "data.csv"
    change(read(IRIS_CSV)).to_csv(data, index=False)
    assert evaluate(IRIS_MODEL, data, "--target", "species") \
        == evaluate(IRIS_MODEL, IRIS_CSV)


@pytest.mark.parametrize("text,options,words", [
    ("sepal_length,species\n1,setosa\n", [], ['"sepal_width"']),
    ("a,b,c,d,species\n1,2,3,4,setosa\n", ["--target", "x"], ['"x"']),
    ("a,b,species\n1,2,setosa\n", ["--target", "species"], ["2 columns", "4"]),
    ("1,2,3,4,setosa\n1,2,x,4,setosa\n", ["--target", "5"],
     [":2:", "not a number"]),
    ("1,2,3,4,setosa\n\n1,2,,4,setosa\n", ["--target", "5"],
     [":3:", "empty"]),
    ("1,2,3,4,\n", ["--target", "5"], ["no row has a target"]),
    ("1,2,3,4,setosa\n1,2,3\n", ["--target", "5"], [":2:", "3 cells"]),
    ("", [], ["no row"]),
], ids=repr)
def test_refused_tables(text, options, words):
    refused(knn("evaluate", IRIS_MODEL, "-", *options, text=text), *words)


def test_refused_models(tmp_path):
    model = dump(NearestNeighbors().fit([[0.]] * 5), tmp_path)
    refused(knn("evaluate", model, "-", text="1,2\n"), str(model),
            "NearestNeighbors")
    refused(knn("evaluate", tmp_path / "absent", "-"), "absent")


def test_target_of_a_regressor_is_a_number(tmp_path):
    model = dump(KNeighborsRegressor(1).fit([[0.]], [1.]), tmp_path)
    refused(knn("evaluate", model, "-", "--target", "2",
                text="1,2\n3,x\n"), ":2:", "number")


def test_lines():
    done = knn("evaluate", IRIS_MODEL, IRIS_CSV)
    assert done.returncode == 0 and done.stderr == b""
    text = done.stdout.decode()

    for word in ("accuracy    0.9667", "setosa      1.0000", "macro",
                 "weighted", "predicted:  setosa  versicolor  virginica"):
        assert word in text, text

    assert not any(line.endswith(" ") for line in text.splitlines())


@pytest.mark.parametrize("arguments", [
    [], ["--target"], ["m", "x.csv", "y.csv"], ["m", "--proba"],
    ["m", "--header", "perhaps"]], ids=" ".join)
def test_usage(arguments):
    refused(knn("evaluate", *arguments), "knn evaluate --help", status=2)
