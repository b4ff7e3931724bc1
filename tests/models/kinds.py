"""
One model of each estimator and of each form of its file, small, for every
release: those of Python 2 run this too.
"""

import joblib
import numpy
import sklearn
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neighbors import NearestCentroid, NearestNeighbors
from sklearn.neighbors import RadiusNeighborsClassifier
from sklearn.neighbors import RadiusNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, LabelEncoder
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, Normalizer
from sklearn.preprocessing import RobustScaler
from sklearn.preprocessing import StandardScaler

from data import apart, apart_queries, lattice, lattice_queries, signed
from dumps import bundled, inline, pickled

try:
    from sklearn.model_selection import GridSearchCV
except ImportError:
    from sklearn.grid_search import GridSearchCV

try:
    from sklearn.impute import SimpleImputer as Imputer
except ImportError:
    from sklearn.preprocessing import Imputer

RELEASE = tuple(int(part) for part in sklearn.__version__.split(".")[:2])


def classifiers(maker):
    """Every algorithm, with training data and classes of every kind."""
    X, y = lattice(24)
    near = lattice_queries()[1::2]
    colours = numpy.array(["red", "green", "blue"])
    ages = numpy.array([30, 7, 100000], ">i4")

    maker.save("kd_tree", KNeighborsClassifier(
        3, algorithm="kd_tree", leaf_size=4).fit(X, colours[y]), near)
    maker.save("ball_tree", KNeighborsClassifier(
        4, algorithm="ball_tree", leaf_size=4, weights="distance", p=1).fit(
            numpy.asfortranarray(X), colours.astype(object)[y]), near,
        dump=bundled)
    maker.save("ball_tree_0", KNeighborsClassifier(
        3, algorithm="ball_tree", leaf_size=4, metric="chebyshev").fit(
            X.astype("i4"), colours.astype(object)[y]), near,
        dump=pickled(0), suffix="pkl")
    maker.save("bool", KNeighborsClassifier(
        3, algorithm="kd_tree", leaf_size=4).fit(
            X > 1, y > 0), near, dump=pickled(1), suffix="pkl")
    maker.save("two_outputs", KNeighborsClassifier(
        5, algorithm="kd_tree", leaf_size=4).fit(
            X.astype("f4"), numpy.array([y, y % 2 + 10]).T), near,
        dump=pickled(2), suffix="pkl")

    # among equal distances the older releases choose as NumPy sorts
    X, y = apart()
    maker.save("brute", KNeighborsClassifier(
        3, algorithm="brute", weights="distance").fit(
            X, colours.astype(object)[y]), apart_queries())
    maker.save("brute_big_endian", KNeighborsClassifier(
        3, algorithm="brute", metric="manhattan").fit(
            X.astype(">f8"), ages[y]), apart_queries(),
        dump=pickled(3), suffix="pkl")


def metrics(maker):
    """Trees that have more than a name and a number in their metric."""
    X, y = apart()
    w = numpy.array([0.5, 1.0, 2.0])

    for name, options in [
            ("seuclidean", {"metric": "seuclidean",
                            "metric_params": {"V": numpy.var(X, axis=0)}}),
            ("mahalanobis", {"metric": "mahalanobis",
                             "metric_params": {"V": numpy.cov(X.T)}}),
            ("minkowski_w", {"metric": "minkowski" if RELEASE >= (1, 1)
                             else "wminkowski", "p": 3,
                             "metric_params": {"w": w}})]:
        maker.save(name, KNeighborsClassifier(
            3, algorithm="ball_tree", leaf_size=4, **options).fit(X, y),
            apart_queries(), dump=pickled(4), suffix="pkl")


def others(maker):
    """The estimators that are no KNeighborsClassifier."""
    X, y = lattice(24)
    near = lattice_queries()[1::2]
    values = numpy.random.RandomState(4).uniform(-50, 50, (24, 2))

    maker.save("regressor", KNeighborsRegressor(
        4, algorithm="kd_tree", leaf_size=4, weights="distance").fit(
            numpy.asfortranarray(X), values[:, 0]), near,
        dump=inline(compress=("lzma", 3)))
    maker.save("regressor_two", KNeighborsRegressor(
        3, algorithm="ball_tree", leaf_size=4, metric="chebyshev").fit(
            X.astype("f4"), values), near, dump=pickled(5), suffix="pkl")
    maker.save("radius_classifier", RadiusNeighborsClassifier(
        1.5, algorithm="kd_tree", leaf_size=4, outlier_label=9).fit(X, y),
        near, dump=pickled(2), suffix="pkl")
    maker.save("radius_regressor", RadiusNeighborsRegressor(
        2.5, algorithm="ball_tree", leaf_size=4, weights="distance").fit(
            X, values[:, 1]), near[:-1], dump=pickled(4), suffix="pkl")
    maker.save("nearest", NearestNeighbors(
        n_neighbors=3, algorithm="kd_tree", leaf_size=4, p=1).fit(X), near,
        dump=inline(compress=("bz2", 3)))
    maker.save("centroid", NearestCentroid().fit(X, y), near,
               dump=inline(compress=3))


def whole(maker):
    """What people really save: the model with all that is around it."""
    X, y = apart()
    near = apart_queries()
    scaled = make_pipeline(StandardScaler(), KNeighborsClassifier(3))

    search = GridSearchCV(scaled, {
        "kneighborsclassifier__n_neighbors": [1, 3]}, cv=2)

    if RELEASE >= (0, 18):
        search.set_params(return_train_score=False)

    # the same file on every day
    search.fit(X, y).refit_time_ = 0.0

    for name in getattr(search, "cv_results_", ()):
        if name.endswith("_time"):
            search.cv_results_[name][:] = 0

    # before joblib 0.10, every array in a compressed file beside it
    maker.save("pipeline", scaled.fit(X, y), near,
               dump=inline(compress=3, cache_size=0))
    maker.save("search", search, near, dump=inline(compress=("gzip", 3)))

    encoder = LabelEncoder().fit(["low", "middle", "high"])
    maker.save("encoder", {"model": KNeighborsClassifier(3).fit(X, y),
                           "encoder": encoder}, near, dump=joblib.dump)


def steps(maker):
    """What is done to the rows before; one of them lacks a value."""
    X, y = apart()
    near = apart_queries()
    X[3, 1] = near[2, 0] = numpy.nan

    maker.save("steps", make_pipeline(
        Imputer(), MinMaxScaler(), FunctionTransformer(None), RobustScaler(),
        MaxAbsScaler(), KNeighborsClassifier(3, weights="distance")).fit(
            X, y), near, dump=pickled(2), suffix="pkl")
    maker.save("components", make_pipeline(
        Imputer(), PCA(2), KNeighborsRegressor(2)).fit(X, y), near,
        dump=inline(compress=3, protocol=5))


def columns(maker):
    """A ColumnTransformer, which 0.20 brought, over numbers and over names."""
    if RELEASE < (0, 20):
        return

    import pandas
    from sklearn.compose import ColumnTransformer
    from sklearn.preprocessing import OneHotEncoder

    X, y = apart()
    near = apart_queries()
    X[:, 0] //= 4
    near[:, 0] //= 4

    def pipeline(kind, size):
        return make_pipeline(ColumnTransformer(
            [("size", StandardScaler(), size),
             ("kind", OneHotEncoder(handle_unknown="ignore"), kind)],
            sparse_threshold=0), KNeighborsRegressor(3))

    def frame(points):
        return pandas.DataFrame({
            "kind": numpy.array(["oak", "elm", "ash", "fir"], object)[
                points[:, 0].astype(int)],
            "length": points[:, 1], "width": points[:, 2]})

    # 0.20 does not keep the number of columns, on which a slice may depend
    size = slice(1, 3) if RELEASE > (0, 20) else [1, 2]
    maker.save("columns", pipeline([0], size).fit(X, y), near,
               dump=inline(compress=("xz", 3)))
    maker.save("frame_columns", pipeline(["kind"], ["width", "length"]).fit(
        frame(X), y), frame(near))

    # where it ends is a number that 0.20 keeps
    if RELEASE == (0, 20):
        maker.save("early_slice", pipeline([0], slice(1, 3)).fit(X, y), near,
                   dump=pickled(2), suffix="pkl")


def codes(maker):
    """Integers that are categories, as OneHotEncoder began."""
    if RELEASE >= (0, 22):
        return

    from sklearn.preprocessing import OneHotEncoder

    # no row has 2 as its first feature
    X, y = lattice(24)
    X[:, 0] += X[:, 0] > 1
    near = numpy.array([[0, 1, 2], [1, 3, 3], [3, 0, 1], [2, 2, 0]])
    beyond = numpy.array([[5, 0, 0], [0, 7, 1], [9, 1, 2]])

    for name, queries, options in [
            ("early_codes", near, {}),
            ("early_ranges", numpy.vstack([near, beyond]),
             {"n_values": [6, 4, 4], "handle_unknown": "ignore"})]:
        maker.save(name, make_pipeline(
            OneHotEncoder(sparse=False, **options), KNeighborsClassifier(
                3, algorithm="kd_tree", leaf_size=4)).fit(X.astype(int), y),
            queries, dump=pickled(2), suffix="pkl")


def means(maker):
    """TargetEncoder, of one value for each category and of one a class."""
    if RELEASE < (1, 3):
        return

    from sklearn.preprocessing import TargetEncoder

    X, y = lattice(24)
    near = numpy.array([[0, 1, 2], [1, 3, 3], [3, 0, 1], [2, 9, 0]], float)
    colours = numpy.array(["red", "green", "blue"])[y]

    for name, estimator, targets in [
            ("target_means", KNeighborsRegressor, X[:, 0] / 8 + y)] + [
            ("target_classes", KNeighborsClassifier, colours)] * (
                RELEASE >= (1, 4)):
        maker.save(name, make_pipeline(
            TargetEncoder(cv=2, random_state=0), estimator(
                3, algorithm="kd_tree", leaf_size=4)).fit(X, targets), near)


def early(maker):
    """What was computed otherwise: sums by SciPy, and the greatest of a row."""
    if RELEASE >= (0, 24):
        return

    X, y, near = signed()
    maker.save("early_centroid", make_pipeline(
        Normalizer("max"), NearestCentroid(metric="manhattan")).fit(X, y),
        near, dump=pickled(2), suffix="pkl")

    # two rows of zeros were not a number apart until 0.20
    maker.save("early_jaccard", KNeighborsClassifier(
        3, algorithm="ball_tree", leaf_size=4, metric="jaccard").fit(
            X > 0, y), (near[near.max(axis=1) > 0] > 0).astype(float),
        dump=pickled(2), suffix="pkl")

    for name in "manhattan", "braycurtis":
        maker.save("early_" + name, KNeighborsClassifier(
            3, algorithm="brute", metric=name, weights="distance").fit(
                X + numpy.arange(len(X))[:, None] / 7.0, y), near,
            dump=pickled(2), suffix="pkl")


def make(maker):
    for part in classifiers, metrics, others, whole, steps, columns, codes, \
            means, early:
        part(maker)
