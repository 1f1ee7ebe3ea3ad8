"""What may be seen in a log, and what never is."""

import io
import json
import logging
import os
import re
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.observe import logs, trace
from services.chassis.observe.redaction import redact

ROOT = Path(__file__).resolve().parents[3]
NAMES = ["Nguyễn Thị Lan", "Trần Văn Ánh", "Phạm Đức Thịnh", "Nguyen Van A", "Đỗ"]
NUMBERS = ["0912345678", "+84912345678", "0912 345 678", "0912.345.678", "079012345678", "0123456789", "079.012.345.678"]
EMAILS = ["lan.nguyen@example.vn", "a+b@bhxh.gov.vn"]
PERSONAL = [*NAMES, *NUMBERS, *EMAILS]


class OutOfStockError(Exception):
    """An error whose author has declared that its text holds nothing personal."""

    safe_to_log = True


@pytest.fixture
def restored():
    root = logging.getLogger()
    before = root.handlers[:], root.level, sys.excepthook, threading.excepthook, set(logs.ALLOWED)
    yield
    logs.configure("", "INFO")
    root.handlers[:], level, sys.excepthook, threading.excepthook, allowed = before
    root.setLevel(level)
    logging.captureWarnings(False)
    logs.ALLOWED.clear()
    logs.ALLOWED.update(allowed)


@pytest.fixture
def out(restored):
    stream = io.StringIO()
    logs.configure("registration", "DEBUG", stream=stream)
    return stream


def lines(out):
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_an_event_is_one_json_line_with_its_name_time_level_and_service(out):
    logs.get_logger().warning("message_parked", queue="registration.in.v1", reason="invalid", attempts=3)
    [line] = lines(out)
    assert line["event"] == "message_parked"
    assert (line["level"], line["service"]) == ("warning", "registration")
    assert (line["queue"], line["reason"], line["attempts"]) == ("registration.in.v1", "invalid", 3)
    assert line["time"].endswith("+00:00")


def test_a_field_nobody_allowed_shows_its_name_and_not_its_value(out):
    logs.get_logger().info("declaration_received", full_name="Nguyễn Thị Lan", phone="0912345678")
    [line] = lines(out)
    assert line["full_name"] == line["phone"] == "[redacted]"


def test_a_service_allows_further_fields_by_name(out):
    logs.allow("office_code")
    logs.get_logger().info("case_claimed", office_code="079", officer="Trần Văn Ánh")
    [line] = lines(out)
    assert (line["office_code"], line["officer"]) == ("079", "[redacted]")


def test_a_measure_shows_when_it_is_a_number(out):
    logs.get_logger().info(
        "relay_waited", wait_seconds=1.5, body_bytes=300, retry_count=2, name_count="Lan", hint_seconds="Lan"
    )
    [line] = lines(out)
    assert (line["wait_seconds"], line["body_bytes"], line["retry_count"]) == (1.5, 300, 2)
    assert line["name_count"] == line["hint_seconds"] == "[redacted]"


def test_an_event_name_put_together_from_data_is_not_shown(out):
    logs.get_logger().info("Nguyễn Thị Lan registered", count=1)
    assert lines(out)[0]["event"] == "[redacted]"


@pytest.mark.parametrize("value", PERSONAL[len(NAMES) :])
def test_a_phone_an_id_or_an_address_inside_an_allowed_value_is_masked(out, value):
    logs.get_logger().info("x_happened", reason=f"cannot reach {value} today")
    assert lines(out)[0]["reason"] == "cannot reach [redacted] today"


def test_a_long_value_is_cut_and_no_number_is_cut_in_two(out):
    logs.get_logger().info("x_happened", reason="x" * 292 + " 0912345678 " + "y" * 1000)
    reason = lines(out)[0]["reason"]
    assert len(reason) == 300
    assert "091" not in reason


@pytest.mark.parametrize(
    "value",
    [
        "0190a5a5-1234-7abc-8def-123456789012",
        "261121-000123-4",
        "PA-261121-000123-4",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "2026-11-21T09:30:00+00:00",
        "127.0.0.1:8101",
        "192.168.100.200:5672",
    ],
)
def test_ids_numbers_of_dossiers_and_times_stay_readable(out, value):
    logs.get_logger().info("x_happened", dossier_no=value)
    assert lines(out)[0]["dossier_no"] == value


def test_of_nested_values_only_those_of_allowed_names_are_shown(out):
    logs.get_logger().info("x_happened", state={"queue": "q", "full_name": "Nguyễn Thị Lan", "deep": [{"phone": "0912"}]})
    assert lines(out)[0]["state"] == {"queue": "q", "[redacted]": 2}


def test_objects_are_never_printed(out):
    class Person:
        def __repr__(self):
            return "Nguyễn Thị Lan"

    logs.get_logger().info("x_happened", state=Person(), kind=[Person()])
    assert "Nguyễn" not in out.getvalue()


def test_an_error_shows_its_class_and_place_but_not_its_message_or_locals(out):
    full_name = "Nguyễn Thị Lan"
    try:
        try:
            dict[str, str]()[full_name]
        except KeyError as error:
            raise ValueError(f"{full_name} 0912345678") from error
    except ValueError:
        logs.get_logger().exception("handler_failed")
    [line] = lines(out)
    assert line["error"] == "ValueError"
    assert line["causes"][0].startswith("KeyError at ")
    assert line["frames"][-1].endswith(":test_an_error_shows_its_class_and_place_but_not_its_message_or_locals")
    assert "Nguyễn" not in out.getvalue()
    assert "0912" not in out.getvalue()


def test_an_error_declared_safe_shows_its_message(out):
    try:
        raise OutOfStockError("shelf 7")
    except OutOfStockError:
        logs.get_logger().exception("shelf_empty")
    assert lines(out)[0]["error_message"] == "shelf 7"


def test_an_error_given_as_a_value_is_its_class(out):
    logs.get_logger().warning("broker_gone", error=ConnectionRefusedError("amqp://user:secret@host"))
    assert lines(out)[0]["error"] == "ConnectionRefusedError"
    assert "secret" not in out.getvalue()


def test_a_group_of_errors_names_its_members(out):
    logs.get_logger().error("several_failed", exc_info=ExceptionGroup("Lan", [ValueError("Lan"), KeyError("Lan")]))
    assert lines(out)[0]["causes"] == ["ValueError", "KeyError"]
    assert "Lan" not in out.getvalue()


def test_a_library_shows_its_template_and_not_its_arguments(out):
    logging.getLogger("nameko.containers").warning("killing %s for %s", "worker", "Nguyễn Thị Lan")
    [line] = lines(out)
    assert (line["event"], line["logger"], line["level"]) == ("killing %s for %s", "nameko.containers", "warning")


@pytest.mark.parametrize("person", PERSONAL)
def test_a_library_that_formats_its_message_itself_shows_nothing_of_it(out, person):
    logging.getLogger("kombu").error(f"cannot publish {person}")  # noqa: G004
    logging.getLogger("kombu").error("cannot publish " + person)  # noqa: G003
    logging.getLogger("kombu").error("cannot publish {}".format(person))  # noqa: UP032, G001
    logging.getLogger("kombu").error(person)
    logging.getLogger("kombu").error(ValueError(person))
    assert [line["event"] for line in lines(out)] == ["[redacted]"] * 4 + ["ValueError"]
    assert person not in out.getvalue()


def test_extra_fields_and_stacks_of_libraries_are_left_out(out):
    logging.getLogger("kombu").error("failed", extra={"full_name": "Nguyễn Thị Lan"}, stack_info=True)
    assert "Nguyễn" not in out.getvalue()


def test_libraries_are_quiet_below_warning_unless_debugging(restored):
    stream = io.StringIO()
    logs.configure("registration", "INFO", stream=stream)
    logging.getLogger("nameko").info("starting services")
    logs.get_logger().info("service_started")
    logs.get_logger().debug("too_small")
    assert [line["event"] for line in lines(stream)] == ["service_started"]


def test_an_uncaught_error_is_logged_the_same_way(out):
    sys.excepthook(ValueError, ValueError("Nguyễn Thị Lan"), None)
    [line] = lines(out)
    assert (line["event"], line["level"], line["error"]) == ("uncaught_error", "critical", "ValueError")
    assert "Nguyễn" not in out.getvalue()


def test_warnings_go_the_same_way(out):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn("Nguyễn Thị Lan", stacklevel=1)
    assert "Nguyễn" not in out.getvalue()


def test_the_trace_of_the_work_in_hand_is_on_every_line(out):
    with trace.use("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"):
        logs.get_logger().info("x_happened")
        logging.getLogger("kombu").warning("failed")
    assert {line["trace_id"] for line in lines(out)} == {"4bf92f3577b34da6a3ce929d0e0e4736"}


def test_context_is_on_every_line_inside_the_block_and_is_redacted_too(out):
    with logs.context(correlation_id="261121-000123-4", full_name="Nguyễn Thị Lan"):
        logs.get_logger().info("x_happened")
    logs.get_logger().info("x_happened")
    inside, outside = lines(out)
    assert (inside["correlation_id"], inside["full_name"]) == ("261121-000123-4", "[redacted]")
    assert "correlation_id" not in outside


def test_the_console_form_is_redacted_too(restored):
    stream = io.StringIO()
    logs.configure("registration", json=False, stream=stream)
    try:
        raise ValueError("Nguyễn Thị Lan")
    except ValueError:
        logs.get_logger().exception("handler_failed", phone="0912345678", queue="registration.in.v1")
    text = stream.getvalue()
    assert "handler_failed" in text
    assert "registration.in.v1" in text
    assert "test_logs.py" in text
    assert "Nguyễn" not in text
    assert "0912" not in text


def test_a_wrong_level_is_refused():
    with pytest.raises(ValueError, match="LOUD"):
        logs.configure("registration", "LOUD")


def test_it_is_safe_before_anybody_configures_it(capsys):
    logs.get_logger().warning("x_happened", full_name="Nguyễn Thị Lan")
    assert json.loads(capsys.readouterr().out)["full_name"] == "[redacted]"


@given(name=st.text(min_size=1, max_size=20), value=st.sampled_from(PERSONAL), inner=st.sampled_from(["count", "person"]))
def test_no_personal_value_leaks_under_any_field_name(name, value, inner):
    hidden = {name: {inner: value}} if name not in logs.ALLOWED else {}
    event = redact(None, "info", {"event": "x_happened", **hidden, "reason": {value: 1, name + "?": value}})
    assert value not in json.dumps(list(event.values()), ensure_ascii=False)


_PROGRAM = """
import logging, warnings
from services.chassis.observe import logs
logs.configure("registration")
logs.get_logger().info("message_parked", queue="x")
logging.getLogger("kombu").warning("gone")
warnings.warn("old")
logs.get_logger().info("http_request", route="/x", status=200)
"""


def test_logs_go_to_the_standard_output_and_nowhere_else(tmp_path):
    environment = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert len([json.loads(line) for line in done.stdout.splitlines()]) == 4
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []
    handlers = re.compile(r"(File|Socket|Datagram|SysLog|HTTP|SMTP|Queue)Handler")
    assert [str(file) for file in (ROOT / "services").rglob("*.py") if handlers.search(file.read_text("utf-8"))] == []
