#!/usr/bin/python3
"""Compares two builds of the module at single rows.

    tests/bench/compare.py MODULE OTHER_MODULE [NGINX]

Each build is one nginx with one worker, on one core; wrk loads them from
another core with 64 connections, in turns.  What is compared are the CPU time
of a request and the rate, as the median of the ratios of the rounds, which
are short, so that both have the same load of others beside them.
"""

import os
import statistics
import sys
import tempfile

import wrk

ROUNDS = int(os.environ.get("ROUNDS", "40"))
CONNECTIONS = 64
MODEL = f"knn_model iris {wrk.ROOT}/examples/iris/iris.joblib;"
LOCATION = "location /predict { knn_predict iris; }"


def main(module, other, nginx="/usr/sbin/nginx"):
    modules = [os.path.abspath(module), os.path.abspath(other)]
    turns = [], []
    servers = []

    with tempfile.TemporaryDirectory() as tmp:
        script = wrk.write_script(os.path.join(tmp, "wrk.lua"),
                                  wrk.rows(1).encode())

        try:
            for i, path in enumerate(modules):
                port = wrk.PORT + i
                directory = os.path.join(tmp, str(i))
                os.mkdir(directory)
                conf = wrk.write_conf(directory, [path], LOCATION, MODEL,
                                      port=port)
                servers.append((*wrk.start_nginx(nginx, conf, directory,
                                                 port), port))

            for number in range(ROUNDS):
                # neither is always the first
                for i in (0, 1) if number % 2 else (1, 0):
                    _, pids, port = servers[i]
                    turns[i].append(wrk.load(
                        f"http://127.0.0.1:{port}/predict", script,
                        CONNECTIONS, pids, 1))
        finally:
            for process, _, _ in servers:
                wrk.stop(process)

    for path, results in zip(modules, turns):
        rate, _, cpu = (statistics.median(column) for column in zip(*results))
        print(f"{path}: {rate:,.0f} requests/s, {cpu * 1e6:.2f} µs of CPU")

    for name, column in ("rate", 0), ("CPU", 2):
        ratios = [other[column] / one[column] for one, other in zip(*turns)]
        low, middle, high = statistics.quantiles(ratios, n=4)
        print(f"{name}: {middle:.4f} (quartiles {low:.4f} to {high:.4f})")


if __name__ == "__main__":
    main(*sys.argv[1:])
