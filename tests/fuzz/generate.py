"""Random messages, the same ones for the same seed: good ones, and bad ones of every kind we could think of.

Nothing here is refused by the broker itself (a malformed table, a mistyped `CC`, a NaN): that never reaches a consumer.
"""

from __future__ import annotations

import json
import random
import struct
import uuid
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tests.stand import raw
from tests.stand.messages import PREFIX
from tests.stand.raw import Item, Raw

SERVICE, KEY, QUEUE = "front", "shot", "target.in.v1"
#: properties travel in one frame of at most 128 KiB, behind twelve bytes of their own
_MOST_PROPERTY_BYTES = 131_072 - 8 - 12

Data = dict[str, Any]
Headers = dict[bytes, Item]


class Shot(NamedTuple):
    """A message, and the id by which it must be found handled if it is a good one."""

    kind: str
    message: Raw
    good_id: str | None


class Parts(NamedTuple):
    """What a message is made of, before it is put together."""

    data: Data
    headers: Headers
    properties: dict[str, Any]


def shots(count: int, seed: int) -> Iterator[Shot]:
    """`count` messages; about half are good."""
    chance = random.Random(seed)
    for number in range(count):
        parts, id_ = _good(chance, number)
        if chance.random() < 0.5:
            yield Shot("good", _put_together(parts, _json(parts.data)), id_)
            continue
        kind, spoil = chance.choice(_SPOILERS)
        body = spoil(chance, parts, number)
        if chance.random() < 0.15:
            chance.choice(_SPOILERS)[1](chance, parts, number)  # and then some
        yield Shot(kind, _put_together(parts, body), None)


def _good(chance: random.Random, number: int) -> tuple[Parts, str]:
    id_ = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    data = {
        "dossier_no": f"261121-{number:06d}",
        "pages": number % 7,
        "phone": "+84983847986",
        "kind": "citizen",
        "n": number,
    }
    headers = {
        "specversion": raw.text("1.0"),
        "id": raw.text(id_),
        "source": raw.text(f"/vss/{SERVICE}"),
        "type": raw.text(f"vn.vss.{SERVICE}.{KEY}.v1"),
        "subject": raw.text(str(data["dossier_no"])),
        "time": raw.text("2026-11-21T08:00:00.000000Z"),
        "revision": raw.number("l", 1),
        "correlationid": raw.text(f"thread-{number}"),
        "traceparent": raw.text("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    }
    properties = {"content_type": b"application/json", "delivery_mode": 2, "message_id": id_.encode()}
    return Parts(data, {(PREFIX + name).encode(): item for name, item in headers.items()}, properties), id_


def _put_together(parts: Parts, body: bytes) -> Raw:
    while len(laid_down := raw.properties(parts.headers, **parts.properties)) > _MOST_PROPERTY_BYTES:
        del parts.headers[max(parts.headers, key=lambda name: len(parts.headers[name].value))]
    return Raw(laid_down, body, KEY, f"{SERVICE}.events")


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass")


# Bodies. Each answers the body; the number makes it unlike any other, so that what was sent can be told from what was parked


def _random_bytes(chance: random.Random, parts: Parts, number: int) -> bytes:
    return struct.pack(">I", number) + chance.randbytes(chance.choice((0, 1, 7, 100, 3000)))


def _cut_off(chance: random.Random, parts: Parts, number: int) -> bytes:
    body = _json({"n": number, **parts.data})
    return body[: chance.randrange(len(str(number)) + 7, len(body))]


def _bytes_changed(chance: random.Random, parts: Parts, number: int) -> bytes:
    body = bytearray(_json({"n": number, **parts.data}))
    for _ in range(chance.randrange(1, 6)):
        body[chance.randrange(len(str(number)) + 7, len(body))] = chance.randrange(256)
    return bytes(body)


def _nested(chance: random.Random, parts: Parts, number: int) -> bytes:
    depth = chance.choice((50, 900, 2_000, 2_000, 2_000, 100_000))
    opening, closing = chance.choice((("[", "]"), ('{"a":', "}")))
    inner = opening * depth + "1" + closing * (depth if chance.random() < 0.8 else 0)
    return _json(parts.data)[:-1] + f', "deep": {inner}, "n": {number}}}'.encode()


def _numbers(chance: random.Random, parts: Parts, number: int) -> bytes:
    odd = chance.choice(
        (
            "1" * 5000,
            "-" + "9" * 4299,
            "1e999",
            "-1e999",
            "NaN",
            "Infinity",
            "-Infinity",
            "1e-400",
            "0" * 30,
            "01",
            "1.",
            "0x1",
            "1_0",
        )
    )
    field = chance.choice(("pages", "share", "marks", "other", "dossier_no", "span", "born"))
    return _json(parts.data)[:-1] + f', "{field}": {odd}, "n": {number}}}'.encode()


_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 2**31, 2**63, 10**30, 0.1, 1e308, "", " ", "NaN", "x", "ố" * 50, [], [1, "a", None], [[]], {}, {"a": {"b": []}},
    "2026-02-30", "0000-00-00", "9999-12-31T23:59:59+14:00", "2026-11-21T08:00:00", "+84000", "a@b", "\x00", "a\x00b", "\ud800",
    "\udfff\ud800", "\u202e\u200b\ufeff", "' OR 1=1 --", "%s %(a)s {0}", "\\u0000", "\r\n", "𝒳" * 10, "9" * 4301, "1e400",
)  # fmt: skip
_FIELDS = ("dossier_no", "pages", "share", "phone", "born", "at", "email", "marks", "scores", "key", "span", "kind")


def _wrong_types(chance: random.Random, parts: Parts, number: int) -> bytes:
    for field in chance.sample(_FIELDS, chance.randrange(1, 4)):
        parts.data[field] = chance.choice(_VALUES)
    return _json({**parts.data, "n": number})


def _no_object(chance: random.Random, parts: Parts, number: int) -> bytes:
    return (
        chance.choice(
            (b"[%d]", b'"%d"', b"%d", b"null %d", b"%d null", b"{}{}%d", b'{"a": 1,}%d', b"'%d'", b'\xef\xbb\xbf{"n": %d}')
        )
        % number
    )


def _empty(chance: random.Random, parts: Parts, number: int) -> bytes:
    return chance.choice((b"", b"{}", b" ", b"\x00", b"\n" * 1000))


def _long(chance: random.Random, parts: Parts, number: int) -> bytes:
    field = chance.choice((*_FIELDS, "other"))
    size = chance.choice((300, 20_000, 70_000, 300_000))
    value: Any = chance.choice(
        ("x" * size, "ố" * (size // 3), [0] * (size // 3), ["a"] * (size // 6), {str(i): i for i in range(size // 12)})
    )
    return _json({**parts.data, field: value, "n": number})


def _other_encoding(chance: random.Random, parts: Parts, number: int) -> bytes:
    codec = chance.choice(("utf-16", "utf-32", "utf-7", "latin-1", "utf-8-sig", "cp1258"))
    named = chance.choice(
        (codec, "utf-16", "gzip", "base64", "rot13", "idna", "punycode", "unicode_escape", "undefined", "\udcff", "x" * 255)
    )
    parts.properties["content_encoding"] = named.encode("utf-8", "surrogatepass")
    return json.dumps({**parts.data, "n": number}).encode(codec)


def _mixed_up(chance: random.Random, parts: Parts, number: int) -> bytes:
    keys = ", ".join(f'"{chance.choice(_FIELDS)}": {json.dumps(chance.choice(_VALUES))}' for _ in range(20))
    return f'{{"n": {number}, {keys}, "dossier_no": "{number}"}}'.encode()


# Headers and properties; the body stays good


def _spoiling_headers(change: Callable[[random.Random, Headers], None]) -> Callable[[random.Random, Parts, int], bytes]:
    def spoil(chance: random.Random, parts: Parts, number: int) -> bytes:
        change(chance, parts.headers)
        return _json({**parts.data, "n": number})

    return spoil


def _some(chance: random.Random, headers: Headers, most: int) -> list[bytes]:
    names = sorted(headers.keys() - {b"CC", b"BCC"})
    most = min(most, len(names))
    return chance.sample(names, chance.randrange(1, most + 1)) if most else []


def _missing(chance: random.Random, headers: Headers) -> None:
    for name in _some(chance, headers, len(headers)):
        del headers[name]


def _mistyped(chance: random.Random, headers: Headers) -> None:
    for name in _some(chance, headers, 3):
        headers[name] = _item(chance)


_TEXTS = (
    "", " ", "1.0", "2.0", "no-uuid", "0" * 32, "urn:uuid:12345678-1234-5678-1234-567812345678", "{12345678123456781234567812345678}",
    "vn.vss.front.shot.v2", "vn.vss.front.shot.v", "vn.vss.front.shot.v1.v1", ".v1", "v1", "vn.vss.front.shot.v-1", "\x00", "\n", "\ud800",
    "\u202e", "00-" + "0" * 32 + "-" + "0" * 16 + "-00", "ff-" + "a" * 32 + "-" + "b" * 16 + "-01", "9999-99-99T99:99:99Z", "ố" * 100,
)  # fmt: skip


def _misspelt(chance: random.Random, headers: Headers) -> None:
    for name in _some(chance, headers, 2):
        headers[name] = raw.text(chance.choice(_TEXTS))


def _huge(chance: random.Random, headers: Headers) -> None:
    name = chance.choice((*sorted(headers.keys() - {b"CC", b"BCC"}), b"other"))
    headers[name] = raw.text(chance.choice("xố") * chance.choice((300, 5_000, 30_000)))


def _full_frame(chance: random.Random, headers: Headers) -> None:
    others = sum(len(name) + len(item.value) + 2 for name, item in headers.items())
    headers[b"other"] = raw.text("x" * max(0, _MOST_PROPERTY_BYTES - others - chance.choice((80, 100, 200, 600))))


def _odd(chance: random.Random, headers: Headers) -> None:
    for _ in range(chance.randrange(1, 8)):
        headers[chance.randbytes(chance.choice((1, 3, 60)))] = _item(chance)


def _ours(chance: random.Random, headers: Headers) -> None:
    """Our own and the broker's names, with whatever in them."""
    names = (
        b"vss-attempts",
        b"vss-first-seen",
        b"vss-parked-reason",
        b"vss-replays",
        b"vss-unreadable-properties",
        b"x-delivery-count",
        b"x-death",
    )
    headers[chance.choice(names)] = _item(chance)
    if chance.random() < 0.2:
        headers[b"vss-attempts"] = raw.number("l", chance.choice((-1, 0, 3, 2**62)))


def _to_be_copied(chance: random.Random, headers: Headers) -> None:
    """The broker sends a copy to each of these; and so it would again when we send the message on."""
    headers[chance.choice((b"CC", b"BCC"))] = raw.array([raw.text(QUEUE), raw.text("target.parked"), raw.text("nowhere")])


def _item(chance: random.Random, depth: int = 3) -> Item:
    kind = chance.randrange(14 if depth else 11)
    if kind == 0:
        return raw.text(chance.choice(_TEXTS))
    if kind == 1:
        return raw.text(chance.randbytes(chance.choice((1, 10, 300))))
    if kind == 2:
        return raw.octets(chance.randbytes(chance.choice((0, 5, 300))))
    if kind == 3:
        letter, bits = chance.choice((("b", 7), ("s", 15), ("I", 31), ("l", 63)))
        return raw.number(letter, chance.choice((-(2**bits), -1, 0, 2**bits - 1)))
    if kind == 4:
        letter, bits = chance.choice((("B", 8), ("u", 16), ("i", 32)))
        return raw.number(letter, chance.choice((0, 2**bits - 1)))
    if kind == 5:
        return raw.number(chance.choice("fd"), chance.choice((0.0, -1.5, 1e38)))
    if kind == 6:
        return raw.decimal(chance.choice((0, 2, 255)), chance.choice((0, 17, -(2**31), 2**31 - 1)))
    if kind == 7:
        return raw.number("T", chance.choice((0, 1_800_000_000, 253_402_300_800, 2**62, 2**64 - 1)))
    if kind == 8:
        return raw.nothing()
    if kind == 9:
        return raw.number("t", chance.choice((0, 1, 255)))
    if kind == 10:
        return raw.nested(chance.choice((5, 100, 480, 3_000)))
    if kind == 11:
        return raw.array(_item(chance, depth - 1) for _ in range(chance.randrange(5)))
    return raw.table(
        {chance.randbytes(chance.randrange(1, 9)): _item(chance, depth - 1) for _ in range(chance.randrange(5))}
    )


def _odd_properties(chance: random.Random, parts: Parts, number: int) -> bytes:
    odd: dict[str, Any] = {
        "content_type": chance.choice((b"", b"text/plain", b"\xff\xfe", "ố".encode() * 80, b"application/cloudevents+json")),
        "content_encoding": chance.choice((b"utf-16", b"\xff", b"gzip", b"no-such-codec", b"utf-7")),
        "delivery_mode": 1,
        "priority": chance.choice((0, 9, 255)),
        "correlation_id": chance.choice((b"", b"\xc3", b"x" * 255)),
        "reply_to": chance.choice((b"", b"\xff", b"somewhere")),
        "expiration": chance.choice((b"0", b"1", b"600000")),
        "message_id": chance.choice((b"", b"\xff", b"42", b"x" * 255, str(uuid.UUID(int=number)).encode())),
        "timestamp": chance.choice((0, 2**63, 2**64 - 1)),
        "type": chance.choice((b"", b"\xff", b"shot")),
        "user_id": b"guest",
        "app_id": chance.choice((b"", b"\xf0\x9f", b"x" * 255)),
        "cluster_id": chance.choice((b"", b"\xff")),
    }
    for name in chance.sample(sorted(odd), chance.randrange(1, 5)):
        parts.properties[name] = odd[name]
    if chance.random() < 0.3:
        parts.headers.pop((PREFIX + "id").encode(), None)
    return _json({**parts.data, "n": number})


def _nothing_but_a_body(chance: random.Random, parts: Parts, number: int) -> bytes:
    parts.headers.clear()
    for name in list(parts.properties):
        del parts.properties[name]
    return _json({**parts.data, "n": number})


_SPOILERS: tuple[tuple[str, Callable[[random.Random, Parts, int], bytes]], ...] = (
    ("random bytes", _random_bytes),
    ("cut off", _cut_off),
    ("bytes changed", _bytes_changed),
    ("nested", _nested),
    ("numbers", _numbers),
    ("wrong types", _wrong_types),
    ("no object", _no_object),
    ("empty", _empty),
    ("long", _long),
    ("other encoding", _other_encoding),
    ("mixed up", _mixed_up),
    ("attributes missing", _spoiling_headers(_missing)),
    ("attributes mistyped", _spoiling_headers(_mistyped)),
    ("attributes misspelt", _spoiling_headers(_misspelt)),
    ("attribute huge", _spoiling_headers(_huge)),
    ("frame full", _spoiling_headers(_full_frame)),
    ("odd headers", _spoiling_headers(_odd)),
    ("our headers", _spoiling_headers(_ours)),
    ("to be copied", _spoiling_headers(_to_be_copied)),
    ("odd properties", _odd_properties),
    ("nothing but a body", _nothing_but_a_body),
)
