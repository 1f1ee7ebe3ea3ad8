"""Our facts, read by those who do not run on our chassis: stock nameko, a few lines of pika, the cloudevents package."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.bindings.amqp import AMQPMessage, from_binary
from cloudevents.core.formats.json import JSONFormat

from playground.program import Program
from tests.stand import broker
from tests.stand.messages import filed
from tests.stand.place import Place, fresh_place
from tests.stand.traces import span_of

_NAMEKO = "from nameko.cli.main import main; main()"
_AGENCY = "tests/contract/agency.py"

Run = Callable[..., Program]


@pytest.fixture(scope="module")
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The desk at work."""
    with fresh_place(request, "sqlite", tmp_path_factory.mktemp("contract")) as place:
        place.start().ready()
        yield place


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Starts Python programs that end with the test."""
    programs: list[Program] = []

    def start(*command: str) -> Program:
        programs.append(Program(f"outside-{len(programs)}", list(command), folder=tmp_path, extra={}).start())
        return programs[-1]

    yield start
    for program in programs:
        program.kill()


def lines(program: Program) -> list[str]:
    return [line for line in program.output.splitlines() if line.endswith("}")]


def test_a_stock_nameko_service_receives_our_facts(place: Place, run: Run) -> None:
    plain = run("-W", "ignore", "-c", _NAMEKO, "run", "tests.contract.plain_nameko", "--broker", place.amqp_uri)
    plain.until(lambda: "Connected to amqp" in plain.output, "connected")
    # its queue is bound a moment later; what nobody reads waits with us until then
    place.send(filed(1), filed(2))
    plain.until(lambda: len(lines(plain)) >= 2, "told of both")
    received = [json.loads(line.removeprefix("received ")) for line in lines(plain)]
    names = {"full_name": "Nguyễn Thị Bích Ngọc"}
    assert [one for number, one in enumerate(received) if one not in received[:number]] == [
        {"dossier_no": "261121-000001", **names},
        {"dossier_no": "261121-000002", **names},
    ]
    assert "Traceback" not in plain.output
    assert plain.stop() == 0


def test_a_few_lines_of_pika_read_the_public_feed_and_go_on_where_they_stopped(place: Place, run: Run) -> None:
    ids = place.send(*(filed(number) for number in range(11, 16)))
    place.until_handled(place.programs[0], ids)

    def told(program: Program) -> list[tuple[int, str, str, dict[str, Any]]]:
        parts = [line.split(" ", 4) for line in lines(program)]
        return [(int(offset), type_, subject, json.loads(data)) for offset, _, type_, subject, data in parts]

    def until_told(program: Program, number: int) -> None:
        program.until(lambda: any(one[2] == f"261121-{number:06d}" for one in told(program)), f"told of {number}")

    first = run(_AGENCY, place.amqp_uri)
    until_told(first, 15)
    first.kill()
    own = [one for one in told(first) if one[2] >= "261121-000011"]
    assert [(type_, subject) for _, type_, subject, _ in own] == [
        ("vn.vss.desk.taken_up.v1", f"261121-{number:06d}") for number in range(11, 16)
    ]
    assert [data for *_, data in own] == [{"dossier_no": subject} for _, _, subject, _ in own], "public fields only"

    place.send(filed(16))
    second = run(_AGENCY, place.amqp_uri, str(own[-1][0] + 1))
    until_told(second, 16)
    assert [subject for _, _, subject, _ in told(second)] == ["261121-000016"]


def test_the_cloudevents_package_decodes_our_facts_with_all_attributes(place: Place) -> None:
    broker.listen(place.amqp_uri, "desk.events", "taken_up", "inside")
    broker.listen(place.amqp_uri, "public.events", "desk.taken_up", "outside")
    before = datetime.now(UTC)
    message = filed(21)
    place.send(message)
    inside, outside = decoded(*place.take("inside", 1)), decoded(*place.take("outside", 1))

    assert inside.get_id() == outside.get_id()
    for event in (inside, outside):
        assert event.get_specversion() == "1.0"
        assert event.get_source() == "/vss/desk"
        assert event.get_type() == "vn.vss.desk.taken_up.v1"
        assert event.get_subject() == "261121-000021"
        assert event.get_datacontenttype() == "application/json"
        assert event.get_extension("revision") == 2
        assert before - timedelta(seconds=1) <= event.get_time() <= datetime.now(UTC) + timedelta(seconds=1)
    assert inside.get_dataschema() == "urn:vss:desk:facts:taken_up.v1"
    assert outside.get_dataschema() == "urn:vss:public:desk:facts:taken_up.v1"
    assert inside.get_data() == {"dossier_no": "261121-000021", "full_name": "Nguyễn Thị Bích Ngọc"}
    assert outside.get_data() == {"dossier_no": "261121-000021"}
    assert inside.get_extension("correlationid") == "thread-21"
    assert inside.get_extension("causationid") == message.id
    assert span_of(inside.get_extension("traceparent"))
    assert outside.get_extension("correlationid") is None
    assert outside.get_extension("causationid") is None
    assert outside.get_extension("traceparent") is None


def decoded(taken: broker.Taken) -> Any:
    properties = {"content-type": taken.properties.content_type}
    own = {name: value for name, value in taken.headers.items() if not name.startswith("x-")}
    return from_binary(AMQPMessage(properties, own, taken.body), JSONFormat())
