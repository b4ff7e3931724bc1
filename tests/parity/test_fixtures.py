"""Every committed model against what its scikit-learn release answered."""

import os

import pytest

import fixtures
from knn import MODELS, predict, same

OPTIONS = {"predict_proba": "--proba", "kneighbors": "--neighbors"}


def test_there_are_fixtures():
    releases = {os.path.basename(os.path.dirname(case))
                for case in fixtures.CASES}
    assert len(releases) >= 16 and len(fixtures.CASES) >= 21 * len(releases)


@pytest.mark.parametrize("case", fixtures.CASES, ids=lambda case:
                         os.path.relpath(case, MODELS)[:-5])
def test_oracle(case):
    oracle = fixtures.load(case)
    outputs = fixtures.outputs(oracle)
    answers = predict(oracle["file"], oracle["queries"],
                      *(OPTIONS[o] for o in outputs if o in OPTIONS),
                      header=oracle.get("header"))
    fixtures.check(oracle, answers)

    # labels alone may be found in another way
    if "predict" in outputs:
        alone = predict(oracle["file"], oracle["queries"],
                        header=oracle.get("header"))
        assert same([a["prediction"] for a in alone],
                    [a["prediction"] for a in answers])
