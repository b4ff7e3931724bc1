"""Points of training data, and points to ask about."""

import numpy


def lattice(n=36, d=3, side=4, seed=1):
    """Integer points with many equal distances, and three classes."""
    rng = numpy.random.RandomState(seed)
    return rng.randint(0, side, (n, d)).astype(float), rng.randint(0, 3, n)


def lattice_queries(d=3, side=4, seed=2):
    """Lattice points, points between them, and points far away."""
    rng = numpy.random.RandomState(seed)
    return numpy.vstack([rng.randint(0, side, (6, d)).astype(float),
                         rng.randint(0, 2 * side, (4, d)) / 2.0,
                         rng.uniform(-1, side, (3, d)),
                         numpy.full((1, d), 1e3)])


def apart(n=24, d=3, seed=8):
    """Points of which no two are equally far from any of the queries."""
    rng = numpy.random.RandomState(seed)
    return rng.uniform(0, 12, (n, d)), rng.randint(0, 3, n)


def apart_queries(d=3, seed=9):
    """Points among those."""
    return numpy.random.RandomState(seed).uniform(0, 12, (6, d))


def signed(n=36, seed=62):
    """
    Decimals, mostly below 0, in three classes, and points among them: some
    are as far from two classes but for the order in which features are added
    up, which an even number of them leaves to no chance.
    """
    rng = numpy.random.RandomState(seed)
    X = rng.randint(-5, 4, (n, 6)) / 10.0
    y = rng.randint(0, 3, n)
    return X, y, rng.randint(-5, 4, (24, 6)) / 10.0
