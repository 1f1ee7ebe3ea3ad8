"""By which way a message came, and whom that lets it speak for."""

from __future__ import annotations

from typing import Any

import amqp
import pytest

from services.chassis.bus.arrivals import Arrivals
from services.chassis.bus.numbering import EPOCH, ERASED, NUMBER, REMINDER, Place
from services.chassis.bus.parking import Reason
from services.chassis.bus.provenance import Way, doubt, way_of
from services.chassis.bus.reading import Reading
from services.chassis.ids import uuid7

SERVICE, RETRY = "verification", "verification.retry.5s"
FRONT = {"cloudEvents:source": "/vss/front"}


def came(exchange: str, key: str = "", **headers: Any) -> amqp.Message:
    message = amqp.Message(b"{}", application_headers=headers)
    message.delivery_info = {"exchange": exchange, "routing_key": key, "consumer_tag": "verification.in.v1"}
    return message


def death(queue: str, exchange: str) -> list[dict[str, Any]]:
    return [{"queue": queue, "exchange": exchange, "reason": "x", "routing-keys": ["filed"]}]


@pytest.mark.parametrize("exchange", ["front.to.verification", "front.events"])
def test_a_source_is_believed_from_its_own_exchanges(exchange: str) -> None:
    assert doubt(FRONT, exchange, SERVICE) is None
    assert doubt(FRONT, exchange, SERVICE, "front") is None


@pytest.mark.parametrize(
    "exchange",
    [
        *("", "amq.default", "amq.topic", "back.to.verification", "back.events", "public.events"),
        *("front.to.accounts", "front.to.verification.x", "x.front.to.verification", "verification.in.v1", "agency.front"),
    ],
)
def test_a_source_is_believed_from_no_other_exchange(exchange: str) -> None:
    assert doubt(FRONT, exchange, SERVICE, "front")
    assert doubt(FRONT, exchange, SERVICE)


@pytest.mark.parametrize("source", ["/vss/back", "front", "/evil/vss/front", "/vss/front/", "", None, 3])
def test_an_exchange_believes_no_source_but_its_own(source: object) -> None:
    headers = {} if source is None else {"cloudEvents:source": source}
    assert doubt(headers, "front.to.verification", SERVICE)
    assert doubt(headers, "front.to.verification", SERVICE, "front")


def test_a_fact_of_another_service_is_not_believed_whatever_the_source_says() -> None:
    for source in ("/vss/front", "/vss/back"):
        assert doubt({"cloudEvents:source": source}, "front.to.verification", SERVICE, "back")


def test_headers_tell_the_way_only_of_what_the_broker_itself_moved() -> None:
    lane, moved = "front.to.verification", death("verification.in.v1", "front.to.verification")
    forged = {"x-death": moved}
    assert way_of(came("back.to.verification", "k", **forged), SERVICE) == Way("back.to.verification", "k")
    assert way_of(came("", "verification.in.v1", **forged), SERVICE).exchange == ""
    assert way_of(came("", "verification.parked", **forged), SERVICE) == Way(lane, "filed")
    assert way_of(came("", "verification.parked"), SERVICE).exchange == ""


def test_what_waited_in_a_queue_of_an_earlier_release_is_believed_as_long_as_there_is_one() -> None:
    waited = came("", "verification.in.v1", **{"x-death": death(RETRY, "")})
    assert doubt(FRONT, way_of(waited, SERVICE, {RETRY}).exchange, SERVICE, "front") is None
    assert doubt({}, way_of(waited, SERVICE, {RETRY}).exchange, SERVICE, "front")
    assert doubt(FRONT, way_of(waited, SERVICE, set()).exchange, SERVICE, "front")


def test_what_an_earlier_release_parked_may_be_tried_again() -> None:
    parked = way_of(came("", "verification.parked", **{"vss-parked-reason": "handler_error"}), SERVICE)
    assert doubt(FRONT, parked.exchange, SERVICE, "front") is None


@pytest.mark.parametrize("sign", [ERASED, REMINDER])
def test_a_forged_sign_counts_for_nothing(sign: str) -> None:
    """Of a fact's erasure: the fact would be dropped as a copy. Of how far a source has come: it would look restored."""
    id_ = str(uuid7())
    told: dict[str, Any] = {
        **FRONT,
        sign: 1,
        EPOCH: "7",
        NUMBER: "9",
        "cloudEvents:id": id_,
        "cloudEvents:type": "vn.vss.front.filed.v1",
    }
    arrivals = Arrivals(SERVICE, Reading(SERVICE, {}), set())
    true, forged = arrivals.read(came("front.to.verification", **told)), arrivals.read(came("back.to.verification", **told))
    assert true.place == Place("front 7", 9)
    assert (forged.reason, forged.place, forged.erased, forged.reminder) == (Reason.FORGED, None, False, False)
    assert str(forged.key) != id_


def test_a_message_that_is_not_even_read_has_no_place_on_anothers_lane() -> None:
    headers = {**FRONT, EPOCH: "7", NUMBER: "9"}
    arrivals = Arrivals(SERVICE, Reading(SERVICE, {}), set())
    assert arrivals.read(came("front.to.verification", **headers)).place == Place("front 7", 9)
    one = arrivals.read(came("back.to.verification", **headers))
    assert (one.reason, one.place) == (Reason.UNDECODABLE, None)
