"""The knn command as the tests call it."""

import json
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
KNN = os.path.abspath(os.environ.get("KNN", os.path.join(ROOT, "build",
                                                         "knn")))
IRIS = os.path.join(ROOT, "examples", "iris")
MODELS = os.path.join(ROOT, "tests", "models")


def knn(*arguments, text="", timeout=60, cwd=None):
    """Runs the command to its end; what it prints must be UTF-8."""
    return subprocess.run([KNN, *map(str, arguments)], input=text.encode(),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=timeout, cwd=cwd)


def csv(rows, header=None):
    """Rows as text that reads back as the same floats, texts and gaps."""
    lines = [["" if v is None else v if isinstance(v, str) else repr(float(v))
              for v in row] for row in rows]
    return "".join(",".join(line) + "\n"
                   for line in ([header] if header else []) + lines)


def predict(model, rows, *options, header=None):
    """What the command answers to rows, one dict a row."""
    done = knn("predict", model, "--json", *options, text=csv(rows, header))

    if done.returncode != 0 or done.stderr:
        raise AssertionError("status %d: %s" % (
            done.returncode, done.stderr.decode(errors="replace")))

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(rows)

    return answers


def predict_all(model, rows):
    """
    The same with all outputs.  Labels alone may be found in another way, so
    they are asked for as well and must be equal.
    """
    answers = predict(model, rows, "--proba", "--neighbors")
    alone = [answer["prediction"] for answer in predict(model, rows)]
    assert same(alone, [answer["prediction"] for answer in answers]), \
        "labels alone differ from labels with probabilities"

    return answers


def same(a, b):
    """Whether two JSON values are equal, kinds of numbers included."""
    if type(a) is not type(b):
        return False

    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))

    return a == b
