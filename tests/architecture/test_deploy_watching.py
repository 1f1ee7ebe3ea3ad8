"""Alarms and dashboards: every expression can be read, names only what is counted, and every alarm has a runbook."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from services.chassis.observe import metrics
from tests.architecture.test_deploy import SERVICES, port_of

_ROOT = Path(__file__).resolve().parents[2]
_RULES = yaml.safe_load((_ROOT / "deploy/prometheus/alerts.yml").read_text(encoding="utf-8"))
_ALARMS = {rule["alert"]: rule for group in _RULES["groups"] for rule in group["rules"]}
_DASHBOARDS = sorted((_ROOT / "deploy/grafana/dashboards").glob("*.json"))
#: Prometheus' own
_ITS_OWN = {"up": {"job", "instance"}, "ALERTS": {"alertname", "alertstate"}}
_FAMILY = re.compile(r'\b(Counter|Gauge|Histogram)\(\s*"(vss_\w+)",\s*"[^"]*"(?:,\s*\[([^\]]*)\])?', re.DOTALL)


def counted() -> dict[str, set[str]]:
    """Every series that a service exposes, with its labels, read from the code."""
    found = dict(_ITS_OWN)
    for file in sorted((_ROOT / "services").rglob("*.py")):
        for kind, name, labels in _FAMILY.findall(file.read_text(encoding="utf-8")):
            names = {*re.findall(r'"(\w+)"', labels), "job", "instance"}
            if kind == "Histogram":
                found |= {f"{name}_bucket": names | {"le"}, f"{name}_sum": names, f"{name}_count": names}
            else:
                found[name] = names
    return found


def selectors(node: Any) -> Iterator[Any]:
    """Every series that a parsed expression asks for."""
    if isinstance(node, promql_parser.VectorSelector):
        yield node
    for name in ("lhs", "rhs", "expr", "vector_selector"):
        if inner := getattr(node, name, None):
            yield from selectors(inner)
    for inner in getattr(node, "args", None) or ():
        yield from selectors(inner)


def faults(expression: str) -> list[str]:
    parsed = promql_parser.parse(expression.replace("$service", ".*"))
    known, wrong = counted(), []
    asked = list(selectors(parsed))
    for selector in asked:
        labels = known.get(selector.name)
        if labels is None:
            wrong.append(f"nobody counts {selector.name}")
        else:
            wrong += [f"{selector.name} has no label {m.name}" for m in selector.matchers.matchers if m.name not in labels]
    common = set.intersection(*(known.get(selector.name, set()) for selector in asked)) if asked else set()
    for grouping in re.findall(r"\bby \(([^)]*)\)", expression):
        wrong += [f"no label {label} to sum by" for label in grouping.replace(" ", "").split(",") if label not in common]
    return wrong + ([] if asked else [f"{expression} asks for nothing"])


def test_what_is_counted_is_found() -> None:
    known = counted()
    ours = {
        sample
        for name, family in vars(metrics).items()
        if name.isupper() and hasattr(family, "describe")
        for sample in ([f"{family.describe()[0].name}_bucket"] if family.describe()[0].type == "histogram" else [])
    }
    assert len(ours) >= 4
    assert ours <= known.keys()
    assert known["vss_jobs_total"] >= {"service", "kind", "outcome"}


@pytest.mark.parametrize("alarm", _ALARMS)
def test_an_alarm_asks_for_what_is_counted(alarm: str) -> None:
    assert not faults(_ALARMS[alarm]["expr"])


@pytest.mark.parametrize("alarm", _ALARMS)
def test_an_alarm_has_a_runbook_that_opens_with_the_symptom_and_is_in_the_index(alarm: str) -> None:
    rule = _ALARMS[alarm]
    runbook = _ROOT / rule["annotations"]["runbook"]
    text = runbook.read_text(encoding="utf-8")
    assert text.splitlines()[2].startswith("**Symptom.**")
    assert rule["labels"]["severity"] in ("page", "ticket")
    index = (_ROOT / "docs/runbooks/README.md").read_text(encoding="utf-8")
    assert any(alarm in line and f"({runbook.name})" in line for line in index.splitlines())


def test_the_index_of_the_runbooks_names_no_alarm_that_is_not_there() -> None:
    index = (_ROOT / "docs/runbooks/README.md").read_text(encoding="utf-8")
    second = [line.split("|")[2] for line in index.splitlines() if "](" in line and line.startswith("|")]
    words = re.sub(r"`[^`]*`", "", " ".join(second))  # what is quoted stands in a log
    assert set(re.findall(r"\b[A-Z][a-z]+[A-Z]\w+", words)) == set(_ALARMS)


@pytest.mark.parametrize("alarm", _ALARMS)
def test_a_summary_fills_in_labels_that_the_expression_keeps(alarm: str) -> None:
    rule = _ALARMS[alarm]
    kept = {label for by in re.findall(r"\bby \(([^)]*)\)", rule["expr"]) for label in by.replace(" ", "").split(",")}
    kept |= {"instance"} if rule["expr"].startswith("up") else set()
    assert set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])) <= kept


@pytest.mark.parametrize("file", _DASHBOARDS, ids=lambda file: file.stem)
def test_a_dashboard_shows_what_is_counted(file: Path) -> None:
    panels = [panel for panel in json.loads(file.read_text(encoding="utf-8"))["panels"] if panel["type"] != "row"]
    assert len(panels) > 10
    wrong = [
        f"{panel['title']}: {fault}"
        for panel in panels
        for target in panel["targets"]
        for fault in faults(target["expr"].replace(" or vector(0)", ""))
    ]
    assert not wrong
    assert len({panel["id"] for panel in panels}) == len(panels)


def test_expressions_that_ask_for_what_is_not_there_would_be_found() -> None:
    assert faults("rate(vss_nothing_total[5m]) > 0") == ["nobody counts vss_nothing_total"]
    assert faults('vss_parked_total{kind="x"}') == ["vss_parked_total has no label kind"]
    assert faults("sum by (queue) (vss_parked_total)") == ["no label queue to sum by"]
    with pytest.raises(ValueError, match="parenthesis"):
        faults("sum by (service (vss_parked_total)")


def test_prometheus_looks_at_every_service_and_at_the_topology() -> None:
    told = yaml.safe_load((_ROOT / "deploy/prometheus/prometheus.yml").read_text(encoding="utf-8"))
    targets = {job["job_name"]: job["static_configs"][0]["targets"] for job in told["scrape_configs"]}
    assert targets == {"vss": [f"{service}:{port_of(service)}" for service in SERVICES], "topology": ["topology:9419"]}


def test_a_runbook_names_kinds_of_jobs_and_commands_that_there_are() -> None:
    code = "\n".join(file.read_text(encoding="utf-8") for file in (_ROOT / "services").rglob("*.py"))
    text = "\n".join(file.read_text(encoding="utf-8") for file in (_ROOT / "docs/runbooks").glob("*.md"))
    kinds = set(re.findall(r"--kind (\w+)", text))
    rows = re.findall(r"^\| \w[\w, ]* \| ((?:`\w+`(?:, )?)+) \|", text, re.MULTILINE)
    kinds |= {kind for row in rows for kind in re.findall(r"`(\w+)`", row)}
    assert kinds >= {"hgd_look_up", "otp", "first_password", "make_form"}
    assert not [kind for kind in kinds if f'"{kind}"' not in code]
