"""
Compares the command with the scikit-learn of this interpreter on random
estimators of every kind, whose data are full of equal distances:

    python random_estimators.py SEED FIRST COUNT

prints one JSON object of counts.  A model depends on its seed and number
alone, so that COUNT 1 repeats any one.
"""

import json
import math
import os
import sys
import tempfile
import warnings

import numpy
import sklearn
from sklearn import neighbors

from knn import predict, same
from random_models import LABELS, dump

RELEASE = tuple(map(int, sklearn.__version__.split(".")[:2]))

KINDS = ["KNeighborsClassifier", "KNeighborsRegressor",
         "RadiusNeighborsClassifier", "RadiusNeighborsRegressor",
         "NearestNeighbors", "NearestCentroid"]

# of another label than any class, by LABELS
OUTLIERS = ["none", "z", 99, -1, None]


def data(rng):
    """Rows on a lattice, a few of them many times, and points to ask for."""
    n, d = [(rng.randint(4, 61), rng.randint(1, 7)),
            (rng.randint(60, 700), rng.randint(1, 5)),
            (rng.randint(20, 250), rng.randint(5, 18))][rng.randint(3)]
    side = rng.choice([2, 4, 20])
    scale = rng.choice([1.0, 0.1, 1 / 3, 1e-12, 1e-160])
    X = rng.randint(0, side, (n, d)) * scale
    X[rng.randint(0, n, n // 6)] = X[rng.randint(0, n)]

    queries = numpy.vstack([
        X[rng.randint(0, n, 3)],
        rng.randint(-1, side + 1, (3, d)) * scale,
        rng.randint(-2, 2 * side + 2, (3, d)) / 2.0 * scale,
        rng.uniform(-1, side, (2, d)) * scale,
        numpy.full((1, d), 3.0 * side * scale)])

    return X, queries, side, scale


def targets(rng, name, n):
    """y, and the options that come with it."""
    outputs = [1, 1, 2, 3][rng.randint(4)]

    if name.endswith("Regressor"):
        y = rng.standard_normal((n, outputs)) * 10.0 ** rng.randint(-3, 4)
        y = [y, y.astype("f4"), numpy.rint(y * 10).astype("i8"),
             numpy.asfortranarray(y)][rng.randint(4)]
        return (y[:, 0] if outputs == 1 and rng.randint(2) else y), {}

    if name == "NearestCentroid":
        outputs = 1

    kind = rng.randint(len(LABELS))
    labels = LABELS[kind]
    y = labels[rng.randint(0, rng.randint(2, 6), (n, outputs))]
    y[0], y[1] = labels[0], labels[1]
    options = {}

    if name == "RadiusNeighborsClassifier":
        options = [{}, {"outlier_label": "most_frequent"},
                   {"outlier_label": OUTLIERS[kind]},
                   {"outlier_label": labels[:outputs].tolist()},
                   ][rng.randint(4)]

    return (y[:, 0] if outputs == 1 else y), options


def draw(rng):
    """A fitted model of any kind, with points to ask it for."""
    X, queries, side, scale = data(rng)
    name = KINDS[rng.randint(len(KINDS))]
    options = {}

    if name == "NearestCentroid":
        options["metric"] = ["euclidean", "manhattan"][rng.randint(2)]
        options["shrink_threshold"] = [None, 0.2][rng.randint(2)]
        X = X + rng.uniform(0, scale, X.shape)
    else:
        options["algorithm"] = ["kd_tree", "ball_tree", "brute"][rng.randint(3)]
        options["leaf_size"] = [1, 3, 30][rng.randint(3)]

        # where a matrix product does not decide
        options.update([{"p": 1}, {"p": math.inf},
                        {"metric": "l2"} if options["algorithm"] == "brute"
                        else {"p": 2}][rng.randint(3)])

    if name.startswith("Radius"):
        options["radius"] = float(scale) * [
            0, 0.5, 1, 1.5, side, 9 * side,
            math.sqrt(rng.randint(1, 12))][rng.randint(7)]
    elif name != "NearestCentroid":
        options["n_neighbors"] = int(rng.randint(
            1, min(len(X), [3, 12, 200][rng.randint(3)]) + 1))

    if name.endswith(("Regressor", "Classifier")):
        options["weights"] = ["uniform", "distance"][rng.randint(2)]

    y, more = targets(rng, name, len(X))
    model = getattr(neighbors, name)(**options, **more)

    return (model.fit(X) if name == "NearestNeighbors" else model.fit(X, y),
            queries)


def takes_labels_for_indices(model):
    """What some releases do where brute force counts the votes itself."""
    return (type(model).__name__.endswith("Classifier")
            and model._fit_method == "brute" and model.weights == "uniform"
            and not model.outputs_2d_
            and ((1, 3) <= RELEASE < (1, 9)
                 or (RELEASE >= (1, 4) and hasattr(model, "outlier_label"))))


def asked(path, model, queries):
    """What the command answers; None when it refuses a row."""
    options = [] if type(model).__name__ == "NearestCentroid" else \
        ["--neighbors"] + ["--proba"] * hasattr(model, "predict_proba")

    try:
        answers = predict(path, queries, *options)
        # labels alone are found in another way
        alone = predict(path, queries)
    except AssertionError as refusal:
        if "has no neighbors within" in str(refusal):
            return None
        raise

    assert [a.get("prediction") for a in alone] \
        == [a.get("prediction") for a in answers] \
        or not hasattr(model, "predict"), "labels alone differ"

    return answers


def neighbors_of(model, queries):
    """Indices and distances, and from then on the model predicts by them."""
    if not hasattr(model, "kneighbors"):
        distances, indices = model.radius_neighbors(queries, sort_results=True)
    elif model._fit_method != "brute":
        distances, indices = model.kneighbors(queries)
    else:
        # many rows at a time are dealt out in another way than one
        rows = [model.kneighbors(row[None]) for row in queries]
        distances, indices = (numpy.vstack(part) for part in zip(*rows))
        model.kneighbors = lambda X, return_distance=True: \
            (distances, indices) if return_distance else indices

    return [[{"index": i, "distance": d} for i, d in zip(*pair)]
            for pair in zip([i.tolist() for i in indices],
                            [d.tolist() for d in distances])]


def values_of(model, queries):
    """Predictions as JSON has them."""
    predicted = model.predict(queries)

    if not type(model).__name__.endswith("Regressor"):
        return predicted.tolist()

    # NaN that was made an integer, of a row without neighbors
    if model._y.dtype.kind == "i":
        predicted = numpy.where(predicted < -9e18, numpy.nan, predicted)

    outputs = predicted.reshape(len(queries), -1).tolist()
    outputs = [[None if v != v else v for v in row] for row in outputs]

    return [row[0] if len(row) == 1 else row for row in outputs]


def proba_of(answers):
    """The probabilities of all outputs, side by side."""
    return [[share for output in (p if isinstance(p, list) else [p])
             for share in output.values()]
            for p in (answer["probabilities"] for answer in answers)]


def differences(path, model, queries, counts):
    """The names of what is not equal, bit for bit."""
    answers = asked(path, model, queries)
    wrong = []

    if answers is None:
        counts["refused"] += 1

        try:
            model.predict(queries)
        except ValueError as refusal:
            return [] if "No neighbors found" in str(refusal) else ["refusal"]

        return ["refused"]

    if hasattr(model, "effective_metric_"):
        expected = neighbors_of(model, queries)
        ours = [[{"index": n["index"], "distance": n["distance"]}
                 for n in answer["neighbors"]] for answer in answers]
        counts["neighbors"] += sum(map(len, expected))
        wrong += ["neighbors"] * (ours != expected)

    if takes_labels_for_indices(model):
        return wrong

    if hasattr(model, "predict"):
        ours = [answer["prediction"] for answer in answers]
        expected = values_of(model, queries)
        counts["predictions"] += len(expected)
        wrong += ["predictions"] * (not same(ours, expected))

    if "probabilities" in answers[0]:
        expected = model.predict_proba(queries)
        expected = numpy.hstack(expected if isinstance(expected, list)
                                else [expected]).tolist()
        wrong += ["probabilities"] * (proba_of(answers) != expected)

    return wrong


def run(seed, first, count):
    counts = {"release": sklearn.__version__, "seed": seed, "first": first,
              "models": 0, "rows": 0, "neighbors": 0, "predictions": 0,
              "refused": 0, "wrong": {}, "examples": []}

    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "model")

        for number in range(first, first + count):
            model, queries = draw(numpy.random.RandomState([seed, number]))
            dump(model, path, number)
            shown = repr(model)

            try:
                wrong = differences(path, model, queries, counts)
            except AssertionError as refusal:
                wrong = [str(refusal).replace(directory, "")]

            counts["models"] += 1
            counts["rows"] += len(queries)

            for name in wrong:
                counts["wrong"][name] = counts["wrong"].get(name, 0) + 1

            if wrong and len(counts["examples"]) < 5:
                counts["examples"].append(
                    {"number": number, "model": shown, "wrong": wrong})

    return counts


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps(run(*map(int, sys.argv[1:4]))))
