"""scikit-learn's answers, in the form of our replies."""

import pandas


def frame(model, rows):
    return pandas.DataFrame(rows, columns=model.feature_names_in_)


def predictions(model, rows):
    return model.predict(frame(model, rows)).tolist()


def probabilities(model, rows):
    classes = [str(label) for label in model.classes_]
    return [dict(zip(classes, row.tolist()))
            for row in model.predict_proba(frame(model, rows))]


def neighbors(model, rows):
    distances, indices = model.kneighbors(frame(model, rows))
    labels = model.classes_[model._y]

    return [[{"index": int(i), "distance": float(d), "label": labels[i]}
             for d, i in zip(*row)] for row in zip(distances, indices)]
