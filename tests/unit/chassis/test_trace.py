"""W3C trace context: what is accepted, what goes on."""

import contextvars
import re

import pytest

from services.chassis.observe import trace

GIVEN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
SHAPE = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]")


def test_a_child_stays_in_the_trace_under_a_span_of_its_own():
    child = trace.child(GIVEN)
    assert SHAPE.fullmatch(child)
    assert child[:36] == GIVEN[:36]
    assert child[36:52] != GIVEN[36:52]


def test_the_decision_to_sample_is_kept_and_unknown_flags_are_dropped():
    assert trace.child(GIVEN)[-2:] == "01"
    assert trace.child(GIVEN[:-2] + "00")[-2:] == "00"
    assert trace.child(GIVEN[:-2] + "ff")[-2:] == "01"
    assert trace.child(GIVEN[:-2] + "fe")[-2:] == "00"


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        "",
        "x",
        GIVEN.upper(),
        GIVEN + " ",
        " " + GIVEN,
        GIVEN + "\n",
        GIVEN + "-extra",
        GIVEN[:-1],
        "ff" + GIVEN[2:],
        "0g" + GIVEN[2:],
        "00-" + "0" * 32 + GIVEN[35:],
        GIVEN[:36] + "0" * 16 + "-01",
        GIVEN[:-2] + "zz",
        GIVEN.replace("-", "_"),
        GIVEN[:10] + "٣" + GIVEN[11:],
        "01" + GIVEN[2:] + "x",
        GIVEN * 1000,
    ],
)
def test_an_invalid_traceparent_starts_a_new_trace(wrong):
    child = trace.child(wrong)
    assert SHAPE.fullmatch(child)
    assert GIVEN[3:35] not in child


def test_a_later_version_with_more_fields_is_read_as_version_00():
    assert trace.child("01" + GIVEN[2:] + "-more")[:36] == GIVEN[:36]
    with trace.use("01" + GIVEN[2:] + "-more") as current:
        assert current.startswith("00-" + GIVEN[3:35])


def test_the_current_trace_is_that_of_the_block_and_of_the_one_around_it_afterwards():
    assert trace.current() is None
    with trace.use(GIVEN):
        assert trace.current() == GIVEN
        assert trace.trace_id() == GIVEN[3:35]
        with trace.use(None) as inner:
            assert trace.current() == inner != GIVEN
        assert trace.current() == GIVEN
    assert trace.current() is None


def test_an_error_leaves_the_block_and_its_trace():
    with pytest.raises(ValueError), trace.use(GIVEN):
        raise ValueError
    assert trace.current() is None


def test_another_context_does_not_see_it():
    with trace.use(GIVEN):
        assert contextvars.Context().run(trace.current) is None


def test_ids_do_not_repeat():
    assert len({trace.child() for _ in range(10_000)}) == 10_000
