"""`/studio`: the curator's page, what it shows, and what it changes."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, Field, ValidationError

from enrolment.assessment import Assessment
from enrolment.calibration_store import stored_assessments
from enrolment.edits import (
    Add,
    AddAddress,
    AddCsv,
    AddPictures,
    Change,
    Edit,
    Fields,
    Remove,
    RemovePicture,
)
from errors import first_error
from gallery.addresses import picture_address
from gallery.store import EnrolledArtwork, GalleryError
from gallery.versions import list_versions
from serving.engine import Engine
from serving.visits import VisitCounter
from web.pages import STATIC
from web.problems import problem
from web.requests import TooLargeError, read_at_most
from web.studio.access import Access
from web.studio.jobs import BusyError, ReadOnlyError, Work
from web.studio.records import Records
from web.studio.trial import Attempts
from web.studio.uploads import Upload, UploadError, read_upload

log = logging.getLogger("vernissage.studio")

_MAX_JSON_BYTES = 500_000


class Address(BaseModel):
    """Where a museum's open data is."""

    address: str = Field(pattern=r"^https?://\S+$", max_length=2000)
    limit: int = Field(100, ge=1, le=5000)


class Studio:
    """The handlers of `/studio`."""

    def __init__(self, engine: Engine, visits: VisitCounter, token: str) -> None:
        """Show and change the gallery in use, to whoever has `token`."""
        self.work = Work(engine.settings, engine.take_up_gallery)
        self._settings = engine.settings
        self._engine = engine
        self._access = Access(token)
        self._attempts = Attempts(engine)
        self._records = Records(engine.settings, visits)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        records = self._records

        def guarded(handler: Handler) -> Handler:
            return self._access.guarded(telling(handler))

        return [
            *self._access.routes(),
            web.get("/studio", self.page),
            web.get("/studio/collection.json", guarded(self.collection)),
            web.get("/studio/work.json", guarded(self.progress)),
            web.post("/studio/artworks", guarded(self.add)),
            web.put("/studio/artworks/{id}", guarded(self.edit)),
            web.delete("/studio/artworks/{id}", guarded(self.remove)),
            web.post("/studio/artworks/{id}/pictures", guarded(self.add_pictures)),
            web.delete("/studio/artworks/{id}/pictures/{name}", guarded(self.remove_picture)),
            web.post("/studio/csv", guarded(self.add_csv)),
            web.post("/studio/iiif", guarded(self.add_address)),
            web.get("/studio/versions.json", guarded(self.versions)),
            web.post("/studio/versions/{name}", guarded(self.restore)),
            web.post("/studio/try", guarded(self._attempts.attempt)),
            web.get("/studio/visits.json", guarded(records.summary)),
            web.get("/studio/visits.csv", guarded(records.visits)),
            web.get("/studio/notes.json", guarded(records.notes)),
            web.get("/studio/notes/{id}.jpg", guarded(records.picture)),
            web.delete("/studio/notes/{id}", guarded(records.delete)),
        ]

    async def page(self, _: web.Request) -> web.FileResponse:
        """Serve the page; what it shows, it has to sign in for."""
        return web.FileResponse(STATIC / "studio" / "studio.html")

    async def collection(self, _: web.Request) -> web.Response:
        """List the artworks, what to expect of each, and what is told of it."""
        gallery = self._engine.gallery
        assessments = {
            one.artwork_id: one for one in await asyncio.to_thread(stored_assessments, gallery)
        }
        manifest = gallery.manifest
        return web.json_response(
            {
                "name": manifest.name,
                "language": manifest.language,
                "created": manifest.created,
                "refused": self._refused(),
                "keeps_originals": all(
                    reference.original
                    for artwork in gallery.artworks
                    for reference in artwork.references
                ),
                "artworks": [
                    artwork_json(artwork, assessments.get(artwork.id))
                    for artwork in gallery.artworks
                ],
            }
        )

    def _refused(self) -> str:
        """Say why nothing can be changed here; empty where it can."""
        try:
            self.work.check_writable()
        except ReadOnlyError as error:
            return str(error)
        return ""

    async def progress(self, _: web.Request) -> web.Response:
        """Tell how far the work is."""
        return web.json_response(self.work.state.model_dump())

    async def add(self, request: web.Request) -> web.Response:
        """Add an artwork: its `fields` in JSON, and photographs."""

        def change(upload: Upload) -> Change:
            fields = Fields.model_validate_json(upload.fields.get("fields", "{}"))
            return Add(fields=fields, pictures=tuple(upload.files))

        return await self._take_files(request, change)

    async def add_pictures(self, request: web.Request) -> web.Response:
        """Add photographs of an artwork."""
        key = request.match_info["id"]
        return await self._take_files(
            request, lambda upload: AddPictures(id=key, pictures=tuple(upload.files))
        )

    async def add_csv(self, request: web.Request) -> web.Response:
        """Add what a CSV lists, with the files that came with it."""

        def change(upload: Upload) -> Change:
            tables = [path for path in upload.files if path.suffix.lower() == ".csv"]
            if len(tables) != 1:
                raise UploadError(f"one CSV at a time, not {len(tables)}")
            return AddCsv(path=tables[0])

        return await self._take_files(request, change)

    async def add_address(self, request: web.Request) -> web.Response:
        """Add what a IIIF address holds."""
        asked = Address.model_validate_json(await read_at_most(request, _MAX_JSON_BYTES))
        self.work.add(AddAddress(address=asked.address, limit=asked.limit))
        return _accepted()

    async def edit(self, request: web.Request) -> web.Response:
        """Tell something else of an artwork."""
        fields = Fields.model_validate_json(await read_at_most(request, _MAX_JSON_BYTES))
        self.work.add(Edit(id=request.match_info["id"], fields=fields))
        return _accepted()

    async def remove(self, request: web.Request) -> web.Response:
        """Remove an artwork."""
        self.work.add(Remove(id=request.match_info["id"]))
        return _accepted()

    async def remove_picture(self, request: web.Request) -> web.Response:
        """Remove a photograph of an artwork."""
        key, name = request.match_info["id"], request.match_info["name"]
        self.work.add(RemovePicture(id=key, picture=name))
        return _accepted()

    async def versions(self, _: web.Request) -> web.Response:
        """List the versions that can be put back."""
        folder = self._settings.gallery
        listed = [
            {
                "name": version.name,
                "replaced": version.replaced.isoformat(timespec="seconds"),
                "artworks": version.manifest.artworks,
            }
            for version in await asyncio.to_thread(list_versions, folder)
        ]
        return web.json_response(listed)

    async def restore(self, request: web.Request) -> web.Response:
        """Put a version back."""
        try:
            await self.work.restore(request.match_info["name"])
        except GalleryError as error:
            return problem(404, str(error))
        return web.Response(status=204)

    async def _take_files(
        self, request: web.Request, change: Callable[[Upload], Change]
    ) -> web.Response:
        """Take a form with files, and the change that it asks for."""
        folder = self.work.inbox()
        try:
            upload = await read_upload(request, folder, self._settings.studio.max_upload_bytes)
            if not upload.files:
                raise UploadError("no file came with it")
            self.work.add(change(upload), folder)
        except BaseException as error:
            shutil.rmtree(folder, ignore_errors=True)
            if isinstance(error, OSError) and not isinstance(error, ConnectionError):
                log.error("what a curator sent can't be kept: %s", error)
                return problem(507, f"this can't be kept here ({error.strerror})")
            raise
        return _accepted()


def telling(handler: Handler) -> Handler:
    """Wrap a handler: what curators send and can't be used is answered with what is wrong."""

    async def told(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except TooLargeError:
            return problem(413, "that is too much at once; send less")
        except UploadError as error:
            return problem(400, str(error))
        except (BusyError, ReadOnlyError) as error:
            return problem(409, str(error))
        except ConnectionError:
            # Who sent this has gone: nobody reads the answer, and it is no fault of ours.
            return problem(400, "the connection broke off")
        except ValidationError as error:
            return problem(400, first_error(error, "what was sent"))

    return told


def artwork_json(artwork: EnrolledArtwork, assessment: Assessment | None) -> dict[str, object]:
    """Tell the page of an artwork."""
    pictures = [
        {
            "address": picture_address(artwork.id, "thumbnail", view, reference.file_number),
            "original": reference.original,
        }
        for view, reference in enumerate(artwork.references)
    ]
    told = artwork.model_dump(
        mode="json", include={"id", "title", "artist", "year", "room", "text", "form"}
    )
    languages = {
        tag: {"title": one.title, "text": one.text} for tag, one in artwork.languages.items()
    }
    judged = assessment and {
        name: getattr(assessment, name)
        for name in ("kind", "advice", "features", "found", "rival_id", "likeness")
    }
    return {**told, "languages": languages, "pictures": pictures, "verdict": judged}


def _accepted() -> web.Response:
    return web.Response(status=202)
