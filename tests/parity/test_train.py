"""knn train: what it learns, compared with scikit-learn's own pipelines."""

import json
import os
import pty
import subprocess

import numpy
import pandas
import pytest
from sklearn.model_selection import GridSearchCV, StratifiedKFold

from knn import IRIS, KNN, knn
from pipelines import pipeline, read, scores

IRIS_CSV = os.path.join(IRIS, "iris.csv")


def train(data, *options, directory, text=""):
    """Trains, and returns the model and what is said of it."""
    model = directory / "model.safetensors"
    done = knn("train", data, *options, "--json", "-o", model, text=text)
    assert done.returncode == 0, done.stderr.decode()

    return model, json.loads(done.stdout)


def answers(model, rows, *options):
    done = knn("predict", model, rows, "--json", *options)
    assert done.returncode == 0, done.stderr.decode()

    return [json.loads(line) for line in done.stdout.splitlines()]


def refused(done, *words, status=1):
    assert done.returncode == status, (done.returncode, done.stderr)
    assert done.stdout == b""
    message = done.stderr.decode()
    assert message.count("\n") == 1, message

    for word in words:
        assert word in message, message


def table(rng, n, numbers, texts, gaps):
    """Numbers of any size and texts, in any order of the columns."""
    frame = pandas.DataFrame({
        "x %d" % i: rng.normal(size=n) * 10.0 ** rng.integers(-2, 4)
        + rng.normal() for i in range(numbers)})

    if gaps:
        frame = frame.mask(rng.random(frame.shape) < 0.1)

    for i in range(texts):
        column = rng.choice(["a", "b \u00e4", '"q",c', "d", "1.5", "zz"],
                            size=n).astype(object)

        if gaps:
            column[rng.random(n) < 0.1] = None

        frame.insert(int(rng.integers(len(frame.columns) + 1)), "c%d" % i,
                     column)

    return frame


CASES = [(seed, scale, algorithm, weights, regress)
         for seed, (scale, algorithm, weights, regress) in enumerate(
             (scale, algorithm, weights, regress)
             for scale in ("standard", "minmax", "robust", "none")
             for algorithm in ("auto", "kd_tree", "ball_tree")
             for weights, regress in (("uniform", False), ("distance", True),
                                      ("distance", False)))]


@pytest.mark.parametrize("seed,scale,algorithm,weights,regress", CASES)
def test_pipeline(tmp_path, seed, scale, algorithm, weights, regress):
    """
    With a tree, distances and predictions are equal to the last bit; the
    scores of the folds are, but for what sums of them may differ by.
    """
    rng = numpy.random.default_rng(seed)
    frame = table(rng, int(rng.integers(60, 300)), 1 + seed % 4, seed % 3,
                  seed % 2)
    frame["out"] = rng.normal(size=len(frame)) if regress \
        else rng.choice(["u", "v", "w"], size=len(frame))
    data = tmp_path / "data.csv"
    frame.to_csv(data, index=False)
    k = int(rng.integers(1, 9))
    model, said = train(data, "--target", "out", "--scale", scale,
                        "--algorithm", algorithm, "--weights", weights,
                        "--neighbors", k, "--seed", seed, directory=tmp_path)

    frame = read(data)
    X, y = frame.drop(columns="out"), frame["out"]
    oracle = pipeline(X, regress, scale, algorithm=algorithm,
                      weights=weights, n_neighbors=k).fit(X, y)
    assert said["algorithm"] == oracle[-1]._fit_method
    assert said["rows"] == len(X) and said["features"] == X.shape[1]

    tried, = said["cross_validation"]
    expected = scores(oracle, X, y, seed=seed)
    assert numpy.allclose(tried["scores"], expected, rtol=0, atol=1e-12)
    assert abs(tried["mean"] - expected.mean()) < 1e-12
    assert abs(tried["std"] - expected.std()) < 1e-12

    rows = tmp_path / "rows.csv"
    asked = X.sample(100, replace=True, random_state=seed)

    for name in asked.columns[asked.dtypes == float]:
        asked[name] += rng.normal(size=100) * 0.01 * asked[name].std()

    asked.to_csv(rows, index=False)
    asked = read(rows, dtype={c: object for c in X.columns
                              if X[c].dtype == object})
    distances, indices = oracle[-1].kneighbors(oracle[:-1].transform(asked))

    for answer, distance, index, predicted in zip(
            answers(model, rows, "--neighbors"), distances.tolist(),
            indices.tolist(), oracle.predict(asked).tolist()):
        found = answer["neighbors"]

        if oracle[-1]._fit_method == "brute":
            # scikit-learn's are products of a BLAS
            assert numpy.allclose([n["distance"] for n in found], distance,
                                  rtol=1e-9, atol=1e-7)
            continue

        assert [n["distance"] for n in found] == distance

        # releases differ in how they order what is equally far
        if len(set(distance)) == k:
            assert [n["index"] for n in found] == index
            assert answer["prediction"] == predicted


@pytest.mark.parametrize("options,parameters", [
    (["--metric", "manhattan"], {"metric": "manhattan"}),
    (["--metric", "chebyshev", "--algorithm", "ball_tree"],
     {"metric": "chebyshev", "algorithm": "ball_tree"}),
    (["--p", "3"], {"p": 3}),
    (["--metric", "canberra"], {"metric": "canberra"}),
    (["--metric", "l1", "--algorithm", "kd_tree"],
     {"metric": "l1", "algorithm": "kd_tree"}),
], ids=" ".join)
def test_metrics(tmp_path, options, parameters):
    model, _ = train(IRIS_CSV, *options, directory=tmp_path)
    frame = read(IRIS_CSV)
    X, y = frame.drop(columns="species"), frame["species"]
    oracle = pipeline(X, **parameters).fit(X, y)
    distances, _ = oracle[-1].kneighbors(oracle[:-1].transform(X))

    assert [a["prediction"] for a in answers(model, IRIS_CSV)] \
        == oracle.predict(X).tolist()
    found = [[n["distance"] for n in a["neighbors"]]
             for a in answers(model, IRIS_CSV, "--neighbors")]
    assert numpy.allclose(found, distances, rtol=1e-15, atol=0)


def test_neighbors_auto(tmp_path):
    """The first of the best, as GridSearchCV takes it."""
    _, said = train(IRIS_CSV, "--neighbors", "auto", directory=tmp_path)
    frame = read(IRIS_CSV)
    X, y = frame.drop(columns="species"), frame["species"]
    numbers = [1, 3, 5, 7, 9, 11, 15, 21, 31, 51]
    search = GridSearchCV(
        pipeline(X), {"kneighborsclassifier__n_neighbors": numbers},
        cv=StratifiedKFold(5)).fit(X, y)

    assert [t["n_neighbors"] for t in said["cross_validation"]] == numbers
    assert numpy.allclose([t["mean"] for t in said["cross_validation"]],
                          search.cv_results_["mean_test_score"])
    assert said["n_neighbors"] \
        == search.best_params_["kneighborsclassifier__n_neighbors"]


def labels(tmp_path, column, *options):
    """The labels of a target, which cells are."""
    text = "a,t\n" + "".join("%d,%s\n" % (i % 7, cell)
                             for i, cell in enumerate(column))
    _, said = train("-", "--target", "t", "--cv", "0", *options, text=text,
                    directory=tmp_path)

    return said["estimator"], [c["label"] for c in said["classes"]]


@pytest.mark.parametrize("cells,expected", [
    (["b", "a", "\u00e4", "B"], ["B", "a", "b", "\u00e4"]),
    (["3", "-1", "20"], [-1, 3, 20]),
    (["True", "False"], [False, True]), (["true", "true"], [True]),
    (["9007199254740993", "9007199254740992"],
     [9007199254740992, 9007199254740993]),
    (["1", "x"], ["1", "x"]), (["True", "1"], ["1", "True"]),
], ids=repr)
def test_labels(tmp_path, cells, expected):
    """Labels keep their type, and have scikit-learn's order."""
    kind, found = labels(tmp_path, cells * 3)
    assert kind == "KNeighborsClassifier"
    assert found == expected
    assert [type(v) for v in found] == [type(v) for v in expected]
    assert found == numpy.unique(numpy.array(expected)).tolist()


@pytest.mark.parametrize("cells", [["1.5", "2"], ["1.0", "2.0"],
                                   list(map(str, range(21)))], ids=len)
def test_quantities(tmp_path, cells):
    assert labels(tmp_path, cells * 3) == ("KNeighborsRegressor", [])


def test_task(tmp_path):
    assert labels(tmp_path, ["1.0", "2.0"] * 3, "--task", "classify") \
        == ("KNeighborsClassifier", [1.0, 2.0])
    assert labels(tmp_path, ["1", "2"] * 3, "--task", "regress") \
        == ("KNeighborsRegressor", [])
    refused(knn("train", "-", "-o", tmp_path / "m", "--task", "classify",
                "--target", "t", text="a,t\n1,1.5\n2,3\n"), "fractions")
    refused(knn("train", "-", "-o", tmp_path / "m", "--task", "regress",
                "--target", "t", text="a,t\n1,1.5\n2,x\n"),
            "standard input:3:", "text")


# the table


@pytest.mark.parametrize("text,target", [
    ("a,b,Species\n1,2,x\n2,3,y\n", "Species"),
    ("y,b,c\n1,2,x\n2,3,y\n", "y"),
    ("a,b,c\n1,2,x\n2,3,y\n", "c"),
    ("a,b,c\n1,2,True\n2,3,False\n", "c"),
    ("1,2,x\n2,3,y\n", "column 3"),
])
def test_target_is_recognized(tmp_path, text, target):
    model = tmp_path / "m"
    done = knn("train", "-", "-o", model, "--neighbors", "1", "--json",
               text=text)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["target"] == target
    assert b"is taken for the target" in done.stderr


@pytest.mark.parametrize("text", [
    "a,b,c\n1,2,3\n", "label,b,class\n1,2,3\n", "a,b,c\nx,2,y\n1,2,3\n",
    "1,2\n3,4\n"], ids=repr)
def test_target_is_not_clear(tmp_path, text):
    refused(knn("train", "-", "-o", tmp_path / "m", text=text), "--target")


def test_target_by_number(tmp_path):
    text = "x,1,2\ny,2,3\nx,3,3\n"
    _, said = train("-", "--target", "1", "--neighbors", "1", text=text,
                    directory=tmp_path)
    assert said["target"] == "column 1" and said["features"] == 2
    refused(knn("train", "-", "-o", tmp_path / "m", "--target", "4",
                text=text), "4", "1 to 3")
    refused(knn("train", "-", "-o", tmp_path / "m", "--target", "c",
                text="a,b\n1,2\n"), '"c"')


@pytest.mark.parametrize("text,options,header", [
    ("a,b,t\n1,2,x\n", [], True), ("1,2,x\n2,3,y\n", [], False),
    ("0,1,t\n5,6,7\n8,9,8\n", [], True), ("p,q\nr,s\n", [], True),
    ("p,q\nr,s\n", ["--header", "no"], False),
    ("1,2\n3,4\n", ["--header", "yes"], True)], ids=repr)
def test_header(tmp_path, text, options, header):
    target = text.splitlines()[0].split(",")[-1] if header else "2"
    _, said = train("-", "--target",
                    target if header else str(text.split("\n")[0].count(",")
                                              + 1),
                    "--neighbors", "1", *options, text=text,
                    directory=tmp_path)
    assert said["rows"] == text.count("\n") - header


def test_columns_left_out(tmp_path):
    text = ",a,empty,id,t\n" + "".join(
        "%d,%d,,%d,%s\n" % (i, i % 3, i, "xy"[i % 2]) for i in range(20))
    model = tmp_path / "m"
    done = knn("train", "-", "-o", model, "--drop", "a", text=text)
    assert done.returncode == 0
    notes = done.stderr.decode()
    assert "column 1 has no name" in notes
    assert 'column "empty" has no value' in notes
    assert 'column "id" seems to number' in notes
    assert b"features    1\n" in done.stdout
    assert knn("train", "-", "-o", model, "--quiet", text=text).stderr == b""


def test_many_notes(tmp_path):
    """A table of very many such columns is no page of notes."""
    text = "a," + "," * 5000 + "t\n1," + "," * 5000 + "x\n"
    done = knn("train", "-", "-o", tmp_path / "m", "--neighbors", "1",
               text=text)
    notes = done.stderr.decode().splitlines()
    assert done.returncode == 0, notes
    assert len(notes) < 10 and "5000 columns in all" in done.stderr.decode()


def test_rows_without_target(tmp_path):
    text = "a,t\n1,x\n2,\n3,y\n4,NA\n5,x\n"
    _, said = train("-", "--target", "t", "--neighbors", "1", text=text,
                    directory=tmp_path)
    assert said["rows"] == 3
    assert said["classes"] == [{"label": "x", "rows": 2},
                               {"label": "y", "rows": 1}]


@pytest.mark.parametrize("text,words", [
    ("", ["no row"]), ("a,t\n", ["only a header"]),
    ("a,t\n1,x\n2\n", [":3:", "1 cell,", "2"]),
    ("a,t\n1,x\n2,y,z\n", [":3:", "3 cells", "2"]),
    ("a,t,a\n1,x,2\n", [":1:", "1 and 3", '"a"']),
    ('a,t\n1,"x\n2,y\n', [":2:", "quote"]),
    ('a,t\n1,x\n2,"y', [":3:", "quote"]),
    ("a;t\n1;x\n", [":1:", "comma"]), ("a\tt\n1\tx\n", [":1:", "comma"]),
    ("a,t\n1,x\0\n", [":2:", "NUL"]),
    ("a,t\r1,x\r2,y\r", [":1:", "carriage"]),
    ("a,t\n1,%s\n2,y\n" % ("x" * 1000000), [":2:", "1000000"]),
    ("a,t\ninf,x\n2,y\n", [":2:", '"a"', "infinite"]),
    ("a,t\n1,x\n-1e999,y\n", [":3:", '"a"', "range"]),
    ("a\x01,t\n1,x\n", [":1:", "column 1"]),
    ("t\nx\n", ["0 columns"]), ("a,t\n1,\n2,?\n", ["t", "value"]),
    ("a,t\n1,x\n", ["1 row", "5 neighbors"]),
], ids=lambda v: repr(v)[:30])
def test_refused_tables(tmp_path, text, words):
    model = tmp_path / "m"
    done = knn("train", "-", "--target", "t", "-o", model, "--quiet",
               text=text)

    refused(done, *words)
    assert not model.exists()


@pytest.mark.parametrize("data,words", [
    ("a,t\n1,x\n".encode("utf-16"), ["UTF-16"]),
    (b"a,t\n1,\xff\xfe\n", [":2:", "column 2", "UTF-8"]),
    (b"\xe4,t\n1,x\n", [":1:", "column 1", "UTF-8"]),
], ids=repr)
def test_refused_encodings(tmp_path, data, words):
    path = tmp_path / "data.csv"
    path.write_bytes(data)
    refused(knn("train", path, "--target", "t", "-o", tmp_path / "m"),
            str(path), *words)


@pytest.mark.parametrize("change", [
    lambda t: "\ufeff" + t, lambda t: t.replace("\n", "\r\n"),
    lambda t: t.replace("\n", "\n\n"), str.rstrip,
    lambda t: t.replace("setosa", ' "setosa" ')], ids="bom crlf blank end "
    "quotes".split())
def test_same_table(tmp_path, change):
    """What is only written in another way trains the same file."""
    with open(IRIS_CSV, newline="", encoding="utf-8") as file:
        text = file.read()

    one, two = tmp_path / "one", tmp_path / "two"
    assert knn("train", "-", "-o", one, text=text).returncode == 0
    done = knn("train", "-", "-o", two, text=change(text))
    assert done.returncode == 0, done.stderr
    assert one.read_bytes() == two.read_bytes()


def test_missing_values_in_requests(tmp_path):
    """Only a model that saw missing numbers takes them."""
    text = "a,b,t\n1,5,x\n2,6,y\n,7,x\n"
    model, _ = train("-", "--target", "t", "--neighbors", "1", text=text,
                     directory=tmp_path)
    assert knn("predict", model, text="a,b\n,6\n").returncode == 0
    model, _ = train("-", "--target", "t", "--neighbors", "1",
                     text=text.replace(",7", "3,7"), directory=tmp_path)
    refused(knn("predict", model, text="a,b\n,6\n"), "row 0")


def test_truth_values_in_rows(tmp_path):
    """They are the numbers 1 and 0, however they are written."""
    text = "a,b,t\n1,True,x\n1,False,y\n2,True,x\n2,False,y\n"
    model, _ = train("-", "--target", "t", "--neighbors", "1", text=text,
                     directory=tmp_path)

    for yes, no in ("True", "False"), ("true", "FALSE"), ("1", "0"):
        done = knn("predict", model, text="%s,%s\n%s,%s\n" % (1, yes, 1, no))
        assert done.stdout == b"x\ny\n", done.stderr


# folds, output, usage


def test_too_few_rows_for_folds(tmp_path):
    """By default there is no cross-validation then; asked for, an error."""
    text = "a,t\n1,x\n2,y\n3,x\n4,y\n5,x\n6,y\n"
    model, said = train("-", "--target", "t", "--neighbors", "1", text=text,
                        directory=tmp_path)
    assert said["cross_validation"] == []
    refused(knn("train", "-", "--target", "t", "--neighbors", "1", "--cv",
                "5", "-o", model, text=text), "--cv")


def test_name_and_version(tmp_path):
    model, _ = train(IRIS_CSV, "--name", "flowers", "--version", "2.1.0",
                     directory=tmp_path)
    said = knn("inspect", model, "--json").stdout.decode()
    assert '"flowers"' in said and '"2.1.0"' in said


def test_output_that_cannot_be_written(tmp_path):
    refused(knn("train", IRIS_CSV, "--quiet", "-o",
                tmp_path / "absent" / "m"), "absent")


def test_output_is_the_input(tmp_path):
    data = tmp_path / "data.csv"
    data.write_text("a,t\n1,x\n2,y\n")
    refused(knn("train", data, "-o", tmp_path / "." / "data.csv"),
            "is the file that is read")
    assert data.read_text() == "a,t\n1,x\n2,y\n"


@pytest.mark.parametrize("options,shown", [([], True), (["--quiet"], False)],
                         ids=["shown", "quiet"])
def test_progress(tmp_path, options, shown):
    """A line that is written over and cleared, only on a terminal."""
    ours, theirs = pty.openpty()
    done = subprocess.run([KNN, "train", IRIS_CSV, "-o", tmp_path / "m",
                           *options], stdout=subprocess.PIPE, stderr=theirs,
                          timeout=60)
    os.close(theirs)
    seen = b""

    try:
        while part := os.read(ours, 65536):
            seen += part
    except OSError:
        pass  # how the end is told

    os.close(ours)
    assert done.returncode == 0
    assert (b"\r5 folds, 5 neighbors 100 %" in seen) == shown
    assert seen.endswith(b"\r\x1b[K") == shown
    assert shown or seen == b""


def test_same_model_twice(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"

    for model in one, two:
        assert knn("train", IRIS_CSV, "-o", model).returncode == 0

    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("arguments", [
    [], ["x.csv"], ["x.csv", "-o"], ["x.csv", "-o", ""],
    ["x.csv", "y.csv", "-o", "m"], ["x.csv", "-o", "m", "--what"],
    ["x.csv", "-o", "m", "--scale", "unit"],
    ["x.csv", "-o", "m", "--weights=inverse"],
    ["x.csv", "-o", "m", "--metric", "mahalanobis"],
    ["x.csv", "-o", "m", "--metric", "nearest"],
    ["x.csv", "-o", "m", "--p", "0.5"],
    ["x.csv", "-o", "m", "--metric", "l1", "--p", "3"],
    ["x.csv", "-o", "m", "--neighbors", "0"],
    ["x.csv", "-o", "m", "--neighbors", "2.5"],
    ["x.csv", "-o", "m", "--neighbors", "many"],
    ["x.csv", "-o", "m", "--cv", "1"],
    ["x.csv", "-o", "m", "--cv", "0", "--neighbors", "auto"],
    ["x.csv", "-o", "m", "--seed", "-1"],
    ["x.csv", "-o", "m", "--task", "cluster"],
    ["x.csv", "-o", "m", "--header", "maybe"],
    ["x.csv", "-o", "m", "--version", "1.0"],
    ["x.csv", "-o", "m", "--quiet=yes"],
    ["x.csv", "-o", "m", "--name", ""],
], ids=" ".join)
def test_usage(arguments):
    refused(knn("train", *arguments), "knn train --help", status=2)
