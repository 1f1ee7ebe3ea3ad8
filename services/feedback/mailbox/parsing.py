"""Read one e-mail, in a process of its own that can do nothing else (`green/confined.py`): words, sender, files, and whether a machine wrote it.

The new file is JSON with the files in base64; whoever started the process bounds it. Nothing else of the service imports this module.
"""

from __future__ import annotations

import base64
import codecs
import hashlib
import json
import re
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr
from html.parser import HTMLParser
from typing import Any

MOST_WORDS = 20_000
MOST_FILES = 5
_MOST_PARTS = 100
_MOST_HTML = 400_000
_MOST_LINE = 300
_BLOCKS = {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "blockquote", "ul", "ol", "hr"}
_SILENT = {"script", "style", "head", "title", "template"}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
#: one that does not end reaches to the end: the parser would look for each one's end anew
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_BLANKS = re.compile(r"[ \t\xa0]+")

# nothing can be opened once a stranger's bytes are here: the character sets that mail comes in are loaded before
for _name in (
    "utf-8",
    "ascii",
    "latin-1",
    "cp1252",
    "cp1258",
    "utf-16",
    "iso8859-15",
    "utf-7",
    "cp1251",
    "koi8-r",
    "gb18030",
    "big5",
):
    codecs.lookup(_name)


def read(question: dict[str, Any], content: bytes, room: Callable[[int], None]) -> tuple[dict[str, Any], bytes]:
    """Return nothing in words, and the e-mail as JSON."""
    room(8 * len(content) + (16 << 20))
    mail = message_from_bytes(content, policy=policy.default)
    return {}, json.dumps(_read(mail, content, question.get("own", ())), ensure_ascii=True).encode()


def _read(mail: EmailMessage, content: bytes, own: list[str]) -> dict[str, Any]:
    name, address = parseaddr(_header(mail, "From"))
    words, cut = _words(mail)
    files, left_out = _files(mail)
    return {
        "key": _key(mail, content),
        "automatic": _automatic(mail, address, own),
        "sender": address.strip().casefold()[:254],
        "sender_name": _line(name),
        "subject_line": _line(_header(mail, "Subject")),
        "sent": _header(mail, "Date")[:100],
        "words": words,
        "cut": cut,
        "files": files,
        "left_out": left_out,
    }


def _key(mail: EmailMessage, content: bytes) -> str:
    """Return what tells this e-mail from all others: a hash of its Message-ID, or of its bytes where it has none."""
    given = _header(mail, "Message-ID").strip()
    return hashlib.sha256(f"id:{given}".encode(errors="replace") if given else b"bytes:" + content).hexdigest()


def _automatic(mail: EmailMessage, address: str, own: list[str]) -> str | None:
    """Say by what a machine gives itself away (RFC 3834, RFC 2919, RFC 3464); None for what a person wrote."""
    if _header(mail, "Auto-Submitted").partition(";")[0].strip().lower() not in ("", "no"):
        return "auto-submitted"
    if _header(mail, "Precedence").strip().lower() in ("bulk", "junk", "list", "auto_reply"):
        return "precedence"
    if mail.get("List-Id") is not None or mail.get("X-Autoreply") is not None:
        return "list"
    if mail.get_content_type() == "multipart/report" or _header(mail, "Return-Path").strip() == "<>":
        return "report"
    local = address.partition("@")[0].lower()
    if local in ("mailer-daemon", "postmaster", "no-reply", "noreply", "do-not-reply"):
        return "sender"
    return "loop" if address.casefold() in own else None


def _words(mail: EmailMessage) -> tuple[str, bool]:
    """Return the words, out of the plain part, else out of the HTML; and whether they were cut."""
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    text = _text(plain) if plain is not None else ""
    if not text.strip() and html is not None:
        text = _without_tags(_text(html)[:_MOST_HTML])
    lines = [_BLANKS.sub(" ", line).strip() for line in _CONTROL.sub("", text.replace("\r", "")).split("\n")]
    words = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return words[:MOST_WORDS], len(words) > MOST_WORDS


def _text(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except (LookupError, ValueError, OSError):  # a character set that nobody knows, or another one than it says
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _files(mail: EmailMessage) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return the first files, and the names of those left out."""
    files: list[dict[str, str]] = []
    left_out: list[dict[str, str]] = []
    body = {id(part) for part in (mail.get_body(("plain",)), mail.get_body(("html",))) if part is not None}
    for number, part in enumerate(mail.walk()):
        if number >= _MOST_PARTS:
            left_out.append({"name": "", "reason": "too-many-parts"})
            break
        if part.is_multipart() or id(part) in body or (part.get_content_maintype() == "text" and not part.get_filename()):
            continue
        name = _line(part.get_filename() or "")
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes) or not payload:
            continue
        if len(files) >= MOST_FILES:
            left_out.append({"name": name, "reason": "too-many-files"})
            continue
        files.append({"name": name, "content": base64.b64encode(payload).decode("ascii")})
    return files, left_out


def _header(mail: EmailMessage, name: str) -> str:
    try:
        return str(mail.get(name, "") or "")
    except (
        ValueError,
        LookupError,
        AttributeError,
        IndexError,
        TypeError,
    ):  # what the standard library makes of crooked headers
        return ""


def _line(text: str) -> str:
    return _BLANKS.sub(" ", _CONTROL.sub(" ", text.replace("\n", " "))).strip()[:_MOST_LINE]


class _Words(HTMLParser):
    """Collects what a reader of the page would read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data.replace("\n", " "))


def _without_tags(html: str) -> str:
    reader = _Words()
    reader.feed(_COMMENT.sub(" ", html))
    reader.close()
    return "".join(reader.words)


_SAMPLE = (
    b"From: =?utf-8?b?QW4=?= <a@b.vn>\r\nSubject: =?utf-8?q?x?=\r\nMessage-ID: <1@b.vn>\r\nDate: Sat, 28 Nov 2026 10:00:00 +0700\r\n"
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>&amp;=41</p>\r\n--x\r\nContent-Type: text/plain; charset=x-none\r\n"
    b"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename*=utf-8''a.txt\r\n\r\nQQ==\r\n--x--\r\n"
)
# the standard library loads its modules for e-mail as it meets what needs them: it meets all of it here, while files can be opened
read({}, _SAMPLE, lambda _bytes: None)
