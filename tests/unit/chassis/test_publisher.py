"""What the publisher writes is what py-amqp would have read from its own writing."""

from typing import Any

import amqp
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.bus.content import Content

_text = st.text(max_size=40)
_usual = st.dictionaries(st.text(max_size=20), _text | st.integers(-(2**31), 2**31 - 1), max_size=6)
_unusual = st.dictionaries(
    st.text(max_size=20),
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.none() | st.lists(_text, max_size=2),
    max_size=3,
)


@given(
    headers=_usual | _unusual | st.builds(lambda a, b: a | b, _usual, _unusual),
    message_id=st.text("0123456789abcdef-", max_size=36),
)
def test_properties_arrive_as_they_were_given(headers: dict[str, Any], message_id: str) -> None:
    given_properties = {
        "content_type": "application/json",
        "delivery_mode": 2,
        "message_id": message_id,
        "application_headers": headers,
    }
    encoded = Content(b"{}", **given_properties).encode_properties()
    received = amqp.Message()
    received._load_properties(60, encoded, 0)  # noqa: SLF001  # py-amqp's reader, beside which ours is tried
    assert received.properties == given_properties
    assert [type(v) for v in received.properties["application_headers"].values()] == [type(v) for v in headers.values()]
