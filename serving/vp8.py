"""Decode peers' VP8 with FFmpeg's own decoder, in less than half of libvpx's memory."""

from __future__ import annotations

from typing import Any

from aiortc import codecs
from av import CodecContext, codecs_available

_FFMPEG_VP8 = "vp8"
_aiortc_decoder: Any = getattr(codecs, "Vp8Decoder", None)


def use_ffmpeg_decoder() -> bool:
    """Make aiortc decode VP8 with FFmpeg's decoder; return False, changing nothing, if it can't.

    aiortc has no setting for it. The pictures are the same, bit by bit. libvpx copies each picture
    that it returns. FFmpeg's decoder returns those that it keeps anyway as references.
    """
    if codecs.__dict__.get("Vp8Decoder") is _make_decoder:
        return True
    if (
        _aiortc_decoder is None
        or not hasattr(_aiortc_decoder(), "codec")
        or _FFMPEG_VP8 not in codecs_available
    ):
        return False
    codecs.__dict__["Vp8Decoder"] = _make_decoder
    return True


def _make_decoder() -> Any:
    decoder = _aiortc_decoder()
    decoder.codec = CodecContext.create(_FFMPEG_VP8, "r")
    # More threads would be idle: senders don't split pictures of this size into partitions.
    decoder.codec.thread_count = 1
    return decoder
