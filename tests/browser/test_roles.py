"""Who may see which page, what every link leads to, and that nobody reads of another province's people (F9)."""

from __future__ import annotations

import pytest

from playground.browser import DESK
from playground.stage import Post, Stage
from tests.browser.conftest import Visit
from tests.browser.person import Person
from tests.browser.walker import shape_of, walk

_HERE, _ELSEWHERE = "79", "01"
POSTS = {
    "officer": Post("officer", _HERE, _HERE, login="walk.officer"),
    "approver": Post("approver", _HERE, _HERE, login="walk.approver"),
    "director": Post("director", _HERE, _HERE, login="walk.director"),
    "board": Post("board", board="thu-so-the", login="walk.board"),
    "support": Post("support", login="walk.support"),
    "admin": Post("admin", login="walk.admin"),
}
#: whose links `make test` follows; `make browser` follows everybody's
_SHORT = {"approver"}
_OFFICE = {"officer", "approver", "director"}
#: page → the roles that see it; everybody else gets the page that says whom it is for
PAGES = {
    "/feedback/ban": _OFFICE | {"board"},
    "/feedback/tim": _OFFICE | {"board"},
    "/feedback/truc": _OFFICE,
    "/feedback/tiep-nhan": _OFFICE | {"support"},
    "/feedback/phoi-hop": _OFFICE,
    "/feedback/theo-doi": {"board"},
    "/feedback/bao-cao/dinh-ky": {"board", "admin"},
}
_OWN_MATTER, _OTHER_MATTER = "Thẻ của tôi ghi sai ngày sinh", "Sổ của tôi thiếu ba tháng"


@pytest.fixture(scope="module")
def matters(stage: Stage) -> dict[str, str]:
    """An open complaint of each province, and the words that only the accountable one may read."""
    people = {_HERE: stage.human(), _ELSEWHERE: stage.human()}
    matter = {_HERE: _OWN_MATTER, _ELSEWHERE: _OTHER_MATTER}
    for province, person in people.items():
        stage.complains(person, office=province, subject_line=matter[province])
    return {province: person.full_name for province, person in people.items()}


def staff(stage: Stage, visit: Visit, role: str, width: int = DESK) -> Person:
    person = visit(width=width)
    person.is_staff(POSTS[role])
    return person


@pytest.mark.parametrize("role", POSTS)
def test_a_page_opens_for_those_it_is_for_and_tells_the_others_whom_to_ask(visit: Visit, stage: Stage, role: str) -> None:
    person = staff(stage, visit, role)
    for path, roles in PAGES.items():
        answer = person.context.request.get(person.base + path, headers={"Accept": "text/html"}, max_redirects=0)
        assert answer.status == (200 if role in roles else 403), f"{role} {path}"
        if role not in roles:
            assert "Tài khoản này không làm được việc này" in answer.text()


def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_comes_back(visit: Visit) -> None:
    person = visit()
    for path in PAGES:
        answer = person.context.request.get(person.base + path, headers={"Accept": "text/html"}, max_redirects=0)
        assert answer.status == 303, path
        assert answer.headers["location"].endswith(f"/accounts/dang-nhap?next={path}")


@pytest.mark.rule("F9")
@pytest.mark.parametrize("role", [pytest.param(role, marks=[pytest.mark.slow] * (role not in _SHORT)) for role in POSTS])
def test_every_link_opens_and_none_shows_a_person_of_another_province(
    visit: Visit, stage: Stage, matters: dict[str, str], role: str
) -> None:
    person = staff(stage, visit, role)
    starts = [path for path, roles in PAGES.items() if role in roles] or ["/accounts/yeu-to-thu-hai"]
    walked = walk(person, starts, follow=lambda path: "/docs" not in path and "/dang-xuat" not in path)
    broken = [
        f"{page.path} {page.status}, linked from {page.came_from}"
        for page in walked
        if page.status >= 400 and _is_ours(page.path)
    ]
    assert not broken, "\n".join(broken)
    assert len(walked) >= len(starts)
    shown = [page.path for page in walked if matters[_ELSEWHERE] in page.text]
    assert not shown, f"{role} reads the name of a person of {_ELSEWHERE}: {shown}"
    if role in _OFFICE:
        assert [page for page in walked if _OWN_MATTER in page.text], "its own province's matters are there"


@pytest.mark.slow
@pytest.mark.parametrize("role", POSTS)
def test_every_page_that_is_linked_is_drawn_well(
    visit: Visit, stage: Stage, matters: dict[str, str], role: str, width: int
) -> None:
    person = staff(stage, visit, role, width=width)
    starts = [path for path, roles in PAGES.items() if role in roles] or ["/accounts/yeu-to-thu-hai"]
    walked = walk(person, starts, follow=lambda path: "/docs" not in path and "/dang-xuat" not in path, of_a_shape=1)
    for page in walked:
        if page.kind == "text/html" and page.status == 200:
            person.opens(page.path)
            person.sees(f"{role}{shape_of(page.path.partition('?')[0]).replace('/', '-').replace('…', 'no')}")


def _is_ours(path: str) -> bool:
    """Pages of citizens are built later; the footer names them already."""
    return not path.startswith(("/registration/", "/feedback/gui"))
