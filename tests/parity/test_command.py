"""The knn command: what it prints, where, and with which exit status."""

import csv as csv_module
import json
import os
import subprocess

import joblib
import pandas
import pytest

from knn import IRIS, KNN, knn

MODEL = os.path.join(IRIS, "iris.joblib")
DATA = os.path.join(IRIS, "iris.csv")
ROW = "5.1,3.5,1.4,0.2\n"


@pytest.fixture(scope="module")
def iris():
    """The rows, what scikit-learn says to them, and its neighbors."""
    model = joblib.load(MODEL)
    X = pandas.read_csv(DATA)[list(model.feature_names_in_)]
    distances, indices = model.kneighbors(X)

    return {"model": model, "X": X, "predict": model.predict(X).tolist(),
            "proba": model.predict_proba(X).tolist(),
            "indices": indices.tolist(), "distances": distances.tolist()}


def lines(done):
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
    return done.stdout.decode().splitlines()


def objects(done):
    return [json.loads(line) for line in lines(done)]


def refused(done, *words):
    assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
    assert done.stdout == b""
    message = done.stderr.decode()
    assert message.count("\n") == 1 and message.endswith("\n"), message

    for word in words:
        assert word in message, message


# predict


def test_file_with_header(iris):
    """Columns are found by name, those of no feature are not looked at."""
    assert lines(knn("predict", MODEL, DATA)) == iris["predict"]


def test_standard_input(iris):
    text = iris["X"].to_csv(index=False, header=False)
    assert lines(knn("predict", MODEL, text=text)) == iris["predict"]


def test_header_in_another_order(iris):
    text = iris["X"][iris["X"].columns[::-1]].to_csv(index=False)
    assert lines(knn("predict", MODEL, text=text)) == iris["predict"]


@pytest.mark.parametrize("text", [
    ROW, ROW.strip(), ROW.replace("\n", "\r\n"), ROW + "\n",
    " 5.1 , 3.5 , 1.4 , 0.2 \n", '"5.1","3.5","1.4","0.2"\n',
    "5.1e0,35e-1,+1.4,.2\n"], ids=repr)
def test_ways_to_write_a_row(text):
    assert lines(knn("predict", MODEL, text=text)) == ["setosa"]


def test_one_row_of_json(iris):
    answer, = objects(knn("predict", MODEL, "--json", text=ROW))
    assert answer == {"prediction": "setosa"}


def test_json_probabilities(iris):
    for row, (answer, proba) in enumerate(zip(
            objects(knn("predict", MODEL, DATA, "--json", "--proba")),
            iris["proba"])):
        assert set(answer) == {"prediction", "probabilities", "novelty"}
        assert answer["prediction"] == iris["predict"][row]
        assert list(answer["probabilities"]) == ["setosa", "versicolor",
                                                 "virginica"]
        assert list(answer["probabilities"].values()) == proba


def test_json_neighbors(iris):
    answers = objects(knn("predict", MODEL, DATA, "--json", "--neighbors"))
    assert len(answers) == len(iris["predict"])

    for row, answer in enumerate(answers):
        assert set(answer) == {"prediction", "neighbors", "novelty"}
        assert answer["neighbors"] == [
            {"index": index, "distance": distance,
             "label": iris["model"].classes_[iris["model"]._y[index]]}
            for index, distance in zip(iris["indices"][row],
                                       iris["distances"][row])]


def test_options_before_and_behind(iris):
    expected = knn("predict", MODEL, DATA, "--json", "--proba").stdout
    assert expected
    assert knn("predict", "--proba", "--json", MODEL, DATA).stdout == expected
    assert knn("predict", MODEL, "--json", DATA, "--proba").stdout == expected


def test_proba_without_json(iris):
    """A line still belongs to one row and begins with its prediction."""
    found = lines(knn("predict", MODEL, DATA, "--proba"))
    assert len(found) == len(iris["predict"])

    for line, label in zip(found, iris["predict"]):
        assert line.startswith(label)
        assert len(line) > len(label)


def test_many_rows(tmp_path, iris):
    """More than a server would take in one request."""
    path = tmp_path / "rows.csv"
    path.write_text(iris["X"].to_csv(index=False, header=False) * 200)
    assert lines(knn("predict", MODEL, path)) == iris["predict"] * 200


def test_labels_with_line_breaks(tmp_path):
    """One prediction per line, whatever a label holds."""
    from sklearn.neighbors import KNeighborsClassifier

    path = tmp_path / "model.joblib"
    joblib.dump(KNeighborsClassifier(1, algorithm="kd_tree").fit(
        [[0.0], [1.0]], ["a\nb", "c"]), path)
    assert len(lines(knn("predict", path, text="0\n1\n"))) == 2
    assert [a["prediction"] for a in objects(
        knn("predict", path, "--json", text="0\n1\n"))] == ["a\nb", "c"]


@pytest.mark.parametrize("text,words", [
    ("5.1,3.5,1.4\n", ["row 0", "3", "4"]),
    ("5.1,3.5,1.4,0.2,9\n", ["row 0", "5", "4"]),
    (ROW + "5.1,3.5,1.4\n", ["row 1"]),
    (ROW + "5.1,3.5,x,0.2\n", ["row 1", "number"]),
    ("5.1,3.5,nan,0.2\n", ["row 0", "NaN"]),
    ("5.1,3.5,inf,0.2\n", ["row 0", "infinit"]),
    ("5.1,3.5,1e999,0.2\n", ["row 0"]),
    ("5.1,3.5,,0.2\n", ["row 0", "empty"]),
    ("", ["row"]),
    ("sepal_length,sepal_width,petal_length,petal_width\n", ["row"]),
    ("5.1;3.5;1.4;0.2\n" * 2, ["row", "comma"]),
], ids=repr)
def test_refused_rows(text, words):
    refused(knn("predict", MODEL, text=text), *words)


def test_absent_rows(tmp_path):
    refused(knn("predict", MODEL, tmp_path / "absent.csv"), "absent.csv",
            "No such file or directory")


def test_rows_are_a_directory(tmp_path):
    refused(knn("predict", MODEL, tmp_path), str(tmp_path), "directory")


@pytest.mark.parametrize("arguments", [
    ["predict", MODEL, DATA], ["inspect", MODEL], ["verify", MODEL],
    ["--help"]], ids=lambda a: a[0])
def test_full_device(arguments):
    """What could not be written is no success."""
    with open("/dev/full", "w") as full:
        done = subprocess.run([KNN, *arguments], stdout=full,
                              stderr=subprocess.PIPE, timeout=30)

    assert done.returncode == 1
    assert b"No space left" in done.stderr


# inspect and verify


def test_inspect(iris):
    text = "\n".join(lines(knn("inspect", MODEL)))

    for word in ["KNeighborsClassifier", "kd_tree", "euclidean", "uniform",
                 "150", "5", "scikit-learn 1.2.1", "setosa", "versicolor",
                 "virginica", *iris["model"].feature_names_in_]:
        assert word in text, text


def test_inspect_json(iris):
    text = knn("inspect", MODEL, "--json").stdout.decode()
    document = json.loads(text)
    values = json.dumps(document)
    assert document["search"] in ("codes", "wide", "scan", "quick", "heap")

    for word in ["KNeighborsClassifier", "kd_tree", "euclidean", "uniform",
                 "setosa", "petal_width"]:
        assert '"%s"' % word in values, values

    assert 150 in document.values() and 5 in document.values()


def test_inspect_names_the_checksum():
    done = subprocess.run(["sha256sum", MODEL], stdout=subprocess.PIPE)
    assert done.stdout.split()[0] in knn("inspect", MODEL, "--json").stdout


def test_verify():
    found = lines(knn("verify", MODEL))
    assert len(found) == 1 and found[0].startswith(MODEL)


# usage


def test_help():
    text = "\n".join(lines(knn("--help")))

    for command in "inspect", "predict", "verify":
        assert "knn " + command in text


def test_version():
    assert "knn" in "\n".join(lines(knn("--version")))


@pytest.mark.parametrize("arguments", [
    [], ["train-me"], ["predict"], ["inspect"], ["verify"],
    ["predict", "--jso", MODEL], ["inspect", MODEL, "--proba"],
    ["predict", MODEL, DATA, DATA], ["inspect", MODEL, MODEL],
    ["verify", MODEL, MODEL], ["--what"], ["predict", ""],
    ["verify", MODEL, "--json"]], ids=" ".join)
def test_usage(arguments):
    done = knn(*arguments, text=ROW)
    assert done.returncode == 2, (done.returncode, done.stderr)
    assert done.stdout == b""
    assert b"knn" in done.stderr


def test_model_named_like_an_option(tmp_path):
    """Behind -- everything is a file."""
    with open(MODEL, "rb") as file:
        (tmp_path / "--json").write_bytes(file.read())

    assert lines(knn("predict", "--", "--json", cwd=tmp_path,
                     text=ROW)) == ["setosa"]


def test_iris_csv_is_what_the_model_was_trained_on(iris):
    with open(DATA, newline="") as file:
        rows = list(csv_module.DictReader(file))

    assert len(rows) == 150
    assert [[float(row[name]) for name in iris["X"].columns]
            for row in rows] == iris["model"]._fit_X.tolist()
