"""Every field that people type into folds alike in every service, and docs/typed-text.md shows how (W2)."""

from __future__ import annotations

import pytest

from tests.typed.fields import BESIDES, NOT_TYPED, Field, fields, typed_fields
from tests.typed.table import KINDS, PAGE, SAMPLES, Sign, compared, outcome, page, sample_of, signs, takers

pytestmark = pytest.mark.rule("W2")

_SIGNS = list(signs())
_every_sign = pytest.mark.parametrize("sign", _SIGNS, ids=[f"{each.group}: {each.name}" for each in _SIGNS])


def _label(field: Field) -> str:
    return f"{field.operation} {field.path}"


def test_every_text_of_a_request_goes_through_the_door_or_is_a_choice_or_a_machines():
    through = {id(each) for each in typed_fields()}
    strays = [
        _label(each) for each in fields() if id(each) not in through and not each.is_choice and each.name not in NOT_TYPED
    ]
    assert strays == []
    assert {each.service for each in typed_fields()} == {
        "registration",
        "verification",
        "accounts",
        "notifications",
        "feedback",
    }
    assert len(typed_fields()) > 60


def test_every_field_takes_the_plain_text_of_its_kind():
    assert {each.kind for each in typed_fields()} | set(BESIDES) == set(KINDS)
    refused = {
        _label(each): said for each in typed_fields() if (said := outcome(each.take, sample_of(each))).startswith("refused")
    }
    assert refused == {}


@_every_sign
def test_nothing_surprises_texts_that_look_the_same_have_the_same_result(sign: Sign):
    if sign.like is None:
        return
    surprises = {}
    for each in typed_fields():
        written, like = sign.write(sample_of(each)), sign.like(sample_of(each))
        if outcome(each.take, written) != outcome(each.take, like):
            surprises[_label(each)] = outcome(each.take, written)
    for name, take in BESIDES.items():
        sample = KINDS[name].sample
        if outcome(take, sign.write(sample)) != outcome(take, sign.like(sample)):
            surprises[name] = outcome(take, sign.write(sample))
    assert surprises == {}


@_every_sign
def test_a_sign_has_the_same_result_in_every_service(sign: Sign):
    """A field may refuse what can be seen and another take it, as a list of its own codes says; what both take is the same."""
    of_kind, others = takers(), {}
    for each in typed_fields():
        sample = KINDS[each.kind].sample
        here, there = compared(each.take, sample, sign), compared(of_kind[each.kind], sample, sign)
        judged_by_itself = sign.like is None and "refused" in here + there
        if each.name not in SAMPLES and here != there and not judged_by_itself:
            others[_label(each)] = here, there
    assert others == {}


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make typed-text`"
