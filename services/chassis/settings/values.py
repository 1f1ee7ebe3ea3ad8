"""Values that must not show themselves: `Secret` and `Url`.

Both are plain classes on purpose: a dataclass would be taken apart by `dataclasses.asdict`, a `str` subclass would be
printed in clear by every f-string. Only `.reveal()` gives the value, so that each use of one is easy to find and review.
"""

import re
from typing import final
from urllib.parse import SplitResult, urlsplit

MASK = "********"

# From the first ":" after the user to the *last* "@": a password with a raw "/" or "@" is hidden wholly, too.
_PASSWORD = re.compile(r"(?s)^([^:/?#]+://[^:/?#@]*:)(.*)(@[^@]*)$")
_SECRET_PARAMETER = re.compile(r"(?i)([?&](?:[^=&#]*(?:pass|secret|token|key|sig)[^=&#]*)=)[^&#]+")


class _Hidden:
    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and other.reveal() == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __str__(self) -> str:
        return MASK

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


@final
class Secret(_Hidden):
    """A text that neither `repr`, `str` nor a traceback of this object shows; `.reveal()` gives it."""

    __slots__ = ()


@final
class Url(_Hidden):
    """A URL whose password (and query values named like a secret) is masked in `str` and `repr`; `.reveal()` gives it whole.

    :raises ValueError: without the URL in its text, when there is no scheme or the port is not a number.
    """

    __slots__ = ("parts",)

    parts: SplitResult

    def __init__(self, value: str) -> None:
        super().__init__(value)
        try:
            self.parts = urlsplit(value)
            _ = self.parts.port
        except ValueError:
            raise ValueError("a URL (percent-encode / ? # @ : in its password)") from None
        if not self.parts.scheme or not re.match(r"^[^:\s]+:\S+$", value):
            raise ValueError("a URL (scheme://…)")

    @property
    def scheme(self) -> str:
        return self.parts.scheme

    @property
    def place(self) -> str:
        """Where it leads, for logs: host, port and path; neither user nor password nor options."""
        return f"{self.parts.netloc.rpartition('@')[2]}{self.parts.path}"

    def __str__(self) -> str:
        return _SECRET_PARAMETER.sub(rf"\g<1>{MASK}", _PASSWORD.sub(rf"\g<1>{MASK}\g<3>", self.reveal()))
