#!/usr/bin/python3
"""
Random models of many scikit-learn releases, asked through nginx:

    survey.py [--models N] [--seed S] PYTHON...

Each Python has a scikit-learn of its own, which makes models, dumps them and
answers; nginx answers from the dumps.  Prints a table of what differs, one
line a release and one a kind of model, and every difference that is not a
tie.  Exit status 1 when there is such a difference.
"""

import argparse
import json
import math
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
sys.path.insert(0, os.path.join(HERE, "..", "..", "http"))

from conftest import Nginx                                      # noqa: E402
from knn import KNN                                             # noqa: E402

EPSILON = 2.0 ** -52
BATCH = 200

# steps whose last bits are those of a matrix product or of NumPy's own pow()
ROUNDED = ("PCA", "PowerTransformer", "QuantileTransformer")

# of a row without neighbors, in the place of NaN
NO_INTEGER = -2.0 ** 63

# what a matrix product rounds, in units of the largest squared norm
PRODUCT = 64

COLUMNS = ["models", "refused", "rows", "label", "value", "value bits",
           "proba > 1 ulp", "proba bits", "neighbor", "order",
           "distance > 2 ulp", "distance bits", "ties"]


def ulps(a, b):
    """How many units in the last place lie between two numbers."""
    if a == b or (a is None and b is None):
        return 0

    if a is None or b is None or math.isinf(a) or math.isinf(b):
        return math.inf

    return abs(a - b) / math.ulp(max(abs(a), abs(b)))


def number(value):
    """JSON has no infinity; a distance that overflows is its null."""
    return math.inf if value is None else float(value)


class Model:
    """One specimen and what nginx answered."""

    def __init__(self, case):
        self.case = case
        self.counts = Counter(models=1, rows=len(case["queries"]))
        self.notes = []

    @property
    def exact(self):
        return self.case["method"] in ("kd_tree", "ball_tree") \
            and self.case["steps"] not in ROUNDED

    def note(self, kind, row, ours, theirs):
        self.counts[kind] += 1

        if len(self.notes) < 3:
            self.notes.append(f"{kind} of row {row}: {ours}, "
                              f"scikit-learn {theirs}")

    def compare(self, reply):
        """Counts the differences; those that a tie explains are ties."""
        answers = self.case["answers"]

        for row in range(len(self.case["queries"])):
            slack = 0

            if "indices" in answers:
                slack = self.compare_neighbors(
                    row, reply["neighbors"][row], answers["indices"][row],
                    answers["distances"][row])

            if "predictions" in answers:
                self.compare_prediction(row, reply["predictions"][row],
                                        answers["predictions"][row], slack)

            if "probabilities" in answers:
                ours = reply["probabilities"][row]
                ours = ours if isinstance(ours, list) else [ours]

                for o, one in enumerate(ours):
                    self.compare_proba(row, list(one.values()),
                                       answers["probabilities"][o][row],
                                       slack)

    def compare_neighbors(self, row, neighbors, indices, distances):
        """
        By how much what depends on these neighbors may differ, as a share:
        for ever when they are tied, little when distances are rounded.
        """
        ours = [n["index"] for n in neighbors]
        apart = [number(n["distance"]) for n in neighbors]
        theirs = [number(d) for d in distances]

        if self.case["estimator"].startswith("Radius"):
            pairs = sorted(zip(apart, ours))
            apart, ours = [p[0] for p in pairs], [p[1] for p in pairs]
            pairs = sorted(zip(theirs, indices))
            theirs, indices = [p[0] for p in pairs], [p[1] for p in pairs]

        if ours != indices and self.is_tie(apart, theirs, ours, indices):
            self.counts["ties"] += 1
            return math.inf

        if sorted(ours) != sorted(indices):
            self.note("neighbor", row, list(zip(ours, apart)),
                      list(zip(indices, theirs)))
        elif ours != indices:
            self.note("order", row, list(zip(ours, apart)),
                      list(zip(indices, theirs)))
        elif apart != theirs:
            self.counts["distance bits"] += 1

            if max(map(ulps, apart, theirs)) <= 2:
                return 1e-12

            if not self.close(apart, theirs):
                self.note("distance > 2 ulp", row, apart, theirs)

            return math.inf if min(theirs) < 1e-6 else 1e-6

        return 0

    def close(self, ours, theirs):
        """Whether distances are equal up to a matrix product's rounding."""
        slack = PRODUCT * EPSILON * (self.case["scale"] or 1)

        if self.case["metric"] in ("cosine", "correlation"):
            slack = PRODUCT * EPSILON
        elif self.case["metric"] not in ("euclidean", "l2", "minkowski",
                                         "sqeuclidean", "nan_euclidean"):
            slack = 0

        if self.case["steps"] in ROUNDED:
            slack = 1e-9 * (self.case["scale"] or 1)

        power = 1 if self.case["metric"] in ("cosine", "correlation",
                                             "sqeuclidean") else 2

        return len(ours) == len(theirs) and all(
            abs(a ** power - b ** power) <= slack or ulps(a, b) <= 4
            for a, b in zip(sorted(ours), sorted(theirs)))

    def is_tie(self, apart, theirs, ours, indices):
        """
        Brute force decides ties by rounding, or by the order of its threads:
        another set of rows as far away, place by place, is as right.
        """
        if self.exact:
            return False

        if self.case["estimator"].startswith("Radius"):
            return self.is_edge(dict(zip(ours, apart)),
                                dict(zip(indices, theirs)))

        return self.close(apart, theirs)

    def is_edge(self, ours, theirs):
        """The rows that only one has are as far as the radius."""
        radius = self.case["radius"]
        slack = 1e-7 * max(radius, math.sqrt(self.case["scale"] or 1))

        return all(abs(distance - radius) <= slack
                   for rows, others in ((ours, theirs), (theirs, ours))
                   for row, distance in rows.items() if row not in others)

    def compare_prediction(self, row, ours, theirs, slack):
        if not self.case["estimator"].endswith("Regressor"):
            if (ours != theirs or type(ours) is not type(theirs)) \
                    and slack == 0:
                self.note("label", row, ours, theirs)

            return

        for a, b in zip(*(v if isinstance(v, list) else [v]
                          for v in (ours, theirs))):
            # NumPy has no NaN of integers
            if b == NO_INTEGER:
                b = None

            self.counts["value bits"] += a != b

            if a != b and slack < math.inf and (
                    a is None or b is None
                    or abs(a - b) > slack * max(abs(b), 1)):
                self.note("value", row, ours, theirs)

    def compare_proba(self, row, ours, theirs, slack):
        apart = max(map(ulps, ours, theirs))
        self.counts["proba bits"] += apart > 0

        if apart > 1 and max(abs(a - b) for a, b in zip(ours, theirs)) > slack:
            self.note("proba > 1 ulp", row, ours, theirs)


def make(python, directory, seed, first, count):
    """Has a release make models; what it says of them."""
    done = subprocess.run(
        [python, os.path.join(HERE, "specimens.py"), directory, str(seed),
         str(first), str(count)], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
        env=dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1",
                 PYTHONDONTWRITEBYTECODE="1"))

    if done.returncode != 0:
        sys.exit(f"{python}: {done.stderr}")

    return json.loads(done.stdout)


def cases(directory):
    for name in sorted(os.listdir(directory)):
        if name.endswith(".json"):
            with open(os.path.join(directory, name)) as file:
                yield json.load(file)


def refusal(directory, case):
    """Why the model is refused; empty when it is not."""
    done = subprocess.run(
        [KNN, "verify", os.path.join(directory, f"{case['number']}.model")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    return "" if done.returncode == 0 else (
        done.stderr.strip() or f"status {done.returncode}")


def ask(nginx, case):
    outputs = [name for name, answer in [
        ("predict", "predictions"), ("predict_proba", "probabilities"),
        ("kneighbors", "indices")] if answer in case["answers"]]
    reply = nginx.post(f"/m{case['number']}?output={','.join(outputs)}",
                       json.dumps({"X": case["queries"]}).encode())

    return reply.status, json.loads(reply.body)


def survey(directory, group):
    """Asks nginx about the models of one release, all of which it loads."""
    with tempfile.TemporaryDirectory() as scratch:
        http = "".join(
            f"knn_model m{case['number']} "
            f"{directory}/{case['number']}.model;\n" for case in group)
        nginx = Nginx(scratch, http, """
            location ~ ^/(?<name>m[0-9]+)$ { knn_predict $name; }""")
        nginx.start()

        try:
            for case in group:
                model = Model(case)
                status, reply = ask(nginx, case)

                if status == 200:
                    model.compare(reply)
                else:
                    model.counts["refused"] = 1
                    model.notes.append(f"{status}: {reply.get('detail')}")

                yield model
        finally:
            nginx.stop()
            nginx.check_log()


def release_models(python, seed, models):
    """Every model of a release, compared."""
    with tempfile.TemporaryDirectory() as directory:
        half = models // 2

        with ThreadPoolExecutor(2) as pool:
            made = list(pool.map(
                lambda part: make(python, directory, seed, *part),
                [(0, half), (half, models - half)]))

        served = []

        for case in cases(directory):
            why = refusal(directory, case)

            if why:
                model = Model(case)
                model.counts["refused"] = 1
                model.counts["rows"] = 0
                model.notes.append(why.replace(directory + "/", ""))
                yield model
            else:
                served.append(case)

        for first in range(0, len(served), BATCH):
            yield from survey(directory, served[first:first + BATCH])

        absent = sum((Counter(part["absent"]) for part in made), Counter())
        print(f"{made[0]['release']}: {sum(p['made'] for p in made)} models, "
              f"{sum(absent.values())} that this release does not make",
              file=sys.stderr)


def table(title, rows):
    print(f"\n| {title} | " + " | ".join(COLUMNS) + " |")
    print("| --- |" + " --- |" * len(COLUMNS))

    for name in sorted(rows, key=release_key):
        print(f"| {name} | " + " | ".join(
            str(rows[name][column]) for column in COLUMNS) + " |")


def release_key(name):
    return [int(part) if part.isdigit() else -1
            for part in re.split(r"[.]", name)], name


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--models", type=int, default=400)
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("pythons", nargs="+")
    options = parser.parse_args()

    releases, kinds, formats = (defaultdict(Counter) for _ in range(3))
    failed = 0

    for python in options.pythons:
        for model in release_models(python, options.seed, options.models):
            case = model.case
            releases[case["release"]] += model.counts
            kinds[f"{case['estimator']}, {case['method']}"] += model.counts
            formats[case["metric"]] += model.counts

            if model.notes:
                failed += 1
                print("{release} model {number}: {estimator} {method} "
                      "{metric} {weights} {steps} {dtype} {written}".format(
                          **case))
                print("".join(f"    {note}\n" for note in model.notes),
                      end="")

    table("scikit-learn", releases)
    table("estimator", kinds)
    table("metric", formats)
    total = sum(releases.values(), Counter())
    print(f"\n{total['models']} models, {total['rows']} rows, "
          f"{failed} models with a difference that is no tie or refused")
    sys.exit(1 if failed or not total["models"] else 0)


if __name__ == "__main__":
    main()
