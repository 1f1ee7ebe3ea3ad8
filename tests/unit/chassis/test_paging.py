"""Pages by cursor: nothing twice, nothing left out, and no cursor but our own."""

import base64
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from services.chassis.database import Instant
from services.chassis.web import paging
from services.chassis.web.problem import Problem


class Base(DeclarativeBase):
    pass


class Case(Base):
    __tablename__ = "case"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[uuid.UUID]
    at: Mapped[datetime] = mapped_column(Instant())
    day: Mapped[date]
    no: Mapped[str]


START = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture
def session():
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        for n in range(25):  # three share each moment
            at = START + timedelta(minutes=n // 3)
            session.add(Case(id=n, key=uuid.UUID(int=n), at=at, day=at.date(), no=f"n{n:03}"))
        session.commit()
        yield session


def pages(session, limit=4, cursor=None, statement=None, **options):
    options.setdefault("by", (Case.at, Case.id))
    statement = sa.select(Case) if statement is None else statement
    while True:
        page = paging.fetch(session, statement, query={"limit": limit, "cursor": cursor}, **options)
        yield page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return


def test_all_rows_come_once_and_in_order(session):
    ids = [case.id for page in pages(session) for case in page]
    assert ids == list(range(24, -1, -1))
    ids = [case.id for page in pages(session, descending=False) for case in page]
    assert ids == list(range(25))


def test_pages_are_full_until_the_last(session):
    assert [len(page) for page in pages(session, limit=10)] == [10, 10, 5]
    assert [len(page) for page in pages(session, limit=25)] == [25]


@pytest.mark.parametrize("by", [(Case.key,), (Case.day, Case.key), (Case.no,), (Case.id,)])
def test_the_usual_kinds_of_columns_can_be_sorted_by(session, by):
    assert len([case for page in pages(session, by=by) for case in page]) == 25


def test_columns_instead_of_objects_can_be_selected(session):
    rows = [row for page in pages(session, statement=sa.select(Case.id, Case.no)) for row in page]
    assert rows[0] == (24, "n024")


def test_rows_that_come_and_go_between_pages_shift_nothing(session):
    first = paging.fetch(session, sa.select(Case), by=(Case.id,), query={"limit": 5, "cursor": None})
    session.execute(sa.delete(Case).where(Case.id == 22))
    session.add(Case(id=99, key=uuid.uuid4(), at=START, day=START.date(), no="x"))
    session.flush()
    second = paging.fetch(session, sa.select(Case), by=(Case.id,), query={"limit": 5, "cursor": first["next_cursor"]})
    assert [case.id for case in second["items"]] == [19, 18, 17, 16, 15]


def test_an_empty_list_is_one_empty_page(session):
    nothing = sa.select(Case).where(Case.id < 0)
    assert paging.fetch(session, nothing, by=(Case.id,), query={"limit": 5}) == {"items": [], "next_cursor": None}


def cursor_of(session, **query):
    return paging.fetch(session, sa.select(Case), by=(Case.at, Case.id), query={"limit": 2, **query})["next_cursor"]


def forged(values):
    return paging.cursors_of({"limit": 2}, (Case.at, Case.id), descending=True).dumps(values)


def refused(session, cursor):
    with pytest.raises(Problem) as refusal:
        paging.fetch(session, sa.select(Case), by=(Case.at, Case.id), query={"limit": 2, "cursor": cursor})
    assert refusal.value.code == 422
    assert refusal.value.members["errors"][0]["field"] == "cursor"


@pytest.mark.parametrize("cursor", ["x", "====", "%%%", "é", "W10", base64.b64encode(b"null").decode(), "A" * 900])
def test_what_is_no_cursor_is_refused(session, cursor):
    refused(session, cursor)


def test_a_cursor_of_another_query_or_order_is_refused(session):
    refused(session, cursor_of(session, status="new"))
    other = paging.fetch(session, sa.select(Case), by=(Case.no, Case.id), query={"limit": 2})["next_cursor"]
    refused(session, other)


def test_a_cursor_with_values_of_the_wrong_kind_is_refused(session):
    moment = START.isoformat()
    for values in ([1, 1], [moment, "1"], [moment, True], [moment, 1 << 70], [moment, None], [moment], ["x", 1], [[], 1]):
        refused(session, forged(values))


@given(
    st.text(min_size=1, max_size=60)
    | st.binary(min_size=1, max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode())
)
def test_no_text_breaks_the_reading_of_cursors(text):
    with pytest.raises(Problem):
        paging.fetch(Session(), sa.select(Case), by=(Case.at, Case.id), query={"limit": 2, "cursor": text})
