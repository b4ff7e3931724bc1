"""The random models of another scikit-learn, with a Python that has it."""

import os

import pytest

from test_random_models import check

PYTHON = os.environ.get("KNN_NEWEST_PYTHON")


@pytest.mark.skipif(not PYTHON, reason="KNN_NEWEST_PYTHON is not set")
def test_equal(side_by_side):
    results = side_by_side("random_models.py",
                           [("SMALL", 31, 0, 1000), ("SMALL", 31, 1000, 1000),
                            ("LARGE", 31, 0, 100), ("LARGE", 31, 100, 100)],
                           python=PYTHON)
    check(results, 2200)


@pytest.mark.skipif(not PYTHON, reason="KNN_NEWEST_PYTHON is not set")
def test_estimators(side_by_side):
    results = side_by_side("random_estimators.py",
                           [(31, 0, 300), (31, 300, 300)], python=PYTHON)
    check(results, 600)
