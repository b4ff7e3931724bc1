#!/usr/bin/python3
"""
Ten million rows of both trees, asked through nginx:

    bulk.py [--rows N]

Compares labels, neighbors, their order and the bits of their distances with
the scikit-learn of this interpreter, and prints a table, one line a model.
Exit status 1 when anything differs.
"""

import argparse
import os
import sys
import tempfile

import joblib
import numpy
from sklearn.neighbors import KNeighborsClassifier

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "http"))

from conftest import Nginx                                      # noqa: E402

CHUNK = 10000

# tie-rich: integers, tenths and thirds
SIDES = [(3, 12, 1.0), (4, 60, 0.1), (5, 6, 1 / 3), (2, 100, 1.0)]

MODELS = [(algorithm, p, weights, k, side)
          for algorithm in ("kd_tree", "ball_tree")
          for p, weights, k, side in (
              (2, "uniform", 5, 0), (2, "distance", 3, 1),
              (2, "uniform", 1, 2), (1, "uniform", 5, 1),
              (1, "distance", 4, 0), (numpy.inf, "uniform", 5, 3),
              (numpy.inf, "distance", 2, 1), (2, "uniform", 7, 3),
              (2, "distance", 5, 2), (1, "uniform", 3, 3))]

COLUMNS = ["rows", "label", "neighbor", "order", "distance bits"]


def trained(number):
    algorithm, p, weights, k, (d, side, unit) = (
        *MODELS[number][:4], SIDES[MODELS[number][4]])
    rng = numpy.random.RandomState([7, number])
    X = rng.randint(0, side, (3000, d)) * unit
    model = KNeighborsClassifier(k, algorithm=algorithm, p=p, weights=weights)

    return model.fit(X, rng.randint(0, 4, len(X)))


def queries(rng, model, rows):
    d, side, unit = SIDES[MODELS[model][4]]
    X = rng.randint(-2, 2 * side + 2, (rows, d)) * (unit / 2)
    X[::5] += rng.uniform(-unit, unit, X[::5].shape)

    return X


def numbers(body, start, end, keys):
    """What stands between two members of a reply, as numbers."""
    part = body[body.index(start) + len(start):body.index(end)]

    for key in keys:
        part = part.replace(key, b"")

    return numpy.fromstring(part.translate(None, b'[]{}":').rstrip(b","),
                            sep=",")


def answer(nginx, number, X, k):
    body = b'{"X":[%s]}' % b",".join(
        b"[%s]" % b",".join(map(repr_bytes, row)) for row in X.tolist())
    reply = nginx.post(f"/m{number}", body)
    assert reply.status == 200, reply.body[:300]

    labels = numbers(reply.body, b'"predictions":', b'"neighbors":', [])
    neighbors = numbers(reply.body, b'"neighbors":', b'"novelty":',
                        [b'"index":', b'"distance":', b'"label":'])
    neighbors = neighbors.reshape(len(X), k, 3)

    return labels, neighbors[:, :, 0].astype(int), neighbors[:, :, 1]


def repr_bytes(number):
    return repr(number).encode()


def oracle(model, X):
    """Labels, from the vote that predict() makes, and neighbors."""
    distances, indices = model.kneighbors(X)
    labels = model.predict(X) if model.weights == "distance" else (
        model.classes_[model.predict_proba(X).argmax(axis=1)])

    return labels, indices, distances


def compare(nginx, number, model, rows):
    counts = dict.fromkeys(COLUMNS, 0)
    rng = numpy.random.RandomState([8, number])

    for _ in range(-(-rows // CHUNK)):
        X = queries(rng, number, CHUNK)
        labels, indices, distances = oracle(model, X)
        ours = answer(nginx, number, X, model.n_neighbors)
        same = (numpy.sort(ours[1], 1) == numpy.sort(indices, 1)).all(1)

        counts["rows"] += len(X)
        counts["label"] += int((ours[0] != labels).sum())
        counts["neighbor"] += int((~same).sum())
        counts["order"] += int((same & (ours[1] != indices).any(1)).sum())
        counts["distance bits"] += int(
            (ours[2].view("i8") != distances.view("i8")).any(1).sum())

    return counts


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--rows", type=int, default=10000000)
    each = parser.parse_args().rows // len(MODELS)
    total = dict.fromkeys(COLUMNS, 0)

    print("| model | " + " | ".join(COLUMNS) + " |")
    print("| --- |" + " --- |" * len(COLUMNS))

    with tempfile.TemporaryDirectory() as directory:
        models = [trained(number) for number in range(len(MODELS))]

        for number, model in enumerate(models):
            joblib.dump(model, f"{directory}/{number}.joblib")

        nginx = Nginx(directory, "knn_output predict kneighbors;" + "".join(
            f"knn_model m{number} {directory}/{number}.joblib;\n"
            for number in range(len(models))), """
                client_body_buffer_size 4m;
                location ~ ^/(?<name>m[0-9]+)$ { knn_predict $name; }""")
        nginx.start()

        try:
            for number, model in enumerate(models):
                counts = compare(nginx, number, model, each)
                print("| {0}, p={1}, {2}, k={3} | ".format(*MODELS[number])
                      + " | ".join(map(str, counts.values())) + " |",
                      flush=True)

                for name, count in counts.items():
                    total[name] += count
        finally:
            nginx.stop()
            nginx.check_log()

    print("| all | " + " | ".join(map(str, total.values())) + " |")
    sys.exit(any(count for name, count in total.items() if name != "rows"))


if __name__ == "__main__":
    main()
