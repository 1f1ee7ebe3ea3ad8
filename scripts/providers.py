"""Generate docs/providers.md: what each answer of another system means, and where it says so.

    python scripts/providers.py            writes docs/providers.md
    python scripts/providers.py --check    exits with 1 if it is stale

The tables are data that the services read (`TABLES`); their tests go through them row by row.
"""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from derived import ROOT, keep, switches, told

sys.path.insert(0, str(ROOT))

from services.chassis.verdicts import Fault, Verdict, Verdicts  # the repository is not installed here

PAGE = "docs/providers.md"
TABLES = (
    "services/notifications/sms/twilio.toml",
    "services/notifications/sms/aws.toml",
    "services/notifications/mail/smtp.toml",
    "services/notifications/mail/ses.toml",
    "services/feedback/mailbox/imap.toml",
    "services/verification/directory/hgd.toml",
    "services/chassis/documents/s3.toml",
)
_FAULTS = {
    Fault.MESSAGE: "the message or the person: final",
    Fault.OURS: "us: held",
    Fault.PASSING: "passing: again",
    Fault.UNKNOWN: "unknown outcome: looked up",
    Fault.NONE: "no fault",
}
_HEAD = """\
# What other systems answer, and whose fault it is

Written by `make rules` from the tables that the services read; do not edit. Decision: [46](decisions/0046-whose-fault-it-is.md). What to do
about what is held: [jobs-held.md](runbooks/jobs-held.md).

| An answer is about | What follows |
|---|---|
| **the message or the person** | final: `message_failed` with the code; a secret stays sealed until it is handed over, replaced or of no use |
| **us** | held: kept with all that it needs, `vss_jobs_held` and an alarm; looks again by itself, from every two minutes to every hour; `vss jobs take-up` |
| **something passing** | again, after the other side's own wait if it names one; bounded by tries, then given up with its payload |
| **nobody knows** | the other side is asked first; at most two copies, then held until a person decides (`vss jobs take-up --another-copy`) |
| **not in a table** | held, never final |

An SMS or e-mail that was handed over is reported by a callback. Where none came, the provider is asked after 15 minutes, then four more times within three days; an e-mail
by SMTP cannot be asked about, nor an SMS by AWS. After that it is `unconfirmed`, and a first password is shown to the office. Later news corrects earlier news only if it is better: a delivery
corrects a loss; a permanent bounce, or Twilio's own record, corrects a delivery; an out-of-office answer corrects nothing.
An SMS whose delivery is contradicted by a later callback is asked about at once.

Of two roads for SMS the other one is taken at once where the first has certainly not taken it: whatever is passing, or about us and in its table. Where nobody knows, it is never sent by both. Twilio is asked
what it has taken; AWS offers no look-up, so an SMS of which it may have taken one copy waits for AWS's events and then for a person (decision [49](decisions/0049-two-roads-for-sms.md)).

PostgreSQL and RabbitMQ: decisions [25](decisions/0025-what-a-database-error-means.md) and [24](decisions/0024-a-service-starts-and-is-ready-without-its-broker.md).
"""


def page(root: Path = ROOT) -> str:
    """Return the text of docs/providers.md."""
    return _HEAD + "".join(_section(root / path, path) for path in TABLES)


def _section(path: Path, name: str) -> str:
    table = Verdicts.load(path)
    lines = [
        f"\n## {table.system}\n\nLooked up by {table.by}. Data: `{name}`.\n",
        "| Answer | Is about | Code | Why | Source |",
        "|---|---|---|---|---|",
    ]
    for _, alike in groupby(table.rows, key=lambda row: (row.fault, row.code, row.says)):
        rows = list(alike)
        first = rows[0]
        lines.append(f"| {_answers(rows)} | {_FAULTS[first.fault]} | `{first.code}` | {first.says} | {_source(first)} |")
    return "\n".join(lines) + "\n"


def _answers(rows: list[Verdict]) -> str:
    """Return the answers, each leading to its own source where they have several."""
    if len({row.source for row in rows}) == 1:
        return " · ".join(f"`{row.answer}`" for row in rows)
    return " · ".join(f"[{row.answer}]({row.source})" for row in rows)


def _source(row: Verdict) -> str:
    return f"[source]({row.source})"


def main(arguments: list[str] | None = None) -> int:
    """Write the page, or compare it; return the exit code."""
    check = switches(__doc__).parse_args(arguments).check
    if not check:
        print(f"{PAGE}: {sum(len(Verdicts.load(ROOT / path).rows) for path in TABLES)} answers")
    return told(keep(PAGE, page(), check=check))


if __name__ == "__main__":
    sys.exit(main())
