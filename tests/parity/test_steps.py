"""What stands around an estimator: random pipelines, and every refusal."""

import json
import os
import pickle

import joblib
import numpy
import pandas
import pytest
import sklearn
from sklearn import (decomposition, discriminant_analysis, ensemble,
                     feature_extraction, feature_selection, linear_model,
                     multioutput, preprocessing)
from sklearn.compose import (ColumnTransformer, TransformedTargetRegressor,
                             make_column_selector)
from sklearn.impute import KNNImputer, MissingIndicator, SimpleImputer
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.neighbors import (KNeighborsClassifier, KNeighborsRegressor,
                               NeighborhoodComponentsAnalysis)
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline

from knn import knn, predict

RNG = numpy.random.RandomState(1)
X = RNG.randint(0, 9, (90, 4)) / 4.0
y = RNG.randint(0, 3, 90)
Q = RNG.randint(0, 9, (30, 4)) / 4.0
NAMES = ["red", "green", "blue"]


def test_random(side_by_side):
    """Bit for bit, but for products of matrices and powers."""
    results = side_by_side("random_steps.py", [(2, 0, 50), (3, 0, 50)])

    for result in results:
        print(result)
        assert result["models"] == 50
        assert result["refused"] > 10
        assert result["wrong"] == {}, result


PYTHON = os.environ.get("KNN_NEWEST_PYTHON")


@pytest.mark.skipif(not PYTHON, reason="KNN_NEWEST_PYTHON is not set")
def test_newest_random(side_by_side):
    results = side_by_side("random_steps.py", [(4, 0, 100), (5, 0, 100)],
                           python=PYTHON)

    for result in results:
        assert result["wrong"] == {}, result


def answers(path, dumped, rows=Q, header=None):
    joblib.dump(dumped, path)
    return [a["prediction"] for a in predict(path, rows, header=header)]


def info(path):
    done = knn("inspect", path, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def neighbors(**options):
    return KNeighborsClassifier(n_neighbors=3, **options)


SEARCHES = [
    GridSearchCV(make_pipeline(preprocessing.StandardScaler(), neighbors()),
                 {"kneighborsclassifier__n_neighbors": [1, 5]}, cv=3),
    RandomizedSearchCV(neighbors(), {"n_neighbors": [1, 5, 7]}, n_iter=2,
                       cv=3),
    make_pipeline(preprocessing.MinMaxScaler(),
                  GridSearchCV(neighbors(), {"n_neighbors": [1, 5]}, cv=3)),
]


@pytest.mark.parametrize("number", range(len(SEARCHES)))
def test_search(tmp_path, number):
    model = SEARCHES[number].fit(X, y)
    assert answers(tmp_path / "m", model) == model.predict(Q).tolist()


def test_halving_search(tmp_path):
    from sklearn.experimental import enable_halving_search_cv  # noqa: F401
    from sklearn.model_selection import HalvingGridSearchCV

    model = HalvingGridSearchCV(neighbors(), {"n_neighbors": [1, 3]},
                                min_resources=30, cv=3).fit(X, y)
    assert answers(tmp_path / "m", model) == model.predict(Q).tolist()


CONTAINERS = [
    lambda model: {"model": model, "accuracy": 0.97},
    lambda model: {"model": model, "best_model": model},
    lambda model: [model, X, y],
    lambda model: (model, ["some", "names"]),
    lambda model: {"knn": model, "forest":
                   ensemble.RandomForestClassifier(n_estimators=2).fit(X, y)},
]


@pytest.mark.parametrize("number", range(len(CONTAINERS)))
def test_container(tmp_path, number):
    model = neighbors().fit(X, y)
    assert answers(tmp_path / "m", CONTAINERS[number](model)) \
        == model.predict(Q).tolist()


def test_scaler_beside_the_model(tmp_path):
    scaler = preprocessing.StandardScaler().fit(X)
    model = neighbors().fit(scaler.transform(X), y)

    for dumped in ({"model": model, "scaler": scaler}, (scaler, model)):
        assert answers(tmp_path / "m", dumped) \
            == model.predict(scaler.transform(Q)).tolist()
        assert info(tmp_path / "m")["steps"] == ["StandardScaler"]


def test_label_encoder_beside_the_model(tmp_path):
    encoder = preprocessing.LabelEncoder().fit(NAMES)
    model = neighbors().fit(X, y)
    assert answers(tmp_path / "m", (model, encoder)) \
        == encoder.inverse_transform(model.predict(Q)).tolist()


def test_names_beside_the_model(tmp_path):
    names = ["a", "b", "c", "d"]
    answers(tmp_path / "m", {
        "model": neighbors().fit(X, y), "categorical_columns": ["x"],
        "feature_names": names, "feature_selector": None})
    assert info(tmp_path / "m")["feature_names"] == names


# steps that random pipelines have not, or not so

RARE = [
    Pipeline([("none", None), ("pass", "passthrough"), ("knn", neighbors())]),
    make_pipeline(MissingIndicator(features="all"), neighbors()),
    make_pipeline(FeatureUnion([("a", "drop"), ("b", "passthrough"), (
        "c", MissingIndicator(missing_values=0.5, error_on_new=False))]),
        neighbors()),
    make_pipeline(feature_selection.RFE(linear_model.LogisticRegression(),
                                        n_features_to_select=2), neighbors()),
    make_pipeline(feature_selection.SequentialFeatureSelector(
        neighbors(), n_features_to_select=2, cv=2), neighbors()),
    make_pipeline(preprocessing.OneHotEncoder(handle_unknown="ignore"),
                  preprocessing.MaxAbsScaler(),
                  preprocessing.StandardScaler(with_mean=False),
                  preprocessing.Normalizer(), neighbors()),
    make_pipeline(preprocessing.KBinsDiscretizer(3), neighbors()),
    make_pipeline(preprocessing.KBinsDiscretizer(3, encode="onehot-dense"),
                  feature_selection.VarianceThreshold(0.2), neighbors()),
    make_pipeline(preprocessing.PolynomialFeatures((2, 3)), neighbors()),
    make_pipeline(preprocessing.PolynomialFeatures(
        4, interaction_only=True), neighbors()),
    make_pipeline(preprocessing.FunctionTransformer(validate=True),
                  neighbors()),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("number", range(len(RARE)))
def test_rare(tmp_path, number):
    model = RARE[number].fit(X, y)

    if hasattr(model[-1]._fit_X, "toarray"):
        dense = Pipeline(model.steps[:-1] + [("dense", None)])
        model[-1].fit(dense.transform(X).toarray(), y)
        expected = model[-1].predict(dense.transform(Q).toarray())
    else:
        expected = model.predict(Q)

    assert answers(tmp_path / "m", model) == expected.tolist()


# products of matrices: the last bits are those of a BLAS

LOOSE = [
    decomposition.IncrementalPCA(2),
    decomposition.PCA(3, whiten=True),
    NeighborhoodComponentsAnalysis(2, random_state=0),
    discriminant_analysis.LinearDiscriminantAnalysis(),
    discriminant_analysis.LinearDiscriminantAnalysis(solver="eigen"),
]


@pytest.mark.parametrize("number", range(len(LOOSE)))
def test_loose(tmp_path, number):
    model = make_pipeline(LOOSE[number], neighbors()).fit(X, y)
    joblib.dump(model, tmp_path / "m")
    ours = [[n["distance"] for n in a["neighbors"]]
            for a in predict(tmp_path / "m", Q, "--neighbors")]
    distances, _ = model[-1].kneighbors(model[:-1].transform(Q))
    assert numpy.allclose(ours, distances, rtol=1e-12, atol=1e-12)


def frame():
    table = pandas.DataFrame({
        "age": RNG.randint(18, 80, 90).astype(float),
        "city": RNG.choice(["Rom", "Bonn", "Oslo"], 90),
        "member": RNG.randint(0, 2, 90).astype(bool),
        "id": ["n%d" % i for i in range(90)],
        "income": RNG.randint(1, 9, 90) * 1000})
    table.loc[3, "age"] = None
    table.loc[4, "city"] = None

    return table


def titanic(**options):
    """What people do to tables."""
    number = make_pipeline(SimpleImputer(strategy="median"),
                           preprocessing.StandardScaler())
    text = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="none"),
        preprocessing.OneHotEncoder(handle_unknown="ignore"))

    return make_pipeline(ColumnTransformer([
        ("num", number, ["age", "income"]), ("cat", text, ["city"]),
        ("bool", preprocessing.OrdinalEncoder(), ["member"])], **options),
        neighbors())


def cells(table):
    return [[None if v != v or v is None else float(v)
             if not isinstance(v, str) else v for v in row]
            for row in table.values.tolist()]


def test_table(tmp_path):
    table = frame()
    model = titanic().fit(table, y)
    header = ",".join(table.columns)
    assert answers(tmp_path / "m", model, cells(table), header) \
        == model.predict(table).tolist()
    assert answers(tmp_path / "m", model, cells(table)) \
        == model.predict(table).tolist()

    table.loc[:, "city"] = "Paris"
    assert answers(tmp_path / "m", model, cells(table), header) \
        == model.predict(table).tolist()
    assert info(tmp_path / "m")["steps"] == [
        "ColumnTransformer", "SimpleImputer", "StandardScaler",
        "SimpleImputer", "OneHotEncoder", "OrdinalEncoder"]


def test_selected_columns(tmp_path):
    table = frame().drop(columns="id").ffill()
    model = make_pipeline(ColumnTransformer([
        ("a", preprocessing.OneHotEncoder(sparse_output=False),
         make_column_selector(dtype_include=object)),
        ("b", preprocessing.MaxAbsScaler(), slice("age", "age")),
        ("c", "passthrough", table.columns[-1:]), ("d", "drop", ["member"])]),
        neighbors()).fit(table, y)
    assert answers(tmp_path / "m", model, cells(table),
                   ",".join(table.columns)) == model.predict(table).tolist()


def test_unknown_value_of_a_row(tmp_path):
    model = make_pipeline(preprocessing.OneHotEncoder(sparse_output=False),
                          neighbors()).fit(X, y)
    joblib.dump(model, tmp_path / "m")
    done = knn("predict", tmp_path / "m", text="0,0.25,0.5,0.33\n")
    assert done.returncode == 1
    assert b"row 0 has 0.33 as feature 3, but OneHotEncoder takes only" \
        in done.stderr, done.stderr


def test_regressor(tmp_path):
    model = make_pipeline(preprocessing.RobustScaler(),
                          KNeighborsRegressor(4)).fit(X, y / 4.0)
    assert answers(tmp_path / "m", model) == model.predict(Q).tolist()


# refusals


def unfitted():
    return make_pipeline(preprocessing.StandardScaler(),
                         neighbors().fit(X, y))


def spoilt(transformer, name, value):
    model = make_pipeline(transformer, neighbors()).fit(X, y)
    setattr(model[0], name, value)

    return model


def fitted(*steps, table=X):
    return make_pipeline(*steps, neighbors()).fit(table, y)


WORDS = ["one two", "two three", "three"] * 30
MIXED = numpy.array([["a", 1], ["b", 2], ["a", 2]] * 30, dtype=object)
BOTH = numpy.array([["a"], [None], [numpy.nan]] * 30, dtype=object)

REFUSED = {
    "no_model": (lambda: {"a": 1, "b": [2]},
                 "the dict holds no fitted nearest-neighbor estimator"),
    "two_models": (lambda: {"a": neighbors().fit(X, y),
                            "b": neighbors().fit(X, y)},
                   'the dict holds 2 models, "a" and "b", dump one alone'),
    "two_in_a_list": (lambda: [neighbors().fit(X, y), 1,
                               neighbors().fit(X, y)],
                      "the list holds 2 models, number 0 and number 2"),
    "two_transformers": (
        lambda: {"m": neighbors().fit(X, y),
                 "s": preprocessing.StandardScaler().fit(X),
                 "p": decomposition.PCA().fit(X)},
        'the dict holds 2 transformers, "s" and "p", dump a Pipeline'),
    "foreign_transformer": (
        lambda: (feature_extraction.text.TfidfVectorizer().fit(WORDS),
                 neighbors().fit(X, y)),
        "beside the model: is a sklearn.feature_extraction.text."
        "TfidfVectorizer, which is not served"),
    "scaler_and_pipeline": (
        lambda: (fitted(preprocessing.MinMaxScaler()),
                 preprocessing.StandardScaler().fit(X)),
        "may be one of its Pipeline, dump the Pipeline alone"),
    "scaler_of_others": (
        lambda: (neighbors().fit(X, y),
                 preprocessing.StandardScaler().fit(X[:, :3])),
        "the steps make 3 features, but the estimator has 4"),
    "two_encoders": (
        lambda: {"m": neighbors().fit(X, y),
                 "a": preprocessing.LabelEncoder().fit(NAMES),
                 "b": preprocessing.LabelEncoder().fit(NAMES)},
        'the dict holds 2 LabelEncoders, "a" and "b"'),
    "other_encoder": (
        lambda: (neighbors().fit(X, y),
                 preprocessing.LabelEncoder().fit(["x", "y"])),
        "LabelEncoder beside the model has 2 classes, which are not"),
    "encoder_of_texts": (
        lambda: (neighbors().fit(X, numpy.array(NAMES)[y]),
                 preprocessing.LabelEncoder().fit(NAMES)),
        "dump the model alone"),
    "encoder_of_numbers": (
        lambda: (KNeighborsRegressor().fit(X, y),
                 preprocessing.LabelEncoder().fit(NAMES)),
        "LabelEncoder beside the model has 3 classes, which are not"),
    "no_refit": (
        lambda: GridSearchCV(neighbors(), {"n_neighbors": [1, 3]},
                             refit=False).fit(X, y),
        "GridSearchCV has no best_estimator_, fit it with refit=True"),
    "no_estimator": (
        lambda: make_pipeline(preprocessing.StandardScaler(),
                              decomposition.PCA()).fit(X),
        "holds a PCA, dump a fitted KNeighborsClassifier or another"),
    "other_estimator": (
        lambda: make_pipeline(linear_model.LogisticRegression()).fit(X, y),
        "LogisticRegression, dump a fitted KNeighborsClassifier"),
    "several": (
        lambda: multioutput.MultiOutputClassifier(neighbors()).fit(
            X, numpy.column_stack([y, y])),
        "MultiOutputClassifier, fit the classifier itself on all columns"),
    "several_values": (
        lambda: multioutput.MultiOutputRegressor(KNeighborsRegressor()).fit(
            X, numpy.column_stack([y, y])),
        "MultiOutputRegressor, fit the regressor itself on all columns"),
    "target": (
        lambda: TransformedTargetRegressor(
            KNeighborsRegressor(),
            transformer=preprocessing.StandardScaler()).fit(X, y),
        "TransformedTargetRegressor, fit the regressor itself on the"),
    "bagging": (
        lambda: ensemble.BaggingClassifier(neighbors(), 2).fit(X, y),
        "BaggingClassifier, dump a fitted KNeighborsClassifier"),
    "voting": (
        lambda: ensemble.VotingClassifier([("k", neighbors())]).fit(X, y),
        "VotingClassifier, dump a fitted KNeighborsClassifier"),
    "unfitted": (unfitted, 'step "standardscaler": StandardScaler: the '
                           "StandardScaler has no mean_, it is not fitted"),
    "vectorizer": (
        lambda: make_pipeline(
            feature_extraction.text.CountVectorizer().fit(WORDS),
            neighbors().fit(X, y)),
        'step "countvectorizer": is a sklearn.feature_extraction.text.'
        "CountVectorizer, which is not served; transform the data with it"),
    "function": (
        lambda: fitted(preprocessing.FunctionTransformer(numpy.sqrt)),
        "FunctionTransformer: func: is numpy"),
    "neighbor_imputer": (
        lambda: fitted(KNNImputer()),
        'step "knnimputer": is a sklearn.impute._knn.KNNImputer, which is'),
    "model_selector": (
        lambda: fitted(feature_selection.SelectFromModel(
            linear_model.LogisticRegression())),
        "SelectFromModel, which is not served"),
    "mixed_categories": (
        lambda: spoilt(preprocessing.OrdinalEncoder(), "categories_",
                       [numpy.array(["a", 1], dtype=object)] * 4),
        "feature 0 has texts and numbers, make all of them texts"),
    "none_and_nan": (
        lambda: fitted(preprocessing.OneHotEncoder(sparse_output=False),
                       table=BOTH),
        "feature 0 has both None and NaN, make both NaN"),
    "text_and_number": (
        lambda: make_pipeline(ColumnTransformer([
            ("a", preprocessing.OneHotEncoder(), [0]),
            ("b", preprocessing.StandardScaler(), [0])]),
            neighbors()).fit(numpy.array([["1"], ["2"], ["3"]] * 30,
                                         dtype=object), y),
        "feature 0 is a number for the StandardScaler but a text for the "
        "OneHotEncoder"),
    "text_for_the_estimator": (
        lambda: make_pipeline(ColumnTransformer([
            ("a", preprocessing.OneHotEncoder(), [0])],
            remainder="passthrough", sparse_threshold=0), ColumnTransformer([
                ("b", SimpleImputer(strategy="constant", fill_value="x"),
                 [3])]), neighbors()).fit(
            numpy.array([["a", "1"], ["b", "2"], ["c", "3"]] * 30,
                        dtype=object), y),
        "feature 1 is a number for the KNeighborsClassifier but a text for "
        "the SimpleImputer"),
    "zero_scale": (
        lambda: spoilt(preprocessing.StandardScaler(), "scale_",
                       numpy.zeros(4)),
        "the step StandardScaler has parameters that are NaN, infinite, 0"),
    "nan_mean": (
        lambda: spoilt(preprocessing.StandardScaler(), "mean_",
                       numpy.full(4, numpy.nan)),
        "the step StandardScaler has parameters that are NaN"),
    "short_mean": (
        lambda: spoilt(preprocessing.StandardScaler(), "mean_",
                       numpy.zeros(3)),
        "scale_: has 4 elements in dimension 0, not 3"),
    "text_mean": (
        lambda: spoilt(preprocessing.StandardScaler(), "mean_", "x"),
        "mean_: is a str, not a numpy array"),
    "odd_flag": (
        lambda: spoilt(preprocessing.StandardScaler(), "with_mean", "x"),
        "with_mean: is a str, use True or False"),
    "odd_range": (
        lambda: spoilt(preprocessing.MinMaxScaler(), "feature_range", 3),
        "feature_range: is no tuple of 2 numbers"),
    "odd_norm": (
        lambda: spoilt(preprocessing.Normalizer(), "norm", "l3"),
        "norm: is not served, use l1, l2 or max"),
    "old_degree": (
        lambda: older(fitted(preprocessing.PolynomialFeatures(3))),
        "degree: is 3, which is served from 1, and above 2 of release 0.22"),
    "no_statistics": (
        lambda: spoilt(SimpleImputer(), "statistics_",
                       numpy.full(4, numpy.inf)),
        "the step SimpleImputer has parameters that are NaN, infinite"),
    "odd_indicator": (
        lambda: spoilt(SimpleImputer(add_indicator=True), "indicator_", 3),
        "indicator_: is no MissingIndicator"),
    "odd_features": (
        lambda: spoilt(MissingIndicator(features="all"), "features_",
                       numpy.array([1, 0])),
        "features_: is no ascending choice of 4 columns"),
    "odd_method": (
        lambda: spoilt(preprocessing.PowerTransformer(), "method", "log"),
        "method: is not served, use yeo-johnson or box-cox"),
    "odd_scaler": (
        lambda: spoilt(preprocessing.PowerTransformer(), "_scaler", None),
        "_scaler: is no StandardScaler"),
    "odd_distribution": (
        lambda: spoilt(preprocessing.QuantileTransformer(n_quantiles=5),
                       "output_distribution", "cauchy"),
        "output_distribution: is not served, use uniform or normal"),
    "odd_edges": (
        lambda: spoilt(preprocessing.KBinsDiscretizer(
            3, encode="ordinal"), "bin_edges_", numpy.zeros(4)),
        "bin_edges_: is no array of arrays"),
    "odd_degree": (
        lambda: spoilt(preprocessing.PolynomialFeatures(), "degree", (1,)),
        "degree: is no int and no tuple of 2"),
    "degree_0": (
        lambda: spoilt(preprocessing.PolynomialFeatures(), "degree", 0),
        "degree: is 0, which is served from 1"),
    "degree_9": (
        lambda: spoilt(preprocessing.PolynomialFeatures(), "degree", 99),
        "PolynomialFeatures: "),
    "odd_solver": (
        lambda: spoilt(discriminant_analysis.LinearDiscriminantAnalysis(),
                       "solver", "lsqr"),
        "solver: does not transform, use svd or eigen"),
    "odd_percentile": (
        lambda: spoilt(feature_selection.SelectPercentile(percentile=50),
                       "percentile", 0),
        "percentile: is 0, it must be above 0 and up to 100"),
    "odd_categories": (
        lambda: spoilt(preprocessing.OrdinalEncoder(), "categories_", {}),
        "categories_: is no list of arrays"),
    "odd_drop": (
        lambda: spoilt(preprocessing.OneHotEncoder(
            sparse_output=False, drop="first"), "_drop_idx_after_grouping",
            numpy.array([0])),
        "_drop_idx_after_grouping: is no array of 4"),
    "nothing_left": (
        lambda: spoilt(preprocessing.OneHotEncoder(sparse_output=False),
                       "categories_", [numpy.array([])] * 4),
        "leaves no feature"),
    "odd_steps": (
        lambda: odd_pipeline([1]),
        "steps: has an element that is no tuple of 2"),
    "no_steps": (lambda: odd_pipeline([]), "the Pipeline has no steps"),
    "steps_no_list": (lambda: odd_pipeline(3), "steps: is no list"),
    "within_itself": (lambda: within(), "more than 32 Pipelines or searches"),
    "far_column": (
        lambda: spoilt_columns("_transformer_to_input_indices", {"a": [9]}),
        "chooses a column that is none of its 4"),
    "odd_weights": (
        lambda: spoilt_columns("transformer_weights", "x"),
        "transformer_weights: is a str, use a dict of numbers"),
    "text_weights": (
        lambda: spoilt_columns("transformer_weights", {"a": "x"}),
        "transformer_weights: holds a str, use numbers"),
    "callable_columns": (
        lambda: odd_columns(len), "is builtins.len, use str"),
    "name_nowhere": (
        lambda: odd_columns(["a"]), 'chooses the column "a", but does not '
                                    "tell where it is"),
    "backwards": (
        lambda: odd_columns(slice(3, 0, -1)),
        "chooses columns by a slice that runs backwards"),
    "odd_slice": (
        lambda: odd_columns(slice(1.5, None)),
        "chooses by a slice of neither numbers nor names"),
}


def older(model):
    """The bytes of a release before it."""
    return pickle.dumps(model).replace(
        sklearn.__version__.encode(), b"0.9.9"[:len(sklearn.__version__)])


def odd_pipeline(steps):
    model = make_pipeline(neighbors()).fit(X, y)
    model.steps = steps

    return model


def within():
    model = make_pipeline(neighbors()).fit(X, y)
    model.steps[0] = ("self", model)

    return model


def spoilt_columns(name, value):
    model = make_pipeline(ColumnTransformer(
        [("a", preprocessing.MaxAbsScaler(), [0])]), neighbors()).fit(X, y)
    setattr(model[0], name, value)

    return model


def odd_columns(columns):
    """As releases before 1.0 have it, where columns are looked up."""
    model = spoilt_columns("_transformer_to_input_indices", None)
    scaler = model[0].transformers_[0][1]
    model[0].transformers_ = [("a", scaler, columns)]

    return model


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", sorted(REFUSED))
def test_refused(tmp_path, name):
    make, words = REFUSED[name]
    dumped = make()

    if isinstance(dumped, bytes):
        (tmp_path / name).write_bytes(dumped)
    else:
        joblib.dump(dumped, tmp_path / name)

    done = knn("verify", name, cwd=tmp_path)
    message = done.stderr.decode()

    assert done.returncode == 1, message
    assert message.startswith("knn: %s: " % name), message
    assert message.endswith("\n") and message.count("\n") == 1, message
    assert words in message, message

