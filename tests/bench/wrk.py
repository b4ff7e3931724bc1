"""Servers on one core, and wrk, which loads them from another.

What the benchmarks over HTTP share: the configuration of an nginx with one
worker, the rate of requests, and the CPU time that they cost the server.
"""

import json
import os
import random
import re
import socket
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
PORT = int(os.environ.get("BENCH_PORT", "18080"))

SERVER = ["taskset", "-c", "0"]
CLIENT = ["taskset", "-c", "1"]

CONF = """
{modules}

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
    client_body_buffer_size {buffer};
    client_max_body_size 64m;
    keepalive_requests 100000000;

{http}

    server {{
        listen 127.0.0.1:{port};

{locations}
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
P99 = re.compile(r"99%\s+([\d.]+)(us|ms|s|m)")
BAD = re.compile(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)")
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


def rows(count):
    """A body of so many rows with one decimal, as iris has them."""

    rng = random.Random(count)
    box = ((43, 79), (20, 44), (10, 69), (1, 25))
    lists = [[rng.randint(low, high) / 10 for low, high in box]
             for _ in range(count)]
    return '{"X":%s}' % (str(lists[0] if count == 1 else lists)
                         .replace(" ", ""))


def write_script(path, body, headers=()):
    """A script of wrk that posts body, which is kept beside it."""

    with open(path + ".body", "wb") as file:
        file.write(body)

    with open(path, "w") as file:
        file.write(SCRIPT.format(body=path + ".body") + "".join(
            f'wrk.headers["{key}"] = "{value}"\n' for key, value in headers))

    return path


def children(pid):
    """The processes that one has begun, and they."""

    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            found = [int(child) for child in file.read().split()]
    except OSError:
        return []

    return found + [deep for child in found for deep in children(child)]


def cpu_seconds(pids):
    spent = 0

    for pid in pids:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()

        spent += int(fields[11]) + int(fields[12])

    return spent / os.sysconf("SC_CLK_TCK")


def begin(url, script, connections, seconds, first=()):
    return subprocess.Popen(
        [*first, *CLIENT, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s",
         "--timeout", "60s", "--latency", "-s", script, url],
        text=True, stdout=subprocess.PIPE)


def result(process):
    """Requests per second and 99th percentile in seconds."""

    text = process.communicate()[0]
    bad = BAD.search(text)

    if bad or process.returncode:
        sys.exit(f"{process.args[-1]}: {bad and bad.group(0)}")

    value, unit = P99.search(text).groups()
    return float(RATE.search(text).group(1)), float(value) * UNITS[unit]


def load(url, script, connections, pids, seconds):
    """One turn: requests per second, p99 and CPU time of a request."""

    before, began = cpu_seconds(pids), time.monotonic()
    rate, p99 = result(begin(url, script, connections, seconds))
    spent = cpu_seconds(pids) - before
    return rate, p99, spent / (rate * (time.monotonic() - began))


def write_conf(tmp, modules, locations, http="", buffer="64m", port=None,
               main=""):
    conf = os.path.join(tmp, "nginx.conf")

    with open(conf, "w") as file:
        file.write(CONF.format(
            modules="".join(f"load_module {path};\n" for path in modules)
            + main, tmp=tmp, http=http, locations=locations, buffer=buffer,
            port=port or PORT))

    return conf


def start(command, port, environ=None):
    """A server and its processes, when it listens."""

    # nginx takes $NGINX for the sockets of a binary that it replaces
    environ = {**os.environ, **(environ or {})}
    environ.pop("NGINX", None)
    process = subprocess.Popen(command, env=environ)

    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.05)

        if process.poll() is not None:
            sys.exit(f"{command[-1]}: ended with {process.returncode}")
    else:
        process.kill()
        sys.exit(f"{command[-1]}: does not listen on port {port}")

    # its workers, too
    time.sleep(0.5)
    return process, children(process.pid) or [process.pid]


def start_nginx(nginx, conf, tmp, port=None):
    return start([nginx, "-p", tmp, "-c", conf], port or PORT)


def stop(process):
    process.terminate()
    process.wait()


def write_table(out, name, table):
    """As JSON in OUT, and as Markdown for who looks on."""

    with open(os.path.join(out, f"{name}.json"), "w") as file:
        json.dump(table, file, indent=1, ensure_ascii=False)
        file.write("\n")

    print(f"\n{table['title']}\n\n| " + " | ".join(table["columns"]) + " |\n|"
          + " --- |" * len(table["columns"]))

    for row in table["rows"]:
        print("| " + " | ".join(row) + " |")

    print("\n" + "\n".join(table["notes"]) + "\n", flush=True)
