"""Listen to a whole system while people use it, and see in the end that nothing personal shows where it must not.

What must not show is learned from what people send and get: names, codes, phones, e-mail addresses, passwords, one-time codes, tokens.
Where it must not show: logs of every program, those that have ended or were replaced too, and of broker and database; metrics, also those
of a process before it is stopped; addresses of requests; public facts; and what a refused client is told.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus, urlsplit

import pika
import pika.exceptions
import requests

from playground.inbox import message_of
from playground.system import System
from playground.web import Web
from tests.stand import broker
from tests.stand.personal import Leak, Words

_QUEUE = "eavesdropper.public"
#: fields of requests and answers → the kind of word they hold
_FIELDS = {
    **{name: name for name in ("full_name", "bhxh_code", "id_number", "phone", "email", "date_of_birth", "password", "otp")},
    **dict.fromkeys(("current_password", "new_password", "first_password"), "password"),
    **dict.fromkeys(("token", "device_token", "tracking_code", "challenge", "device_id", "upload_token"), "token"),
    **dict.fromkeys(("step", "secret", "recovery_code", "recovery_codes", "enrolment_code"), "token"),
    "totp": "otp",
    **dict.fromkeys(("personal_id", "old_id_number", "own_id"), "id_number"),
    "username": "bhxh_code",
    "contact_person": "full_name",
    **dict.fromkeys(
        ("text", "body", "words", "question", "subject_line", "reply", "remark", "comment", "rating_comment"), "free text"
    ),
    **dict.fromkeys(("reopen_reason", "address_text"), "free text"),
}
#: names of two meanings: a word is personal only if this says so
_ONLY_IF: dict[str, Callable[[str], object]] = {
    # staff sign in by names like `officer.79`, which are no secret
    "username": str.isdigit,
    # of a sign-in it is an id; of a complaint one of the words in deadlines/facts.py, which all may know
    "step": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch,
}
#: what a refusal may hold: the client is to answer it (A9, A12)
_TO_BE_ANSWERED = ("challenge", "step")
#: no program of ours: it stands for HGĐ, SMS and mail, who know people
_OTHERS = "sandbox"
_HEADERS = ("Authorization", "X-Tracking-Code", "X-Device-Token")
_REFUSED = 400
#: what a link ends with, if it is long and no number of a dossier or complaint: whoever has it needs nothing else
_LINK = re.compile(r"https?://\S*[/=](?!PA-\d|\d{6}-)([\w-]{16,})")
#: a bearer token is found in an address even if only its signature shows
_SIGNATURE_SIGNS = 40


class Eavesdropper:
    """Hears everything that passes through a `Web`, and every public fact.

    :param logs: of what the system stands on: broker, database. Only what is written from now on is looked through.
    """

    def __init__(self, system: System, web: Web, *, logs: Sequence[Path] = ()) -> None:
        self.words = Words()
        self.heard: Counter[str] = Counter()
        self._system = system
        self._texts: dict[str, dict[str, None]] = {"addresses": {}, "refusals": {}}
        self._metrics: dict[str, dict[str, None]] = {name: {} for name in system.services}
        self._logs = {log: log.stat().st_size if log.exists() else 0 for log in logs}
        self._own = {urlsplit(system.url(name)).netloc for name in system.services}
        self._send = web.send
        web.send = self._overhear  # type: ignore[method-assign]  # as a subclass may, but of a client that is there
        for end in ("stop", "kill"):
            setattr(system, end, self._measuring_before(getattr(system, end)))
        _listen(system.amqp_uri)

    def _overhear(self, method: str, url: str, **how: Any) -> requests.Response:
        answer = self._send(method, url, **how)
        for name in _HEADERS:
            if word := (how.get("headers") or {}).get(name):
                self._learn_token(word)
        self._learn(how.get("json"))
        told = _json_of(answer)
        if urlsplit(url).netloc in self._own:
            self._texts["addresses"][f"{method} {unquote_plus(answer.url)}"] = None
            if answer.status_code >= _REFUSED:
                self._texts["refusals"][_refusal(answer, told)] = None
            else:
                self._learn(told)
        elif isinstance(told, Mapping):
            self._learn_messages(told.get("messages", ()))
        return answer

    def _learn(self, body: Any) -> None:
        """Remember each word of a field that holds something personal."""
        if isinstance(body, Mapping):
            for name, value in body.items():
                kind, words = _FIELDS.get(name), value if isinstance(value, list) else [value]
                if kind and words and all(isinstance(word, str) for word in words):
                    for word in words:
                        if name not in _ONLY_IF or _ONLY_IF[name](word):
                            self.words.add(kind, word)
                else:
                    self._learn(value)
        elif isinstance(body, list):
            for item in body:
                self._learn(item)

    def _learn_token(self, header: str) -> None:
        token = header.removeprefix("Bearer ")
        self.words.add("token", token)
        if token.count(".") == 2:
            self.words.add("token", token.rpartition(".")[2][:_SIGNATURE_SIGNS])

    def _learn_messages(self, arrived: Any) -> None:
        for message in map(message_of, arrived):
            for kind, word in (("otp", message.otp), ("password", message.password)):
                if word:
                    self.words.add(kind, word)
            for token in _LINK.findall(message.text):
                self.words.add("token", token)
            self.words.add("email" if "@" in message.to else "phone", message.to)

    def leaks(self) -> list[tuple[str, Leak]]:
        """Return everything found, each with its place. The system must still run.

        :raises AssertionError: if a service's log or metrics could not be read: nothing is found where nothing is looked at.
        """
        found = []
        for name in self._system.services:
            self._measure(name)
        for place, text in self._all():
            self.heard[place] += len(text)
            found += [(place, leak) for leak in self.words.found_in(text)]
        unread = [
            f"{what} of {name}"
            for name in self._system.services
            for what in ("log", "metrics")
            if not self.heard[f"{what} of {name}"]
        ]
        assert not unread, f"not read: {unread}"
        return found

    def figures(self) -> dict[str, object]:
        """Return how many words of each kind were looked for, and how many signs of text were searched in each place."""
        return {
            "words": {kind: len(words) for kind, words in sorted(self.words.kinds.items())},
            "searched": dict(self.heard),
        }

    def _all(self) -> Iterator[tuple[str, str]]:
        for log in sorted(self._system.folder.rglob("*.log")):
            if not log.name.startswith(_OTHERS):
                yield f"log of {log.stem}", log.read_text(encoding="utf-8", errors="replace")
        for log, begin in self._logs.items():
            yield f"log of {log.stem}", log.read_bytes()[begin:].decode(errors="replace")
        for name, lines in self._metrics.items():
            yield f"metrics of {name}", "\n".join(lines)
        for place, texts in self._texts.items():
            yield place, "\n".join(texts)
        yield "public facts", "\n".join(_public_facts(self._system.amqp_uri))

    def _measuring_before(self, end: Callable[[str], None]) -> Callable[[str], None]:
        """Return `end`, which reads the metrics of the program first: they go with its process."""

        def ending(name: str) -> None:
            self._measure(name)
            end(name)

        return ending

    def _measure(self, name: str) -> None:
        if name in self._metrics:
            with contextlib.suppress(requests.RequestException):
                lines = requests.get(f"{self._system.url(name)}/metrics", timeout=10).text.splitlines()
                self._metrics[name] |= dict.fromkeys(lines)


def _refusal(answer: requests.Response, told: Any) -> str:
    """Return what a refused client was told, without the new secret that it is to answer."""
    text = f"{dict(answer.headers)} {answer.text}".replace("\n", " ")
    for name in _TO_BE_ANSWERED:
        secret = told.get(name) if isinstance(told, Mapping) else None
        text = text.replace(secret, "") if isinstance(secret, str) else text
    return text


def _json_of(answer: requests.Response) -> Any:
    if "json" not in answer.headers.get("Content-Type", ""):
        return None
    with contextlib.suppress(ValueError):
        return answer.json()
    return None


def _listen(uri: str, seconds: float = 30) -> None:
    """Keep public facts in a queue from now on; their exchange is there once a service has met the broker."""
    until = time.monotonic() + seconds
    while True:
        try:
            broker.listen(uri, "public.events", "#", _QUEUE)
            return
        except pika.exceptions.ChannelClosedByBroker:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def _public_facts(uri: str) -> Iterator[str]:
    for message in broker.take(uri, _QUEUE):
        headers = " ".join(f"{name}={value}" for name, value in message.headers.items())
        yield re.sub(r"\s+", " ", f"{message.routing_key} {headers} {message.body.decode()}")
