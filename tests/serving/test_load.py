"""Load: a measured wait, and states that don't flicker."""

from __future__ import annotations

import pytest

from serving.load import Load


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_nobody_waits_at_first(clock: Clock) -> None:
    load = Load(0.1, 0.3, clock)
    assert (load.wait_s, load.overloaded, load.saturated) == (0.0, False, False)


def test_the_load_follows_the_waits_of_the_last_seconds(clock: Clock) -> None:
    load = Load(0.1, 0.3, clock)
    for _ in range(100):
        clock.now += 0.05
        load.record_wait(0.2)
    assert load.wait_s == pytest.approx(0.2)
    assert (load.overloaded, load.saturated) == (True, False)
    for _ in range(200):
        clock.now += 0.05
        load.record_wait(0.4)
    assert load.wait_s == pytest.approx(0.4, abs=0.01)
    assert load.saturated


def test_one_long_wait_among_many_is_not_load(clock: Clock) -> None:
    load = Load(0.1, 0.3, clock)
    for _ in range(100):
        clock.now += 0.05
        load.record_wait(0.0)
    load.record_wait(1.0)
    assert not load.overloaded


def test_states_hold_until_it_is_clearly_better(clock: Clock) -> None:
    load = Load(0.1, 0.3, clock)
    for wait, overloaded in (
        (0.12, True),
        (0.06, True),
        (0.03, False),
        (0.06, False),
        (0.12, True),
    ):
        for _ in range(400):
            clock.now += 0.05
            load.record_wait(wait)
        assert load.overloaded is overloaded, wait


def test_the_wait_fades_when_nothing_is_processed(clock: Clock) -> None:
    load = Load(0.1, 0.3, clock)
    for _ in range(100):
        clock.now += 0.05
        load.record_wait(1.0)
    assert (load.overloaded, load.saturated) == (True, True)
    clock.now += 30
    assert (load.overloaded, load.saturated) == (False, False)
