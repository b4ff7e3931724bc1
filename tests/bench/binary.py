#!/usr/bin/python3
"""What binary tensors save over numbers as text.

    tests/bench/binary.py OUT [NGINX]

10,000 rows of 64 float32 go to one nginx worker on one core as binary V2, as
JSON of V2 and as JSON of knn_predict, in turns; wrk sends them from another
core.  The model holds ten rows, the mean image of each of scikit-learn's
digits, so the search is as cheap as one can be that still tells ten classes
apart: what is compared are the formats.  Ratios are those of the medians of
the rounds; the exit status is 1 when binary is not five times as fast as each
kind of JSON, in rate and in CPU time.  OUT holds the module.
"""

import json
import os
import statistics
import sys
import tempfile
import urllib.request

import joblib
import numpy
import sklearn.datasets
import sklearn.neighbors

import predict

ROWS = 10000
ROUNDS = 7
CONNECTIONS = 2
LIMIT = 5

predict.SECONDS = 2

LOCATIONS = """
        location /v2 { knn_api v2; }
        location /digits { knn_predict digits; }
"""

SCRIPT = """
wrk.method = "POST"
local file = io.open("{body}", "rb")
wrk.body = file:read("*a")
file:close()
"""


def train(path):
    """Rows like the digits, but no two alike, as float32."""

    X, y = sklearn.datasets.load_digits(return_X_y=True)
    means = [X[y == digit].mean(axis=0) for digit in range(10)]
    joblib.dump(sklearn.neighbors.KNeighborsClassifier(1)
                .fit(means, range(10)), path)

    random = numpy.random.default_rng(10)
    rows = X[random.integers(0, len(X), ROWS)]
    return (rows + random.normal(0, 0.5, rows.shape)).astype("<f4")


def tensor(**members):
    return {"name": "x", "shape": [ROWS, 64], "datatype": "FP32", **members}


def requests(rows):
    """{name: (path, body, header lines of wrk)}"""

    # the shortest texts that float32 has, to be fair
    numbers = ",".join(map(str, rows.ravel()))
    matrix = ",".join(f"[{','.join(map(str, row))}]" for row in rows)
    head = json.dumps({"inputs": [tensor(
        parameters={"binary_data_size": rows.nbytes})],
        "parameters": {"binary_data_output": True}}).encode()
    about = json.dumps(tensor(data=[])).replace("[]}", f"[{numbers}]}}")

    return {
        "V2 binary": ("/v2/models/digits/infer", head + rows.tobytes(),
                      {"Inference-Header-Content-Length": len(head)}),
        "V2 JSON": ("/v2/models/digits/infer",
                    f'{{"inputs":[{about}]}}'.encode(), {}),
        "JSON": ("/digits", f'{{"X":[{matrix}]}}'.encode(), {}),
    }


def labels(name, path, body, headers):
    """What the answer to one request says, to see that all say the same."""

    reply = urllib.request.urlopen(urllib.request.Request(
        f"http://127.0.0.1:{predict.PORT}{path}", body,
        {key: str(value) for key, value in headers.items()}))
    data = reply.read()

    if name == "V2 binary":
        size = int(reply.headers["Inference-Header-Content-Length"])
        return numpy.frombuffer(data[size:], "<i8").tolist()

    found = json.loads(data)
    return found["predictions"] if name == "JSON" \
        else found["outputs"][0]["data"]


def measure(worker, cases, tmp):
    """{name: medians of rate, p99 and CPU seconds}"""

    turns = {name: [] for name in cases}

    for name, (_, body, headers) in cases.items():
        with open(os.path.join(tmp, name), "wb") as file:
            file.write(body)

        with open(os.path.join(tmp, f"{name}.lua"), "w") as file:
            file.write(SCRIPT.format(body=os.path.join(tmp, name)) + "".join(
                f'wrk.headers["{key}"] = "{value}"\n'
                for key, value in headers.items()))

    for _ in range(ROUNDS):
        for name, (path, _, _) in cases.items():
            turns[name].append(predict.load(
                f"http://127.0.0.1:{predict.PORT}{path}",
                os.path.join(tmp, f"{name}.lua"), CONNECTIONS, worker))

    return {name: [statistics.median(column) for column in zip(*each)]
            for name, each in turns.items()}


def main(out, nginx="/usr/sbin/nginx"):
    with tempfile.TemporaryDirectory() as tmp:
        path = os.path.join(tmp, "digits.joblib")
        cases = requests(train(path))
        conf = os.path.join(tmp, "nginx.conf")

        with open(conf, "w") as file:
            file.write(predict.CONF.format(
                out=os.path.abspath(out), tmp=tmp, root=predict.ROOT,
                port=predict.PORT, constants=LOCATIONS)
                .replace("knn_model iris", f"knn_model digits {path};\n"
                         "    knn_model iris").replace(" 4m;", " 64m;"))

        process, worker = predict.start(nginx, conf, tmp)

        try:
            first, *others = (labels(name, *case)
                              for name, case in cases.items())

            if any(other != first for other in others):
                sys.exit("the formats do not have the same answers")

            medians = measure(worker, cases, tmp)
        finally:
            process.terminate()
            process.wait()

    print(f"\n| {ROWS} rows of 64 | MB | requests/s | rows/s | CPU ms "
          "| binary is faster | by CPU time |\n|" + " --- |" * 7)
    rate, _, cpu = medians["V2 binary"]
    slow = False

    for name, (ours, _, spent) in medians.items():
        faster, cheaper = rate / ours, spent / cpu
        slow |= name != "V2 binary" and min(faster, cheaper) < LIMIT
        print(f"| {name} | {len(cases[name][1]) / 1e6:.2f} | {ours:,.1f} "
              f"| {ours * ROWS:,.0f} | {spent * 1e3:.2f} | {faster:.1f} "
              f"| {cheaper:.1f} |")

    if slow:
        print(f"binary tensors are less than {LIMIT} times as fast as JSON")

    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
