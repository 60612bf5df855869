"""Compare what `serving/rtp_receiver.py` replaces in aiortc with what it was written for."""

from __future__ import annotations

import hashlib
import inspect
from functools import cache
from typing import Any

from aioice.ice import Connection, StunProtocol
from aiortc import RTCDtlsTransport, RTCRtpReceiver, jitterbuffer, rate, rtcrtpreceiver
from aiortc.rtp import HeaderExtensionsMap, RtpPacket

from errors import UserError

_REPLACED = (
    (StunProtocol.datagram_received, "ff4c8b910d45fb3a"),
    (Connection.data_received, "5631b17fab717d6b"),
    (RTCDtlsTransport._recv_next, "998076720c05aa13"),
    (RTCDtlsTransport._handle_rtp_data, "5def9061cc3da1f6"),
    (RTCRtpReceiver, "9a485e6f515fc0cd"),
    (RtpPacket.parse, "22109861dfce7bab"),
    (HeaderExtensionsMap, "b2094056d6bccaa3"),
    (rtcrtpreceiver.NackGenerator, "4e89418b046d6ffc"),
    (rtcrtpreceiver.StreamStatistics, "9cd41a1293758a29"),
    (rtcrtpreceiver.decoder_worker, "d500d4e567d6846c"),
    (jitterbuffer, "34d9dafc538aabbc"),
    (rate.RateCounter, "07a0d63e5d1a3289"),
    (rate.OveruseEstimator, "1b468219a69d64a8"),
    (rate.RemoteBitrateEstimator, "287ad89d380234e9"),
)
"""What is replaced or relied on, and the beginning of its source's SHA-256."""


class ReceiverError(UserError):
    """aiortc's receive path isn't the known one; the message says what differs."""


@cache
def check_aiortc() -> None:
    """Compare aiortc's receive path with the one that ours replaces.

    Raises:
        ReceiverError: it has changed, so to replace it could lose pictures.
    """
    changed = [
        getattr(part, "__qualname__", part.__name__)
        for part, digest in _REPLACED
        if source_digest(part) != digest
    ]
    if changed:
        raise ReceiverError(
            f"this version of aiortc or aioice receives video in another way ({', '.join(changed)})"
            ": install the versions of requirements.lock"
        )


def source_digest(part: Any) -> str:
    """Return the beginning of the SHA-256 of a function's, class's or module's source."""
    return hashlib.sha256(inspect.getsource(part).encode()).hexdigest()[:16]
