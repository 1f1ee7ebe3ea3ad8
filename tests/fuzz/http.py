"""Ask every endpoint of every service what nobody meant, and see that it always knows an answer.

    python -m tests.fuzz.http --minutes 10 [--seed 1] [--sqlite]

All services run as processes, on PostgreSQL, with a broker and the sandbox; schemathesis makes requests from their OpenAPI documents, such as
fit and such as do not, sent by real people of every role to dossiers that are there. A fault is an answer of 5xx, a status, media
type or body that the document does not tell, or none at all. Exit code 0: no fault, every service still ready, nothing parked.
"""

from __future__ import annotations

import argparse
import importlib
import json
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Err, Ok
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from playground.stage import Stage
from playground.system import SERVICES, System
from services.chassis.testing import PostgresNode
from tests.fuzz.callers import Callers

_CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
_EXAMPLES = 15
_CALL_SECONDS = 30.0
_SERVER_ERROR = 500
_KINDS = ("portrait", "id_front", "signed_form", "form_pdf", "birth_certificate")
_REPORT = Path(".run/attacks/fuzz.json")
#: fuzzing guesses passwords and asks for codes all the time; being told to wait would end it
_PATIENCE = {"LOCKOUT_TRIES": "100", "LOCKOUT_SECONDS": "1", "ADDRESS_TRIES": "10000000"}
_BUDGET = re.compile(r"_PER_[A-Z_]*(MINUTE|HOUR|DAY|MONTH)$")
_ENDLESS = 10_000_000
#: what a client may send to any path, and is told 404 or 405
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")


def patience() -> dict[str, str]:
    """Return settings with which no budget of any service is ever used up."""
    found = dict(_PATIENCE)
    for service in SERVICES:
        for name, variable in importlib.import_module(f"services.{service}.settings").Settings.variables().items():
            if _BUDGET.search(name):
                # what one address may have is less than what all may have
                budget = _ENDLESS // 2 if "_ADDRESS_" in name else _ENDLESS
                found[f"{service.upper()}_{name}"] = str(int(min(budget, variable.maximum or budget)))
    return found


def ok(found: Ok[Any] | Err[Any]) -> Any:
    assert isinstance(found, Ok), found
    return found.ok()


class Fuzz:
    """The requests of one run, and what was wrong with the answers."""

    def __init__(self, system: System, callers: Callers, number: int) -> None:
        self.callers = callers
        self.faults: dict[tuple[str, str], str] = {}
        self.statuses: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.methods: Counter[str] = Counter()
        self._random = random.Random(number)
        self._session = requests.Session()
        self._session.trust_env = False
        self.operations = [
            ok(found)
            for name in SERVICES
            for found in schemathesis.openapi.from_url(f"{system.url(name)}/{name}/openapi.json").get_all_operations()
        ]

    def go_on(self, until: float) -> None:
        """Round after round over all operations; the first one whole, however long it takes."""
        for rounds in count():
            self._random.shuffle(self.operations)
            for operation in self.operations:
                if rounds and time.monotonic() >= until:
                    return
                for mode in schemathesis.GenerationMode:
                    self._try(operation, mode)
                self._ask_with_any_method(operation)

    def _try(self, operation: Any, mode: schemathesis.GenerationMode) -> None:
        try:
            strategy = operation.as_strategy(generation_mode=mode)
        except Exception as error:
            self.faults.setdefault((operation.label, f"cannot be generated ({mode.value})"), repr(error))
            return

        @seed(self._random.getrandbits(64))
        @settings(
            max_examples=_EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        )
        @given(case=strategy)
        def ask(case: Any) -> None:
            self._ask(case)

        try:
            ask()
        except Unsatisfiable:
            # nothing of this operation could be made wrong; whether each was asked at all is looked at in the end
            return

    def _ask_with_any_method(self, operation: Any) -> None:
        """The same path with a method of chance: what the document does not tell of is 404 or 405, and nothing else."""
        method = self._random.choice(_METHODS)
        path = re.sub(r"{[^}]+}", "x", operation.path)
        told = _told(operation.schema, path)
        url = operation.base_url.rstrip("/") + path
        label = f"{method} {operation.path}"
        try:
            answer = self._session.request(method, url, headers=self.callers.headers(self._random), timeout=_CALL_SECONDS)
        except requests.RequestException as error:
            self.faults.setdefault((label, f"no answer: {type(error).__name__}"), url)
            return
        self.methods[method] += 1
        self.statuses[f"{answer.status_code // 100}xx"] += 1
        undocumented = method not in told | {"HEAD", "OPTIONS"} and answer.status_code not in (404, 405)
        if answer.status_code >= _SERVER_ERROR or undocumented:
            self.faults.setdefault((label, f"{answer.status_code} to a method that the document does not tell of"), url)

    def _ask(self, case: Any) -> None:
        label = case.operation.label
        self._aim(case)
        try:
            answer = case.call(session=self._session, timeout=_CALL_SECONDS)
        except (requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL, UnicodeError):
            return  # no program could send this
        except requests.RequestException as error:
            self.faults.setdefault((label, f"no answer: {type(error).__name__}"), case.as_curl_command())
            return
        self.asked[label] += 1
        if answer.status_code == 401:
            self.callers.refused(case.headers)
        self.statuses[f"{answer.status_code // 100}xx"] += 1
        try:
            case.validate_response(answer, checks=_CHECKS)
        except (Failure, FailureGroup) as error:
            failures = error.exceptions if isinstance(error, FailureGroup) else [error]
            for failure in failures:
                what = f"{answer.status_code} {getattr(failure, 'title', type(failure).__name__)}"
                self.faults.setdefault(
                    (label, what), f"{failure}\n{case.as_curl_command()}\n{answer.content[:400].decode(errors='replace')}"
                )

    def _aim(self, case: Any) -> None:
        """Mostly at what is there: a random dossier number only ever meets a 404."""
        case.headers = {**(case.headers or {}), **self.callers.headers(self._random)}
        if not case.path_parameters or self._random.random() < 0.2:
            return
        if case.operation.path.startswith("/feedback/"):
            case.path_parameters = self.callers.complaints.aim(case.path_parameters, case.headers, self._random)
            return
        known = {"account_id": self._random.choice(self.callers.staff_ids), "kind": self._random.choice(_KINDS)}
        if case.operation.path.startswith("/registration/") and self._random.random() < 0.7:
            known["no"], case.headers["X-Tracking-Code"] = self.callers.draft(self._random)
        else:
            known["no"] = self._random.choice(self.callers.dossier_nos)
        case.path_parameters = {name: known.get(name, value) for name, value in case.path_parameters.items()}


def _told(document: Any, path: str) -> set[str]:
    """Return the methods that a document tells of for a path: of every template that fits, since `/categories/{code}` is meant by `/categories/list.csv` too."""
    fits = [template for template in document if re.fullmatch(re.sub(r"{[^}]+}", "[^/]+", template), path)]
    return {method.upper() for template in fits for method in document[template]}


def left_behind(system: System) -> Iterator[str]:
    """What is wrong with the services afterwards."""
    for name in SERVICES:
        ready = requests.get(f"{system.url(name)}/readyz", timeout=10)
        if ready.status_code != 200:
            yield f"{name} is not ready: {ready.text}"
        counted = requests.get(f"{system.url(name)}/metrics", timeout=10).text
        for series in re.findall(r"^vss_parked_total\{[^}]*\} [1-9].*$", counted, re.MULTILINE):
            yield f"{name} has parked messages: {series}"
        log = (system.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")
        for event in ("http_request_failed", "green_thread_failed", "Traceback"):
            if event in log:
                stage = log.index(event)
                yield f"{name} logs {event}: …{log[max(0, stage - 200) : stage + 1500]}"


@contextmanager
def fuzzing(folder: Path, number: int, *, sqlite: bool) -> Iterator[tuple[System, Fuzz]]:
    """Everything started, everybody signed in."""
    urls: dict[str, str] = {}
    with ExitStack() as stack:
        if not sqlite:
            postgres = stack.enter_context(PostgresNode(folder / "postgres"))
            urls = {name: postgres.create_database(name) for name in SERVICES}
        system = stack.enter_context(System(folder / "system", database_urls=urls, extra=patience()))
        stage = Stage(system)
        stage.begin_in_the_morning()
        yield system, Fuzz(system, Callers(stage), number)


def write(fuzz: Fuzz, asked: argparse.Namespace, others: list[str]) -> None:
    """Keep the figures of a run in .run/attacks/fuzz.json."""
    faults = [f"{label}: {what}" for label, what in sorted(fuzz.faults)]
    server_errors = [fault for fault in faults if re.search(r": 5\d\d |: no answer", fault)]
    figures = {
        "minutes": asked.minutes,
        "seed": asked.seed,
        "requests": fuzz.asked.total() + fuzz.methods.total(),
        "operations": len(fuzz.asked),
        "statuses": dict(sorted(fuzz.statuses.items())),
        "callers": dict(sorted(fuzz.callers.asked.items())),
        "requests_per_service": dict(Counter(label.split("/")[1] for label in fuzz.asked.elements())),
        "server_errors": len(server_errors),
        "undocumented": len(faults) - len(server_errors),
        "faults": [*faults, *others],
    }
    _REPORT.parent.mkdir(parents=True, exist_ok=True)
    _REPORT.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """0 when no fault was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--sqlite", action="store_true", help="instead of PostgreSQL, which refuses more")
    asked = parser.parse_args(arguments)
    print(f"seed {asked.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="vss-fuzz-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs under an account of its own
        with fuzzing(folder, asked.seed, sqlite=asked.sqlite) as (system, fuzz):
            fuzz.go_on(time.monotonic() + asked.minutes * 60)
            after = list(left_behind(system))
    for (label, what), reproduction in sorted(fuzz.faults.items()):
        print(f"\nFAULT {label}: {what}\n{reproduction}")
    for fault in after:
        print(f"\nFAULT {fault}")
    never = [operation.label for operation in fuzz.operations if not fuzz.asked[operation.label]]
    if never:
        print(f"\nFAULT never asked: {', '.join(never)}")
    write(fuzz, asked, [*after, *(f"never asked: {label}" for label in never)])
    told = ", ".join(f"{status}: {count}" for status, count in sorted(fuzz.statuses.items()))
    print(
        f"\n{fuzz.asked.total()} requests to {len(fuzz.asked)} operations ({told}); {len(fuzz.faults) + len(after)} faults"
    )
    return 1 if fuzz.faults or after or never else 0


if __name__ == "__main__":
    sys.exit(main())
