"""Count SMS segments (3GPP TS 23.038): one holds 160 GSM characters or 70 others; in a longer SMS each holds 153 or 67."""

from __future__ import annotations

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
_GSM_ONE, _GSM_MORE, _UCS_ONE, _UCS_MORE = 160, 153, 70, 67


def segments(text: str) -> int:
    """Return the number of segments, at least one."""
    if all(letter in _BASIC or letter in _EXTENDED for letter in text):
        units, one, more = sum(2 if letter in _EXTENDED else 1 for letter in text), _GSM_ONE, _GSM_MORE
    else:
        units, one, more = len(text.encode("utf-16-be")) // 2, _UCS_ONE, _UCS_MORE
    return 1 if units <= one else -(-units // more)
