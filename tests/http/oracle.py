"""scikit-learn's answers, in the form of our replies."""

import math

import numpy
import pandas


def frame(model, rows):
    """The rows as what the model was trained with: names, or none."""

    if isinstance(rows, pandas.DataFrame):
        return rows

    names = getattr(model, "feature_names_in_", None)
    return numpy.array(rows, float) if names is None \
        else pandas.DataFrame(rows, columns=names)


def plain(value):
    """What JSON has for it: null for NaN."""

    if isinstance(value, numpy.ndarray):
        return [plain(each) for each in value]

    value = value.item() if isinstance(value, numpy.generic) else value
    return None if isinstance(value, float) and math.isnan(value) else value


def predictions(model, rows):
    return plain(model.predict(frame(model, rows)))


def probabilities(model, rows):
    """An object for every row, or an array of those of the outputs."""

    found = model.predict_proba(frame(model, rows))

    if isinstance(found, list):
        return [list(row) for row in zip(*(
            objects(classes, proba)
            for classes, proba in zip(model.classes_, found)))]

    return objects(model.classes_, found)


def objects(classes, proba):
    names = [str(label) for label in classes]
    return [dict(zip(names, row.tolist())) for row in proba]


def neighbors(model, rows):
    """Those of the rows, which steps before the estimator may change."""

    X = frame(model, rows)

    if hasattr(model, "steps"):
        X, model = model[:-1].transform(X), model[-1]

    if hasattr(X, "toarray"):
        X = X.toarray()

    if model.n_neighbors is None:
        distances, indices = model.radius_neighbors(X, sort_results=True)
    else:
        distances, indices = model.kneighbors(X)

    return [[{"index": int(i), "distance": float(d), **target(model, i)}
             for d, i in zip(*row)] for row in zip(distances, indices)]


def target(model, index):
    """What the training data says of a row."""

    if not hasattr(model, "_y"):
        return {}

    y = model._y[index]

    if not hasattr(model, "classes_"):
        return {"value": plain(y)}

    if isinstance(model.classes_, list):
        return {"label": [plain(classes[i])
                          for classes, i in zip(model.classes_, y)]}

    return {"label": plain(model.classes_[y])}
