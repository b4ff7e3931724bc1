"""Random models: everything equal, bit for bit."""

import pytest

PART = 1250


@pytest.mark.parametrize("seed", [20240229])
def test_small(side_by_side, seed):
    """5 000 models."""
    results = side_by_side("random_models.py", [
        ("SMALL", seed, part * PART, PART) for part in range(4)])
    check(results, 4 * PART)


def test_large(side_by_side):
    results = side_by_side("random_models.py", [
        ("LARGE", 3, part * 150, 150) for part in range(2)])
    check(results, 300)


def test_weighted_votes(side_by_side):
    """Labels and probabilities sum weights in different orders."""
    results = side_by_side("random_models.py", [
        ("VOTES", 11, part * 15, 15) for part in range(2)])
    check(results, 30)
    assert sum(result["split"] for result in results) > 0, "no such case"


def check(results, models):
    assert sum(result["models"] for result in results) == models

    for result in results:
        print(result)
        assert result["wrong"] == {}, result
