"""The man page: its examples run as they stand, and it names every option."""

import os
import re
import shutil
import subprocess

import pytest

from knn import IRIS, KNN, ROOT, knn

PAGE = os.path.join(ROOT, "docs", "knn.1")
COMMANDS = ["train", "evaluate", "predict", "inspect", "convert", "verify"]


def plain(text):
    """Text without the escapes of roff."""
    text = re.sub(r"\\f[RBIP]", "", text).replace("\\~", " ")
    return text.replace("\\-", "-").replace("\\&", "")


def page():
    with open(PAGE, encoding="ascii") as file:
        return file.read()


def examples():
    return [plain(line) for block in
            re.findall(r"^\.EX\n(.*?)^\.EE$", page(), re.M | re.S)
            for line in block.splitlines()]


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    """Where the files of the examples are, and the command is in the path."""
    path = tmp_path_factory.mktemp("man")
    shutil.copy(os.path.join(IRIS, "iris.csv"), path)
    shutil.copy(os.path.join(IRIS, "iris.joblib"), path)
    (path / "bin").mkdir()
    os.symlink(KNN, path / "bin" / "knn")

    return path


@pytest.mark.parametrize("example", examples())
def test_example(directory, example):
    """One after the other, as somebody would type them."""
    done = subprocess.run(
        ["sh", "-c", example], cwd=directory, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, timeout=60,
        env=dict(os.environ, PATH="%s:%s" % (directory / "bin",
                                             os.environ["PATH"])))
    assert done.returncode == 0, done.stderr


def test_every_command_has_an_example():
    assert {word for line in examples()
            for word in re.findall(r"knn (\w+)", line)} == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help(command):
    """Each option of --help is in the page, and the other way round."""
    done = knn(command, "--help")
    assert done.returncode == 0 and done.stderr == b""
    text = done.stdout.decode()
    assert text.startswith("usage: knn %s " % command)
    assert max(map(len, text.splitlines())) <= 80

    listed = set(re.findall(r"^  (--?\w+)", text, re.M)) - {"--help"}
    section = page().split(".SS knn %s\n" % command)[1]
    section = re.split(r"^\.S[SH] ", section, flags=re.M)[0]
    named = set(re.findall(r"^\.BI? (--?\w+)", plain(section), re.M))
    assert listed == named


def test_help_of_the_command():
    done = knn("--help")
    assert done.returncode == 0 and done.stderr == b""

    for command in COMMANDS:
        assert re.search(r"^  knn %s +\w" % command, done.stdout.decode(),
                         re.M), command


@pytest.mark.parametrize("command", COMMANDS)
def test_unknown_option(command):
    done = knn(command, "m", "--nonsense")
    assert done.returncode == 2 and done.stdout == b""
    assert done.stderr == ("knn: unknown option --nonsense, see knn %s "
                           "--help\n" % command).encode()


@pytest.mark.skipif(shutil.which("groff") is None, reason="needs groff")
def test_page_is_well_formed():
    done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", PAGE],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0 and done.stdout == b""
