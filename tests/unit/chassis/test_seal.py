"""Sealed boxes: only the right reader opens them, for the right purpose, and no fault shows what is inside."""

from __future__ import annotations

import base64
import subprocess
import sys
import traceback
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.bindings import sodium_pad
from nacl.public import PublicKey, SealedBox

from services.chassis.errors import Permanent
from services.chassis.seal import MAX_BYTES, CannotOpen, Opener, Sealer, UnknownKey, generate_keypair
from services.chassis.settings import Secret

PAIR = generate_keypair()
SEALER = Sealer(PAIR.public_key)
OPENER = Opener(PAIR.private_key)
WHOM = "first-password:079012345678"
PASSWORD = {"password": "Mật khẩu đầu tiên"}

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


class TestBoxes:
    @given(content=st.dictionaries(st.text(), _json), context=st.text(min_size=1, max_size=100))
    def test_what_was_sealed_comes_out(self, content: dict[str, Any], context: str) -> None:
        assert OPENER.open(SEALER.seal(content, context), context) == content

    def test_the_same_content_makes_another_box_each_time(self) -> None:
        assert SEALER.seal(PASSWORD, WHOM) != SEALER.seal(PASSWORD, WHOM)

    def test_the_size_of_a_box_does_not_tell_the_size_of_the_password(self) -> None:
        sizes = {len(SEALER.seal({"password": "x" * size}, "otp:1")) for size in range(8, 33)}
        assert len(sizes) == 1

    def test_a_box_is_plain_text_and_safe_in_json_and_urls(self) -> None:
        assert SEALER.seal(PASSWORD, WHOM).replace("-", "").replace("_", "").rstrip("=").isalnum()

    def test_a_box_holds_64_kib_at_most(self) -> None:
        full = {"a": "x" * (MAX_BYTES - len('{"a":""}'))}
        assert OPENER.open(SEALER.seal(full, WHOM), WHOM) == full
        with pytest.raises(ValueError, match="at most"):
            SEALER.seal({"a": full["a"] + "x"}, WHOM)

    @pytest.mark.parametrize("context", ["", "x" * 1025])
    def test_a_box_needs_a_context(self, context: str) -> None:
        with pytest.raises(ValueError, match="context"):
            SEALER.seal(PASSWORD, context)

    def test_what_json_cannot_hold_is_refused_and_not_shown(self) -> None:
        with pytest.raises(TypeError) as caught:
            SEALER.seal({"password": {"hunter2"}}, WHOM)
        assert "hunter2" not in str(caught.value)


class TestContext:
    @given(other=st.text())
    def test_a_box_does_not_open_for_another_purpose_or_person(self, other: str) -> None:
        box = SEALER.seal(PASSWORD, WHOM)
        if other != WHOM:
            with pytest.raises(CannotOpen, match="another purpose or person"):
                OPENER.open(box, other)

    def test_content_cannot_pose_as_context(self) -> None:
        box = SEALER.seal({"678": "secret"}, "otp:079012345")
        with pytest.raises(CannotOpen):
            OPENER.open(box, 'otp:079012345{"678')


class TestRotation:
    def test_an_opener_with_both_keys_opens_old_and_new_boxes(self) -> None:
        new = generate_keypair()
        opener = Opener(Secret(f"{new.private_key.reveal()}, {PAIR.private_key.reveal()}"))
        for sealer in (SEALER, Sealer(new.public_key)):
            assert opener.open(sealer.seal(PASSWORD, WHOM), WHOM) == PASSWORD

    def test_a_box_to_a_key_that_is_gone_names_that_key(self) -> None:
        with pytest.raises(UnknownKey, match=SEALER.key_id):
            Opener(generate_keypair().private_key).open(SEALER.seal(PASSWORD, WHOM), WHOM)

    def test_sealer_and_opener_of_a_pair_agree_on_the_key_id(self) -> None:
        assert SEALER.key_id in repr(OPENER)


class TestDamage:
    @settings(max_examples=200)
    @given(at=st.integers(min_value=0), flip=st.integers(min_value=1, max_value=255))
    def test_a_box_with_any_byte_changed_does_not_open(self, at: int, flip: int) -> None:
        raw = bytearray(base64.urlsafe_b64decode(SEALER.seal(PASSWORD, WHOM)))
        raw[at % len(raw)] ^= flip
        with pytest.raises(CannotOpen):
            OPENER.open(base64.urlsafe_b64encode(raw).decode(), WHOM)

    @given(size=st.integers(min_value=0, max_value=150))
    def test_half_a_box_does_not_open(self, size: int) -> None:
        box = SEALER.seal(PASSWORD, WHOM)
        with pytest.raises(CannotOpen):
            OPENER.open(box[: min(size, len(box) - 1)], WHOM)

    @given(text=st.text())
    def test_any_text_is_either_a_box_or_refused(self, text: str) -> None:
        with pytest.raises(CannotOpen):
            OPENER.open(text, WHOM)

    def test_a_box_has_one_spelling_only(self) -> None:
        box = SEALER.seal({}, WHOM)
        assert box.endswith("==")
        slack = box[:-3] + chr(ord(box[-3]) + 1) + "=="  # differs in bits that base64 throws away
        assert base64.urlsafe_b64decode(slack) == base64.urlsafe_b64decode(box)
        for other in (slack, box + "\n", box + "====", " " + box, box.replace("-", "+").replace("_", "/") + "A"):
            with pytest.raises(CannotOpen):
                OPENER.open(other, WHOM)

    def test_a_box_of_a_later_version_is_named_so(self) -> None:
        with pytest.raises(CannotOpen, match="version 2"):
            OPENER.open(base64.urlsafe_b64encode(b"\x02" + bytes(100)).decode(), WHOM)

    def test_an_endless_text_is_refused_before_it_is_decoded(self) -> None:
        with pytest.raises(CannotOpen):
            OPENER.open("A" * 10_000_000, WHOM)

    def test_what_does_not_open_is_permanent(self) -> None:
        assert issubclass(CannotOpen, Permanent)

    @pytest.mark.parametrize("inner", [b"hunter2", b"[" * 60_000, b'"hunter2"', b"\xff hunter2"])
    def test_a_box_that_claims_a_dictionary_and_holds_something_else_does_not_show_it(self, inner: bytes) -> None:
        plain = b"d" + len(WHOM).to_bytes(2, "big") + WHOM.encode() + inner
        sealed = SealedBox(PublicKey(base64.b64decode(PAIR.public_key))).encrypt(sodium_pad(plain, 64))
        box = base64.urlsafe_b64encode(b"\x01" + bytes.fromhex(SEALER.key_id) + sealed).decode()
        with pytest.raises(CannotOpen, match="dictionary") as caught:
            OPENER.open(box, WHOM)
        assert caught.value.__context__ is None
        assert "hunter2" not in "".join(traceback.format_exception(caught.value)[-1:])


class TestKeys:
    @pytest.mark.parametrize("key", ["", "???", "c2hvcnQ=", "ключ", base64.b64encode(bytes(33)).decode()])
    def test_what_is_no_key_is_refused_without_showing_it(self, key: str) -> None:
        for make in (Sealer, Opener):
            with pytest.raises(ValueError, match="32 bytes in base64") as caught:
                make(key)
            assert not key or key not in str(caught.value)

    def test_an_opener_without_keys_is_refused(self) -> None:
        with pytest.raises(ValueError, match="at least one"):
            Opener()

    def test_no_repr_shows_a_key(self) -> None:
        for shown in (repr(PAIR), repr(OPENER), repr(SEALER)):
            assert PAIR.private_key.reveal() not in shown

    def test_the_module_prints_a_pair_that_fits_the_settings(self) -> None:
        printed = subprocess.run(
            [sys.executable, "-m", "services.chassis.seal"], capture_output=True, text=True, check=True
        ).stdout
        pair = dict(line.split("=", 1) for line in printed.splitlines())
        box = Sealer(pair["SEAL_PUBLIC_KEY"]).seal(PASSWORD, WHOM)
        assert Opener(pair["SEAL_PRIVATE_KEY"]).open(box, WHOM) == PASSWORD
