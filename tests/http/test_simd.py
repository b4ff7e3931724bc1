"""KNN_SIMD in the environment of the master, which reads the models."""

import re
import signal

import pytest

import conftest
from conftest import IRIS, wait_for
from exposition import scrape

SERVER = """
    location = /predict { knn_predict iris; knn_output predict kneighbors; }
    location = /models { knn_info; }
    location = /metrics { knn_metrics; }
"""
LOADED = re.compile(r'model "iris@1.0.0" loaded .*, kernel (\w+)')


@pytest.fixture
def start(serve, monkeypatch):
    """start(name) starts an nginx whose environment has it."""

    def begin(name, http=f"knn_model iris {IRIS};", server=SERVER,
              **options):
        if name is None:
            monkeypatch.delitem(conftest.ENVIRONMENT, "KNN_SIMD",
                                raising=False)
        else:
            monkeypatch.setitem(conftest.ENVIRONMENT, "KNN_SIMD", name)

        return serve(http, server, **options)

    return begin


def simd(server):
    (labels, _), = scrape(server).find("build_info")
    return labels["simd"]


def kernel(server):
    (model,) = server.get("/models").json["models"]
    return model["kernel"]


def test_chosen(start, rows):
    best, generic = start(None), start("generic", workers=2)

    assert kernel(best) == simd(best) != "generic"
    assert kernel(generic) == simd(generic) == "generic"
    assert LOADED.findall(best.log()) == [kernel(best)]
    assert LOADED.findall(generic.log()) == ["generic"]

    for body in ({"X": rows}, {"X": rows[0]}):
        replies = [server.post("/predict", body) for server in (best, generic)]
        assert replies[0].status == 200
        assert replies[0].body == replies[1].body


def test_reload(start, train):
    """A model that is read anew is one of the same environment."""

    server = start("generic")
    server.configure(f"knn_model iris {train(['a', 'b'])};", SERVER)
    server.signal(signal.SIGHUP)
    wait_for(lambda: len(LOADED.findall(server.log())) == 2)

    assert LOADED.findall(server.log()) == ["generic", "generic"]
    wait_for(lambda: server.get("/models").json["models"][0]["samples"] == 2)
    assert kernel(server) == simd(server) == "generic"


def test_without_models(start):
    assert simd(start(None, http="", server="""
        location = /metrics { knn_metrics; }
    """)) == simd(start(None))


@pytest.mark.parametrize("name", ["abacus", "Generic", "neon avx2"])
def test_refused(start, name):
    server = start(name, start=False, allowed="KNN_SIMD")
    done = server.run("-t")
    assert done.returncode == 1

    (line,) = [line for line in done.stdout.splitlines() if "[emerg]" in line]
    assert IRIS in line and f'KNN_SIMD of the environment is "{name}"' in line
    assert re.search(r"can run: .*\bgeneric in .*nginx.conf:\d+", line), line
