"""Styles and scripts under names that hold a hash of their contents: fetched once, kept for a year, and old releases' stay reachable.

Every service serves its own copies under `/s/`, which is no service's prefix; the front door asks each in turn (decision 67).
"""

import gzip
import hashlib
import re
from dataclasses import dataclass
from mimetypes import guess_type
from pathlib import Path

from flask import Flask, Response, abort, request

PREFIX = "/s/"
_HERE = Path(__file__).parent / "static"
_HTMX = Path(__file__).parent.parent / "static" / "vendor" / "htmx" / "htmx.min.js"
_IMMUTABLE = "public, max-age=31536000, immutable"
#: how a script names another file: replaced by that one's hashed name
_OTHER = re.compile(rb"asset:([a-z0-9.-]+)")
_TEXT = frozenset({".css", ".js", ".svg", ".json"})


@dataclass(frozen=True)
class Asset:
    """A file as it is served."""

    name: str
    content: bytes
    gzipped: bytes | None
    media_type: str


class Assets:
    """The files of a service: the chassis' own, and those of `folders`."""

    def __init__(self, *folders: Path) -> None:
        found = {path.name: path for folder in (_HERE, *folders) for path in sorted(folder.glob("*.*"))}
        self._files = found | {"htmx.js": _HTMX}
        self._served: dict[str, Asset] = {}
        self._names: dict[str, str] = {}
        for name in self._files:
            self.url(name)

    def url(self, name: str) -> str:
        """Return where `vss.css` is served: `/s/vss.0123456789ab.css`.

        :raises KeyError: if there is no such file.
        """
        if name not in self._names:
            path = self._files[name]
            content = _OTHER.sub(lambda match: self.url(match[1].decode()).encode(), path.read_bytes())
            stem, suffix = name.rsplit(".", 1)
            hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"
            kind = guess_type(name)[0] or "application/octet-stream"
            gzipped = gzip.compress(content, 9, mtime=0) if path.suffix in _TEXT else None
            self._served[hashed] = Asset(hashed, content, gzipped, kind)
            self._names[name] = hashed
        return PREFIX + self._names[name]

    def find(self, hashed: str) -> Asset | None:
        """Return the file of this name, if it is of this release."""
        return self._served.get(hashed)


def install(app: Flask, *folders: Path) -> None:
    """Serve the files, and let templates say `asset("vss.css")`."""
    assets = Assets(*folders)
    app.jinja_env.globals["asset"] = assets.url

    @app.get(f"{PREFIX}<name>")
    def page_asset(name: str) -> Response:
        found = assets.find(name)
        if found is None:
            abort(404)
        squeezed = found.gzipped is not None and request.accept_encodings["gzip"] > 0
        response = Response(found.gzipped if squeezed else found.content, mimetype=found.media_type)
        if squeezed:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Cache-Control"] = _IMMUTABLE
        response.headers["Vary"] = "Accept-Encoding"
        return response
