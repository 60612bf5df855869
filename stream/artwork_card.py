"""Make the card of an artwork from its entry in the gallery."""

from __future__ import annotations

from gallery.addresses import audio_address, picture_address
from gallery.store import Gallery
from stream.messages import ArtworkPart, TranslationPart

MAX_IMAGES = 8
"""Further pictures that a card has at most: nobody looks through more on a phone."""


def artwork_part(gallery: Gallery, index: int) -> ArtworkPart:
    """Return the card of an artwork."""
    artwork = gallery.artworks[index]
    views = range(1, min(len(artwork.references), MAX_IMAGES + 1))
    return ArtworkPart(
        id=artwork.id,
        title=artwork.title,
        artist=artwork.artist,
        year=artwork.year,
        room=artwork.room,
        text=artwork.text,
        image=picture_address(artwork.id, "thumbnail"),
        images=tuple(picture_address(artwork.id, "thumbnail", view) for view in views),
        audio=audio_address(artwork.id) if artwork.audio else "",
        language=gallery.manifest.language,
        languages={
            tag: TranslationPart(
                title=translated.title,
                text=translated.text,
                audio=audio_address(artwork.id, tag) if translated.audio else "",
            )
            for tag, translated in artwork.languages.items()
        },
    )
