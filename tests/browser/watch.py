"""Listen to a browser: what the page's policy refused, what scripts complained of, what failed, and who is named in an address."""

from __future__ import annotations

import re
from urllib.parse import unquote

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

#: refusals by the policy are also told by an event; what Chromium writes of them depends on its release
_POLICY = """
addEventListener('securitypolicyviolation', event =>
    console.error('csp: ' + event.effectiveDirective + ' ' + event.blockedURI + ' ' + event.sourceFile + ':' + event.lineNumber));
"""
#: an answer that is no success is written to the console, too; what it was, `on_response` knows
_ANSWER = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")
#: so does htmx of a part of a page
_PART = re.compile(r"Response Status Error Code (\d+) from ")
#: ten digits of a BHXH code or a phone, twelve of an identity card; an office's tax code would do as well, and stands in no address
_PERSONAL = re.compile(r"(?<!\d)(?:\d{10}|0\d{11}|84\d{9})(?!\d)")


class Watch:
    """What went wrong in one browser; `faults` is empty if nothing did. Answers of `expected` statuses are meant."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.faults: list[str] = []
        self.expected: set[int] = set()
        context.add_init_script(_POLICY)
        self._follow(page)
        context.on("page", self._follow)

    def _follow(self, page: Page) -> None:
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error} at {page.url}"))
        page.on("response", self._on_response)
        page.on("request", self._on_request)
        page.on("domcontentloaded", self._on_page)

    def _hear(self, message: ConsoleMessage) -> None:
        part = _PART.match(message.text)
        meant = _ANSWER.match(message.text) or (part and int(part[1]) in self.expected)
        if message.type == "error" and not meant:
            self.faults.append(f"console: {message.text}")

    def _on_response(self, response: Response) -> None:
        lost = response.status >= 500 or (response.status == 404 and response.request.resource_type != "document")
        if lost and response.status not in self.expected:
            self.faults.append(f"{response.status}: {response.request.method} {response.url}")

    def _on_request(self, request: Request) -> None:
        self._look(request.url, "an address")
        self._look(request.headers.get("referer", ""), "a Referer")

    def _on_page(self, page: Page) -> None:
        self._look(page.title(), "a title")

    def _look(self, text: str, where: str) -> None:
        if found := _PERSONAL.search(unquote(text)):
            self.faults.append(f"{where} names somebody: {found[0]} in {text}")
