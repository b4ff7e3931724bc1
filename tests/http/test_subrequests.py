"""A prediction inside another request: mirror, auth_request, SSI."""

import json

import pytest

import oracle
from conftest import IRIS, wait_for


@pytest.fixture(scope="module")
def server(serve):
    server = serve(start=False)

    with open(server.path("page.html"), "w") as file:
        file.write('a<!--#include virtual="/predict?X=5.1,3.5,1.4,0.2" -->b'
                   '<!--#include virtual="/predict?X=1" -->c')

    server.configure(f"""
        knn_model iris {IRIS};
        log_format sub '$uri $status $request_method';
    """, f"""
        access_log {server.path("access.log")} sub;
        log_subrequest on;

        location = /predict {{ knn_predict iris; }}

        location = /mirrored {{ mirror /shadow; knn_predict iris; }}
        location = /shadow {{ internal; knn_predict iris; }}

        location = /guarded {{
            auth_request /guard;
            return 200 "unguarded";
        }}
        location = /allowed {{ auth_request /guard; knn_predict iris; }}
        location = /forbidden {{ auth_request /failing; knn_predict iris; }}
        location = /guard {{
            internal;
            set $args X=5.1,3.5,1.4,0.2;
            knn_predict iris;
        }}
        location = /failing {{
            internal;
            set $args X=5.1;
            knn_predict iris;
        }}
        location = /page.html {{ ssi on; root {server.directory}; }}
    """)
    server.start()
    return server


def test_mirror_gets_the_body_too(server, iris, rows):
    for body in ({"X": rows}, {"X": rows[0]}):
        reply = server.post("/mirrored", body)
        assert reply.status == 200

    assert reply.json["prediction"] == oracle.predictions(iris, rows)[0]
    wait_for(lambda: server.log("access.log").count("/shadow 200 POST") == 2)


def test_mirrored_error(server):
    with server.connect() as connection:
        assert connection.post("/mirrored", {"X": [1]}).status == 422
        assert connection.post("/mirrored", {"X": [1, 2, 3, 4]}).status == 200

    wait_for(lambda: "/shadow 422 POST" in server.log("access.log"))


def test_auth_request_allows(server, iris, rows):
    with server.connect() as connection:
        for row in rows:
            reply = connection.post("/allowed", {"X": row})
            assert reply.status == 200
            assert reply.json["prediction"] \
                == oracle.predictions(iris, [row])[0]


def test_auth_request_that_fails(server):
    reply = server.post("/forbidden", {"X": [1, 2, 3, 4]})
    assert reply.status == 500
    assert reply.json["status"] == 500


def test_ssi_gets_the_whole_body(server, iris, rows):
    with server.connect() as connection:
        for _ in range(2):
            body = connection.request("GET", "/page.html").body.decode()
            start, middle, end = body[0], body[1:-1], body[-1]
            first, second = middle.split("b{", 1)
            assert (start, end) == ("a", "c")
            assert json.loads(first)["prediction"] \
                == oracle.predictions(iris, rows)[0]
            assert json.loads("{" + second)["status"] == 422
