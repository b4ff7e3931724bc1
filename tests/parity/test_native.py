"""The native form: what is converted answers as before, to the bit."""

import json
import os
import subprocess
import sys

import numpy
import pytest
from sklearn.neighbors import (KNeighborsClassifier, KNeighborsRegressor,
                               NearestNeighbors, RadiusNeighborsClassifier)

import fixtures
import safetensors_file
from knn import IRIS, KNN, MODELS, csv, knn, predict, same

OPTIONS = {"predict_proba": "--proba", "kneighbors": "--neighbors"}

MODEL = os.path.join(IRIS, "iris.joblib")


def convert(source, path, *options):
    done = knn("convert", source, path, *options)
    assert done.returncode == 0, done.stderr.decode()
    assert not done.stdout and not done.stderr

    return path


def refusal(*arguments):
    """The one line that the command refuses with."""
    done = knn(*arguments)
    assert done.returncode == 1 and not done.stdout
    lines = done.stderr.decode().splitlines()
    assert len(lines) == 1, lines

    return lines[0]


@pytest.mark.parametrize("case", fixtures.CASES, ids=lambda case:
                         os.path.relpath(case, MODELS)[:-5])
def test_same_answers(case, tmp_path):
    """Whatever a release wrote; golden queries are replayed by the way."""
    oracle = fixtures.load(case)
    native = convert(oracle["file"], tmp_path / "native")
    rows = csv(oracle["queries"], oracle.get("header"))
    options = [OPTIONS[output] for output in fixtures.outputs(oracle)
               if output in OPTIONS]

    for some in options, []:
        if not some and "predict" not in oracle:
            continue

        before, after = (knn("predict", model, "--json", *some, text=rows)
                         for model in (oracle["file"], native))
        assert before.returncode == 0, before.stderr
        assert before.stdout == after.stdout

    # the native form of a native file has the same bytes
    again = convert(native, tmp_path / "again")
    assert native.read_bytes() == again.read_bytes()


def test_most_have_golden_queries(tmp_path):
    """Queries whose answers hang on the last bit are not written down."""
    counts = []

    for case in fixtures.CASES:
        if "/1.9.1/" not in case:
            continue

        native = convert(fixtures.load(case)["file"], tmp_path / "native")
        words = knn("verify", native).stdout.decode().split(", ")[-1].split()
        assert words[1:] in (["golden", "queries", "replayed"],
                             ["golden", "query", "replayed"],
                             ["golden", "queries"]), words
        counts.append(0 if words[0] == "no" else int(words[0]))

    assert numpy.median(counts) >= 16
    assert counts.count(0) <= len(counts) // 50


def test_contract(tmp_path):
    """The tensors and metadata that other programs rely on."""
    native = convert(MODEL, tmp_path / "m.safetensors", "--name", "iris",
                     "--version", "2.0.1")
    metadata, tensors = safetensors_file.read(native)

    assert metadata["estimator"] == "KNeighborsClassifier"
    assert metadata["n_neighbors"] == "5"
    assert metadata["weights"] == "uniform"
    assert metadata["metric"] == "euclidean"
    assert metadata["algorithm"] == "kd_tree"
    assert metadata["name"] == "iris" and metadata["version"] == "2.0.1"
    assert json.loads(metadata["classes"]) == ["setosa", "versicolor",
                                               "virginica"]
    assert len(json.loads(metadata["feature_names"])) == 4

    assert tensors["X"].shape == (150, 4) and tensors["X"].dtype == float
    assert tensors["y"].shape == (150,) and tensors["y"].dtype == numpy.int64
    assert sorted(tensors["tree.idx_array"]) == list(range(150))

    # names are kept unless they are given anew
    again = convert(native, tmp_path / "n.safetensors", "--version", "3.0.0")
    metadata, _ = safetensors_file.read(again)
    assert metadata["name"] == "iris" and metadata["version"] == "3.0.0"


def test_newest_safetensors(tmp_path):
    """The package of that name reads what we write, and the other way."""
    python = os.environ.get("KNN_NEWEST_PYTHON", sys.executable)
    native = convert(MODEL, tmp_path / "m.safetensors")
    script = """
import sys
from safetensors import safe_open
from safetensors.numpy import save_file
with safe_open(sys.argv[1], "np") as file:
    save_file({name: file.get_tensor(name) for name in file.keys()},
              sys.argv[2], file.metadata())
"""

    if subprocess.run([python, "-c", "import safetensors"],
                      stderr=subprocess.DEVNULL).returncode:
        pytest.skip("Debian has no safetensors, make newest has")

    copy = tmp_path / "copy.safetensors"
    subprocess.run([python, "-c", script, native, copy], check=True)
    rows = [[5.1, 3.5, 1.4, 0.2], [6, 3, 4.8, 1.8]]
    assert same(predict(native, rows, "--proba", "--neighbors"),
                predict(copy, rows, "--proba", "--neighbors"))


# files by hand


@pytest.fixture
def data():
    rng = numpy.random.default_rng(7)

    return rng.normal(size=(300, 3)), rng.integers(0, 3, 300)


def by_hand(path, x, y, **metadata):
    tensors = {"X": x} if y is None else {"X": x, "y": y}
    safetensors_file.write(path, tensors, metadata)

    return path


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("metric", [None, "manhattan", "chebyshev"])
def test_least_classifier(data, tmp_path, dtype, metric):
    """X, y, estimator, n_neighbors and classes alone are a model."""
    x, y = data
    x = x.astype(dtype)
    q = data[0][:50] + 0.25
    named = {"metric": metric} if metric else {}
    path = by_hand(tmp_path / "m", x, y, estimator="KNeighborsClassifier",
                   n_neighbors="4", classes='["a","b","c"]', **named)
    oracle = KNeighborsClassifier(4, algorithm="kd_tree", **named)
    oracle.fit(x.astype(float), numpy.array(["a", "b", "c"])[y])

    answers = predict(path, q, "--proba", "--neighbors")
    distances, indices = oracle.kneighbors(q)
    assert [a["prediction"] for a in answers] == oracle.predict(q).tolist()
    assert fixtures.column(answers, "index") == indices.tolist()
    assert fixtures.column(answers, "distance") == distances.tolist()


@pytest.mark.parametrize("shape", [(300,), (300, 1), (300, 2)], ids=str)
@pytest.mark.parametrize("weights", ["uniform", "distance"])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_regressor(data, tmp_path, shape, weights, dtype):
    x, _ = data
    q = x[:50] + 0.25
    y = numpy.random.default_rng(8).normal(size=shape).astype(dtype)
    path = by_hand(tmp_path / "m", x, y, estimator="KNeighborsRegressor",
                   n_neighbors="9", weights=weights, algorithm="ball_tree")
    oracle = KNeighborsRegressor(9, weights=weights).fit(x, y.squeeze())
    found = [a["prediction"] for a in predict(path, q)]

    assert same(found, oracle.predict(q).astype(float).tolist())


def test_radius(data, tmp_path):
    x, y = data
    q = x[:50] * 2
    path = by_hand(tmp_path / "m", x, y, radius="0.75",
                   estimator="RadiusNeighborsClassifier",
                   outlier_label="[-1]", classes="[7,8,9]")
    oracle = RadiusNeighborsClassifier(0.75, outlier_label=-1).fit(x, y + 7)
    found = [a["prediction"] for a in predict(path, q)]

    assert -1 in found and found == oracle.predict(q).tolist()


def test_nearest(data, tmp_path):
    x, _ = data
    path = by_hand(tmp_path / "m", x, None, estimator="NearestNeighbors",
                   n_neighbors="3", metric="minkowski", p="1")
    oracle = NearestNeighbors(n_neighbors=3, p=1).fit(x)
    q = x[:50] + 0.25

    assert fixtures.column(predict(path, q, "--neighbors"), "index") \
        == oracle.kneighbors(q, return_distance=False).tolist()


def test_ties_go_to_the_lowest_row(tmp_path):
    """Without a stored tree there is no other order."""
    x = numpy.array([[v] for v in [2., 0, 2, 0, 2, 0]])
    path = by_hand(tmp_path / "m", x, numpy.arange(6), n_neighbors="3",
                   estimator="KNeighborsClassifier", algorithm="kd_tree",
                   metric="manhattan", classes="[0,1,2,3,4,5]")
    assert fixtures.column(predict(path, [[1], [2]], "--neighbors"), "index") \
        == [[0, 1, 2], [0, 2, 4]]


# refusals


def test_input_is_not_overwritten(tmp_path):
    model = tmp_path / "m.joblib"
    model.write_bytes(open(MODEL, "rb").read())
    link = tmp_path / "link"
    os.link(model, link)

    for path in model, link:
        assert "is the file that is read" in refusal("convert", model, path)

    assert model.read_bytes() == open(MODEL, "rb").read()


def test_nothing_is_left_of_a_failure(tmp_path):
    (tmp_path / "bad").write_bytes(open(MODEL, "rb").read()[:-9])
    message = refusal("convert", tmp_path / "bad", tmp_path / "out")
    assert str(tmp_path / "bad") in message
    message = refusal("convert", MODEL, tmp_path / "no" / "out")
    assert str(tmp_path / "no" / "out") in message
    assert os.listdir(tmp_path) == ["bad"]


def test_old_output_is_replaced(tmp_path):
    out = tmp_path / "out"
    out.write_bytes(b"old")
    out.chmod(0o600)
    convert(MODEL, out)
    assert knn("verify", out).returncode == 0


@pytest.mark.parametrize("text", [b"\xff", b"a\xc3"])
def test_name_that_is_not_text(tmp_path, text):
    done = subprocess.run([KNN, "convert", MODEL,
                           tmp_path / "out", "--name", text],
                          stderr=subprocess.PIPE)
    assert done.returncode == 2 and b"UTF-8" in done.stderr


def test_other_machine(tmp_path):
    """Distances of another libm pass, another class does not."""
    native = convert(MODEL, tmp_path / "m")
    metadata, tensors = safetensors_file.read(native)
    tensors = {name: tensor.copy() for name, tensor in tensors.items()}

    # as another program writes them
    del metadata["data_sha256"]

    tensors["golden.distances"] *= 1 + 1e-12
    safetensors_file.write(native, tensors, metadata)
    assert knn("verify", native).returncode == 0

    tensors["golden.classes"][3] = (tensors["golden.classes"][3] + 1) % 3
    safetensors_file.write(native, tensors, metadata)
    message = refusal("verify", native)
    assert str(native) in message and "golden query 3: class" in message
