"""A model of 1 GB: read once, by one process, and shared by all."""

import http.client
import json
import os
import shutil
import subprocess
import time

import joblib
import numpy
import pytest
from sklearn.neighbors import KNeighborsClassifier

from test_memory import ROOT, Server, smaps

KNN = os.environ.get("KNN", os.path.join(ROOT, "build", "knn"))

# less is faster, and shows the same
MODEL_BYTES = int(os.environ.get("KNN_MODEL_BYTES", 1 << 30))
FEATURES = 128
WORKERS = 8

# what the tests take at most, beside the page cache
NEEDED_MEMORY = 5 * MODEL_BYTES
NEEDED_DISK = 3 * MODEL_BYTES


def available():
    with open("/proc/meminfo") as file:
        return sum(int(line.split()[1]) << 10 for line in file
                   if line.startswith("MemAvailable:"))


def write(path, data_bytes):
    """A model by brute force, whose dump is little more than its rows."""

    rng = numpy.random.default_rng(0)
    n = data_bytes // (8 * FEATURES)
    x = rng.random((n, FEATURES))
    model = KNeighborsClassifier(algorithm="brute")
    joblib.dump(model.fit(x, rng.integers(0, 3, n)), path)


@pytest.fixture(scope="module", params=["joblib", "native"])
def model(request, tmp_path_factory):
    directory = tmp_path_factory.mktemp("large")

    if (available() < NEEDED_MEMORY
            or shutil.disk_usage(directory).free < NEEDED_DISK):
        pytest.skip(f"needs {NEEDED_MEMORY >> 20} MB of memory and "
                    f"{NEEDED_DISK >> 20} MB on disk")

    path = str(directory / "m.joblib")

    try:
        if request.param == "joblib":
            write(path, MODEL_BYTES)
        else:
            # it holds the rows, and the rows as they are laid out
            write(path, MODEL_BYTES // 2)
            subprocess.run([KNN, "convert", path, path + ".native"],
                           check=True)
            os.rename(path + ".native", path)

        yield path

    finally:
        shutil.rmtree(directory)


def serve(directory, model, workers):
    directory.mkdir()
    return Server(directory, f"knn_model m {model};",
                  "location / { knn_predict m; }", workers=workers)


def ask(server, requests=2 * WORKERS):
    """The answer of all workers, which search all of the model."""

    body = json.dumps({"X": [[0.5] * FEATURES]})
    answers = set()

    for _ in range(requests):
        connection = http.client.HTTPConnection("127.0.0.1", server.port,
                                                timeout=120)
        connection.request("POST", "/", body)
        reply = connection.getresponse()
        assert reply.status == 200
        answers.add(reply.read())
        connection.close()

    (answer,) = answers
    return answer


def total(pids):
    """Kilobytes of all processes together, what they share but once."""

    return sum(smaps(pid, "Pss") for pid in pids)


def status(process, field):
    """Kilobytes that the kernel has counted."""

    with open(process + "/status") as file:
        return sum(int(line.split()[1]) for line in file
                   if line.startswith(field + ":"))


def test_workers_share_it(model, tmp_path):
    """Each worker more costs under 1 MB."""

    sizes = {}

    for workers in (1, WORKERS):
        server = serve(tmp_path / str(workers), model, workers)
        ask(server)
        sizes[workers] = total([server.process.pid, *server.children()])
        server.stop()

    print(f"\n{os.path.getsize(model) >> 20} MB, total PSS in kB by workers:",
          sizes)
    assert sizes[1] << 10 > MODEL_BYTES * 2 // 5
    assert sizes[WORKERS] - sizes[1] < (WORKERS - 1) << 10


def test_reloads_share_it(model, tmp_path):
    """A reload takes neither time nor memory for what has not changed."""

    server = serve(tmp_path / "reload", model, 2)
    master = f"/proc/{server.process.pid}"
    answer = ask(server)
    before = total([server.process.pid, *server.children()])

    # only the master loads; the most that it had at once is counted anew
    with open(f"{master}/clear_refs", "w") as file:
        file.write("5")

    resident = status(master, "VmHWM")
    longest = 0.0

    for _ in range(5):
        began = time.monotonic()
        server.reload()
        longest = max(longest, time.monotonic() - began)
        assert ask(server, 4) == answer

    peak = status(master, "VmHWM")
    after = total([server.process.pid, *server.children()])
    server.stop()
    print(f"\nPSS before and after reloads, kB: {before} {after}; the most "
          f"resident in the master: {resident} {peak}; the longest took "
          f"{longest:.2f} s")

    assert server.log().count("still loaded from") == 5
    assert resident << 10 > MODEL_BYTES * 2 // 5
    assert peak - resident < 4 << 10
    assert abs(after - before) < 4 << 10


def test_a_changed_one_is_freed(model, tmp_path):
    """While it is replaced there are two, and then one."""

    copy = str(tmp_path / "copy")
    shutil.copy(model, copy)
    server = serve(tmp_path / "change", copy, 2)
    ask(server)
    before = total([server.process.pid, *server.children()])

    for _ in range(2):
        shutil.copy(model, copy + ".new")
        os.rename(copy + ".new", copy)
        server.reload()
        ask(server, 4)

    after = total([server.process.pid, *server.children()])
    server.stop()
    os.unlink(copy)
    print(f"\nPSS before and after changes, kB: {before} {after}")

    assert "still loaded from" not in server.log()

    assert abs(after - before) < 4 << 10
