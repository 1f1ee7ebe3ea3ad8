"""The words by which people who are turned away are found, in a database of an earlier release (F10)."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.database import Database
from services.feedback.categories import tree
from services.feedback.service import Feedback

#: as releases before step 0007 shipped them
NOW = ["bị từ chối*2", "từ chối khám*4", "từ chối tiếp nhận*3", "không cho khám*4", "đang cấp cứu*4", "ngay bây giờ*2"]
PAST = [
    *("từ chối khám*4", "từ chối*3", "không cho khám*4", "không khám*3", "không tiếp nhận*3", "không chấp nhận*3"),
    *("không nhận thẻ*4", "bắt về*3", "bắt nộp thẻ giấy*4", "thẻ giấy*3", "không cho dùng vssid*4"),
]

pytestmark = pytest.mark.rule("F10", "F2")


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[Database]:
    """A database as the release before letters and desks left it: step 0009."""
    steps = tmp_path / "feedback/migrations"
    shutil.copytree(Feedback.migrations, steps)
    shutil.copytree(Feedback.migrations.with_name("data"), steps.with_name("data"))  # which the steps read
    for step in (steps / "versions").glob("*.py"):
        if step.name >= "0010":
            step.unlink()
    made = Database(database_url)
    made.migrate(steps)
    yield made
    made.dispose()


def renew(database: Database, *, now: list[str]) -> dict[str, list[str]]:
    """Set the words back, take step 0007 and the later ones again, and return the words of both categories."""
    earlier: dict[str, dict[str, Any]] = {
        "bi-tu-choi": {"keywords": now, "parent": None},
        "tu-choi-kham": {"keywords": PAST},
    }
    with database.write() as session:
        for code, values in earlier.items():
            session.execute(sa.update(tree.table).where(tree.table.c.code == code).values(values))
        session.execute(sa.text("DROP INDEX complaints_closed"))  # of step 0009
        session.execute(sa.text("UPDATE service_schema SET version_num = '0006'"))
    database.migrate(Feedback.migrations)
    with database.read() as session:
        return {each.code: [str(word) for word in each.keywords] for each in tree.list_all(session) if each.code in earlier}


def test_the_words_of_an_earlier_release_are_renewed_and_the_history_says_so(database: Database) -> None:
    with database.read() as session:
        shipped = {each.code: each for each in tree.list_all(session)}
    words = renew(database, now=NOW)
    assert words == {code: [str(word) for word in shipped[code].keywords] for code in words}
    with database.read() as session:
        renewed = tree.find(session, "bi-tu-choi")
        (change, *_) = tree.history_of(session, "bi-tu-choi")
    assert renewed == shipped["bi-tu-choi"]
    assert renewed is not None
    assert (change.kind, change.actor, change.after["keywords"]) == ("changed", None, words["bi-tu-choi"])
    assert change.before is not None
    assert change.before["keywords"] == NOW


def test_words_of_a_deployments_own_stay(database: Database) -> None:
    own = [*NOW[:-1], "bị đuổi về*5"]
    assert renew(database, now=own) == {"bi-tu-choi": own, "tu-choi-kham": PAST}
