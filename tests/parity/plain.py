"""Brute force in float64 as one would write it: the lowest index wins."""

import numpy


def nearest(x, queries, k, metric="euclidean"):
    """Indices and distances of the k nearest rows, summed column by column."""
    apart = numpy.zeros((len(queries), len(x)))

    for a, b in zip(numpy.asarray(queries).T, numpy.asarray(x).T):
        step = numpy.abs(a[:, None] - b)
        apart = {"euclidean": lambda: apart + step * step,
                 "manhattan": lambda: apart + step,
                 "chebyshev": lambda: numpy.maximum(apart, step)}[metric]()

    # the order is that of the squares: a root can make two of them equal
    indices = numpy.argsort(apart, axis=1, kind="stable")[:, :k]
    distances = numpy.take_along_axis(apart, indices, axis=1)

    return indices, (numpy.sqrt(distances) if metric == "euclidean"
                     else distances)


def vote(targets, distances, n_classes, weighted):
    """Winners and probabilities of neighbors with these class indices."""
    weights = numpy.ones(distances.shape)

    if weighted:
        with numpy.errstate(divide="ignore"):
            weights = 1.0 / distances

        infinite = numpy.isinf(weights)
        hit = infinite.any(axis=1)
        weights[hit] = infinite[hit]

    proba = numpy.zeros((len(targets), n_classes))
    sums = numpy.zeros((len(targets), n_classes))

    for c in range(n_classes):
        votes = numpy.where(targets == c, weights, 0.0)
        sums[:, c] = votes.sum(axis=1)

        for column in votes.T:
            proba[:, c] += column

    return sums.argmax(axis=1), proba / proba.sum(axis=1)[:, None]
