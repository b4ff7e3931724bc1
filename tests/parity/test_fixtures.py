"""Every committed model against what its scikit-learn release answered."""

import glob
import json
import os

import numpy
import pytest

import plain
from knn import MODELS, predict_all, same

CASES = sorted(glob.glob(os.path.join(MODELS, "*.*", "*.json")))

# metrics whose last step NumPy computes with its own pow()
POWERS = "minkowski", "p"


def test_there_are_fixtures():
    releases = {os.path.basename(os.path.dirname(case)) for case in CASES}
    assert len(releases) >= 2 and len(CASES) >= 80 * len(releases)


@pytest.mark.parametrize("case", CASES, ids=lambda case: os.path.relpath(
    case, MODELS)[:-5])
def test_oracle(case):
    with open(case) as file:
        oracle = json.load(file)

    model = os.path.join(os.path.dirname(case), oracle["model"])
    answers = predict_all(model, oracle["queries"])
    indices = [[n["index"] for n in a["neighbors"]] for a in answers]
    distances = [[n["distance"] for n in a["neighbors"]] for a in answers]

    for answer in answers:
        check_names(answer, oracle)
        assert 0 <= answer["novelty"] <= 1

        for neighbor in answer["neighbors"]:
            assert same(neighbor["label"], oracle["y"][neighbor["index"]])

    if oracle["algorithm"] == "brute" and oracle["metric"] == "euclidean":
        expected = plain.nearest(oracle["x"], oracle["queries"],
                                 oracle["n_neighbors"])
        assert indices == expected[0].tolist()
        assert distances == expected[1].tolist()
        check_plain_vote(answers, oracle, *expected)
        numpy.testing.assert_allclose(distances, oracle["distances"],
                                      rtol=1e-9, atol=1e-6)
        return

    assert indices == oracle["indices"]
    assert same([a["prediction"] for a in answers], oracle["predict"])

    if oracle["metric"] in POWERS and oracle["algorithm"] != "brute":
        numpy.testing.assert_array_max_ulp(
            numpy.array(distances), numpy.array(oracle["distances"]), 1)
        numpy.testing.assert_allclose(probabilities(answers),
                                      oracle["predict_proba"], rtol=1e-14)
    else:
        assert distances == oracle["distances"]
        assert probabilities(answers) == oracle["predict_proba"]


def several(oracle):
    return isinstance(oracle["classes"][0], list)


def probabilities(answers):
    """As scikit-learn nests them: several outputs come first."""
    rows = [a["probabilities"] for a in answers]

    if isinstance(rows[0], dict):
        return [list(row.values()) for row in rows]

    return [[list(row[output].values()) for row in rows]
            for output in range(len(rows[0]))]


def check_names(answer, oracle):
    """The members of probabilities name the classes, in their order."""
    found = answer["probabilities"]
    pairs = zip(found, oracle["classes"]) if several(oracle) \
        else [(found, oracle["classes"])]

    for names, classes in pairs:
        assert len(names) == len(classes)

        for name, label in zip(names, classes):
            assert same(name if isinstance(label, str) else json.loads(name),
                        label)


def check_plain_vote(answers, oracle, indices, distances):
    classes = oracle["classes"]
    targets = numpy.array([classes.index(label) for label in oracle["y"]])
    winners, proba = plain.vote(targets[indices], distances, len(classes),
                                oracle["weights"] == "distance")
    assert same([a["prediction"] for a in answers],
                [classes[w] for w in winners])
    assert probabilities(answers) == proba.tolist()
