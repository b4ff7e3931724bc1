"""nginx.conf of the top on free ports, in a directory like the top's."""

import os
import re
import shutil

from conftest import MODULE, ROOT, free_port


def lay_out(directory):
    """What nginx.conf names, of which a test may change all but the models."""

    os.makedirs(os.path.join(directory, "build", "temp"))
    shutil.copytree(os.path.join(ROOT, "conf"),
                    os.path.join(directory, "conf"),
                    ignore=shutil.ignore_patterns("secret"))
    os.mkdir(os.path.join(directory, "conf", "secret"), 0o700)

    for name in ("examples", "html"):
        os.symlink(os.path.join(ROOT, name), os.path.join(directory, name))

    if MODULE:
        os.symlink(os.path.abspath(MODULE), os.path.join(
            directory, "build", "ngx_http_knn_module.so"))


def replace(text, pairs):
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)

    return text


def rewrite(path, change):
    with open(path, encoding="utf-8") as conf:
        text = conf.read()

    with open(path, "w", encoding="utf-8") as conf:
        conf.write(change(text))


def uncomment(paths, lines):
    """Lets the lines be that only wait for it, each of which is there once."""

    counts = dict.fromkeys(lines, 0)

    def change(text):
        for line in lines:
            text, n = re.subn(rf"^( *)# ({re.escape(line)})$", r"\1\2", text,
                              flags=re.M)
            counts[line] += n

        return text

    for path in paths:
        rewrite(path, change)

    for line, n in counts.items():
        assert n == 1, f"nginx.conf and its includes have {n} \"# {line}\""


def serve_conf(serve, *lines, pairs=(), start=True, workers=2):
    """An nginx of nginx.conf with these lines uncommented, pairs replaced."""

    nginx = serve(start=False, workers=workers)
    nginx.metrics_port = free_port()
    lay_out(nginx.directory)

    conf = nginx.path("nginx.conf")
    shutil.copy(os.path.join(ROOT, "nginx.conf"), conf)
    uncomment((conf, nginx.path("conf", "access.conf")), lines)
    rewrite(conf, lambda text: replace(text, [
        ("load_module build/ngx_http_knn_module.so;",
         "load_module build/ngx_http_knn_module.so;" if MODULE else ""),
        ("worker_processes auto;",
         f"worker_processes {workers};\nuser root;"),
        ("error_log stderr notice;", "error_log error.log info;"),
        ("pid build/nginx.pid;", "pid nginx.pid;"),
        ("listen 8080;", f"listen 127.0.0.1:{nginx.port};"),
        ("127.0.0.1:9145;", f"127.0.0.1:{nginx.metrics_port};"),
        *pairs]))

    if start:
        nginx.start()

    return nginx


def log_lines(nginx, name="build/access.log"):
    with open(nginx.path(name), "rb") as log:
        return log.read().splitlines()
