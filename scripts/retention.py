"""Write the table of docs/privacy.md from what the services declare (`services/*/retention.py`)."""

from __future__ import annotations

import importlib
from pathlib import Path

from services.chassis.discovery import load
from services.chassis.retention import CHASSIS, Kept
from services.chassis.settings import settings_class
from services.chassis.settings.variable import Variable

_PAGE = Path(__file__).resolve().parents[1] / "docs/privacy.md"
_BEGIN, _END = "<!-- retention: written by scripts/retention.py -->", "<!-- end of retention -->"
_SERVICES = ("registration", "verification", "accounts", "feedback", "notifications")


def table() -> str:
    """Return the table, in Markdown."""
    lines = ["| Service | What | How long | Why | Ended by |", "|---|---|---|---|---|"]
    for name in _SERVICES:
        variables = settings_class(load(name)).variables()
        own: tuple[Kept, ...] = importlib.import_module(f"services.{name}.retention").RETENTION
        lines += [_line(name, kept, variables) for kept in own if kept not in CHASSIS]
    lines += [_line("all", kept, settings_class(load("registration")).variables()) for kept in CHASSIS]
    return "\n".join(lines)


def _line(name: str, kept: Kept, variables: dict[str, Variable]) -> str:
    if kept.setting:
        period = f"{variables[kept.setting].default} days (`{kept.setting}`) after {kept.since}"
    elif kept.days is None:
        period = kept.since
    else:
        period = (
            f"{kept.days} days after {kept.since}"
            if kept.days > 1
            else f"a day after {kept.since}"
            if kept.days
            else f"at once: {kept.since}"
        )
    ends = ", ".join(f"`{each}`" for each in kept.ended_by) or "-"
    return f"| {name} | {kept.data} ({', '.join(f'`{each}`' for each in kept.tables)}) | {period} | {kept.why} | {ends} |"


def main() -> None:
    """Rewrite the part of the page between its marks."""
    page = _PAGE.read_text(encoding="utf-8")
    before, rest = page.split(_BEGIN)
    _, after = rest.split(_END)
    _PAGE.write_text(f"{before}{_BEGIN}\n{table()}\n{_END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
