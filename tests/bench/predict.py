#!/usr/bin/python3
"""What a prediction costs over HTTP, as a ratio to a constant handler.

    tests/bench/predict.py OUT [NGINX]

One nginx worker on one core serves /predict (the iris example) beside
/constant, a handler that reads the same body and answers a constant of the
same length.  wrk loads them from another core, in turns; ratios are those of
the medians of the rounds.  OUT holds both modules.
"""

import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
ROUNDS = 5
SECONDS = 4
PORT = int(os.environ.get("BENCH_PORT", "18080"))

CONF = """
load_module {out}/ngx_http_knn_module.so;
load_module {out}/ngx_http_constant_module.so;

daemon off;
user root;
pid {tmp}/nginx.pid;
error_log {tmp}/error.log;
worker_processes 1;
worker_cpu_affinity 01;

events {{
    worker_connections 1024;
}}

http {{
    access_log off;
    client_body_temp_path {tmp}/body;
    proxy_temp_path {tmp}/proxy;
    fastcgi_temp_path {tmp}/fastcgi;
    uwsgi_temp_path {tmp}/uwsgi;
    scgi_temp_path {tmp}/scgi;
    client_body_buffer_size 4m;
    client_max_body_size 4m;
    keepalive_requests 100000000;

    knn_model iris {root}/examples/iris/iris.joblib;

    server {{
        listen 127.0.0.1:{port};

        location /predict {{
            knn_predict iris;
        }}

{constants}
    }}
}}
"""

SCRIPT = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local file = io.open("{body}", "rb")
wrk.body = file:read("*a")
file:close()
"""

RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
P99 = re.compile(r"99%\s+([\d.]+)(us|ms|s)")
BAD = re.compile(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)")
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0}


def rows(count):
    """A body of so many rows with one decimal, as iris has them."""

    rng = random.Random(count)
    box = ((43, 79), (20, 44), (10, 69), (1, 25))
    lists = [[rng.randint(low, high) / 10 for low, high in box]
             for _ in range(count)]
    return '{"X":%s}' % (str(lists[0] if count == 1 else lists)
                         .replace(" ", ""))


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load(url, script, connections, worker):
    """One turn of wrk: requests per second, p99 and CPU time of a request."""

    before = cpu_seconds(worker)
    text = subprocess.run(
        ["taskset", "-c", "1", "wrk", "-t1", f"-c{connections}",
         f"-d{SECONDS}s", "--latency", "-s", script, url],
        check=True, text=True, stdout=subprocess.PIPE).stdout
    spent = cpu_seconds(worker) - before
    bad = BAD.search(text)

    if bad:
        sys.exit(f"{url}: {bad.group(0)}")

    rate = float(RATE.search(text).group(1))
    value, unit = P99.search(text).groups()
    return rate, float(value) * UNITS[unit], spent / (rate * SECONDS)


def start(nginx, conf, tmp):
    # nginx takes $NGINX for the sockets of a binary that it replaces
    environ = {key: value for key, value in os.environ.items()
               if key != "NGINX"}
    process = subprocess.Popen([nginx, "-p", tmp, "-c", conf], env=environ)

    for _ in range(100):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/predict?X=5,3,1,0")
            break
        except OSError:
            time.sleep(0.05)
    else:
        process.kill()
        sys.exit("nginx did not start")

    children = f"/proc/{process.pid}/task/{process.pid}/children"

    with open(children) as file:
        return process, int(file.read().split()[0])


def measure(worker, name, count, connections, tmp):
    """Both handlers in turns; prints one row of the table."""

    script = os.path.join(tmp, f"{name}.lua")
    results = {"predict": [], f"constant-{count}": []}

    for _ in range(ROUNDS):
        for path, turns in results.items():
            turns.append(load(f"http://127.0.0.1:{PORT}/{path}", script,
                              connections, worker))

    ours, limit = ([statistics.median(column) for column in zip(*turns)]
                   for turns in results.values())

    print(f"| {name} | {connections} | {ours[0]:,.0f} | {limit[0]:,.0f} "
          f"| {ours[0] / limit[0]:.2f} | {ours[1] * 1e3:.3f} "
          f"| {limit[1] * 1e3:.3f} | {ours[1] / limit[1]:.2f} "
          f"| {ours[2] * 1e6:.2f} | {limit[2] * 1e6:.2f} "
          f"| {ours[0] * count:,.0f} |", flush=True)


def main(out, nginx="/usr/sbin/nginx"):
    out = os.path.abspath(out)
    cases = (("1 row", 1, 1), ("1 row", 1, 64), ("100 rows", 100, 64),
             ("10000 rows", 10000, 4))

    with tempfile.TemporaryDirectory() as tmp:
        constants = []

        for name, count, _ in cases:
            body = os.path.join(tmp, f"{count}.json")

            with open(body, "w") as file:
                file.write(rows(count))

            with open(os.path.join(tmp, f"{name}.lua"), "w") as file:
                file.write(SCRIPT.format(body=body))

        conf = os.path.join(tmp, "nginx.conf")

        # the constants have the length of the answers
        for stage in (1, 2):
            with open(conf, "w") as file:
                file.write(CONF.format(out=out, tmp=tmp, root=ROOT, port=PORT,
                                       constants="\n".join(constants)))

            process, worker = start(nginx, conf, tmp)

            try:
                if stage == 2:
                    print("| body | connections | predict/s | constant/s "
                          "| ratio | p99 ms | constant p99 ms | p99 ratio "
                          "| CPU µs | constant CPU µs | rows/s |\n"
                          "|" + " --- |" * 11)

                    for name, count, connections in cases:
                        measure(worker, name, count, connections, tmp)

                    break

                for count in sorted({case[1] for case in cases}):
                    with open(os.path.join(tmp, f"{count}.json"), "rb") as file:
                        reply = urllib.request.urlopen(
                            f"http://127.0.0.1:{PORT}/predict",
                            file.read()).read()

                    constants.append(f"location /constant-{count} {{ constant "
                                     f"{len(reply)}; }}")
            finally:
                process.terminate()
                process.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
