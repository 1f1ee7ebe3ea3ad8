"""Find complaints by a caller's number, phone, e-mail address, BHXH code or name, or by words of the matter (G5).

A clerk finds what is in their list (`handling.in_list_of`: only of their own province, F9); a board what it watches, and never by the
person. PostgreSQL has an index of the words; SQLite, which serves small installations, reads the words of all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from marshmallow import ValidationError
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.base import ExecutableOption

from services.chassis.text import people
from services.chassis.text.emails import email_address
from services.chassis.text.folding import plain_code
from services.chassis.text.phones import mobile_in_e164
from services.feedback.complaints.handling import in_list_of
from services.feedback.complaints.numbers import FORM
from services.feedback.complaints.row import ComplaintRow
from services.feedback.complaints.rules import Complaint
from services.feedback.complaints.similar import PersonKey, person_keys
from services.feedback.directory.actors import Actor
from services.feedback.finding.words import indexed, wanted
from services.feedback.schema import Base

#: most complaints shown: whoever has more hits adds a word
MOST: Final = 50


class SearchWords(Base):
    """What a complaint is found by: personal data, as far as its text and the person's name are. Forgotten with it."""

    __tablename__ = "search_words"

    complaint_no: Mapped[str] = mapped_column(primary_key=True)
    province_code: Mapped[str]
    received_at: Mapped[datetime]
    #: separated by single spaces, as `words.indexed` makes them
    words: Mapped[str]


def make_searchable(session: Session, complaint: ComplaintRow) -> None:
    """Put the words of a complaint into the index, once: its text does not change."""
    name = (complaint.contact or {}).get("full_name")
    text = f"{complaint.subject_line}\n{complaint.body}"
    row = SearchWords(
        complaint_no=complaint.complaint_no,
        province_code=complaint.province_code,
        received_at=complaint.received_at,
        words=indexed(text, name=name, province_code=complaint.province_code),
    )
    session.merge(row)
    complaint.searchable = True


def forget_words(session: Session, complaint_no: str) -> None:
    """Delete what a complaint is found by; its number stays."""
    of_number = sa.delete(SearchWords).where(SearchWords.complaint_no == complaint_no)
    session.execute(of_number, execution_options={"synchronize_session": False})


def search(session: Session, query: str, who: Actor, *options: ExecutableOption) -> list[Complaint]:
    """Return the newest complaints of the caller's list that the query fits, at most ``MOST`` and one: whether there are more.

    :param query: a complaint's number, the person's phone, e-mail address or BHXH code; or words, all of which must occur.
    :param options: of SQLAlchemy: which columns are loaded.
    """
    found = sa.select(Complaint).options(*options).where(in_list_of(Complaint, who)).limit(MOST + 1)
    if number := _number_in(query):
        return list(session.scalars(found.where(Complaint.complaint_no == number)))
    if keys := _person_in(query) if _sees_people(who) else []:
        numbers = sa.select(PersonKey.complaint_no).where(PersonKey.key.in_(keys))
        latest = Complaint.received_at.desc(), Complaint.complaint_no.desc()
        return list(session.scalars(found.where(Complaint.complaint_no.in_(numbers)).order_by(*latest)))
    groups = wanted(query, province_code=who.province_code if who.is_office else None, names=_sees_people(who))
    if not groups:
        return []
    newest = SearchWords.received_at.desc(), SearchWords.complaint_no.desc()
    fitting = sa.select(SearchWords.complaint_no, SearchWords.received_at).where(_fits(session, groups)).order_by(*newest)
    if who.is_office:
        fitting = fitting.where(SearchWords.province_code == who.province_code)
    # sorted inside, so that PostgreSQL reads the complaints of the newest hits and not of thousands
    hits = fitting.subquery()
    found = found.join(hits, hits.c.complaint_no == Complaint.complaint_no)
    return list(session.scalars(found.order_by(hits.c.received_at.desc(), hits.c.complaint_no.desc())))


def names_person(query: str) -> bool:
    """Tell whether a query is a phone number, an e-mail address or a BHXH code."""
    return bool(_person_in(query))


def may_search_people(who: Actor) -> bool:
    """Tell whether the caller may find complaints by the person who filed them."""
    return _sees_people(who)


def _sees_people(who: Actor) -> bool:
    return who.is_office or who.is_desk


def _number_in(query: str) -> str | None:
    typed = plain_code(query).upper()
    return next((number for number in (typed, FORM.prefix + typed) if FORM.fits(number)), None)


def _person_in(query: str) -> list[str]:
    """Return the keys of the person; ten digits may be a phone number or a BHXH code."""
    phone, code = _read(mobile_in_e164, query), _read(people.bhxh_code, query)
    email = _read(email_address, query) if "@" in query else None
    return person_keys(account_id=None, contact={"phone": phone, "email": email}, bhxh_code=code)


def _read(take: Callable[[str], str], text: str) -> str | None:
    try:
        return take(text)
    except ValidationError:
        return None


def _fits(session: Session, groups: list[list[str]]) -> sa.ColumnElement[bool]:
    if session.get_bind().dialect.name == "postgresql":
        words: Any = sa.func.array_to_tsvector(sa.func.string_to_array(SearchWords.words, sa.text("' '")), type_=TSVECTOR)
        query = " & ".join(f"({' | '.join(map(_quoted, group))})" for group in groups)
        return sa.ColumnElement.bool_op(words, "@@")(sa.cast(query, TSQUERY))
    padded = " " + SearchWords.words + " "
    return sa.and_(*(sa.or_(*(padded.contains(f" {form} ", autoescape=True) for form in group)) for group in groups))


def _quoted(form: str) -> str:
    return "'" + form.replace("\\", "\\\\").replace("'", "''") + "'"
