"""The results of library.py as tables for the report."""

import json
import os
import statistics

import workloads

TRUTH = ("The reference of the answers is the plain loop in double, and for "
         "the library's choice among equal distances its own plain kernel "
         "(KNN_SIMD=generic).")

FAMILIES = {
    "nanoflann": "nanoflann",
    "simsimd": "SimSIMD",
    "faiss": "faiss flat",
    "hnswlib": "hnswlib brute",
    "usearch": "usearch exact",
    "pykdtree": "pykdtree",
    "cKDTree": "SciPy cKDTree",
    "sklearn-kd_tree": "scikit-learn kd_tree",
    "sklearn-brute": "scikit-learn brute",
    "loop": "C loop",
}


def family(name):
    """What contestants that differ by an option have in common."""
    found = [prefix for prefix in FAMILIES if name.startswith(prefix)]
    return max(found, key=len) if found else name


def title(record):
    name = next(one.title for one in workloads.WORKLOADS
                if one.name == record["workload"])
    return f"{name}, {record['n']:,} x {record['d']}"


def number(value):
    """Three digits that count."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value >= 10 else f"{value:.2f}"


def share(value):
    """A share, which is 1 only if nothing is missing."""
    return "1" if value == 1 else f"{min(value, 0.9999):.4f}"


def ours(record):
    return next(one for one in record["contestants"].values() if one["ours"])


def peers(record):
    """The best contestant of each family."""
    best = {}

    for name, one in record["contestants"].items():
        if one["ours"]:
            continue

        kind = family(name)

        if kind not in best or one["ns"] < best[kind][1]["ns"]:
            best[kind] = (name, one)

    return best


def limits(record, which):
    """The floor or the goal of a record, if it has one."""
    workload = next(one for one in workloads.WORKLOADS
                    if one.name == record["workload"])
    pair = getattr(workload, which).get(record["batch"], (None, None))
    return pair[0 if record["type"] == "double" else 1]


def ratio(record):
    """The best peer, and how many times its time is ours."""
    kind, (_, best) = min(peers(record).items(), key=lambda x: x[1][1]["ns"])
    return kind, best, best["ns"] / ours(record)["ns"]


def against(records):
    """The library beside the best of its peers."""
    rows = []

    for record in records:
        kind, best, times = ratio(record)
        mine = ours(record)
        floor, goal = limits(record, "floors"), limits(record, "goals")
        told = f"{times:.2f}"

        if floor and times < floor:
            told = f"**{told}**"

        rows.append([title(record), record["type"], str(record["batch"]),
                     number(mine["ns"] / 1000), FAMILIES[kind],
                     number(best["ns"] / 1000), told,
                     f"{floor:g}" if floor else "-",
                     f"{goal:g}" if goal else "-",
                     share(mine["neighbours"]), share(mine["bits"])])

    return {
        "title": "The library and the best of its peers",
        "method": "Microseconds of one core for a query; of a batch, for each "
                  "of its queries. Ratio: the best peer's time over the "
                  "library's. Floor: what it must not fall below; a ratio in "
                  "bold does. Goal: what the machine should allow. The last "
                  "two columns: shares of neighbours and of distances, bit "
                  "for bit, that are those of the reference.",
        "columns": ["workload", "numbers", "batch", "library", "best peer",
                    "its time", "ratio", "floor", "goal", "neighbours",
                    "distances"],
        "rows": rows,
        "notes": [TRUTH, spread(records)],
    }


def spread(records):
    widths = [ours(record)["spread"] for record in records]
    return (f"Half the distance between the quartiles of the library's rounds "
            f"is {100 * statistics.median(widths):.0f} % of the median in "
            f"the middle case, and {100 * max(widths):.0f} % in the worst.")


def times(records):
    """What each of the peers took."""
    kinds = [kind for kind in FAMILIES
             if any(kind in peers(record) for record in records)]
    rows = []

    for record in records:
        best = peers(record)
        rows.append([title(record), record["type"], str(record["batch"]),
                     number(ours(record)["ns"] / 1000),
                     *[number(best[kind][1]["ns"] / 1000)
                       if kind in best else "" for kind in kinds]])

    return {
        "title": "All contestants",
        "method": "Microseconds for a query, of the best variant of each: "
                  "nanoflann with leaves of 10 and of 32 rows and both of its "
                  "loops, scikit-learn of PyPI and of Debian. Empty: not for "
                  "such numbers, or left out (trees in more than 30 "
                  "features, nanoflann in more than 64).",
        "columns": ["workload", "numbers", "batch", "library",
                    *[FAMILIES[kind] for kind in kinds]],
        "rows": rows,
        "notes": [f"What a call from Python takes when there is one row of one "
                  f"feature: {one}. Of faiss's about 0.6 µs are its own, as a "
                  f"call from C++ tells." for one in overheads(records)],
    }


def overheads(records):
    """Of the newest record that tells."""
    told = [record["overheads"] for record in records
            if record.get("overheads")]

    if not told:
        return []

    return [", ".join(f"{FAMILIES[name]} {ns / 1000:.1f} µs"
                      for name, ns in told[-1].items())]


def answers(records):
    """How often the answers are the reference's."""
    rows = []

    for kind in [None, *FAMILIES]:
        row = ["library" if kind is None else FAMILIES[kind]]

        for numbers in "double", "float":
            found = [ours(record) if kind is None else peers(record)[kind][1]
                     for record in records if record["type"] == numbers
                     and (kind is None or kind in peers(record))]

            for member in "neighbours", "bits":
                row.append(share(min(one[member] for one in found))
                           if found else "")

        rows.append(row)

    return {
        "title": "Right answers",
        "method": "The lowest share in any workload of neighbours and of "
                  "distances, bit for bit, that are the reference's.",
        "columns": ["contestant", "double: neighbours", "distances",
                    "float: neighbours", "distances"],
        "rows": rows,
        "notes": [TRUTH, "Other libraries choose otherwise among rows that "
                  "are equally far, which digits and pictures have, and sum "
                  "in another order, or floats in float."],
    }


def memory(records):
    """What a model holds and takes to load, and how fast rows are read."""
    rows = []

    for record in records:
        if record["batch"] != 1:
            continue

        mine = ours(record)
        facts = mine["facts"]
        size = 8 if record["type"] == "double" else 4
        data = record["n"] * record["d"] * size
        row_kernel = peers(record).get("simsimd")
        native = facts.get("native")
        rows.append([
            title(record), record["type"], f"{facts['memory'] / record['n']:.0f}",
            f"{facts['memory'] / data:.2f}", number(1000 * facts["load"]),
            number(1000 * native) if native else "",
            number(data / mine["ns"]),
            number(data / row_kernel[1]["ns"]) if row_kernel else ""])

    return {
        "title": "Memory, loading, bandwidth",
        "method": "Bytes that a model holds for each training row, all "
                  "counted, and as a multiple of the rows' numbers. CPU time "
                  "to load a file that is cached: joblib as scikit-learn "
                  "wrote it, and what knn convert makes of it. GB of rows "
                  "that a single query goes through in a second, if it "
                  "measured each of them once.",
        "columns": ["workload", "numbers", "bytes a row", "of the numbers",
                    "joblib, ms", "native, ms", "library, GB/s",
                    "SimSIMD, GB/s"],
        "rows": rows,
        "notes": ["SimSIMD reads every row, so its column is what the memory "
                  "gives; where the library has more, it did not read all."],
    }


def tables(records):
    return {"library": against(records), "library_peers": times(records),
            "library_answers": answers(records),
            "library_memory": memory(records)}


def names():
    return [workload.name for workload in workloads.WORKLOADS]


def records(path):
    """Those of a file, if it is there, as the workloads stand."""
    if not os.path.exists(path):
        return []

    with open(path) as file:
        found = json.load(file)

    order = names()

    return sorted(
        (record for record in found if record["workload"] in order),
        key=lambda record: (order.index(record["workload"]), record["batch"],
                            record["type"]))
