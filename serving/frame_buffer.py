"""Put a video's packets in order and together to encoded frames. Pure: no sockets, no clocks."""

from __future__ import annotations

from collections.abc import Callable

CAPACITY = 512
"""Packets between the oldest that is needed and the newest; beyond that frames are given up."""
_MOST_LATE = 100
"""A packet older than this is no late one: the sender has begun anew."""


class FrameBuffer:
    """Gives each frame as soon as all its packets are there, in the order in which they were sent.

    It gives the same frames as aiortc's jitter buffer, but earlier: a frame's last packet is marked
    (RFC 7741, section 4.1; RFC 6184, section 5.1), so the next frame need not begin first. When a
    missing packet arrives, all frames that waited for it are given. A frame whose first packet is
    given up is not given.
    """

    def __init__(
        self, on_frame: Callable[[int, bytes], object], on_loss: Callable[[], object]
    ) -> None:
        """Call `on_frame` with a frame's RTP timestamp and data, `on_loss` if one is given up."""
        self._on_frame, self._on_loss = on_frame, on_loss
        self._waiting: dict[int, tuple[int, bool, bytes]] = {}
        self._parts: list[bytes] = []
        self._timestamp = 0
        self._origin: int | None = None
        self._next = 0

    def add(
        self, number: int, timestamp: int, last: bool, data: bytes, *, resent: bool = False
    ) -> None:
        """Add a packet.

        Args:
            number: sequence number, without wrapping around.
            timestamp: RTP timestamp of its frame.
            last: whether it is marked as the last packet of its frame.
            data: its part of the frame.
            resent: whether it was sent again. A sender never begins anew with one of these.
        """
        if self._origin is None:
            self._origin = self._next = number
        if number == self._next and not self._waiting:
            self._append(timestamp, last, data)
            return
        if number < self._next:
            if resent or self._origin - number < _MOST_LATE:
                return
            self._waiting.clear()
            self._begin_at(number)
            self._on_loss()
        elif number - self._origin >= CAPACITY:
            self._give_up(number - CAPACITY + 1, number)
            self._on_loss()
        self._waiting[number] = (timestamp, last, data)
        while self._next in self._waiting:
            self._append(*self._waiting.pop(self._next))

    def _append(self, timestamp: int, last: bool, data: bytes) -> None:
        if timestamp != self._timestamp:
            self._finish()
            self._timestamp = timestamp
        self._parts.append(data)
        self._next += 1
        if last:
            self._finish()

    def _finish(self) -> None:
        data = b"".join(self._parts)
        self._parts.clear()
        self._origin = self._next
        if data:
            self._on_frame(self._timestamp, data)

    def _give_up(self, oldest: int, newest: int) -> None:
        """Drop packets before `oldest`, and go on where a frame surely begins, behind another."""
        before = (self._next - 1, self._timestamp) if self._parts else None
        begin = newest
        for number in sorted(self._waiting):
            timestamp = self._waiting[number][0]
            follows = before is not None and before[0] == number - 1 and before[1] != timestamp
            if number >= oldest and follows:
                begin = number
                break
            before = (number, timestamp)
            del self._waiting[number]
        self._begin_at(begin)

    def _begin_at(self, number: int) -> None:
        self._parts.clear()
        self._origin = self._next = number
