"""Which bodies are looked at by their Content-Type and coding."""

import pytest

BODY = b'{"X":[5.1,3.5,1.4,0.2]}'


@pytest.mark.parametrize("media_type", [
    None, "application/json", "Application/JSON; charset=utf-8",
    "application/vnd.example+json", "text/json", "text/plain",
    "application/x-www-form-urlencoded", "application/octet-stream",
    "text/csv", "text/csv;header=maybe", " application/json ;a=b",
    'application/json;charset="UTF-8"', "text/csv; charset=us-ascii; a=b",
    "text/plain; charset=ISO-8859-1"])
def test_accepted(iris_server, media_type):
    headers = {"Content-Type": media_type} if media_type else {}
    assert iris_server.post("/predict", BODY, headers).status == 200


@pytest.mark.parametrize("media_type", [
    "image/png", "application/xml", "text/html", "multipart/form-data; "
    "boundary=x", "application/jsonx", "+json", "json",
    "application/json; charset=utf-16", 'text/csv;Charset="UTF-32LE"',
    "text/csv; charset=", "text/csv; charset=utf-8859"])
def test_refused(iris_server, media_type):
    with iris_server.connect() as connection:
        reply = connection.post("/predict", BODY,
                                {"Content-Type": media_type})
        assert reply.status == 415
        assert reply.json["status"] == 415
        assert reply.headers["accept-post"] == (
            "application/json, text/csv, application/x-npy, "
            "application/jsonlines")
        assert connection.post("/predict", BODY).status == 200


def test_codings(iris_server):
    for coding in ("identity", "Identity", ""):
        assert iris_server.post("/predict", BODY,
                                {"Content-Encoding": coding}).status == 200

    with iris_server.connect() as connection:
        for coding in ("br", "zstd", "identity, gzip", "gzip, gzip"):
            reply = connection.post("/predict", BODY * 5000,
                                    {"Content-Encoding": coding})
            assert reply.status == 415
            assert reply.headers["accept-encoding"] == "gzip, deflate"
            assert reply.json["status"] == 415

        assert connection.post("/predict", BODY).status == 200
