"""Two processes at a time, for the comparisons that take long."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))


@pytest.fixture
def side_by_side():
    """Runs a script of this directory once for each list of arguments."""
    def run(script, calls, python=sys.executable):
        def one(arguments):
            done = subprocess.run(
                [python, os.path.join(HERE, script), *map(str, arguments)],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                env=dict(os.environ, OMP_NUM_THREADS="1",
                         OPENBLAS_NUM_THREADS="1",
                         PYTHONDONTWRITEBYTECODE="1"))
            assert done.returncode == 0, done.stderr
            return json.loads(done.stdout)

        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(one, calls))

    return run
