"""KNN_SIMD: every instruction set gives the same bytes, others are refused."""

import os
import re

import pytest

from knn import IRIS, knn

MODEL = os.path.join(IRIS, "iris.joblib")
DATA = os.path.join(IRIS, "iris.csv")
REFUSED = re.compile(
    r'the variable KNN_SIMD of the environment is "(.*)", set it to one that '
    r"this processor can run: ([\w, ]+)\n$")


def run(name, *arguments, monkeypatch):
    if name is None:
        monkeypatch.delenv("KNN_SIMD", raising=False)
    else:
        monkeypatch.setenv("KNN_SIMD", name)

    return knn(*arguments)


@pytest.fixture
def simd(monkeypatch):
    """simd(name, *arguments) runs the command with that instruction set."""
    return lambda name, *arguments: run(name, *arguments,
                                        monkeypatch=monkeypatch)


def names(done):
    """What can be taken here, as the refusal lists it, the best first."""
    return REFUSED.search(done.stderr.decode()).group(2).split(", ")


def kernel(done):
    assert done.returncode == 0, done.stderr
    return re.search(r"^kernel +(\w+)$", done.stdout.decode(), re.M).group(1)


def test_all_give_the_same_answers(simd):
    arguments = ["predict", MODEL, DATA, "--json", "--proba", "--neighbors"]
    expected = simd(None, *arguments)
    assert expected.returncode == 0 and len(expected.stdout) > 10000

    possible = names(simd("abacus", "inspect", MODEL))
    assert possible[-1] == "generic"
    assert kernel(simd(None, "inspect", MODEL)) == possible[0]
    assert kernel(simd("", "inspect", MODEL)) == possible[0]

    for name in possible:
        assert kernel(simd(name, "inspect", MODEL)) == name
        done = simd(name, *arguments)
        assert (done.returncode, done.stderr) == (0, b""), name
        assert done.stdout == expected.stdout, name


# names that no processor has, or none that has the others, too
@pytest.mark.parametrize("name", ["abacus", "GENERIC", " generic", "avx2,amx",
                                  "neon avx2", "0", "x" * 99])
@pytest.mark.parametrize("command", ["inspect", "predict", "verify"])
def test_refused(simd, command, name):
    done = simd(name, command, MODEL)
    assert done.returncode == 1 and done.stdout == b""
    message = done.stderr.decode()
    assert message.startswith(f"knn: {MODEL}: ") and message.count("\n") == 1
    assert REFUSED.search(message).group(1) == name[:40]


def test_another_processor_is_refused(simd):
    possible = names(simd("abacus", "inspect", MODEL))
    other = "neon" if "neon" not in possible else "avx2"
    assert names(simd(other, "inspect", MODEL)) == possible


@pytest.mark.parametrize("arguments", [
    ("train", DATA, "--target", "species", "-o", "model.safetensors"),
    ("convert", MODEL, "model.safetensors")], ids=lambda a: a[0])
def test_nothing_is_written(simd, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    done = simd("abacus", *arguments)
    assert done.returncode == 1 and REFUSED.search(done.stderr.decode())
    assert not os.listdir(tmp_path)
