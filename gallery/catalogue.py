"""Sources of an enrolment: a folder of pictures or a CSV, read into artworks."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from errors import UserError
from gallery.translations import Translation, read_translations, translated_column

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".avif"})
COLUMNS = ("id", "title", "artist", "year", "room", "text", "image", "form", "audio")
Form = Literal["flat", "solid"]
"""Whether an artwork is flat, such as a painting, or non-planar (`solid`), such as a sculpture."""
MIN_SOLID_PHOTOGRAPHS = 3
"""Fewest photographs of a non-planar work: one shows a third of it at most."""


class CatalogueError(UserError):
    """A source can't be read; the message says where and how to mend it."""


@dataclass(frozen=True, slots=True)
class Artwork:
    """An artwork and its photographs.

    Attributes:
        id: unique in its gallery; used in addresses.
        title: shown on the card.
        artist: may be empty, as all below.
        year: as the museum writes it ("c. 1520").
        room: the room in which it hangs.
        text: shown on the card.
        images: photographs of it, at least one; at least 3 of a solid work, from all round.
        details: columns of the CSV that have no meaning here, kept unchanged.
        form: `flat`, or `solid` for a non-planar work.
        audio: recording in the language of `text`.
        languages: title, text and audio in further languages, by BCP 47 tag.
    """

    id: str
    title: str
    artist: str = ""
    year: str = ""
    room: str = ""
    text: str = ""
    images: tuple[Path, ...] = ()
    details: dict[str, str] = field(default_factory=dict)
    form: Form = "flat"
    audio: Path | None = None
    languages: dict[str, Translation] = field(default_factory=dict)


def read_source(source: Path) -> list[Artwork]:
    """Read a folder of pictures (file name = title) or a CSV.

    Raises:
        CatalogueError: the source is neither, or it names no picture.
    """
    if source.is_dir():
        artworks = read_folder(source)
    elif source.is_file() and source.suffix.lower() == ".csv":
        artworks = read_csv(source)
    elif source.exists():
        raise CatalogueError(f"{source}: neither a folder nor a .csv file")
    else:
        raise CatalogueError(f"{source}: no such file or folder")
    if not artworks:
        raise CatalogueError(
            f"{source}: no pictures in it (looked for {', '.join(sorted(PICTURE_SUFFIXES))})"
        )
    return artworks


def read_folder(folder: Path) -> list[Artwork]:
    """Read every picture in a folder and in its subfolders as an artwork, sorted by name."""
    pictures = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in PICTURE_SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    taken: set[str] = set()
    artworks = []
    for path in pictures:
        title = re.sub(r"[\s_]+", " ", path.stem).strip()
        artworks.append(Artwork(free_id(slug(title), taken), title, images=(path,)))
    return artworks


def read_csv(path: Path) -> list[Artwork]:
    """Read a CSV with the columns `id,title,artist,year,room,text,image,form,audio`.

    Only `image` is required. `form` is `flat`, or `solid` for a non-planar work. Rows with the same
    id are photographs of one artwork; the first row gives its texts. Title, text and audio in
    further languages have columns such as `text_de`. Paths are relative to the CSV unless they are
    absolute. The delimiter is a comma, semicolon or tab; the encoding is UTF-8.

    Raises:
        CatalogueError: the file is not UTF-8 or has no `image` column, a row has no picture, a form
            is unknown, or a solid work has too few photographs.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from None
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(text.splitlines(keepends=True), delimiter=delimiter)
    reader.fieldnames = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    if "image" not in reader.fieldnames:
        raise CatalogueError(
            f"{path}: no column 'image' (found: {', '.join(reader.fieldnames) or 'nothing'}); "
            f"the first line must name the columns, such as {','.join(COLUMNS)}"
        )

    def beside(name: str) -> Path:
        return (path.parent / name).resolve()

    by_id: dict[str, Artwork] = {}
    for row in reader:
        values = {name: (value or "").strip() for name, value in row.items() if name}
        if not any(values.values()):
            continue
        if not values["image"]:
            raise CatalogueError(f"{path}, line {reader.line_num}: the image column is empty")
        image = beside(values["image"])
        title = values.get("title") or re.sub(r"[\s_]+", " ", image.stem).strip()
        key = values.get("id") or free_id(slug(title), set(by_id))
        if key in by_id:
            artwork = by_id[key]
            by_id[key] = replace(artwork, images=(*artwork.images, image))
            continue
        fields = {name: values.get(name, "") for name in COLUMNS[2:6]}
        details = {
            n: v for n, v in values.items() if v and n not in COLUMNS and not translated_column(n)
        }
        form = _form(values.get("form", ""), f"{path}, line {reader.line_num}")
        by_id[key] = Artwork(
            key,
            title,
            **fields,
            images=(image,),
            details=details,
            form=form,
            audio=beside(values["audio"]) if values.get("audio") else None,
            languages=read_translations(values, beside),
        )
    for artwork in by_id.values():
        if artwork.form == "solid" and len(artwork.images) < MIN_SOLID_PHOTOGRAPHS:
            raise CatalogueError(
                f"{path}: {artwork.id} is solid and has {len(artwork.images)} photographs; give it "
                f"{MIN_SOLID_PHOTOGRAPHS} or more, from all sides that visitors see"
            )
    return list(by_id.values())


def _form(value: str, where: str) -> Form:
    wanted = value.lower()
    if wanted in ("", "flat"):
        return "flat"
    if wanted == "solid":
        return "solid"
    raise CatalogueError(f"{where}: form is {value!r}; it must be flat or solid")


def slug(title: str) -> str:
    """Turn a title into an id: lower-case ASCII letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "artwork"


def free_id(wanted: str, taken: set[str]) -> str:
    """Return `wanted`, with a number after it if it is in `taken`, and add it to `taken`."""
    name, suffix = wanted, 2
    while name in taken:
        name, suffix = f"{wanted}-{suffix}", suffix + 1
    taken.add(name)
    return name
