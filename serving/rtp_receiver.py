"""Receive a peer's video instead of aiortc, at about half of aiortc's cost for each packet.

aiortc wakes a task for each datagram, reads it as STUN first, keeps several clocks and counters a
packet, and answers by RTCP whenever it likes. Here a wake-up takes all datagrams that wait, reads
of each header what is used, and RTCP goes by the clock. Everything but RTP is left to aiortc.
Why and how much: docs/decisions/0016-packets.md.
"""

from __future__ import annotations

import asyncio
import logging
import struct
from collections.abc import Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

import pylibsrtp
from aiortc import RTCRtpReceiver, clock
from aiortc.codecs import depayload, is_rtx
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtp import (
    RTCP_PSFB_APP,
    RtcpPsfbPacket,
    RtpPacket,
    pack_remb_fci,
)

from serving.aiortc_insides import check_aiortc
from serving.frame_buffer import FrameBuffer
from serving.missing_packets import MissingPackets
from serving.rtp_statistics import Statistics, make_cheap
from serving.sockets import Sockets
from serving.video_decoder import VideoDecoder
from stream.capture import LatestFrame

log = logging.getLogger("vernissage.session")

_HEADER = struct.Struct("!BBHLL")
_REMB_EVERY_S, _REMB_FALL = 1.0, 0.97
"""A bit rate is reported once a second; at once if it fell by so much (as libwebrtc does)."""


def replace_receive_path(receiver: RTCRtpReceiver, slot: LatestFrame, sockets: Sockets) -> None:
    """Receive a video track's packets here, from now on; its frames go into a slot.

    Call it after the local description is set, and before the connection is made: then all sockets
    are there, and no packet has come.

    Raises:
        ReceiverError: aiortc's receive path isn't the known one.
    """
    check_aiortc()
    video = _VideoReceiver(receiver, slot)
    for protocol in receiver.transport.transport._connection._protocols:
        sockets.take_over(protocol, video.take)
    receiver.transport._handle_rtp_data = video.take_queued


@dataclass(slots=True)
class _Source:
    """What is known of packets by their SSRC and payload type."""

    statistics: Statistics
    codec: RTCRtpCodecParameters
    media_ssrc: int
    resent: bool
    vp8: bool


class _VideoReceiver:
    """Turns RTP packets into encoded frames in a slot, and asks for what is missing."""

    def __init__(self, receiver: RTCRtpReceiver, slot: LatestFrame) -> None:
        self._receiver, self._transport = receiver, receiver.transport
        self._slot, self._decoder = slot, VideoDecoder()
        self._of("decoder_queue").put(None)  # Its own decoder's thread ends as soon as it starts.
        self._codecs = self._of("codecs")
        self._sources: dict[tuple[int, int], _Source] = {}
        self._buffer = FrameBuffer(self._take_frame, self._ask_for_key_frame)
        self._codec: RTCRtpCodecParameters | None = None
        self._media_ssrc = 0
        self._queue: asyncio.Queue[Any] = self._transport.transport._connection._queue
        self._direct = False
        self._loop = asyncio.get_running_loop()
        self._missing = MissingPackets(self._loop, self._ask_for_packets)
        self._tasks: set[asyncio.Task[None]] = set()
        self._bytes = 0
        self._remb: tuple[float, int] = (0.0, 0)
        self._bit_rate = self._of("remote_bitrate_estimator")
        make_cheap(self._bit_rate)

    def _of(self, name: str) -> Any:
        return getattr(self._receiver, f"_RTCRtpReceiver__{name}")

    def take(self, data: bytes) -> bool:
        """Take a datagram if it is RTP of a connection whose keys are known; return whether."""
        if len(data) < 12 or not 127 < data[0] < 192 or 191 < data[1] < 209:
            return False
        session = self._transport._rx_srtp
        if not self._direct:
            # Packets that came before the keys wait in aioice's queue, and must be taken first.
            self._direct = session is not None and self._queue.empty()
            if not self._direct:
                return False
        self._transport._RTCDtlsTransport__rx_bytes += len(data)
        self._transport._RTCDtlsTransport__rx_packets += 1
        try:
            self._take_packet(session.unprotect(data))
        except pylibsrtp.Error as forged:
            log.debug("a peer's packet is forged or repeated: %s", forged)
        return True

    async def take_queued(self, data: bytes, arrival_time_ms: int) -> None:
        """Take a packet that aiortc has decrypted; when it came doesn't matter."""
        self._take_packet(data)

    def _take_packet(self, data: bytes) -> None:
        try:
            self._read_packet(data)
        except (ValueError, IndexError, struct.error) as damaged:
            log.debug("a peer's packet can't be read: %s", damaged)

    def _read_packet(self, data: bytes) -> None:
        flags, kind, sequence, timestamp, ssrc = _HEADER.unpack_from(data)
        extension = 12 + 4 * (flags & 15)
        start, end = extension, len(data)
        if flags & 16:
            start += 4 + 4 * (data[start + 2] << 8 | data[start + 3])
        if flags & 32:
            end -= data[-1]
        if end < start or not self._receiver._enabled:
            return
        payload_type, last = kind & 127, kind > 127
        source = self._sources.get((ssrc, payload_type)) or self._new_source(ssrc, payload_type)
        if source is None:
            return
        source.statistics.count(sequence, timestamp)
        self._bytes += end - start
        if source.resent:
            if end < start + 2:
                return
            sequence = data[start] << 8 | data[start + 1]
            start += 2
        elif last and flags & 16:
            self._estimate(ssrc, data[extension:start])
        self._codec, self._media_ssrc = source.codec, source.media_ssrc
        number = self._missing.number(sequence)
        if start == end:
            payload = b""
        elif source.vp8:
            payload = data[start + _vp8_descriptor_bytes(data, start) : end]
        else:
            payload = depayload(source.codec, data[start:end])
        self._buffer.add(number, timestamp, last, payload, resent=source.resent)
        if self._decoder.needs_key_frame.is_set():
            self._decoder.needs_key_frame.clear()
            self._ask_for_key_frame()

    def _new_source(self, ssrc: int, payload_type: int) -> _Source | None:
        """Return what a packet of a new SSRC and payload type is, or None if it isn't awaited."""
        codec = self._codecs.get(payload_type)
        packet = RtpPacket(payload_type=payload_type, ssrc=ssrc)
        if codec is None or self._transport._rtp_router.route_rtp(packet) is not self._receiver:
            return None
        statistics = self._of("remote_streams").setdefault(ssrc, Statistics(codec.clockRate))
        resent = is_rtx(codec)
        if resent:
            ssrc = self._of("rtx_ssrc").get(ssrc)
            codec = self._codecs.get(codec.parameters.get("apt"))
            if ssrc is None or codec is None:
                return None
        source = _Source(statistics, codec, ssrc, resent, codec.name == "VP8")
        self._sources[packet.ssrc, payload_type] = source
        return source

    def _estimate(self, ssrc: int, extension: bytes) -> None:
        """Feed the bit rate's estimate, once a frame, and report it once a second."""
        profile = extension[0] << 8 | extension[1]
        sent = self._transport._rtp_header_extensions_map.get(profile, extension[4:]).abs_send_time
        if sent is None:
            return
        estimate = self._bit_rate.add(
            arrival_time_ms=clock.current_ms(),
            abs_send_time=sent,
            payload_size=self._bytes,
            ssrc=ssrc,
        )
        self._bytes = 0
        if estimate is None or (rtcp_ssrc := self._of("rtcp_ssrc")) is None:
            return
        now_s, (reported_s, reported) = self._loop.time(), self._remb
        if now_s - reported_s >= _REMB_EVERY_S or estimate[0] < _REMB_FALL * reported:
            self._remb = (now_s, estimate[0])
            packet = RtcpPsfbPacket(RTCP_PSFB_APP, rtcp_ssrc, 0, pack_remb_fci(*estimate))
            self._send(self._receiver._send_rtcp(packet))

    def _ask_for_packets(self, sequences: list[int]) -> None:
        self._send(self._receiver._send_rtcp_nack(self._media_ssrc, sequences))

    def _ask_for_key_frame(self) -> None:
        self._send(self._receiver._send_rtcp_pli(self._media_ssrc))

    def _take_frame(self, timestamp: int, data: bytes) -> None:
        number = self._decoder.add(self._codec, timestamp, data)
        self._slot.put(partial(self._decoder.picture, number), self._loop.time())

    def _send(self, rtcp: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(rtcp)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _vp8_descriptor_bytes(data: bytes, start: int) -> int:
    """Return the length of the VP8 payload descriptor (RFC 7741, section 4.2)."""
    if not data[start] & 0x80:
        return 1
    flags, length = data[start + 1], 2
    if flags & 0x80:
        length += 2 if data[start + 2] & 0x80 else 1
    if flags & 0x40:
        length += 1
    return length + 1 if flags & 0x30 else length
