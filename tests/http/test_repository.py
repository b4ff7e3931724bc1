"""knn_model_repository: directory/<name>/<version>/model.*"""

import glob
import os
import shutil
import signal

import pytest

from conftest import IRIS, ROOT, Nginx, wait_for

ROW = {"X": [0]}

ANY = r"location ~ ^/by/(?<which>[^/]*)$ { knn_predict $which; }"
INFO = "location = /models { knn_info; }"

# a dump of the joblib that wrote arrays into files of their own
BESIDE = os.path.join(ROOT, "tests", "models", "0.17.1", "brute.joblib")


@pytest.fixture
def nginx(serve):
    return serve(start=False, workers=2)


@pytest.fixture
def put(nginx, train):
    """put("repo/m/1", label) publishes a model that always answers that."""

    def put(path, label, file="model.joblib"):
        os.makedirs(nginx.path(path), exist_ok=True)
        shutil.copy(train([label] * 2), nginx.path(path, file))

    return put


def label(nginx, name):
    return nginx.post("/by/" + name, ROW).json["prediction"]


def ignored(nginx, path, why):
    (line,) = [line for line in nginx.log().splitlines()
               if f'"{nginx.path(path)}" is ignored' in line]
    assert "[notice]" in line and why in line, line
    assert nginx.path("nginx.conf") + ":" in line


def refused(nginx, *words):
    nginx.allowed = r"\[emerg\]"
    done = nginx.run("-t")
    assert done.returncode != 0
    for word in words:
        assert word in done.stdout
    assert nginx.path("nginx.conf") + ":" in done.stdout


def test_names_and_versions(nginx, put):
    for version in ("1", "1.2", "1.2.10", "1.2.9", "1.10.3", "2.0.0"):
        put("repo/m/" + version, version)

    put("repo/a.b-c_d/7", "other", "model.pkl")
    nginx.configure("knn_model_repository repo;", ANY + INFO)
    nginx.start()

    for name, found in (("m", "2.0.0"), ("m@1", "1.10.3"), ("m@1.2", "1.2.10"),
                        ("m@1.2.0", "1.2"), ("m@1.0.0", "1"), ("m@1.0", "1"),
                        ("a.b-c_d", "other"), ("a.b-c_d@7.0.0", "other")):
        assert label(nginx, name) == found

    # each is one version of one model, in an order that is ever the same
    assert [(model["name"], model["version"])
            for model in nginx.get("/models").json["models"]] == [
        ("a.b-c_d", "7.0.0"), ("m", "1.0.0"), ("m", "1.2.0"), ("m", "1.2.9"),
        ("m", "1.2.10"), ("m", "1.10.3"), ("m", "2.0.0")]


def test_beside_other_models(nginx, put, train):
    """Several repositories and knn_model make up one table of models."""

    put("one/m/1", "one")
    put("two/m/2", "two")
    put("two/n/1", "n")
    nginx.configure(
        f"knn_model_repository one; knn_model m {train(['three'] * 2)} "
        f"version=3.0.0; knn_model_repository {nginx.path('two')}/;", ANY)
    nginx.start()

    assert [label(nginx, name) for name in ("m@1", "m@2", "m", "n")] == [
        "one", "two", "three", "n"]


@pytest.mark.parametrize("path, why", [
    ("repo/.git", "starts with a dot"),
    ("repo/lost+found", "its name is no model's"),
    ("repo/a@1", "its name is no model's"),
    ("repo/new", "no versions"),
    ("repo/m/1.0.0.tmp", 'no version as "1.2.0"'),
    ("repo/m/tmp-17", 'no version as "1.2.0"'),
    ("repo/m/.1.0.0", 'no version as "1.2.0"'),
    ("repo/m/v2", 'no version as "1.2.0"'),
    ("repo/m/01", 'no version as "1.2.0"'),
    ("repo/m/1.2.3.4", 'no version as "1.2.0"'),
    ("repo/m/3.0.0", "no file model.*"),
])
def test_what_is_ignored(nginx, put, path, why):
    put("repo/m/1", "served")
    os.makedirs(nginx.path(path))
    nginx.configure("knn_model_repository repo;", ANY)
    nginx.start()
    assert label(nginx, "m") == "served"
    ignored(nginx, path, why)


@pytest.mark.parametrize("path", ["repo/README.md", "repo/m/2"])
def test_files_among_directories(nginx, put, path):
    put("repo/m/1", "served")
    shutil.copy(IRIS, nginx.path(path))
    nginx.configure("knn_model_repository repo;", ANY)
    nginx.start()
    assert label(nginx, "m") == "served"
    ignored(nginx, path, "it is no directory")


@pytest.mark.parametrize("file", ["model", "Model.joblib", "model.joblib.tmp",
                                  "model.npy", "model.pkl_01.npy.z"])
def test_files_that_are_no_models(nginx, put, file):
    put("repo/m/1", "served")
    put("repo/m/2", "not this", file)
    put("repo/m/3", "not this either", ".model.joblib")
    nginx.configure("knn_model_repository repo;", ANY)
    nginx.start()
    assert label(nginx, "m") == "served"
    ignored(nginx, "repo/m/2", "no file model.*")
    ignored(nginx, "repo/m/3", "no file model.*")


def test_other_files_do_not_matter(nginx, put):
    put("repo/m/1", "served")
    put("repo/m/1", "not this", "train.py")
    put("repo/m/1", "not this", "model.joblib.17.tmp")
    nginx.configure("knn_model_repository repo;", ANY)
    nginx.start()
    assert label(nginx, "m") == "served"


def test_arrays_beside_an_old_dump(nginx, put):
    """They are the model's and no models."""

    os.makedirs(nginx.path("repo/m/1"))
    files = glob.glob(BESIDE + "*")
    assert len(files) > 2

    for path in files:
        with open(path, "rb") as file:
            data = file.read()

        # the dump names its arrays; the new name is as long as the old one
        name = "model.joblib" + path[len(BESIDE):]
        with open(nginx.path("repo/m/1", name), "wb") as file:
            file.write(data.replace(b"brute.joblib", b"model.joblib"))

    nginx.configure("knn_model_repository repo;", INFO)
    nginx.start()
    assert len(nginx.get("/models").json["models"]) == 1


def test_links_are_followed(nginx, put):
    """As volumes are mounted: a link is moved to publish what it names."""

    put("data/one", "one")
    put("data/two", "two")
    os.makedirs(nginx.path("repo/m"))
    os.symlink("../../data/one", nginx.path("repo/m/1.0.0"))
    nginx.configure("knn_model_repository repo;", ANY)
    nginx.start()
    assert label(nginx, "m") == "one"

    os.symlink("../../data/two", nginx.path("repo/m/next"))
    os.rename(nginx.path("repo/m/next"), nginx.path("repo/m/1.0.0"))
    old = nginx.worker_pids()
    nginx.signal(signal.SIGHUP)
    wait_for(lambda: not old & nginx.worker_pids())
    assert label(nginx, "m") == "two"


def test_an_empty_one(nginx):
    os.makedirs(nginx.path("repo"))
    nginx.configure("knn_model_repository repo;",
                    ANY + "location = /health { knn_health; }")
    nginx.start()
    assert nginx.get("/health").status == 503
    assert nginx.post("/by/m", ROW).status == 404


def test_one_version_twice(nginx, put):
    put("repo/m/1", "a")
    put("repo/m/1.0.0", "b")
    nginx.configure("knn_model_repository repo;", ANY)
    refused(nginx, 'duplicate model "m@1.0.0"',
            f'"{nginx.path("repo/m/1/model.joblib")}" and '
            f'"{nginx.path("repo/m/1.0.0/model.joblib")}"')


def test_one_version_in_two(nginx, put):
    put("one/m/1", "a")
    put("two/m/1", "b")
    nginx.configure("knn_model_repository one; knn_model_repository two;", ANY)
    refused(nginx, 'duplicate model "m@1.0.0"',
            nginx.path("one/m/1/model.joblib"),
            nginx.path("two/m/1/model.joblib"))


def test_several_candidates(nginx, put):
    for file in ("model.pkl", "model.joblib", "model.safetensors"):
        put("repo/m/1", "a", file)

    nginx.configure("knn_model_repository repo;", ANY)
    refused(nginx, f'"{nginx.path("repo/m/1")}" holds several models, keep '
            'one of "model.joblib", "model.pkl", "model.safetensors" in ')


def test_a_model_that_is_a_directory(nginx):
    os.makedirs(nginx.path("repo/m/1/model.d"))
    nginx.configure("knn_model_repository repo;", ANY)
    refused(nginx, 'model "m@1.0.0" is refused',
            nginx.path("repo/m/1/model.d"), "a directory")


@pytest.mark.parametrize("path", ["nowhere", "nginx.conf"])
def test_no_directory(nginx, path):
    nginx.configure(f"knn_model_repository {path};", ANY)
    refused(nginx, f'"{nginx.path(path)}"')


@pytest.mark.parametrize("directive, words", [
    ("knn_model_repository;", "invalid number of arguments"),
    ("knn_model_repository a b;", "invalid number of arguments"),
])
def test_arguments(nginx, directive, words):
    nginx.configure(directive, ANY)
    refused(nginx, words)


def test_context(nginx):
    nginx.configure("", "knn_model_repository repo;")
    refused(nginx, '"knn_model_repository" directive is not allowed here')


def test_unknown_names(nginx, put):
    put("repo/m/1", "a")
    put("repo/m/2.tmp", "b")
    nginx.configure("knn_model_repository repo;",
                    "location / { knn_predict m@2; }")
    refused(nginx, 'unknown model "m@2" in "knn_predict", known models: '
            "m@1.0.0 in")


def test_a_version_is_published_by_renaming(nginx, put):
    """A reload takes what is complete, and drops what is gone."""

    put("repo/m/1", "one")
    put("repo/m/tmp-2", "two")
    nginx.configure("knn_model_repository repo;", ANY)
    nginx.start()

    def reload():
        old = nginx.worker_pids()
        nginx.signal(signal.SIGHUP)
        wait_for(lambda: not old & nginx.worker_pids())

    reload()
    assert label(nginx, "m") == "one"

    os.rename(nginx.path("repo/m/tmp-2"), nginx.path("repo/m/2"))
    reload()
    assert label(nginx, "m") == "two"

    shutil.rmtree(nginx.path("repo/m/2"))
    reload()
    assert label(nginx, "m") == "one"
    assert nginx.post("/by/m@2", ROW).status == 404


@pytest.mark.parametrize("bad", ["truncated", "empty", "several", "gone"])
def test_a_refused_reload(nginx, put, bad):
    put("repo/m/1", "one")
    nginx.allowed = r"\[emerg\]"
    nginx.configure("knn_model_repository repo;", ANY)
    nginx.start()
    old = nginx.worker_pids()
    path = nginx.path("repo/m/2/model.joblib")

    if bad == "gone":
        shutil.rmtree(nginx.path("repo"))
        path = nginx.path("repo")
    else:
        put("repo/m/2", "two")

    if bad == "truncated":
        os.truncate(path, os.path.getsize(path) // 2)
    elif bad == "empty":
        os.truncate(path, 0)
    elif bad == "several":
        put("repo/m/2", "two", "model.pkl")
        path = nginx.path("repo/m/2")

    nginx.signal(signal.SIGHUP)
    wait_for(lambda: any("[emerg]" in line and path in line
                         for line in nginx.log().splitlines()))
    assert {label(nginx, "m") for _ in range(20)} == {"one"}
    assert nginx.worker_pids() == old
