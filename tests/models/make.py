#!/usr/bin/env python3

"""
Make the fixture models of the scikit-learn release that runs this script:

    make.py [--all] [DIRECTORY]

Every model goes to DIRECTORY/<release>/<name>.<suffix>, and what that release
answers with it to <name>.json; of Python 2 the directory is <release>-py2.
Nothing in the answers is written by hand.  Without --all only one model of
each kind and form is made.  See README.md.
"""

import json
import os
import sys

import joblib

import kinds
from answers import answers, release

HERE = os.path.dirname(os.path.abspath(__file__))


class Maker(object):
    """Dumps and asks, one model after the other."""

    def __init__(self, directory):
        self.directory = directory
        self.names = []

    def save(self, name, model, queries, dump=joblib.dump, suffix="joblib"):
        path = os.path.join(self.directory, "%s.%s" % (name, suffix))

        # some releases note in the model that it was asked
        dump(model, path)
        answer = answers(model, queries)
        answer["model"] = os.path.basename(path)

        with open(os.path.join(self.directory, name + ".json"), "w") as file:
            json.dump(answer, file, separators=(",", ":"))
            file.write("\n")

        self.names.append(name)


def main():
    arguments = sys.argv[1:]
    parts = [kinds.make]

    if "--all" in arguments:
        import classifiers

        arguments.remove("--all")
        parts += [classifiers.make]

    directory = os.path.join(arguments[0] if arguments else HERE, release()
                             + ("-py2" if sys.version_info < (3,) else ""))

    if not os.path.isdir(directory):
        os.makedirs(directory)

    maker = Maker(directory)

    for part in parts:
        part(maker)

    print("%d models in %s" % (len(maker.names), directory))


if __name__ == "__main__":
    main()
