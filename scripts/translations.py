"""Bring translations/en.po of the chassis' pages and of each service up to date with what their pages say; new messages get an empty English."""

import importlib
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SERVICES = ("registration", "verification", "accounts", "notifications", "feedback")
CHASSIS = ROOT / "services/chassis/web/pages"
_METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
_KEYWORDS = {"_": None, "lazy": None, "translate": None, "gettext": None, "ngettext": (1, 2)}


def homes() -> dict[str, Path]:
    """Return the folder of each catalogue: of the chassis' pages, and of each service."""
    return {"chassis": CHASSIS} | {name: ROOT / "services" / name for name in SERVICES}


def said(home: Path) -> Iterator[tuple[str, str]]:
    """Yield each message with the file that says it."""
    options = {"**/templates/**.html": {"newstyle_gettext": "true", "trimmed": "true"}}
    for file, _, message, _, _ in extract_from_dir(home, _METHODS, options, keywords=_KEYWORDS):
        for each in message if isinstance(message, tuple) else (message,):
            if each:
                yield str(each), file


def catalogue(home: Path) -> Catalog:
    """Return the English of a folder, empty if it has none."""
    file = home / "translations/en.po"
    return read_po(BytesIO(file.read_bytes()), locale="en") if file.exists() else Catalog(locale="en")


def main() -> None:
    """Write the catalogues of those that say something."""
    common = {str(each.id) for each in catalogue(CHASSIS) if each.id}
    for name, home in homes().items():
        old = [each for each in catalogue(home) if each.id]
        known = {str(each.id): str(each.string or "") for each in old if not each.context}
        messages: dict[str, set[str]] = {}
        for message, file in said(home):
            messages.setdefault(message, set()).add(file)
        if name != "chassis":
            messages = {each: files for each, files in messages.items() if each not in common}
        if not messages:
            continue
        fresh = Catalog(
            locale="en",
            fuzzy=False,
            header_comment=f"# English of the pages of {name}. `make translations` adds and removes; people translate.",
        )
        for message in sorted(messages):
            fresh.add(message, known.get(message, ""), [(file, 0) for file in sorted(messages[message])])
        for each in old:  # of a number that is one
            if each.context and each.id in messages:
                fresh.add(str(each.id), str(each.string or ""), context=each.context)
        written = BytesIO()
        write_po(written, fresh, omit_header=True, include_lineno=False, width=0)
        (home / "translations").mkdir(exist_ok=True)
        (home / "translations/en.po").write_bytes(written.getvalue())
        print(f"{name}: {len(messages)} messages, {sum(not known.get(each) for each in messages)} without English")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    importlib.invalidate_caches()
    main()
