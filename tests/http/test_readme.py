"""What the README shows is what happens: commands, replies, configuration."""

import json
import os
import re
import subprocess

import pytest

from conftest import MODULE, ROOT, curl

KNN = os.environ.get("KNN", os.path.join(ROOT, "build", "knn"))

with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
    TEXT = file.read()

BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.M | re.S)


def blocks(language):
    return [text for name, text in BLOCKS if name == language]


def commands(word):
    return [line for text in blocks("sh") for line in text.splitlines()
            if re.search(rf"(^|\| ){word}", line)]


def cells(title):
    """The rows of the table with this head, as lists of their cells."""

    (table,) = re.findall(rf"^\| {re.escape(title)} \|\n\| -[^\n]*\n"
                          r"((?:\|[^\n]*\n)+)", TEXT, re.M)
    return [[cell.strip() for cell in line.strip("|").split(" | ")]
            for line in table.splitlines()]


def code(cell):
    return re.findall(r"`([^`]*)`", cell)


@pytest.fixture(scope="module")
def server(serve):
    """The README's first configuration, with what it leaves to nginx."""

    nginx = serve(start=False)
    os.symlink(os.path.join(ROOT, "examples"), nginx.path("examples"))
    text = blocks("nginx")[0]

    for old, new in (
            ("load_module modules/ngx_http_knn_module.so;",
             f"load_module {os.path.abspath(MODULE)};" if MODULE else ""),
            ("http {\n", "http {\n" + "".join(
                f"{name}_temp_path {nginx.path('temp')};\n" for name in
                ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
             + f"access_log {nginx.path('access.log')};\n"),
            ("listen 8080;", f"listen 127.0.0.1:{nginx.port};")):
        assert old in text
        text = text.replace(old, new)

    with open(nginx.path("nginx.conf"), "w") as conf:
        conf.write(f"{text}\nuser root;\npid {nginx.path('nginx.pid')};\n"
                   f"error_log {nginx.path('error.log')} info;\n"
                   "events { }\n")

    nginx.start()
    return nginx


def test_first_prediction(server):
    (command,) = commands("curl")
    reply = blocks("json")[0]
    command = command.replace("http://localhost:8080", server.url)
    assert server.url in command

    done = subprocess.run(command.replace("curl ", "curl -sS ", 1), shell=True,
                          stdout=subprocess.PIPE, timeout=20)
    assert done.returncode == 0
    assert done.stdout.decode() == reply.rstrip("\n")


def test_bodies(server):
    seen = 0

    for body, reply in cells("body | reply"):
        if body.startswith("`{") and reply.startswith("`{"):
            answer = curl("-d", code(body)[0], f"{server.url}/predict")
            assert answer.decode() == code(reply)[0]
            seen += 1

    assert seen >= 2


def test_rows_by_name(server):
    (body,) = [code(row[0])[0] for row in cells("body | reply")
               if "sepal_length" in row[0] and "…" not in row[0]]
    prediction = curl("-d", body, f"{server.url}/predict").decode()
    assert prediction == blocks("json")[0].rstrip("\n")


def test_outputs(server):
    (query,) = re.findall(r"`\?(output=[^`]*)`", TEXT)
    (row,) = re.findall(r"^`GET` with `\?(X=[^`]*)`", TEXT, re.M)
    reply = curl(f"{server.url}/predict?{row}&{query}").decode()
    seen = 0

    for name, adds in cells("output | adds"):
        for member in code(adds):
            if member.startswith('"'):
                # "…]" is an ellipsis, a lone name stands for any value
                assert member.split(",…")[0].rstrip("]") in reply \
                    or member == '"predictions"', name
                seen += 1

    assert seen >= 4


def test_headers(server):
    reply = server.post("/predict", {"X": [5.1, 3.5, 1.4, 0.2]})
    assert f"`X-Knn-Model: {reply.headers['x-knn-model']}`" in TEXT
    assert re.fullmatch(r"parse;dur=[\d.]+, search;dur=[\d.]+, "
                        r"encode;dur=[\d.]+", reply.headers["server-timing"])


def test_error(server):
    (error,) = [text for text in blocks("json") if '"status"' in text]
    reply = server.post("/predict", {"X": [5.1, 3.5, 1.4]})
    assert reply.status == json.loads(error)["status"]
    assert reply.body.decode() == error.rstrip("\n")


def names(value):
    """All members that an object has, and those of what is inside of it."""
    if isinstance(value, list):
        return set().union(*map(names, value))

    return set(value) | set().union(*map(names, value.values())) \
        if isinstance(value, dict) else set()


def test_info(serve):
    models = os.path.join(ROOT, "tests", "models", "1.2.1")
    nginx = serve("".join(
        f"knn_model {name} {models}/{name}.{suffix};" for name, suffix in (
            ("frame_columns", "joblib"), ("radius_classifier", "pkl"))),
        "location = /models { knn_info; }")
    told = {name for row in cells("member |") for cell in row
            for name in code(cell)}

    for model in json.loads(curl(f"{nginx.url}/models"))["models"]:
        # a matrix, or where there are texts a column for each feature
        assert [input["name"] for input in model.pop("inputs")] in (
            ["X"], model.get("feature_names"))

        assert names(model) <= told, names(model) - told


def test_output_that_is_not_served(serve):
    model = os.path.join(ROOT, "tests", "models", "1.2.1", "regressor.joblib")
    nginx = serve(f"knn_model values {model};",
                  "location / { knn_predict values; }")
    reply = nginx.post("/?output=predict_proba", {"X": [1, 2, 3]})
    (row,) = [row for row in cells("status | when")
              if "an output that the model does not serve" in row[1]]
    assert reply.status == int(row[0])


@pytest.fixture(scope="module")
def workplace(tmp_path_factory):
    """Where commands may leave files that later ones read."""
    directory = tmp_path_factory.mktemp("commands")
    (directory / "examples").symlink_to(os.path.join(ROOT, "examples"))

    return directory


@pytest.mark.parametrize("command", commands("build/knn"))
def test_command(command, workplace):
    done = subprocess.run(command.replace("build/knn", '"$KNN"'), shell=True,
                          cwd=workplace, env=dict(os.environ, KNN=KNN),
                          timeout=60, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout or "convert" in command
    assert done.stderr == b""

    if "predict" in command:
        assert b"setosa" in done.stdout


def test_own_model(iris, tmp_path, monkeypatch):
    (program,) = blocks("python")
    monkeypatch.chdir(tmp_path)
    exec(program, {"X": iris._fit_X, "y": iris._y})
    subprocess.run([KNN, "verify", "model.joblib"], check=True, timeout=60)


def test_targets_of_make_are_there():
    with open(os.path.join(ROOT, "Makefile")) as makefile:
        targets = set(re.findall(r"^([a-z]+):", makefile.read(), re.M))

    named = set(re.findall(r"\bmake ([a-z]+)\b", "\n".join(
        blocks("sh") + re.findall(r"`[^`]*`", TEXT))))
    assert {"run", "test", "help", "lint"} <= named
    assert named <= targets


def test_links():
    for path in re.findall(r"\]\(([^)#:]+)\)", TEXT):
        assert os.path.exists(os.path.join(ROOT, path)), path
