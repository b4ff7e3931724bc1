"""What the searches are compared at: rows, and queries like them.

Every workload is made from a seed.  Queries come from the same distribution
as the rows, none is a row and none comes twice: a benchmark that repeats its
queries teaches them to the branch predictor.

    workloads.py DIRECTORY NAME     writes NAME-f8 and NAME-f4 below it: rows,
                                    queries, and the model made of the rows
"""

import dataclasses
import os
import sys

import joblib
import numpy as np
import sklearn.datasets
import sklearn.neighbors

SEED = 20260


def smoothed(rng, rows, target, count):
    """Queries like the rows of a small data set, by a smoothed bootstrap: a
    row is moved towards the mean of its class, and as much again by noise
    with the covariance of the class, which keeps both as they were."""
    shares = np.bincount(target) / len(target)
    queries = np.empty((count, rows.shape[1]))
    classes = rng.choice(len(shares), count, p=shares)
    width = 0.5

    for number in range(len(shares)):
        members = rows[target == number]
        places = np.flatnonzero(classes == number)
        mean = members.mean(axis=0)
        deviations = members - mean

        for some in np.array_split(places, len(places) // 4096 + 1):
            noise = rng.standard_normal((len(some), len(members)))
            noise = noise @ deviations / np.sqrt(len(members))
            base = deviations[rng.integers(len(members), size=len(some))]
            queries[some] = (mean + np.sqrt(1 - width**2) * base
                             + width * noise)

    return queries


def real(loader, standardised=False, whole=False):
    """A data set that scikit-learn comes with."""

    def make(rng, count):
        rows, target = loader(return_X_y=True)

        if standardised:
            rows = (rows - rows.mean(axis=0)) / rows.std(axis=0)

        queries = smoothed(rng, rows, target, count)

        if whole:
            queries = np.clip(np.rint(queries), rows.min(axis=0),
                              rows.max(axis=0))

        return rows, queries

    return make


def normal(n, d):
    """Standard normal in every feature."""

    def make(rng, count):
        rows = rng.standard_normal((n + count, d))
        return rows[:n], rows[n:]

    return make


def uniform(n, d):
    """Uniform in the unit cube."""

    def make(rng, count):
        rows = rng.random((n + count, d))
        return rows[:n], rows[n:]

    return make


def mixture(n, d, clusters, rank):
    """Clusters, each in a subspace of its own: rank directions of decreasing
    weight around a centre, and a little noise in all features."""

    def make(rng, count):
        size = n + count
        rows = np.empty((size, d))
        label = rng.integers(clusters, size=size)
        centres = rng.standard_normal((clusters, d))
        weights = 1 / np.sqrt(1 + np.arange(rank))
        order = np.argsort(label, kind="stable")
        bounds = np.searchsorted(label[order], np.arange(clusters + 1))

        for number in range(clusters):
            places = order[bounds[number]:bounds[number + 1]]
            basis = rng.standard_normal((rank, d)) / np.sqrt(rank)
            latent = rng.standard_normal((len(places), rank)) * weights
            rows[places] = centres[number] + latent @ basis
            rows[places] += 0.05 * rng.standard_normal((len(places), d))

        return rows[:n], rows[n:]

    return make


def pictures(n, side, classes, rank):
    """Whole numbers from 0 to 255, as those of grey pictures: each class is a
    smooth picture, varied along rank smooth directions, with some noise on
    the pixels that are not black; about half of them are."""

    def smooth(rng, count):
        axis = np.arange(side)
        distance = (axis[:, None] - axis[None, :]) / 1.5
        blur = np.exp(-distance**2 / 2)
        fields = blur @ rng.standard_normal((count, side, side)) @ blur.T
        fields = fields.reshape(count, -1)
        return fields / fields.std(axis=1, keepdims=True)

    def make(rng, count):
        size = n + count
        label = rng.integers(classes, size=size)
        means = 90 * smooth(rng, classes)
        bases = 35 * smooth(rng, classes * rank)
        bases = bases.reshape(classes, rank, side * side)
        weights = 1 / np.sqrt(1 + np.arange(rank))
        rows = np.empty((size, side * side))

        for start in range(0, size, 4096):
            part = label[start:start + 4096]
            latent = rng.standard_normal((len(part), rank)) * weights
            some = means[part]

            for number in range(classes):
                some[part == number] += (latent[part == number]
                                         @ bases[number])

            some += np.where(some > 0, 10 * rng.standard_normal(some.shape), 0)
            rows[start:start + 4096] = np.clip(np.rint(some), 0, 255)

        return rows[:n], rows[n:]

    return make


@dataclasses.dataclass
class Workload:
    name: str
    title: str
    n: int
    d: int
    k: int
    make: object
    queries: int
    batches: tuple = (1,)

    # best peer's time over ours, for doubles and for floats, by batch
    floors: dict = dataclasses.field(default_factory=dict)
    goals: dict = dataclasses.field(default_factory=dict)

    def generate(self):
        """Rows and queries in double."""
        rng = np.random.default_rng([SEED, *self.name.encode()])
        rows, queries = self.make(rng, self.queries)
        assert rows.shape == (self.n, self.d)
        return (np.ascontiguousarray(rows, dtype=np.float64),
                np.ascontiguousarray(queries, dtype=np.float64))


DATASETS = sklearn.datasets

WORKLOADS = [
    Workload("iris", "iris", 150, 4, 5, real(DATASETS.load_iris), 400000,
             floors={1: (3.5, 3.3)}, goals={1: (4, 4)}),
    Workload("wine", "wine, standardised", 178, 13, 5,
             real(DATASETS.load_wine, standardised=True), 200000,
             floors={1: (5, 5)}, goals={1: (6.5, 6.5)}),
    Workload("cancer", "breast cancer, standardised", 569, 30, 5,
             real(DATASETS.load_breast_cancer, standardised=True), 100000,
             floors={1: (6, 5)}, goals={1: (8.3, 6.9)}),
    Workload("wine-raw", "wine, as it is", 178, 13, 5,
             real(DATASETS.load_wine), 200000),
    Workload("cancer-raw", "breast cancer, as it is", 569, 30, 5,
             real(DATASETS.load_breast_cancer), 100000),
    Workload("digits", "digits", 1797, 64, 5,
             real(DATASETS.load_digits, whole=True), 60000, (1, 100),
             floors={1: (8, 5.5), 100: (8, 3)},
             goals={1: (10, 7.1), 100: (14, 5)}),
    Workload("1e5x8", "normal", 100000, 8, 5, normal(100000, 8), 100000,
             floors={1: (5, 4)}, goals={1: (8, 8)}),
    Workload("1e6x3", "uniform", 1000000, 3, 10, uniform(1000000, 3), 200000,
             (1, 1000), floors={1: (3.5, 2.5), 1000: (5, None)},
             goals={1: (5, 5), 1000: (6.7, 6.7)}),
    Workload("6e4x784", "pictures", 60000, 784, 5, pictures(60000, 28, 10, 24),
             9000, (1, 100), floors={1: (12, 6), 100: (25, 12)},
             goals={1: (12.5, 6.25), 100: (50, 25)}),
    Workload("6e4x784-normal", "normal", 60000, 784, 5, normal(60000, 784),
             9000, (1, 100)),
    Workload("1e6x128", "mixture", 1000000, 128, 10,
             mixture(1000000, 128, 200, 16), 9000, (1, 100),
             floors={1: (8.5, 4.7), 100: (25, 12)},
             goals={1: (10, 5.3), 100: (50, 25)}),
    Workload("1e6x128-normal", "normal", 1000000, 128, 10,
             normal(1000000, 128), 9000, (1, 100)),
]

SMALL = ["iris", "wine", "cancer", "wine-raw", "cancer-raw", "digits",
         "1e5x8"]


# takes as long as all others together
EXTRA = ["1e6x128-normal"]


def chosen(names):
    """The workloads of those names; "small" and "all" are sets."""
    if not names or "all" in names:
        return [one for one in WORKLOADS if one.name not in EXTRA]

    known = {workload.name: workload for workload in WORKLOADS}
    names = [one for name in names
             for one in (SMALL if name == "small" else [name])]

    for name in names:
        if name not in known:
            raise SystemExit(f"{name} is no workload; they are: small all "
                             f"{' '.join(known)}")

    return [known[name] for name in names]


def write(workload, directory):
    rows, queries = workload.generate()
    target = np.arange(len(rows)) % 3

    for dtype in "f8", "f4":
        path = os.path.join(directory, f"{workload.name}-{dtype}")
        os.makedirs(path, exist_ok=True)
        narrow = rows.astype(dtype, copy=False)
        narrow.tofile(os.path.join(path, "rows"))
        queries.astype(dtype, copy=False).tofile(os.path.join(path, "queries"))
        model = sklearn.neighbors.KNeighborsClassifier(workload.k)
        joblib.dump(model.fit(narrow, target),
                    os.path.join(path, "model.joblib"))


if __name__ == "__main__":
    write(chosen(sys.argv[2:])[0], sys.argv[1])
