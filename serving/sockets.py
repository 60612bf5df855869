"""Read all peers' sockets by the clock, instead of waking up for each datagram.

Waking up costs several times what a datagram does, above all where worker threads hold Python's
lock. By the clock it is paid once for all peers together. How much: docs/measurements/packets.md.
"""

from __future__ import annotations

import asyncio
import selectors
import socket
from collections.abc import Callable
from typing import Any

PERIOD_S = 0.005
"""Seconds from one look at the sockets to the next: a twentieth of a frame's time to come in."""
_MANY = 2
"""Sockets on which something waited, so that in the next period something will come, too."""
_DATAGRAM_BYTES = 2048
_MOST_AT_ONCE = 64
"""Datagrams taken of one socket at a time, so that one peer can't keep the event loop."""


class Sockets:
    """The sockets of all peers, for one event loop.

    While many send it looks at them by the clock. Else it sleeps until the first datagram comes,
    and then looks after a period, since a frame's datagrams follow one another.
    """

    def __init__(self) -> None:
        """Start without sockets."""
        self._loop = asyncio.get_running_loop()
        self._selector = selectors.DefaultSelector()
        self._started = False

    def take_over(self, protocol: Any, take: Callable[[bytes], bool]) -> None:
        """Read a socket of aioice from now on, until it is closed.

        Args:
            protocol: what aioice reads it with, a `StunProtocol`.
            take: takes a datagram, or returns False: then aioice gets it.
        """
        leave = protocol.datagram_received

        def received(data: bytes, addr: tuple[Any, ...]) -> None:
            if not take(data):
                leave(data, addr)

        protocol.datagram_received = received
        # A TURN relay has no socket of its own, and other event loops than asyncio's hide it:
        # there datagrams come one by one.
        waiting: socket.socket | None = getattr(protocol.transport, "_sock", None)
        unwatch = getattr(self._loop, "_remove_reader", None)
        if waiting is None or unwatch is None or not hasattr(self._selector, "fileno"):
            return
        unwatch(waiting.fileno())
        self._selector.register(waiting, selectors.EVENT_READ, received)
        lost = protocol.connection_lost

        def connection_lost(error: Exception | None) -> None:
            self._selector.unregister(waiting)
            lost(error)

        protocol.connection_lost = connection_lost
        if not self._started:
            self._started = True
            self._look()

    def _look(self) -> None:
        """Take what waits on all sockets, and look again later."""
        found = self._selector.select(0)
        try:
            for key, _ in found:
                _take_all(key.fileobj, key.data)
        finally:
            # Whatever one peer's datagram led to, all peers are read on.
            if len(found) >= _MANY:
                self._loop.call_later(PERIOD_S, self._look)
            else:
                self._loop.add_reader(self._selector.fileno(), self._wake_up)

    def _wake_up(self) -> None:
        """Let the datagrams that follow come in, too."""
        self._loop.remove_reader(self._selector.fileno())
        self._loop.call_later(PERIOD_S, self._look)


def _take_all(waiting: Any, received: Callable[[bytes, tuple[Any, ...]], None]) -> None:
    for _ in range(_MOST_AT_ONCE):
        try:
            data, addr = waiting.recvfrom(_DATAGRAM_BYTES)
        except OSError:
            return  # none waits, or the peer's port is closed, which ICE notices
        received(data, addr)
