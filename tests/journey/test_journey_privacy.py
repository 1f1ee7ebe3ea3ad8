"""A person asks what is held of them: all services answer, over the real bus (P2)."""

import json
from pathlib import Path

import pytest

from playground.stage import Stage

SERVICES = {"accounts", "registration", "verification", "feedback", "notifications"}


@pytest.mark.rule("P2")
def test_all_services_answer_a_person_who_asks_and_the_copy_is_for_whoever_asked_alone(stage: Stage, tmp_path: Path) -> None:
    citizen = stage.citizen()
    stage.registered(citizen.human)
    human = citizen.human
    person = f"bhxh_code: {human.bhxh_code}\nphone: {human.phone}\n"
    found = json.loads(stage.system.vss("accounts", "privacy", "find", "--json", stdin=person))
    assert found["missing"] == []
    counts = {(line["service"], line["data"]): line["found"] for line in found["answers"]}
    assert {service for service, _ in counts} == SERVICES
    assert counts["accounts", "accounts"] == counts["registration", "declarations"] == counts["verification", "cases"] == 1
    assert counts["notifications", "messages"] >= 2
    copy = tmp_path / "copy.json"
    stage.system.vss("accounts", "privacy", "export", "--to", str(copy), stdin=person)
    assert copy.stat().st_mode & 0o777 == 0o600
    content = json.loads(copy.read_text(encoding="utf-8"))
    assert content["registration"]["declarations"][0]["subject"]["full_name"] == human.full_name
    erased = json.loads(stage.system.vss("accounts", "privacy", "erase", "--confirm", "--json", stdin=person))
    lines = {line["service"]: line for line in erased["answers"] if line["data"] in ("accounts", "messages")}
    assert (lines["accounts"]["staying"], lines["accounts"]["erased"]) == (1, 0)
    assert lines["notifications"]["erased"] >= 2
    again = json.loads(stage.system.vss("accounts", "privacy", "find", "--json", stdin=person))
    assert {line["data"]: line["found"] for line in again["answers"]}["messages"] == 0
