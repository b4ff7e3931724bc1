"""
Compares the command with the scikit-learn of this interpreter on random
models with transformers before the estimator:

    python random_steps.py SEED FIRST COUNT

prints one JSON object of counts.  Most rows must be answered alike, bit for
bit; "loose" ones come after products of matrices or powers, whose last bits
are those of other libraries, and need distances that are nearly equal.  Rows
with missing or unknown values must be refused where scikit-learn refuses them.
A model depends on its seed and number alone, so that COUNT 1 repeats any one.
"""

import csv
import io
import json
import os
import pickle
import sys
import tempfile
import warnings

import joblib
import numpy
import sklearn
from sklearn import decomposition, feature_selection, preprocessing
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import FeatureUnion, Pipeline

try:
    import pandas
except ImportError:
    pandas = None

from knn import knn

RELEASE = tuple(int(part) for part in sklearn.__version__.split(".")[:2])
ROWS = 60
QUERIES = 8
TEXTS = ["a", "b", "c, d", 'e "f"', u"\u00e4", "g", "7"]


def pick(rng, values):
    return values[rng.randint(len(values))]


def since(release, **options):
    return options if RELEASE >= release else {}


# transformers of numbers


def scaler(rng):
    return pick(rng, [
        lambda: preprocessing.StandardScaler(with_mean=bool(rng.randint(4)),
                                             with_std=bool(rng.randint(4))),
        lambda: preprocessing.MinMaxScaler(
            feature_range=pick(rng, [(0, 1), (-1, 3)]),
            **since((0, 24), clip=bool(rng.randint(2)))),
        lambda: preprocessing.MaxAbsScaler(
            **since((1, 8), clip=bool(rng.randint(2)))),
        lambda: preprocessing.RobustScaler(
            with_centering=bool(rng.randint(4)),
            with_scaling=bool(rng.randint(4))),
        lambda: preprocessing.Normalizer(norm=pick(
            rng, ["l1", "l2"] + (["max"] if RELEASE >= (0, 23) else []))),
        lambda: preprocessing.Binarizer(threshold=pick(rng, [0.0, 0.75])),
        lambda: preprocessing.QuantileTransformer(
            n_quantiles=pick(rng, [2, 5, 20])),
    ])()


def chooser(rng):
    return pick(rng, [
        lambda: feature_selection.VarianceThreshold(pick(rng, [0.0, 0.4])),
        lambda: feature_selection.SelectKBest(k=pick(rng, [1, 2, "all"])),
        lambda: feature_selection.SelectPercentile(
            percentile=pick(rng, [34, 50, 75, 100])),
    ])()


def widener(rng):
    return pick(rng, [
        lambda: preprocessing.KBinsDiscretizer(
            n_bins=3, encode=pick(rng, ["onehot-dense", "ordinal"]),
            strategy=pick(rng, ["uniform", "quantile"])),
        lambda: preprocessing.PolynomialFeatures(
            degree=pick(rng, [2, 3] if RELEASE >= (0, 22) else [2]),
            include_bias=bool(rng.randint(2)),
            interaction_only=bool(rng.randint(2))),
        lambda: preprocessing.FunctionTransformer(None, validate=False),
        lambda: FeatureUnion(
            [("one", scaler(rng)), ("other", preprocessing.MaxAbsScaler())],
            transformer_weights=pick(rng, [None, {"one": 0.3}])),
    ])()


def inexact(rng):
    return pick(rng, [
        lambda: decomposition.PCA(n_components=2,
                                  whiten=bool(rng.randint(2))),
        lambda: decomposition.TruncatedSVD(n_components=1, random_state=0),
        lambda: preprocessing.PowerTransformer(
            standardize=bool(rng.randint(2))),
        lambda: preprocessing.QuantileTransformer(
            n_quantiles=10, output_distribution="normal"),
    ])()


def imputer(rng, missing=numpy.nan):
    return SimpleImputer(
        missing_values=missing, fill_value=pick(rng, [0, -1.5]),
        strategy=pick(rng, ["mean", "median", "most_frequent", "constant"]),
        **since((0, 21), add_indicator=bool(rng.randint(2))))


def chain(rng):
    """Transformers of numbers, and whether they are exact."""
    steps = [imputer(rng, pick(rng, [numpy.nan, numpy.nan, 0.5]))] \
        if rng.randint(2) else []
    steps += [pick(rng, [scaler, chooser, widener])(rng)
              for _ in range(rng.randint(1, 3))]
    exact = bool(rng.randint(5))

    # at the end: behind it a rank may jump where a last bit differs

    if not exact:
        steps.append(inexact(rng))

    return Pipeline([("s%d" % i, step) for i, step in enumerate(steps)]), exact


# transformers of categories


def encoder(rng):
    kinds = [lambda: preprocessing.OneHotEncoder(handle_unknown="ignore"),
             lambda: preprocessing.OneHotEncoder(),
             lambda: preprocessing.OrdinalEncoder()]

    if RELEASE >= (0, 23):
        kinds.append(lambda: preprocessing.OneHotEncoder(
            drop=pick(rng, ["first", "if_binary"])))

    if RELEASE >= (0, 24):
        kinds.append(lambda: preprocessing.OrdinalEncoder(
            handle_unknown="use_encoded_value", unknown_value=-1))

    if RELEASE >= (1, 1):
        kinds.append(lambda: preprocessing.OneHotEncoder(
            handle_unknown="infrequent_if_exist",
            min_frequency=pick(rng, [None, 9, 0.2]),
            drop=pick(rng, [None, "first"])))

    if RELEASE >= (1, 3):
        kinds.append(lambda: preprocessing.TargetEncoder(cv=2))
        kinds.append(lambda: preprocessing.OrdinalEncoder(
            handle_unknown="use_encoded_value", unknown_value=-2,
            encoded_missing_value=-1, max_categories=3))

    return pick(rng, kinds)()


def category(rng):
    """A transformer of texts or of numbers that are categories."""
    if rng.randint(2):
        return encoder(rng)

    return Pipeline([("fill", SimpleImputer(strategy="most_frequent")),
                     ("code", encoder(rng))])


# tables


def column(rng, kind):
    n = ROWS + QUERIES

    if kind == "text":
        values = rng.choice(numpy.array(TEXTS[:rng.randint(2, 7)],
                                        dtype=object), n)
    elif kind == "code":
        values = rng.randint(0, 5, n).astype(float)
    else:
        values = rng.randint(-2, 6, n) * pick(rng, [0.25, 0.1, 1 / 3.0])

    # every category must be seen, and seen twice

    values[:2 * len(set(values))] = numpy.repeat(
        numpy.array(sorted(set(values)), dtype=values.dtype), 2)

    return values


def columns_of(rng, frame, names, indices):
    """The ways to name columns."""
    ways = [lambda: list(indices), lambda: numpy.array(indices)]

    if list(indices) == list(range(indices[0], indices[-1] + 1)):
        ways.append(lambda: slice(indices[0], indices[-1] + 1))

    ways.append(lambda: [i in indices for i in range(len(names))])

    if frame:
        ways.append(lambda: [names[i] for i in indices])
        ways.append(lambda: pandas.Index([names[i] for i in indices]))

    return pick(rng, ways)()


def mixed(rng):
    """A ColumnTransformer over columns of several kinds, and their table."""
    kinds = ["number"] * rng.randint(1, 4) + ["text"] * rng.randint(1, 3) \
        + ["code"] * rng.randint(0, 2) + ["unused"] * rng.randint(0, 2)
    kinds = [kinds[i] for i in rng.permutation(len(kinds))]
    names = [pick(rng, ["col %d", "c%d"]) % i for i in range(len(kinds))]
    frame = pandas is not None and RELEASE > (0, 20) and bool(rng.randint(3))
    exact = True
    parts = []

    for kind in ("number", "text", "code"):
        indices = [i for i, k in enumerate(kinds) if k == kind]

        if not indices:
            continue

        if kind == "number":
            transformer, exact = chain(rng)
            transformer = pick(rng, [transformer, transformer, "passthrough"])
        else:
            transformer = category(rng)

        parts.append((kind, transformer,
                      columns_of(rng, frame, names, indices)))

    remainder = pick(rng, ["drop", "passthrough"])
    X = [column(rng, pick(rng, ["text", "number"])
                if k == "unused" and remainder == "drop"
                else "number" if k == "unused" else k) for k in kinds]

    transformer = ColumnTransformer(
        [parts[i] for i in rng.permutation(len(parts))], remainder=remainder,
        sparse_threshold=0,
        transformer_weights=pick(rng, [None, None, {"text": 0.7}]))

    if frame:
        table = pandas.DataFrame(dict(zip(names, X)), columns=names)

        for name, kind in zip(names, kinds):
            if kind == "text":
                table[name] = table[name].astype(object)
    else:
        table = numpy.array([list(row) for row in zip(*X)], dtype=object)

    return transformer, exact, table, names if frame else None, kinds


def numbers(rng):
    """Steps of numbers alone, and their table."""
    transformer, exact = chain(rng)
    X = numpy.array([column(rng, "number") for _ in range(
        rng.randint(3, 10))]).T.copy()

    return transformer, exact, X, None, ["number"] * X.shape[1]


# models


def wrap(rng, transformer, estimator, X, y):
    """A fitted model and what is dumped of it."""
    model = Pipeline([("prepare", transformer), ("knn", estimator)])
    way = rng.randint(5)

    if way == 0:
        model = Pipeline([("all", model)])
    elif way == 1:
        model = GridSearchCV(model, {"knn__n_neighbors": [3, 5]}, cv=2)
    elif way == 2 and RELEASE >= (0, 21):
        model = Pipeline([("nothing", "passthrough"), ("more", model)])

    model.fit(X, y)

    if way == 3:
        return model, {"accuracy": 0.5, "model": model}

    if way == 4 and hasattr(X, "dtype") and X.dtype != object:
        parts = model.named_steps
        return model, {"knn": parts["knn"], "scaler": parts["prepare"]}

    return model, model


def draw(rng):
    """A fitted model, what is dumped, a table, its header; whether exact."""
    while True:
        transformer, exact, X, names, kinds = \
            (mixed if rng.randint(2) else numbers)(rng)
        y = rng.randint(0, 3, ROWS)
        estimator = KNeighborsClassifier(
            n_neighbors=pick(rng, [1, 5]), weights=pick(
                rng, ["uniform", "distance"]),
            algorithm=pick(rng, ["kd_tree", "ball_tree"]))

        try:
            model, dumped = wrap(rng, transformer, estimator,
                                 X[:ROWS], y)
            model.predict(X[ROWS:])
        except (ValueError, TypeError, IndexError, RuntimeError):
            continue

        return model, dumped, X, names, kinds, exact


def cell(value):
    if value is None or value != value:
        return ""

    return value if isinstance(value, str) else repr(float(value))


def ask(path, X, names):
    """What the command answers; None when it refuses."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")

    if names is not None:
        writer.writerow(names)

    writer.writerows([cell(value) for value in row]
                     for row in numpy.asarray(X).tolist())
    done = knn("predict", path, "--json", "--proba", "--neighbors",
               text=text.getvalue())

    return [json.loads(line) for line in done.stdout.splitlines()] \
        if done.returncode == 0 else done.stderr.decode()


def prepared(steps, X):
    for step in steps:
        if step is not None and step != "passthrough":
            X = step.transform(X)

    return numpy.asarray(X.toarray() if hasattr(X, "toarray") else X,
                         dtype=float)


def differences(model, X, answers, exact):
    """What is not as scikit-learn says."""
    steps, estimator = [], model

    while not isinstance(estimator, KNeighborsClassifier):
        if hasattr(estimator, "best_estimator_"):
            estimator = estimator.best_estimator_
        else:
            steps += [step for _, step in estimator.steps[:-1]]
            estimator = estimator.steps[-1][1]

    # one row at a time: sums over rows of a matrix in Fortran order, which
    # some transformers leave behind, have other last bits

    Z = numpy.vstack([prepared(steps, X[i:i + 1]) for i in range(len(X))])
    distances, indices = estimator.kneighbors(Z)
    ours = numpy.array([[n["distance"] for n in a["neighbors"]]
                        for a in answers])

    if not exact:
        return [] if numpy.allclose(ours, distances, rtol=1e-9, atol=1e-7) \
            else ["loose distances"]

    wrong = []

    if [[n["index"] for n in a["neighbors"]] for a in answers] \
            != indices.tolist():
        wrong.append("neighbors")

    if ours.tobytes() != distances.tobytes():
        wrong.append("distances")

    if [a["prediction"] for a in answers] != estimator.predict(Z).tolist():
        wrong.append("labels")

    if numpy.array([list(a["probabilities"].values()) for a in answers],
                   dtype=float).tobytes() != estimator.predict_proba(Z).tobytes():
        wrong.append("probabilities")

    return wrong


def odd_rows(rng, X, kinds):
    """Single rows with a value that is missing, or that nobody saw."""
    for _ in range(3):
        row = X[ROWS + rng.randint(QUERIES):][:1].copy()
        i = rng.randint(len(kinds))

        if kinds[i] == "unused":
            continue

        value = pick(rng, [numpy.nan, "new" if kinds[i] == "text" else 99.0])

        # a gap is a text of no characters where none may be missing

        if kinds[i] == "text" and value != value and RELEASE < (1, 0):
            continue

        # and old releases did not look for NaN among objects

        if getattr(row, "dtype", None) == object and value != value \
                and RELEASE < (0, 22):
            continue

        if hasattr(row, "iloc"):
            row = row.astype(object) if value == "new" else row
            row.iloc[0, i] = value
        else:
            row[0, i] = value

        yield row


def run(seed, first, count):
    counts = {"release": sklearn.__version__, "seed": seed, "first": first,
              "models": 0, "rows": 0, "loose": 0, "refused": 0,
              "wrong": {}, "examples": []}

    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "model")

        for number in range(first, first + count):
            rng = numpy.random.RandomState([seed, number])
            model, dumped, X, names, kinds, exact = draw(rng)

            if number % 2:
                joblib.dump(dumped, path)
            else:
                with open(path, "wb") as file:
                    pickle.dump(dumped, file, protocol=2 + number % 3)

            answers = ask(path, X[ROWS:], names)
            wrong = [answers] if isinstance(answers, str) \
                else differences(model, X[ROWS:], answers, exact)
            counts["models"] += 1
            counts["rows" if exact else "loose"] += QUERIES

            for row in odd_rows(rng, X, kinds):
                answers = ask(path, row, names)

                try:
                    model.predict(row)
                except (ValueError, TypeError) as error:
                    counts["refused"] += 1

                    if not isinstance(answers, str):
                        wrong.append("accepted: " + str(error)[:200])
                else:
                    counts["rows" if exact else "loose"] += 1
                    wrong += ["refused: " + answers] \
                        if isinstance(answers, str) \
                        else differences(model, row, answers, exact)

            for name in wrong:
                name = name.replace(directory, "")
                counts["wrong"][name] = counts["wrong"].get(name, 0) + 1

            if wrong and len(counts["examples"]) < 5:
                counts["examples"].append(
                    {"number": number, "model": repr(clone(model)),
                     "wrong": wrong})

    return counts


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps(run(*map(int, sys.argv[1:4]))))
