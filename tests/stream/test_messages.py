"""The messages of peers: read with care."""

from __future__ import annotations

import json

import pytest

from stream.messages import MessageError, parse_peer_message


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "dance"}',
        "{}",
        "nothing",
        '{"type":"ping","id":[1]}',
        '"hello"',
        b"{}",
        "9" * 9999,
    ],
)
def test_messages_outside_the_protocol_are_refused(text: str | bytes) -> None:
    with pytest.raises(MessageError) as caught:
        parse_peer_message(text)
    assert "\n" not in str(caught.value)


def test_messages_of_the_protocol_are_read() -> None:
    for message in (
        {"type": "hello", "client": "phone"},
        {"type": "pause"},
        {"type": "resume"},
        {"type": "ping", "id": 3},
    ):
        assert parse_peer_message(json.dumps(message)).model_dump() == message
