"""A real nginx on a free port; every alert in its log fails the test."""

import contextlib
import itertools
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import time

import joblib
import numpy
import pandas
import pytest
import sklearn.neighbors
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from wire import Connection

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
IRIS = os.path.join(ROOT, "examples", "iris", "iris.joblib")
BINARY = os.environ.get("NGINX", shutil.which("nginx") or "/usr/sbin/nginx")

# empty when the module is linked into the binary
MODULE = os.environ.get("KNN_MODULE", os.path.join(
    ROOT, "build", "ngx_http_knn_module.so"))

# to nginx, this variable names the sockets that it inherits
ENVIRONMENT = {name: value for name, value in os.environ.items()
               if name != "NGINX"}

# what a sanitized module needs in a binary that is not; every module defines
# ngx_module_names, and nginx leaves to exit() what lives as long as it does
if "KNN_SANITIZER" in os.environ:
    ENVIRONMENT["LD_PRELOAD"] = os.environ["KNN_SANITIZER"]
    ENVIRONMENT["ASAN_OPTIONS"] = ("detect_leaks=0:detect_odr_violation=0:"
                                   "abort_on_error=1")

FATAL = re.compile(r"\[alert\]|\[emerg\]|Sanitizer|runtime error")

TEMPLATE = """
{load}
daemon on;
user root;
worker_processes {workers};
error_log {directory}/error.log info;
pid {directory}/nginx.pid;
events {{ worker_connections 512; }}
http {{
    access_log {directory}/access.log;
    client_body_temp_path {directory}/temp;
    proxy_temp_path {directory}/temp;
    fastcgi_temp_path {directory}/temp;
    uwsgi_temp_path {directory}/temp;
    scgi_temp_path {directory}/temp;
    client_max_body_size 64m;
    {http}
    server {{
        listen 127.0.0.1:{port};
        {server}
    }}
}}
"""


def sanitized():
    """Whether a sanitizer makes things slower and larger than they are."""

    for path in (BINARY, MODULE):
        if path:
            with open(path, "rb") as file:
                if b"__asan_init" in file.read():
                    return True

    return False


def free_port():
    """One that no connection is given before a server listens there."""

    while True:
        port = random.randrange(10000, 30000)

        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Nginx:
    """One nginx in a directory of its own."""

    def __init__(self, directory, http, server, workers=1, allowed=None):
        self.directory = str(directory)
        self.port = free_port()
        self.workers = workers
        self.allowed = allowed
        self.configure(http, server)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def configure(self, http, server):
        load = f"load_module {os.path.abspath(MODULE)};" if MODULE else ""

        with open(self.path("nginx.conf"), "w") as conf:
            conf.write(TEMPLATE.format(load=load, directory=self.directory,
                                       port=self.port, workers=self.workers,
                                       http=http, server=server))

    def run(self, *arguments):
        """Runs the binary on this configuration, as -t and -s do."""

        # a file, because a daemon may keep a pipe open
        with open(self.path("output"), "w+") as output:
            done = subprocess.run(
                [BINARY, "-p", self.directory, "-e", self.path("error.log"),
                 "-c", self.path("nginx.conf"), *arguments], timeout=60,
                stdout=output, stderr=subprocess.STDOUT, env=ENVIRONMENT)
            output.seek(0)
            done.stdout = output.read()

        return done

    def start(self):
        done = self.run()
        assert done.returncode == 0, done.stdout + self.log()
        wait_for(lambda: self.pid()
                 and len(self.worker_pids()) >= self.workers)

    def pid(self):
        """Of the master; the file is written after nginx has forked."""

        try:
            with open(self.path("nginx.pid")) as file:
                return int(file.read() or 0)
        except FileNotFoundError:
            return 0

    def worker_pids(self):
        pid = self.pid()
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return set(map(int, file.read().split()))

    def signal(self, number):
        os.kill(self.pid(), number)

    def stop(self):
        if self.pid():
            self.signal(signal.SIGTERM)
            wait_for(lambda: not self.pid())

    def log(self, name="error.log"):
        try:
            with open(self.path(name), errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def check_log(self):
        bad = [line for line in self.log().splitlines()
               if FATAL.search(line)
               and not (self.allowed and re.search(self.allowed, line))]
        assert not bad, "\n".join(bad)

    def connect(self):
        return Connection(self.port)

    def request(self, *arguments, **options):
        with self.connect() as connection:
            return connection.request(*arguments, **options)

    def get(self, path, headers=None):
        return self.request("GET", path, headers=headers)

    def post(self, path, body, headers=None):
        with self.connect() as connection:
            return connection.post(path, body, headers)


def wait_for(condition, seconds=20):
    deadline = time.monotonic() + seconds

    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def curl(*arguments):
    """What curl says; it fails on what is not HTTP."""

    done = subprocess.run(["curl", "-sS", "-m", "20", *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.fixture(scope="module")
def serve(tmp_path_factory):
    """serve(http, server) starts an nginx that ends with the test file."""

    # every one is stopped, even when another has failed
    with contextlib.ExitStack() as stack:

        def start(http="", server="", start=True, **options):
            nginx = Nginx(tmp_path_factory.mktemp("nginx"), http, server,
                          **options)
            stack.callback(nginx.check_log)
            stack.callback(nginx.stop)

            if start:
                nginx.start()

            return nginx

        yield start


@pytest.fixture(scope="module")
def iris_server(serve):
    return serve(f"knn_model iris {IRIS};", """
        location = /predict { knn_predict iris; }
        location = /models { knn_info; }
        location = /health { knn_health; }
    """)


@pytest.fixture(scope="session")
def iris():
    """The same model in scikit-learn, the oracle."""

    return joblib.load(IRIS)


@pytest.fixture(scope="session")
def rows():
    """Points in and between the classes."""

    return [[5.1, 3.5, 1.4, 0.2], [6.0, 2.9, 4.5, 1.5], [6.9, 3.1, 5.4, 2.1],
            [5.9, 3.0, 5.0, 1.7], [0, 0, 0, 0], [1e3, -1e3, 0.5, 12345678]]


@pytest.fixture(scope="session")
def save(tmp_path_factory):
    """save(model) writes it as users do and returns the path."""

    directory = tmp_path_factory.mktemp("models")
    count = itertools.count()

    def dump(model):
        path = str(directory / f"{next(count)}.joblib")
        joblib.dump(model, path)
        return path

    return dump


@pytest.fixture(scope="session")
def train(save):
    """train(labels) makes a model of one feature, 0, 1, 2, …"""

    def fit(labels):
        model = sklearn.neighbors.KNeighborsClassifier(n_neighbors=1)
        return save(model.fit([[float(i)] for i in range(len(labels))],
                              labels))

    return fit


@pytest.fixture(scope="session")
def shop():
    """A table with texts, missing values and names, and its two targets."""

    random = numpy.random.default_rng(7)
    n = 60

    return pandas.DataFrame({
        "color": random.choice(["red", "green", " blue", 'a "b", c'], n),
        "size": random.choice(["S", "M", "L"], n),
        "price": random.integers(1, 100, n) / 4,
        "weight": numpy.where(random.random(n) < 0.2, numpy.nan,
                              random.integers(0, 50, n) / 2),
    }), random.choice(["yes", "no"], n), random.integers(0, 40, n) / 8


@pytest.fixture(scope="session")
def shop_pipeline():
    """shop_pipeline(estimator, unknown) puts the usual steps before it."""

    def pipeline(estimator, unknown="ignore"):
        return make_pipeline(ColumnTransformer([
            ("texts", OneHotEncoder(handle_unknown=unknown),
             ["color", "size"]),
            ("numbers", make_pipeline(SimpleImputer(), StandardScaler()),
             ["price", "weight"])]), estimator)

    return pipeline
