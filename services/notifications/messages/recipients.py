"""Address messages: to the person of a dossier, the holder of an account, the filer of a complaint, or staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.chassis.database import ServiceSession
from services.chassis.observe.logs import get_logger
from services.notifications.messages.compose import compose
from services.notifications.messages.unproved import is_unproved

log = get_logger(__name__)

# `fact` is a reader with the fields of OfDossier, OfAccount, ForFiler or ForStaff. Python's types cannot express
# "a Reader that is also one of these", so it is Any.


def tell_person(
    session: ServiceSession,
    fact: Any,
    template: str,
    values: Mapping[str, Any],
    *,
    proved: bool = False,
    guardian: bool = False,
    **options: Any,
) -> None:
    """Notify the person of a dossier, or a child's guardian; nobody while the phone is not proved (I11). `options`: as for `compose`.

    What is told here is told never again, and a fact may come before the one that says the phone is proved: it overtakes it, or a
    restored database has forgotten it. So what happens only with a proved phone asks for nothing.

    :param proved: it is such a fact. All of accounts' are: nothing is approved before.
    :param guardian: it is for guardians only, whichever route it names.
    """
    if not proved and fact.service != "accounts" and is_unproved(session, fact.dossier_no):
        log.info("held_back", dossier_no=fact.dossier_no, kind=template)
        return
    values = {"dossier_no": fact.dossier_no, **values}
    by_email = guardian or _is_email_proved(fact)
    known = by_email or _is_read_out(fact)
    compose(
        session,
        fact,
        template,
        ref=fact.dossier_no,
        contact=fact.contact,
        values=values,
        fallback=fact.contact.get("email") if by_email else None,
        proved=("sms", "email") if known else ("sms",) if getattr(fact, "phone_proved", True) is not False else (),
        **options,
    )


def _is_email_proved(fact: Any) -> bool:
    """Tell whether the e-mail address is an account's: an officer has confirmed it with the person, who proved who they are (A2).

    Accounts tells of accounts only; a guardian files with the contact data of their own account (I11). Any other declaration may name
    anybody's address (N13).
    """
    return fact.service == "accounts" or getattr(fact, "route", None) == "guardian"


def _is_read_out(fact: Any) -> bool:
    """Tell whether an officer keyed the form in with the person before them: what is in it is no stranger's (I3)."""
    return getattr(fact, "route", None) == "counter"


def tell_holder(session: ServiceSession, fact: Any, template: str, values: Mapping[str, Any], **options: Any) -> None:
    """Notify the holder of an account. `options`: as for `compose`."""
    values = {"account": fact.account_hint, **values}
    everywhere = ("sms", "email")
    compose(session, fact, template, ref=fact.account_id, contact=fact.contact, values=values, proved=everywhere, **options)


def tell_filer(session: ServiceSession, fact: Any, template: str, values: Mapping[str, Any], **options: Any) -> None:
    """Notify the filer of a complaint; nobody if no address was left, as it can be followed by its number (F8).

    Whoever files may name anybody's address, so nothing that they typed is in it, their name neither (N18).
    """
    if fact.contact is None:
        return
    values = {**_complaint(fact), **values}
    compose(session, fact, template, ref=fact.complaint_no, contact=fact.contact, values=values, **options)


def tell_staff(session: ServiceSession, fact: Any, template: str, values: Mapping[str, Any]) -> None:
    """Notify the staff whom a complaint's fact names."""
    values = {**_complaint(fact), "board": fact.board_name, "category": fact.category_name, **values}
    tell_each(session, fact, template, values, ref=fact.complaint_no)


def tell_each(session: ServiceSession, fact: Any, template: str, values: Mapping[str, Any], *, ref: str) -> None:
    """Notify all staff whom a fact names, each by a separate message."""
    for addressee in fact.staff:
        compose(
            session,
            fact,
            template,
            ref=ref,
            contact={"email": addressee["email"]},
            values={"addressee": addressee["name"], **values},
            proved=("email",),
            among=f"{addressee['role']}:{addressee['code']}",
        )


def tell_duty(session: ServiceSession, fact: Any, template: str, values: Mapping[str, Any], **options: Any) -> None:
    """Notify everybody on duty whom a complaint's fact names, by SMS. `options`: as for `compose`."""
    values = {**_complaint(fact), **values}
    for phone in (each["phone"] for each in fact.duty):
        compose(
            session,
            fact,
            template,
            ref=fact.complaint_no,
            contact={"phone": phone},
            values=values,
            among=phone,
            proved=("sms",),
            **options,
        )


def _complaint(fact: Any) -> dict[str, Any]:
    return {"complaint_no": fact.complaint_no, "office": fact.office["name"]}
