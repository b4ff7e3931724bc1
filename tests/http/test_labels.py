"""knn_model name file label=stable; and wherever a label can stand."""

import pytest

from conftest import IRIS, Nginx

LOCATIONS = r"""
    location = /stable { knn_predict m@stable; }
    location ~ ^/by/(?<which>[^/]*)$ { knn_predict $which; }
    location /v1 { knn_api v1; }
    location /v2 { knn_api v2; }
"""


@pytest.fixture(scope="module")
def server(serve, train):
    def model(name, version, label=""):
        return (f"knn_model {name} {train([name + version] * 2)} "
                f"version={version} {label};")

    return serve(model("m", "1.0.0", "label=stable")
                 + model("m", "1.2.0", "label=Canary_2.b-c")
                 + model("m", "2.0.0")
                 + model("other", "3.0.0", "label=stable")
                 + "knn_set $answer m@stable 0;",
                 LOCATIONS + "location = /set { return 200 $answer; }")


@pytest.mark.parametrize("name, label", [
    ("m@stable", "m1.0.0"), ("m@Canary_2.b-c", "m1.2.0"),
    ("other@stable", "other3.0.0"), ("m@2", "m2.0.0"), ("m", "m2.0.0")])
def test_by_variable(server, name, label):
    assert server.post("/by/" + name, {"X": [0]}).json["prediction"] == label


def test_by_plain_name(server):
    assert server.post("/stable", {"X": [0]}).json["prediction"] == "m1.0.0"
    assert server.get("/set").body == b"m1.0.0"


@pytest.mark.parametrize("name", [
    "m@unstable", "m@STABLE", "m@", "other@Canary_2.b-c", "x@stable",
    "m@stable@1", "m@stable "])
def test_unknown(server, name):
    reply = server.post("/by/" + name.replace(" ", "%20"), {"X": [0]})
    assert reply.status == 404
    assert "m@1.2.0" in reply.json["detail"]


@pytest.mark.parametrize("path, version", [
    ("/v1/models/m/labels/stable", "1.0.0"), ("/v1/models/m@stable", "1.0.0"),
    ("/v1/models/m/versions/1", "1.2.0"), ("/v1/models/m@1.0", "1.0.0"),
    ("/v1/models/m/labels/Canary_2.b-c", "1.2.0")])
def test_v1(server, path, version):
    reply = server.get(path)
    assert [each["version"] for each in reply.json["model_version_status"]] \
        == [version]
    reply = server.post(path + ":predict", {"instances": [[0]]})
    assert reply.json == {"predictions": ["m" + version]}
    assert reply.headers["x-knn-model"] == "m@" + version


@pytest.mark.parametrize("path", [
    "/v1/models/m/labels/1", "/v1/models/m/labels/none",
    "/v1/models/m@stable/versions/1", "/v1/models/m@1/labels/stable"])
def test_v1_unknown(server, path):
    for reply in (server.get(path), server.get(path + "/metadata"),
                  server.post(path + ":predict", {"instances": [[0]]})):
        assert reply.status == 404
        assert "m@1.2.0" in reply.json["error"]


@pytest.mark.parametrize("path, version", [
    ("/v2/models/m@stable", "1.0.0"), ("/v2/models/m%40stable", "1.0.0"),
    ("/v2/models/m/versions/stable", "1.0.0"),
    ("/v2/models/m/versions/1", "1.2.0"), ("/v2/models/m", "2.0.0"),
    ("/v2/models/m/versions/1.0.0", "1.0.0")])
def test_v2(server, path, version):
    reply = server.post(path + "/infer", {"inputs": [
        {"name": "X", "shape": [1, 1], "datatype": "FP64", "data": [0]}]})
    assert reply.json["model_name"] == "m"
    assert reply.json["model_version"] == version


@pytest.mark.parametrize("http, message", [
    (f"knn_model m {IRIS} label=1;", 'invalid label "1" of model "m", '
     'a letter and letters, digits, "_", ".", and "-" are accepted'),
    (f"knn_model m {IRIS} label=;", 'invalid label ""'),
    (f"knn_model m {IRIS} label=a/b;", 'invalid label "a/b"'),
    (f"knn_model m {IRIS} label=_a;", 'invalid label "_a"'),
    (f"knn_model m {IRIS} lable=a;", 'invalid parameter "lable=a", a version '
     'as "version=1.0.0", a label as "label=stable" and "mapped" are '
     'accepted'),
    (f"knn_model m {IRIS} label=a version=1.0.0;"
     f"knn_model m {IRIS} version=2.0.0 label=a;",
     'duplicate label "a", give "m@1.0.0" and "m@2.0.0" labels of their own')])
def test_refused(tmp_path, http, message):
    nginx = Nginx(tmp_path, http, LOCATIONS)
    done = nginx.run("-t")
    assert done.returncode != 0
    assert message in done.stdout


def test_unknown_label_is_refused(tmp_path):
    nginx = Nginx(tmp_path, f"knn_model m {IRIS} label=stable;",
                  "location = / { knn_predict m@canary; }")
    done = nginx.run("-t")
    assert done.returncode != 0
    assert 'unknown model "m@canary"' in done.stdout
