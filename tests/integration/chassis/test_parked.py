"""`vss parked` against a real broker: what a person sees, and what it does to the queues."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pika
import pytest
from click.testing import Result
from lots import BODY, SERVICE, TYPE, Lot
from typer.testing import CliRunner

from services.chassis.cli import parked, parking_lot
from services.chassis.cli.parking_lot import Busy
from services.chassis.cli.tables import Verbatim
from services.chassis.settings import Url
from services.chassis.testing import RabbitNode, free_port

pytestmark = pytest.mark.slow

Run = Callable[..., Result]
ROOT = Path(__file__).parents[3]


@pytest.fixture
def lot(amqp_uri: str) -> Iterator[Lot]:
    lot = Lot(amqp_uri)
    yield lot
    lot.close()


@pytest.fixture
def vss(amqp_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AMQP_URI", amqp_uri)
    monkeypatch.setenv("COLUMNS", "240")

    def run(command: str, *arguments: str, answer: str | None = None) -> Result:
        return CliRunner().invoke(parked.app, [command, "--service", SERVICE, *arguments], input=answer)

    return run


def listed(vss: Run, *arguments: str) -> dict[str, object]:
    done = vss("list", "--json", "--ids", *arguments)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


# Looking


def test_messages_are_grouped_by_reason_fact_and_error(lot: Lot, vss: Run) -> None:
    for minutes in (30, 10, 20):
        lot.park(minutes_ago=minutes)
    poison = lot.park(reason="undecodable", error="body: not UTF-8 at byte 3", body=b"abc\xff")

    done = vss("list")

    assert done.exit_code == 0
    assert "KeyError: 'office'" in done.stdout
    assert poison in done.stdout
    assert "4 messages in 2 groups" in done.stdout
    found = listed(vss)
    assert [(g["reason"], g["messages"]) for g in found["groups"]] == [("handler_error", 3), ("undecodable", 1)]
    first = found["groups"][0]
    assert first["first_seen"] < first["last_parked"]
    assert first["type"] == TYPE


def test_looking_keeps_every_message_in_its_place(lot: Lot, vss: Run) -> None:
    ids = lot.park_many(lot.message(f"id-{n:05}", b'{"n":%d}' % n) for n in range(2_500))

    for _ in range(2):
        assert [item["id"] for item in listed(vss)["items"]] == ids
    vss("list", "--limit", "700")

    assert lot.settled(2_500) == 2_500
    assert [p.message_id for p, _ in lot.read()] == ids


def test_a_limit_bounds_what_is_looked_at(lot: Lot, vss: Run) -> None:
    lot.park_many(lot.message(f"id-{n}") for n in range(50))
    assert [item["id"] for item in listed(vss, "--limit", "3")["items"]] == ["id-0", "id-1", "id-2"]


def test_copies_of_a_message_are_one_with_a_count(lot: Lot, vss: Run) -> None:
    lot.park(id_="a", copies=3)
    lot.park(id_="b")

    found = listed(vss)

    assert (found["messages"], found["copies"]) == (2, 4)
    assert [(item["id"], item["copies"]) for item in found["items"]] == [("a", 3), ("b", 1)]
    assert "2 messages in 1 group (4 with copies)" in vss("list").stdout


def test_what_the_broker_itself_parked_says_so(amqp_uri: str, vss: Run) -> None:
    lot = Lot(amqp_uri, delivery_limit=1)
    lot.channel.basic_publish(
        "", f"{SERVICE}.in.v1", b"{}", pika.BasicProperties(message_id="crasher", headers={"cloudEvents:type": TYPE})
    )
    for _ in range(2):
        assert lot.settled(1, f"{SERVICE}.in.v1") == 1
        method, _, _ = lot.channel.basic_get(f"{SERVICE}.in.v1")
        lot.channel.basic_nack(method.delivery_tag)
    assert lot.settled(1) == 1

    item = listed(vss)["items"][0]

    assert (item["id"], item["reason"]) == ("crasher", "delivery_limit")
    assert "delivered too often" in item["error"]
    assert item["last_parked"] is not None
    lot.close()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--reason", "invalid"], ["invalid"]),
        (["--reason", "invalid", "--reason", "undecodable"], ["invalid", "poison"]),
        (["--type", "account_activated"], ["invalid"]),
        (["--type", "registration.declaration_submitted.v1"], ["old", "poison"]),
        (["--type", "declaration"], []),
        (["--error", "KEYERROR"], ["old"]),
        (["--id", "po", "--id", "inv"], ["invalid", "poison"]),
        (["--older-than", "1h"], ["old"]),
        (["--newer-than", "1h30m"], ["invalid", "poison"]),
        (["--newer-than", "3h", "--older-than", "30m", "--reason", "handler_error"], ["old"]),
    ],
)
def test_filters_choose(lot: Lot, vss: Run, arguments: list[str], expected: list[str]) -> None:
    lot.park(id_="old", minutes_ago=120)
    lot.park(id_="invalid", reason="invalid", error="email: wrong", type_="vn.vss.accounts.account_activated.v1")
    lot.park(id_="poison", reason="undecodable", error="body: not JSON")
    assert [item["id"] for item in listed(vss, *arguments)["items"]] == expected


def test_an_empty_parking_lot_is_said_to_be_empty(lot: Lot, vss: Run) -> None:
    assert "nothing" in vss("list").stdout
    assert listed(vss)["messages"] == 0


def test_a_service_that_does_not_exist_is_asked_for_wrongly(amqp_uri: str, vss: Run) -> None:
    done = vss("list")
    assert done.exit_code == 2
    assert "There is no queue verification.parked" in done.stderr


def test_an_age_that_is_none_is_asked_for_wrongly(lot: Lot, vss: Run) -> None:
    done = vss("list", "--older-than", "soon")
    assert done.exit_code == 2
    assert "write 90s, 5m, 2h" in done.stderr


# Showing


def test_values_are_masked_unless_revealed(lot: Lot, vss: Run) -> None:
    id_ = lot.park(headers={"x-citizen": "Nguyễn Thành Biên"})

    masked, revealed = vss("show", id_), vss("show", id_, "--reveal")

    assert masked.exit_code == revealed.exit_code == 0
    assert "KeyError: 'office'" in masked.stdout
    assert '"full_name": "<text, 17 characters>"' in masked.stdout
    assert "Biên" not in masked.output
    assert "0912345678" not in masked.output
    assert revealed.stdout.count("Nguyễn Thành Biên") == 2
    assert "Personal data is shown" in revealed.stderr


def test_an_undecodable_body_is_shown_in_bytes_with_the_place_where_it_fails(lot: Lot, vss: Run) -> None:
    lot.park(id_="poison", reason="undecodable", body=b'{"name":       "Nguy\xfen"}')

    masked, revealed = vss("show", "poison").stdout, vss("show", "poison", "--reveal").stdout

    assert "not UTF-8" in masked
    assert "(byte 20 of 24)" in masked
    assert "▶ 00000010" in masked
    assert "fe" in masked
    assert "Nguy" not in masked
    assert "Nguy" in revealed


def test_the_beginning_of_an_id_is_enough_and_too_short_a_one_is_told(lot: Lot, vss: Run) -> None:
    lot.park(id_="0190-aaaa")
    lot.park(id_="0190-bbbb")

    assert vss("show", "0190-a").exit_code == 0
    ambiguous, absent = vss("show", "0190"), vss("show", "0191")
    assert ambiguous.exit_code == 2
    assert "0190-bbbb" in ambiguous.stderr
    assert absent.exit_code == 1


def test_nothing_in_a_message_is_obeyed_by_the_terminal(lot: Lot, vss: Run) -> None:
    lot.park(id_="[red]\x1b[2J", error="\x1b]0;owned\x07[bold]", type_="a\x9b31m", body=b'{"\\u001b[31m": "\\u009b"}')
    for done in (vss("list"), vss("list", "--ids"), vss("show", "[red]", "--reveal")):
        assert done.exit_code == 0
        assert not {"\x1b", "\x9b", "\x07"} & set(done.output)
        assert "[red]" in done.output


def test_headers_that_pika_cannot_read_or_write_do_no_harm(lot: Lot, vss: Run) -> None:
    deep: object = "bottom"
    for _ in range(200):
        deep = {"a": deep}
    # milliseconds where seconds belong, as foreign publishers send them
    late = Verbatim(b"T", (1_763_768_700_000).to_bytes(8, "big"))
    nasty = {"late": late, "half": 0.5, "bytes": b"\xff", "list": [1, None]}
    lot.park(id_="nasty", headers=nasty | {"deep": deep}, expiration="3600000", user_id="guest")

    assert vss("show", "nasty", "--reveal").exit_code == 0
    assert vss("replay", "--id", "nasty").exit_code == 0

    [(properties, _)] = lot.inbound()
    headers = properties.headers
    assert (headers["half"], headers["bytes"], headers["list"]) == (0.5, b"\xff", [1, None])
    # no service could read these
    assert not {"late", "deep"} & headers.keys()


# Replaying


def test_a_replay_sends_the_message_as_it_first_came(lot: Lot, vss: Run) -> None:
    id_ = lot.park(
        headers={"cloudEvents:traceparent": "00-1-2-01", "vss-replays": 1, "x-death": [{"queue": "q"}], "CC": ["elsewhere"]},
        correlation_id="c",
    )

    done = vss("replay", "--id", id_)

    assert done.exit_code == 0, done.output
    assert "Replayed 1 of 1" in done.stdout
    assert lot.settled(0) == 0
    [(properties, body)] = lot.inbound()
    assert json.loads(body) == BODY
    assert (properties.message_id, properties.correlation_id, properties.delivery_mode) == (id_, "c", 2)
    assert properties.headers == {
        "cloudEvents:id": id_,
        "cloudEvents:type": TYPE,
        "cloudEvents:subject": "261121-000001-8",
        "cloudEvents:traceparent": "00-1-2-01",
        "vss-replays": 2,
    }


def test_of_copies_one_is_replayed_and_all_leave_the_parking_lot(lot: Lot, vss: Run) -> None:
    lot.park(id_="twice", copies=2)
    lot.park_many(lot.message(f"other-{n}") for n in range(1_200))
    lot.park(id_="twice", reason="retries_exhausted")

    done = vss("replay", "--id", "twice")

    assert done.exit_code == 0, done.output
    assert [p.message_id for p, _ in lot.inbound()] == ["twice"]
    assert lot.settled(1_200) == 1_200


def test_messages_without_an_id_are_each_replayed(lot: Lot, vss: Run) -> None:
    lot.park(id_=None, body=b"same", copies=3)
    done = vss("replay", "--yes")
    assert done.exit_code == 0, done.output
    assert [body for _, body in lot.inbound()] == [b"same"] * 3
    assert lot.settled(0) == 0


def test_one_id_with_two_contents_is_two_messages(lot: Lot, vss: Run) -> None:
    lot.park(id_="same", body=b'{"a":1}')
    lot.park(id_="same", body=b'{"a":2}')

    names = [item["name"] for item in listed(vss)["items"]]
    assert all(name.startswith("same#") for name in names)
    assert vss("replay", "--id", names[1]).exit_code == 0
    assert [body for _, body in lot.inbound()] == [b'{"a":2}']


def test_a_replay_keeps_the_order_and_leaves_the_others_in_theirs(lot: Lot, vss: Run) -> None:
    lot.park_many(lot.message(f"{'even' if n % 2 == 0 else 'odd'}-{n:04}") for n in range(3_000))

    done = vss("replay", "--id", "even", "--yes")

    assert done.exit_code == 0, done.output
    assert [p.message_id for p, _ in lot.inbound()] == [f"even-{n:04}" for n in range(0, 3_000, 2)]
    assert [p.message_id for p, _ in lot.read()] == [f"odd-{n:04}" for n in range(1, 3_000, 2)]


def test_a_dry_run_and_a_no_change_nothing(lot: Lot, vss: Run) -> None:
    lot.park(id_="a")
    lot.park(id_="b")

    dry, refused, silent = vss("replay", "--dry-run"), vss("replay", answer="n\n"), vss("replay")

    assert dry.exit_code == 0
    assert "2 messages would be replayed" in dry.stdout
    assert refused.exit_code == silent.exit_code == 1
    assert lot.settled(2) == 2
    assert lot.inbound() == []


def test_a_limited_replay_tries_the_first_few(lot: Lot, vss: Run) -> None:
    lot.park_many(lot.message(f"id-{n}") for n in range(9))
    assert vss("replay", "--limit", "2", "--yes").exit_code == 0
    assert [p.message_id for p, _ in lot.inbound()] == ["id-0", "id-1"]
    assert lot.settled(7) == 7


def test_a_rate_is_kept(lot: Lot, vss: Run) -> None:
    lot.park_many(lot.message(f"id-{n}") for n in range(30))
    began = time.monotonic()
    assert vss("replay", "--rate", "20", "--yes").exit_code == 0
    assert time.monotonic() - began > 1.2
    assert len(lot.inbound()) == 30


def test_what_the_inbound_queue_refuses_stays_parked(amqp_uri: str, vss: Run) -> None:
    lot = Lot(amqp_uri, max_bytes=100_000)
    lot.park_many(lot.message(f"id-{n:04}", b"{}" + b" " * 1_000) for n in range(2_000))

    done = vss("replay", "--yes")

    assert done.exit_code == 1
    assert "it is full" in done.stderr
    gone = len(lot.inbound())
    assert 50 < gone < 2_000
    assert lot.settled(2_000 - gone) == 2_000 - gone
    lot.close()


def test_without_an_inbound_queue_everything_stays_parked(lot: Lot, vss: Run) -> None:
    lot.park_many(lot.message(f"id-{n}") for n in range(5))
    lot.channel.queue_delete(f"{SERVICE}.in.v1")

    done = vss("replay", "--yes")

    assert done.exit_code == 1
    assert "There is no queue verification.in.v1" in done.stderr
    assert lot.settled(5) == 5


def test_asking_for_an_id_that_is_not_there_fails_and_a_filter_that_fits_nothing_does_not(lot: Lot, vss: Run) -> None:
    assert vss("replay", "--id", "nobody").exit_code == 1
    assert vss("replay", "--reason", "invalid").exit_code == 0


# Mending


def test_a_value_is_set_and_the_message_stays_parked_under_its_id(lot: Lot, vss: Run) -> None:
    id_ = lot.park(copies=2, minutes_ago=5)

    done = vss("edit", id_, "--set", 'contact.phone="0987654321"', "--set", "office=null", "--unset", "full_name")

    assert done.exit_code == 0, done.output
    assert 'contact.phone: "<text, 10 characters>" → "<text, 10 characters>"' in done.stdout
    assert "0987654321" not in done.output
    assert lot.settled(1) == 1
    [item] = listed(vss)["items"]
    assert (item["id"], item["reason"], item["edited"], item["copies"]) == (id_, "handler_error", True, 1)
    assert lot.inbound() == []
    assert vss("replay").exit_code == 0
    [(properties, body)] = lot.inbound()
    assert json.loads(body) == {"dossier_no": BODY["dossier_no"], "contact": {"phone": "0987654321"}, "office": None}
    assert "vss-edited-at" not in properties.headers


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (["--set", "full_name=Biên"], "the value is no JSON"),
        (["--set", "contact.fax.home=1"], "there is no contact.fax"),
        (["--set", "full_name"], "write path=value"),
        (["--unset", "office"], "nothing to take out"),
        (["--set", "contact[0]=1"], "is no list"),
        (["--set", "n=NaN"], "the value is no JSON"),
        (["--set", "n=1e999"], "would not be valid JSON"),
        (["--set", 'n="\\ud800"'], "would not be valid JSON"),
    ],
)
def test_an_edit_that_cannot_be_made_says_why_and_changes_nothing(lot: Lot, vss: Run, change: list[str], words: str) -> None:
    id_ = lot.park()
    done = vss("edit", id_, *change)
    assert done.exit_code == 2
    assert words in done.stderr
    [(properties, _)] = lot.read()
    assert "vss-edited-at" not in properties.headers


def editor(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder / "editor.py"
    file.write_text(f"import pathlib, sys, os\nfile = pathlib.Path(sys.argv[1])\n{script}\n")
    monkeypatch.setenv("VISUAL", f"{sys.executable} {file}")


def test_an_undecodable_body_is_mended_in_the_editor(
    lot: Lot, vss: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = lot.park(body=b'{"full_name": "Bi\xean"}', reason="undecodable")
    editor(
        tmp_path,
        "assert os.stat(file).st_mode & 0o777 == 0o600\n"
        "pathlib.Path('where').write_text(str(file))\n"
        "file.write_bytes(file.read_bytes().replace(b'\\xea', 'ê'.encode()))",
        monkeypatch,
    )

    done = vss("edit", id_)

    assert done.exit_code == 0, done.output
    assert not Path((tmp_path / "where").read_text()).exists()
    [(_, body)] = lot.read()
    assert json.loads(body) == {"full_name": "Biên"}


def test_what_the_editor_leaves_must_be_a_json_object(
    lot: Lot, vss: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = lot.park()
    for script, code in (("file.write_text('[1]')", 2), ("sys.exit(3)", 2), ("", 0)):
        editor(tmp_path, script, monkeypatch)
        assert vss("edit", id_).exit_code == code
    [(properties, body)] = lot.read()
    assert json.loads(body) == BODY
    assert "vss-edited-at" not in properties.headers


# Dropping


def test_what_is_dropped_is_kept_in_a_file_that_only_its_owner_can_read(lot: Lot, vss: Run, tmp_path: Path) -> None:
    lot.park(id_="poison", reason="undecodable", body=b"\xff", copies=2)
    lot.park(id_="good")

    done = vss("drop", "--reason", "undecodable", "--yes")

    assert done.exit_code == 0, done.output
    assert [p.message_id for p, _ in lot.read()] == ["good"]
    [file] = (tmp_path / ".run" / "dropped").iterdir()
    assert file.name.startswith("verification-")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    records = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(r["properties"]["message_id"], r["body_base64"]) for r in records] == [("poison", "/w==")] * 2
    assert records[0]["headers"]["vss-parked-reason"] == "undecodable"


def test_dropping_wants_the_number_typed(lot: Lot, vss: Run, tmp_path: Path) -> None:
    lot.park_many(lot.message(f"id-{n}") for n in range(3))

    for answer in ("y\n", "2\n", None):
        assert vss("drop", answer=answer).exit_code == 1
    assert vss("drop", "--dry-run").exit_code == 0
    assert lot.settled(3) == 3
    assert not (tmp_path / ".run").exists()

    assert vss("drop", answer="3\n").exit_code == 0
    assert lot.settled(0) == 0


def test_nothing_is_dropped_when_it_cannot_be_kept(lot: Lot, vss: Run, tmp_path: Path) -> None:
    lot.park()
    (tmp_path / "there").write_text("mine")
    (tmp_path / "file").touch()

    for path in ("there", "file/below"):
        done = vss("drop", "--yes", "--save", path)
        assert done.exit_code == 1, done.output
    assert (tmp_path / "there").read_text() == "mine"
    assert lot.settled(1) == 1


# Broker and people


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("amqp://guest:hunter2@127.0.0.1:{free}/", "nothing listens there"),
        ("amqp://guest:hunter2@127.0.0.1:{silent}/", "no answer within"),
        ("amqp://guest:hunter2@localhost:{silent}/", "no answer within"),
        ("amqp://guest:hunter2@127.0.0.1:{broker}/", "user name and password"),
        ("amqp://guest:guest@127.0.0.1:{broker}/nowhere", "virtual host"),
        ("amqp://guest:hunter2@no-such-host.invalid/", "no such host"),
    ],
)
def test_a_broker_that_cannot_be_reached_is_told_within_10_s_without_the_password(
    rabbit: RabbitNode, vss: Run, uri: str, words: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        uri = uri.format(free=free_port(), silent=silent.getsockname()[1], broker=rabbit.start().port)
        began = time.monotonic()
        done = vss("list", "--amqp-uri", uri)
    assert time.monotonic() - began < 10
    assert done.exit_code == 3, done.output
    assert words in done.stderr
    assert "hunter2" not in done.output


def test_an_address_that_is_none_is_asked_for_wrongly(vss: Run) -> None:
    done = vss("list", "--amqp-uri", "http://guest:hunter2@127.0.0.1/")
    assert done.exit_code == 2
    assert "hunter2" not in done.output


def test_only_one_person_at_a_time_is_at_a_parking_lot(lot: Lot, amqp_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parking_lot, "_LOCK_SECONDS", 0.5)
    lot.park()
    with parking_lot.opened(Url(amqp_uri), SERVICE):
        with pytest.raises(Busy), parking_lot.opened(Url(amqp_uri), SERVICE):
            pass
    with parking_lot.opened(Url(amqp_uri), SERVICE) as free:
        assert len(free.look()) == 1


def test_what_somebody_else_took_meanwhile_is_told_and_is_no_loss(lot: Lot, amqp_uri: str) -> None:
    lot.park_many(lot.message(f"id-{n}") for n in range(3))
    with parking_lot.opened(Url(amqp_uri), SERVICE) as ours:
        chosen = ours.look()
    lot.read()
    lot.park(id_="id-2")
    with parking_lot.opened(Url(amqp_uri), SERVICE) as ours:
        tally = ours.replay(chosen)
    assert (tally.done, tally.missing, tally.failure) == (1, 2, None)


def process(amqp_uri: str, *arguments: str) -> subprocess.Popen[str]:
    program = "import sys; from services.chassis.cli.parked import app; app(sys.argv[1:], prog_name='vss parked')"
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, "AMQP_URI": amqp_uri, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_ten_thousand_messages_are_listed_and_replayed_in_seconds_by_a_real_process(
    lot: Lot, amqp_uri: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = lot.park_many(lot.message(f"id-{n:05}") for n in range(10_000))

    began = time.monotonic()
    listing = process(amqp_uri, "list", "-s", SERVICE)
    output, _ = listing.communicate(timeout=60)
    list_seconds = time.monotonic() - began
    assert listing.returncode == 0
    assert "10,000 messages in 1 group" in output

    began = time.monotonic()
    replaying = process(amqp_uri, "replay", "-s", SERVICE, "--yes")
    output, errors = replaying.communicate(timeout=60)
    replay_seconds = time.monotonic() - began
    assert replaying.returncode == 0, errors
    assert "Replayed 10,000 of 10,000" in output

    assert lot.settled(0) == 0
    assert [p.message_id for p, _ in lot.inbound()] == ids
    with capsys.disabled():
        print(f"\n10,000 parked: listed in {list_seconds:.1f} s, replayed in {replay_seconds:.1f} s")
    assert list_seconds < 20
    assert replay_seconds < 40


def test_ctrl_c_stops_a_replay_between_two_messages(lot: Lot, amqp_uri: str) -> None:
    lot.park_many(lot.message(f"id-{n:04}") for n in range(2_000))
    replaying = process(amqp_uri, "replay", "-s", SERVICE, "--yes", "--rate", "200")
    wait_for(lambda: lot.count(f"{SERVICE}.in.v1") >= 200)

    replaying.send_signal(signal.SIGINT)
    output, errors = replaying.communicate(timeout=15)

    assert replaying.returncode == 1
    gone = len(lot.inbound())
    assert f"Replayed {gone:,} of 2,000" in output
    assert f"Stopped. {2_000 - gone:,} still parked; nothing is lost." in errors
    assert lot.settled(2_000 - gone) == 2_000 - gone
    assert [p.message_id for p, _ in lot.read()] == [f"id-{n:04}" for n in range(gone, 2_000)]


def test_a_replay_killed_in_the_middle_loses_nothing(lot: Lot, amqp_uri: str) -> None:
    ids = set(lot.park_many(lot.message(f"id-{n:04}") for n in range(2_000)))
    replaying = process(amqp_uri, "replay", "-s", SERVICE, "--yes", "--rate", "500")
    wait_for(lambda: lot.count(f"{SERVICE}.in.v1") >= 200)

    replaying.kill()
    replaying.communicate(timeout=15)
    again = process(amqp_uri, "replay", "-s", SERVICE, "--yes")
    _, errors = again.communicate(timeout=60)

    assert again.returncode == 0, errors
    assert {p.message_id for p, _ in lot.inbound()} == ids
    assert lot.settled(0) == 0


def test_a_broker_killed_in_the_middle_of_a_replay_is_told_and_loses_nothing(
    rabbit: RabbitNode, lot: Lot, amqp_uri: str
) -> None:
    ids = set(lot.park_many(lot.message(f"id-{n:04}") for n in range(2_000)))
    replaying = process(amqp_uri, "replay", "-s", SERVICE, "--yes", "--rate", "500")
    wait_for(lambda: lot.count(f"{SERVICE}.in.v1") >= 200)

    rabbit.kill()
    _, errors = replaying.communicate(timeout=60)
    rabbit.start()

    assert replaying.returncode == 3
    assert "Broke off: replayed" in errors
    assert "Check that it runs" in errors
    again = process(amqp_uri, "replay", "-s", SERVICE, "--yes")
    _, errors = again.communicate(timeout=60)
    assert again.returncode == 0, errors
    lot.connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    assert {p.message_id for p, _ in lot.inbound()} == ids


def test_messages_parked_during_a_replay_do_not_make_it_endless(lot: Lot, amqp_uri: str, vss: Run) -> None:
    """A service that still has the bug parks what is replayed at once."""
    lot.park_many(lot.message(f"id-{n:04}") for n in range(1_500))
    stop = threading.Event()

    def fail_again() -> None:
        connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
        channel = connection.channel()
        while not stop.is_set():
            method, properties, body = channel.basic_get(f"{SERVICE}.in.v1")
            if method is None:
                connection.sleep(0.01)
                continue
            properties.headers |= {"vss-parked-reason": "handler_error", "vss-parked-error": "again", "vss-attempts": 1}
            channel.basic_publish("", f"{SERVICE}.parked", body, properties)
            channel.basic_ack(method.delivery_tag)
        connection.close()

    service = threading.Thread(target=fail_again)
    service.start()
    try:
        done = vss("replay", "--yes")
        wait_for(lambda: lot.count(f"{SERVICE}.in.v1") == 0)
    finally:
        stop.set()
        service.join()

    assert done.exit_code == 0, done.output
    assert lot.settled(1_500) == 1_500
    assert {item["replays"] for item in listed(vss)["items"]} == {1}


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
