"""Searches in Python as contestants, called as directly as they can be.

    peers.py ROWS QUERIES N D K f4|f8 [NAME …]

Speaks what contestant.h says.  The first line tells the names and versions of
those that there are.  What a call needs, addresses and views of the queries,
is made before the clock starts.
"""

import importlib.metadata
import json
import os
import sys
import time

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1",
                  MKL_NUM_THREADS="1")

import numpy as np  # noqa: E402


def faiss_flat(rows, k):
    import faiss

    faiss.omp_set_num_threads(1)

    # matrix products for every batch, none for a single query
    faiss.cvar.distance_compute_blas_threshold = 2 * rows.shape[1]
    index = faiss.IndexFlatL2(rows.shape[1])
    index.add(rows)
    distances = np.empty((1000, k), dtype=np.float32)
    labels = np.empty((1000, k), dtype=np.int64)
    pointers = faiss.swig_ptr(distances), faiss.swig_ptr(labels)

    def prepare(queries):
        return len(queries), faiss.swig_ptr(queries)

    def search(query):
        index.search_c(query[0], query[1], k, *pointers)

    def answer(query):
        search(query)
        return labels[:query[0]], np.sqrt(distances[:query[0]])

    return prepare, search, answer


def hnswlib_brute(rows, k):
    import hnswlib

    index = hnswlib.BFIndex("l2", rows.shape[1])
    index.init_index(len(rows))
    index.add_items(rows)

    def search(query):
        return index.knn_query(query, k, 1)

    def answer(query):
        labels, distances = search(query)
        return labels, np.sqrt(distances)

    return None, search, answer


def usearch_exact(rows, k):
    from usearch.compiled import MetricKind, ScalarKind, exact_search

    kind = ScalarKind.F32 if rows.dtype == np.float32 else ScalarKind.F64

    def search(query):
        return exact_search(rows, query, k, threads=1,
                            metric_kind=MetricKind.L2sq, dtype=kind)

    def answer(query):
        labels, distances, *_ = search(query)
        return labels, np.sqrt(distances)

    return None, search, answer


def sklearn_tree(rows, k):
    from sklearn.neighbors import KDTree

    tree = KDTree(rows)

    def search(query):
        return tree.query(query, k)

    def answer(query):
        distances, labels = search(query)
        return labels, distances

    return None, search, answer


def sklearn_brute(rows, k):
    import sklearn
    from sklearn.neighbors import NearestNeighbors

    sklearn.set_config(assume_finite=True, working_memory=256)
    model = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(rows)

    def search(query):
        return model.kneighbors(query)

    def answer(query):
        distances, labels = search(query)
        return labels, distances

    return None, search, answer


def ckdtree(rows, k):
    from scipy.spatial import cKDTree

    tree = cKDTree(rows, leafsize=16, balanced_tree=False)

    def search(query):
        return tree.query(query, k)

    def answer(query):
        distances, labels = search(query)
        return labels, distances

    return None, search, answer


def pykdtree(rows, k):
    from pykdtree.kdtree import KDTree

    tree = KDTree(rows, leafsize=16)

    def search(query):
        return tree.query(query, k)

    def answer(query):
        distances, labels = search(query)
        return labels, distances

    return None, search, answer


def float_only(n, d, narrow):
    return narrow


def tree_only(n, d, narrow):
    return d <= 30


def any_kind(n, d, narrow):
    return True


PEERS = {
    "faiss": (faiss_flat, "faiss-cpu", float_only),
    "hnswlib": (hnswlib_brute, "hnswlib", float_only),
    "usearch": (usearch_exact, "usearch", any_kind),
    "sklearn-kd_tree": (sklearn_tree, "scikit-learn", tree_only),
    "sklearn-brute": (sklearn_brute, "scikit-learn", any_kind),
    "cKDTree": (ckdtree, "scipy", tree_only),
    "pykdtree": (pykdtree, "pykdtree", tree_only),
}


def version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


class Contestant:
    def __init__(self, build, rows, queries, k):
        self.queries = queries
        self.prepare, self.search, self.answers = build(rows, k)

    def parts(self, first, count, batch):
        parts = [self.queries[at:min(at + batch, first + count)]
                 for at in range(first, first + count, batch)]
        return [self.prepare(part) for part in parts] if self.prepare else parts

    def time(self, first, count, batch, warm):
        search = self.search

        for part in self.parts(first, warm, batch):
            search(part)

        parts = self.parts(first + warm, count, batch)
        clock = time.thread_time_ns
        start = clock()

        for part in parts:
            search(part)

        return {"ns": clock() - start}

    def answer(self, count, batch, path):
        found = [[np.array(one) for one in self.answers(part)]
                 for part in self.parts(0, count, batch)]

        with open(path, "wb") as file:
            for which, dtype in enumerate((np.int64, np.float64)):
                for answer in found:
                    file.write(np.ascontiguousarray(answer[which],
                                                    dtype=dtype).tobytes())

        return {}


def overhead(build, dtype):
    """What a call costs that has nothing to do, in nanoseconds."""
    one = np.zeros((1000, 1), dtype=dtype)
    contestant = Contestant(build, one[:1], one, 1)
    return min(contestant.time(0, 500, 1, 100)["ns"] / 500 for _ in range(3))


def main(rows, queries, n, d, k, dtype, *names):
    n, d, k = int(n), int(d), int(k)
    rows = np.fromfile(rows, dtype=dtype).reshape(n, d)
    queries = np.fromfile(queries, dtype=dtype).reshape(-1, d)
    versions = {name: version(package)
                for name, (_, package, fits) in PEERS.items()
                if (not names or name in names)
                and fits(n, d, dtype == "f4") and version(package)}
    contestants = {}

    print(json.dumps({"versions": versions, "overheads": {
        name: overhead(PEERS[name][0], dtype) for name in versions}}),
          flush=True)

    for line in sys.stdin:
        verb, name, *args = line.split()

        if name not in contestants:
            contestants[name] = Contestant(PEERS[name][0], rows, queries, k)

        args = [int(arg) if arg.isdigit() else arg for arg in args]
        print(json.dumps(getattr(contestants[name], verb)(*args)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
