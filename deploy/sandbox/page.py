"""Show what has arrived on a page: phones, mailboxes, and the switches for HGĐ's faults."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment, FileSystemLoader

from deploy.sandbox import population
from deploy.sandbox.callbacks import Callbacks
from deploy.sandbox.directory import MODES, Directory
from deploy.sandbox.inbox import Inbox, Message, same_place
from deploy.sandbox.settings import Settings

_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_HERE = Path(__file__).parent
_PLACES, _PER_PLACE = 24, 12
_TRY_THESE = 6
#: what the page loads is its own; only the frames with e-mails come from this server too
_POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; img-src data:; form-action 'self'"

MODE_WORDS = {
    "none": ("Bình thường", "well"),
    "slow": ("Chậm", "slow"),
    "error": ("Báo lỗi", "errors"),
    "unreachable": ("Mất kết nối", "unreachable"),
}


@dataclass
class Place:
    """A phone or a mailbox with its messages, newest last."""

    address: str
    title: str
    messages: list[Message] = field(default_factory=list)
    earlier: int = 0


class Page:
    """Serves `GET /`, its static files, and `GET /state`, by which the page notices that it is out of date."""

    def __init__(self, settings: Settings, inbox: Inbox, directory: Directory, callbacks: Callbacks) -> None:
        self._settings = settings
        self._inbox = inbox
        self._directory = directory
        self._callbacks = callbacks
        environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        environment.filters["clock"] = lambda at: at.astimezone(_VIETNAM).strftime("%H:%M:%S")
        environment.filters["day"] = day
        environment.filters["phone"] = spaced
        self._template = environment.get_template("page.html")

    def routes(self) -> list[web.RouteDef | web.StaticDef]:
        return [web.get("/", self.show), web.get("/state", self.state), web.static("/static", _HERE / "static")]

    async def show(self, request: web.Request) -> web.Response:
        """Render the page, newest first; `to` restricts it to one phone or mailbox."""
        wanted = request.query.get("to", "").strip()[:200]
        messages = list(self._inbox.find(to=wanted or None))
        text = self._template.render(
            wanted=wanted,
            state=self._state(),
            phones=places(message for message in messages if message.channel == "sms"),
            mailboxes=places(message for message in messages if message.channel == "email"),
            inbox=self._inbox,
            directory=self._directory,
            callbacks=self._callbacks.counts,
            modes=[(mode, *MODE_WORDS[mode]) for mode in MODES],
            people=population.people()[:_TRY_THESE],
            reference=population.REFERENCE_DAY,
            smtp_port=self._settings.smtp_port,
        )
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        return web.Response(text=text, content_type="text/html", headers=headers)

    async def state(self, _request: web.Request) -> web.Response:
        """Return `{"state"}`, a text that changes whenever the page would."""
        return web.json_response({"state": self._state()})

    def _state(self) -> str:
        counts = (self._inbox.counts, self._directory.counts, self._callbacks.counts)
        return " ".join(map(str, (self._inbox.last_id, self._directory.fault.mode, *(count.total() for count in counts))))


def places(messages: Iterable[Message]) -> list[Place]:
    """Group messages by phone or mailbox, the latest recipient first."""
    by_place = sorted(messages, key=lambda message: message.place)
    groups = (list(group) for _place, group in groupby(by_place, key=lambda message: message.place))
    newest_first = sorted(groups, key=lambda group: group[-1].id, reverse=True)[:_PLACES]
    return [
        Place(group[-1].place, spaced(group[-1].to), group[-_PER_PLACE:], max(len(group) - _PER_PLACE, 0))
        for group in newest_first
    ]


def spaced(to: str) -> str:
    """Return +84983847986 in national format, 0983 847 986; anything else unchanged."""
    place = same_place(to)
    if "@" in to or not place.startswith("84") or len(place) != 11:
        return to
    national = f"0{place[2:]}"
    return f"{national[:4]} {national[4:7]} {national[7:]}"


def day(at: datetime) -> str:
    """Return the date in Vietnam."""
    return at.astimezone(_VIETNAM).strftime("%d/%m/%Y")
