"""Contestants of the comparison of searches, as library.py runs them."""

import json
import os
import statistics
import subprocess

import numpy as np

ROUNDS = 21

# how many times its seconds a slow contestant gets before its rounds are cut
PATIENCE = 4


class Process:
    """Contestants of one process."""

    def __init__(self, command, env=None):
        self.command = command
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, **(env or {})})
        self.facts = None

    def ready(self):
        self.facts = self.read()
        return self.facts

    def read(self):
        line = self.process.stdout.readline()

        if not line:
            raise SystemExit(f"{self.command[0]} ended, "
                             f"status {self.process.wait()}")

        return json.loads(line)

    def ask(self, *words):
        print(*words, file=self.process.stdin, flush=True)
        return self.read()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Contestant:
    """One way to answer: its rounds and what it found."""

    def __init__(self, name, process, inside, ours=False):
        self.name = name
        self.process = process
        self.inside = inside
        self.ours = ours
        self.times = {}
        self.found = {}
        self.plan = {}

    def time(self, first, count, batch, warm=0):
        reply = self.process.ask("time", self.inside, first, count, batch,
                                 warm)
        return reply["ns"] / count

    def calibrate(self, batch, span, seconds):
        """How many queries fill its share of a round, in whole batches, and
        how many before them warm the caches."""
        share = seconds / ROUNDS
        took = self.time(0, batch, batch, 1) * 1e-9

        if took * batch < share / 20:
            took = self.time(0, 20 * batch, batch) * 1e-9

        count = int(share / took) // batch * batch
        count = max(batch, min(count, span - batch))
        warm = batch if took * batch < share else 1
        spent = took * (count + warm)
        self.plan[batch] = (
            count, warm,
            max(3, min(ROUNDS, int(PATIENCE * seconds / spent))))
        self.times[batch] = []

    def round(self, number, first, batch):
        count, warm, due = self.plan[batch]

        # those with fewer rounds have them spread over the run
        if number * due // ROUNDS != (number + 1) * due // ROUNDS:
            self.times[batch].append(self.time(first, count, batch, warm))

    def answer(self, count, batch, k, path):
        """Finds out what it answers, for comparison."""
        self.process.ask("answer", self.inside, count, batch, path)

        with open(path, "rb") as file:
            indices = np.fromfile(file, dtype=np.int64, count=count * k)
            distances = np.fromfile(file, dtype=np.float64, count=count * k)

        os.unlink(path)
        self.found[batch] = (indices.reshape(count, k),
                             distances.reshape(count, k))

    def result(self, batch, expected, reference):
        """Its time, and how much of its answers is right."""
        times = self.times[batch]
        low, middle, high = statistics.quantiles(times, n=4)
        facts = {"facts": self.process.facts} if self.ours else {}

        # the order of rows that are equally far is promised by the library
        same = in_place if self.ours else same_rows

        return {"ns": middle, "spread": (high - low) / 2 / middle,
                "rounds": len(times), "ours": self.ours,
                "neighbours": same(self.found[batch], expected),
                "bits": same_bits(self.found[batch], reference), **facts}


def in_place(found, expected):
    """The share of neighbours that stand where they are expected."""
    return float(np.mean(found[0] == expected[0]))


def same_rows(found, expected):
    """The share of neighbours that are those expected, in any order."""
    indices = found[0]
    right = sum(len(np.intersect1d(a, b))
                for a, b in zip(indices, expected[0]))
    return right / indices.size


def same_bits(found, expected):
    """The share of distances that are those expected, bit for bit."""
    return float(np.mean(found[1].view(np.int64)
                         == expected[1].view(np.int64)))
