"""Write the table of docs/privacy.md from what the services declare (`services/*/retention.py`).

python scripts/retention.py            writes the part of docs/privacy.md between its marks
python scripts/retention.py --check    exits with 1 if it is stale
"""

from __future__ import annotations

import importlib
import sys

from derived import ROOT, keep, switches, told

from services.chassis.discovery import load
from services.chassis.retention import CHASSIS, Kept
from services.chassis.settings import settings_class
from services.chassis.settings.variable import Variable

_PAGE = "docs/privacy.md"
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


def main(arguments: list[str] | None = None) -> int:
    """Rewrite the part of the page between its marks, or compare it; return the exit code."""
    check = switches(__doc__).parse_args(arguments).check
    before, _, rest = (ROOT / _PAGE).read_text(encoding="utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return told(keep(_PAGE, f"{before}{_BEGIN}\n{table()}\n{_END}{after}", check=check))


if __name__ == "__main__":
    sys.exit(main())
