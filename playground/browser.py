"""People at a real browser: Debian's chromium, driven by Playwright. Both come with `make install`; nothing is downloaded at run time.

with Chromium() as chromium:
    with chromium.context(width=PHONE) as context:
        visitor = Visitor(context, system.url("door"), Path(".run/screens"), PHONE)
        visitor.opens("/accounts/dang-nhap")
        visitor.page.get_by_label("Tên đăng nhập").fill("lan.tt")
        visitor.picture("sign-in")
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Response, sync_playwright

from services.chassis.testing.processes import find_program

#: pixels: an office's screen, and a phone's
DESK, PHONE = 1280, 390
_HEIGHTS: Final = {DESK: 800, PHONE: 844}
#: longer than any page may take, shorter than the patience of a test
_PATIENCE_MS = 15_000
#: the session's cookie where there is no TLS, on loopback only
COOKIE = "vss"


class Visitor:
    """One person at one browser, with cookies of their own. `page` is Playwright's; `status` the last page's HTTP status."""

    def __init__(self, context: BrowserContext, base: str, pictures: Path, width: int = DESK) -> None:
        self.context = context
        self.base = base.rstrip("/")
        self.width = width
        self.pictures = pictures
        self.page: Page = context.new_page()
        self.status = 0

    def opens(self, path: str) -> Self:
        """Go to a path of the front door, as if it were typed in."""
        answer: Response | None = self.page.goto(self.base + path)
        self.status = answer.status if answer else 0
        return self

    def picture(self, name: str) -> Path:
        """Keep the whole page as `pictures/WIDTH/NAME.png`."""
        path = self.pictures / str(self.width) / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path, full_page=True, animations="disabled")
        return path

    def carries(self, token: str) -> Self:
        """Be signed in with this token, without the pages that sign in."""
        self.context.add_cookies([{"name": COOKIE, "value": token, "url": self.base, "httpOnly": True, "sameSite": "Lax"}])
        return self

    @property
    def path(self) -> str:
        """Return the path (and query) of the page that is shown."""
        return self.page.url.removeprefix(self.base)


class Chromium:
    """Debian's chromium; a context manager. `slow_ms`: pause before each step, `shown`: in a window, for people who look."""

    def __init__(self, *, slow_ms: float = 0, shown: bool = False) -> None:
        self._slow_ms, self._shown = slow_ms, shown
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    def __enter__(self) -> Self:
        """Start it.

        :raises NodeError: if it is not installed.
        """
        program = find_program("chromium", package="chromium")
        # its sandbox needs rights that root in a container has not; all that it opens here is ours
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        self._playwright = sync_playwright().start()
        try:
            self._browser = self._playwright.chromium.launch(
                executable_path=program, headless=not self._shown, slow_mo=self._slow_ms, args=arguments
            )
        except BaseException:
            self._playwright.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._browser is not None:
            self._browser.close()
        if self._playwright is not None:
            # the loop of a Playwright that still runs would be in the way of whoever calls asyncio.run() next
            self._playwright.stop()

    @contextmanager
    def context(self, *, width: int = DESK, javascript: bool = True, **options: Any) -> Iterator[BrowserContext]:
        """Open a fresh browser, without cookies. `options` are those of Playwright's `new_context` (`forced_colors="active"`)."""
        if self._browser is None:
            raise RuntimeError("chromium does not run: use it in a with statement")
        context = self._browser.new_context(
            viewport={"width": width, "height": _HEIGHTS.get(width, _HEIGHTS[DESK])},
            java_script_enabled=javascript,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            has_touch=width < DESK,
            **options,
        )
        context.set_default_timeout(_PATIENCE_MS)
        try:
            yield context
        finally:
            context.close()
