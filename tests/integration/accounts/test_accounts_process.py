"""Accounts as a process: what survives a crash and double delivery, what its commands do, what its answers promise."""

import functools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from openapi_spec_validator import OpenAPIV31SpecValidator
from typer.testing import CliRunner, Result

from services.accounts import cli
from services.accounts.accounts.lookup import find, lock_open
from services.chassis.database import Database
from tests.integration.accounts.desk import CODE, Desk
from tests.integration.accounts.running import NEW_PASSWORD, Running, told, verified
from tests.stand.place import Place, eventually, fresh_place

ROOT = Path(__file__).parents[3]


@pytest.fixture
def place(request, tmp_path_factory):
    with fresh_place(request, "postgresql", tmp_path_factory.mktemp("accounts")) as place:
        yield place


@pytest.mark.rule("A1", "A2")
def test_killed_again_and_again_and_told_twice_everybody_gets_one_account_and_one_password(place: Place):
    accounts = Running(place)
    people = range(40)
    messages = [told(verified(f"261121-{n:06d}-0", subject_bhxh_code=f"{n:010d}", subject_id_number=None)) for n in people]
    for part in (messages[:25], messages[15:]):
        place.send(*part)
        eventually(lambda: bool(place.rows("SELECT 1 FROM accounts")), "at work")
        accounts.program.kill()
        accounts.program = accounts.start()
    place.send(*(told(verified(f"261122-{n:06d}-0", subject_bhxh_code=f"{n:010d}")) for n in people))
    activated: dict[str, Any] = {}
    while len(activated) < len(people):
        for fact in accounts.hear("account_activated"):
            # told twice at most as the same message, never with another password
            assert activated.setdefault(fact["bhxh_code"], fact) == fact
    eventually(lambda: place.rows("SELECT count(*) FROM dossiers") == [(80,)], "all dossiers settled", 60)
    assert place.rows("SELECT count(*) FROM accounts") == [(40,)]
    assert place.held() == []
    fact = activated[f"{7:010d}"]
    password = accounts.opener.open(fact["sealed_credential"], f"first-password:{fact['account_id']}")["password"]
    assert accounts.sign_in(password, f"{7:010d}").status == 201


@pytest.mark.rule("A12")
def test_vss_staff_adds_lists_and_disables(sqlite_url, monkeypatch):
    monkeypatch.setenv("ACCOUNTS_DATABASE_URL", sqlite_url)
    monkeypatch.delenv("SEAL_PUBLIC_KEY", raising=False)

    def vss(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(cli.app, arguments, input=typed)

    add = ("add", "giamdoc", "--name", "Trần Văn Giám", "--phone", "0983847986", "--role", "director", "--office", "01")
    assert "needs an office and a province" in " ".join(vss(*add).stderr.split())
    house = Desk(sqlite_url)
    # whoever has no second factor yet signs in with the password alone until that day
    house.configure(staff_second_factor_from="2099-01-01")
    for said in ("added", "unchanged"):
        done = vss(*add, "--province", "01", "--password-stdin", typed=NEW_PASSWORD + "\n")
        assert (done.exit_code, done.stdout) == (0, f"giamdoc: {said}\n"), done.stderr
        if said == "added":
            token = house.sign_in(username="giamdoc").json["token"]
    assert house.ask("GET", "/me", token=token).json["role"] == "director"
    # repeated as it is, it signed nobody out; with something new it does
    assert "not in that province" in " ".join(vss(*add, "--province", "79").stderr.split())
    assert vss(*add, "--office", "79", "--province", "79", "--reason", "Chuyển công tác").stdout == "giamdoc: changed\n"
    assert house.ask("POST", "/sessions/current/refresh", token=token).status_code == 401
    command = [sys.executable, "-m", "services.chassis.cli.main", "staff", "list", "--json"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert [one["full_name"] for one in json.loads(listed.stdout)] == ["Trần Văn Giám"]
    assert vss("disable", "giamdoc", "--reason", "Nghỉ việc").stdout == "giamdoc: disabled\n"
    assert house.sign_in(username="giamdoc").status_code == 401
    weak = vss(*add, "--province", "01", "--password-stdin", typed="matkhau123\n")
    assert weak.exit_code == 2
    assert "matkhau123" not in weak.stdout + weak.stderr
    house.db.dispose()


def test_a_person_is_found_by_an_index_among_millions(postgres_url):
    house = Desk(postgres_url)
    asked: list[tuple[str, dict[str, Any]]] = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        if "FROM accounts" in statement:
            asked.append((statement.replace("FOR UPDATE", ""), parameters))

    with house.db.read() as session:
        sa.event.listen(house.db.engine, "before_cursor_execute", note)
        find(session, CODE)
        find(session, "111349876090")
        find(session, "lan.nt")
        lock_open(session, CODE)
        sa.event.remove(house.db.engine, "before_cursor_execute", note)
    used = ["accounts_open_bhxh_code", "accounts_personal_id", "accounts_username", "accounts_open_bhxh_code"]
    with house.db.engine.connect() as connection:
        connection.exec_driver_sql("SET enable_seqscan = off")
        # as a statement that is prepared for any value
        connection.exec_driver_sql("SET plan_cache_mode = force_generic_plan")
        for number, ((statement, parameters), index) in enumerate(zip(asked, used, strict=True)):
            numbered = functools.reduce(
                lambda text, named: text.replace(f"%({named[1]})s", f"${named[0]}"), enumerate(parameters, 1), statement
            )
            connection.exec_driver_sql(f"PREPARE asked_{number} AS {numbered}")
            values = ", ".join(f"'{value}'" for value in parameters.values())
            plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN EXECUTE asked_{number}({values})"))
            assert index in plan, plan
    house.db.dispose()


def test_every_endpoint_documents_what_it_answers(sqlite_url):
    house = Desk(sqlite_url)
    document = house.client.get("/accounts/openapi.json").get_json()
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    operations = {
        (method, path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method != "parameters"
    }
    assert len(operations) == 37
    for (method, path), operation in operations.items():
        assert operation["summary"], path
        assert "default" in operation["responses"], path
        judges_itself = path in ("/accounts/sessions", "/accounts/sessions/current/end")
        assert ("401" in operation["responses"]) == ("security" in operation or judges_itself), (method, path)
    assert {"401", "409", "422", "429"} <= set(operations["post", "/accounts/sessions"]["responses"])
    house.db.dispose()


def test_the_service_does_not_start_without_a_key_to_seal_with(place: Place):
    program = place.start("services.accounts.service:Accounts", HTTP_ADDRESS="127.0.0.1:0")
    assert program.wait(30) == 2
    assert "SEAL_PUBLIC_KEY: not set" in program.output


def test_the_database_keeps_one_open_account_a_person_even_against_the_code(house: Desk):
    house.told()
    other = Database(house.database_url)
    with pytest.raises(sa.exc.IntegrityError), other.write() as session:
        columns = "id, role, status, revision, bhxh_code, full_name, phone, must_change, created_at"
        now = "2026-11-21 00:00:00+00"
        values = f"'019aa5b5c0de7000a00000000000000f', 'citizen', 'pending', 0, '{CODE}', 'N', '+84', true, '{now}'"
        session.execute(sa.text(f"INSERT INTO accounts ({columns}) VALUES ({values})"))
    other.dispose()
