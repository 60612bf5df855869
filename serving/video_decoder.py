"""Keep a stream's encoded frames, and decode them on the thread that wants a picture.

A frame can only be decoded after those before it, but nobody needs them earlier than a picture is
wanted. So a stream needs no thread of its own, no frame wakes one up or the event loop a second
time, and a stream that nobody looks at isn't decoded at all.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import deque
from typing import Any

import av
from aiortc.codecs import get_decoder
from aiortc.jitterbuffer import JitterFrame
from aiortc.rtcrtpparameters import RTCRtpCodecParameters

log = logging.getLogger("vernissage.session")

MOST_WAITING = 32
"""Encoded frames that are kept, at least two seconds of what is asked for. A picture that is wanted
later than that needs a new key frame, which costs less than decoding all."""
_H264_KEY = re.compile(rb"\x00\x00\x01[\x05\x25\x45\x65\x07\x27\x47\x67]")
"""The start code of a slice of a key frame, or of its parameters (ITU-T H.264, section 7.3.1)."""


class VideoDecoder:
    """Decodes one stream, in order. The event loop adds frames, one thread at a time decodes."""

    def __init__(self) -> None:
        """Start without frames."""
        self.needs_key_frame = threading.Event()
        """Set where a wanted picture can't be had before another key frame; whoever asks the sender
        for one clears it."""
        self._waiting: deque[tuple[int, RTCRtpCodecParameters, JitterFrame]] = deque()
        self._added = 0
        self._lapsed = False
        self._codec_name = ""
        self._decoder: Any = None

    def add(self, codec: RTCRtpCodecParameters, timestamp: int, data: bytes) -> int:
        """Keep an encoded frame.

        Args:
            codec: what it is encoded with.
            timestamp: RTP timestamp.
            data: the frame.

        Returns:
            The frame's number, for `picture`.
        """
        self._added += 1
        if len(self._waiting) >= MOST_WAITING:
            self._lapsed = True
            self._waiting.clear()
        if self._lapsed and begins_anew(codec, data):
            self._lapsed = False
        if not self._lapsed:
            self._waiting.append((self._added, codec, JitterFrame(data, timestamp)))
        return self._added

    def picture(self, number: int) -> av.VideoFrame | None:
        """Decode frames up to this one.

        Args:
            number: as `add` returned it.

        Returns:
            The newest picture; None where there is none: the frames are damaged, or were not kept.
        """
        newest = None
        while self._waiting and self._waiting[0][0] <= number:
            try:
                _, codec, encoded = self._waiting.popleft()
            except IndexError:  # the event loop has just let go of all
                break
            if decoded := self._decode(codec, encoded):
                newest = decoded[-1]
        if self._lapsed:
            self.needs_key_frame.set()
        return newest

    def _decode(self, codec: RTCRtpCodecParameters, encoded: JitterFrame) -> list[av.VideoFrame]:
        if codec.name != self._codec_name:
            self._decoder, self._codec_name = get_decoder(codec), codec.name
        try:
            return list(self._decoder.decode(encoded))
        except av.FFmpegError as broken:
            log.warning("a peer's %s frame can't be decoded: %s", codec.name, broken)
            self.needs_key_frame.set()
            return []


def begins_anew(codec: RTCRtpCodecParameters, data: bytes) -> bool:
    """Return whether a frame can be decoded without those before it: it is a key frame."""
    if codec.name == "VP8":
        return bool(data) and not data[0] & 1  # RFC 6386, section 9.1
    return codec.name != "H264" or _H264_KEY.search(data) is not None
