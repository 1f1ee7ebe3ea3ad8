"""Record the services' real series, second by second, and ask Prometheus' own rules what they make of them.

    with Recorder({"registration": "http://127.0.0.1:8101"}) as recorder:
        …
    recorder.fires("FactsDoNotLeave", at=recorder.now)

`promtool test rules` evaluates deploy/prometheus/alerts.yml over the record as a Prometheus that scrapes each second would.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

import requests
import yaml
from prometheus_client.parser import text_string_to_metric_families

from services.chassis.testing.processes import find_program

RULES = Path(__file__).resolve().parents[2] / "deploy" / "prometheus" / "alerts.yml"
_TIMEOUT_SECONDS, _PROMTOOL_SECONDS = 0.9, 60.0
_MISSING = "_"


class Recorder:
    """What each service's `/metrics` says, every second; a context manager. Only the series that the rules ask for are kept."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = dict(urls)
        self._wanted = set(re.findall(r"\bvss_\w+", RULES.read_text(encoding="utf-8")))
        #: series → second → value
        self.series: dict[str, dict[int, float]] = defaultdict(dict)
        self._stop = threading.Event()
        self._began = time.monotonic()
        self._threads = [threading.Thread(target=self._scrape, args=item, daemon=True) for item in self._urls.items()]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_why: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def now(self) -> int:
        """Return the second of the record that runs."""
        return int(time.monotonic() - self._began)

    def add(self, name: str, labels: Mapping[str, str], second: int, value: float) -> None:
        """Record one sample."""
        inside = ",".join(f"{key}={json.dumps(each)}" for key, each in sorted(labels.items()))
        self.series[f"{name}{{{inside}}}"][second] = value

    def fires(self, alarm: str, *, at: int) -> bool:
        """Tell whether an alarm fires at a second of the record.

        :raises LookupError: for an alarm that the rules do not have.
        :raises RuntimeError: with promtool's output, if it cannot read rules or record.
        """
        rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))
        if alarm not in {rule["alert"] for group in rules["groups"] for rule in group["rules"]}:
            raise LookupError(f"no alarm {alarm}")
        firing = {
            "expr": f'count(ALERTS{{alertname="{alarm}",alertstate="firing"}}) > bool 0',
            "eval_time": f"{at}s",
            "exp_samples": [{"labels": "{}", "value": 1}],
        }
        test = {
            "rule_files": [str(RULES)],
            "evaluation_interval": "5s",
            "tests": [{"interval": "1s", "input_series": self._input(), "promql_expr_test": [firing]}],
        }
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(test, file)  # which is YAML, too
            file.flush()
            done = subprocess.run(
                [find_program("promtool", package="prometheus"), "test", "rules", file.name],
                capture_output=True,
                text=True,
                timeout=_PROMTOOL_SECONDS,
                check=False,
            )
        if done.returncode == 0:
            return True
        if "got: nil" not in done.stdout + done.stderr:
            raise RuntimeError(f"promtool: {done.stdout}{done.stderr}")
        return False

    def write(self, file: Path) -> None:
        """Keep the record, as JSON."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"series": self._input()}) + "\n", encoding="utf-8")

    def _input(self) -> list[dict[str, str]]:
        last = max((max(samples) for samples in self.series.values()), default=0)
        return [
            {"series": name, "values": " ".join(_text(samples.get(second)) for second in range(last + 1))}
            for name, samples in sorted(self.series.items())
        ]

    def _scrape(self, service: str, url: str) -> None:
        http = requests.Session()
        http.trust_env = False
        own = {"job": "vss", "instance": service}
        while not self._stop.wait(1 - (time.monotonic() - self._began) % 1):
            second, text = self.now, ""
            with suppress(requests.RequestException):
                text = http.get(f"{url}/metrics", timeout=_TIMEOUT_SECONDS).text
            self.add("up", own, second, float(bool(text)))
            for family in text_string_to_metric_families(text):
                for sample in family.samples:
                    if sample.name in self._wanted:
                        self.add(sample.name, {**sample.labels, **own}, second, sample.value)


def _text(value: float | None) -> str:
    return _MISSING if value is None else f"{value:g}"
