#!/usr/bin/python3
"""What single rows wait while one client sends large batches.

    tests/bench/beside.py OUT [NGINX [POOL]]

One nginx worker on one core.  One client sends batches of 10,000 rows without
a pause; 64 others send 200 single rows a second in all, in turns to /iris and
to a handler that reads the body and answers a constant.  Told are the 99th
percentiles of these, and the rate of the batches with and without them.  OUT
holds both modules and takes http_beside.json; POOL is a pool of threads that
works at the batches.
"""

import json
import os
import statistics
import sys
import tempfile

import joblib
import sklearn.datasets
import sklearn.neighbors

import wrk

CONNECTIONS = 64
RATE = 200
SECONDS = 3
ROUNDS = 5
ROWS = 10000

# those who wait shall not wait for the other client, which has the same core
FIRST = ["chrt", "-f", "50"] if os.geteuid() == 0 else []

LOCATIONS = """
        location /digits {{ {pool} knn_predict digits; }}
        location /iris {{ {pool} knn_predict iris; }}
        location /constant {{ constant 60; }}
"""

DELAY = """
function delay()
    return {delay}
end
"""


def model(path):
    digits = sklearn.datasets.load_digits()
    joblib.dump(sklearn.neighbors.KNeighborsClassifier()
                .fit(digits.data, digits.target), path)
    return digits.data


def measure(batch, tmp):
    """The cells of a row."""

    url = f"http://127.0.0.1:{wrk.PORT}/"
    single = os.path.join(tmp, "single.lua")
    many = os.path.join(tmp, f"{batch}.lua")
    waits = {"iris": [], "constant": []}
    alone, beside = [], []

    for _ in range(ROUNDS):
        alone.append(wrk.result(wrk.begin(url + batch, many, 1, SECONDS))[0])

        for path, turns in waits.items():
            load = wrk.begin(url + batch, many, 1, SECONDS)
            turns.append(wrk.result(wrk.begin(
                url + path, single, CONNECTIONS, SECONDS, FIRST))[1])
            beside.append(wrk.result(load)[0])

    ours, limit = (statistics.median(turns) * 1e3 for turns in waits.values())
    alone, beside = statistics.median(alone), statistics.median(beside)

    return [f"10,000 rows to {batch}", f"{ours:.3f}", f"{limit:.3f}",
            f"{ours / limit:.2f}", f"{alone:.1f}", f"{beside:.1f}"]


def main(out, nginx="/usr/sbin/nginx", pool=""):
    out = os.path.abspath(out)

    with tempfile.TemporaryDirectory() as tmp:
        data = model(os.path.join(tmp, "digits.joblib"))
        rows = [data[i % len(data)].tolist() for i in range(ROWS)]

        script = wrk.write_script(os.path.join(tmp, "single.lua"),
                                  wrk.rows(1).encode())

        with open(script, "a") as file:
            file.write(DELAY.format(delay=1000 * CONNECTIONS // RATE))

        wrk.write_script(os.path.join(tmp, "iris.lua"),
                         wrk.rows(ROWS).encode())
        wrk.write_script(os.path.join(tmp, "digits.lua"),
                         json.dumps({"X": rows}).encode())

        conf = wrk.write_conf(
            tmp, [f"{out}/ngx_http_knn_module.so",
                  f"{out}/ngx_http_constant_module.so"],
            LOCATIONS.format(pool=pool and f"knn_thread_pool {pool};"),
            f"knn_model digits {tmp}/digits.joblib;\n"
            f"knn_model iris {wrk.ROOT}/examples/iris/iris.joblib;",
            buffer="256k",
            main=pool and f"thread_pool {pool} threads=1;")

        process, _ = wrk.start_nginx(nginx, conf, tmp)

        try:
            table = [measure("iris", tmp), measure("digits", tmp)]
        finally:
            wrk.stop(process)

    wrk.write_table(out, "http_beside", {
        "title": "Single rows beside large batches",
        "method": "One worker on one core. One client sends batches of 10,000 "
                  "rows without a pause, 64 others send 200 single rows a "
                  "second in all: what these wait, and those who send to a "
                  "handler that computes nothing.",
        "columns": ["batches", "single row, p99 ms", "constant, p99 ms",
                    "ratio", "batches/s alone", "beside single rows"],
        "rows": table,
        "notes": ["digits are 64 values to 1,797 training rows, iris 4 to "
                  "150."],
    })


if __name__ == "__main__":
    main(*sys.argv[1:])
