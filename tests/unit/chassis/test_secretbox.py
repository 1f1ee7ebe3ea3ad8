"""Secrets at rest: sealed under SECRETS_KEY, for one purpose, through a rotation."""

import base64

import pytest

from services.chassis.secretbox import CannotOpen, SecretBox, UnknownKey, generate_key
from services.chassis.settings import ChassisSettings, Secret

OLD, NEW = generate_key(), generate_key()
BOTH = Secret(f"{NEW.reveal()},{OLD.reveal()}")
WHOSE = "totp:1"


def test_what_was_sealed_opens_for_its_purpose_only() -> None:
    box = SecretBox(NEW)
    sealed = box.seal(b"seed", context=WHOSE)
    assert box.open(sealed, context=WHOSE) == b"seed"
    with pytest.raises(CannotOpen):
        box.open(sealed, context="totp:2")


def test_a_box_shows_nothing_and_never_looks_the_same() -> None:
    first, second = (SecretBox(NEW).seal(b"seed", context=WHOSE) for _ in range(2))
    assert first != second
    assert b"seed" not in base64.b64decode(first)


def test_a_changed_box_does_not_open() -> None:
    raw = bytearray(base64.b64decode(SecretBox(NEW).seal(b"seed", context=WHOSE)))
    for place in (0, 1, 9, len(raw) - 1):
        changed = bytes(byte ^ (place == at) for at, byte in enumerate(raw))
        with pytest.raises(CannotOpen):
            SecretBox(NEW).open(base64.b64encode(changed).decode(), context=WHOSE)
    for nothing in ("", "AQ==", "không phải hộp"):
        with pytest.raises(CannotOpen):
            SecretBox(NEW).open(nothing, context=WHOSE)


def test_after_a_rotation_old_boxes_open_and_new_ones_are_sealed_under_the_new_key() -> None:
    old = SecretBox(OLD).seal(b"seed", context=WHOSE)
    both = SecretBox(BOTH)
    assert both.open(old, context=WHOSE) == b"seed"
    assert not both.is_current(old)
    renewed = both.seal(b"seed", context=WHOSE)
    assert both.is_current(renewed)
    assert SecretBox(NEW).open(renewed, context=WHOSE) == b"seed"
    with pytest.raises(UnknownKey):
        SecretBox(NEW).open(old, context=WHOSE)


def test_a_key_that_is_none_is_refused_without_being_shown() -> None:
    with pytest.raises(ValueError, match="SECRETS_KEY"):
        SecretBox(None)
    with pytest.raises(ValueError, match="32 bytes") as refused:
        SecretBox(Secret("hunter2"))
    assert "hunter2" not in str(refused.value)


def test_the_setting_takes_one_key_or_several() -> None:
    for keys in (NEW, BOTH):
        assert ChassisSettings(secrets_key=keys).secrets_key == keys
