#!/usr/bin/python3
"""What single rows wait while one client sends large batches.

    tests/bench/beside.py OUT [NGINX]

One nginx worker on one core.  One client sends batches of 10,000 rows without
a pause; 64 others send 200 single rows a second in all, in turns to /predict
and to a handler that reads the body and answers a constant.  Printed are the
99th percentiles of these, and the rate of the batches with and without them.
OUT holds both modules.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile

import joblib
import sklearn.datasets
import sklearn.neighbors

import predict

CONNECTIONS = 64
RATE = 200
SECONDS = 5
ROUNDS = 5
ROWS = 10000

# those who wait shall not wait for the other client, which has the same core
FIRST = ["chrt", "-f", "50"] if os.geteuid() == 0 else []

LOCATIONS = """
        location /digits {{ {pool} knn_predict digits; }}
        location /iris {{ {pool} knn_predict iris; }}
        location /constant {{ constant 60; }}
"""

SINGLE = predict.SCRIPT + """
function delay()
    return {delay}
end
"""


def model(path):
    digits = sklearn.datasets.load_digits()
    joblib.dump(sklearn.neighbors.KNeighborsClassifier()
                .fit(digits.data, digits.target), path)
    return digits.data


def wrk(url, script, connections, first=()):
    return subprocess.Popen(
        [*first, "taskset", "-c", "1", "wrk", "-t1", f"-c{connections}",
         f"-d{SECONDS}s", "--timeout", "10s", "--latency", "-s", script, url],
        text=True, stdout=subprocess.PIPE)


def read(process):
    """Requests per second, 50th and 99th percentile in seconds."""

    text = process.communicate()[0]
    bad = predict.BAD.search(text)

    if bad or process.returncode:
        sys.exit(f"{process.args[-1]}: {bad and bad.group(0)}")

    value, unit = predict.P99.search(text).groups()
    return (float(predict.RATE.search(text).group(1)),
            float(value) * predict.UNITS[unit])


def measure(batch, tmp):
    url = f"http://127.0.0.1:{predict.PORT}/"
    single = os.path.join(tmp, "single.lua")
    many = os.path.join(tmp, f"{batch}.lua")
    waits = {"iris": [], "constant": []}
    alone, beside = [], []

    for _ in range(ROUNDS):
        alone.append(read(wrk(url + batch, many, 1))[0])

        for path, turns in waits.items():
            load = wrk(url + batch, many, 1)
            turns.append(read(wrk(url + path, single, CONNECTIONS,
                                  FIRST))[1])
            beside.append(read(load)[0])

    ours, limit = (statistics.median(turns) * 1e3 for turns in waits.values())
    alone, beside = statistics.median(alone), statistics.median(beside)

    print(f"| 10,000 to {batch} | {ours:.3f} | {limit:.3f} "
          f"| {ours / limit:.2f} | {alone:.1f} | {beside:.1f} |", flush=True)


def write(path, body, template, **options):
    with open(path + ".json", "w") as file:
        file.write(body)

    with open(path, "w") as file:
        file.write(template.format(body=path + ".json", **options))


def main(out, nginx="/usr/sbin/nginx", pool=""):
    out = os.path.abspath(out)

    with tempfile.TemporaryDirectory() as tmp:
        data = model(os.path.join(tmp, "digits.joblib"))
        rows = [data[i % len(data)].tolist() for i in range(ROWS)]

        write(os.path.join(tmp, "single.lua"), predict.rows(1), SINGLE,
              delay=1000 * CONNECTIONS // RATE)
        write(os.path.join(tmp, "iris.lua"), predict.rows(ROWS),
              predict.SCRIPT)
        write(os.path.join(tmp, "digits.lua"), json.dumps({"X": rows}),
              predict.SCRIPT)

        conf = os.path.join(tmp, "nginx.conf")
        text = predict.CONF.format(
            out=out, tmp=tmp, root=predict.ROOT, port=predict.PORT,
            constants=LOCATIONS.format(
                pool=pool and f"knn_thread_pool {pool};"))
        text = text.replace("knn_model iris",
                            f"knn_model digits {tmp}/digits.joblib;\n"
                            "    knn_model iris")
        text = text.replace("client_max_body_size 4m", "client_max_body_size "
                            "64m").replace("buffer_size 4m",
                                           "buffer_size 256k")

        if pool:
            text = text.replace("events {",
                                f"thread_pool {pool} threads=1;\nevents {{")

        with open(conf, "w") as file:
            file.write(text)

        process, _ = predict.start(nginx, conf, tmp)

        try:
            print("| batches of | single p99 ms | constant p99 ms | ratio "
                  "| batches/s alone | beside |\n|" + " --- |" * 6)
            measure("iris", tmp)
            measure("digits", tmp)
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
