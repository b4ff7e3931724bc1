"""docs/protocols.md: every command answers what stands there."""

import os
import re
import subprocess

import pytest

from conftest import ROOT
from nginx_conf import serve_conf

with open(os.path.join(ROOT, "docs", "protocols.md"),
          encoding="utf-8") as file:
    TEXT = file.read()

SHOWN = re.findall(r"^```sh\n(.*?)\n```\n\n```\w+\n(.*?)\n```$", TEXT,
                   re.M | re.S)


@pytest.fixture(scope="module")
def server(serve):
    return serve_conf(serve)


def test_every_command_has_its_answer():
    assert len(SHOWN) == TEXT.count("```sh\n") >= 10


@pytest.mark.parametrize("command, answer", SHOWN)
def test_command(server, command, answer):
    assert "http://localhost:8080" in command
    command = command.replace("http://localhost:8080", server.url)
    done = subprocess.run(command, shell=True, stdout=subprocess.PIPE,
                          timeout=20)
    assert done.returncode == 0
    assert done.stdout.decode().rstrip("\n") == answer


def test_links():
    for path in re.findall(r"\]\(([^)#:]+)\)", TEXT):
        assert os.path.exists(os.path.join(ROOT, "docs", path)), path
