"""The chassis' exceptions.

    ChassisError
    ├── Transient            worth another try later (database gone, deadlock, time-out)
    │   └── Held             another system refuses us, or answers what nobody knows: an operator must help
    ├── Permanent            will never work, however often it is tried
    │   ├── Refused          a rule does not allow what somebody asks for; says so in Vietnamese and English
    │   ├── InvalidFact      a fact or message does not fit its declaration (names the fields)
    │   ├── OtherPerson      a number that is known here comes for another person: two people were given it
    │   └── Undecodable      the bytes are not the JSON object that the envelope promises
    ├── SettingsError        the environment does not hold what the program needs (all faults at once)
    └── StartUpError         the program cannot start here; says what to do

Adapters turn every vendor's exception into one of these, so that nothing above an adapter knows a vendor.
No message here may hold personal data: errors reach logs and parking reasons.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


class ChassisError(Exception):
    """Base class of the chassis' exceptions."""


class Transient(ChassisError):  # noqa: N818  # read as an adjective
    """Worth a retry: the cause lies outside the message and may pass.

    An API answers 503 with a problem of this ``kind``, to be tried again after ``retry_after_seconds``.
    """

    kind: ClassVar[str] = "unavailable"
    retry_after_seconds: ClassVar[int] = 5


class Held(Transient):
    """Only an operator can help: another system refuses *us*, or answers what our tables do not know (docs/providers.md).

    The call that met it is kept with all that it needs and shown to operators (``vss jobs held``). ``code`` says why: a word that is
    fit for a metric's label.
    """

    retry_after_seconds = 60

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


class Permanent(ChassisError):  # noqa: N818  # read as an adjective
    """A retry changes nothing: the message, the call or the code must change first."""


class Refused(Permanent):
    """A business rule does not allow it; nothing was changed. An API answers with a problem of this ``status``.

    ``kind`` is the name for programs (``wrong-status``), ``vi`` and ``en`` are for people, ``members`` are added to the response.
    """

    status = 409

    def __init__(self, kind: str, *, vi: str, en: str, **members: Any) -> None:
        self.kind, self.vi, self.en, self.members = kind, vi, en, members
        super().__init__(kind)


class InvalidFact(Permanent):
    """A fact or message that does not fit its declaration; names fields, never shows their values."""

    def __init__(self, name: str, faults: Mapping[str, Any]) -> None:
        self.name = name
        self.faults = dict(faults)
        super().__init__(f"{name}: " + "; ".join(_flatten(self.faults)))


class OtherPerson(Permanent):
    """A number that is known here comes for another person: somebody gave it out twice, as after a restored backup.

    Parked with a reason of its own, never dropped as a copy. ``what`` names the kind of number; the text shows neither person.
    """

    def __init__(self, what: str) -> None:
        super().__init__(f"this {what} is known here, for another person")


class Undecodable(Permanent):
    """The body is not UTF-8 JSON holding an object, or the envelope lacks what identifies a message."""


class SettingsError(ChassisError):
    """Settings that are missing or wrong; ``faults`` holds one sentence for each."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(self.faults))


class StartUpError(ChassisError):
    """The program cannot start; the text says what is wrong and what to do about it."""


def _flatten(faults: Mapping[str, Any], path: str = "") -> list[str]:
    """Field paths with their complaints: ``{"contact": {"phone": ["…"]}}`` → ``["contact.phone: …"]``."""
    lines: list[str] = []
    for key, value in faults.items():
        here = f"{path}.{key}" if path else str(key)
        if isinstance(value, Mapping):
            lines += _flatten(value, here)
        else:
            complaints = value if isinstance(value, (list, tuple)) else [value]
            lines.append(f"{here}: " + ", ".join(str(c) for c in complaints))
    return lines
