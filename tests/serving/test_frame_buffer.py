"""Packets to encoded frames: the same frames as aiortc's jitter buffer gives, and earlier."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest
from aiortc.jitterbuffer import JitterBuffer
from aiortc.rtp import RtpPacket

from serving.frame_buffer import CAPACITY, FrameBuffer

Sent = tuple[int, int, bool, bytes]


@dataclass
class Given:
    """A buffer, and what it gave."""

    frames: list[tuple[int, bytes]] = field(default_factory=list)
    losses: int = 0

    def __post_init__(self) -> None:
        self.buffer = FrameBuffer(lambda *frame: self.frames.append(frame), self._lose)

    def _lose(self) -> None:
        self.losses += 1


def stream(count: int, seed: int = 0) -> list[Sent]:
    """Return the packets of frames of one to nine packets: number, timestamp, last, data."""
    dice, sent = random.Random(seed), list[Sent]()
    for frame in range(count):
        parts = dice.randint(1, 9)
        for part in range(parts):
            data = f"{frame}.{part} ".encode()
            sent.append((len(sent), 3000 * frame, part == parts - 1, data))
    return sent


def frames(sent: list[Sent]) -> list[tuple[int, bytes]]:
    found: dict[int, bytes] = {}
    for _, timestamp, _, data in sent:
        found[timestamp] = found.get(timestamp, b"") + data
    return [*found.items()]


def overtaken(sent: list[Sent], seed: int) -> list[Sent]:
    dice = random.Random(seed)
    return sorted(
        sent, key=lambda one: one[0] + (dice.randint(2, 40) if dice.random() < 0.2 else 0)
    )


def test_a_frame_is_given_with_its_last_packet() -> None:
    given, sent = Given(), stream(20)
    for packet in sent:
        given.buffer.add(*packet)
        assert (given.frames[-1:] == [(packet[1], frames(sent)[packet[1] // 3000][1])]) is packet[2]


def test_a_frame_whose_last_packet_is_not_marked_is_given_with_the_next() -> None:
    given, sent = Given(), stream(20)
    for number, timestamp, _, data in sent:
        given.buffer.add(number, timestamp, False, data)
    assert given.frames == frames(sent)[:-1]


@pytest.mark.parametrize("seed", range(20))
def test_frames_are_those_of_aiortc_in_any_order(seed: int) -> None:
    given, theirs, sent = Given(), JitterBuffer(CAPACITY, is_video=True), stream(60, seed)
    before = []
    for number, timestamp, last, data in sent[:1] + overtaken(sent[1:], seed):
        given.buffer.add(number, timestamp, last, data)
        packet = RtpPacket(sequence_number=number, timestamp=timestamp)
        packet._data = data
        _, frame = theirs.add(packet)
        if frame is not None:
            before.append((frame.timestamp, frame.data))
    assert given.frames == frames(sent)
    assert given.frames[: len(before)] == before
    assert not given.losses


def test_repeated_packets_change_nothing() -> None:
    given, sent = Given(), stream(30)
    for packet in sent:
        given.buffer.add(*packet)
        given.buffer.add(*packet)
        given.buffer.add(*sent[0], resent=True)
    assert given.frames == frames(sent)
    assert not given.losses


def test_a_frame_that_never_completes_is_given_up_and_a_key_frame_asked_for() -> None:
    given, sent = Given(), stream(300)
    for packet in sent[:20] + sent[21:]:
        given.buffer.add(*packet)
    missing = sent[20][1]
    assert given.losses
    assert missing not in dict(given.frames)
    assert [timestamp for timestamp, _ in given.frames] == [
        timestamp for timestamp, _ in frames(sent) if timestamp != missing
    ]


def test_a_sender_that_begins_anew_is_followed() -> None:
    given, sent = Given(), stream(60)
    for number, timestamp, last, data in sent:
        given.buffer.add(number + 1000, timestamp, last, data)
    for number, timestamp, last, data in sent:
        given.buffer.add(number, timestamp + 1_000_000, last, data)
    assert given.losses == 1
    assert given.frames[60:] == [(at + 1_000_000, data) for at, data in frames(sent)]
    assert given.frames[:60] == frames(sent)
