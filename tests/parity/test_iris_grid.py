"""Labels on the whole Iris grid, 1 387 500 points a model."""

import pytest

import iris_grid

NEIGHBORS = 1, 3, 5, 15


@pytest.fixture(scope="module")
def grid(tmp_path_factory):
    path = tmp_path_factory.mktemp("grid") / "grid.csv"
    assert iris_grid.write(path) >= 10 ** 6
    return path


@pytest.mark.parametrize("weights", ["uniform", "distance"])
@pytest.mark.parametrize("algorithm", ["kd_tree", "ball_tree"])
def test_labels(grid, side_by_side, algorithm, weights):
    results = side_by_side("iris_grid.py", [(grid, algorithm, weights, k)
                                            for k in NEIGHBORS])

    for k, result in zip(NEIGHBORS, results):
        print("k=%d: %d differences in %d points" % (
            k, result["differences"], result["points"]))
        assert result["points"] >= 10 ** 6
        assert result["labels"] == ["setosa", "versicolor", "virginica"]
        assert result["differences"] == 0, "k=%d: %d of %d, first %s" % (
            k, result["differences"], result["points"], result["first"])
