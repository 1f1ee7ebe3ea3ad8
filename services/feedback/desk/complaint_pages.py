"""One complaint at its desk (page 71): the matter, its thread and clocks, the next step, and the forms of all steps, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, redirect, render_template, request
from sqlalchemy.orm import Session

from services.chassis.errors import Refused
from services.chassis.resources import Resources
from services.chassis.web.attachments import sent
from services.chassis.web.pages import notice, session
from services.chassis.web.pages.blueprint import Pages
from services.chassis.web.pages.forms import Form
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources as here
from services.feedback.answers.rules import DRAFT as WAITING_DRAFT
from services.feedback.answers.rules import RETURNED
from services.feedback.complaints import access, handling, views
from services.feedback.desk import drafts, labels, presenting
from services.feedback.desk import views as desk_views
from services.feedback.desk.actions import Action, Actions
from services.feedback.directory import names
from services.feedback.directory.actors import WORKING_ROLES, Actor
from services.feedback.directory.callers import calling_staff
from services.feedback.settings import Settings

#: more than an answer may have: what is too long its writer shortens, not we
_MOST_DRAFT = 20_000
_PAGE = "feedback/desk/complaint.html"


def blueprints(resources: Resources[Settings]) -> tuple[Pages]:
    """Return the pages of one complaint."""
    actions = Actions(resources.settings)
    pages = Pages("complaint_pages", __name__)

    @pages.route("/ban/<no>", methods=["GET", "POST"])
    @session.requires(*WORKING_ROLES)
    def show(no: str) -> Any:
        chosen = actions.find(request.args.get("viec", ""))
        form = chosen.form(no) if chosen else None
        if chosen and form and form.is_valid() and (done := form.once(_doing(chosen, form, no))):
            return done
        with here.db.write() as db:
            shown = _shown(db, no, calling_staff())
            if chosen and form and not form.is_sent:
                form = chosen.form(no, db)
        steps = actions.possible(shown["complaint"], shown["me"], first=shown["next"][0]) if shown["handles"] else []
        if form is None:
            return render_template(_PAGE, form=None, chosen=None, steps=steps, **shown)
        return form.draw(_PAGE, chosen=chosen, steps=steps, **shown)

    pages.add_url_rule("/ban/<no>/nhap", view_func=save_draft, methods=["POST"])
    pages.add_url_rule("/ban/<no>/tep/<int:slot>", view_func=show_file)
    return (pages,)


@session.requires(*WORKING_ROLES)
def save_draft(no: str) -> Any:
    """Save what is being written, as htmx sends it after a pause; the answer is the line below the box."""
    typed, seen = str(request.form.get("text", "")), request.form.get("draft_version", "0")
    if len(typed) > _MOST_DRAFT:
        return Response(status=204)
    changed = None
    try:
        with here.db.write() as db:
            complaint, who = access.find_accountable(db, no)
            names.remember(db, who)
            drafts.save(db, no, who, typed, seen=int(seen) if seen.isdecimal() else 0)
    except drafts.DraftChanged as newer:
        changed = newer
    except (Refused, Problem):
        return Response(status=204)  # the page stays as it is; handing in says why
    with here.db.read() as db:
        complaint = access.find(db, no)
        shown = desk_views.drafts(db, complaint, calling_staff())
    return render_template("feedback/desk/draft_saved.html", no=no, changed=changed, **shown)


@session.requires(*WORKING_ROLES)
def show_file(no: str, slot: int) -> Response:
    """Show a picture or PDF of a complaint, as a file of its own that can do nothing."""
    with here.db.write() as db:
        complaint, who = access.find(db, no), calling_staff()
        if not who.is_office or not access.may_see(db, complaint, who):
            access.must_be_accountable(complaint, who)
        document = next((each for each in complaint.attachments if each["slot"] == slot), None)
        if document is None:
            raise Problem(404)
        access.look_at(db, complaint, "document", document=str(slot), sha256=document["sha256"])
    return sent(document, shown="inline", name=f"{no}-{slot}")


def _doing(chosen: Action, form: Form, no: str) -> Callable[[Session], Any]:
    def work(db: Session) -> Any:
        notice.tell(chosen.take(db, no, form.data))
        return redirect(f"/feedback/ban/{no}", 303)

    return work


def _shown(db: Session, no: str, who: Actor) -> dict[str, Any]:
    """Return all that the page shows to this member of staff: the whole, or only what all staff may follow (F8)."""
    complaint = access.find(db, no)
    public = views.public(db, complaint)
    shown: dict[str, Any] = {
        "no": no,
        "complaint": complaint,
        "public": public,
        "me": who.account_id,
        "labels": labels,
        "clocks": presenting.all_clocks(complaint),
        "handles": handling.handles(complaint, who),
        "work": None,
        "content": None,
        "next": ("", ""),
        "requests": [],
        "others": [],
        "drafts": None,
        "timeline": presenting.timeline(public["steps"], {}, public=True),
    }
    if not access.may_see(db, complaint, who):
        return shown
    access.look_at(db, complaint)
    work = views.work(db, complaint, who)
    waits = work["draft"].status if work["draft"] else ""
    calendar = complaint.calendar
    return shown | {
        "work": work,
        "content": views.content(db, complaint),
        "timeline": presenting.timeline(work["history"], work["names"]),
        "requests": [(each, presenting.due_chip(each.due_at, calendar)) for each in work["coordinations"]],
        "next": presenting.next_step(
            complaint, work["coordinations"], drafted=waits == WAITING_DRAFT, returned=waits == RETURNED
        ),
        "phone": presenting.phone_text((work["contact"] or {}).get("phone")),
        "others": [each for each in work["writing"] if each.writer != who.account_id],
        "drafts": desk_views.drafts(db, complaint, who) if shown["handles"] else None,
    }
