"""What every SMS provider keeps, fake or real."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta

import pytest

from services.chassis.jobs import OutcomeUnknown, RetryAfter
from services.notifications.messages.codes import INVALID_NUMBER
from services.notifications.sms.port import Sms, SmsProvider, SmsRefused, SmsUnavailable

TO, OTHER = "+84983847986", "+84912345678"
SECONDS = 2.0


class World(ABC):
    """A provider, and what its other end sees and does."""

    provider: SmsProvider
    #: how long it asks to be left alone when it is busy
    busy_seconds = 7.0

    @abstractmethod
    def taken(self) -> list[tuple[str, str]]:
        """Phone and text of what arrived there."""

    @abstractmethod
    def next_answer_is_lost(self) -> None: ...

    @abstractmethod
    def next_is_refused(self) -> None: ...

    @abstractmethod
    def next_meets_a_busy_provider(self) -> None: ...

    @abstractmethod
    def nobody_is_there(self) -> None: ...


class SmsSuite:
    """A subclass has a fixture `world`."""

    def test_an_sms_arrives_as_it_is(self, world: World) -> None:
        text = "BHXH VN: Mat khau: a+b&c=d%20 {x} [y] ~ \u20ac @"
        assert world.provider.send(Sms(TO, text), timeout=SECONDS)
        assert world.taken() == [(TO, text)]

    def test_each_has_an_id_of_its_own(self, world: World) -> None:
        ids = {world.provider.send(Sms(TO, "BHXH VN: x"), timeout=SECONDS) for _ in range(3)}
        assert len(ids) == 3

    def test_what_was_taken_is_found_by_phone_text_and_time(self, world: World) -> None:
        began = datetime.now(UTC)
        first = world.provider.send(Sms(TO, "BHXH VN: mot"), timeout=SECONDS)
        world.provider.send(Sms(TO, "BHXH VN: hai"), timeout=SECONDS)
        world.provider.send(Sms(OTHER, "BHXH VN: mot"), timeout=SECONDS)
        again = world.provider.send(Sms(TO, "BHXH VN: mot"), timeout=SECONDS)
        assert set(world.provider.find(Sms(TO, "BHXH VN: mot"), since=began, timeout=SECONDS) or ()) == {first, again}
        assert world.provider.find(Sms(TO, "BHXH VN: ba"), since=began, timeout=SECONDS) == []
        later = datetime.now(UTC) + timedelta(minutes=5)
        assert world.provider.find(Sms(TO, "BHXH VN: mot"), since=later, timeout=SECONDS) == []

    def test_an_answer_that_is_lost_leaves_the_outcome_open_and_the_message_to_be_found(self, world: World) -> None:
        began = datetime.now(UTC)
        world.next_answer_is_lost()
        with pytest.raises(OutcomeUnknown):
            world.provider.send(Sms(TO, "BHXH VN: mot"), timeout=SECONDS)
        assert len(world.provider.find(Sms(TO, "BHXH VN: mot"), since=began, timeout=SECONDS) or ()) == 1

    def test_a_refusal_says_why_and_nothing_is_taken(self, world: World) -> None:
        world.next_is_refused()
        with pytest.raises(SmsRefused) as refused:
            world.provider.send(Sms(TO, "BHXH VN: mot"), timeout=SECONDS)
        assert refused.value.code == INVALID_NUMBER
        assert TO not in str(refused.value)
        assert world.taken() == []

    def test_a_busy_provider_says_how_long_to_wait(self, world: World) -> None:
        world.next_meets_a_busy_provider()
        with pytest.raises(RetryAfter) as busy:
            world.provider.send(Sms(TO, "BHXH VN: mot"), timeout=SECONDS)
        assert busy.value.after_seconds == world.busy_seconds
        assert world.taken() == []

    def test_an_absent_provider_has_certainly_taken_nothing(self, world: World) -> None:
        world.nobody_is_there()
        with pytest.raises(SmsUnavailable):
            world.provider.send(Sms(TO, "BHXH VN: mot"), timeout=SECONDS)
