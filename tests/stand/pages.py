"""Pages in the test's own process: an application with a database, and a browser that keeps cookies, sends what browsers send, and reads forms."""

from __future__ import annotations

from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

COOKIE = "__Host-vss"


class _Inputs(HTMLParser):
    """Finds what the forms of a page would send by themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "input" and found.get("type") == "hidden":
            self.hidden[found["name"]] = found.get("value", "")
        if tag == "a" and "href" in found:
            self.links.append(found["href"])


def inputs(page: str) -> dict[str, str]:
    """The hidden fields of the page's forms; of several with one name the last."""
    parser = _Inputs()
    parser.feed(page)
    return parser.hidden


def links(page: str) -> list[str]:
    """Where the page leads."""
    parser = _Inputs()
    parser.feed(page)
    return parser.links


class Browser:
    """A browser with one person before it: `look` opens a page, `send` fills in the form of the page that was looked at last."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        self.page = ""

    def sign_in(self, token: str) -> None:
        """Hold this token, as accounts' pages would have set it."""
        self.client.set_cookie(COOKIE, token, secure=True, httponly=True)

    def look(self, path: str, **headers: str) -> TestResponse:
        """Open a page."""
        sent = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        answer = self.client.get(path, headers=sent)
        self.page = answer.get_data(as_text=True)
        return answer

    def send(
        self, path: str, data: dict[str, Any] | None = None, *, without: Iterable[str] = (), **headers: str
    ) -> TestResponse:
        """Send a form with the hidden fields of the page that was looked at last, but `without` some."""
        hidden = {name: value for name, value in inputs(self.page).items() if name not in without}
        sent = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        answer = self.client.post(path, data=hidden | (data or {}), headers={k: v for k, v in sent.items() if v})
        self.page = answer.get_data(as_text=True)
        return answer
