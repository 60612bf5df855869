"""Open data: IIIF manifests and collections, versions 2 and 3, read into artworks.

They are parsed leniently, because museums write them in many ways:
https://iiif.io/api/presentation/3.0/ and /2.1/.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientTimeout, TCPConnector
from piffle.image import IIIFImageClient

from enrolment.fetch import Fetcher, FetchError, public_socket
from gallery.catalogue import Artwork, slug
from gallery.translations import Translation

LONGER_SIDE_PX = 1024
MAX_PHOTOGRAPHS = 5
_ARTIST = re.compile(r"artist|creator|maker|author|painter|künstler|artiste|autor|artista", re.I)
_YEAR = re.compile(r"date|year|created|datierung|jahr|datazione|fecha", re.I)
_TAG = re.compile(r"<[^>]*>")
Json = dict[str, Any]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Failed:
    """An address that could not be used, and why."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Harvest:
    """Artworks from a museum's addresses, with pictures on disk; and addresses that failed."""

    artworks: tuple[Artwork, ...]
    failed: tuple[Failed, ...]


@dataclass(frozen=True, slots=True)
class ImageSource:
    """A canvas's picture: its Image API service, or only a plain address; the other is empty."""

    service: str
    address: str


@dataclass(slots=True)
class _Walk:
    """What accumulates while collections are followed."""

    limit: int | None
    visited: set[str] = field(default_factory=set)
    manifests: list[tuple[str, Json]] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)

    def full(self) -> bool:
        return self.limit is not None and len(self.manifests) >= self.limit


def read_iiif(
    address: str,
    cache: Path,
    on_progress: Progress | None = None,
    limit: int | None = None,
    first_wait_s: float = 1.0,
    *,
    private: bool = True,
) -> Harvest:
    """Fetch a manifest, or all manifests of a collection, with their pictures.

    Args:
        address: http or https address of the manifest or collection.
        cache: folder of fetched files, kept so that an interrupted harvest can be resumed.
        on_progress: called with (manifests done, total).
        limit: most manifests to read.
        first_wait_s: seconds before a failed request is repeated.
        private: also fetch from addresses of this machine and its network.
    """
    cache.mkdir(parents=True, exist_ok=True)
    return asyncio.run(_read(address, cache, on_progress, limit, first_wait_s, private))


async def _read(
    address: str,
    cache: Path,
    on_progress: Progress | None,
    limit: int | None,
    first_wait_s: float,
    private: bool,
) -> Harvest:
    timeout = ClientTimeout(total=120, sock_connect=15, sock_read=30)
    connector = TCPConnector(socket_factory=None if private else public_socket)
    async with ClientSession(timeout=timeout, connector=connector) as session:
        fetcher = Fetcher(session, cache, first_wait_s)
        walk = _Walk(limit)
        await _follow(address, fetcher, walk)
        done = 0

        async def read_one(where: str, manifest: Json) -> tuple[Artwork, list[Failed]]:
            nonlocal done
            result = await _with_pictures(where, manifest, fetcher)
            done += 1
            if on_progress:
                on_progress(done, len(walk.manifests))
            return result

        results = await asyncio.gather(*(read_one(*found) for found in walk.manifests))
    artworks: dict[str, Artwork] = {}
    for artwork, failed in results:
        walk.failed += failed
        if artwork.images:
            key, suffix = artwork.id, 2
            while key in artworks:
                key, suffix = f"{artwork.id}-{suffix}", suffix + 1
            artworks[key] = replace(artwork, id=key)
    return Harvest(tuple(artworks.values()), tuple(walk.failed))


async def _follow(address: str, fetcher: Fetcher, walk: _Walk) -> None:
    """Collect manifests; follow no address twice, because collections may contain each other."""
    waiting = [address]
    while waiting and not walk.full():
        where = waiting.pop(0)
        if where in walk.visited:
            continue
        walk.visited.add(where)
        try:
            value = await fetcher.json(where)
        except FetchError as error:
            walk.failed.append(Failed(where, str(error)))
            continue
        kind = str(value.get("type") or value.get("@type") or "")
        if kind.endswith("Manifest"):
            walk.manifests.append((where, value))
        elif kind.endswith(("Collection", "CollectionPage")):
            waiting += members(value)
        else:
            walk.failed.append(Failed(where, "neither a IIIF manifest nor a collection"))


def members(collection: Json) -> list[str]:
    """List the addresses in a collection, and that of its next page."""
    names = ("items", "members", "manifests", "collections")
    addresses = [_id(item) for name in names for item in _list(collection.get(name))]
    addresses += [_id(collection.get(name)) for name in ("first", "next")]
    return list(dict.fromkeys(filter(None, addresses)))


async def _with_pictures(
    where: str, manifest: Json, fetcher: Fetcher
) -> tuple[Artwork, list[Failed]]:
    """Read one manifest and fetch its pictures."""
    paths: list[Path] = []
    failed: list[Failed] = []
    try:
        artwork, images = read_description(manifest), canvas_images(manifest)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        # The JSON comes from strangers: one malformed manifest must not stop the others.
        return Artwork("", ""), [Failed(where, f"not a manifest that can be read ({error!r})")]
    if not images:
        failed.append(Failed(where, "no pictures in it"))
    for image in images:
        address = image.address or image.service
        try:
            if image.service:
                address = await _sized(image.service, fetcher)
            paths.append(await fetcher.picture(address))
        except FetchError as error:
            failed.append(Failed(address, str(error)))
    return replace(artwork, images=tuple(paths)), failed


async def _sized(service: str, fetcher: Fetcher) -> str:
    """Return the address of a fitting size, by the service's `info.json` if it has one."""
    try:
        info = await fetcher.json(f"{service}/info.json")
    except FetchError:
        info = {}
    return image_address(service, info)


def image_address(service: str, info: Json) -> str:
    """Return the Image API address of about 1024 px on the longer side.

    Args:
        service: the image's base address.
        info: its `info.json`; may be empty.
    """
    endpoint, _, name = service.rpartition("/")
    client = IIIFImageClient(api_endpoint=endpoint, image_id=name)
    sizes = [s for size in _list(info.get("sizes")) if (s := _size(size))]
    full = _size(info)
    profile = str(info.get("profile", ""))
    if "level0" in profile and not sizes:
        newest = "image/3" in str(info.get("@context", ""))
        return str(client.size(max=True) if newest else client.size(full=True))
    if "level0" in profile or (sizes and not full):
        enough = [size for size in sizes if max(size) >= LONGER_SIDE_PX]
        width, height = min(enough, key=max) if enough else max(sizes, key=max)
    elif full:
        scale = min(1.0, LONGER_SIDE_PX / max(full))
        width, height = (max(1, round(side * scale)) for side in full)
    else:
        return str(client.size(width=LONGER_SIDE_PX, height=LONGER_SIDE_PX, exact=True))
    return str(client.size(width=width, height=height))


def canvas_images(manifest: Json) -> list[ImageSource]:
    """Return a manifest's pictures: the first of each canvas, at most 5; of a book only one."""
    canvases = _list(manifest.get("items"))
    for sequence in _list(manifest.get("sequences"))[:1]:
        canvases = canvases or _list(_get(sequence, "canvases"))
    paged = "paged" in str([manifest.get("behavior"), manifest.get("viewingHint")])
    images = [image for canvas in canvases if (image := _canvas_image(canvas))]
    return images[: 1 if paged else MAX_PHOTOGRAPHS]


def _canvas_image(canvas: Any) -> ImageSource | None:
    if not isinstance(canvas, dict):
        return None
    annotations = _list(canvas.get("images"))
    for page in _list(canvas.get("items")):
        annotations += _list(page.get("items")) if isinstance(page, dict) else []
    for annotation in annotations:
        if not isinstance(annotation, dict):
            continue
        for body in _list(annotation.get("body") or annotation.get("resource")):
            for chosen in [body, *_list(_get(body, "items")), *_list(_get(body, "default"))]:
                services = [_id(service).rstrip("/") for service in _list(_get(chosen, "service"))]
                service = next(filter(None, services), "")
                address = _id(chosen) if _get(chosen, "type") != "Choice" else ""
                if service or address:
                    return ImageSource(service, address)
    return None


def read_description(manifest: Json) -> Artwork:
    """Read an artwork's texts from its manifest; the artwork has no pictures yet."""
    titles = by_language(manifest.get("label"))
    texts = by_language(manifest.get("summary") or manifest.get("description"))
    title = _best(titles) or _id(manifest).rstrip("/").rpartition("/")[2] or "Untitled"
    artist = year = ""
    details: dict[str, str] = {}
    for entry in _list(manifest.get("metadata")):
        name = _best(by_language(_get(entry, "label")))
        value = _best(by_language(_get(entry, "value")))
        if not artist and _ARTIST.search(name):
            artist = value
        elif not year and _YEAR.search(name):
            year = value
        elif name and value:
            details[name] = value
    languages = {
        tag: Translation(titles.get(tag, ""), texts.get(tag, ""))
        for tag in sorted({*titles, *texts} - {"none", "en"})
    }
    text = _best(texts)
    return Artwork(slug(title), title, artist, year, "", text, (), details, languages=languages)


def by_language(value: Any) -> dict[str, str]:
    """Read a label of either version, by BCP 47 tag; `none` stands for no language."""
    texts: dict[str, list[str]] = {}
    for part in _list(value):
        if not isinstance(part, dict):
            texts.setdefault("none", []).append(str(part))
        elif "@value" in part:
            tag = str(part.get("@language") or "none")
            texts.setdefault(tag.lower(), []).append(str(part["@value"]))
        else:
            for tag, lines in part.items():
                texts.setdefault(str(tag).lower(), []).extend(map(str, _list(lines)))
    plain = {tag: _TAG.sub("", "; ".join(lines)).strip() for tag, lines in texts.items()}
    return {tag: text for tag, text in plain.items() if text}


def _best(texts: dict[str, str]) -> str:
    return texts.get("en") or texts.get("none") or next(iter(texts.values()), "")


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _id(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("id") or value.get("@id")
    return value if isinstance(value, str) else ""


def _size(value: Any) -> tuple[int, int] | None:
    width, height = _get(value, "width"), _get(value, "height")
    if isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0:
        return width, height
    return None
