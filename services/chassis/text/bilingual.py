"""A message in Vietnamese and English."""

from __future__ import annotations


class Bilingual(str):
    """An English message that knows its Vietnamese; survives `.format`, which validators call."""

    __slots__ = ("vi",)
    vi: str

    @property
    def en(self) -> str:
        """The English text as a plain string."""
        return str.__str__(self)

    def format(self, *values: object, **named: object) -> Bilingual:
        """Fill in both languages."""
        return bilingual(vi=self.vi.format(*values, **named), en=str.format(self, *values, **named))


def bilingual(*, vi: str, en: str) -> Bilingual:
    """Make a message in both languages, for `ValidationError` or a validator's `error=`."""
    message = Bilingual(en)
    message.vi = vi
    return message
