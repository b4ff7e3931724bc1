"""The committed models, and whether answers are those of their releases."""

import glob
import json
import os

import numpy

import plain
from knn import MODELS, same

CASES = sorted(glob.glob(os.path.join(MODELS, "[0-9]*", "*.json")))

# metrics of trees whose last step NumPy computes with its own pow()
POWERS = "minkowski", "p", "wminkowski"

# what a release says of its model, and the output that says it here
OUTPUTS = {"predict": "predict", "predict_proba": "predict_proba",
           "indices": "kneighbors"}


def load(case):
    """What the release said, with the path of the model."""
    with open(case) as file:
        oracle = json.load(file)

    oracle["file"] = os.path.join(os.path.dirname(case), oracle["model"])

    return oracle


def outputs(oracle):
    """The outputs that can be compared."""
    return [output for member, output in OUTPUTS.items() if member in oracle]


def slack(oracle):
    """How far the bits of distances may be off, relatively."""
    if "PCA" in oracle["steps"]:
        return 1e-12

    if oracle.get("metric") in POWERS and oracle["algorithm"] != "brute":
        return 2 ** -52

    return 0


def close(found, expected, rtol):
    if rtol:
        numpy.testing.assert_allclose(found, expected, rtol=rtol)
    else:
        assert found == expected


def check(oracle, answers):
    """Each answer is a row's: prediction, probabilities, neighbors, novelty."""
    assert len(answers) == len(oracle["queries"])
    predictions = [a.get("prediction") for a in answers]
    rtol = slack(oracle)

    for answer in answers:
        check_members(oracle, answer)

    if oracle.get("algorithm") == "brute" and oracle["metric"] == "euclidean":
        check_plain(oracle, answers)
        return

    if "indices" in oracle:
        assert column(answers, "index") == oracle["indices"]
        close(column(answers, "distance"), oracle["distances"], rtol)

    if "predict_proba" in oracle:
        close(probabilities(answers), oracle["predict_proba"], 50 * rtol)

    if "classes" in oracle:
        assert same(predictions, oracle["predict"])
    elif "predict" in oracle:
        close(predictions, oracle["predict"], 50 * rtol)


def column(answers, member):
    """One member of all neighbors."""
    return [[n[member] for n in a["neighbors"]] for a in answers]


def check_members(oracle, answer):
    """The parts of an answer have the right names and kinds."""
    if "predict_proba" in oracle:
        check_classes(oracle, answer["probabilities"])

    if "indices" not in oracle:
        return

    assert 0 <= answer["novelty"] <= 1

    for neighbor in answer["neighbors"]:
        if "classes" in oracle:
            assert same(neighbor["label"], oracle["y"][neighbor["index"]])
        elif "y" in oracle:
            assert neighbor["value"] == oracle["y"][neighbor["index"]]
        else:
            assert set(neighbor) == {"index", "distance"}


def check_classes(oracle, found):
    """The members of probabilities name the classes, in their order."""
    several = isinstance(oracle["classes"][0], list)
    pairs = zip(found, oracle["classes"]) if several \
        else [(found, oracle["classes"])]

    for names, classes in pairs:
        assert len(names) == len(classes)

        for name, label in zip(names, classes):
            assert same(name if isinstance(label, str) else json.loads(name),
                        label)


def probabilities(answers):
    """As scikit-learn nests them: several outputs come first."""
    rows = [a["probabilities"] for a in answers]

    if isinstance(rows[0], dict):
        return [list(row.values()) for row in rows]

    return [[list(row[output].values()) for row in rows]
            for output in range(len(rows[0]))]


def check_plain(oracle, answers):
    """
    Brute force by the euclidean metric is rounded as the BLAS of the machine
    rounds; here the exact distance decides, and then the lowest index.
    """
    classes = oracle["classes"]
    indices, distances = plain.nearest(oracle["x"], oracle["queries"],
                                       oracle["n_neighbors"])
    targets = numpy.array([classes.index(label) for label in oracle["y"]])
    winners, proba = plain.vote(targets[indices], distances, len(classes),
                                oracle["weights"] == "distance")

    assert column(answers, "index") == indices.tolist()
    assert column(answers, "distance") == distances.tolist()
    assert probabilities(answers) == proba.tolist()
    assert same([a["prediction"] for a in answers],
                [classes[w] for w in winners])
    numpy.testing.assert_allclose(distances, oracle["distances"],
                                  rtol=1e-9, atol=1e-6)
