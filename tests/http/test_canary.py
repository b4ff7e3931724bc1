"""Canaries, A/B tests and shadows with nginx's own words."""

import collections
import os
import re
import socket
import time

import numpy
import pandas
import pytest
from sklearn.neighbors import (KNeighborsClassifier, KNeighborsRegressor,
                               NearestNeighbors)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import oracle
from conftest import IRIS, ROOT, wait_for
from examples import example  # noqa: F401
from wire import Connection, encode

SERVER = """
    location = /predict { knn_predict iris@$variant; }

    location = /metrics { knn_metrics; }

    location = /shadowed { mirror /shadow; knn_predict iris@1; }
    location = /shadow { internal; knn_predict iris@2; }

    location = /twice {
        mirror /shadow;
        mirror /third;
        knn_predict iris@1;
    }
    location = /third { internal; knn_predict iris@3; }

    location = /slow {
        mirror /slow-shadow;
        knn_predict iris@1;
    }
    location = /slow-shadow {
        internal;
        knn_output predict kneighbors;
        knn_predict slow;
    }

    location = /failing {
        mirror /few;
        mirror /unknown;
        mirror /other-shape;
        mirror /off;
        mirror /gone;
        knn_predict iris@1;
    }
    location = /few { internal; knn_max_rows 1; knn_predict iris@2; }
    location = /unknown { internal; knn_predict $nothing; }
    location = /other-shape { internal; knn_predict value; }
    location = /off { internal; return 500; }
    location = /gone { internal; proxy_pass http://127.0.0.1:1; }

    location = /value { mirror /values; knn_predict value@1; }
    location = /values { internal; knn_predict value@2; }
    location = /nearest { mirror /nearests; knn_predict nearest; }
    location = /nearests { internal; knn_predict value; }

    location = /pooled {
        knn_thread_pool default;
        mirror /pooled-shadow;
        knn_predict iris@1;
    }
    location = /pooled-shadow {
        internal;
        knn_thread_pool default;
        knn_predict iris@2;
    }

    location = /sampled {
        mirror /sampled-shadow;
        knn_predict iris@1;
    }
    location = /sampled-shadow {
        internal;
        if ($sampled = 0) { return 204; }
        knn_predict iris@2;
    }
"""


@pytest.fixture(scope="module")
def models(iris):
    """Versions that do not agree on all rows."""

    random = numpy.random.default_rng(9)
    X = random.normal(size=(60, 4))
    labels = iris.classes_[iris._y]

    return {
        "iris@1": iris,
        "iris@2": KNeighborsClassifier(n_neighbors=60).fit(iris._fit_X,
                                                           labels),
        # another order of the classes, one more of them
        "iris@3": KNeighborsClassifier(n_neighbors=3).fit(
            numpy.vstack([iris._fit_X, [[9, 9, 9, 9]]]),
            [*labels, "another"]),
        "slow": KNeighborsClassifier(n_neighbors=300, algorithm="brute").fit(
            random.normal(size=(6000, 4)), random.integers(0, 2, 6000)),
        "value@1": KNeighborsRegressor().fit(X[:, :3], X[:, 3]),
        "value@2": KNeighborsRegressor(n_neighbors=4).fit(X[:, :3],
                                                          X[:, 3].round(1)),
        "nearest": NearestNeighbors().fit(X[:, :3]),
    }


@pytest.fixture(scope="module")
def holder():
    """A server that accepts connections and says nothing."""

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        yield listener


@pytest.fixture(scope="module")
def server(serve, save, models, holder):
    nginx = serve(start=False, workers=2)
    http = ""

    for name, model in models.items():
        name, _, major = name.partition("@")
        path = IRIS if model is models["iris@1"] else save(model)
        http += f"knn_model {name} {path} version={major or 1}.0.0;"

    nginx.configure(http + f"""
        split_clients $http_x_client $share {{ 30% 2; * 1; }}
        map $http_x_variant $variant {{
            1 1;
            2 2;
            3 3;
            default $share;
        }}
        split_clients $http_x_client $sampled {{ 50% 1; * 0; }}
        map $uri $nothing {{ default none; }}
        log_format variant '$http_x_client $knn_model@$knn_version '
                           '$knn_prediction';
        access_log {nginx.path("access.log")} variant;
    """, SERVER + f"""
        location = /held {{ mirror /hold; knn_predict iris@1; }}
        location = /hold {{
            internal;
            proxy_pass http://127.0.0.1:{holder.getsockname()[1]};
        }}
    """)
    nginx.start()
    return nginx


@pytest.fixture(scope="module")
def table(iris):
    """Rows in and around all of the training data."""

    random = numpy.random.default_rng(2)
    X = numpy.vstack([iris._fit_X, iris._fit_X
                      + random.normal(scale=0.4, size=(150, 4))])
    return X.round(2).tolist()


def series(server, name):
    """The samples of a metric, by the values of their labels."""

    found = {}
    text = server.get("/metrics").body.decode()

    for labels, value in re.findall(rf"^nginx_knn_{name}{{([^}}]*)}} (\S+)",
                                    text, re.M):
        found[frozenset(re.findall(r'(\w+)="([^"]*)"', labels))] = float(value)

    return found


def total(server, name, **labels):
    return sum(value for key, value in series(server, name).items()
               if set(labels.items()) <= key)


def agreement(server, primary, shadow):
    """The rows of a pair that agree, and that differ."""

    return tuple(total(server, "shadow_rows_total", primary=primary,
                       shadow=shadow, agreement=word)
                 for word in ("agree", "differ"))


@pytest.fixture
def counted(server):
    """counted(before, pair, agree, differ) waits for the rows to be there."""

    def check(before, pair, agree, differ):
        due = (before[0] + agree, before[1] + differ)
        wait_for(lambda: sum(agreement(server, *pair)) >= sum(due))
        assert agreement(server, *pair) == due

    return check


def agreeing(models, one, two, rows):
    """The rows that two models answer alike, and the others."""

    agree = sum(first == second for first, second in zip(
        *(oracle.predictions(models[name], rows) for name in (one, two))))
    return agree, len(rows) - agree


def test_variants_by_client(server):
    """One client has one version, about as many have the new one."""

    versions = collections.Counter()

    with server.connect() as connection:
        for client in range(200):
            replies = {connection.post("/predict", {"X": [5, 3, 2, 1]},
                                       {"X-Client": f"c{client}"}
                                       ).json["version"] for _ in range(2)}
            assert len(replies) == 1
            versions[replies.pop()] += 1

    assert set(versions) == {"1.0.0", "2.0.0"}
    assert 30 <= versions["2.0.0"] <= 90


def test_answers_and_log_of_the_variant(server, models, table):
    for variant in "123":
        model = models[f"iris@{variant}"]
        reply = server.post("/predict", {"X": table},
                            {"X-Variant": variant, "X-Client": "v" + variant})
        assert reply.json["predictions"] == oracle.predictions(model, table)
        line = (f"v{variant} iris@{variant}.0.0 "
                f"{oracle.predictions(model, table[:1])[0]}\n")
        wait_for(lambda: line in server.log("access.log"))


def test_metrics_of_each_version(server, table):
    def counts():
        return {(name, version): total(server, name, model="iris",
                                       version=f"{version}.0.0")
                for name in ("requests_total", "rows_total",
                             "predictions_total") for version in "123"}

    before = counts()

    with server.connect() as connection:
        for variant, requests in (("1", 3), ("2", 5), ("3", 1)):
            for _ in range(requests):
                connection.post("/predict", {"X": table[:20]},
                                {"X-Variant": variant})

    due = {"1": 3, "2": 5, "3": 1}
    wait_for(lambda: counts()["requests_total", "3"]
             == before["requests_total", "3"] + 1)
    assert {key: counts()[key] - before[key] for key in before} == {
        (name, version): due[version] * (1 if name == "requests_total"
                                         else 20)
        for name, version in before}


PAIR = ("iris@1.0.0", "iris@2.0.0")


def test_shadow(server, models, table, counted):
    """Clients see the primary alone; every row of both is compared."""

    before = agreement(server, *PAIR)
    agree, differ = agreeing(models, "iris@1", "iris@2", table)
    assert agree and differ

    with server.connect() as connection:
        for rows in (table, table[:1], table[100:]):
            reply = connection.post("/shadowed", {"X": rows})
            assert reply.json["predictions"] \
                == oracle.predictions(models["iris@1"], rows)
            assert reply.json["version"] == "1.0.0"
            assert reply.headers["x-knn-model"] == "iris@1.0.0"

    parts = [agreeing(models, "iris@1", "iris@2", rows)
             for rows in (table[:1], table[100:])]
    counted(before, PAIR, agree + sum(part[0] for part in parts),
            differ + sum(part[1] for part in parts))


def test_shadow_of_a_get(server, models, counted):
    before = agreement(server, *PAIR)
    reply = server.get("/shadowed?X=5.1,3.5,1.4,0.2")
    assert reply.json["version"] == "1.0.0"
    counted(before, PAIR, *agreeing(models, "iris@1", "iris@2",
                                    [[5.1, 3.5, 1.4, 0.2]]))


def test_several_shadows(server, models, table, counted):
    """Labels are compared, whatever their place in the models."""

    pairs = [(PAIR, "iris@2"), (("iris@1.0.0", "iris@3.0.0"), "iris@3")]
    before = [agreement(server, *pair) for pair, _ in pairs]
    assert server.post("/twice", {"X": table}).status == 200

    for count, (pair, name) in zip(before, pairs):
        counted(count, pair, *agreeing(models, "iris@1", name, table))


def test_values(server, models, counted):
    rows = models["value@1"]._fit_X.tolist()
    pair = ("value@1.0.0", "value@2.0.0")
    before = agreement(server, *pair)
    assert server.post("/value", {"X": rows}).status == 200
    counted(before, pair, *agreeing(models, "value@1", "value@2", rows))


def test_nothing_to_compare(server, models):
    before = series(server, "shadow_rows_total")
    rows = models["value@1"]._fit_X.tolist()
    requests = total(server, "requests_total", model="value")
    assert server.post("/nearest", {"X": rows}).json["neighbors"]
    wait_for(lambda: total(server, "requests_total", model="value")
             == requests + 1)
    assert series(server, "shadow_rows_total") == before


@pytest.mark.parametrize("path", ["/shadowed", "/pooled"])
def test_large_requests(server, models, table, counted, path):
    """Both are computed in slices, or in threads."""

    rows = (table * 34)[:10000]
    before = agreement(server, *PAIR)
    reply = server.post(path, {"X": rows})
    expected = oracle.predictions(models["iris@1"], table)
    assert reply.json["predictions"] == (expected * 34)[:10000]
    counted(before, PAIR, *agreeing(models, "iris@1", "iris@2", rows))


def test_shadow_that_never_ends(server, holder, models, table):
    """The answer does not wait for it."""

    with server.connect() as connection:
        reply = connection.post("/held", {"X": table})
        assert reply.json["predictions"] \
            == oracle.predictions(models["iris@1"], table)

        # the shadow has asked, and has no answer yet
        with holder.accept()[0] as held:
            assert held.recv(5) == b"POST "


def test_shadow_that_is_slower(server, models, table, counted):
    """The connection stays, for when it has ended."""

    pair = ("iris@1.0.0", "slow@1.0.0")
    before = agreement(server, *pair)
    rows = table * 4

    with server.connect() as connection:
        reply = connection.post("/slow", {"X": rows})
        assert reply.json["predictions"] \
            == oracle.predictions(models["iris@1"], table) * 4
        assert connection.post("/predict", {"X": table[0]}).status == 200

    counted(before, pair, 0, len(rows))


@pytest.mark.parametrize("rows", [1, 300])
def test_shadows_that_fail(server, models, table, rows):
    before = series(server, "shadow_rows_total")

    with server.connect() as connection:
        for _ in range(3):
            reply = connection.post("/failing", {"X": table[:rows]})
            assert reply.status == 200
            assert reply.keepalive or "connection" not in reply.headers
            assert reply.json["predictions"] \
                == oracle.predictions(models["iris@1"], table[:rows])

    after = series(server, "shadow_rows_total")

    # "knn_max_rows 1" lets a single row pass
    passed = {frozenset({("primary", PAIR[0]), ("shadow", PAIR[1]),
                         ("agreement", word)}) for word in ("agree", "differ")}
    assert {key: value for key, value in after.items() if key not in passed} \
        == {key: value for key, value in before.items() if key not in passed}
    assert rows == 1 or after == before


def test_primary_that_fails(server):
    before = series(server, "shadow_rows_total")
    assert server.post("/shadowed", {"X": [1]}).status == 422
    assert server.post("/shadowed", b"{").status == 400
    assert series(server, "shadow_rows_total") == before


def test_clients_that_leave(server, models, table, counted):
    """Right after the request, or in the middle of the shadow's work."""

    body = str({"X": table * 10}).replace("'", '"').encode()

    for path in ("/shadowed", "/slow", "/pooled"):
        for size in (None, 0, 1, 100):
            with server.connect() as connection:
                connection.send(encode("POST", path, body)[:size])

            with server.connect() as connection:
                connection.send(encode("POST", path, body))
                connection.exactly(10)

    before = agreement(server, *PAIR)
    reply = server.post("/shadowed", {"X": table})
    assert reply.json["predictions"] \
        == oracle.predictions(models["iris@1"], table)
    wait_for(lambda: sum(agreement(server, *PAIR))
             >= sum(before) + len(table))


def settled(server):
    """What is counted when those who left an earlier test are through."""

    counts = [-1, -2]

    while counts[-1] != counts[-2]:
        time.sleep(0.5)
        counts.append(sum(agreement(server, *PAIR)))

    return counts[-1]


def test_a_part_of_the_requests(server, table):
    before = settled(server)

    with server.connect() as connection:
        for client in range(100):
            reply = connection.post("/sampled", {"X": table[:2]},
                                    {"X-Client": f"s{client}"})
            assert len(reply.json["predictions"]) == 2

    count = sum(agreement(server, *PAIR)) - before
    assert 2 * 30 <= count <= 2 * 70


def test_readme_shows_the_examples():
    """What its section about them says stands in them, line by line."""

    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        section = re.search(r"^## Routing by prediction.*?^## ", file.read(),
                            re.M | re.S)[0]

    names = re.findall(r"\]\((examples/\w+\.conf)\)", section)
    assert len(names) == 3
    lines = set()

    for name in names:
        with open(os.path.join(ROOT, name), encoding="utf-8") as file:
            lines |= {line.strip() for line in file}

    blocks = re.findall(r"^```nginx\n(.*?)^```$", section, re.M | re.S)
    assert len(blocks) == 3

    for block in blocks:
        assert {line.strip() for line in block.splitlines()} <= lines


@pytest.fixture(scope="module")
def versions(iris):
    """The two of the examples: the second as "knn train" trains it."""

    data = pandas.read_csv(os.path.join(ROOT, "examples", "iris", "iris.csv"))
    second = make_pipeline(StandardScaler(),
                           KNeighborsClassifier(n_neighbors=15))
    return iris, second.fit(data.drop(columns="species"), data["species"])


def test_canary_example(example, versions, table):  # noqa: F811
    directory, ports = example("canary")
    first, second = (oracle.predictions(model, table) for model in versions)
    assert first != second

    with Connection(int(ports["8080"])) as connection:
        for variant, expected in (("1", first), ("2", second)):
            reply = connection.post("/predict", {"X": table},
                                    {"X-Variant": variant})
            assert reply.json["version"] == variant + ".0.0"
            assert reply.json["predictions"] == expected

        seen = {connection.post("/predict", {"X": table[0]},
                                {"User-Agent": str(client)}).json["version"]
                for client in range(100)}
        assert seen == {"1.0.0", "2.0.0"}

        text = connection.request("GET", "/metrics").body.decode()
        assert 'nginx_knn_requests_total{model="iris",version="2.0.0"' in text

    wait_for(lambda: (directory / "build" / "access.log").read_text()
             .count("\n") == 102)
    log = (directory / "build" / "access.log").read_text()
    assert f"127.0.0.1 200 iris@2.0.0 {second[0]} " in log


def test_shadow_example(example, versions, table):  # noqa: F811
    _, ports = example("shadow")
    first, second = (oracle.predictions(model, table) for model in versions)
    agree = sum(one == two for one, two in zip(first, second))

    with Connection(int(ports["8080"])) as connection:
        reply = connection.post("/predict", {"X": table})
        assert reply.json["predictions"] == first
        text = connection.request("GET", "/metrics").body.decode()

    assert dict(re.findall(r'^nginx_knn_shadow_rows_total{primary="iris@1.0.0"'
                           r',shadow="iris@2.0.0",agreement="(\w+)"} (\d+)$',
                           text, re.M)) == {
        "agree": str(agree), "differ": str(len(table) - agree)}
