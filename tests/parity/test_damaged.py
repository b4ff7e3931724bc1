"""
Dumps in which one attribute is not what scikit-learn writes: every attribute
of every fitted object, and of what it holds, is taken away or replaced.  The
model is loaded or one line says what is wrong with it, and what was loaded
answers a row or refuses it.
"""

import pickle

import numpy
import pandas
import pytest
from scipy import sparse
from sklearn import (decomposition, discriminant_analysis, feature_selection,
                     linear_model, preprocessing)
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import (KNeighborsClassifier, KNeighborsRegressor,
                               NearestCentroid, NearestNeighbors,
                               NeighborhoodComponentsAnalysis,
                               RadiusNeighborsClassifier,
                               RadiusNeighborsRegressor)
from sklearn.pipeline import FeatureUnion, make_pipeline

from knn import knn

RNG = numpy.random.RandomState(3)
X = RNG.randint(0, 4, (24, 3)) / 4.0
y = numpy.arange(24) % 3
GAPS = X.copy()
GAPS[::5, 1] = numpy.nan
FRAME = pandas.DataFrame({"a": X[:, 0], "b": X[:, 1],
                          "c": numpy.array(["x", "y", "z"], object)[y]})
NAMES = numpy.array(["red", "green", "blue"], object)

# in place of an attribute, whatever it was; what takes all of the first kind
# is read by nobody

MISSING = object()
TELLING = [MISSING, "x", numpy.zeros((2, 2, 2))]
STRANGE = [None, -1, float("nan"), 1 << 70, [],
           numpy.array(["a", None, 7], object)]


def neighbors(**options):
    return KNeighborsClassifier(n_neighbors=3, **options)


def before(*steps, table=X):
    """Steps before a classifier."""
    return lambda: make_pipeline(*steps, neighbors()).fit(table, y)


def metric(name, **params):
    return lambda: NearestNeighbors(
        n_neighbors=2, metric=name, algorithm="brute",
        metric_params=params or None).fit(X)


def numbered(chosen):
    """Columns as releases before 1.0 kept them."""
    def make():
        model = make_pipeline(ColumnTransformer(
            [("a", preprocessing.MaxAbsScaler(), chosen)],
            remainder=preprocessing.MinMaxScaler()), neighbors()).fit(X, y)

        del model[0]._transformer_to_input_indices

        return model

    return make


def integers():
    """OneHotEncoder as releases before 0.20 fitted it."""
    table = (4 * X).astype(int)
    model = make_pipeline(preprocessing.OneHotEncoder(sparse_output=False),
                          neighbors()).fit(table, y)
    sizes = table.max(axis=0) + 1
    encoder = model[0]
    encoder.n_values_ = sizes
    encoder.feature_indices_ = numpy.hstack([[0], numpy.cumsum(sizes)])
    encoder.active_features_ = numpy.arange(encoder.feature_indices_[-1])
    encoder.categorical_features = "all"
    model[-1].fit(numpy.zeros((24, sizes.sum())), y)

    return model


class TargetEncoder(preprocessing.OrdinalEncoder):
    """As release 1.3 brought it, over the attributes that are read."""


def targets():
    encoder = TargetEncoder().fit(X)
    encoder.encodings_ = [numpy.arange(float(len(c)))
                          for c in encoder.categories_]
    encoder.target_mean_ = 0.5
    encoder.infrequent_categories_ = None

    return make_pipeline(encoder, neighbors().fit(X, y))


MODELS = {
    "standard": before(preprocessing.StandardScaler()),
    "minmax": before(preprocessing.MinMaxScaler(clip=True)),
    "maxabs": before(preprocessing.MaxAbsScaler()),
    "robust": before(preprocessing.RobustScaler()),
    "normalizer": before(preprocessing.Normalizer()),
    "binarizer": before(preprocessing.Binarizer()),
    "quantile": before(preprocessing.QuantileTransformer(n_quantiles=4)),
    "power": before(preprocessing.PowerTransformer()),
    "bins": before(preprocessing.KBinsDiscretizer(3)),
    "polynomial": before(preprocessing.PolynomialFeatures((1, 2))),
    "function": before(preprocessing.FunctionTransformer()),
    "variance": before(feature_selection.VarianceThreshold(0.01)),
    "best": before(feature_selection.SelectKBest(k=2)),
    "percentile": before(feature_selection.SelectPercentile(percentile=70)),
    "rfe": before(feature_selection.RFE(linear_model.RidgeClassifier())),
    "pca": before(decomposition.PCA(2, whiten=True)),
    "svd": before(decomposition.TruncatedSVD(2)),
    "lda": before(discriminant_analysis.LinearDiscriminantAnalysis()),
    "components": before(NeighborhoodComponentsAnalysis(2, max_iter=2)),
    "imputer": before(SimpleImputer(add_indicator=True), table=GAPS),
    "constant": before(SimpleImputer(strategy="constant", fill_value=7),
                       table=GAPS),
    "texts": before(SimpleImputer(strategy="most_frequent"),
                    preprocessing.OrdinalEncoder(),
                    table=FRAME[["c"]].to_numpy()),
    "indicator": before(MissingIndicator(), table=GAPS),
    "onehot": before(preprocessing.OneHotEncoder(
        drop="first", sparse_output=False)),
    "rare": before(preprocessing.OneHotEncoder(
        handle_unknown="infrequent_if_exist", min_frequency=7)),
    "integers": integers,
    "ordinal": before(preprocessing.OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=-1)),
    "targets": targets,
    "columns": before(ColumnTransformer(
        [("number", preprocessing.MaxAbsScaler(), list("a")),
         ("text", preprocessing.OneHotEncoder(), slice("c", "c"))],
        remainder="passthrough", sparse_threshold=0,
        transformer_weights={"number": 0.5}), table=FRAME),
    "list": numbered([0, 2]),
    "mask": numbered([True, False, True]),
    "slice": numbered(slice(0, 2)),
    "union": before(FeatureUnion(
        [("a", preprocessing.MaxAbsScaler()), ("b", "passthrough")],
        transformer_weights={"a": 2})),
    "pipeline": lambda: {"model": before(preprocessing.Normalizer())()},
    "search": lambda: GridSearchCV(
        make_pipeline(preprocessing.Normalizer(), neighbors()),
        {"kneighborsclassifier__n_neighbors": [1, 3]}, cv=2).fit(X, y),
    "classifier": lambda: neighbors(leaf_size=4).fit(X, NAMES[y]),
    "several": lambda: neighbors(leaf_size=4, algorithm="ball_tree").fit(
        X, numpy.column_stack([y, y % 2])),
    "sparse": lambda: neighbors().fit(sparse.csr_matrix(X), y),
    "regressor": lambda: KNeighborsRegressor(3, leaf_size=4).fit(X, X[:, :2]),
    "radius": lambda: RadiusNeighborsClassifier(
        1.0, outlier_label=1).fit(X, y),
    "most": lambda: RadiusNeighborsClassifier(
        1.0, outlier_label="most_frequent").fit(X, y),
    "radii": lambda: RadiusNeighborsRegressor(1.0).fit(X, y),
    "nearest": lambda: NearestNeighbors(n_neighbors=2).fit(X),
    "centroid": lambda: NearestCentroid(shrink_threshold=0.1).fit(X, y),
    "beside": lambda: {"model": neighbors().fit(X, y),
                       "feature_names": ["a", "b", "c"],
                       "scaler": preprocessing.StandardScaler().fit(X),
                       "encoder": preprocessing.LabelEncoder().fit(NAMES)},
    "minkowski": metric("minkowski", w=numpy.array([1.0, 2.0, 3.0]), p=3),
    "seuclidean": metric("seuclidean", V=numpy.array([1.0, 2.0, 3.0])),
    "mahalanobis": metric("mahalanobis", VI=numpy.eye(3)),
}


class Place:
    """Where a value stands, and how another is put there."""

    def __init__(self, name, value, put):
        self.name, self.value, self.put = name, value, put


def held(holder, key):
    """The place of a member of a dict, list or array of objects."""
    def put(value):
        if value is not MISSING:
            holder[key] = value
        elif isinstance(holder, dict):
            del holder[key]

    return Place(str(key), holder[key], put)


def of_tuple(outer, i):
    """The place of an element: the tuple around it is replaced."""
    parts = outer.value

    def put(value):
        outer.put(parts[:i] + ((value,) if value is not MISSING else ())
                  + parts[i + 1:])

    return Place(str(i), parts[i], put)


def inner(place):
    """The places inside of a value."""
    value = place.value

    if isinstance(value, BaseEstimator):
        return [held(vars(value), name) for name in sorted(vars(value))]

    if isinstance(value, dict):
        return [held(value, key) for key in list(value)]

    if isinstance(value, list) or (isinstance(value, numpy.ndarray)
                                   and value.dtype == object
                                   and value.ndim == 1):
        return [held(value, i) for i in range(min(len(value), 2))]

    if isinstance(value, tuple):
        return [of_tuple(place, i) for i in range(len(value))]

    return []


def strange(value):
    """What else may stand there instead."""
    yield from STRANGE

    if isinstance(value, (list, tuple)):
        yield value[:-1]
        yield value + value[-1:]

    elif isinstance(value, numpy.ndarray) and value.ndim > 0:
        yield value[:-1]
        yield value[None]

        if value.dtype.kind in "iuf":
            yield -1 - value[::-1]
            yield numpy.full(value.shape, numpy.nan)
            yield numpy.full(value.shape, numpy.iinfo("i8").max)

        if value.dtype.kind == "b":
            yield numpy.zeros_like(value)


def dumped(model):
    """A dump by protocol 2, which names classes in plain text."""
    return pickle.dumps(model, 2).replace(
        b"c" + __name__.encode() + b"\nTargetEncoder\n",
        b"csklearn.preprocessing._target_encoder\nTargetEncoder\n")


def check(path, case, row=None):
    """Whether a model, or a row with it, is good; if not, one line says so."""
    command = "inspect" if row is None else "predict"
    done = knn(command, path, text=row or "")
    said = done.stderr.decode()
    assert done.returncode in (0, 1), "%s: %s ended with status %d: %s" % (
        case, command, done.returncode, said)

    if done.returncode == 0:
        return True

    assert said.startswith(("knn: %s: " % path, "knn: standard input:")) \
        and said.endswith("\n") and said[:-1].isprintable(), \
        "%s: %s said %r" % (case, command, said)

    return False


class Damage:
    """Puts strange values into one model."""

    def __init__(self, model, path):
        self.model, self.path = model, path
        self.refused = 0
        self.row = None
        self.seen = []

    def load(self, place, value):
        """Whether the model is still good with this value at a place."""
        case = "%s = %r" % (place.name,
                            "missing" if value is MISSING else value)
        place.put(value)
        self.path.write_bytes(dumped(self.model))
        place.put(place.value)
        good = check(self.path, case)
        self.refused += not good

        return good

    def spoil(self, place):
        """Damages a value and, if somebody reads it, what is inside."""
        if any(place.value is value for value in self.seen):
            return

        if isinstance(place.value, BaseEstimator):
            self.seen.append(place.value)

        if all([self.load(place, value) for value in TELLING]):
            return

        for value in strange(place.value):
            if self.load(place, value):
                check(self.path, "%s = %r" % (place.name, value), self.row)

        self.spoil_inside(place)

    def spoil_inside(self, place):
        for inside in inner(place):
            inside.name = "%s.%s" % (place.name, inside.name)
            self.spoil(inside)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", sorted(MODELS))
def test_damaged(tmp_path, name):
    model = MODELS[name]()
    damage = Damage(model, tmp_path / "m")
    damage.path.write_bytes(dumped(model))
    assert check(damage.path, "nothing damaged"), name

    for row in "0,0.25,0.5", "0,1,2", "0,0.25,x", "x":
        if check(damage.path, "nothing damaged", row):
            damage.row = row

    assert damage.row is not None, "no row suits"

    # what follows a step is another model's

    first = getattr(model, "steps", [(name, model)])[0][1]
    damage.spoil_inside(Place(name, first, None))
    assert damage.refused > 0
