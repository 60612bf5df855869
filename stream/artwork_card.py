"""What the card shows of an artwork, made from what the gallery knows of it."""

from __future__ import annotations

from urllib.parse import quote

from gallery.store import Gallery
from stream.messages import ArtworkPart, TranslationPart

MOST_IMAGES = 8
"""Further pictures that are offered: more than these nobody looks through on a phone."""


def artwork_part(gallery: Gallery, number: int) -> ArtworkPart:
    """Make the card of artwork `number`."""
    artwork = gallery.artworks[number]
    address = f"/artworks/{quote(artwork.id, safe='')}"
    views = range(2, min(len(artwork.references), MOST_IMAGES + 1) + 1)
    return ArtworkPart(
        id=artwork.id,
        title=artwork.title,
        artist=artwork.artist,
        year=artwork.year,
        room=artwork.room,
        text=artwork.text,
        image=f"{address}/thumbnail.jpg",
        images=tuple(f"{address}/thumbnail-{view}.jpg" for view in views),
        audio=f"{address}/audio" if artwork.audio else "",
        language=gallery.manifest.language,
        languages={
            tag: TranslationPart(
                title=told.title,
                text=told.text,
                audio=f"{address}/audio/{tag}" if told.audio else "",
            )
            for tag, told in artwork.languages.items()
        },
    )
