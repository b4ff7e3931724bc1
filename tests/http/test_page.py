"""The front page and Swagger UI, as files; a browser has tests of its own."""

import gzip
import hashlib
import html
import os
import re
import signal

import pytest

from conftest import MODULE, ROOT, curl, free_port, sanitized, wait_for
from nginx_conf import serve_conf
from test_nginx_conf import run, said, tree  # noqa: F401

HTML = os.path.join(ROOT, "html")
FILES = sorted(os.path.relpath(os.path.join(folder, name), HTML)
               for folder, _, names in os.walk(HTML) for name in names)
TYPES = {"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
         "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}

# swagger-ui-dist 5.35.0 of npm
SWAGGER_UI = {
    "LICENSE":
        "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30",
    "NOTICE":
        "0d20d1adef18aee3f40dd258172155521ce702ac445cb5f7b7d60ed32dad2fb2",
    "swagger-ui-bundle.js":
        "e6a898692f2d768e807c3ba4626068a69a2c5dd960dd6c76f3e4d3a3de180af2",
    "swagger-ui-bundle.js.LICENSE.txt":
        "37eb6e7e59aed57b2c1acf076574b818ea07b74265717e0bd67b59e0baf9abbb",
    "swagger-ui.css":
        "5ed08757e53da3e026d6cbecc61fe5d43585c9560b302d534ad56692519a273d",
}

# as given, and as the page shows it
NAMES = [
    (None, "Unknown"),
    ("", "Unknown"),
    ("\n\t", "Unknown"),
    ("Ada", "Ada"),
    ("Zoë 李 🦊", "Zoë 李 🦊"),
    ("$host ${prenom} 'a' \"b\" \\ \\n \\\"", ""),
    ("<script>alert(1)</script>&amp;<!--# echo var=\"host\" -->", ""),
    ("a\"; } server { listen 1; } #", ""),
    ("%s%n`id`$(id)", ""),
    ("a\nb\rc\x1b[1md\x7fe", "abc[1mde"),
    (b"caf\xe9\xff!", "caf!"),
    ("é" * 300, "é" * 100),
    ("x" * 100000, "x" * 200),
]


@pytest.fixture(scope="module")
def server(serve):
    return serve_conf(serve)


def greeting(body):
    (name,) = re.findall(r'<strong id="prenom">(.*?)</strong>',
                         body.decode(), re.S)
    assert not re.search(r'[<>"]', name)
    return html.unescape(name)


@pytest.mark.parametrize("name", FILES)
def test_files(server, name):
    reply = server.get(f"/{name}")
    assert reply.status == 200
    assert reply.headers["content-type"] == TYPES.get(
        name.rsplit(".", 1)[-1], "text/plain; charset=utf-8")
    assert reply.headers["cache-control"] == "no-cache"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["referrer-policy"] == "no-referrer"

    policy = reply.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert not re.search(r"unsafe|\*|http", policy)


def test_addresses(server):
    for path in ("/", "/docs/"):
        reply = server.get(path)
        assert reply.status == 200
        assert reply.body.startswith(b"<!DOCTYPE html>")

    reply = server.get("/docs")
    assert (reply.status, reply.headers["location"]) == (301, "/docs/"), \
        "a proxy's port is not this server's"

    assert server.get("/nothing").status == 404
    assert server.get("/../nginx.conf").status == 400


def test_files_that_have_not_changed(server):
    etag = server.get("/page.js").headers["etag"]
    reply = server.get("/page.js", {"If-None-Match": etag})
    assert (reply.status, reply.body) == (304, b"")


def test_compressed(server):
    plain = server.get("/page.css")
    reply = server.get("/page.css", {"Accept-Encoding": "gzip"})
    assert reply.headers["content-encoding"] == "gzip"
    assert reply.headers["vary"] == "Accept-Encoding"
    assert gzip.decompress(reply.body) == plain.body
    assert len(reply.body) < len(plain.body) / 3

    reply = server.get("/docs/swagger-ui-bundle.js",
                       {"Accept-Encoding": "gzip"})
    assert "content-encoding" not in reply.headers, \
        "a worker would compress for some 50 ms"


def test_nothing_comes_from_elsewhere():
    """All that the page names is beside it, in files of ours at least."""

    for name in FILES:
        if os.path.basename(name) in SWAGGER_UI:
            continue

        with open(os.path.join(HTML, name), encoding="utf-8") as file:
            text = file.read()

        for url in re.findall(r"""(?:https?:)?//[\w.]+[^\s"'<>]*""", text):
            assert re.match("http://(www.w3.org/2000/svg|localhost:8080/)",
                            url) or not url.startswith("http"), url

        for target in re.findall(r'(?:src|href)="([^"#]+)"', text):
            if target.startswith(("http:", "data:")):
                continue

            path = os.path.normpath(os.path.join(os.path.dirname(name),
                                                 target))
            assert path in FILES or os.path.join(path, "index.html") in FILES \
                or path in (".", "openapi.json", "models", "metrics"), target

        for target in re.findall(r'from "([^"]+)"', text):
            assert target.startswith("./") and os.path.normpath(os.path.join(
                os.path.dirname(name), target)) in FILES, target


def test_nothing_is_inline():
    for name in FILES:
        if name.endswith(".html"):
            with open(os.path.join(HTML, name), encoding="utf-8") as file:
                text = file.read()

            assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=|"
                                 r"\sstyle=|javascript:", text), name


def test_swagger_ui():
    for name, expected in SWAGGER_UI.items():
        with open(os.path.join(HTML, "docs", name), "rb") as file:
            assert hashlib.sha256(file.read()).hexdigest() == expected, name

    with open(os.path.join(HTML, "docs", "docs.js"), encoding="utf-8") as file:
        assert "validatorUrl: null" in file.read()


def test_greets_without_make_run(server):
    assert greeting(server.get("/").body) == "Unknown"


@pytest.mark.skipif(sanitized() or not MODULE,
                    reason="make run loads a module that is not sanitized")
@pytest.mark.parametrize("given, shown", NAMES,
                         ids=[repr(given)[:30] for given, _ in NAMES])
def test_greets(tree, monkeypatch, given, shown):  # noqa: F811
    monkeypatch.delenv("PRENOM", raising=False)
    port = free_port()
    process = run(tree, port, METRICS_PORT=str(free_port()),
                  **({} if given is None else {"PRENOM": given}))

    try:
        wait_for(lambda: process.poll() is not None
                 or "start worker process" in said(tree))
        assert process.poll() is None, said(tree)
        assert greeting(curl(f"http://localhost:{port}/")) \
            == (shown or given)

    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


@pytest.mark.parametrize("model", ["iris", "iris@1", "clients@1.0.0"])
def test_every_model_has_an_address(server, model):
    row = [300, 1, 1, 1, 1, "browser"] if "clients" in model \
        else [5.1, 3.5, 1.4, 0.2]
    reply = server.post(f"/predict/{model}", {"X": row})
    assert reply.status == 200
    assert reply.json["model"] == model.split("@")[0]


def test_no_such_model(server):
    for path in ("/predict/other", "/predict/iris@2"):
        assert server.post(path, {"X": [1, 2, 3, 4]}).status == 404
