"""The closed list of reasons: what must be true for each, and which words they may wear (V4, V6)."""

import unicodedata
from collections.abc import Collection
from dataclasses import replace

import pytest

from services.chassis.text.wording import another_office, missing_papers
from services.verification.decisions.conditions import Situation
from services.verification.decisions.reasons import BY_CODE, NO_GROUND, REASONS, availability, in_words, must_be_available
from services.verification.decisions.refusals import NoGroundForRejection, ReasonNotAvailable, WordsRefused, WrongReason

pytestmark = pytest.mark.rule("V4")

BARE = Situation(
    route="portal",
    comes_first=False,
    received=False,
    id_shown=False,
    documents=(),
    missing=("id_front", "id_back", "portrait", "signed_form"),
    hgd_outcome=None,
    birth_differs=False,
    is_adult=False,
    has_account=False,
    identity_in_use=False,
)
GUARDIAN = replace(BARE, route="guardian", missing=("portrait", "birth_certificate"))


def available(now: Situation) -> set[str]:
    return {each["code"] for each in availability(now) if each["available"]}


def why_not(now: Situation, code: str) -> str:
    (found,) = (each["why_not"]["code"] for each in availability(now) if each["code"] == code)
    return str(found)


@pytest.mark.parametrize("hgd_outcome", [None, "match"])
@pytest.mark.parametrize("now", [BARE, GUARDIAN, replace(BARE, route="counter"), replace(BARE, missing=("portrait",))])
def test_a_dossier_that_nobody_has_looked_at_can_be_sent_back_for_nothing(now: Situation, hgd_outcome: str | None) -> None:
    assert available(replace(now, hgd_outcome=hgd_outcome)) == set()


@pytest.mark.rule("V9")
@pytest.mark.parametrize("now", [GUARDIAN, replace(BARE, received=True)])
def test_an_answer_of_hgd_that_names_no_difference_shows_nothing_wrong(now: Situation) -> None:
    with pytest.raises(NoGroundForRejection) as refused:
        must_be_available("wrong_data", replace(now, hgd_outcome="match"))
    assert refused.value.members == {"condition": "nothing_to_look_at"}


@pytest.mark.parametrize(
    ("codes", "changes"),
    [
        ({"id_differs", "id_not_valid", "wrong_data"}, {"documents": ("id_front",)}),
        ({"id_differs", "id_not_valid", "wrong_data"}, {"id_shown": True}),
        ({"not_the_person", "not_signed"}, {"received": True}),
        ({"birth_certificate_differs", "guardian_not_entitled", "wrong_data"}, {"documents": ("birth_certificate",)}),
        ({"other"}, {"missing": ("signed_form", "id_shown")}),
        ({"name_not_in_hgd", "wrong_data"}, {"hgd_outcome": "differs"}),
        ({"name_not_in_hgd", "wrong_data"}, {"hgd_outcome": "near"}),
        ({"code_not_in_hgd", "wrong_data"}, {"hgd_outcome": "unknown_code"}),
        ({"birth_not_in_hgd", "wrong_data"}, {"hgd_outcome": "birth_differs", "birth_differs": True}),
        ({"not_a_child", "wrong_data"}, {"hgd_outcome": "adult", "is_adult": True}),
        (set(), {"hgd_outcome": "match"}),
        ({"already_registered"}, {"has_account": True}),
    ],
)
def test_each_reason_becomes_available_with_what_it_speaks_of(codes: Collection[str], changes: dict[str, object]) -> None:
    assert available(replace(BARE, **changes)) == codes  # type: ignore[arg-type]


@pytest.mark.rule("V3")
def test_what_was_filed_from_afar_has_no_reason_before_it_is_received() -> None:
    seen = replace(BARE, documents=("id_front",), comes_first=True)
    assert available(seen) == set()
    assert why_not(seen, "id_differs") == "not_received"
    assert "id_differs" in available(replace(seen, received=True))


@pytest.mark.rule("V9")
def test_the_birth_certificate_of_a_guardian_s_dossier_may_be_unreadable_only_if_it_is_there() -> None:
    with pytest.raises(NoGroundForRejection) as refused:
        must_be_available("birth_certificate_unreadable", GUARDIAN)
    assert refused.value.members == {"condition": "no_birth_certificate"}
    there = replace(GUARDIAN, documents=("birth_certificate",), missing=("portrait",))
    assert must_be_available("birth_certificate_unreadable", there)
    # only a guardian's: elsewhere an officer takes another picture
    with pytest.raises(WrongReason):
        must_be_available("birth_certificate_unreadable", replace(there, route="portal"))


@pytest.mark.parametrize("code", ["not_signed", "not_the_person"])
def test_reasons_that_need_the_person_s_presence_exist_only_after_receipt(code: str) -> None:
    with pytest.raises(ReasonNotAvailable) as refused:
        must_be_available(code, BARE)
    assert refused.value.members == {"condition": "not_received"}
    assert must_be_available(code, replace(BARE, received=True))
    with pytest.raises(WrongReason):
        must_be_available(code, replace(GUARDIAN, received=True))


@pytest.mark.parametrize("picture", ["id_front", "id_back", "portrait", "birth_certificate"])
def test_other_is_not_to_be_had_while_a_required_picture_is_missing(picture: str) -> None:
    with pytest.raises(NoGroundForRejection) as refused:
        must_be_available("other", replace(BARE, received=True, missing=(picture,)))
    assert "702" in refused.value.vi
    assert "702" in refused.value.en


@pytest.mark.parametrize("code", NO_GROUND)
def test_missing_pictures_are_no_reason(code: str) -> None:
    assert code not in BY_CODE
    with pytest.raises(NoGroundForRejection):
        must_be_available(code, replace(BARE, received=True, missing=()))


def test_what_is_not_available_says_why_in_both_languages() -> None:
    for each in availability(BARE):
        assert each["why_not"]["vi"].endswith(".")
        assert each["why_not"]["en"].endswith(".")
    assert why_not(GUARDIAN, "not_signed") == "other_route"
    assert why_not(BARE, "other") == "pictures_missing"
    assert why_not(BARE, "already_registered") == "no_account"


@pytest.mark.rule("V6")
def test_each_reason_says_in_lawful_vietnamese_what_the_person_is_told() -> None:
    for reason in REASONS:
        assert unicodedata.is_normalized("NFC", reason.vi)
        assert reason.vi.endswith(".")
        assert reason.en.endswith(".")
        assert another_office.phrases_in(reason.vi) == missing_papers.phrases_in(reason.vi) == []


@pytest.mark.rule("V6")
def test_an_officer_s_own_words_are_told_instead_and_some_reasons_need_them() -> None:
    said = in_words(BY_CODE["id_differs"], " Số CCCD khác. ", own_office=(), insists=False)
    assert said == ("Số CCCD khác.", ())
    assert in_words(BY_CODE["id_differs"], None, own_office=(), insists=False).sentence == BY_CODE["id_differs"].vi
    with pytest.raises(WrongReason):
        in_words(BY_CODE["other"], " ", own_office=(), insists=False)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Thiếu ảnh chân dung.", {"another_office": [], "missing_papers": ["Thiếu ảnh"]}),
        ("Đề nghị đến BHXH Hà Nội.", {"another_office": ["đến BHXH Hà Nội"], "missing_papers": []}),
    ],
)
def test_forbidden_words_are_refused_with_the_sentence_of_the_law_unless_somebody_insists(
    words: str, found: dict[str, list[str]]
) -> None:
    with pytest.raises(WordsRefused) as refused:
        in_words(BY_CODE["id_differs"], words, own_office=(), insists=False)
    assert refused.value.members == found
    assert "702" in refused.value.vi
    assert "702" in refused.value.en
    assert in_words(BY_CODE["id_differs"], words, own_office=(), insists=True).phrases


def test_the_deciding_office_may_name_itself() -> None:
    words = "CCCD đã hết hạn; mời ông trở lại BHXH quận Ba Đình khi có thẻ mới."
    with pytest.raises(WordsRefused):
        in_words(BY_CODE["id_not_valid"], words, own_office=(), insists=False)
    assert in_words(BY_CODE["id_not_valid"], words, own_office=["BHXH quận Ba Đình"], insists=False).sentence == words
