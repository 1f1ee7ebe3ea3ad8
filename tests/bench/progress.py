"""300,000 declarations in one month: what does a report on the progress of registration cost, on PostgreSQL (R1)?

Rows as wide as real ones, of 640 offices. Each statement of the report is explained, then the whole report is built some times.
Writes .run/bench/progress.json; ends with 1 if the median of a month's report takes longer than it may, or if a statement reads the wide rows.
"""

from __future__ import annotations

import json
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
import typer
from rich.console import Console

from services.chassis.calendar import today_in_vietnam
from services.chassis.database import Database
from services.chassis.reports import period
from services.chassis.testing import PostgresNode
from services.registration.reports import report
from services.registration.service import Registration

_OUT = Path(__file__).resolve().parents[2] / ".run" / "bench"
TARGET_MS = 3000.0
#: of 34 provinces and the centre
_PROVINCES = "{01,04,08,11,12,14,15,19,20,22,24,25,31,33,37,38,40,42,44,46,48,51,52,56,66,68,75,79,80,82,86,91,92,96}"
_FILL = """
INSERT INTO declarations (id, dossier_no, kind, route, channel, filing, status, revision, case_revision, tracking_hash, office,
  bhxh_code, subject, contact, particulars, attachments, warnings, created_at, submitted_at, received_at, ended_at,
  office_code, province_code, complete_at, decided_at, legal_clock, due_at, reason_code)
SELECT gen_random_uuid(), :name || n, 'register', 'portal', (ARRAY['web','app','office','mobile_desk'])[1 + n % 4], 'counter',
  s, 1, 1, decode(repeat('00', 32), 'hex'), json_build_object('code', office, 'name', repeat('x', 60)),
  lpad(n::text, 10, '0'), json_build_object('full_name', repeat('x', 300)), json_build_object('text', repeat('x', 400)),
  json_build_object('text', repeat('x', 100)), json_build_object('portrait', repeat('x', 800)), '[]', at, at,
  CASE WHEN s IN ('received', 'activated', 'rejected') THEN at + interval '1 day' END,
  CASE WHEN s NOT IN ('submitted', 'received') THEN at + interval '1 day 7 minutes' * (1 + n % 3) END,
  office, province, at + interval '1 day', at + interval '1 day 5 minutes', CASE WHEN n % 4 < 2 THEN '15_minutes' ELSE '3_days' END,
  at + interval '1 day 15 minutes', CASE WHEN s = 'rejected' THEN (ARRAY['other','id_differs','wrong_data'])[1 + n % 3] END
FROM (
  SELECT n, (CAST(:provinces AS text[]))[1 + n % 34] AS province,
    (CAST(:provinces AS text[]))[1 + n % 34] || lpad((n / 34 % 19)::text, 2, '0') AS office,
    CAST(:first AS timestamptz) + (CAST(:days AS int) * interval '1 day') * random() AS at,
    CASE WHEN n % 20 < 15 THEN 'activated' WHEN n % 20 < 16 THEN 'rejected' WHEN n % 20 < 17 THEN 'expired'
      WHEN n % 20 < 18 THEN 'withdrawn' WHEN n % 20 < 19 THEN 'received' ELSE 'submitted' END AS s
  FROM generate_series(1, CAST(:count AS int)) AS n
) AS made
"""


def main(
    declarations: Annotated[int, typer.Option(min=1000, help="How many are filed in the month; as many before.")] = 300_000,
    repeat: Annotated[int, typer.Option(min=3, help="How often the report is built.")] = 7,
) -> None:
    """Measure a month's report. Two or three minutes, most of them for filling the table."""
    console = Console()
    month = period.containing(period.MONTHLY, today_in_vietnam().replace(day=1) - timedelta(days=1))
    with _database() as database:
        began = time.perf_counter()
        _fill(database, declarations, month.first, month.days, "M")
        _fill(database, declarations, month.first - timedelta(days=365), 365, "Y")
        console.print(f"{declarations:,} + {declarations:,} declarations in {time.perf_counter() - began:.0f} s")
        plans = _explain(database, month)
        for plan in plans:
            console.print(f"{plan['ms']:8.1f} ms  {plan['reads']}  {plan['of']}")
        taken = []
        for _ in range(repeat):
            began = time.perf_counter()
            with database.read() as session:
                totals = report.build(session, month)["totals"]
            taken.append((time.perf_counter() - began) * 1000)
    median = statistics.median(taken)
    console.print(f"a month's report: median {median:.0f} ms, longest {max(taken):.0f} ms; filed {totals['filed']:,}")
    _OUT.mkdir(parents=True, exist_ok=True)
    figures = {"declarations": 2 * declarations, "median_ms": round(median), "longest_ms": round(max(taken)), "plans": plans}
    (_OUT / "progress.json").write_text(json.dumps(figures, indent=2) + "\n")
    wide = [plan["of"] for plan in plans if "Index Only Scan" not in plan["reads"]]
    if median > TARGET_MS or wide:
        console.print(f"too slow, or reads wide rows: {wide}", style="red")
        raise typer.Exit(1)


def _fill(database: Database, count: int, first: date, days: int, name: str) -> None:
    with database.engine.begin() as connection:
        values = {"count": count, "first": f"{first}T00:00:00+07:00", "days": days, "name": name, "provinces": _PROVINCES}
        # of what was filed a year ago nothing is open any more
        ended = _FILL.replace("'received' ELSE 'submitted' END", "'activated' ELSE 'expired' END")
        connection.execute(sa.text(ended if name == "Y" else _FILL), values)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE declarations"))


def _explain(database: Database, month: period.Period) -> list[dict[str, Any]]:
    """Return what PostgreSQL says about each statement of the report: milliseconds, and how it reads."""
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if "FROM declarations" in statement:
            statements.append((statement, parameters))

    sa.event.listen(database.engine, "before_cursor_execute", note)
    with database.read() as session:
        report.build(session, month)
    sa.event.remove(database.engine, "before_cursor_execute", note)
    plans = []
    with database.engine.connect() as connection:
        for statement, parameters in statements:
            rows = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS) {statement}", parameters)
            text = "\n".join(row[0] for row in rows)
            took = re.search(r"Execution Time: ([\d.]+)", text)
            reads = sorted(
                set(
                    re.findall(r"((?:Parallel )?(?:Index Only |Index |Bitmap Heap |Seq )Scan)[^\n]*?(declarations\w*)", text)
                )
            )
            of = re.search(r"WHERE .*", statement.replace("\n", " "))
            plans.append(
                {
                    "ms": float(took[1]) if took else 0.0,
                    "reads": ", ".join(" ".join(each) for each in reads),
                    "of": of[0][:100] if of else "",
                }
            )
    return plans


@contextmanager
def _database() -> Iterator[Database]:
    """A PostgreSQL of its own, with its usual durability."""
    folder = Path(tempfile.mkdtemp(prefix="progress-"))
    folder.chmod(0o755)  # for the account that runs PostgreSQL when we are root
    node = PostgresNode(folder / "postgres")
    node.start()
    try:
        database = Database(node.create_database("registration"))
        database.migrate(Registration.migrations)
        yield database
        database.dispose()
    finally:
        node.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    typer.run(main)
