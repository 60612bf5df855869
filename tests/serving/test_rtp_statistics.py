"""Counts for RTCP are those of aiortc, at a lower cost."""

from __future__ import annotations

import random

import pytest
from aiortc.rate import RemoteBitrateEstimator
from aiortc.rtcrtpreceiver import StreamStatistics
from aiortc.rtp import RtpPacket

from serving.rtp_statistics import Statistics, make_cheap


@pytest.mark.parametrize("seed", range(3))
def test_bit_rates_are_those_of_aiortc(seed: int) -> None:
    """A network that is slow to deliver, now and then, and a sender that pauses."""
    dice, theirs, ours = random.Random(seed), RemoteBitrateEstimator(), RemoteBitrateEstimator()
    make_cheap(ours)
    sent_ms = arrived_ms = reports = 0
    for number in range(2000):
        sent_ms += 3000 if number == 1500 else 83
        queue_ms = number % 200 if number > 500 else 0
        arrived_ms = max(arrived_ms + 1, sent_ms + dice.randint(0, 9) + queue_ms)
        arrival = {
            "arrival_time_ms": arrived_ms,
            "abs_send_time": sent_ms * (1 << 18) // 1000 & 0xFFFFFF,
            "payload_size": 9600 + dice.randint(0, 4000),
            "ssrc": 1,
        }
        estimate = theirs.add(**arrival)
        assert ours.add(**arrival) == estimate
        reports += estimate is not None
    assert reports > 100


def test_receiver_reports_are_those_of_aiortc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sequence numbers wrap around; some packets are lost, overtaken or repeated."""
    dice, theirs, ours = random.Random(1), StreamStatistics(90_000), Statistics(90_000)
    now_s = 1000.0
    monkeypatch.setattr("time.time", lambda: now_s)
    for number in range(2000):
        now_s += dice.uniform(0.0, 0.03)
        sequence = 65_000 + number - (dice.randint(1, 5) if dice.random() < 0.1 else 0)
        if dice.random() < 0.05:
            continue
        packet = RtpPacket(sequence_number=sequence & 0xFFFF, timestamp=number // 8 * 7500)
        theirs.add(packet)
        ours.count(packet.sequence_number, packet.timestamp)
    for name in ("packets_received", "packets_expected", "packets_lost", "max_seq", "cycles"):
        assert getattr(ours, name) == getattr(theirs, name), name
    assert ours.fraction_lost == theirs.fraction_lost
    assert ours.jitter == theirs.jitter
