"""Rows that are not as the training rows were, seen in the novelty of 1,000.

The stream has the means and covariances of iris; one feature of the drifted
one is higher by its standard deviation.
"""

import numpy
import pytest

from conftest import IRIS, wait_for
from exposition import scrape

ROWS = 1000


@pytest.fixture(scope="module")
def observe(serve):
    """observe(X) is the mean of the novelty and the share above 0.95."""

    server = serve(f"knn_model iris {IRIS};", """
        location = /predict { knn_predict iris; }
        location = /metrics { knn_metrics; }
    """)

    def read():
        metrics = scrape(server)
        return numpy.array([metrics.sum("novelty_count"),
                            metrics.sum("novelty_sum"),
                            metrics.sum("novelty_bucket", le="0.95")])

    def observe(X):
        before = read()

        for rows in numpy.split(X, 10):
            assert server.post("/predict",
                               {"X": rows.tolist()}).status == 200

        wait_for(lambda: (read() - before)[0] >= ROWS)
        count, total, below = read() - before
        assert count == ROWS
        return total / count, 1 - below / count

    return observe


@pytest.fixture(scope="module")
def stream(iris):
    random = numpy.random.default_rng(5)
    X, y = iris._fit_X, iris._y
    drawn = numpy.vstack([
        random.multivariate_normal(X[y == k].mean(0), numpy.cov(X[y == k].T),
                                   ROWS) for k in range(3)])
    return drawn[random.permutation(len(drawn))].round(1)


def test_undrifted(observe, stream):
    for X in numpy.split(stream, 3):
        mean, above = observe(X)
        assert 0.45 < mean < 0.55
        assert above < 0.08


@pytest.mark.parametrize("feature", range(4))
def test_drifted(observe, stream, iris, feature):
    X = stream[:ROWS].copy()
    X[:, feature] += iris._fit_X[:, feature].std()
    mean, above = observe(X)
    print(f"feature {feature}: mean {mean:.2f}, above 0.95 {above:.3f}")
    assert mean > 0.6
    assert above > 0.1
