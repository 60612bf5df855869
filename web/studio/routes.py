"""Serve `/studio`: the curators' page, and the edits of the collection."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, Field, ValidationError

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
from gallery.manifest import GalleryError
from gallery.versions import list_versions
from serving.engine import Engine
from serving.visits import VisitCounter
from web.pages import STATIC
from web.problems import problem
from web.requests import TooLargeError, read_at_most
from web.studio.access import Access
from web.studio.collection import CollectionPages
from web.studio.jobs import BusyError, EditQueue, ReadOnlyError
from web.studio.records import Records
from web.studio.trial import Trial
from web.studio.uploads import Upload, UploadError, read_upload

log = logging.getLogger("vernissage.studio")

_MAX_JSON_BYTES = 500_000


class Address(BaseModel):
    """Address of a museum's open data (IIIF), and how many artworks to fetch from it at most."""

    address: str = Field(pattern=r"^https?://\S+$", max_length=2000)
    limit: int = Field(100, ge=1, le=5000)


class Studio:
    """The handlers of `/studio`."""

    def __init__(self, engine: Engine, visits: VisitCounter, token: str) -> None:
        """Show and edit the gallery that `engine` has in use; curators sign in with `token`."""
        self.edit_queue = EditQueue(engine.settings, engine.take_up_gallery)
        self._settings = engine.settings
        self._access = Access(token)
        self._trial = Trial(engine)
        self._records = Records(engine, visits)
        self._collection = CollectionPages(engine, self.edit_queue)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        records, collection = self._records, self._collection

        def guarded(handler: Handler) -> Handler:
            return self._access.guarded(upload_errors_as_problems(handler))

        return [
            *self._access.routes(),
            web.get("/studio", self.page),
            web.get("/studio/collection.json", guarded(collection.listing)),
            web.get("/studio/work.json", guarded(self.progress)),
            web.post("/studio/artworks", guarded(self.add)),
            web.get("/studio/artworks/{id}", guarded(collection.artwork)),
            web.put("/studio/artworks/{id}", guarded(self.edit)),
            web.delete("/studio/artworks/{id}", guarded(self.remove)),
            web.post("/studio/artworks/{id}/pictures", guarded(self.add_pictures)),
            web.delete("/studio/artworks/{id}/pictures/{name}", guarded(self.remove_picture)),
            web.post("/studio/csv", guarded(self.add_csv)),
            web.post("/studio/iiif", guarded(self.add_address)),
            web.get("/studio/versions.json", guarded(self.versions)),
            web.post("/studio/versions/{name}", guarded(self.restore)),
            web.post("/studio/try", guarded(self._trial.run)),
            web.get("/studio/visits.json", guarded(records.summary)),
            web.get("/studio/visits.csv", guarded(records.visits)),
            web.get("/studio/notes.json", guarded(records.notes)),
            web.get("/studio/notes/{id}.jpg", guarded(records.picture)),
            web.delete("/studio/notes/{id}", guarded(records.delete)),
        ]

    async def page(self, _: web.Request) -> web.FileResponse:
        """Serve the page. It is empty until its user signs in."""
        return web.FileResponse(STATIC / "studio" / "studio.html")

    async def progress(self, _: web.Request) -> web.Response:
        """Report the progress of the edits."""
        return web.json_response(self.edit_queue.progress.model_dump())

    async def add(self, request: web.Request) -> web.Response:
        """Add an artwork, from `fields` in JSON and photographs."""

        def change(upload: Upload) -> Change:
            fields = Fields.model_validate_json(upload.fields.get("fields", "{}"))
            return Add(fields=fields, pictures=tuple(upload.files))

        return await self._take_files(request, change)

    async def add_pictures(self, request: web.Request) -> web.Response:
        """Add photographs to an artwork."""
        key = request.match_info["id"]
        return await self._take_files(
            request, lambda upload: AddPictures(id=key, pictures=tuple(upload.files))
        )

    async def add_csv(self, request: web.Request) -> web.Response:
        """Add the artworks that a CSV lists, from the files uploaded with it."""

        def change(upload: Upload) -> Change:
            tables = [path for path in upload.files if path.suffix.lower() == ".csv"]
            if len(tables) != 1:
                raise UploadError(f"one CSV at a time, not {len(tables)}")
            return AddCsv(path=tables[0])

        return await self._take_files(request, change)

    async def add_address(self, request: web.Request) -> web.Response:
        """Add the artworks that a IIIF address lists."""
        asked = Address.model_validate_json(await read_at_most(request, _MAX_JSON_BYTES))
        self.edit_queue.add(AddAddress(address=asked.address, limit=asked.limit))
        return _accepted()

    async def edit(self, request: web.Request) -> web.Response:
        """Replace an artwork's texts."""
        fields = Fields.model_validate_json(await read_at_most(request, _MAX_JSON_BYTES))
        self.edit_queue.add(Edit(id=request.match_info["id"], fields=fields))
        return _accepted()

    async def remove(self, request: web.Request) -> web.Response:
        """Remove an artwork."""
        self.edit_queue.add(Remove(id=request.match_info["id"]))
        return _accepted()

    async def remove_picture(self, request: web.Request) -> web.Response:
        """Remove a photograph from an artwork."""
        key, name = request.match_info["id"], request.match_info["name"]
        self.edit_queue.add(RemovePicture(id=key, picture=name))
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
        """Put an old version of the gallery back."""
        try:
            await self.edit_queue.restore(request.match_info["name"])
        except GalleryError as error:
            return problem(404, str(error))
        return web.Response(status=204)

    async def _take_files(
        self, request: web.Request, change: Callable[[Upload], Change]
    ) -> web.Response:
        """Read a form with files, and queue the edit that `change` makes of it."""
        folder = self.edit_queue.inbox()
        try:
            upload = await read_upload(request, folder, self._settings.studio.max_upload_bytes)
            if not upload.files:
                raise UploadError("no file came with it")
            self.edit_queue.add(change(upload), folder)
        except BaseException as error:
            shutil.rmtree(folder, ignore_errors=True)
            if isinstance(error, OSError) and not isinstance(error, ConnectionError):
                log.error("a curator's upload can't be stored: %s", error)
                return problem(507, f"this can't be kept here ({error.strerror})")
            raise
        return _accepted()


def upload_errors_as_problems(handler: Handler) -> Handler:
    """Wrap a handler: answer a request that can't be used with a problem that says why."""

    async def wrapped(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except TooLargeError:
            return problem(413, "that is too much at once; send less")
        except UploadError as error:
            return problem(400, str(error))
        except (BusyError, ReadOnlyError) as error:
            return problem(409, str(error))
        except ConnectionError:
            # The sender has gone: nobody reads this answer, and nothing is wrong with the server.
            return problem(400, "the connection broke off")
        except ValidationError as error:
            return problem(400, first_error(error, "what was sent"))

    return wrapped


def _accepted() -> web.Response:
    return web.Response(status=202)
