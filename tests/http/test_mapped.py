"""Native files that are mapped: one copy for all, replaced by renaming."""

import hashlib
import json
import os
import shutil
import struct
import subprocess

import joblib
import numpy
import pytest
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from conftest import IRIS, sanitized
from test_native import KNN, PREDICT, convert, publish, reload

ALL = "?output=predict,predict_proba,kneighbors"


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Some 30 MB, of which searches need the half."""
    folder = tmp_path_factory.mktemp("large")
    rng = numpy.random.default_rng(0)
    model = KNeighborsClassifier(weights="distance")
    model.fit(rng.normal(size=(100000, 10)), rng.integers(0, 3, 100000))
    joblib.dump(model, folder / "m.joblib")
    convert(folder / "m.joblib", folder / "m.safetensors")
    return folder / "m.safetensors"


def mapping(pid, path):
    """The figures of smaps, in kB, of what a process has of a file."""
    found, inside = {}, False

    with open(f"/proc/{pid}/smaps") as file:
        for line in file:
            key, value = line.split(maxsplit=1)

            if not key.endswith(":"):
                inside = path in line
                assert not inside or value.split()[0][1] == "-", \
                    "what is mapped can be written to"
            elif inside and value.endswith("kB\n"):
                found[key] = found.get(key, 0) + int(value.split()[0])

    return found


def test_same_answers(serve, large):
    nginx = serve(start=False, workers=2)
    shutil.copy(large, nginx.path("m.safetensors"))
    shutil.copy(large, nginx.path("n.safetensors"))
    nginx.configure("knn_model m m.safetensors mapped;"
                    "knn_model m m.safetensors version=2.0.0 label=read;"
                    "knn_model m n.safetensors label=both version=3.0.0 mapped;",
                    "location = /1 { knn_predict m@1; }"
                    "location = /2 { knn_predict m@2; }"
                    "location = /3 { knn_predict m@3; }")
    nginx.start()
    rows = numpy.random.default_rng(1).normal(size=(200, 10)).tolist()
    replies = [nginx.post(path + ALL, {"X": rows}).json
               for path in ("/1", "/2", "/3")]
    versions = [reply.pop("version") for reply in replies]
    assert versions == ["1.0.0", "2.0.0", "3.0.0"]
    assert replies[0] == replies[1] == replies[2]


@pytest.mark.skipif(sanitized(), reason="sanitizers keep memory of their own")
def test_one_copy(serve, large):
    """Workers share what they read, also with those before a reload."""
    nginx = serve(start=False, workers=2)
    path = nginx.path("m.safetensors")
    shutil.copy(large, path)
    nginx.configure("knn_model m m.safetensors mapped;", PREDICT)
    nginx.start()
    rows = numpy.random.default_rng(2).normal(size=(2000, 10)).tolist()

    for _ in range(2):
        for _ in range(20):
            assert nginx.post("/predict", {"X": rows}).status == 200

        found = [mapping(pid, path) for pid in nginx.worker_pids()]
        assert len(found) == 2

        for figures in found:
            assert figures["Rss:"] > 4000
            assert figures["Private_Dirty:"] == 0
            assert figures["Anonymous:"] == 0
            assert figures["Pss:"] < 0.6 * figures["Rss:"], \
                "a worker has pages of its own"

        reload(nginx)


def test_replaced_by_renaming(serve, tmp_path):
    """The old file is served until the reload, and the new one after."""
    nginx = serve(start=False, workers=2)
    path = nginx.path("m.safetensors")
    convert(IRIS, path)
    nginx.configure("knn_model m m.safetensors mapped;",
                    PREDICT + "location = /info { knn_info; }")
    nginx.start()
    row = {"X": [5.1, 3.5, 1.4, 0.2]}
    first = nginx.get("/info").json["models"][0]["sha256"]
    assert nginx.post("/predict", row).json["prediction"] == "setosa"

    reload(nginx)
    assert nginx.get("/info").json["models"][0]["sha256"] == first

    model = KNeighborsRegressor(n_neighbors=1)
    joblib.dump(model.fit([[0, 0, 0, 0], [9, 9, 9, 9]], [1, 2]),
                tmp_path / "other.joblib")
    convert(tmp_path / "other.joblib", tmp_path / "other.safetensors")
    publish(nginx, (tmp_path / "other.safetensors").read_bytes())
    assert nginx.post("/predict", row).json["prediction"] == "setosa"

    reload(nginx)
    assert nginx.post("/predict", row).json["prediction"] == 1
    assert nginx.get("/info").json["models"][0]["sha256"] != first

    for pid in nginx.worker_pids():
        with open(f"/proc/{pid}/maps") as file:
            assert not [line for line in file if "m.safetensors (del" in line]

        for fd in os.listdir(f"/proc/{pid}/fd"):
            assert path not in os.readlink(f"/proc/{pid}/fd/{fd}"), \
                "a descriptor stays open"


def header_sha256(path):
    with open(path, "rb") as file:
        data = file.read()

    length = struct.unpack("<Q", data[:8])[0]
    return hashlib.sha256(data[:8 + length]).hexdigest()


def test_sha256_is_of_the_header(serve):
    nginx = serve(start=False)
    convert(IRIS, nginx.path("m.safetensors"))
    nginx.configure("knn_model m m.safetensors mapped;",
                    "location = /metrics { knn_metrics; }")
    nginx.start()
    assert f'sha256="{header_sha256(nginx.path("m.safetensors"))}"' \
        in nginx.get("/metrics").body.decode()


def misalign(data):
    length = struct.unpack("<Q", data[:8])[0]
    return struct.pack("<Q", length + 8) + data[8:8 + length] + b" " * 8 \
        + data[8 + length:]


@pytest.mark.parametrize("harm, message", [
    (lambda data: open(IRIS, "rb").read(), "is no native file, which alone can "
     'be mapped, make one of it with knn convert, or leave out "mapped"'),
    (misalign, "is not laid out to be mapped, write it anew with knn convert"),
    (lambda data: data.replace(b"data_sha256", b"Data_sha256"),
     "is not laid out to be mapped, write it anew with knn convert"),
    (lambda data: data[:-100], "ends behind the file, copy it again"),
    (lambda data: b"", "is empty"),
], ids=["joblib", "misaligned", "undigested", "truncated", "empty"])
def test_refused(serve, harm, message):
    nginx = serve(start=False, allowed=r'model "m@1.0.0" is refused')
    path = nginx.path("m.safetensors")
    convert(IRIS, path)

    with open(path, "rb") as file:
        data = file.read()

    publish(nginx, harm(data))
    nginx.configure("knn_model m m.safetensors mapped;", PREDICT)
    done = nginx.run("-t")
    assert done.returncode != 0
    assert f'model "m@1.0.0" is refused: {path}: ' in done.stdout
    assert message in done.stdout


@pytest.mark.parametrize("byte", [b"\xff", b"\x00", b"\x7f", b"\xcb"])
def test_damaged_numbers(serve, byte):
    """What must never be done hurts the answers, and no worker."""
    nginx = serve(start=False, workers=1)
    path = nginx.path("m.safetensors")
    convert(IRIS, path)
    nginx.configure("knn_model m m.safetensors mapped;",
                    PREDICT + "location = /openapi { knn_openapi; }")
    nginx.start()
    workers = nginx.worker_pids()

    with open(path, "r+b") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(length))

        for name in ("layout.blocks", "layout.pairs", "X"):
            start, end = header[name]["data_offsets"]
            file.seek(8 + length + start)
            file.write(byte * (end - start))

    for _ in range(20):
        assert nginx.post("/predict" + ALL,
                          {"X": [[5.1, 3.5, 1.4, 0.2]] * 50}).status == 200
        assert nginx.post("/predict" + ALL,
                          {"X": [5.1, 3.5, 1.4, 0.2]}).status == 200

    assert nginx.get("/openapi").status == 200
    assert nginx.worker_pids() == workers


def test_tool_tells_what_was_changed(tmp_path):
    """knn verify reads all tensors, whether nginx would or not."""
    path = tmp_path / "m.safetensors"
    convert(IRIS, path)
    data = bytearray(path.read_bytes())
    run = [KNN, "verify", path, "--mapped"]
    assert subprocess.run(run, check=False).returncode == 0

    data[data.index(b"}}") + len(b"}}") + 200] ^= 1
    path.write_bytes(data)
    done = subprocess.run(run, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "are no longer those that were written" in done.stderr
