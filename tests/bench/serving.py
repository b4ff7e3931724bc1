#!/usr/bin/python3
"""Compares predictions over HTTP with a constant handler, and with others.

    tests/bench/serving.py OUT [--servers DIRECTORY] [--nginx PATH]
                           [--only NAME,…] [--tables single,batch,binary]

All answer the same requests by the same model: the module, a handler of the
same nginx that reads the body and answers a constant as long as the reply
(the limit), LuaJIT and njs in that nginx, and those of tests/bench/servers.
Each has one core; wrk loads them from another, in turns.  Numbers are medians
of the rounds, ratios are of one round each.  OUT holds the modules, and takes
http_single.json, http_batch.json and http_binary.json; DIRECTORY holds the
packages of Python and Node.
"""

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

import joblib
import numpy as np
import sklearn
import sklearn.datasets
import sklearn.neighbors

import wrk

SERVERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "servers")
MODULES = "/usr/lib/nginx/modules"
ROWS = 10000

CONSTANT = "location = /constant/{case} {{ constant {size}; }}\n"
OURS = "location = /knn/{model} {{ knn_predict {model}; }}\n"
LUA = """location = /lua/{model} {{
    content_by_lua_block {{ {model}:serve() }}
}}
"""
NJS = "location = /njs/{model} {{ js_content njs.{model}; }}\n"

# from so many seconds on, requests come one by one, and in one round only
SLOW = 0.2
PATIENCE = 2
REQUESTS = 5


class Case:
    """One body, and how it is sent."""

    def __init__(self, name, model, rows, connections, rounds):
        self.name, self.model, self.rows = name, model, rows
        self.connections, self.rounds = connections, rounds
        X = rows[0] if len(rows) == 1 else rows
        self.body = json.dumps({"X": X}, separators=(",", ":")).encode()
        self.script = None
        self.turns = {}

    def answer(self, url):
        """What a server predicts, and how long that took."""

        request = urllib.request.Request(
            url, self.body, {"Content-Type": "application/json"})
        began = time.monotonic()

        with urllib.request.urlopen(request, timeout=60) as reply:
            text = reply.read()

        found = json.loads(text)
        found = found.get("predictions", found.get("prediction"))
        return found, time.monotonic() - began, len(text)


class Server:
    """One that is compared: where it listens, and its processes."""

    def __init__(self, name, path, pids, about):
        self.name, self.path, self.pids, self.about = name, path, pids, about

    def url(self, case):
        return self.path.format(case=case.name.replace(" ", "-"),
                                model=case.model)


def untied(model, draw, count):
    """Rows whose answers do not depend on which of equally near rows count."""

    found = []

    while len(found) < count:
        rows = draw(count)
        distances, _ = model.kneighbors(rows, model.n_neighbors + 1)
        rows = rows[distances[:, -1] - distances[:, -2] > 1e-6]
        found += rows.tolist()

    return found[:count]


def train(tmp):
    """The models, as joblib files and as JSON, and rows like theirs."""

    X, y = sklearn.datasets.load_iris(return_X_y=True)
    names = np.array(["setosa", "versicolor", "virginica"])
    iris = sklearn.neighbors.KNeighborsClassifier().fit(X, names[y])
    X, y = sklearn.datasets.load_digits(return_X_y=True)
    means = [X[y == digit].mean(axis=0).round(4) for digit in range(10)]
    digits = sklearn.neighbors.KNeighborsClassifier(1).fit(means, range(10))
    rng = np.random.default_rng(1)

    rows = {
        "iris": untied(iris, lambda n: rng.integers(
            (43, 20, 10, 1), (80, 45, 70, 26), (n, 4)) / 10, ROWS),
        "digits": untied(digits, lambda n: (X[rng.integers(0, len(X), n)]
                         + rng.normal(0, 0.5, (n, 64))).round(3), ROWS),
    }

    for name, model in (("iris", iris), ("digits", digits)):
        joblib.dump(model, os.path.join(tmp, f"{name}.joblib"))

        with open(os.path.join(tmp, f"{name}.json"), "w") as file:
            json.dump({"name": name, "k": model.n_neighbors,
                       "classes": model.classes_.tolist(),
                       "X": np.asarray(model._fit_X).tolist(),
                       "y": model._y.tolist()}, file)

    return rows


def make_cases(rows):
    iris, digits = rows["iris"], rows["digits"]
    return {
        "single": [Case("1 row, 1 connection", "iris", iris[:1], 1, 5),
                   Case("1 row, 64 connections", "iris", iris[:1], 64, 9)],
        "batch": [Case("100 x 4", "iris", iris[:100], 16, 5),
                  Case("10000 x 4", "iris", iris, 4, 3),
                  Case("10000 x 64", "digits", digits, 2, 3)],
    }


class Nginx:
    """The module, the limit, and what else runs inside nginx."""

    def __init__(self, args, tmp, cases):
        self.args, self.tmp = args, tmp
        self.sizes = {}
        self.lua = os.path.exists(f"{MODULES}/ngx_http_lua_module.so")
        self.njs = os.path.exists(f"{MODULES}/ngx_http_js_module.so")

        # the constants have the length of the replies
        self.start()
        url = f"http://127.0.0.1:{wrk.PORT}/knn/"

        for case in cases:
            self.sizes[case] = case.answer(url + case.model)[2]

        wrk.stop(self.process)
        self.start()

    def start(self):
        out, tmp = self.args.out, self.tmp
        modules = [f"{out}/ngx_http_knn_module.so",
                   f"{out}/ngx_http_constant_module.so"]
        http = "".join(f"knn_model {name} {tmp}/{name}.joblib;\n"
                       for name in ("iris", "digits"))
        forms = [OURS]

        if self.lua:
            modules += [f"{MODULES}/ndk_http_module.so",
                        f"{MODULES}/ngx_http_lua_module.so"]
            http += (f'lua_package_path "{SERVERS}/?.lua;;";\n'
                     'init_by_lua_block { local knn = require "knn"\n'
                     + "".join(f'{name} = knn.load("{tmp}/{name}.json")\n'
                               for name in ("iris", "digits")) + "}\n")
            forms.append(LUA)

        if self.njs:
            modules.append(f"{MODULES}/ngx_http_js_module.so")
            http += (f'js_path "{SERVERS}";\njs_import njs from njs.js;\n'
                     + "".join(f"js_preload_object {name} from "
                               f"{tmp}/{name}.json;\n"
                               for name in ("iris", "digits")))
            forms.append(NJS)

        locations = "".join(form.format(model=name) for form in forms
                            for name in ("iris", "digits"))
        locations += "".join(
            CONSTANT.format(case=case.name.replace(" ", "-"), size=size)
            for case, size in self.sizes.items())

        conf = wrk.write_conf(tmp, modules, locations, http)
        self.process, self.pids = wrk.start_nginx(self.args.nginx, conf, tmp)

    def servers(self):
        base = f"http://127.0.0.1:{wrk.PORT}"
        yield Server("constant handler", base + "/constant/{case}", self.pids,
                     "the limit")
        yield Server("nginx-knn", base + "/knn/{model}", self.pids, "")

        if self.lua:
            yield Server("LuaJIT in nginx", base + "/lua/{model}", self.pids,
                         "lua-nginx-module, cjson")

        if self.njs:
            yield Server("njs in nginx", base + "/njs/{model}", self.pids, "")


def commands(args, tmp):
    """{name: (command by port, environment, what it is)}"""

    python = os.path.join(args.servers, "python", "bin")
    js = [os.path.join(tmp, f"{name}.json") for name in ("iris", "digits")]
    joblibs = [os.path.join(tmp, f"{name}.joblib")
               for name in ("iris", "digits")]
    uvicorn = [f"{python}/python", "-m", "uvicorn", "--log-level", "warning",
               "--no-access-log", "--app-dir", SERVERS]

    # one core, and no threads of numerical libraries that wait for another
    path = {"PYTHONPATH": SERVERS, "PYTHONDONTWRITEBYTECODE": "1",
            "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

    yield ("Node, fastify", ["node", f"{SERVERS}/node.js", "{port}", *js],
           {"NODE_PATH": os.path.join(args.servers, "node_modules")},
           "typed arrays")
    yield ("ASGI + NumPy", [*uvicorn, "--port", "{port}", "serve_asgi:app"],
           {**path, "MODELS": ":".join(js)}, "uvicorn, orjson")
    yield ("FastAPI + scikit-learn",
           [*uvicorn, "--port", "{port}", "serve_fastapi:app"],
           {**path, "MODELS": ":".join(joblibs)}, "uvicorn")
    yield ("Flask + scikit-learn",
           [f"{python}/python", "-m", "gunicorn", "-w", "1", "-k", "gthread",
            "--threads", "4", "--log-level", "warning", "-b",
            "127.0.0.1:{port}", "serve_flask:app"],
           {**path, "MODELS": ":".join(joblibs)}, "gunicorn, 4 threads")


def begin_others(args, tmp, wanted):
    """Servers that are processes of their own, and these processes."""

    servers, processes = [], []

    for i, (name, command, environ, about) in enumerate(commands(args, tmp)):
        if not wanted(name):
            continue

        port = wrk.PORT + 1 + i
        command = [word.format(port=port) for word in command]
        process, pids = wrk.start([*wrk.SERVER, *command], port, environ)
        processes.append(process)
        servers.append(Server(name, f"http://127.0.0.1:{port}/{{model}}",
                              [process.pid, *pids], about))

    return servers, processes


def check(servers, case):
    """How long each takes, after all have answered the same."""

    latency = {}
    expected = None

    for server in servers[1:]:
        found, _, _ = case.answer(server.url(case))
        expected = expected or found

        if found != expected:
            sys.exit(f"{server.name} answers {case.name} as no other does")

        latency[server] = case.answer(server.url(case))[1]

    latency[servers[0]] = latency[servers[1]]
    return latency


def measure(servers, case, tmp):
    """Lists of (rate, p99, CPU time) by server, of one round each."""

    latency = check(servers, case)
    script = wrk.write_script(
        os.path.join(tmp, case.name.replace(" ", "-") + ".lua"), case.body)
    turns = {server: [] for server in servers}

    for number in range(case.rounds):
        # none is always behind the same other
        for server in servers if number % 2 else servers[::-1]:
            if number > 0 and latency[server] > PATIENCE:
                continue

            took = latency[server]
            turns[server].append(wrk.load(
                server.url(case), script,
                case.connections if took < SLOW else 1, server.pids,
                math.ceil(max(1, REQUESTS * took))))

    for server in servers:
        print(f"{case.name}: {server.name} "
              f"{statistics.median(turn[0] for turn in turns[server]):,.1f} "
              "requests/s", flush=True)

    return turns


def ratio(turns, servers, server, i, j):
    """Of one to another, as the median of the rounds."""

    return statistics.median(
        one[0] / other[0]
        for one, other in zip(turns[servers[i] if server is None else server],
                              turns[servers[j]]))


def median(turns, column):
    return statistics.median(turn[column] for turn in turns)


def machine(args):
    with open("/proc/cpuinfo") as file:
        model = next(line.split(":", 1)[1].strip() for line in file
                     if line.startswith("model name"))

    version = subprocess.run([args.nginx, "-v"], text=True,
                             stderr=subprocess.PIPE).stderr.split("/")[1]
    return (f"{model}; nginx {version.split()[0]}, "
            f"Python {platform.python_version()}, "
            f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}")


METHOD = ("One core for the server, wrk on another, keep-alive, no access "
          "log, in turns; medians of the rounds, ratios are those of each "
          "round. All answer the same: the 5 nearest of the 150 rows of iris, "
          "a vote, JSON with the model's name and version. ")


def write_single(args, servers, cases):
    one, many = (case.turns for case in cases)
    limit, ours = servers[0], servers[1]
    rows = []

    for server in servers:
        rows.append([
            server.name + (f" ({server.about})" if server.about else ""),
            f"{ratio(one, servers, server, 0, 0):.2f}",
            f"{median(many[server], 0):,.0f}",
            f"{ratio(many, servers, server, 0, 0):.3f}",
            f"{median(many[server], 1) * 1e3:.2f}",
            f"{median(many[server], 2) * 1e6:.1f}",
            "" if server is limit else
            f"{1 / ratio(many, servers, server, 0, 1):.1f}",
        ])

    best = max(turn[0] for turn in many[ours]) \
        / max(turn[0] for turn in many[limit])
    wrk.write_table(args.out, "http_single", {
        "title": "One row over HTTP",
        "method": METHOD + machine(args) + ".",
        "columns": ["server", "1 connection, of the limit",
                    "64 connections, requests/s", "of the limit", "p99, ms",
                    "CPU per request, µs", "times behind nginx-knn"],
        "rows": rows,
        "notes": ["The limit is a handler of the same nginx that reads the "
                  "same body and answers a constant of the same length. At "
                  "one connection the round trip hides what is computed.",
                  "Of the limit by the best rounds: "
                  f"{best:.3f}."],
    })


def write_batch(args, servers, cases):
    limit = servers[0]
    rows = []

    for server in servers:
        cells = [server.name]

        for case in cases:
            turns = case.turns[server]
            count = median(turns, 0) * len(case.rows)
            cells.append(f"{count:,.0f}")

        small = cases[0].turns
        cells.insert(1, f"{ratio(small, servers, server, 0, 0):.2f}")
        cells.append(f"{median(cases[1].turns[server], 2) * 1e9 / ROWS:,.0f}")
        rows.append(cells)

    wrk.write_table(args.out, "http_batch", {
        "title": "Batches of JSON over HTTP",
        "method": METHOD + "Rows of 4 values are of iris with one decimal, "
                  "rows of 64 are like scikit-learn's digits with three, "
                  "against the mean image of each digit: 10 training rows, "
                  "1 neighbour. " + machine(args) + ".",
        "columns": ["server", "100 x 4, of the limit", "100 x 4, rows/s",
                    "10,000 x 4, rows/s", "10,000 x 64, rows/s",
                    "CPU per row of 4, ns"],
        "rows": rows,
        "notes": [f"\"{limit.name}\" reads the body and computes nothing.",
                  "16, 4 and 2 connections."],
    })


def tensor_requests(rows):
    """{name: (path, body, header fields)} of the same rows."""

    about = {"name": "x", "shape": list(rows.shape), "datatype": "FP32"}
    head = json.dumps({"inputs": [{
        **about, "parameters": {"binary_data_size": rows.nbytes}}],
        "parameters": {"binary_data_output": True}}).encode()

    # the shortest texts that float32 has, to be fair
    numbers = ",".join(map(str, rows.ravel()))
    matrix = ",".join(f"[{','.join(map(str, row))}]" for row in rows)
    text = json.dumps({"inputs": [{**about, "data": []}]}).replace(
        "[]}", f"[{numbers}]}}")

    return {
        "V2, binary tensors": ("/v2/models/{model}/infer",
                               head + rows.tobytes(),
                               [("Inference-Header-Content-Length",
                                 len(head))]),
        "V2, JSON": ("/v2/models/{model}/infer", text.encode(), []),
        "JSON": ("/{model}", f'{{"X":[{matrix}]}}'.encode(), []),
    }


def tensor_labels(reply):
    data = reply.read()
    size = reply.headers["Inference-Header-Content-Length"]

    if size:
        return np.frombuffer(data[int(size):], "<i8").tolist()

    found = json.loads(data)
    return found.get("predictions") or found["outputs"][0]["data"]


def measure_binary(args, tmp):
    """Rows of the table: each form, and the library without HTTP."""

    X, y = sklearn.datasets.load_digits(return_X_y=True)
    rng = np.random.default_rng(10)
    rows = (X[rng.integers(0, len(X), ROWS)]
            + rng.normal(0, 0.5, (ROWS, 64))).astype("<f4")
    rows.tofile(os.path.join(tmp, "rows.f4"))
    table = []

    joblib.dump(sklearn.neighbors.KNeighborsClassifier().fit(X, y),
                os.path.join(tmp, "all.joblib"))
    conf = wrk.write_conf(
        tmp, [f"{args.out}/ngx_http_knn_module.so"],
        "location /v2 { knn_api v2; }\n" + "".join(
            f"location = /{name} {{ knn_predict {name}; }}\n"
            for name in ("digits", "all")),
        "".join(f"knn_model {name} {tmp}/{name}.joblib;\n"
                for name in ("digits", "all")))
    process, pids = wrk.start_nginx(args.nginx, conf, tmp)

    try:
        for model, name in (("digits", "10 training rows"),
                            ("all", f"{len(X):,} training rows")):
            table += binary_rows(args, tmp, model, name, rows, pids)
    finally:
        wrk.stop(process)

    return table


def binary_rows(args, tmp, model, name, rows, pids):
    forms = tensor_requests(rows)
    turns = {form: [] for form in forms}
    alone, expected = [], None

    for form, (path, body, headers) in forms.items():
        url = f"http://127.0.0.1:{wrk.PORT}" + path.format(model=model)
        forms[form] = (url, wrk.write_script(
            os.path.join(tmp, f"{form.replace(' ', '-')}.lua"), body,
            headers), len(body))
        found = tensor_labels(urllib.request.urlopen(urllib.request.Request(
            url, body, {key: str(value) for key, value in headers})))
        expected = expected or found

        if found != expected:
            sys.exit("the forms do not have the same answers")

    for _ in range(5):
        for form, (url, script, _) in forms.items():
            turns[form].append(wrk.load(url, script, 2, pids, 1))

        alone.append(float(subprocess.run(
            [*wrk.SERVER, f"{args.out}/alone", f"{tmp}/{model}.joblib",
             f"{tmp}/rows.f4", str(ROWS), "5"], check=True, text=True,
            stdout=subprocess.PIPE).stdout))

    library = statistics.median(alone)
    table = [[f"{name}: the library alone", "", f"{library * 1e3:.2f}",
              f"{ROWS / library:,.0f}", "1"]]

    for form, (_, _, size) in forms.items():
        cpu = median(turns[form], 2)
        times = statistics.median(turn[2] / one
                                  for turn, one in zip(turns[form], alone))
        table.append([f"{name}: {form}", f"{size / 1e6:.2f}",
                      f"{cpu * 1e3:.2f}",
                      f"{median(turns[form], 0) * ROWS:,.0f}",
                      f"{times:.2f}"])

    return table


def write_binary(args, table):
    wrk.write_table(args.out, "http_binary", {
        "title": "Binary tensors",
        "method": "10,000 rows of 64 float32, like scikit-learn's digits, in "
                  "one request over 2 connections, to the mean image of each "
                  "digit (1 neighbour) and to all digits (5 neighbours), in "
                  "turns with the library's own prediction of these rows, "
                  "which begins with doubles in memory. " + machine(args)
                  + ".",
        "columns": ["form", "MB", "CPU, ms", "rows/s", "times the library"],
        "rows": table,
        "notes": ["CPU is that of the worker, the reading of the body and the "
                  "reply included."],
    })


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--servers")
    parser.add_argument("--nginx", default="/usr/sbin/nginx")
    parser.add_argument("--only", default="")
    parser.add_argument("--tables", default="single,batch,binary")
    args = parser.parse_args()
    args.out = os.path.abspath(args.out)
    args.servers = os.path.abspath(args.servers or args.out)
    return args


def main():
    args = parse()
    tables = args.tables.split(",")

    def wanted(name):
        return any(part in name for part in args.only.split(","))

    with tempfile.TemporaryDirectory() as tmp:
        rows = train(tmp)
        cases = {name: some for name, some in make_cases(rows).items()
                 if name in tables}

        if cases:
            nginx = Nginx(args, tmp, [case for some in cases.values()
                                      for case in some])
            processes = [nginx.process]

            try:
                others, more = begin_others(args, tmp, wanted)
                processes += more
                servers = list(nginx.servers())
                servers = servers[:2] + [server for server in servers[2:]
                                         if wanted(server.name)] + others

                for case in sum(cases.values(), []):
                    case.turns = measure(servers, case, tmp)
            finally:
                for process in processes:
                    wrk.stop(process)

        if "single" in tables:
            write_single(args, servers, cases["single"])

        if "batch" in tables:
            write_batch(args, servers, cases["batch"])

        if "binary" in tables:
            write_binary(args, measure_binary(args, tmp))


if __name__ == "__main__":
    main()
