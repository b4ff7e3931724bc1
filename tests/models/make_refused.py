#!/usr/bin/env python3

"""
Make the files that must be refused, and refused/manifest.json: for each file
the words that the one line of the refusal has to hold, in any case.
"""

import bz2
import gzip
import io
import json
import os
import pickle
import struct
import sys
import zipfile
import zlib

import joblib
import numpy
from sklearn.decomposition import KernelPCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KernelDensity, KNeighborsClassifier
from sklearn.neighbors import KNeighborsTransformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

HERE = os.path.dirname(os.path.abspath(__file__))

RNG = numpy.random.RandomState(0)
X = RNG.randint(0, 4, (20, 2)).astype(float)
Y = RNG.randint(0, 3, 20)


def own_function(*arguments):
    """What a user might have written; a reader cannot run it."""
    return numpy.ones(len(arguments[0]))


def own_distance(a, b):
    return abs(a - b).sum()


def own_change(rows):
    return rows * 2


for function in own_function, own_distance, own_change:
    function.__module__ = "my_code"


class Anything:
    """An object whose pickle calls what it likes."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def fitted(**options):
    options.setdefault("algorithm", "kd_tree")
    return KNeighborsClassifier(leaf_size=4, **options).fit(X, Y)


def changed(**attributes):
    """A fitted classifier that says something else of itself."""
    model = fitted()

    for name, value in attributes.items():
        if value is None:
            del model.__dict__[name]
        else:
            setattr(model, name, value)

    return model


def tree(field, change, algorithm="kd_tree"):
    """A fitted classifier whose tree has one field changed."""
    model = fitted(algorithm=algorithm)
    state = list(model._tree.__getstate__())
    state[field] = change(numpy.array(state[field])
                          if isinstance(state[field], numpy.ndarray)
                          else state[field])
    model._tree = RawTree(type(model._tree), tuple(state))
    return model


class RawTree:
    """Pickles as a tree with the given state, however wrong."""

    def __init__(self, kind, state):
        self.kind, self.state = kind, state

    def __reduce__(self):
        module = sys.modules[self.kind.__module__]
        return module.newObj, (self.kind,), self.state


def put(index, value, name=None):
    """A change of one element, or of one field of a record."""
    def change(array):
        if name is None:
            array[index] = value
        else:
            array[name][index] = value

        return array

    return change


def joblibs():
    """(name, object, words) of what joblib.dump writes."""
    far = numpy.where(numpy.arange(20) == 7, numpy.nan, 1.0)[:, None] * X
    endless = numpy.where(numpy.arange(20) == 7, numpy.inf, 1.0)[:, None] + X
    brute = fitted(algorithm="brute")
    nan = fitted(algorithm="brute")
    inf = fitted(algorithm="brute")
    nan._fit_X, inf._fit_X = far, endless
    served = "KNeighborsClassifier"
    forest = RandomForestClassifier(2, max_depth=2, random_state=0).fit(X, Y)
    search = GridSearchCV(KNeighborsClassifier(), {"n_neighbors": [3]}, cv=2,
                          refit=False).fit(X, Y)
    search.cv_results_ = {}
    broken = numpy.array(Y)
    broken[3] = 3
    negative = numpy.array(Y)
    negative[0] = -1
    unbounded = fitted()
    unbounded.effective_metric_ = "hassanat"

    yield from [
        ("random_forest", forest, ["RandomForestClassifier", served]),
        ("linear", LinearRegression().fit(X, Y), ["LinearRegression", served]),
        ("kernel_density", KernelDensity().fit(X), ["KernelDensity", served]),
        ("knn_transformer", KNeighborsTransformer().fit(X),
         ["KNeighborsTransformer", served]),
        ("pipeline_forest", make_pipeline(forest),
         ["RandomForestClassifier", served]),
        ("search_without_refit", search, ["GridSearchCV", "refit"]),
        ("array", X, ["array", served]),
        ("number", 7, [served]),
        ("text", "setosa", [served]),
        ("none", None, [served]),
        ("list", [1, 2, 3], ["list", "nearest-neighbor"]),
        ("dict", {"accuracy": 1.0}, ["dict", "nearest-neighbor"]),
        ("two_models", {"a": fitted(), "b": fitted()}, ["dict", "one"]),
        ("tree_alone", fitted()._tree, ["KDTree", served]),
        ("step_text", make_pipeline(
            TfidfVectorizer(), KNeighborsClassifier(1)).fit(["red elm", "oak"], [
                0, 1]), ["tfidfvectorizer", "TfidfVectorizer"]),
        ("step_function", make_pipeline(
            FunctionTransformer(own_change), KNeighborsClassifier()).fit(
                X, Y), ["my_code.own_change as func", "transform the data"]),
        ("step_kernel", make_pipeline(
            KernelPCA(2), KNeighborsClassifier()).fit(X, Y),
         ["kernelpca", "KernelPCA"]),
        ("class_itself", KNeighborsClassifier, [served]),

        ("unfitted", KNeighborsClassifier(), ["not fitted", "fit()"]),
        ("callable_weights", fitted(weights=own_function),
         ["weights", "my_code", "uniform", "distance"]),
        ("callable_metric", fitted(algorithm="ball_tree", metric=own_distance),
         ["metric", "euclidean"]),
        ("callable_metric_brute",
         fitted(algorithm="brute", metric=own_distance),
         ["metric", "my_code", "euclidean"]),
        ("precomputed", KNeighborsClassifier(metric="precomputed").fit(
            abs(X[:, :1] - X[:, :1].T), Y), ["precomputed", "euclidean"]),
        ("metric_unknown", unbounded, ["hassanat", "euclidean"]),

        ("k_too_large", changed(n_neighbors=21), ["n_neighbors", "21", "20"]),
        ("k_huge", changed(n_neighbors=2 ** 63), ["n_neighbors"]),
        ("k_zero", changed(n_neighbors=0), ["n_neighbors", "0"]),
        ("k_negative", changed(n_neighbors=-5), ["n_neighbors", "-5"]),
        ("k_text", changed(n_neighbors="5"), ["n_neighbors"]),
        ("k_fraction", changed(n_neighbors=2.5), ["n_neighbors"]),
        ("k_absent", changed(n_neighbors=None), ["n_neighbors"]),
        ("weights_unknown", changed(weights="closest"),
         ["weights", "closest", "uniform", "distance"]),
        ("fit_method_unknown", changed(_fit_method="cover_tree"),
         ["cover_tree", "kd_tree", "ball_tree", "brute"]),
        ("metric_contradicts", changed(effective_metric_="manhattan"),
         ["metric"]),

        ("nan_brute", nan, ["row 7", "nan"]),
        ("infinity_brute", inf, ["row 7", "inf"]),
        ("nan_tree", tree(0, put((7, 1), numpy.nan)), ["row 7", "nan"]),
        ("width_brute", with_attribute(brute, "_fit_X", X[:, :1]),
         ["features"]),
        ("no_rows", with_attribute(fitted(algorithm="brute"), "_fit_X",
                                   X[:0]), []),
        ("one_dimension", with_attribute(fitted(algorithm="brute"), "_fit_X",
                                         X[:, 0]), ["_fit_X"]),
        ("text_data", with_attribute(fitted(algorithm="brute"), "_fit_X",
                                     X.astype("U4")), ["_fit_X"]),

        ("y_too_large", changed(_y=broken), ["row 3", "class"]),
        ("y_negative", changed(_y=negative), ["row 0", "class"]),
        ("y_short", changed(_y=Y[:19]), ["_y", "19", "20"]),
        ("y_absent", changed(_y=None), ["_y"]),
        ("y_float", changed(_y=Y + 0.5), ["_y"]),
        ("classes_absent", changed(classes_=None), ["classes_"]),
        ("classes_empty", changed(classes_=numpy.array([], dtype=int)), []),
        ("classes_complex", changed(classes_=numpy.array([1j, 2j, 3j])),
         ["classes_"]),
        ("classes_dict", changed(classes_=numpy.array([{}, {}, {}])),
         ["classes_"]),
        ("names_short", changed(feature_names_in_=numpy.array(
            ["a"], dtype=object)), ["feature_names_in_"]),

        ("tree_absent", changed(_tree=None), ["_tree"]),
        ("tree_is_text", changed(_tree="oak"), ["_tree"]),
        ("tree_other", with_attribute(fitted(), "_tree", fitted(
            algorithm="ball_tree")._tree), ["tree"]),
        ("tree_rows", tree(0, lambda data: data[:19].copy()), []),
        ("tree_width", tree(0, lambda data: data[:, :1].copy()), []),
        ("idx_out_of_range", tree(1, put(4, 20)), ["idx_array"]),
        ("idx_negative", tree(1, put(4, -1)), ["idx_array"]),
        ("idx_twice", tree(1, lambda idx: put(0, idx[1])(idx)),
         ["idx_array"]),
        ("idx_short", tree(1, lambda idx: idx[:-1].copy()), ["idx_array"]),
        ("node_end", tree(2, put(3, 21, "idx_end")), ["node"]),
        ("node_huge", tree(2, put(3, 2 ** 62, "idx_end")), ["node"]),
        ("node_start", tree(2, put(3, -1, "idx_start")), ["node"]),
        ("node_reversed", tree(2, put(3, 20, "idx_start")), ["node"]),
        ("node_without_children", tree(2, put(-1, 0, "is_leaf")), ["node"]),
        ("node_leaf_flag", tree(2, put(3, 2, "is_leaf")), ["node"]),
        ("node_radius_nan", tree(2, put(1, numpy.nan, "radius"),
                                 "ball_tree"), ["node"]),
        ("nodes_short", tree(2, lambda nodes: nodes[:-1].copy()), ["node"]),
        ("nodes_none", tree(2, lambda nodes: nodes[:0].copy()), ["node"]),
        ("nodes_not_records", tree(2, lambda nodes: X), ["node"]),
        ("bounds_shape", tree(3, lambda b: b[:, :-1].copy()), ["bounds"]),
        ("bounds_nan", tree(3, put((0, 0, 0), numpy.nan)), ["bounds"]),
        ("bounds_of_a_ball", tree(3, lambda b: b[:1].copy()), ["bounds"]),
        ("tree_metric", tree(11, lambda metric: "euclidean"), ["metric"]),
    ]


def with_attribute(model, name, value):
    setattr(model, name, value)
    return model


def damaged(good):
    """(name, bytes, words) of files that are no whole model at all."""
    zipped = io.BytesIO()

    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr(zipfile.ZipInfo("X.npy"), b"\x93NUMPY")

    deep = b"\x80\x04" + b"]" * 200000 + b"a" * 199999 + b"."
    marks = b"\x80\x04" + b"(" * 200000 + b"t" * 200000 + b"."
    wrapper = wrapped()
    accepted = ["joblib"]

    yield from [
        ("empty.joblib", b"", ["empty", "dump"]),
        ("one_byte.joblib", b"\x80", ["truncated"]),
        ("truncated.joblib", good[:len(good) // 2], ["truncated"]),
        ("truncated_end.joblib", good[:-1], ["truncated"]),
        ("truncated_array.joblib", good[:good.index(b"_fit_X") + 400],
         ["truncated"]),
        ("truncated.gz", gzip.compress(good, mtime=0)[:-40], ["truncated"]),
        ("truncated.z", zlib.compress(good)[:-40], ["truncated"]),
        ("truncated.bz2", bz2.compress(good)[:-40], ["truncated"]),
        ("damaged.z", flip(zlib.compress(good)), ["zlib"]),
        ("damaged.gz", flip(gzip.compress(good, mtime=0)), ["gzip"]),
        ("damaged.bz2", flip(bz2.compress(good)), ["bzip2"]),
        ("page.html", b"<!DOCTYPE html>\n<html><head><title>Sign in</title>"
         b"</head></html>\n", ["text"] + accepted),
        ("page_indented.html", b"\n  <html><body>404</body></html>\n",
         ["text"] + accepted),
        ("pointer.joblib", b"version https://git-lfs.github.com/spec/v1\n"
         b"oid sha256:" + b"4d" * 32 + b"\nsize 14678\n",
         ["git-lfs", "git lfs pull"]),
        ("archive.npz", zipped.getvalue(), ["zip"] + accepted),
        ("frame.lz4", b"\x04\x22\x4d\x18\x64\x40\xa7" + bytes(64),
         ["lz4"]),
        ("old.zfile", b"ZF0x100               " + bytes(64), ["zlib"]),
        ("rows.csv", b"sepal_length,species\n5.1,setosa\n", accepted),
        ("rows.json", b'{"X":[[5.1,3.5,1.4,0.2]]}\n', accepted),
        ("model.onnx", b"\x08\x07\x12\x08skl2onnx\x1a\x05" + bytes(32),
         accepted),
        ("zeros.joblib", bytes(4096), accepted),
        ("noise.joblib", bytes(numpy.random.RandomState(9).bytes(4096)), []),
        ("numpy.npy", b"\x93NUMPY\x01\x00v\x00" + bytes(64), accepted),
        ("future.pkl", b"\x80\x06N.", ["protocol", "6"]),
        ("nothing.pkl", b"\x80\x04.", []),
        ("underflow.pkl", b"\x80\x04aaaa.", []),
        ("unknown_opcode.pkl", b"\x80\x04\xffN.", ["0xff"]),
        ("memo_absent.pkl", b"\x80\x04h\x07.", ["memo"]),
        ("memo_far.pkl", b"\x80\x04j\xff\xff\xff\x7f.", ["memo"]),
        ("memo_put_far.pkl", b"\x80\x04Nr\xff\xff\xff\x7f.", ["memo"]),
        ("mark_absent.pkl", b"\x80\x04t.", ["mark"]),
        ("itself.pkl", b"\x80\x04]\x94h\x00a.", []),
        ("deep_list.z", zlib.compress(deep, 9), []),
        ("deep_marks.z", zlib.compress(marks, 9), []),
        ("long_string.pkl", b"\x80\x04\x8d" + struct.pack("<Q", 2 ** 60)
         + b"abc.", ["truncated"]),
        ("long_bytes.pkl", b"\x80\x04\x8e" + struct.pack("<Q", 2 ** 64 - 1)
         + b"abc.", ["truncated"]),
        ("long_integer.pkl", b"\x80\x04\x8b" + struct.pack("<I", 2 ** 31 - 1)
         + b"abc.", ["truncated"]),
        ("bad_utf8.pkl", b"\x80\x04\x8c\x02\xff\xfe.", ["utf-8"]),
        ("persistent.pkl", b"\x80\x04Vroot\nQ.", ["BINPERSID"]),
        ("extension.pkl", b"\x80\x02\x82\x01.", []),
        ("out_of_band.pkl", b"\x80\x05\x97.", []),
        ("huge_array.joblib", wrapper((2 ** 40,)), ["truncated"]),
        ("overflowing_array.joblib", wrapper((2 ** 31, 2 ** 31, 8)), []),
        ("negative_array.joblib", wrapper((-1, 8)), []),
        ("os_system.pkl", pickle.dumps(Anything(os.system, "touch executed")),
         ["posix.system"]),
        ("os_system_in_model.pkl", pickle.dumps(changed(
            n_neighbors=Anything(os.system, "touch executed"))),
         ["posix.system"]),
        ("os_system_0.pkl", b"cos\nsystem\n(S'touch executed'\ntR.",
         ["os.system"]),
        ("eval.pkl", pickle.dumps(Anything(eval, "open('executed', 'w')")),
         ["eval"]),
        ("bomb.z", zlib.compress(b"\x80\x04\x8e" + struct.pack(
            "<Q", 32 << 20) + bytes(32 << 20) + b".", 9), []),
    ]


def hostile():
    """(name, bytes, words) of what reaches out of the file."""
    for name in ["nt.system", "subprocess.Popen", "builtins.exec",
                 "builtins.__import__", "importlib.import_module",
                 "runpy._run_code", "pydoc.pipepager", "webbrowser.open",
                 "socket.create_connection", "codecs.open", "sys.modules",
                 "numpy.testing._private.utils.runstring",
                 "numpy.f2py.crackfortran.getlincoef",
                 "operator.methodcaller", "my_code.Cleaner"]:
        module, _, function = name.rpartition(".")
        yield ("call_%s.pkl" % name,
               ("c%s\n%s\n(S'x'\ntR." % (module, function)).encode(), [name])

    call = b"cposix\nsystem\n(S'touch executed'\ntR"

    yield from [
        ("call_unused.pkl", call + b"0N.", ["posix.system"]),
        ("call_named_apart.pkl", b"\x80\x04\x8c\x05posix\x94"
         b"\x8c\x06system\x94\x860h\x00h\x01\x93)R.",
         ["posix.system"]),
        ("call_old.pkl", b"\x80\x02(S'touch executed'\n"
         b"iposix\nsystem\n.", ["posix.system"]),
        ("call_in_opaque.pkl", b"c__main__\nCleaner\n)\x81}S'f'\n" + call
         + b"sb.", ["__main__.Cleaner", "posix.system"]),
        ("call_through_package.pkl",
         b"\x80\x04\x8c\x0djoblib.memory\x8c\x09os.system\x93"
         b"\x8c\x0ftouch executed\x85R.", ["joblib.memory.os.system"]),
        ("getattr.pkl", b"cbuiltins\ngetattr\n(cpandas\neval\n"
         b"S'__globals__'\ntR.", ["builtins.getattr"]),
        ("ufunc.pkl", b"cnumpy.core\n_ufunc_reconstruct\n"
         b"(S'posix'\nS'system'\ntR.", ["posix.system"]),
        ("reads_root.pkl", beside("/etc/passwd"), ["/etc/passwd", "refused"]),
        ("reads_above.pkl", beside("../reads_above.pkl_01.npy"),
         ["../reads_above.pkl_01.npy", "refused"]),
        ("renamed.pkl", beside("model.pkl_01.npy"),
         ["model.pkl_01.npy", "dumped as \"model.pkl\""]),
        ("alone.pkl", beside("alone.pkl_01.npy"),
         ["alone.pkl_01.npy", "no such file", "beside"]),
    ]


def beside(name):
    """A dump of joblib before 0.10 whose array is in the file called name."""
    return (b"\x80\x02cjoblib.numpy_pickle\nNDArrayWrapper\n)\x81}("
            b"U\x08filenameU" + bytes([len(name)]) + name.encode()
            + b"U\x08subclasscnumpy\nndarray\nub.")


def flip(data):
    """The same bytes, some in the middle inverted."""
    middle = len(data) // 2
    return data[:middle] + bytes(b ^ 0xff for b in data[middle:middle + 8]) \
        + data[middle + 8:]


def wrapped():
    """Makes joblib files whose first array has the given shape, no data."""
    from joblib.numpy_pickle import NumpyArrayWrapper

    def make(shape):
        model = fitted(algorithm="brute")
        model._fit_X = NumpyArrayWrapper(
            numpy.ndarray, shape, "C", numpy.dtype("f8"),
            numpy_array_alignment_bytes=16)
        return pickle.dumps(model, 4)

    return make


def main():
    directory = os.path.join(sys.argv[1] if len(sys.argv) > 1 else HERE,
                             "refused")
    os.makedirs(directory, exist_ok=True)
    sys.modules["my_code"] = sys.modules[__name__]
    manifest = {}

    for name, model, words in joblibs():
        file = name + ".joblib"
        joblib.dump(model, os.path.join(directory, file))
        manifest[file] = words

    good = io.BytesIO()
    joblib.dump(fitted(), good)

    for file, data, words in [*damaged(good.getvalue()), *hostile()]:
        with open(os.path.join(directory, file), "wb") as target:
            target.write(data)

        manifest[file] = words

    with open(os.path.join(directory, "manifest.json"), "w") as target:
        json.dump(manifest, target, indent=1, sort_keys=True)
        target.write("\n")

    print("%d files in %s" % (len(manifest), directory))


if __name__ == "__main__":
    main()
