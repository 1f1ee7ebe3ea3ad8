"""Ten thousand anonymous filings: most from one address, the others from all over an IPv6 /48 and from many addresses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.attacks.lonely import lonely
from tests.attacks.stranger import Stranger, addresses, counted
from tests.attacks.watch import Watcher
from tests.operations.figures import AtMost

BARS = {
    "healthz_slow_seconds": 0,
    "rss_max_mib": AtMost(300),
    "flooder_beyond_budget": 0,
    "walker_beyond_budget": 0,
    "sms_beyond_budget": 0,
    "refused_without_a_time": 0,
    "other_answers": 0,
    "neighbours_refused": 0,
}

_FILINGS = 10_000
#: what one address may draft and submit here in an hour: less than by default, so that the /48 comes to its end, too
_DRAFTS, _SUBMISSIONS, _CODES = 100, 50, 10
_WIDER = 16
_FLOODER = "203.0.113.7"
_FORM = {
    "kind": "register", "route": "portal", "channel": "web", "guardian": None, "office_code": "01", "filing": "counter",
    "registered_at": "portal",
}  # fmt: skip
_ADDRESS = {"map": "before-2025-07", "province_code": "01", "district_code": "272", "ward_code": "09763", "text": "Thôn 4"}


def run(*, scale: float) -> dict[str, object]:
    """File as fast as the service answers, from addresses that a front door would tell it; budgets shrink with the scale."""
    count = int(_FILINGS * scale)
    drafts, submissions, codes = (max(1, int(each * scale)) for each in (_DRAFTS, _SUBMISSIONS, _CODES))
    limits = {
        "DRAFTS_PER_ADDRESS_HOUR": drafts,
        "SUBMISSIONS_PER_ADDRESS_HOUR": submissions,
        "PHONE_CODES_PER_ADDRESS_HOUR": codes,
    }
    answers: Counter[str] = Counter()
    with (
        lonely("registration", TRUSTED_PROXIES=1, FILING_PER_ADDRESS_HOUR=5 * drafts, **limits) as attacked,
        Watcher({"registration": attacked.url}, {"registration": attacked.program.pid}) as watcher,
    ):
        stranger = Stranger(attacked.url)
        for number, (who, address) in enumerate(counted(_sources(count), "filings", count)):
            stranger.move_to(address)
            _file(stranger, number, who, answers)
        drafted = attacked.count("SELECT count(*) FROM declarations")
        submitted, coded = attacked.facts("declaration_submitted"), attacked.facts("phone_code_issued")
    neighbours = answers["neighbour asked"] - answers["neighbour drafted"]
    sms = submissions * (1 + _WIDER) + answers["neighbour submitted"] + codes * (1 + _WIDER) + answers["neighbour coded"]
    known = {200, 201, 202, 409, 429}
    return {
        "filings": count,
        "drafted": drafted,
        "submitted": submitted,
        "phone_codes": coded,
        "sms_that_would_be_sent": submitted + coded,
        "refused_429": stranger.statuses[429],
        "flooder_drafted": answers["flooder drafted"],
        "flooder_beyond_budget": max(0, answers["flooder drafted"] - drafts),
        "walker_drafted": answers["walker drafted"],
        "walker_beyond_budget": max(0, answers["walker drafted"] - drafts * _WIDER),
        "sms_beyond_budget": max(0, submitted + coded - sms),
        "refused_without_a_time": answers["no Retry-After"],
        "neighbours_refused": neighbours,
        "other_answers": sum(times for status, times in stranger.statuses.items() if status not in known),
        **watcher.figures(),
    }


def _sources(count: int) -> Iterator[tuple[str, str]]:
    """Yield who files and from where: six of ten from one address, three from a /48, one from somebody who files once."""
    others = addresses(count)
    for number in range(count):
        turn = number % 10
        if turn < 6:
            yield "flooder", _FLOODER
        elif turn < 9:
            yield "walker", f"2001:db8:7:{number % 65536:x}::1"
        else:
            yield "neighbour", next(others)


def declaration(number: int) -> dict[str, object]:
    """Return a declaration that can be filed, of another person for each number."""
    subject = {
        "full_name": "Nguyễn Thành Biên",
        "bhxh_code": f"{100_000_000 + number:010d}",
        "id_type": "cccd",
        "id_number": "111349876090",
    }
    contact = {"phone": f"09{10_000_000 + number:08d}", "address": _ADDRESS}
    return {**_FORM, "subject": subject, "contact": contact}


def _file(stranger: Stranger, number: int, who: str, answers: Counter[str]) -> None:
    """Draft, ask for a code to the phone, submit."""
    answers[f"{who} asked"] += 1
    drafted = stranger.call("POST", "/registration/declarations", json=declaration(number))
    if drafted is None or drafted.status_code != 201:
        answers["no Retry-After"] += drafted is not None and "Retry-After" not in drafted.headers
        return
    answers[f"{who} drafted"] += 1
    made = drafted.json()
    path, code = f"/registration/declarations/{made['draft_id']}", {"X-Tracking-Code": made["tracking_code"]}
    coded = stranger.call("POST", f"{path}/phone/code", headers=code)
    answers[f"{who} coded"] += coded is not None and coded.status_code == 202
    submitted = stranger.call("POST", f"{path}/submit", json={"commitment": True}, headers=code)
    answers[f"{who} submitted"] += submitted is not None and submitted.status_code == 202
