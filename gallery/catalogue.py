"""What is to be enrolled: a folder of pictures or a CSV, read into artworks."""

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
"""What an artwork is: a picture, or a work without a plane such as a sculpture."""
FEWEST_OF_SOLID = 3
"""Photographs that a work without a plane needs: one shows a third of it at most."""


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
        room: where it hangs.
        text: what the card tells.
        images: photographs of it, at least one; of a solid work at least 3, from all round.
        details: columns of the CSV that have no meaning here, kept as they were.
        form: `solid` where no plane can be looked for.
        audio: what is to be heard, in the language of `text`.
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
        CatalogueError: neither, or it names no picture.
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
    """Take every picture in a folder and the folders below as an artwork, by name."""
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

    Only `image` is needed. `form` is `flat`, or `solid` for a work without a plane. Rows with one
    id are views of one artwork, and the first says what it is. Title, text and audio in further
    languages have columns such as `text_de`. Files are found beside the CSV unless their path is
    absolute. Comma, semicolon and tab separate; UTF-8.

    Raises:
        CatalogueError: not UTF-8, no `image` column, a row without a picture, an unknown form, or a
            solid work with too few photographs.
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
            known = by_id[key]
            by_id[key] = replace(known, images=(*known.images, image))
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
        if artwork.form == "solid" and len(artwork.images) < FEWEST_OF_SOLID:
            raise CatalogueError(
                f"{path}: {artwork.id} is solid and has {len(artwork.images)} photographs; give it "
                f"{FEWEST_OF_SOLID} or more, from all sides that visitors see"
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
    """Return `wanted`, numbered if it is taken, and take it."""
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}-{number}", number + 1
    taken.add(name)
    return name
