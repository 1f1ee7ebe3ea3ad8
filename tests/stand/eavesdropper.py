"""Listen to a whole system while people use it, and see in the end that nothing personal shows where it must not.

What must not show is learned from what people send and get: names, codes, phones, e-mail addresses, passwords, one-time codes, tokens.
Where it must not show: logs, metrics, addresses of requests, public facts, and what a refused client is told.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
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
    "personal_id": "id_number",
    "username": "bhxh_code",
    **dict.fromkeys(("text", "body", "words", "question"), "free text"),
}
_HEADERS = ("Authorization", "X-Tracking-Code", "X-Device-Token")
_REFUSED = 400
#: what a link ends with, if it is long and no number of a dossier or complaint: whoever has it needs nothing else
_LINK = re.compile(r"https?://\S*[/=](?!PA-\d|\d{6}-)([\w-]{16,})")
#: a bearer token is found in an address even if only its signature shows
_SIGNATURE_SIGNS = 40


class Eavesdropper:
    """Hears everything that passes through a `Web`, and every public fact."""

    def __init__(self, system: System, web: Web) -> None:
        self.words = Words()
        self.heard: Counter[str] = Counter()
        self._system = system
        self._texts: dict[str, dict[str, None]] = {"addresses": {}, "refusals": {}}
        self._own = {urlsplit(system.url(name)).netloc for name in system.services}
        self._send = web.send
        web.send = self._overhear  # type: ignore[method-assign]
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
                if isinstance(value, str) and value and (kind := _FIELDS.get(name)):
                    # staff sign in by names like `officer.79`, which are no secret
                    if name != "username" or value.isdigit():
                        self.words.add(kind, value)
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
        """Return everything found, each with its place. The system must still run."""
        found = []
        for place, text in self._all():
            self.heard[place] += len(text)
            found += [(place, leak) for leak in self.words.found_in(text)]
        return found

    def figures(self) -> dict[str, object]:
        """Return how many words of each kind were looked for, and how many signs of text were searched in each place."""
        return {
            "words": {kind: len(words) for kind, words in sorted(self.words.kinds.items())},
            "searched": dict(self.heard),
        }

    def _all(self) -> Iterator[tuple[str, str]]:
        for name in self._system.services:
            program = self._system.programs[name]
            yield f"log of {name}", program.output
            with contextlib.suppress(requests.RequestException):
                yield f"metrics of {name}", requests.get(f"{self._system.url(name)}/metrics", timeout=10).text
        for place, texts in self._texts.items():
            yield place, "\n".join(texts)
        yield "public facts", "\n".join(_public_facts(self._system.amqp_uri))


def _refusal(answer: requests.Response, told: Any) -> str:
    """Return what a refused client was told. The one secret it may hold is the new challenge that the client is to answer (A9)."""
    text = f"{dict(answer.headers)} {answer.text}".replace("\n", " ")
    challenge = told.get("challenge") if isinstance(told, Mapping) else None
    return text.replace(challenge, "") if isinstance(challenge, str) else text


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
