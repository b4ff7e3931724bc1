"""The configurations of examples/, on ports that are free."""

import os
import re
import shutil
import subprocess

import pytest

from conftest import BINARY, ENVIRONMENT, MODULE, ROOT, free_port, wait_for

LOAD = "load_module build/ngx_http_knn_module.so;"


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """example(name) starts one as users do: its directory, and its ports."""

    started = []

    def start(name):
        directory = tmp_path_factory.mktemp(name)
        os.makedirs(directory / "build")
        shutil.copytree(os.path.join(ROOT, "examples"), directory / "examples")

        path = directory / "examples" / f"{name}.conf"
        ports = {port: free_port() for port in ("8080", "8081", "8082")}
        text = path.read_text()
        assert LOAD in text
        text = text.replace(
            LOAD, f"load_module {os.path.abspath(MODULE)};" if MODULE else "")
        path.write_text(re.sub(r"\b808[012]\b",
                               lambda match: str(ports[match[0]]), text))

        command = [BINARY, "-p", str(directory), "-c", f"examples/{name}.conf",
                   "-e", "build/error.log", "-g",
                   "user root; worker_processes 2;"]
        subprocess.run(command, check=True, env=ENVIRONMENT, timeout=60)
        started.append((directory, command))
        wait_for((directory / "build" / "nginx.pid").exists)

        return directory, ports

    yield start

    for directory, command in started:
        subprocess.run([*command, "-s", "stop"], check=True, env=ENVIRONMENT,
                       timeout=60)
        log = (directory / "build" / "error.log").read_text()
        assert not re.search(r"\[(alert|emerg|crit)\]", log), log
