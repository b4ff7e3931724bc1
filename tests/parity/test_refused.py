"""What is no model, or none that can be served: one line says why."""

import json
import os
import resource

import joblib
import numpy
import pytest

from knn import IRIS, MODELS, knn

REFUSED = os.path.join(MODELS, "refused")

with open(os.path.join(REFUSED, "manifest.json")) as file:
    MANIFEST = json.load(file)


def cpu():
    """What the children have used; others may keep the machine busy."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def refusal(command, path, cwd, *arguments, text=""):
    began = cpu()
    done = knn(command, path, *arguments, cwd=cwd, timeout=30, text=text)
    taken = cpu() - began
    message = done.stderr.decode()

    assert done.returncode == 1, (done.returncode, message, done.stdout)
    assert done.stdout == b""
    assert message.startswith("knn: "), message
    message = message[len("knn: "):]
    assert message.startswith("%s: " % path), message
    assert message.endswith("\n") and message.count("\n") == 1, message
    assert message[:-1].isprintable(), message
    assert not message[:-1].endswith("."), message
    assert taken < 1, "%.1f s: %s" % (taken, message)

    return message


@pytest.mark.parametrize("name", sorted(MANIFEST))
def test_refused(tmp_path, name):
    message = refusal("verify", os.path.join(REFUSED, name), tmp_path)
    reason = message[len(os.path.join(REFUSED, name)):].lower()

    for word in MANIFEST[name]:
        assert word.lower() in reason, message

    assert os.listdir(tmp_path) == [], "something was executed"


def test_manifest_is_complete():
    assert set(os.listdir(REFUSED)) == set(MANIFEST) | {"manifest.json"}


@pytest.mark.parametrize("command", ["inspect", "predict"])
def test_refused_by_every_command(tmp_path, command):
    refusal(command, os.path.join(REFUSED, "random_forest.joblib"), tmp_path)


def test_absent(tmp_path):
    assert "No such file or directory" in refusal(
        "verify", tmp_path / "absent.joblib", tmp_path)


def test_directory(tmp_path):
    assert "directory" in refusal("verify", tmp_path, tmp_path)


def test_pipe(tmp_path):
    """Opening one that nobody writes to must not wait."""
    os.mkfifo(tmp_path / "pipe")
    assert "regular file" in refusal("verify", tmp_path / "pipe", tmp_path)


def test_device(tmp_path):
    assert "regular file" in refusal("verify", "/dev/zero", tmp_path)


def test_little_that_becomes_much(tmp_path):
    """One long string of the file is the label of many classes."""
    model = joblib.load(os.path.join(IRIS, "iris.joblib"))
    model.classes_ = numpy.array(["a" * 1000000] * 200, dtype=object)
    joblib.dump(model, tmp_path / "much.joblib")
    assert "memory" in refusal("verify", tmp_path / "much.joblib", None)


def test_every_prefix_of_a_model(tmp_path):
    """No truncation is taken for a model, or crashes."""
    with open(os.path.join(IRIS, "iris.joblib"), "rb") as file:
        data = file.read()

    path = tmp_path / "prefix.joblib"

    for size in sorted({*range(0, 200), *range(200, len(data), 97),
                        *range(len(data) - 100, len(data))}):
        path.write_bytes(data[:size])
        refusal("verify", path, None)
