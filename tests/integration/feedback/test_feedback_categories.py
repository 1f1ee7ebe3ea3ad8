"""Categories over HTTP and on the command line: everybody reads them, the IT centre keeps them, every change stays (F2)."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from services.feedback import cli
from services.feedback.categories import tree
from services.feedback.categories.boards import BOARDS
from tests.integration.feedback.desk import ADMIN, CENTRE, DIRECTOR, OFFICER, THU, TOKENS, Desk

TWIG = {
    "parent": "qua-trinh-tham-gia",
    "board": "thu-so-the",
    "name": "Sai ngày bắt đầu đóng",
    "keywords": ["ngày bắt đầu*4"],
    "answer_days": 7,
    "reason": "Nhiều phản ánh trong tháng 10",
}


def put(desk: Desk, code: str = "sai-ngay-bat-dau", token: str = CENTRE, **changes: Any) -> Any:
    return desk.call("PUT", f"/categories/{code}", token=token, json=TWIG | changes)


@pytest.mark.rule("F2")
def test_everybody_reads_the_tree_with_the_board_that_watches_each(lite: Desk) -> None:
    items = {each["code"]: each for each in lite.call("GET", "/categories").json["items"]}
    assert items["luong-huu"]["board_name"] == "Ban Thực hiện chính sách BHXH"
    assert items["ma-otp"]["board"] == "cntt"
    assert {each["board"] for each in items.values()} == set(BOARDS)


@pytest.mark.rule("F2")
def test_the_centre_changes_a_category_and_the_history_keeps_who_when_why_and_what_was(desk: Desk) -> None:
    assert put(desk).status_code == 200
    assert put(desk, name="Sai ngày bắt đầu tham gia", reason="Cho rõ hơn").status_code == 200
    assert put(desk, name="Sai ngày bắt đầu tham gia", open=False, reason="Không dùng nữa").status_code == 200
    history = desk.call("GET", "/categories/sai-ngay-bat-dau/history", token=OFFICER).json["items"]
    assert [(each["kind"], each["actor"]) for each in history] == [("closed", "it"), ("changed", "it"), ("added", "it")]
    assert history[1]["before"]["name"] == "Sai ngày bắt đầu đóng"
    assert history[2]["before"] is None
    codes = [each["code"] for each in desk.call("GET", "/categories").json["items"]]
    assert "sai-ngay-bat-dau" not in codes
    with pytest.raises(sa.exc.DBAPIError), desk.db.write() as session:
        session.execute(sa.delete(tree.changes))


@pytest.mark.rule("F2")
def test_saying_the_same_again_is_no_change(lite: Desk) -> None:
    put(lite)
    put(lite)
    assert len(lite.call("GET", "/categories/sai-ngay-bat-dau/history", token=OFFICER).json["items"]) == 1


@pytest.mark.rule("F2", "F7")
def test_a_twig_has_its_own_days_and_otherwise_those_of_its_branch(lite: Desk) -> None:
    put(lite)
    put(lite, "qua-trinh-tham-gia", parent=None, name="Quá trình tham gia", answer_days=12, route_days=3)
    with lite.db.read() as session:
        twig, other = (tree.find(session, code) for code in ("sai-ngay-bat-dau", "chot-so"))
    assert twig is not None
    assert other is not None
    assert (twig.answer_days, twig.route_days) == (7, 3)
    assert (other.answer_days, other.route_days, other.warn_days) == (12, 3, None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"board": "cntt"}, "board"),
        ({"parent": "khong-co"}, "parent"),
        ({"parent": "chot-so"}, "parent"),
        ({"name": " "}, "name"),
        ({"keywords": ["*"]}, "keywords.0"),
        ({"answer_days": 0}, "answer_days"),
        ({"answer_days": 251}, "answer_days"),
        ({"reason": ""}, "reason"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_category_is_refused_with_the_field_that_is_wrong(lite: Desk, changes: dict[str, Any], field: str) -> None:
    answer = put(lite, **changes)
    assert answer.status_code == 422, answer.text
    assert answer.json["errors"][0]["field"] == field


@pytest.mark.rule("F2")
def test_only_the_centre_and_administrators_keep_categories_and_only_staff_see_how_they_are_found(lite: Desk) -> None:
    for role, token in TOKENS.items():
        assert put(lite, token=token).status_code == (200 if role == "admin" else 403), role
        seen = lite.call("GET", "/categories/chot-so", token=token).status_code
        assert seen == (403 if role == "citizen" else 200), role
        suggested = lite.call("POST", "/categories/suggestions", token=token, json={"text": "chốt sổ"}).status_code
        assert suggested == (403 if role == "citizen" else 200), role
    assert put(lite, token=THU).json["type"].endswith("only-the-centre")
    assert lite.call("GET", "/categories/list.csv", token=DIRECTOR).status_code == 403
    assert lite.call("GET", "/categories/list.csv", token=ADMIN).status_code == 200
    assert lite.call("GET", "/categories/khong-co", token=OFFICER).status_code == 404


@pytest.mark.rule("F2")
def test_a_suggestion_names_the_category_and_what_was_found_and_changes_nothing(lite: Desk) -> None:
    text = "Tôi nghỉ việc rồi mà công ty chưa chốt sổ cho tôi"
    answer = lite.call("POST", "/categories/suggestions", token=OFFICER, json={"text": text})
    (first, *_) = answer.json["items"]
    assert (first["code"], first["board"]) == ("chot-so", "thu-so-the")
    assert "chốt sổ" in [found["text"] for found in first["because"]]
    assert lite.facts() == []


def test_lists_go_out_and_come_back_on_the_command_line(lite: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", lite.db.url.render_as_string(hide_password=False))
    run = CliRunner()
    for name, more in (("categories", ["--reason", "thử"]), ("responsible", [])):
        file = tmp_path / f"{name}.csv"
        assert run.invoke(cli.app, [name, "export", str(file)]).exit_code == 0
        again = run.invoke(cli.app, [name, "import", str(file), *more])
        assert again.exit_code == 0, again.output
        assert "0 added, 0 changed" in again.output
    file = tmp_path / "responsible.csv"
    file.write_text(file.read_text("utf-8-sig").replace("giam-doc.79@bhxh.example", "giamdoc79@vss.gov.vn"), "utf-8")
    assert "0 added, 1 changed" in run.invoke(cli.app, ["responsible", "import", str(file), "--dry-run"]).output
    assert "0 added, 1 changed" in run.invoke(cli.app, ["responsible", "import", str(file)]).output
    file.write_text("kind,code\n")
    assert run.invoke(cli.app, ["responsible", "import", str(file)]).exit_code == 2
