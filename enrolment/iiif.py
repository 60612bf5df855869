"""Open data: IIIF manifests and collections, versions 2 and 3, read into artworks.

Read leniently, as museums write them: https://iiif.io/api/presentation/3.0/ and /2.1/.
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

LONGEST_PX = 1024
MOST_PHOTOGRAPHS = 5
_ARTIST = re.compile(r"artist|creator|maker|author|painter|künstler|artiste|autor|artista", re.I)
_YEAR = re.compile(r"date|year|created|datierung|jahr|datazione|fecha", re.I)
_TAG = re.compile(r"<[^>]*>")
Json = dict[str, Any]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Failed:
    """An address that gave nothing, and why."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Harvest:
    """What a museum's addresses gave: artworks with pictures on disk, and what failed."""

    artworks: tuple[Artwork, ...]
    failed: tuple[Failed, ...]


@dataclass(frozen=True, slots=True)
class ImageAt:
    """A canvas's picture: its Image API service, or only a plain address."""

    service: str
    address: str


@dataclass(slots=True)
class _Walk:
    """What grows while collections are followed."""

    limit: int | None
    seen: set[str] = field(default_factory=set)
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
        address: of the manifest or collection, http or https.
        cache: kept between calls, so that a broken harvest goes on where it ended.
        on_progress: called with (manifests done, all).
        limit: most manifests to take.
        first_wait_s: before what failed is tried again, in seconds.
        private: fetch from addresses of this machine and its network, too.
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

        async def take(where: str, manifest: Json) -> tuple[Artwork, list[Failed]]:
            nonlocal done
            taken = await _with_pictures(where, manifest, fetcher)
            done += 1
            if on_progress:
                on_progress(done, len(walk.manifests))
            return taken

        results = await asyncio.gather(*(take(*found) for found in walk.manifests))
    artworks: dict[str, Artwork] = {}
    for artwork, failed in results:
        walk.failed += failed
        if artwork.images:
            key, number = artwork.id, 2
            while key in artworks:
                key, number = f"{artwork.id}-{number}", number + 1
            artworks[key] = replace(artwork, id=key)
    return Harvest(tuple(artworks.values()), tuple(walk.failed))


async def _follow(address: str, fetcher: Fetcher, walk: _Walk) -> None:
    """Gather manifests; what was seen is not followed again: collections may hold each other."""
    waiting = [address]
    while waiting and not walk.full():
        where = waiting.pop(0)
        if where in walk.seen:
            continue
        walk.seen.add(where)
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
    """List the addresses that a collection holds, and its next page."""
    names = ("items", "members", "manifests", "collections")
    held = [_id(item) for name in names for item in _list(collection.get(name))]
    held += [_id(collection.get(name)) for name in ("first", "next")]
    return list(dict.fromkeys(filter(None, held)))


async def _with_pictures(
    where: str, manifest: Json, fetcher: Fetcher
) -> tuple[Artwork, list[Failed]]:
    """Read one manifest and fetch its pictures."""
    paths: list[Path] = []
    failed: list[Failed] = []
    try:
        artwork, images = described(manifest), canvas_images(manifest)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        # Strangers' JSON: one manifest that isn't as it should be must not end the others.
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
    """Ask the service what it has; one that doesn't tell is asked for a fitting size."""
    try:
        info = await fetcher.json(f"{service}/info.json")
    except FetchError:
        info = {}
    return image_address(service, info)


def image_address(service: str, info: Json) -> str:
    """Make an Image API address for about 1024 px on the longer side.

    Args:
        service: the image's base address.
        info: its `info.json`; may be empty.
    """
    endpoint, _, name = service.rpartition("/")
    client = IIIFImageClient(api_endpoint=endpoint, image_id=name)
    sizes = [s for size in _list(info.get("sizes")) if (s := _size(size))]
    whole = _size(info)
    profile = str(info.get("profile", ""))
    if "level0" in profile and not sizes:
        newest = "image/3" in str(info.get("@context", ""))
        return str(client.size(max=True) if newest else client.size(full=True))
    if "level0" in profile or (sizes and not whole):
        enough = [size for size in sizes if max(size) >= LONGEST_PX]
        width, height = min(enough, key=max) if enough else max(sizes, key=max)
    elif whole:
        scale = min(1.0, LONGEST_PX / max(whole))
        width, height = (max(1, round(side * scale)) for side in whole)
    else:
        return str(client.size(width=LONGEST_PX, height=LONGEST_PX, exact=True))
    return str(client.size(width=width, height=height))


def canvas_images(manifest: Json) -> list[ImageAt]:
    """Find a manifest's pictures: the first of each canvas, at most 5, of a book only one."""
    canvases = _list(manifest.get("items"))
    for sequence in _list(manifest.get("sequences"))[:1]:
        canvases = canvases or _list(_get(sequence, "canvases"))
    paged = "paged" in str([manifest.get("behavior"), manifest.get("viewingHint")])
    images = [image for canvas in canvases if (image := _canvas_image(canvas))]
    return images[: 1 if paged else MOST_PHOTOGRAPHS]


def _canvas_image(canvas: Any) -> ImageAt | None:
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
                    return ImageAt(service, address)
    return None


def described(manifest: Json) -> Artwork:
    """Read what a manifest tells of its artwork; it has no pictures yet."""
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
    """Read a label of either version: by BCP 47 tag, `none` where no language is given."""
    told: dict[str, list[str]] = {}
    for part in _list(value):
        if not isinstance(part, dict):
            told.setdefault("none", []).append(str(part))
        elif "@value" in part:
            tag = str(part.get("@language") or "none")
            told.setdefault(tag.lower(), []).append(str(part["@value"]))
        else:
            for tag, words in part.items():
                told.setdefault(str(tag).lower(), []).extend(map(str, _list(words)))
    plain = {tag: _TAG.sub("", "; ".join(words)).strip() for tag, words in told.items()}
    return {tag: words for tag, words in plain.items() if words}


def _best(told: dict[str, str]) -> str:
    return told.get("en") or told.get("none") or next(iter(told.values()), "")


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
