"""The frame itself: what is wrong with a page fails a test, and what is right does not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from playground.browser import DESK, PHONE, Visitor
from playground.stage import Stage
from tests.browser import looks
from tests.browser.conftest import PICTURES, Visit
from tests.browser.walker import shape_of, walk

_GOOD = """<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Trang thử</title>
<meta name="viewport" content="width=device-width"></head>
<body><main><h1>Trang thử</h1><label>Họ tên <input name="name"></label> <button>Gửi</button></main></body></html>"""


def shown(person: Visitor, html: str, policy: str = "") -> Visitor:
    """Show a page that no service has, at the address of the front door."""
    headers = {"Content-Security-Policy": policy} if policy else {}
    person.page.route(
        "**/thu", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)
    )
    return person.opens("/thu")


def test_the_apis_documents_open_through_the_front_door_and_break_no_policy(visit: Visit) -> None:
    person = visit()
    assert person.opens("/feedback/docs").status == 200
    person.page.get_by_text("/feedback/complaints").first.wait_for()
    assert person.picture("docs").stat().st_size > 10_000


def test_pages_of_a_service_that_is_away_are_the_doors_own(visit: Visit, stage: Stage, width: int) -> None:
    person = visit(width=width)
    person.watch.expected = {503}
    stage.system.stop("notifications")
    try:
        assert person.opens("/notifications/docs").status == 503
        person.sees("away")
    finally:
        stage.system.start("notifications")
    assert person.opens("/notifications/docs").status == 200


def test_without_scripts_a_page_is_shown_all_the_same(visit: Visit) -> None:
    person = visit(javascript=False)
    assert person.opens("/nothing-here").status == 404
    assert "Không tìm thấy trang" in person.page.inner_text("h1")
    person.sees("nothing")
    assert (PICTURES / "1280/nothing-no-script.png").exists()


def test_what_a_policy_refuses_is_heard(visit: Visit) -> None:
    person = visit()
    shown(person, _GOOD.replace("</main>", '<p style="color:red">rot</p></main>'), "default-src 'none'; style-src 'self'")
    person.page.wait_for_load_state("networkidle")
    assert [fault for fault in person.watch.faults if "csp: style-src-attr" in fault]
    person.watch.faults.clear()


def test_scripts_that_fail_lost_files_and_numbers_in_an_address_are_heard(visit: Visit) -> None:
    person = visit()
    shown(person, _GOOD.replace("</body>", '<img alt="" src="/s/lost.png"><script>nowhere()</script></body>'))
    person.page.goto(f"{person.base}/thu?phone=0983847986")
    person.page.wait_for_load_state("networkidle")
    told = "\n".join(person.watch.faults)
    for word in ("script: nowhere is not defined", "404: GET", "an address names somebody: 0983847986"):
        assert word in told, word
    person.watch.faults.clear()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("<label>Họ tên <input", "<label>Họ tên</label><input"), "axe critical: label"),
        (('lang="vi"', ""), "axe serious: html-has-lang"),
        (("<h1>", '<p style="width:90rem">rộng</p><h1>'), "scrolls sideways"),
        (("<h1>", '<p style="width:3rem;overflow:hidden;white-space:nowrap">Bảo hiểm xã hội</p><h1>'), "cut off"),
        (("<h1>", '<p style="line-height:1">Ễ Ộ chồng dấu</p><h1>'), "too close for stacked marks"),
        (("<button>", '<button style="margin-left:-3rem">'), "one upon the other"),
    ],
)
def test_a_page_that_is_drawn_badly_is_found(visit: Visit, width: int, change: tuple[str, str], fault: str) -> None:
    person = visit(width=width)
    shown(person, _GOOD)
    assert looks.grave_violations(person.page) + looks.drawn_badly(person.page) == []
    person.page.unroute_all()
    shown(person, _GOOD.replace(*change))
    found = looks.grave_violations(person.page) + looks.drawn_badly(person.page)
    assert [one for one in found if fault in one], found


def test_vietnamese_words_left_on_an_english_page_are_found_but_not_those_that_say_so(visit: Visit) -> None:
    person = visit()
    shown(
        person,
        _GOOD.replace('lang="vi"', 'lang="en"').replace("<h1>", '<p lang="vi">Tiếng Việt</p><bdi>Nguyễn Ái</bdi><h1>'),
    )
    assert looks.untranslated(person.page) == ["Trang thử", "Họ tên", "Gửi"]


def test_keys_loads_bytes_and_waiting_are_counted_and_the_typed_text_apart(visit: Visit) -> None:
    person = visit()
    page = '<form action="/thu"><input name="q" id="q"><button>Gửi</button></form>'
    shown(person, _GOOD.replace("<h1>", page + "<h1>"))
    effort = person.effort()
    effort.reaches("#q")
    effort.types("Bảo hiểm")
    effort.presses("Enter")
    cost = effort.cost
    assert re.search(r"[?]q=", person.path)
    assert (cost.strokes, cost.letters, cost.page_loads) == (2, 8, 1)
    assert cost.requests >= 1
    assert cost.waiting_seconds > 0
    with pytest.raises(AssertionError, match="#absent is not reached"):
        effort.reaches("#absent", most=3)


def test_links_are_followed_each_kind_of_page_a_few_times(visit: Visit, tmp_path: Path) -> None:
    person = visit()
    pages = walk(person, ["/feedback/docs", "/nothing-here"], follow=lambda path: path.startswith("/feedback"))
    assert [(page.path, page.status) for page in pages][:2] == [("/feedback/docs", 200), ("/nothing-here", 404)]
    assert shape_of("/feedback/ban/261121-000001-6?anh=2") == "/feedback/ban/…?anh=…"
    assert shape_of("/feedback/ban") == "/feedback/ban"


def test_widths_are_those_of_an_office_and_of_a_phone(visit: Visit, width: int) -> None:
    assert visit(width=width).page.evaluate("innerWidth") == width
    assert width in (DESK, PHONE)
