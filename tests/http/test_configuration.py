"""What nginx -t refuses, and that it names the thing."""

import subprocess

import pytest

from conftest import BINARY, ENVIRONMENT, IRIS, Nginx

LOCATION = "location / { %s }"
MODEL = f"knn_model iris {IRIS};"

REFUSED = [
    (MODEL, "knn_predict irsi;",
     r'unknown model "irsi" in "knn_predict", known models: iris@1.0.0 in'),
    ("", "knn_predict iris;", 'known models: none'),
    (MODEL, "knn_predict iris@2;", 'unknown model "iris@2"'),
    (MODEL, "knn_predict;", 'invalid number of arguments in "knn_predict"'),
    (MODEL, "knn_predict iris; knn_predict iris;",
     '"knn_predict" directive is duplicate'),
    (MODEL, "knn_info; knn_info;", '"knn_info" directive is duplicate'),
    (MODEL, "knn_predict iris; knn_info;",
     '"knn_info" shares its location with another directive that answers '
     'requests, give it a location of its own in'),
    (MODEL, "proxy_pass http://127.0.0.1; knn_predict iris;",
     '"knn_predict" shares its location with another directive'),
    (MODEL, "knn_health; proxy_pass http://127.0.0.1;",
     '"knn_health" shares its location with another directive that answers '
     'requests, give it a location of its own in'),
    (MODEL, "knn_output predict nonsense;",
     '"knn_output": unknown output "nonsense", known are "predict", '
     '"predict_proba" and "kneighbors" in '),
    (MODEL, "knn_output predict; knn_output kneighbors;",
     '"knn_output" directive is duplicate'),
    (MODEL, "knn_output;", 'invalid number of arguments in "knn_output"'),
    (MODEL, "knn_max_rows 0;", "value must be equal to or greater than 1"),
    (MODEL, "knn_max_rows -1;", 'invalid number'),
    (MODEL, "knn_max_rows many;", 'invalid number'),
    (MODEL, "knn_max_rows 1; knn_max_rows 2;",
     '"knn_max_rows" directive is duplicate'),
    (MODEL, MODEL, '"knn_model" directive is not allowed here'),
    (MODEL + MODEL, "", 'duplicate model "iris@1.0.0", give it another name '
     f'or a version of its own: "{IRIS}" and "{IRIS}" in'),
    (f"knn_model a {IRIS} version=1.2.0; knn_model a {IRIS} version=1.2.0;",
     "", 'duplicate model "a@1.2.0"'),
    ("knn_model iris;", "", 'invalid number of arguments in "knn_model"'),
    (f"knn_model iris {IRIS} verison=1.0.0;", "",
     'invalid parameter "verison=1.0.0", a version as "version=1.0.0", '
     'a label as "label=stable" and "mapped" are accepted in'),
    (f"knn_model a@b {IRIS};", "", 'invalid model name "a@b"'),
    (f'knn_model "" {IRIS};', "", 'invalid model name ""'),
    (f'knn_model "a b" {IRIS};', "", 'invalid model name "a b"'),
    (f"knn_model ünï {IRIS};", "", "invalid model name"),
    *((f"knn_model a {IRIS} version={version};", "",
       f'invalid version "{version}" of model "a"')
      for version in ("", "1", "1.0", "1.0.0.0", "01.0.0", "1.0.x", "1..0",
                      "1.0.0-rc1", "-1.0.0", "1.0.99999999999")),
    ("knn_model a missing.joblib;", "", "missing.joblib"),
    ("knn_model a .;", "", 'model "a@1.0.0" is refused'),
    ("knn_model a nginx.conf;", "", "nginx.conf"),
]


@pytest.mark.parametrize("http, location, message", REFUSED)
def test_refused(tmp_path, http, location, message):
    nginx = Nginx(tmp_path, http, LOCATION % location)
    done = nginx.run("-t")
    assert done.returncode != 0
    assert message in done.stdout
    # the place
    assert f"{nginx.path('nginx.conf')}:" in done.stdout


@pytest.mark.parametrize("http, location", [
    (MODEL, "knn_predict iris;"),
    (MODEL, "knn_predict $arg_model;"),
    ("", "knn_predict $arg_model;"),
    # used before it is defined
    (f"server {{ location / {{ knn_predict b@1; }} }} knn_model b {IRIS};",
     ""),
    (f"knn_model a {IRIS}; knn_model a {IRIS} version=1.0.1;",
     "knn_predict a@1.0.0;"),
    (MODEL + "knn_output predict_proba; knn_max_rows 1;", "knn_info;"),
    (MODEL, "if ($arg_a) { return 403; } knn_predict iris;"),
])
def test_accepted(tmp_path, http, location):
    done = Nginx(tmp_path, http, LOCATION % location).run("-t")
    assert done.returncode == 0, done.stdout


def test_path_is_relative_to_the_configuration(tmp_path, serve):
    server = serve(start=False)

    with open(IRIS, "rb") as source:
        with open(server.path("here.joblib"), "wb") as target:
            target.write(source.read())

    server.configure("knn_model iris here.joblib;", "")
    done = subprocess.run(
        [BINARY, "-t", "-p", "/", "-e", "stderr", "-c",
         server.path("nginx.conf")], cwd=tmp_path, env=ENVIRONMENT)
    assert done.returncode == 0


def test_prediction_inside_if_and_limit_except(serve):
    server = serve(MODEL, """
        location = /if {
            if ($arg_rows) { set $rows 1; }
            knn_predict iris;
        }
        location = /block {
            knn_predict iris;
            if ($arg_own) { return 403 "own"; }
            if ($arg_all) { add_header X-All 1; }
        }
        location = /limit {
            knn_predict iris;
            limit_except GET { allow all; }
        }
    """)
    row = {"X": [[5.1, 3.5, 1.4, 0.2]]}

    assert server.post("/if?rows=1", row).status == 200
    assert server.post("/block?all=1", row).status == 200
    assert server.post("/block?own=1", row).body == b"own"
    assert server.post("/limit", row).status == 200
    assert server.get("/limit?X=5.1,3.5,1.4,0.2").status == 200


def test_loaded_models_are_logged(iris_server, iris):
    (line,) = [line for line in iris_server.log().splitlines()
               if 'model "iris@1.0.0" loaded' in line]
    assert "[notice]" in line
    assert IRIS in line
    assert f"{iris.n_samples_fit_} rows" in line
    assert f"{iris.n_features_in_} features" in line
    assert ", search " in line
    assert "kernel " in line
