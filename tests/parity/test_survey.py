"""A slice of the survey of make parity: the scikit-learn that is here."""

import os
import subprocess
import sys

SURVEY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "survey")


def test_random_models_through_nginx():
    done = subprocess.run(
        [sys.executable, os.path.join(SURVEY, "survey.py"), "--models", "300",
         sys.executable], stdout=subprocess.PIPE, text=True)
    print(done.stdout)
    assert done.returncode == 0, done.stdout


def test_rows_in_bulk_through_nginx():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", os.path.join(SURVEY, "bulk.py"),
         "--rows", "200000"], stdout=subprocess.PIPE, text=True)
    print(done.stdout)
    assert done.returncode == 0, done.stdout
