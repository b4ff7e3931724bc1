#!/usr/bin/python3
"""Writes docs/performance.md of what the benchmarks found.

    tests/bench/report.py OUT PAGE

OUT holds the tables, JSON with the members title, method, columns, rows and
notes; library*.json are those of library.py, the others come over HTTP.
"""

import glob
import json
import os
import platform
import subprocess
import sys
import textwrap
import time

import contestants
import tables

PAGE = """# Performance

What a search costs beside the best of other libraries, and a prediction over
HTTP beside other servers. `make bench` measures all of it and writes this
page; figures are of the machine below, and only those of one table belong
together.

- [The machine](#the-machine)
- [The library](#the-library)
- [Over HTTP](#over-http)
- [Where it loses](#where-it-loses)
- [How to repeat it](#how-to-repeat-it)

## The machine

{machine}

## The library

One query at a time, or a batch, in one thread. The library loads a file that
scikit-learn {sklearn} wrote, of a `KNeighborsClassifier` as it is by default,
and is asked through its public header: a query is laid out once, runs for each
batch, and gives neighbours, distances, the nearest and the novelty. Of a model
of floats the answers are those in double, which scikit-learn's trees give;
other libraries compute floats in float.

**Contestants** are processes that have the workload in memory and answer in
turns, in {rounds} rounds, so that what disturbs one disturbs all. What counts
is the CPU time of their thread, of each the median of its rounds; slow ones
have fewer, at least three. None uses a second thread: OpenMP and OpenBLAS are
told so.

**Each peer at its best.** nanoflann has the number of features as a constant
of its template, leaves of 10 and of 32 rows, and both of its loops. SimSIMD's
kernels are compiled for this processor, without dispatch, with a selection in
C, and go through a batch in tiles that stay in the first cache; the C loop
likewise. faiss uses matrix products for batches, and none for a single query.
Those of Python are called as directly as they allow, with their arguments
made beforehand; the trees of scikit-learn by `KDTree.query`. All have huge
pages for what they allocate.

**Queries** come from the distribution of the rows; none is a row and none is
asked twice, which would teach it to the branch predictor. For the data sets
of scikit-learn they are made by a smoothed bootstrap: a row is drawn towards
the mean of its class and moved by noise with the covariance of the class, so
that mean and covariance stay; those of digits are rounded to whole numbers.
"Normal" and "uniform" are independent features. "Mixture" has 200 clusters,
each in a subspace of 16 directions of its own with decreasing weight, and a
little noise in all features. "Pictures" stand for sets of grey pictures of
28 x 28, whole numbers from 0 to 255: ten smooth pictures, each varied along
24 smooth directions, noise on what is not black, and half of it black; 87
principal components have 95 % of their variance. Seeds are fixed.

{library}

## Over HTTP

{http}

## Where it loses

{losses}

What decides, by kind of workload:

- One query over more rows than the caches hold is bound by the bytes read,
  a batch by multiplications, a small model by the selection of k of n, a tree
  by loads that wait for each other and by branches.
- Data that one feature rules (wine and breast cancer as they are) is where a
  tree prunes almost everything, and measuring every row gains little or loses.
- Peers of floats sum in float, with twice the lanes, and batches of matrix
  products cancel where norms are large. The library's distances have the bits
  of the plain loop in double, which costs it most where little else is done.
- Isotropic data in many features has all rows about equally far: bounds
  prune least, and every exact search comes near to measuring all.

## How to repeat it

```
make bench                      # all but 1e6x128-normal, about 20 minutes
make bench BENCH=small          # of the searches only the small workloads
make bench BENCH="iris 1e6x3"   # or those named
```

Workloads are {workloads}.

The largest take up to 2 GB for each process that has them, 10 GB in all. Other processes make figures worse, not only noisier: the
last cache and the memory are shared. `tests/bench/library.py` compares two
builds of the library with each other:

```
tests/bench/library.py build/bench --ours new=build \\
    --ours old=/path/to/its/build --peers none iris digits
```
"""


def first_line(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True,
                              check=True).stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return None


def processor():
    """What lscpu has of the processor and its caches."""
    text = subprocess.run(["lscpu"], capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "C"}).stdout
    facts = dict(line.split(":", 1) for line in text.splitlines()
                 if ":" in line)
    facts = {name.strip(): value.strip() for name, value in facts.items()}
    caches = ", ".join(f"{name.split()[0]} {facts[name]}"
                       for name in ("L1d cache", "L2 cache", "L3 cache")
                       if name in facts)
    model = facts.get("Model name", platform.processor())

    if facts.get("Vendor ID") == "GenuineIntel":
        model += (f", family {facts.get('CPU family')} model "
                  f"{facts.get('Model')} stepping {facts.get('Stepping')}")

    return f"{model}; {os.cpu_count()} cores", caches


def machine(records):
    model, caches = processor()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    dates = sorted({record["date"] for record in records})
    last = records[-1]["contestants"] if records else {}
    kernels = {one["facts"]["kernel"] for one in last.values() if one["ours"]}
    versions = {}

    for record in records:
        versions.update(record["versions"])

    told = {}

    for name, version in versions.items():
        label = tables.FAMILIES[tables.family(name)].split()[0]
        debian = " (Debian)" if name.endswith("-debian") else ""
        told[f"{label}{debian} {version}"] = None

    rows = [("Date", ", ".join(dates) or time.strftime("%Y-%m-%d")),
            ("Processor", model), ("Caches, all cores", caches),
            ("Memory", f"{memory / 2**30:.0f} GiB"),
            ("System", f"{platform.system()} {platform.release()}"),
            ("Compiler", first_line("cc", "--version")),
            ("SIMD path of the library", ", ".join(kernels)),
            ("Peers", ", ".join(told))]

    return markdown(["", ""], [row for row in rows if row[1]])


def markdown(columns, rows):
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def section(path):
    """One table with its words."""
    with open(path) as file:
        table = json.load(file)

    parts = [f"### {table['title']}", table["method"],
             markdown(table["columns"], table["rows"]),
             "\n".join(f"- {note}" for note in table["notes"])]
    return "\n\n".join(part for part in parts if part)


def sections(paths):
    return "\n\n".join(section(path) for path in paths)


def losses(records):
    """Sentences on what is slower than a peer, or than was set out."""
    slower, below = [], []

    for record in records:
        kind, _, times = tables.ratio(record)
        floor = tables.limits(record, "floors")
        what = (f"{tables.title(record)}, {record['type']}"
                + (f", batch of {record['batch']}" if record["batch"] > 1
                   else ""))

        if times < 1:
            slower.append(f"- {what}: {tables.FAMILIES[kind]} takes "
                          f"{100 * times:.0f} % of its time")

        elif floor and times < floor:
            below.append(f"- {what}: {times:.2f} times the speed of "
                         f"{tables.FAMILIES[kind]}, floor {floor:g}")

    parts = []

    if slower:
        parts.append("Slower than the best peer:\n\n" + "\n".join(slower))

    if below:
        parts.append("Faster, but not by as much as it is to be:\n\n"
                     + "\n".join(below))

    return "\n\n".join(parts) or ("In none of the workloads above is a peer "
                                  "faster, nor the ratio below its floor.")


def main(out, page):
    own = [os.path.join(out, f"{name}.json") for name in
           ("library", "library_peers", "library_answers", "library_memory")]
    own = [path for path in own if os.path.exists(path)]
    others = sorted(set(glob.glob(os.path.join(out, "*.json"))) - set(own))
    records = tables.records(os.path.join(out, "results"))

    with open(page, "w") as file:
        file.write(PAGE.format(
            machine=machine(records), rounds=contestants.ROUNDS,
            sklearn=first_line(sys.executable, "-c", "import sklearn; "
                               "print(sklearn.__version__)"),
            library=sections(own),
            http=sections(others) or "Not measured in these runs.",
            losses=losses(records),
            workloads=textwrap.fill(", ".join(
                f"`{name}`" for name in tables.names()), 66)))


if __name__ == "__main__":
    main(*sys.argv[1:])
