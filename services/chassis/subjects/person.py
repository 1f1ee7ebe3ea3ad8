"""The person who asks, by what identifies them; read from standard input, as an argument would stand in the list of processes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields

import marshmallow as ma

from services.chassis.text import people
from services.chassis.text.emails import email_address
from services.chassis.text.folding import plain_code
from services.chassis.text.phones import mobile_in_e164

_TAKEN: dict[str, Callable[[str], str]] = {
    "bhxh_code": people.bhxh_code,
    "id_number": plain_code,
    "phone": mobile_in_e164,
    "email": email_address,
}


@dataclass(frozen=True, slots=True)
class Person:
    """At least one of these is known. Families share phones: whoever searches by one has made sure whose it is."""

    bhxh_code: str | None = None
    #: of CCCD, CMND or passport; a personal ID is a CCCD's
    id_number: str | None = None
    phone: str | None = None
    email: str | None = None

    @classmethod
    def from_text(cls, text: str) -> Person:
        """Read lines such as `bhxh_code: 0113099841`; each field once, others are refused.

        :raises ValueError: naming the line, never its value.
        """
        given: dict[str, str] = {}
        for number, line in enumerate(text.splitlines(), start=1):
            if not line.strip():
                continue
            name, _, value = line.partition(":")
            name = name.strip().lower()
            if name not in _TAKEN or name in given:
                expected = ", ".join(field.name for field in fields(cls))
                raise ValueError(f"line {number}: expected one of {expected}, each once, as NAME: VALUE")
            try:
                given[name] = _TAKEN[name](value)
            except ma.ValidationError:
                raise ValueError(f"line {number}: not a valid {name}") from None
        if not any(given.values()):
            raise ValueError("nobody is named: give at least one of bhxh_code, id_number, phone, email")
        return cls(**given)

    def to_json(self) -> dict[str, str | None]:
        """Return it as the fact carries it."""
        return asdict(self)
