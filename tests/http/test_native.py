"""Native files: shared by all processes, and replaced on reload."""

import os
import shutil
import signal
import subprocess

import joblib
import numpy
import pytest
from sklearn.neighbors import KNeighborsClassifier

from conftest import IRIS, ROOT, sanitized, wait_for

KNN = os.environ.get("KNN", os.path.join(ROOT, "build", "knn"))

PREDICT = "location = /predict { knn_predict m; }"

ROWS = [[5.1, 3.5, 1.4, 0.2], [6, 3, 4.8, 1.8], [5.9, 3, 5.1, 1.8]]


def convert(source, path, *options):
    subprocess.run([KNN, "convert", source, path, *options], check=True)


def publish(nginx, data):
    with open(nginx.path("m.new"), "wb") as file:
        file.write(data)

    os.rename(nginx.path("m.new"), nginx.path("m.safetensors"))


def reload(nginx):
    old = nginx.worker_pids()
    nginx.signal(signal.SIGHUP)
    wait_for(lambda: not old & nginx.worker_pids())


@pytest.fixture
def server(serve):
    nginx = serve(start=False, workers=2, allowed=r'model "m@1.0.0" is refused')
    convert(IRIS, nginx.path("m.safetensors"), "--name", "iris")
    shutil.copy(IRIS, nginx.path("p.joblib"))
    nginx.configure("knn_model m m.safetensors; knn_model p p.joblib;",
                    PREDICT + "location = /pickle { knn_predict p; }")
    nginx.start()
    return nginx


def test_same_answers(server):
    query = "?output=predict,predict_proba,kneighbors"
    native, pickle = (server.post(path + query, {"X": ROWS}).json
                      for path in ("/predict", "/pickle"))
    assert native.pop("model") == "m" and pickle.pop("model") == "p"
    assert native == pickle


def test_golden_query_refuses(server):
    """A file that no longer gives its answers leaves the old one serving."""
    with open(server.path("m.safetensors"), "rb") as file:
        data = file.read()

    # the neighbors of all golden queries, with one row exchanged
    at = data.index(b'"golden.indices"')
    at = data.index(b'"data_offsets":[', at) + len(b'"data_offsets":[')
    start = 8 + int.from_bytes(data[:8], "little") \
        + int(data[at:data.index(b",", at)])
    other = bytes([data[start] ^ 1])

    publish(server, data[:start] + other + data[start + 1:])
    before = server.worker_pids()
    assert server.run("-t").returncode != 0

    server.signal(signal.SIGHUP)
    wait_for(lambda: "golden query 0: neighbor 0 is row" in server.log())
    assert server.worker_pids() == before
    assert server.post("/predict", {"X": ROWS}).status == 200


def private(pid):
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return sum(int(line.split()[1]) for line in file
                   if line.startswith("Private_Dirty:"))


@pytest.mark.skipif(sanitized(), reason="sanitizers keep memory of their own")
def test_memory_is_shared(serve, tmp_path):
    """Neither workers nor a reload take memory for the model again."""
    rng = numpy.random.default_rng(0)
    model = KNeighborsClassifier().fit(rng.normal(size=(100000, 10)),
                                       rng.integers(0, 3, 100000))
    joblib.dump(model, tmp_path / "m.joblib")
    nginx = serve(start=False, workers=2)
    convert(tmp_path / "m.joblib", nginx.path("m.safetensors"))
    nginx.configure("knn_model m m.safetensors;", PREDICT)
    nginx.start()

    for _ in range(2):
        for _ in range(10):
            assert nginx.post("/predict", {"X": [[0] * 10]}).status == 200

        for pid in nginx.worker_pids() | {nginx.pid()}:
            assert private(pid) < 4000

            # who writes into the file must not reach what is served
            with open(f"/proc/{pid}/maps") as file:
                assert "m.safetensors" not in file.read()

        reload(nginx)


@pytest.mark.parametrize("harm", ["truncate", "zero", "overwrite"])
def test_harm_while_it_is_served(server, harm):
    """A file that is not replaced by renaming hurts no worker."""
    path = server.path("m.safetensors")
    size = os.path.getsize(path)
    query = "/predict?output=predict,predict_proba,kneighbors"
    before = server.post(query, {"X": ROWS}).body
    workers = server.worker_pids()

    if harm == "overwrite":
        with open(path, "r+b") as file:
            file.write(b"\xff" * size)
    else:
        os.truncate(path, 0)

        if harm == "zero":
            os.truncate(path, size)

    for _ in range(20):
        assert server.post(query, {"X": ROWS}).body == before

    server.signal(signal.SIGHUP)
    wait_for(lambda: path in "".join(line for line in server.log().splitlines()
                                     if "is refused" in line))

    for _ in range(20):
        assert server.post(query, {"X": ROWS}).body == before

    assert server.worker_pids() == workers
