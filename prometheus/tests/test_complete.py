"""Nothing is forgotten: every rule is tested, every alert has its page, every
panel says what it shows, and metrics are those that the module exports."""

import glob
import json
import os
import re

import pytest
import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def find(pattern):
    return sorted(os.path.relpath(path, ROOT)
                  for path in glob.glob(os.path.join(ROOT, pattern)))


def documents(pattern):
    return [yaml.safe_load(read(path)) for path in find(pattern)]


RULES = [rule for document in documents("prometheus/rules/*.yml")
         for group in document["groups"] for rule in group["rules"]]
ALERTS = [rule for rule in RULES if "alert" in rule]
RECORDS = sorted({rule["record"] for rule in RULES if "record" in rule})
TESTS = [test for document in documents("prometheus/tests/*.yml")
         for test in document["tests"]]
PAGES = {os.path.basename(path)[:-len(".md")]
         for path in find("docs/runbooks/*.md")}
BOARDS = {path: json.loads(read(path))
          for path in find("prometheus/grafana/dashboards/*.json")}
PANELS = [pytest.param(panel, id=f"{board['uid']}: {panel['title']}")
          for board in BOARDS.values() for panel in board["panels"]
          if panel["type"] != "row"]

METRIC = re.compile(r"\bnginx_knn_(\w+)")
EXPORTED = set(re.findall(r'nginx_knn_(?!%)(\w+)|text, "(\w+)"|\{ "(\w+)", ',
                          read("ngx_http_knn_metrics.c")))
EXPORTED = {name for names in EXPORTED for name in names if name}


def name_of(rule):
    labels = rule["labels"]
    return " ".join(filter(None, [rule["alert"], labels["severity"],
                                  labels.get("window")]))


def expected(rule):
    """Whether the rule is expected to fire, in the order of the tests."""

    return [[any(rule["labels"].items() <= alert["exp_labels"].items()
                 for alert in case["exp_alerts"])
             for case in test.get("alert_rule_test", ())
             if case["alertname"] == rule["alert"]]
            for test in TESTS]


@pytest.mark.parametrize("rule", ALERTS, ids=name_of)
def test_alert_is_tested(rule):
    timelines = expected(rule)
    assert any(any(timeline) for timeline in timelines), "it never fires"

    if rule["alert"] != "Watchdog":
        assert any(True in timeline and False in timeline
                   [timeline.index(True):] for timeline in timelines), \
            "it is never resolved"
        assert any(timeline[:1] == [False] for timeline in timelines), \
            "it fires from the start"


@pytest.mark.parametrize("record", RECORDS)
def test_record_is_tested(record):
    assert any(re.search(rf"{re.escape(record)}(?![\w:])", case["expr"])
               and case["exp_samples"]
               for test in TESTS for case in test.get("promql_expr_test", ()))


@pytest.mark.parametrize("rule", ALERTS, ids=name_of)
def test_alert_says_what_to_do(rule):
    annotations = rule["annotations"]

    assert rule["labels"]["severity"] in ("page", "ticket", "none")
    assert rule["labels"].get("action") in (None, "restart", "rollback",
                                            "scale")
    assert annotations["summary"] and annotations["description"]
    assert annotations["runbook_url"] == f"docs/runbooks/{rule['alert']}.md"
    assert rule["alert"] in PAGES
    assert annotations["dashboard_url"][len("/d/"):] in {
        board["uid"] for board in BOARDS.values()}


def test_no_page_without_alert():
    assert PAGES == {rule["alert"] for rule in ALERTS}


@pytest.mark.parametrize("page", sorted(PAGES))
def test_page_has_its_parts(page):
    parts = re.findall(r"^## (.*)$", read(f"docs/runbooks/{page}.md"), re.M)
    assert parts == ["Meaning", "Look", "Do", "Over"]


def exported(name):
    base = re.sub(r"_(bucket|sum|count|total)$", "", name)
    return name in EXPORTED or base in EXPORTED


@pytest.mark.parametrize("path", find("prometheus/rules/*.yml")
                         + find("prometheus/grafana/dashboards/*.json")
                         + find("docs/runbooks/*.md"))
def test_metrics_are_exported(path):
    text = re.sub(r"\w+:nginx_knn_\w+:\w+", "", read(path))
    unknown = {name for name in METRIC.findall(text) if not exported(name)}
    assert not unknown, f"{path} names metrics that the module has not"


@pytest.mark.parametrize("path", BOARDS)
def test_board(path):
    board = BOARDS[path]

    # as a person reads it, and Grafana takes it from a file
    assert read(path) == json.dumps(board, indent=2,
                                    ensure_ascii=False) + "\n"
    assert board["id"] is None and board["editable"] is False
    assert "__inputs" not in board and "${DS_" not in read(path)

    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))

    names = [variable["name"] for variable in board["templating"]["list"]]
    assert names[:3] == ["datasource", "job", "instance"]


def test_boards_are_told_apart():
    uids = [board["uid"] for board in BOARDS.values()]
    assert len(uids) == len(set(uids))


@pytest.mark.parametrize("panel", PANELS)
def test_panel(panel):
    assert panel["title"] and panel["description"].endswith(".")
    assert panel["datasource"]["uid"] == "${datasource}"
    assert panel["targets"]

    unit = (panel["fieldConfig"]["defaults"].get("unit")
            or panel["options"]["yAxis"]["unit"])
    assert unit

    for target in panel["targets"]:
        assert target["datasource"]["uid"] == "${datasource}"
        assert "$__rate_interval" in target["expr"] or not re.search(
            r"\b(rate|increase)\(", target["expr"])
