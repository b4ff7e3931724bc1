"""A reload serves the new model; a refused one leaves the old serving."""

import glob
import os
import shutil
import signal
import time

import pytest

from conftest import MODULE, ROOT, sanitized, wait_for

SERVER = """
    location = /predict { knn_predict m; }
    location = /models { knn_info; }
"""


@pytest.fixture
def server(serve, train):
    nginx = serve(start=False, workers=2,
                  allowed=r'model "m@1.0.0" is refused|unknown directive')
    shutil.copy(train(["old", "old"]), nginx.path("m.joblib"))
    nginx.configure("knn_model m m.joblib;", SERVER)
    nginx.start()
    return nginx


def publish(server, data):
    with open(server.path("m.new"), "wb") as file:
        file.write(data)

    os.rename(server.path("m.new"), server.path("m.joblib"))


def read(path):
    with open(path, "rb") as file:
        return file.read()


def label(server):
    return server.post("/predict", {"X": [0]}).json["prediction"]


def test_good_model(server, train):
    old = server.worker_pids()
    assert label(server) == "old"
    etag = server.get("/models").headers["etag"]

    publish(server, read(train(["new", "new"])))
    assert label(server) == "old"

    server.signal(signal.SIGHUP)
    wait_for(lambda: not old & server.worker_pids())

    assert {label(server) for _ in range(20)} == {"new"}
    assert server.get("/models").headers["etag"] != etag


@pytest.mark.parametrize("bad", ["truncated", "empty", "text", "missing"])
def test_refused_model(server, train, bad):
    old = server.worker_pids()
    data = read(server.path("m.joblib"))

    if bad == "missing":
        os.unlink(server.path("m.joblib"))
    else:
        publish(server, {"truncated": data[:len(data) // 2], "empty": b"",
                         "text": b"<html>not found</html>"}[bad])

    assert server.run("-t").returncode != 0

    server.signal(signal.SIGHUP)
    wait_for(lambda: server.log().count("is refused") >= 2)

    assert {label(server) for _ in range(20)} == {"old"}
    assert server.worker_pids() == old

    # and the next good one is taken
    publish(server, read(train(["next", "next"])))
    server.signal(signal.SIGHUP)
    wait_for(lambda: not old & server.worker_pids())
    assert label(server) == "next"


def test_keepalive_connection_goes_over(server, train):
    old = server.worker_pids()

    with server.connect() as connection:
        assert connection.post("/predict", {"X": [0]}).status == 200
        publish(server, read(train(["new", "new"])))
        server.signal(signal.SIGHUP)
        wait_for(lambda: not old & server.worker_pids())

    assert label(server) == "new"


def log_of(server, name="m"):
    """Whether each configuration has read a model, or kept the last one's."""

    return [("kept" if "still loaded" in line else "read")
            for line in server.log().splitlines()
            if f'model "{name}@1.0.0" ' in line and "loaded from" in line]


def reload(server):
    old = server.worker_pids()
    server.signal(signal.SIGHUP)
    wait_for(lambda: len(server.worker_pids()) == 2
             and not old & server.worker_pids())


def settle():
    """Times of files tell of changes from the next second on."""

    time.sleep(1.1)


def test_an_unchanged_file_is_not_read_again(server, train):
    settle()
    reload(server)
    reload(server)
    reload(server)

    # the first may have been read in the second in which it was written
    assert log_of(server)[-2:] == ["kept", "kept"]
    assert label(server) == "old"

    publish(server, read(train(["new", "new"])))
    settle()
    reload(server)
    assert log_of(server)[-1] == "read"
    assert label(server) == "new"

    reload(server)
    assert log_of(server)[-1] == "kept"
    assert label(server) == "new"


def test_a_change_within_the_second_is_seen(server, train):
    """Size and times of the file may all be as they were."""

    for i in range(10):
        publish(server, read(train([f"{i}"] * 2)))
        reload(server)
        assert label(server) == f"{i}"


def test_a_change_with_the_time_set_back_is_seen(server, train):
    settle()
    reload(server)
    path = server.path("m.joblib")
    times = os.stat(path)
    new = read(train(["new", "new"]))
    assert len(new) == times.st_size

    with open(path, "r+b") as file:
        file.write(new)

    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    reload(server)
    assert label(server) == "new"


def test_a_refused_reload_keeps_what_is_kept(server, train):
    """A configuration that fails gives back what it took over."""

    settle()
    reload(server)

    for _ in range(3):
        server.configure("knn_model m m.joblib; nonsense;", SERVER)
        count = server.log().count("unknown directive")
        server.signal(signal.SIGHUP)
        wait_for(lambda: server.log().count("unknown directive") > count)
        assert label(server) == "old"

    server.configure("knn_model m m.joblib;", SERVER)
    reload(server)
    assert log_of(server)[-1] == "kept"
    assert {label(server) for _ in range(20)} == {"old"}


def test_a_model_that_is_no_longer_named_is_freed(server):
    settle()
    reload(server)
    server.configure("", "")
    reload(server)
    server.configure("knn_model m m.joblib;", SERVER)
    reload(server)
    assert log_of(server)[-1] == "read"
    assert label(server) == "old"


def test_one_file_under_two_names_is_read_once(server):
    settle()
    server.configure("knn_model m m.joblib; knn_model n m.joblib;", SERVER
                     + "location = /n { knn_predict n; }")
    reload(server)
    reload(server)
    assert log_of(server, "n") == ["read", "kept"]
    assert server.post("/n", {"X": [0]}).json == {
        "prediction": "old", "model": "n", "version": "1.0.0"}

    # the one that is left has it still
    server.configure("knn_model n m.joblib;", "location = /n "
                     "{ knn_predict n; }")
    reload(server)
    assert log_of(server, "n")[-1] == "kept"
    assert server.post("/n", {"X": [0]}).json["prediction"] == "old"


def test_arrays_beside_a_dump_are_always_read(server):
    """Of their times nothing is known."""

    for path in glob.glob(os.path.join(ROOT, "tests", "models", "0.17.1",
                                       "brute.joblib*")):
        shutil.copy(path, server.directory)

    server.configure("knn_model m brute.joblib;", SERVER)
    settle()

    for _ in range(3):
        reload(server)

    assert log_of(server) == ["read"] * 4


@pytest.mark.skipif(not MODULE, reason="the module is part of the binary")
def test_the_module_comes_and_goes(server):
    """No configuration before this one, or none of this module's."""

    with open(server.path("nginx.conf")) as file:
        text = file.read()

    load = f"load_module {os.path.abspath(MODULE)};"
    assert load in text
    plain = text.replace(load, "").replace("knn_model m m.joblib;", "")
    plain = plain.replace(SERVER, "location = /predict { return 204; }")
    bare = plain[:plain.index("http {")]

    for conf, expected in ((plain, 204), (text, 200), (bare, None), (text, 200),
                           (load + bare, None), (text, 200), (text, 200)):
        with open(server.path("nginx.conf"), "w") as file:
            file.write(conf)

        reload(server)

        if expected:
            assert server.post("/predict", {"X": [0]}).status == expected


@pytest.mark.skipif(sanitized(), reason="sanitizers keep freed memory")
@pytest.mark.parametrize("swapped", [False, True])
def test_many_reloads_do_not_grow(server, train, swapped):
    models = [read(train([name] * 2)) for name in ("odd", "even")]

    def held():
        pid = server.pid()
        with open(f"/proc/{pid}/smaps_rollup") as file:
            (size,) = [int(line.split()[1]) for line in file
                       if line.startswith("Pss_Anon:")]
        with open(f"/proc/{pid}/maps") as file:
            maps = len(file.readlines())
        return size, len(os.listdir(f"/proc/{pid}/fd")), maps

    def reloads(n):
        for i in range(n):
            if swapped:
                publish(server, models[i % 2])
            reload(server)

    reloads(10)
    before = held()
    reloads(50)
    after = held()

    assert after[0] - before[0] < 256
    assert after[1] == before[1]
    assert abs(after[2] - before[2]) <= 2
    assert label(server) == ("even" if swapped else "old")
