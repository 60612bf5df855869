"""The addresses at which the server offers an artwork's pictures and audio; web.artworks serves them."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

Kind = Literal["thumbnail", "picture"]


def picture_address(artwork_id: str, kind: Kind, view: int = 0, version: int | None = None) -> str:
    """Return the address of a photograph.

    Args:
        artwork_id: the artwork's id.
        kind: 480 px or 1280 px on the longer side.
        view: which photograph, from 0.
        version: makes a browser fetch what it hasn't seen, since photographs may change places;
            the photograph's file number.
    """
    place = f"-{view + 1}" if view or version is not None else ""
    query = "" if version is None else f"?{version}"
    return f"/artworks/{quote(artwork_id, safe='')}/{kind}{place}.jpg{query}"


def audio_address(artwork_id: str, language: str = "") -> str:
    """Return the address of the audio, in the gallery's language or in another (BCP 47 tag)."""
    return f"/artworks/{quote(artwork_id, safe='')}/audio{'/' if language else ''}{language}"
