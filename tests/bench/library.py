#!/usr/bin/python3
"""Compares the library's searches with those of others.

    tests/bench/library.py OUT [--ours NAME=DIRECTORY …] [--peers NAME,…]
                               [--seconds S] [WORKLOAD …]

OUT keeps what is made once: the peers that are built, the workloads and their
models.  A DIRECTORY holds the libknn.a to measure, OUT if none is given;
several are measured beside each other.  Peers may be chosen, and "none" is
for quick looks at one's own builds.

Each contestant is a process with the workload in memory; they answer in turns,
round by round, and tell the CPU time of their thread.  What is compared are
the medians of the rounds.
"""

import argparse
import json
import os
import subprocess
import sys
import time

import tables
import workloads
import wrk
from contestants import ROUNDS, Contestant, Process

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = "/usr/bin/python3"
LIBS = ["-lyajl", "-llz4", "-llzma", "-lbz2", "-lz", "-lcrypto", "-lm"]
KINDS = {"f8": "double", "f4": "float"}

# queries whose answers are compared, of as many measured features
ANSWERS = 1000
WORK = 4e8

# numbers of a workload up to which Debian's scikit-learn takes part, too
DEBIAN = 1e7


def run(*command):
    subprocess.run(command, check=True, stdout=sys.stderr)


def older(target, *sources):
    """True if a target is to be made again."""
    return (not os.path.exists(target)
            or any(os.path.getmtime(source) > os.path.getmtime(target)
                   for source in sources))


def here(*names):
    return [os.path.join(HERE, name) for name in names]


class Bench:
    def __init__(self, out, peers):
        self.out = os.path.abspath(out)
        self.bin = os.path.join(self.out, "bin")
        self.python = os.path.join(self.out, "peers", "bin", "python")
        self.peers = peers
        self.knn = os.path.join(self.out, "knn")
        self.versions = {}
        self.overheads = {}
        self.env = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
        os.makedirs(self.bin, exist_ok=True)

    def wanted(self, name):
        return self.peers is None or name.split("-")[0] in self.peers

    def build(self):
        """The contestants of C and C++, with all that this machine has."""
        source = here("contestant.c")[0]
        self.contestant = os.path.join(self.bin, "contestant.o")
        warnings = ["-Wall", "-Wextra", "-Wshadow"]

        if older(self.contestant, source, *here("contestant.h")):
            run("cc", "-std=c11", "-D_GNU_SOURCE", "-O3", *warnings, "-c",
                "-o", self.contestant, source)

        rows = os.path.join(self.bin, "rows")

        if older(rows, self.contestant, *here("rows.c", "rows.h")):
            run("cc", "-std=c11", "-D_GNU_SOURCE", "-O3", "-march=native",
                "-ffp-contract=off", "-fno-math-errno", *warnings,
                "-Wno-unused-function", "-isystem",
                os.path.join(self.out, "simsimd", "include"), "-o", rows,
                *here("rows.c"), self.contestant, "-lm")

        tree = os.path.join(self.bin, "nanoflann")

        if older(tree, self.contestant, *here("nanoflann.cc")):
            run("c++", "-std=c++17", "-O3", "-march=native", *warnings, "-o",
                tree, *here("nanoflann.cc"), self.contestant, "-lm")

    def link(self, name, directory):
        """The library's contestant, with the libknn.a of a directory."""
        library = os.path.join(directory, "libknn.a")
        target = os.path.join(self.bin, f"search-{name}")

        if older(target, library, self.contestant, *here("search.c")):
            run("cc", "-std=c11", "-D_GNU_SOURCE", "-O3", "-Wall", "-Wextra",
                "-o", target, *here("search.c"), self.contestant, library,
                *LIBS)

        return target

    def files(self, workload, dtype):
        """The files of a workload: rows, queries and a model."""
        directory = os.path.join(self.out, "workloads")
        paths = [os.path.join(directory, f"{workload.name}-{dtype}", name)
                 for name in ("rows", "queries", "model.joblib")]

        if older(paths[2], *here("workloads.py")):
            run(PYTHON, *here("workloads.py"), directory, workload.name)

        return paths

    def start(self, workload, dtype, ours):
        """The processes of a workload, and their contestants."""
        rows, queries, model = self.files(workload, dtype)
        shape = [str(workload.n), str(workload.d), str(workload.k), dtype]
        started = []

        def begin(command, names, env=None, data=rows, mine=False):
            process = Process([*command, data, queries, *shape], env)
            started.append((process, names, mine))
            return process

        for name, directory in ours:
            search = self.link(name, directory)
            begin([search, model], [(name, "ours")], data="-", mine=True)

        search = self.link(*ours[0])
        self.generic = Contestant("generic", begin(
            [search, model], [], {"KNN_SIMD": "generic"}, "-"), "ours")
        names = [(name, name) for name in ("loop", "simsimd")
                 if self.wanted(name)]
        self.reference = Contestant("reference", begin(
            [os.path.join(self.bin, "rows")], names, self.env), "reference")

        if workload.d <= 64 and self.wanted("nanoflann"):
            names = [(name, name) for name in (
                "nanoflann-10", "nanoflann-32", "nanoflann-10-unrolled",
                "nanoflann-32-unrolled")]
            begin([os.path.join(self.bin, "nanoflann")], names, self.env)

        contestants = []
        self.processes = []

        for process, names, mine in started:
            facts = process.ready()

            if mine and self.peers is None:
                facts["native"] = self.native(model, ours[0])

            self.processes.append(process)
            self.versions.update(facts.get("versions", {}))
            contestants += [Contestant(name, process, inside, mine)
                            for name, inside in names]

        return contestants + self.in_python(rows, queries, shape)

    def native(self, model, ours):
        """Seconds to load what knn convert makes of a model."""
        if not os.path.exists(self.knn):
            return None

        path = os.path.join(self.out, f"native-{os.getpid()}.safetensors")
        run(self.knn, "convert", model, path)
        process = Process([self.link(*ours), path, "-", os.devnull, "1", "1",
                           "1", "f8"])
        seconds = process.ready()["load"]
        process.close()
        os.unlink(path)

        return seconds

    def in_python(self, rows, queries, shape):
        """The peers of PyPI, and Debian's scikit-learn."""
        contestants = []
        env = {**self.env, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

        if self.peers == ["none"]:
            return []

        pythons = [(self.python, "", [])]

        if int(shape[0]) * int(shape[1]) <= DEBIAN:
            pythons.append((PYTHON, "-debian",
                            ["sklearn-kd_tree", "sklearn-brute"]))

        for python, suffix, names in pythons:
            process = Process([python, *here("peers.py"), rows, queries,
                               *shape, *names], env)
            versions = process.ready()["versions"]
            self.processes.append(process)

            if not suffix:
                self.overheads = process.facts["overheads"]

            self.versions.update({name + suffix: version for name, version
                                  in versions.items()})
            contestants += [Contestant(name + suffix, process, name)
                            for name in versions if self.wanted(name)]

        return contestants

    def measure(self, workload, dtype, ours, seconds):
        """All contestants at a workload: one record for each batch."""
        contestants = self.start(workload, dtype, ours)
        span = workload.queries // len(workload.batches) // ROUNDS
        records = []

        # a batch to warm up, and at least one to measure
        assert span >= 2 * max(workload.batches)

        for place, batch in enumerate(workload.batches):
            first = workload.queries // len(workload.batches) * place

            for contestant in contestants:
                contestant.calibrate(batch, span, seconds)

            for number in range(ROUNDS):
                for contestant in contestants:
                    contestant.round(number, first + number * span, batch)

            records.append(self.compare(workload, dtype, batch, contestants))

        for process in self.processes:
            process.close()

        return records

    def compare(self, workload, dtype, batch, contestants):
        """What a batch of a workload gave."""
        work = workload.n * workload.d
        count = max(batch, min(ANSWERS, max(20, int(WORK / work))))
        path = os.path.join(self.out, f"answers-{os.getpid()}")
        for contestant in [self.reference, self.generic, *contestants]:
            contestant.answer(count, batch, workload.k, path)

        record = {"workload": workload.name, "n": workload.n, "d": workload.d, "k": workload.k,
                  "type": KINDS[dtype], "batch": batch, "answers": count,
                  "date": time.strftime("%Y-%m-%d"),
                  "versions": self.versions, "overheads": self.overheads,
                  "contestants": {}}

        for one in contestants:
            expected = self.generic if one.ours else self.reference
            record["contestants"][one.name] = one.result(
                batch, expected.found[batch], self.reference.found[batch])

        return record


def show(record, file=sys.stdout):
    """One record as lines for the eye."""
    contestants = record["contestants"]
    peers = {name: one for name, one in contestants.items()
             if not one["ours"]}
    best = min((one["ns"] for one in peers.values()), default=None)
    print(f"{record['workload']} {record['n']} x {record['d']} k "
          f"{record['k']} {record['type']} batch {record['batch']}",
          file=file)

    for name, one in sorted(contestants.items(), key=lambda x: x[1]["ns"]):
        ratio = (f"{best / one['ns']:8.2f} x the best peer"
                 if one["ours"] and best else
                 f"{one['ns'] / best:8.2f}" if best else "")
        print(f"  {name:22} {one['ns'] / 1000:12.3f} us "
              f"+-{100 * one['spread']:3.0f} %  neighbours "
              f"{one['neighbours']:.4f} bits {one['bits']:.4f} {ratio}",
              file=file)

    file.flush()


def save(out, records):
    """Tables of these and of the earlier results that they do not replace."""
    path = os.path.join(out, "results")
    results = {(record["workload"], record["type"], record["batch"]): record
               for record in [*tables.records(path), *records]}

    with open(path, "w") as file:
        json.dump(list(results.values()), file, indent=1)

    for name, table in tables.tables(tables.records(path)).items():
        wrk.write_table(out, name, table)


def parsed():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out")
    parser.add_argument("workloads", nargs="*")
    parser.add_argument("--ours", action="append", default=[],
                        metavar="NAME=DIRECTORY")
    parser.add_argument("--peers", metavar="NAME,…")
    parser.add_argument("--types", default="f8,f4")
    parser.add_argument("--seconds", type=float, default=0.4,
                        help="for each contestant, by default %(default)s")
    return parser.parse_intermixed_args()


def main():
    args = parsed()
    ours = [tuple(one.split("=", 1)) for one in args.ours]
    bench = Bench(args.out, args.peers.split(",") if args.peers else None)
    bench.build()
    records = []

    for workload in workloads.chosen(args.workloads):
        for dtype in args.types.split(","):
            for record in bench.measure(workload, dtype,
                                        ours or [("ours", args.out)],
                                        args.seconds):
                records.append(record)
                show(record)

    # quick looks at some contestants are not for the report
    if bench.peers is None:
        save(bench.out, records)


if __name__ == "__main__":
    main()
