"""Serve the studio's collection: searched, filtered by assessment, a page at a time."""

from __future__ import annotations

import asyncio
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from aiohttp import web
from pydantic import BaseModel, Field

from enrolment.assessment import Assessment
from enrolment.calibration_store import stored_assessments
from gallery.addresses import picture_address
from gallery.store import EnrolledArtwork, Gallery
from serving.engine import Engine
from web.studio.jobs import EditQueue, ReadOnlyError

PAGE = 60
"""Artworks on a page: full rows of 2 to 6 cards."""
Kind = Literal["all", "good", "weak", "confusable", "unknown"]
"""An assessment, `unknown` for artworks that weren't probed, or `all`."""


class Question(BaseModel):
    """Which artworks are asked for.

    Attributes:
        search: words that each occur in title, artist, year, room or id; case and accents don't
            matter.
        kind: the assessment.
        first: place of an artwork among those found, from 0; its page is shown (`from` in the
            address). Beyond the last page it is the last one.
    """

    search: str = Field("", max_length=500)
    kind: Kind = "all"
    first: int = Field(0, ge=0, le=10**9, alias="from")


@dataclass(frozen=True, eq=False)
class Collection:
    """A gallery, read so that it can be searched on each key that a curator presses.

    Attributes:
        gallery: the gallery.
        assessments: by artwork id.
        keeps_originals: whether it has all photographs unchanged.
        texts: what is searched, folded; one for each artwork.
        kinds: one for each artwork.
    """

    gallery: Gallery
    assessments: dict[str, Assessment]
    keeps_originals: bool
    texts: tuple[str, ...]
    kinds: tuple[str, ...]

    @classmethod
    def read(cls, gallery: Gallery) -> Collection:
        """Read a gallery: some tenths of a second for 10,000 works, so not on the event loop."""
        assessments = {one.artwork_id: one for one in stored_assessments(gallery)}
        return cls(
            gallery,
            assessments,
            all(one.original for artwork in gallery.artworks for one in artwork.references),
            tuple(_searched(artwork) for artwork in gallery.artworks),
            tuple(
                assessments[artwork.id].kind if artwork.id in assessments else "unknown"
                for artwork in gallery.artworks
            ),
        )

    def page(self, asked: Question) -> dict[str, object]:
        """Return a page of the artworks found, and how many there are of each kind."""
        words = fold(asked.search).split()
        found = [
            index for index, text in enumerate(self.texts) if all(word in text for word in words)
        ]
        counts = Counter(self.kinds[index] for index in found)
        counts["all"] = len(found)
        if asked.kind != "all":
            found = [index for index in found if self.kinds[index] == asked.kind]
        first = min(asked.first, max(0, len(found) - 1)) // PAGE * PAGE
        cards = [self._card(index) for index in found[first : first + PAGE]]
        return {"counts": counts, "from": first, "page": PAGE, "artworks": cards}

    def artwork(self, index: int) -> dict[str, object]:
        """Return an artwork with all that can be edited, and its assessment."""
        artwork = self.gallery.artworks[index]
        pictures = [
            {
                "address": picture_address(artwork.id, "thumbnail", view, reference.file_number),
                "original": reference.original,
            }
            for view, reference in enumerate(artwork.references)
        ]
        texts = artwork.model_dump(
            mode="json", include={"id", "title", "artist", "year", "room", "text", "form"}
        )
        languages = {
            tag: {"title": one.title, "text": one.text} for tag, one in artwork.languages.items()
        }
        verdict = self._verdict(artwork.id)
        return {**texts, "languages": languages, "pictures": pictures, "verdict": verdict}

    def _card(self, index: int) -> dict[str, object]:
        artwork = self.gallery.artworks[index]
        texts = artwork.model_dump(include={"id", "title", "artist", "year"})
        return {**texts, "kind": self.kinds[index], "thumbnail": thumbnail(artwork)}

    def _verdict(self, artwork_id: str) -> dict[str, object] | None:
        """Return an artwork's assessment, and the artwork most like it."""
        assessment = self.assessments.get(artwork_id)
        if assessment is None:
            return None
        verdict: dict[str, object] = {
            name: getattr(assessment, name)
            for name in ("kind", "advice", "features", "found", "likeness")
        }
        index = self.gallery.index_of(assessment.rival_id) if assessment.rival_id else None
        rival = None if index is None else self.gallery.artworks[index]
        verdict["rival"] = rival and {"title": rival.title, "thumbnail": thumbnail(rival)}
        return verdict


class CollectionPages:
    """The handlers of the collection."""

    def __init__(self, engine: Engine, edit_queue: EditQueue) -> None:
        """List the gallery that `engine` has in use; `edit_queue` knows if it can be changed."""
        self._engine = engine
        self._edit_queue = edit_queue
        self._read: Collection | None = None

    async def listing(self, request: web.Request) -> web.Response:
        """Serve a page of the collection, and what there is to say of the whole."""
        asked = Question.model_validate(dict(request.query))
        collection = await self._collection()
        manifest = collection.gallery.manifest
        return web.json_response(
            {
                "name": manifest.name,
                "language": manifest.language,
                "created": manifest.created,
                "refused": self._refused(),
                "fitted": collection.gallery.acceptance.fitted,
                "keeps_originals": collection.keeps_originals,
                "total": len(collection.gallery.artworks),
                **collection.page(asked),
            }
        )

    async def artwork(self, request: web.Request) -> web.Response:
        """Serve an artwork with its texts, pictures and assessment."""
        collection = await self._collection()
        index = collection.gallery.index_of(request.match_info["id"])
        if index is None:
            raise web.HTTPNotFound
        return web.json_response(collection.artwork(index))

    async def _collection(self) -> Collection:
        """Return the collection in use; it is read once for each version of the gallery."""
        gallery = self._engine.gallery
        if self._read is None or self._read.gallery is not gallery:
            self._read = await asyncio.to_thread(Collection.read, gallery)
        return self._read

    def _refused(self) -> str:
        """Return why the gallery can't be changed here; empty if it can."""
        try:
            self._edit_queue.check_writable()
        except ReadOnlyError as error:
            return str(error)
        return ""


def fold(text: str) -> str:
    """Return a text without case and accents: "Crème" and "creme" are found by each other."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def thumbnail(artwork: EnrolledArtwork) -> str:
    """Return the address of an artwork's first photograph, small."""
    return picture_address(artwork.id, "thumbnail", 0, artwork.references[0].file_number)


def _searched(artwork: EnrolledArtwork) -> str:
    parts = (artwork.title, artwork.artist, artwork.year, artwork.room, artwork.id)
    return fold("\n".join(parts))
