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

import predict

ROUNDS = int(os.environ.get("ROUNDS", "40"))
CONNECTIONS = 64

predict.SECONDS = 1


def start(module, nginx, tmp, port):
    conf = os.path.join(tmp, "nginx.conf")
    text = predict.CONF.replace("{out}/ngx_http_knn_module.so", module)
    text = text.replace("load_module {out}/ngx_http_constant_module.so;", "")

    with open(conf, "w") as file:
        file.write(text.format(tmp=tmp, root=predict.ROOT, port=port,
                               constants=""))

    predict.PORT = port
    return predict.start(nginx, conf, tmp)


def main(module, other, nginx="/usr/sbin/nginx"):
    modules = [os.path.abspath(module), os.path.abspath(other)]
    turns = [], []
    processes = []

    with tempfile.TemporaryDirectory() as tmp:
        body = os.path.join(tmp, "body")
        script = os.path.join(tmp, "wrk.lua")

        with open(body, "w") as file:
            file.write(predict.rows(1))

        with open(script, "w") as file:
            file.write(predict.SCRIPT.format(body=body))

        try:
            for i, path in enumerate(modules):
                directory = os.path.join(tmp, str(i))
                os.mkdir(directory)
                port = predict.PORT + 1
                processes.append((*start(path, nginx, directory, port), port))

            for number in range(ROUNDS):
                # neither is always the first
                for i in (0, 1) if number % 2 else (1, 0):
                    _, worker, port = processes[i]
                    turns[i].append(predict.load(
                        f"http://127.0.0.1:{port}/predict", script,
                        CONNECTIONS, worker))
        finally:
            for process, _, _ in processes:
                process.terminate()
                process.wait()

    for path, results in zip(modules, turns):
        rate, _, cpu = (statistics.median(column) for column in zip(*results))
        print(f"{path}: {rate:,.0f} requests/s, {cpu * 1e6:.2f} µs of CPU")

    for name, column in ("rate", 0), ("CPU", 2):
        ratios = [other[column] / one[column] for one, other in zip(*turns)]
        low, middle, high = statistics.quantiles(ratios, n=4)
        print(f"{name}: {middle:.4f} (quartiles {low:.4f} to {high:.4f})")


if __name__ == "__main__":
    main(*sys.argv[1:])
