"""First passwords, and how passwords are kept."""

import math
import re

import pytest

from services.accounts.passwords import generated, hashing


@pytest.mark.rule("A2")
def test_a_first_password_holds_fifty_random_bits():
    assert 12 * math.log2(len(generated.ALPHABET)) >= 50
    assert len(set(generated.ALPHABET)) == len(generated.ALPHABET)
    made = [generated.generate_password() for _ in range(500)]
    assert len(set(made)) == 500
    assert set("".join(made)) == set(generated.ALPHABET) | {"-"}


@pytest.mark.rule("A2")
def test_a_first_password_is_typed_easily_from_an_sms():
    for _ in range(200):
        made = generated.generate_password()
        assert re.fullmatch(r"[a-z0-9]{4}(-[a-z0-9]{4}){2}", made)
        # 0 o, 1 l i, 2 z, 5 s, 8 b, 9 g q, u v look alike; without vowels no words come about
        assert not set(made) & set("0o1li2z5s8b9gquv" + "aei")


@pytest.mark.rule("A2", "W2")
@pytest.mark.parametrize(
    "retyped",
    [
        "34PM-DFDX-6H6N",
        "34pmdfdx6h6n",
        "34pm-dfdx-6h6n ",
        "34pm\u2013dfdx\u20136h6n",
        "34pm dfdx 6h6n",
        # the same kind
        "\uff13\uff14pm-dfdx-6h6n",
        "\u200b34pm\u2011dfdx\u20116h6n.",
        '"34Pm.dfdx.6h6n"',
        "34pm-dfdx-6h6n\r\n",
    ],
)
def test_a_first_password_is_taken_however_it_is_retyped(retyped):
    assert generated.as_generated(retyped) == "34pm-dfdx-6h6n"


@pytest.mark.rule("W2")
@pytest.mark.parametrize("chosen", ["Hoa sen nở ", "34pm-dfdx-6h6", "34pm-dfdx-6h6a", "\u200bHoa sen", "34pm-dfdx-6h6nn"])
def test_what_is_no_first_password_is_left_as_it_was_typed(chosen):
    assert generated.as_generated(chosen) == chosen


def test_hashes_are_argon2id_as_strong_as_owasp_asks_and_differ_for_one_password():
    first, second = hashing.hash_password("Hoa sen nở"), hashing.hash_password("Hoa sen nở")
    assert first != second
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert hashing.matches("Hoa sen nở", first)
    assert not hashing.matches("Hoa sen no", first)


@pytest.mark.parametrize(
    "hash_",
    [
        # made by argon2-cffi 25.1, which made all hashes here until November 2026
        "$argon2id$v=19$m=19456,t=2,p=1$AhmMjiGbhDJJQa1j6YPA1A$CpPJkwEMGQh9eAcz3mj9EEC9P90NNpruNl26gdf3m8s",
        # ... and with other numbers than ours
        "$argon2id$v=19$m=1024,t=1,p=4$pIu8M1Fz5cxu427GZpBEhg$ypu02BwwolEDq21JULT9bOpUEhhqSaGLVQzPNBy0abo",
    ],
)
def test_a_hash_that_another_argon2_made_still_lets_its_owner_in(hash_):
    assert hashing.matches("Hoa sen nở", hash_)
    assert not hashing.matches("Hoa sen no", hash_)


def test_a_password_is_the_same_however_the_keyboard_composes_its_letters():
    composed, decomposed = "ph\u1edf b\u00f2 t\u00e1i", "pho\u031b\u0309 bo\u0300 ta\u0301i"
    assert hashing.matches(decomposed, hashing.hash_password(composed))


def test_without_a_hash_nothing_matches_and_damaged_ones_raise_nothing():
    assert not hashing.matches("Hoa sen nở", None)
    for damaged in ("", "$argon2id$nonsense", "$argon2id$v=19$m=19456,t=2,p=1$ở", "x" * 500):
        assert not hashing.matches("Hoa sen nở", damaged)
