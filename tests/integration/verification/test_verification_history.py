"""Who did what; only ever more (V13)."""

import pytest
import sqlalchemy as sa

from tests.integration.verification.desk import CODE, NAME, NO, Desk

pytestmark = pytest.mark.rule("V13")

#: the trigger says the first; the desk's user on PostgreSQL, who owns no table, is not even let so far
REFUSED = "history only grows|permission denied for table history"


def test_every_view_claim_supplement_and_decision_is_there_with_who_where_and_when(bureau: Desk) -> None:
    bureau.submit()
    bureau.ask("GET", "", "officer:mai:48", headers={"X-Bhxh-Code": CODE})
    bureau.ask("GET", f"/{NO}", "officer:mai:48")
    bureau.ask("POST", f"/{NO}/claim", "officer:mai:48")
    bureau.put("portrait", who="officer:mai:48")
    bureau.ask("GET", f"/{NO}/attachments/portrait", "officer:mai:48")
    bureau.see_id(who="officer:mai:48")
    bureau.ask("POST", f"/{NO}/release", "officer:mai:48")
    bureau.decide(who="director:lan:79", outcome="invalid", reason_code="wrong_data", reason=f"{NAME} không đúng")
    items = bureau.ask("GET", f"/{NO}/history").json["items"]
    told = [(item["action"], item["actor"], item["office_code"]) for item in items]
    mai = [
        (action, "mai", "48")
        for action in (*("found", "viewed", "claimed", "supplemented", "viewed", "id_shown", "received", "released"),)
    ]
    assert told == [("opened", None, None), *mai, ("claimed", "lan", "79"), ("rejected", "lan", "79")]
    assert items[-1]["role"] == "director"
    assert [item["at"] for item in items] == sorted(item["at"] for item in items)
    assert NAME not in str(items)


def test_what_is_refused_leaves_no_trace_of_having_been_done(quick: Desk) -> None:
    quick.submit()
    quick.ask("POST", f"/{NO}/decision", json={"outcome": "valid"})
    assert quick.actions() == ["opened"]


@pytest.mark.parametrize("statement", ["UPDATE history SET actor = 'another'", "DELETE FROM history"])
def test_the_database_refuses_to_change_or_delete_it(bureau: Desk, statement: str) -> None:
    bureau.submit()
    with pytest.raises(sa.exc.DBAPIError, match=REFUSED), bureau.db.write() as session:
        session.execute(sa.text(statement))
    assert bureau.actions() == ["opened"]


def test_not_even_emptying_the_table_works(postgres_url: str) -> None:
    bureau = Desk(postgres_url)  # SQLite has no TRUNCATE
    bureau.submit()
    with pytest.raises(sa.exc.DBAPIError, match=REFUSED), bureau.db.write() as session:
        session.execute(sa.text("TRUNCATE history"))
    bureau.db.dispose()


def test_it_stays_when_a_declaration_expires(bureau: Desk) -> None:
    bureau.submit()
    bureau.put("portrait")
    bureau.expire()
    assert bureau.actions() == ["opened", "claimed", "supplemented", "expired"]
