"""How a peer's VP8 is decoded: by FFmpeg's own decoder, in less than half of libvpx's memory."""

from __future__ import annotations

from typing import Any

from aiortc import codecs
from av import CodecContext, codecs_available

_LEAN = "vp8"
_usual: Any = getattr(codecs, "Vp8Decoder", None)


def use_lean_decoder() -> bool:
    """Have aiortc decode VP8 as clips are decoded; False where everything stays as it was.

    aiortc has no setting for it. The pictures are the same, bit by bit. libvpx copies each picture
    that it gives; FFmpeg's decoder gives those that it keeps anyway, for later ones refer to them.
    """
    if codecs.__dict__.get("Vp8Decoder") is _make_lean:
        return True
    if _usual is None or not hasattr(_usual(), "codec") or _LEAN not in codecs_available:
        return False
    codecs.__dict__["Vp8Decoder"] = _make_lean
    return True


def _make_lean() -> Any:
    decoder = _usual()
    decoder.codec = CodecContext.create(_LEAN, "r")
    # More would be idle: senders don't cut pictures of this size into parts.
    decoder.codec.thread_count = 1
    return decoder
