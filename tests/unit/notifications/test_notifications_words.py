"""What a stranger typed reaches nobody but proved addresses and staff: every value of every template is classified (N18)."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes

from services.chassis.seal import generate_keypair
from services.notifications.messages import texts
from services.notifications.messages.catalogue import TEMPLATES, Channels
from services.notifications.messages.texts import Texts
from services.notifications.messages.words import OURS, SENDERS, STAFFS, values_for
from services.notifications.settings import Settings

FOLDER = Path(texts.__file__).with_name("templates")
WRITTEN = Texts(Settings(seal_private_key=generate_keypair().private_key))
FILES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.*"))
#: the settings' own, the same in every message
SETTINGS = {"brand", "cite", "hotline", "hotline_short", "officers_help_line", "login_url", "form_link_url", "complaint_url"}

pytestmark = pytest.mark.rule("N18")


def asked_for(file: str) -> set[str]:
    parsed = jinja2.Environment(autoescape=True).parse((FOLDER / file).read_text(encoding="utf-8"))
    names = {(node.name, node.ctx) for node in parsed.find_all(nodes.Name)}
    return (
        {name for name, ctx in names if ctx == "load"}
        - {name for name, ctx in names if ctx == "store"}
        - SETTINGS
        - {"loop"}
    )


@pytest.mark.parametrize("file", FILES)
def test_every_value_that_a_template_shows_is_known_to_be_ours_an_officers_or_a_senders(file: str) -> None:
    assert asked_for(file) <= OURS | STAFFS | SENDERS


def test_no_value_is_of_two_kinds_and_none_is_listed_that_no_template_shows() -> None:
    assert not OURS & STAFFS | OURS & SENDERS | STAFFS & SENDERS
    assert set().union(*map(asked_for, FILES)) == OURS | STAFFS | SENDERS


def test_complaints_are_written_about_without_a_word_of_whoever_filed_them() -> None:
    """Nobody proves the address of a complaint."""
    about = [file for file in FILES if "/complaint_" in file or "staff_" in file or "duty_" in file]
    assert len(about) > 20
    assert not [file for file in about if asked_for(file) & SENDERS]


def test_an_address_that_nobody_proved_gets_no_word_of_a_sender_nor_a_value_that_nobody_has_classified() -> None:
    values = {"dossier_no": "1", "reason": "Thiếu chữ ký", "full_name": "Trúng thưởng vss-tien.example", "nickname": "x"}
    assert values_for(values, proved=False) == {
        "dossier_no": "1",
        "reason": "Thiếu chữ ký",
        "full_name": None,
        "nickname": None,
    }
    assert values_for(values, proved=True) == values


@pytest.mark.rule("W2")
def test_signs_that_turn_or_hide_what_stands_beside_them_are_in_no_message() -> None:
    """Facts of earlier releases may hold them, and mail programs show them raw in subjects."""
    hidden = "\u202egnp.exe\u202c\u2066\u2067\u2068\u2069\u200b\u200e\u200f\ufeff\x07\x85"
    name = f"Lan{hidden}"
    about = {"dossier_no": "261121-000001-6", "bhxh_code": "0113099841", "password": "x"}
    letter = WRITTEN.letter("child_activated", {**about, "full_name": name})
    sms = WRITTEN.sms("account_adjusted", about | {"dossier_no": f"261121{hidden}", "unchanged": True})
    assert not [sign for sign in hidden if sign in letter.subject + letter.text + letter.html + sms and not sign.isascii()]
    assert "\x07" not in letter.subject + letter.html + sms


def test_each_template_of_e_mail_can_be_written_without_the_words_of_a_sender() -> None:
    """A name that is left out leaves no gap, no `None`."""
    unproved = ("declaration_rejected", "form_attached")
    assert all(TEMPLATES[name].channels is not Channels.SMS for name in unproved)
    values = dict.fromkeys(OURS | STAFFS, "x") | {"full_name": None, "last_day": "2026-12-01", "attached": False}
    for name in unproved:
        letter = WRITTEN.letter(name, values)
        assert "None" not in letter.text + letter.html
        assert "  " not in letter.subject
