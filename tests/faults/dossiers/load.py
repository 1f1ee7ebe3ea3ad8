"""The load: citizens who file and officers who decide, each in a thread with a client of its own."""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from playground.account import Account
from playground.citizen import PICTURES, Dossier, Human, child_form, form
from playground.officer import Officer
from playground.web import Web
from tests.faults.dossiers.patience import PatientWeb, refreshed
from tests.faults.dossiers.people import Filing

_CITIZENS, _OFFICERS = 6, 5
_TOKEN_SECONDS = 240.0


class Guardian:
    """A father or mother with an account, whose token several threads use."""

    def __init__(self, human: Human, account: Account) -> None:
        self.human = human
        self._account = account
        self._lock = threading.Lock()
        self._fresh_at = time.monotonic()

    @property
    def token(self) -> str:
        with self._lock:
            if time.monotonic() - self._fresh_at > _TOKEN_SECONDS:
                refreshed(self._account)
                self._fresh_at = time.monotonic()
            assert self._account.token is not None
            return self._account.token


def submit(web: Web, filing: Filing, guardian: Guardian | None = None) -> None:
    """Fill in the form, add the pictures and submit; a child's as its guardian."""
    human, token = filing.human, None
    body = form(human)
    pictures: tuple[str, ...] = PICTURES
    if guardian:
        token = guardian.token
        body = child_form(human, route="guardian", guardian={"relationship": "guardian"}, contact={"phone": None})
        pictures = ("portrait", "birth_certificate")
    dossier = Dossier.draft(web, body, token)
    for kind in () if filing.sort == "bare" else pictures:
        dossier.attach(kind)
    dossier.submit()
    filing.no, filing.tracking = dossier.no, dossier.tracking or ""
    filing.accepted = True


def decide(officer: Officer, filing: Filing) -> None:
    """Wait for the dossier, then receive its person and decide as it deserves."""
    no = filing.no
    officer.until_here(no)
    if filing.sort == "guardian":
        officer.decides(no)
    elif filing.sort == "invalid":
        officer.receives(no)
        officer.decides(no, "invalid", reason_code="id_differs", reason="Họ tên trên giấy tờ khác với tờ khai.")
    else:
        for kind in PICTURES if filing.sort == "bare" else ():
            officer.adds(no, kind)
        officer.approves_at_the_counter(no)
    filing.decided = True


class Load:
    """All filings of a run, on their way. `filed` and `decided` count those that the services have accepted."""

    def __init__(
        self, filings: Iterable[Filing], web: Callable[[], PatientWeb], guardians: list[Guardian], officers: list[Account]
    ) -> None:
        self._filings: Iterator[Filing] = iter(filings)
        self._web = web
        self._guardians = guardians
        self._officers = officers
        self._lock = threading.Lock()
        self._to_decide: queue.SimpleQueue[Filing | None] = queue.SimpleQueue()
        self._citizens: list[threading.Thread] = []
        self._deciders: list[threading.Thread] = []
        self.done: list[Filing] = []
        self.filed = self.decided = 0
        self.again: Counter[str] = Counter()
        self.faults: list[str] = []

    def start(self) -> None:
        self._citizens = [threading.Thread(target=self._file_all, daemon=True) for _ in range(_CITIZENS)]
        self._deciders = [
            threading.Thread(target=self._decide_all, args=(self._officers[number % len(self._officers)],), daemon=True)
            for number in range(_OFFICERS)
        ]
        for thread in self._citizens + self._deciders:
            thread.start()

    def goes_on(self) -> bool:
        """Whether anybody is still at work; tells the officers when nobody files any more."""
        if self._citizens and not any(thread.is_alive() for thread in self._citizens):
            self._citizens = []
            for _ in self._deciders:
                self._to_decide.put(None)
        return bool(self._citizens) or any(thread.is_alive() for thread in self._deciders)

    # Citizens

    def _file_all(self) -> None:
        web = self._web()
        while (filing := self._next()) is not None:
            with self._noting_faults(filing):
                self._file(web, filing)
        self._tally(web)

    def _next(self) -> Filing | None:
        with self._lock:
            return next(self._filings, None)

    def _file(self, web: PatientWeb, filing: Filing) -> None:
        guardian = None
        if filing.sort == "guardian":
            guardian = self._guardians[int(filing.human.bhxh_code) % len(self._guardians)]
        submit(web, filing, guardian)
        with self._lock:
            self.filed += 1
            self.done.append(filing)
        self._to_decide.put(filing)

    # Officers

    def _decide_all(self, account: Account) -> None:
        web = self._web()
        fresh_at = float("-inf")
        while (filing := self._to_decide.get()) is not None:
            if time.monotonic() - fresh_at > _TOKEN_SECONDS:
                with self._lock:
                    refreshed(account)
                fresh_at = time.monotonic()
            assert account.token is not None
            officer = Officer(web, account.token, "79", "approver")
            with self._noting_faults(filing):
                self._decide(officer, filing)
        self._tally(web)

    def _decide(self, officer: Officer, filing: Filing) -> None:
        decide(officer, filing)
        with self._lock:
            self.decided += 1

    @contextmanager
    def _noting_faults(self, filing: Filing) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            with self._lock:
                self.faults.append(f"{filing.no or 'unfiled'} ({filing.sort}): {type(error).__name__}: {error}"[:600])

    def _tally(self, web: PatientWeb) -> None:
        with self._lock:
            self.again += web.again
