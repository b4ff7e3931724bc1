#!/usr/bin/env python3

"""Train the iris model: train.py [MODEL] writes iris.joblib by default."""

import os
import sys

import joblib
import pandas
from sklearn.neighbors import KNeighborsClassifier

HERE = os.path.dirname(os.path.abspath(__file__))


def train(path):
    """Return a classifier fitted on the rows of a CSV file."""
    data = pandas.read_csv(path)
    X = data.drop(columns="species")
    y = data["species"]
    return KNeighborsClassifier(n_neighbors=5).fit(X, y)


if __name__ == "__main__":
    model = train(os.path.join(HERE, "iris.csv"))
    target = os.path.join(HERE, "iris.joblib")
    joblib.dump(model, sys.argv[1] if len(sys.argv) > 1 else target)
