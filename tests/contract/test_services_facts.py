"""What the services tell each other: every reader understands it, nothing is told to nobody, and docs/ says what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.chassis.catalogue import snapshot
from services.chassis.cli.main import app
from services.chassis.discovery import installed, load_all, subscriptions
from services.chassis.testing.contracts import every_example_loads, every_recorded_example_loads, unread
from services.registration.reports import layout
from services.verification.decisions import reasons

_DOCS = Path(__file__).parents[2] / "docs"


def vss(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["facts", *arguments])


def test_every_reader_loads_every_example_that_is_published_for_it() -> None:
    assert len(load_all()) >= 5
    assert every_example_loads(load_all()) == []


def test_whoever_ran_the_release_recorded_here_understands_this_one() -> None:
    assert every_recorded_example_loads(snapshot.read(_DOCS / "facts.snapshot.json"), load_all()) == []


def test_somebody_reads_every_fact_that_has_to_be_read() -> None:
    assert unread(load_all()) == []


def test_the_snapshot_holds_what_is_published_and_nothing_in_it_was_broken() -> None:
    checked = vss("check", "--file", str(_DOCS / "facts.snapshot.json"))
    assert checked.exit_code == 0, checked.output
    assert set(snapshot.read(_DOCS / "facts.snapshot.json")) == set(installed())


def test_the_catalogue_is_up_to_date() -> None:
    checked = vss("export", "--check", "--out", str(_DOCS / "facts"))
    assert checked.exit_code == 0, checked.output


@pytest.mark.parametrize(
    "field",
    [
        "full_name",
        "phone",
        "email",
        "bhxh_code",
        "id_number",
        "personal_id",
        "sealed_credential",
        "sealed_tracking",
        "contact",
        "staff",
    ],
)
def test_no_field_about_a_person_is_on_the_public_feed(field: str) -> None:
    public = "\n".join(file.read_text(encoding="utf-8") for file in (_DOCS / "facts/public").rglob("*.json"))
    assert f'"{field}":' not in public
    assert '"dossier_no":' in public


def test_who_reads_what_is_written_down_as_it_is() -> None:
    assert subscriptions.FILE.read_text("utf-8") == subscriptions.as_text(subscriptions.take(load_all())), "run: make facts"


@pytest.mark.rule("R1")
def test_the_progress_report_has_words_for_every_reason_of_verification() -> None:
    # one service knows nothing of the other's code; here both can be seen
    assert {reason.code for reason in reasons.REASONS} <= set(layout.REASONS)
