"""nginx -s finds the running nginx and loads no model for that."""

import os
import shutil

import pytest

from conftest import wait_for


@pytest.fixture
def server(serve, train):
    nginx = serve(start=False)
    shutil.copy(train(["a", "b"]), nginx.path("m.joblib"))
    nginx.configure("knn_model m m.joblib;", """
        location = /predict { knn_predict m; }
        location = /models { knn_info; }
        location = /health { knn_health; }
    """)
    nginx.start()
    return nginx


@pytest.mark.parametrize("name", ["stop", "quit"])
def test_a_model_that_is_gone_does_not_matter(server, name):
    os.unlink(server.path("m.joblib"))

    done = server.run("-s", name)
    assert done.returncode == 0
    assert done.stdout == ""
    wait_for(lambda: not os.path.exists(server.path("nginx.pid")))


def test_the_file_is_not_opened(server):
    """Opening a FIFO without a writer would wait for ever."""

    os.unlink(server.path("m.joblib"))
    os.mkfifo(server.path("m.joblib"))

    done = server.run("-s", "reopen")
    assert done.returncode == 0
    assert done.stdout == ""
    assert server.post("/predict", {"X": [0]}).status == 200


def test_a_repository_is_not_read(server):
    """What it holds is unknown then, and so are its names."""

    server.configure("knn_model_repository nowhere;",
                     "location / { knn_predict m; }")
    done = server.run("-s", "reopen")
    assert done.returncode == 0
    assert done.stdout == ""
