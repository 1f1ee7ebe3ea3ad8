"""Two years of complaints, written straight into PostgreSQL: as the service would have left them, without living through it."""

import json
import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any

import psycopg
import psycopg.sql
import sqlalchemy as sa

from services.chassis import clock
from services.chassis.calendar import Calendar, calendar_of
from services.chassis.database import Database
from services.chassis.serials import day_of
from services.feedback.categories import tree
from services.feedback.categories.category import Category
from services.feedback.complaints.numbers import FORM
from services.feedback.complaints.similar import person_keys
from services.feedback.complaints.vocabulary import CHANNELS
from services.feedback.directory import responsible
from services.feedback.finding.words import indexed
from services.feedback.settings import Settings

_DAYS = 730
#: what part is answered late, never, is reopened, is rated
_LATE, _FORGOTTEN, _REOPENED, _RATED = 0.06, 0.004, 0.05, 0.4
_PIECE = 5_000
_NAMES = [
    f"{family} {middle} {given}"
    for family in ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ")
    for middle in ("Văn", "Thị", "Minh", "Ngọc", "Quốc")
    for given in ("An", "Bình", "Chi", "Dũng", "Hạnh", "Hương", "Khánh", "Loan", "Phúc", "Quỳnh", "Thảo", "Yến")
]
_WORDS = [
    "sổ",
    "bảo",
    "hiểm",
    "thẻ",
    "tháng",
    "đóng",
    "công",
    "ty",
    "bệnh",
    "viện",
    "hồ",
    "sơ",
    "tiền",
    "lương",
    "hưu",
    "thiếu",
    "sai",
    "chưa",
    "được",
    "đề",
    "nghị",
    "kiểm",
    "tra",
]


@dataclass(frozen=True, eq=False)
class _World:
    """What a complaint may be about, and where."""

    tree: list[Category]
    offices: list[responsible.Responsible]
    calendar: Calendar
    now: datetime

    def deadlines(self, received: datetime) -> list[datetime]:
        """Acknowledge, route, answer: the same for all of a day."""
        return _deadlines(self.calendar, day_of(received))


@cache
def _deadlines(calendar: Calendar, day: str) -> list[datetime]:
    noon = datetime.strptime(f"{day} 12+0700", "%y%m%d %H%z")
    return [calendar.deadline(noon, days) for days in (1, 5, 15)]


def fill(database: Database, count: int, on_progress: Callable[[int], None]) -> dict[str, int]:
    """Write so many complaints with their histories; returns what there is then of what."""
    chance = random.Random(4)  # the same complaints each time
    with database.read() as session:
        world = _World(
            tree.list_all(session), responsible.list_all(session, responsible.PROVINCE), calendar_of(session), clock.now()
        )
    made = _complaints(world, count, chance)
    done = 0
    with psycopg.connect(database.url.set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
        while piece := list(islice(made, _PIECE)):
            _copy(connection, "complaints", [row for row, _ in piece])
            _copy(connection, "complaint_steps", [step for _, steps in piece for step in steps])
            _copy(connection, "person_keys", [key for row, _ in piece for key in _keys(row)])
            _copy(connection, "search_words", [_words(row) for row, _ in piece])
            done += len(piece)
            on_progress(done)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")  # as autovacuum does over night
    with database.read() as session:
        return {
            name: session.scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0  # ours
            for name, table in (
                ("all", "complaints"),
                ("open", "complaints WHERE answered_at IS NULL"),
                ("late", "complaints WHERE answered_at IS NULL AND due_at <= now()"),
                ("steps", "complaint_steps"),
            )
        }


def _complaints(world: _World, count: int, chance: random.Random) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    serials: dict[str, int] = {}
    begin = world.now - timedelta(days=_DAYS)
    for number in range(count):
        received = begin + timedelta(days=_DAYS * number / count, seconds=chance.random() * 60)
        day = day_of(received)
        serials[day] = serials.get(day, 0) + 1
        yield _complaint(world, FORM.number(day, serials[day]), received, chance)


def _keys(row: dict[str, Any]) -> list[dict[str, Any]]:
    """What a caller is found by."""
    keys = person_keys(account_id=None, contact=row["contact"], bhxh_code=None)
    return [{"complaint_no": row["complaint_no"], "key": key} for key in keys]


def _words(row: dict[str, Any]) -> dict[str, Any]:
    """What the matter is found by."""
    text, name = f"{row['subject_line']}\n{row['body']}", row["contact"]["full_name"]
    words = indexed(text, name=name, province_code=row["province_code"])
    return {name: row[name] for name in ("complaint_no", "province_code", "received_at")} | {"words": words}


def _complaint(
    world: _World, no: str, received: datetime, chance: random.Random
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    now = world.now
    category = chance.choice(world.tree)
    # the large provinces have most of them
    office = world.offices[min(int(chance.expovariate(0.12)), len(world.offices) - 1)]
    terms = Settings().terms
    acknowledge, route, answer = world.deadlines(received)
    late = chance.random() < _LATE
    answered: datetime | None = received + timedelta(days=chance.uniform(2, 17) if not late else chance.uniform(24, 50))
    if chance.random() < _FORGOTTEN or answered is None or answered > now:
        answered = None
    routed = received + timedelta(days=chance.uniform(0.2, 4))
    routed_at = routed if routed <= now else None
    acknowledged_at = received + timedelta(hours=3) if received + timedelta(hours=3) <= now else None
    closed = answered is not None and answered + timedelta(days=10) <= now
    waiting = answered is None and routed_at is not None and chance.random() < 0.1
    step_due = answer if routed_at else route if acknowledged_at else acknowledge
    overdue = answered is None and step_due <= now
    reopened = answered is not None and chance.random() < _REOPENED
    rated = answered is not None and chance.random() < _RATED
    level = chance.randint(1, 3) if overdue or late else 0
    text = " ".join(chance.choices(_WORDS, k=40))
    status = (
        "closed" if closed else "answered" if answered else "waiting" if waiting else "routed" if routed_at else "received"
    )
    row: dict[str, Any] = {
        "id": uuid.UUID(int=chance.getrandbits(128)),
        "complaint_no": no,
        "revision": 5,
        "status": status,
        "tracking_hash": chance.randbytes(32),
        "channel": chance.choice(CHANNELS),
        "province_code": office.code,
        "office": {"code": office.code, "name": office.office, "province_code": office.code},
        "category_code": category.code,
        "board_code": category.board,
        "terms": terms.to_json(),
        "anonymous": False,
        "contact": {"full_name": chance.choice(_NAMES), "phone": f"+849{chance.randrange(10**8):08d}", "email": None},
        "searchable": True,
        "subject_line": text[:60],
        "body": text,
        "attachments": [],
        "received_at": received,
        "acknowledge_due": acknowledge,
        "routed_due": route,
        "answer_due": answer,
        "due_at": step_due,
        "acknowledged_at": acknowledged_at,
        "routed_at": routed_at,
        "answered_at": answered,
        "reopened_at": answered - timedelta(days=1) if reopened and answered else None,
        "closed_at": answered + timedelta(days=10) if closed and answered else None,
        "rated_at": answered + timedelta(hours=5) if rated and answered else None,
        "rating": chance.randint(1, 5) if rated else None,
        "next_at": None if closed else now + timedelta(days=1),
        "board_seen_at": routed_at if chance.random() < 0.5 else None,
        "paused_once": waiting,
        "escalation_level": level,
        "overdue_steps": {"answer": {"due": answer.isoformat(), "level": level}} if level else {},
        "warned_steps": [],
        "reminders": 0,
        "recategorised": 0,
        "reopened_count": int(reopened),
    }
    kinds: dict[str, Any] = {
        "received": received,
        "acknowledged": acknowledged_at,
        "routed": routed_at,
        "answered": answered,
    }
    kinds |= {"reopened": row["reopened_at"], "closed": row["closed_at"], "rated": row["rated_at"]}
    if level:
        kinds |= {"overdue": min(answer, now), "reminded": min(answer + timedelta(days=1), now)}
    steps = [
        {"complaint_no": no, "at": at, "kind": kind, "role": "officer", "office_code": office.code, "details": {}}
        for kind, at in kinds.items()
        if at is not None
    ]
    return row, steps


def _copy(connection: psycopg.Connection[Any], table: str, rows: list[dict[str, Any]]) -> None:
    columns = list(rows[0])
    names = psycopg.sql.SQL(", ").join(map(psycopg.sql.Identifier, columns))
    statement = psycopg.sql.SQL("COPY {} ({}) FROM STDIN").format(psycopg.sql.Identifier(table), names)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([json.dumps(cell) if isinstance(cell, dict | list) else cell for cell in row.values()])
