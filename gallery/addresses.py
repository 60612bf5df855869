"""Addresses of an artwork's pictures and audio on the server; web.artworks serves them."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

Kind = Literal["thumbnail", "picture"]


def picture_address(artwork_id: str, kind: Kind, view: int = 0, version: int | None = None) -> str:
    """Return the address of a photograph.

    Args:
        artwork_id: the artwork's id.
        kind: `thumbnail` is 480 px on the longer side, `picture` 1280 px.
        view: which photograph, from 0.
        version: the photograph's file number. It makes a browser fetch another photograph anew,
            because photographs may change places.
    """
    place = f"-{view + 1}" if view or version is not None else ""
    query = "" if version is None else f"?{version}"
    return f"/artworks/{quote(artwork_id, safe='')}/{kind}{place}.jpg{query}"


def audio_address(artwork_id: str, language: str = "") -> str:
    """Return the address of the audio: in the gallery's language, or in a further BCP 47 one."""
    return f"/artworks/{quote(artwork_id, safe='')}/audio{'/' if language else ''}{language}"
