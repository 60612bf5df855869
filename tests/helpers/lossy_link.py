"""A network that loses and overtakes packets, the same ones in each run, and counts the RTCP."""

from __future__ import annotations

import random
import struct
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiortc import RTCPeerConnection

KINDS = {(1, 205): "NACK", (1, 206): "PLI", (15, 206): "REMB", (1, 201): "RR"}
SAFE = 12
"""Packets at the beginning that arrive: a stream without its first key frame has no pictures."""


@dataclass
class LossyLink:
    """The way from a sender to a receiver.

    Attributes:
        lost: share of packets that are lost, those sent again included.
        overtaken: share of packets that three later ones overtake.
        cut: number of packets at the beginning that are lost.
        seed: decides which.
        rtcp: RTCP packets that came back, by kind.
    """

    lost: float = 0.0
    overtaken: float = 0.0
    cut: int = 0
    seed: int = 0
    rtcp: Counter[str] = field(default_factory=Counter)
    _first: dict[int, int] = field(default_factory=dict)
    _held: list[tuple[int, bytes]] = field(default_factory=list)
    _sent: int = 0

    def join(self, sender: RTCPeerConnection, receiver: RTCPeerConnection) -> None:
        """Stand between two peers; call it before they connect."""
        there = sender.getTransceivers()[0].sender.transport.transport
        back = receiver.getTransceivers()[0].receiver.transport.transport
        there._send = self._forth(there._send)
        back._send = self._back(back._send)

    def _forth(self, send: Callable[[bytes], Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def forth(data: bytes) -> None:
            if not _is_rtp(data):
                return await send(data)
            self._sent += 1
            fate = self._fate(data)
            if fate < self.lost:
                pass
            elif fate < self.lost + self.overtaken:
                self._held.append((self._sent + 3, data))
            else:
                await send(data)
            for held in [one for one in self._held if one[0] <= self._sent]:
                self._held.remove(held)
                await send(held[1])

        return forth

    def _fate(self, data: bytes) -> float:
        """Return a number from 0 to 1 that depends on nothing but the packet's place."""
        sequence, _, ssrc = struct.unpack_from("!HLL", data, 2)
        place = (sequence - self._first.setdefault(ssrc, sequence)) & 0xFFFF
        stream = [*self._first].index(ssrc)
        if stream == 0 and place < max(SAFE, self.cut):
            return -1.0 if place < self.cut else 1.0
        return random.Random(f"{self.seed} {stream} {place}").random()

    def _back(self, send: Callable[[bytes], Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def back(data: bytes) -> None:
            if 127 < data[0] < 192 and not _is_rtp(data):
                self.rtcp[KINDS.get((data[0] & 31, data[1]), "other")] += 1
            await send(data)

        return back


def _is_rtp(data: bytes) -> bool:
    return 127 < data[0] < 192 and not 191 < data[1] < 209
