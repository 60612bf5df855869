"""Missing packets are asked for by the clock, together, and not for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from serving.missing_packets import ASK_AFTER_S, ASK_AGAIN_S, HISTORY, MissingPackets


class Clock:
    """A loop that is nothing but its timers."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self._timers: list[asyncio.TimerHandle] = []

    def time(self) -> float:
        return self.now_s

    def get_debug(self) -> bool:
        return False

    def call_at(
        self, when: float, callback: Callable[[], object], *args: object, context: None = None
    ) -> asyncio.TimerHandle:
        self._timers.append(asyncio.TimerHandle(when, callback, args, self))  # type: ignore[arg-type]
        return self._timers[-1]

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        self._timers.remove(handle)

    @property
    def timers(self) -> int:
        return len(self._timers)

    def advance(self, seconds: float) -> None:
        end_s = self.now_s + seconds
        while due := sorted(
            (one for one in self._timers if one.when() <= end_s), key=lambda t: t.when()
        ):
            self._timers.remove(due[0])
            self.now_s = due[0].when()
            due[0]._run()
        self.now_s = end_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def asked() -> list[list[int]]:
    return []


@pytest.fixture
def packets(clock: Clock, asked: list[list[int]]) -> MissingPackets:
    return MissingPackets(clock, asked.append)  # type: ignore[arg-type]


def test_all_that_are_missing_are_asked_for_at_once(
    packets: MissingPackets, clock: Clock, asked: list[list[int]]
) -> None:
    for sequence in (10, 12, 13, 16):
        packets.number(sequence)
    clock.advance(ASK_AFTER_S)
    assert asked == [[11, 14, 15]]
    assert clock.timers == 1


def test_an_overtaken_packet_is_not_asked_for(
    packets: MissingPackets, clock: Clock, asked: list[list[int]]
) -> None:
    for sequence in (10, 12, 11):
        packets.number(sequence)
    clock.advance(10)
    assert not asked
    assert not clock.timers


def test_a_packet_that_stays_away_is_asked_for_again_but_not_for_ever(
    packets: MissingPackets, clock: Clock, asked: list[list[int]]
) -> None:
    packets.number(10)
    packets.number(12)
    clock.advance(ASK_AFTER_S + ASK_AGAIN_S)
    assert asked == [[11], [11]]
    clock.advance(60)
    assert asked == [[11]] * 10
    assert not clock.timers


def test_new_losses_do_not_wait_for_old_ones(
    packets: MissingPackets, clock: Clock, asked: list[list[int]]
) -> None:
    packets.number(10)
    packets.number(12)
    clock.advance(ASK_AFTER_S)
    packets.number(14)
    clock.advance(ASK_AFTER_S)
    assert asked == [[11], [13]]


def test_only_what_a_sender_still_has_is_asked_for(
    packets: MissingPackets, clock: Clock, asked: list[list[int]]
) -> None:
    packets.number(0)
    packets.number(1000)
    clock.advance(ASK_AFTER_S)
    assert asked == [[*range(1000 - HISTORY, 1000)]]
    packets.number(1000 + HISTORY)
    packets.number(1001 + HISTORY)
    clock.advance(ASK_AFTER_S)
    assert asked[-1] == [*range(1001, 1000 + HISTORY)]


def test_numbers_do_not_wrap_around(
    packets: MissingPackets, clock: Clock, asked: list[list[int]]
) -> None:
    assert [packets.number(one) for one in (65534, 1, 65535, 65533)] == [65534, 65537, 65535, 65533]
    clock.advance(ASK_AFTER_S)
    assert asked == [[0]]
