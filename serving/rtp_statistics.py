"""What is counted of received packets, for RTCP: losses and jitter, and bits a second."""

from __future__ import annotations

import time
from collections import deque

from aiortc.rate import MIN_FRAME_PERIOD_HISTORY_LENGTH, OveruseEstimator, RemoteBitrateEstimator
from aiortc.rtcrtpreceiver import StreamStatistics


class Statistics(StreamStatistics):  # type: ignore[misc]
    """Counts for receiver reports, which aiortc sends about once a second."""

    max_seq: int | None
    _last_arrival: int
    _last_timestamp: int | None

    def count(self, sequence: int, timestamp: int) -> None:
        """Count a packet."""
        self.packets_received += 1
        if self.max_seq is None:
            self.base_seq = sequence
        elif not 0 < (sequence - self.max_seq) & 0xFFFF < 0x8000:
            return
        elif sequence < self.max_seq:
            self.cycles += 1 << 16
        self.max_seq = sequence
        arrival = int(time.time() * self._clockrate)
        if timestamp != self._last_timestamp and self._last_timestamp is not None:
            late = abs(arrival - self._last_arrival - timestamp + self._last_timestamp)
            self._jitter_q4 += late - ((self._jitter_q4 + 8) >> 4)
        self._last_arrival, self._last_timestamp = arrival, timestamp


def make_cheap(estimator: RemoteBitrateEstimator) -> None:
    """Replace two parts of a bit rate's estimator that count the same at a higher cost."""
    estimator.incoming_bitrate = Throughput()
    estimator.estimator = _Overuse()


class _Overuse(OveruseEstimator):  # type: ignore[misc]
    """aiortc's, but without a loop in Python over the last sixty frames."""

    ts_delta_hist: list[float]

    def update_min_frame_period(self, ts_delta: float) -> float:
        """Return the shortest time between frames (ms), this one included."""
        self.ts_delta_hist = [*self.ts_delta_hist[1 - MIN_FRAME_PERIOD_HISTORY_LENGTH :], ts_delta]
        return min(self.ts_delta_hist)


class Throughput:
    """Bits a second over the last second. aiortc's own walks over a bucket for each millisecond."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._counts: deque[tuple[int, int]] = deque()
        self._total, self._since_ms = 0, 0

    def add(self, size: int, now_ms: int) -> None:
        """Add bytes that arrived."""
        if not self._counts:
            self._since_ms = now_ms
        self._counts.append((now_ms, size))
        self._total += size

    def rate(self, now_ms: int) -> int | None:
        """Return bits a second, or None while nothing is known."""
        while self._counts and self._counts[0][0] <= now_ms - 1000:
            self._total -= self._counts.popleft()[1]
        span_ms = min(1000, now_ms - self._since_ms + 1)
        return round(8000 * self._total / span_ms) if self._counts and span_ms > 1 else None
