"""Rate limits per action, and whom they count for.

A known device or address has a budget of its own. Strangers have one each, for every person they ask about, and share one in all: the first keeps a
single one from using up the second, the second bounds what many of them together can guess, or have us send.
"""

from sqlalchemy.orm import Session

from services.accounts.schema import Base
from services.accounts.settings import Settings
from services.accounts.throttles.refusals import too_many_codes, too_many_factors, too_many_resets, too_many_tries
from services.accounts.throttles.sources import DEVICE, STRANGER, Source
from services.chassis.web import budgets
from services.chassis.web.throttles import Budget, Counted, Limit, forgetting


class Throttle(Counted, Base):
    """What somebody has tried within a window of time."""

    __tablename__ = "throttles"


sweeps = (forgetting(Throttle),)

_HOUR, _DAY, _MONTH = 3600, 86_400, 30 * 86_400


def guesses(settings: Settings, source: Source) -> Budget:
    """Limit passwords that may be wrong; then this source, or all strangers, are locked out. Also stands in for the captcha of A6.

    What others do at its address does not count against a known device.
    """
    if source.kind == DEVICE:
        return Budget(((_own_guesses(settings), source.own),))
    network = budgets.around(_failures_at_address(settings), source.network)
    if source.kind != STRANGER:
        return Budget(((_own_guesses(settings), source.own), *network))
    shared = (_strangers_guesses(settings), source.name)
    everybody = budgets.everybody("password", settings.sign_ins_per_minute, source.network, Throttle)
    return Budget(((_own_guesses(settings), source.own), shared, *network, everybody))


def tried(session: Session, budget: Budget) -> int:
    """Return how often this asker, or those who share a limit of one name or address with it, have tried lately and failed."""
    many = (":wider", ":everybody")
    return max(
        (limit.counted(session, subject) for limit, subject in budget.parts if not limit.name.endswith(many)), default=0
    )


def forget_own_guesses(settings: Settings, session: Session, source: Source) -> None:
    """Begin this source's count anew after a right password; of what it shares with others only its own attempt is taken back."""
    guesses(settings, source).give_back(session)
    _own_guesses(settings).forget(session, source.own)


def forget_guesses(settings: Settings, session: Session, source: Source) -> None:
    """Begin anew what this source and all strangers have guessed: the phone was proved, and the password is another."""
    _own_guesses(settings).forget(session, source.own)
    _strangers_guesses(settings).forget(session, source.name)


def codes(settings: Settings, source: Source) -> Budget:
    """Limit one-time codes for whoever has given the password; resets have limits of their own."""
    own = (Limit(Throttle, "otp:source", settings.otps_per_hour, _HOUR, too_many_codes), source.own)
    if source.kind != STRANGER:
        return Budget((own,))
    return Budget((own, (Limit(Throttle, "otp:strangers", settings.otps_per_hour, _HOUR, too_many_codes), source.subject)))


def code_tries(settings: Settings, network: str | None) -> Budget:
    """Limit the one-time codes that one address tries, right ones not counted: each code has few tries, but there may be many codes."""
    return Budget(((_failures(settings, "otp:address", settings.code_tries_per_address), network),))


def second_factors(settings: Settings, source: Source) -> Budget:
    """Limit second factors that may be wrong. Only who has the password comes so far, so strangers turn it on nobody (A13).

    NIST SP 800-63B-4 §3.2.2 allows at most 100 in a row for one authenticator: the day's limits keep far below.
    """
    own = (
        (_failures(settings, "factor:source", settings.lockout_tries), source.own),
        (_factors_a_day("factor:source:day", settings.second_factors_per_day), source.own),
    )
    strangers = _factors_a_day("factor:strangers", settings.stranger_second_factors_per_day)
    return Budget((*own, (strangers, source.subject)) if source.kind == STRANGER else own)


def forget_second_factors(settings: Settings, session: Session, source: Source) -> None:
    """Begin this source's count anew after a right one; of what strangers share only its own attempt is taken back."""
    budget = second_factors(settings, source)
    budget.give_back(session)
    for limit, subject in budget.parts[:2]:
        limit.forget(session, subject)


def reset_codes(settings: Settings, source: Source) -> Budget:
    """Limit the codes that are sent for resets, until they are confirmed: nobody can have us write to somebody without end.

    One address has the same, whether the account knows it or not: its neighbours there must not learn from it who has an account.
    """
    if source.kind == DEVICE:
        return Budget(((_reset_codes(settings.reset_codes_per_day), source.own),))
    own = (_reset_codes(settings.unasked_codes_per_address_day), source.own)
    strangers = Limit(Throttle, "reset:strangers", settings.unasked_codes_per_day, _DAY, too_many_resets)
    shared = ((strangers, source.name),) if source.kind == STRANGER else ()
    at_address = Limit(Throttle, "reset:address", settings.reset_codes_per_address_hour, _HOUR, too_many_resets)
    everybody = budgets.everybody("reset", settings.reset_codes_per_minute, source.network, Throttle)
    return Budget((own, *shared, *budgets.around(at_address, source.network), everybody))


def resets(settings: Settings) -> tuple[Limit, Limit]:
    """Limit the resets that one person confirms, per day and per month (A8)."""
    return (
        Limit(Throttle, "reset:confirmed:day", settings.resets_per_day, _DAY, too_many_resets),
        Limit(Throttle, "reset:confirmed:month", settings.resets_per_month, _MONTH, too_many_resets),
    )


def _factors_a_day(name: str, most: int) -> Limit:
    return Limit(Throttle, name, most, _DAY, too_many_factors)


def _reset_codes(most: int) -> Limit:
    return Limit(Throttle, "reset:source", most, _DAY, too_many_resets)


def _own_guesses(settings: Settings) -> Limit:
    return _failures(settings, "password:source", settings.lockout_tries)


def _strangers_guesses(settings: Settings) -> Limit:
    return _failures(settings, "password:strangers", settings.stranger_tries)


def _failures_at_address(settings: Settings) -> Limit:
    return _failures(settings, "address", settings.address_tries)


def _failures(settings: Settings, name: str, most: int) -> Limit:
    return Limit(Throttle, name, most, settings.lockout_seconds, too_many_tries, settings.lockout_seconds)
