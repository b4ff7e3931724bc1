"""The ways in which people write a model to a file."""

import joblib

try:
    import cPickle as pickle
except ImportError:
    import pickle

try:
    from sklearn.externals.joblib import dump as bundled
except ImportError:
    from joblib import dump as bundled


def pickled(protocol):
    """Of the protocols that this Python knows the nearest."""
    def dump(model, path):
        with open(path, "wb") as file:
            pickle.dump(model, file, min(protocol, pickle.HIGHEST_PROTOCOL))

    return dump


def inline(**options):
    """
    By joblib, with these options or, if it knows them not, those of all
    releases.
    """
    def dump(model, path):
        try:
            joblib.dump(model, path, **options)
        except (NotImplementedError, TypeError, ValueError):
            joblib.dump(model, path, compress=3)

    return dump
