"""What a fitted model answers, in a form that JSON keeps to the last bit."""

from collections import OrderedDict

import numpy
import sklearn


def release():
    """The release of scikit-learn, without what only packagers count."""
    return sklearn.__version__.split(".post")[0]


def plain(value):
    """A label or a number as JSON has it, its kind kept; NaN is null."""
    value = getattr(value, "item", lambda: value)()
    value = None if value != value else value
    return value.decode() if isinstance(value, bytes) else value


def rows(array):
    """An array of any dimensions, and of any lengths, as nested lists."""
    if isinstance(array, (list, numpy.ndarray)):
        return [rows(row) for row in array]

    return plain(array)


def heart(model, queries):
    """
    The estimator inside of a search, a pipeline or a dictionary, the steps
    before it, the queries as they reach it, and what turns its numbers into
    labels, if anything.
    """
    encoder = None

    if isinstance(model, dict):
        encoder, model = model["encoder"], model["model"]

    model = getattr(model, "best_estimator_", model)

    chain = [step for name, step in getattr(model, "steps", [("", model)])]

    for step in chain[:-1]:
        queries = step.transform(queries)

    return chain[-1], chain[:-1], queries, encoder


def classes_of(estimator, encoder):
    """Its classes, and the labels of the training rows."""
    classes = estimator.classes_

    if isinstance(classes, list):
        return classes, numpy.array([names[column] for names, column in zip(
            classes, estimator._y.T)]).T

    if encoder is not None:
        classes = encoder.inverse_transform(classes)

    return classes, classes[estimator._y] if hasattr(estimator, "_y") else None


def neighbors_of(estimator, queries):
    """Distances and indices, nearest first."""
    if not hasattr(estimator, "radius_neighbors") \
            or getattr(estimator, "n_neighbors", None):
        return estimator.kneighbors(queries)

    try:
        return estimator.radius_neighbors(queries, sort_results=True)
    except TypeError:
        # before 0.22 only the tree itself could sort
        return estimator._tree.query_radius(
            queries, estimator.radius, return_distance=True,
            sort_results=True)[::-1]


def describe(estimator):
    """What a model of neighbors says of itself."""
    said = OrderedDict([("algorithm", estimator._fit_method)])

    if hasattr(estimator, "weights"):
        said["weights"] = estimator.weights

    said["metric"] = estimator.effective_metric_

    for name in "n_neighbors", "radius":
        if plain(getattr(estimator, name, None)) is not None:
            said[name] = plain(getattr(estimator, name))

    said["n_samples"] = estimator._fit_X.shape[0]

    return said


def answers(model, queries):
    """The members of a fixture's JSON; queries may be a pandas frame."""
    estimator, steps, inside, encoder = heart(model, queries)
    answer = OrderedDict([("release", release()),
                          ("steps", [type(step).__name__ for step in steps]),
                          ("estimator", type(estimator).__name__)])

    if hasattr(estimator, "_fit_method"):
        answer.update(describe(estimator))

    answer["n_features"] = queries.shape[1]

    if hasattr(estimator, "classes_"):
        classes, y = classes_of(estimator, encoder)
        answer["classes"] = rows(classes)
    else:
        y = getattr(estimator, "_y", None)

    answer["feature_names"] = list(getattr(model, "feature_names_in_", []))

    if hasattr(queries, "columns"):
        answer["header"] = list(queries.columns)

    if y is not None:
        answer["y"] = rows(y)

    answer["queries"] = rows(getattr(queries, "values", queries))

    if hasattr(estimator, "predict"):
        predicted = estimator.predict(inside)
        answer["predict"] = rows(predicted if encoder is None
                                 else encoder.inverse_transform(predicted))

    if hasattr(estimator, "_fit_method"):
        if hasattr(estimator, "predict_proba"):
            answer["predict_proba"] = rows(estimator.predict_proba(inside))

        distances, indices = neighbors_of(estimator, inside)
        answer["indices"] = rows(indices)
        answer["distances"] = rows(distances)

        if estimator._fit_method == "brute":
            answer["x"] = rows(numpy.asarray(estimator._fit_X, dtype=float))

    return answer
