"""knn_set: variables that are predictions, for routing, limits and logs."""

import math
import os
import re
import subprocess

import numpy
import pytest
from sklearn.neighbors import (KNeighborsClassifier, KNeighborsRegressor,
                               NearestNeighbors, RadiusNeighborsClassifier)

import oracle
from conftest import IRIS, ROOT, wait_for
from examples import example  # noqa: F401
from wire import Connection

KNN = os.environ.get("KNN", os.path.join(ROOT, "build", "knn"))

# the models come after the variables
HTTP = """
    knn_set $species iris@1 $arg_a $arg_b $arg_c $arg_d;
    knn_set $deal shop $arg_color $arg_size $arg_price $arg_weight;
    knn_set $height value $arg_a 0.25;
    knn_set $sizes values@2.1 $arg_a $arg_b;
    knn_set $near radius $arg_a;
    knn_set $fixed iris 5.1 3.5 1.4 0.2;
    knn_set $length number $request_length;
    knn_set $loop number $loop_probability;
    knn_set $one number $two_distance;
    knn_set $two number $one_distance;
    knn_set $file iris $arg_a $arg_b $arg_c "$uri";

    map $species $pool {
        virginica  far;
        default    near;
    }

    map $species $limited {
        versicolor  $binary_remote_addr;
        default     "";
    }

    limit_req_zone $limited zone=some:1m rate=1r/m;

    split_clients $species $half {
        50%  one;
        *    two;
    }

    log_format set '$request_uri|$species|$species_probability|'
                   '$species_distance|$species_novelty';
"""

SERVER = """
    log_subrequest on;

    location = /species {
        return 200 "$species|$species_probability|$species_distance|$species_novelty";
    }
    location = /figures { return 200 "$species_novelty|$species"; }
    location = /deal { return 200 "$deal|$deal_probability"; }
    location = /height { return 200 "$height|$height_probability|$height_distance"; }
    location = /sizes { return 200 "$sizes"; }
    location = /near { return 200 "$near|$near_probability"; }
    location = /fixed { return 200 "$fixed|$fixed_distance"; }
    location = /length { return 200 "$length"; }
    location = /loop { return 200 "$loop|$one|$two"; }
    location = /file { return 200 "$file"; }
    location = /half { return 200 "$half"; }
    location = /log { return 204; }
    location = /metrics { knn_metrics; }

    location = /if {
        if ($species = setosa) { return 200 "small"; }
        if ($species) { return 200 "large"; }
        return 200 "unknown";
    }
    location = /set {
        set $was "<$species>";
        add_header X-Was $was;
        return 200 "$was";
    }
    location = /limited {
        limit_req zone=some;
        limit_req_status 429;
        try_files /none /here;
    }
    location = /guarded {
        auth_request /guard;
        error_page 403 = @refused;
        add_header X-Species $species;
        try_files /none /here;
    }
    location = /guard {
        internal;
        if ($species != virginica) { return 403; }
        return 204;
    }
    location @refused { return 200 "refused $species"; }
    location = /here { return 200 "here $species"; }

"""


@pytest.fixture(scope="module")
def models(iris, shop, shop_pipeline):
    random = numpy.random.default_rng(3)
    X = random.normal(size=(50, 2))
    table, deals, _ = shop

    return {
        "shop": shop_pipeline(KNeighborsClassifier()).fit(table, deals),
        "strict": shop_pipeline(KNeighborsClassifier(), "error").fit(table,
                                                                     deals),
        "value": KNeighborsRegressor().fit(X, random.normal(size=50)),
        "values": KNeighborsRegressor(weights="distance").fit(
            X, random.normal(size=(50, 2))),
        "radius": RadiusNeighborsClassifier(radius=1.0).fit(
            [[0.], [0.5], [3.]], ["a", "b", "a"]),
        "number": KNeighborsClassifier(n_neighbors=1).fit(
            [[0.], [5000.]], [1, 2]),
        "nearest": NearestNeighbors().fit(X),
    }


@pytest.fixture(scope="module")
def declared(save, models):
    text = f"knn_model iris {IRIS}; knn_model iris {IRIS} version=2.0.0;"

    for name, model in models.items():
        version = "version=2.1.5" if name == "values" else ""
        text += f"knn_model {name} {save(model)} {version};"

    return text


@pytest.fixture(scope="module")
def server(serve, declared):
    nginx = serve(start=False, workers=2, allowed="cycle while evaluating")
    pool = f"""
        upstream far {{ server 127.0.0.1:{nginx.port}; }}
        upstream near {{ server 127.0.0.1:{nginx.port}; }}
        access_log {nginx.path("set.log")} set;
    """
    nginx.configure(HTTP + pool + declared, SERVER + """
        location = /proxied {
            proxy_set_header X-Species "$species";
            proxy_pass http://$pool/echo?$pool;
        }
        location = /echo { return 200 "$args $http_x_species"; }
    """)
    nginx.start()
    return nginx


def query(row):
    return "&".join(f"{name}={value}" for name, value in zip("abcd", row))


def said(server, path):
    reply = server.get(path)
    assert reply.status == 200
    return reply.body.decode()


def test_all_figures(server, iris, rows):
    for row in rows:
        text = said(server, "/species?" + query(row))
        label, probability, distance, novelty = text.split("|")
        assert label == oracle.predictions(iris, [row])[0]
        assert float(probability) \
            == oracle.probabilities(iris, [row])[0][label]
        assert math.isclose(
            float(distance), oracle.neighbors(iris, [row])[0][0]["distance"],
            rel_tol=1e-15)
        assert 0 <= float(novelty) <= 1
        assert said(server, "/figures?" + query(row)) == f"{novelty}|{label}"


def test_numbers_as_in_csv(server, iris):
    row = [5.1, 3.5, 1.4, 0.2]
    label = oracle.predictions(iris, [row])[0]

    for texts in (["5.1", "+3.5", "14e-1", ".2"], ["51E-1", "3.50", "1.4",
                                                   "0.2"]):
        assert said(server, "/species?" + query(texts)).startswith(label)


def test_texts_and_missing_values(server, models, shop):
    table, _, _ = shop
    count = 0

    for _, row in table.iterrows():
        if set('", ') & set(row["color"]):
            continue

        weight = "" if math.isnan(row["weight"]) else row["weight"]
        text = said(server, f"/deal?color={row['color']}&size={row['size']}"
                            f"&price={row['price']}&weight={weight}")
        frame = row.to_frame().T.astype({"price": float, "weight": float})
        label = models["shop"].predict(frame)[0]
        share = models["shop"].predict_proba(frame).max()
        assert text.split("|") == [label, repr(float(share))]
        count += 1

    assert count > 10


def test_values(server, models):
    for x in (0.5, -1, 7):
        row = [[x, 0.25]]
        value, probability, distance = said(server,
                                            f"/height?a={x}").split("|")
        assert float(value) == models["value"].predict(row)[0]
        assert probability == ""
        assert math.isclose(
            float(distance),
            oracle.neighbors(models["value"], row)[0][0]["distance"],
            rel_tol=1e-15)
        found = said(server, f"/sizes?a={x}&b=1").split(",")
        assert numpy.allclose([float(each) for each in found],
                              models["values"].predict([[x, 1]])[0],
                              rtol=1e-15)


def test_constants(server, iris):
    row = [5.1, 3.5, 1.4, 0.2]
    label = oracle.predictions(iris, [row])[0]
    assert said(server, "/fixed") == f"{label}|0.0"


@pytest.mark.parametrize("texts, named", [
    (["x", "3", "1", "1"], 'value 1, "$arg_a", is not a number'),
    (["5", "", "1", "1"], 'value 2, "$arg_b", is missing or not finite'),
    (["5", "3", "nan", "1"], 'value 3, "$arg_c", is missing or not finite'),
    (["5", "3", "1", "inf"], 'value 4, "$arg_d", is missing or not finite'),
    (["5", "3", "1", "1e999"], 'value 4, "$arg_d", is missing or not finite'),
    (["5", "3", "1", "1,2"], 'value 4, "$arg_d", is not a number'),
    (["5", "3", "0x10", "1"], 'value 3, "$arg_c", is not a number'),
    (["5", "3", "1", "1" * 2000], 'value 4, "$arg_d", is ')])
def test_empty_when_a_value_is_no_number(server, texts, named):
    before = len(server.log())
    assert said(server, "/species?" + query(texts)) == "|||"
    wait_for(lambda: "is empty" in server.log()[before:])
    lines = [line for line in server.log()[before:].splitlines()
             if "is empty" in line]
    assert len(lines) == 1
    assert "[info]" in lines[0]
    assert '"$species" by model "iris@1.0.0" is empty: its ' + named \
        in lines[0]
    assert len(lines[0].split(", client: ")[0]) < 200


def test_what_the_client_sent_stays_one_line_of_the_log(server):
    before = server.log()
    assert said(server, "/deal?color=red&size=S&price=%0aevil&weight=1") == "|"
    assert said(server, "/file?" + query([1, 2, 3])) == ""
    assert not any(line.startswith("evil")
                   for line in server.log()[len(before):].splitlines())


def test_a_row_without_an_answer(server):
    assert said(server, "/near?a=0.1") == "a|0.5"
    assert said(server, "/near?a=100") == "|"
    wait_for(lambda: '"$near" by model "radius@1.0.0" is empty: its row has '
             'no neighbors' in server.log())


def test_computed_once(server):
    """However often it is used, in subrequests and redirects too."""

    before = len(server.log())
    assert said(server, "/guarded?a=x") == "refused "
    wait_for(lambda: "/guarded?a=x" in server.log("set.log"))
    assert server.log()[before:].count("is empty") == 1


def test_metrics(server):
    """Counted as a row of the model, not as one of its requests."""

    def counts():
        text = server.get("/metrics").body.decode()
        labels = r'{model="iris",version="1\.0\.0"[^}]*}'
        return {name: sum(float(value) for value in re.findall(
            rf"^nginx_knn_{name}{labels} (\S+)$", text, re.M)) for name in
            ("requests_total", "rows_total", "predictions_total",
             "novelty_count", "search_duration_seconds_count")}

    before = counts()
    assert all(name in before for name in before)

    for path in ("/guarded", "/if", "/half", "/proxied"):
        server.get(f"{path}?{query([6.9, 3.1, 5.4, 2.1])}")

    server.get("/if?a=x")
    wait_for(lambda: counts()["rows_total"] == before["rows_total"] + 4)
    assert {name: value - before[name] for name, value in counts().items()} \
        == {"requests_total": 0, "rows_total": 4, "predictions_total": 4,
            "novelty_count": 4, "search_duration_seconds_count": 4}


def test_kept_over_redirects(server):
    virginica = query([6.9, 3.1, 5.4, 2.1])
    reply = server.get("/guarded?" + virginica)
    assert reply.body == b"here virginica"
    assert said(server, "/guarded?" + query([5.1, 3.5, 1.4, 0.2])) \
        == "refused setosa"


def test_each_request_of_a_connection_has_its_own(server, iris, rows):
    with server.connect() as connection:
        for row in rows * 2:
            reply = connection.request("GET", "/species?" + query(row))
            assert reply.body.decode().split("|")[0] \
                == oracle.predictions(iris, [row])[0]


def test_in_the_rewrite_phase(server):
    assert said(server, "/if?" + query([5.1, 3.5, 1.4, 0.2])) == "small"
    assert said(server, "/if?" + query([6.9, 3.1, 5.4, 2.1])) == "large"
    assert said(server, "/if") == "unknown"
    reply = server.get("/set?" + query([5.1, 3.5, 1.4, 0.2]))
    assert reply.body == b"<setosa>"
    assert reply.headers["x-was"] == "<setosa>"


def test_of_the_request_itself(server):
    assert said(server, "/length") == "1"
    assert said(server, "/length?" + "x" * 4000) == "2"


def test_in_the_log_alone(server, iris):
    row = [6.0, 2.9, 4.5, 1.5]
    assert server.get("/log?" + query(row)).status == 204
    wait_for(lambda: "/log?" in server.log("set.log"))
    (line,) = [line for line in server.log("set.log").splitlines()
               if line.startswith("/log?")]
    label, probability = line.split("|")[1:3]
    assert label == oracle.predictions(iris, [row])[0]
    assert float(probability) == oracle.probabilities(iris, [row])[0][label]


def test_upstream(server):
    assert said(server, "/proxied?" + query([5.1, 3.5, 1.4, 0.2])) \
        == "near setosa"
    assert said(server, "/proxied?" + query([6.9, 3.1, 5.4, 2.1])) \
        == "far virginica"
    assert said(server, "/proxied").startswith("near")


def test_limits(server):
    def statuses(row):
        with server.connect() as connection:
            return {connection.request("GET", "/limited?" + query(row)).status
                    for _ in range(5)}

    assert statuses([5.1, 3.5, 1.4, 0.2]) == {200}
    assert statuses([6.0, 2.9, 4.5, 1.5]) == {200, 429}


def test_split(server):
    halves = {said(server, "/half?" + query(row)) for row in
              ([5.1, 3.5, 1.4, 0.2], [6.9, 3.1, 5.4, 2.1], [0, 0, 0, "x"])}
    assert halves <= {"one", "two"}


def test_one_that_depends_on_itself(server):
    assert said(server, "/loop") == "||"


@pytest.mark.parametrize("directive, message", [
    ("knn_set $x none 1;", 'unknown model "none" of "$x", known models: '),
    ("knn_set $x iris@3 1 2 3 4;", 'unknown model "iris@3" of "$x"'),
    ("knn_set $x iris 1 2 3;",
     '"$x" has 3 values, but model "iris@2.0.0" expects 4'),
    ("knn_set $x iris@1 1 2 3 4 5;",
     '"$x" has 5 values, but model "iris@1.0.0" expects 4'),
    ("knn_set $x iris;", '"$x" has 0 values, but model "iris@2.0.0"'),
    ("knn_set $x;", "invalid number of arguments"),
    ("knn_set x iris 1 2 3 4;", 'invalid variable name "x"'),
    ("knn_set $ iris 1 2 3 4;", 'invalid variable name "$"'),
    ("knn_set $a-b iris 1 2 3 4;", 'invalid variable name "$a-b"'),
    ("knn_set $x nearest 1 2;", 'is a NearestNeighbors, use a classifier or'),
    ("knn_set $x iris 1 2 three 4;",
     'value 3 of "$x" by model "iris@2.0.0", "three", is not a number'),
    ("knn_set $x iris 1 2 '' 4;", "is missing or not finite"),
    ("knn_set $x iris 1 2 nan 4;", "is missing or not finite"),
    ("knn_set $x strict blue XL 1 2;", "is none of the texts that are known"),
    ("knn_set $x iris 1 2 3 4; knn_set $x iris 1 2 3 4;",
     'the duplicate "x" variable'),
    ("knn_set $uri iris 1 2 3 4;", 'the duplicate "uri" variable'),
    ("knn_set $args iris 1 2 3 4;", 'duplicate variable "$args"'),
    ("map $uri $x { default 1; } knn_set $x iris 1 2 3 4;",
     'duplicate variable "$x"'),
    ("knn_set $x iris 1 2 3 4; map $uri $x_novelty { default 1; }",
     'the duplicate "x_novelty" variable'),
    ("knn_set $knn iris 1 2 3 4;", 'the duplicate "knn_probability" variable'),
    ("knn_set $x iris $uri $ 2 3;", 'invalid variable name'),
    ("knn_set $x iris $unknown_variable 1 2 3;",
     'unknown "unknown_variable" variable')])
def test_configuration(serve, declared, directive, message):
    nginx = serve(start=False, allowed=".")
    nginx.configure(declared + directive, "")
    done = nginx.run("-t")
    assert done.returncode != 0, directive
    (line,) = [line for line in done.stdout.splitlines() if "emerg" in line]
    assert message in line
    assert re.search(r"nginx\.conf:\d+$", line) or "unknown \"" in line


def test_signals_need_no_models(server):
    """"nginx -s" parses the configuration without loading models."""

    assert server.run("-s", "reopen").returncode == 0


def test_routing_example(example):  # noqa: F811
    directory, ports = example("routing")
    port = int(ports["8080"])
    person = {"User-Agent": "Mozilla/5.0 " + "x" * 300, "Cookie": "seen=1",
              "Accept-Language": "de", "Referer": "http://localhost/"}

    def ask(headers):
        with Connection(port) as connection:
            return connection.request("GET", "/", headers=headers).body

    assert ask(person) == b"welcome\n"
    assert ask({}) == b"please solve this riddle\n"
    wait_for(lambda: (directory / "build" / "access.log").read_text()
             .count("\n") == 2)
    log = (directory / "build" / "access.log").read_text()
    assert f"127.0.0.1:{ports['8081']} person 1.0" in log
    assert f"127.0.0.1:{ports['8082']} scraper" in log

    # only suspects are limited
    with Connection(port) as connection:
        statuses = [connection.request("GET", "/", headers={}).status
                    for _ in range(40)]
        assert 503 in statuses

    assert ask(person) == b"welcome\n"


def test_model_of_the_routing_example(tmp_path):
    """It is what the command in its configuration trains."""

    with open(os.path.join(ROOT, "examples", "routing.conf")) as file:
        command = re.search(r"# *build/knn (train[^\n]*)\\\n# *(-o \S+)",
                            file.read())

    arguments = (command[1] + command[2]).split()
    committed = os.path.join(ROOT, arguments[-1])
    arguments[-1] = str(tmp_path / "clients.safetensors")
    subprocess.run([KNN, *arguments], cwd=ROOT, check=True, timeout=60,
                   stdout=subprocess.PIPE)

    table = os.path.join(ROOT, "examples", "routing", "clients.csv")
    answers = [subprocess.run([KNN, "predict", model, table, "--json",
                               "--proba", "--neighbors"], check=True,
                              timeout=60, stdout=subprocess.PIPE).stdout
               for model in (committed, arguments[-1])]
    assert answers[0].count(b"\n") == 120
    assert answers[0] == answers[1]
