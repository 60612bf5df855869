"""What a curator changes: one gallery's catalogue in, the next one's out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from gallery.audio import AUDIO_FOLDER
from gallery.catalogue import (
    MIN_SOLID_PHOTOGRAPHS,
    Artwork,
    CatalogueError,
    Form,
    free_id,
    read_csv,
    slug,
)
from gallery.layout import ORIGINALS, original_name
from gallery.store import Gallery
from gallery.translations import Translation

Catalogue = dict[str, Artwork]
Text = Annotated[str, Field(max_length=20_000)]
Line = Annotated[str, Field(max_length=500)]
Tag = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[a-z0-9]{2,8})*$")]


class ChangeError(ValueError):
    """A change can't be made; the message says why."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Told(_Part):
    """Title and text in a further language."""

    title: Line = ""
    text: Text = ""


class Fields(_Part):
    """What is told of an artwork."""

    title: Line = Field(min_length=1)
    artist: Line = ""
    year: Line = ""
    room: Line = ""
    text: Text = ""
    form: Form = "flat"
    languages: dict[Tag, Told] = {}


class Add(_Part):
    """Add an artwork; its id is made from its title."""

    kind: Literal["add"] = "add"
    fields: Fields
    pictures: tuple[Path, ...]


class Edit(_Part):
    """Tell something else of an artwork."""

    kind: Literal["edit"] = "edit"
    id: str
    fields: Fields


class Remove(_Part):
    """Remove an artwork."""

    kind: Literal["remove"] = "remove"
    id: str


class AddPictures(_Part):
    """Add photographs of an artwork."""

    kind: Literal["add_pictures"] = "add_pictures"
    id: str
    pictures: tuple[Path, ...]


class RemovePicture(_Part):
    """Remove a photograph of an artwork, named as in `originals/`."""

    kind: Literal["remove_picture"] = "remove_picture"
    id: str
    picture: str


class AddCsv(_Part):
    """Add the artworks of a CSV; those whose id is there are told of anew, and keep pictures."""

    kind: Literal["add_csv"] = "add_csv"
    path: Path


class AddAddress(_Part):
    """Add the artworks of a IIIF manifest or collection, which are fetched first."""

    kind: Literal["add_address"] = "add_address"
    address: str
    limit: int


Change = Annotated[
    Add | Edit | Remove | AddPictures | RemovePicture | AddCsv | AddAddress,
    Field(discriminator="kind"),
]


def catalogue_of(gallery: Gallery) -> Catalogue:
    """Read back what a gallery was made of; its files are those that it keeps.

    Raises:
        ChangeError: it was made before galleries kept photographs.
    """
    audio = gallery.folder / AUDIO_FOLDER
    catalogue = {}
    for known in gallery.artworks:
        if not all(reference.original for reference in known.references):
            raise ChangeError(
                "this gallery doesn't keep its photographs; enrol it once more: "
                f"vernissage enrol {gallery.manifest.source} --out {gallery.folder}"
            )
        catalogue[known.id] = Artwork(
            **known.model_dump(include={"id", "title", "artist", "year", "room", "text", "form"}),
            images=tuple(gallery.folder / ORIGINALS / ref.original for ref in known.references),
            details=known.details,
            audio=audio / known.audio if known.audio else None,
            languages={
                tag: replace(told, audio=audio / told.audio if told.audio else None)
                for tag, told in known.languages.items()
            },
        )
    return catalogue


def apply(change: Change, catalogue: Catalogue) -> None:
    """Make a change; one of an address only once it was fetched, by `add_all`.

    Raises:
        ChangeError: it makes no sense; the catalogue is as before.
    """
    match change:
        case Add(fields=fields, pictures=pictures):
            if not pictures:
                raise ChangeError(f"{fields.title}: an artwork needs a photograph")
            key = free_id(slug(fields.title), set(catalogue))
            catalogue[key] = _checked(_told(Artwork(key, "", images=pictures), fields))
        case Edit(id=key, fields=fields):
            catalogue[key] = _checked(_told(_known(catalogue, key), fields))
        case Remove(id=key):
            _known(catalogue, key)
            if len(catalogue) == 1:
                raise ChangeError("the last artwork stays: a gallery has one at least")
            del catalogue[key]
        case AddPictures(id=key, pictures=pictures):
            artwork = _known(catalogue, key)
            catalogue[key] = replace(artwork, images=(*artwork.images, *pictures))
        case RemovePicture(id=key, picture=name):
            artwork = _known(catalogue, key)
            kept = tuple(path for path in artwork.images if path.name != name)
            if not kept:
                raise ChangeError(f"{artwork.title}: its last photograph stays; remove the artwork")
            catalogue[key] = _checked(replace(artwork, images=kept))
        case AddCsv(path=path):
            add_all(_read_csv(path), catalogue)


def add_all(artworks: Iterable[Artwork], catalogue: Catalogue) -> None:
    """Add artworks; what is told of those known by id is replaced, and photographs are added."""
    for artwork in artworks:
        known = catalogue.get(artwork.id)
        old = known.images if known else ()
        names = {path.name for path in old}
        new = [path for path in artwork.images if original_name(path) not in names]
        catalogue[artwork.id] = replace(artwork, images=(*old, *new))


def _read_csv(path: Path) -> list[Artwork]:
    try:
        artworks = read_csv(path)
    except CatalogueError as error:
        raise ChangeError(str(error).replace(f"{path.parent}/", "")) from None
    folder = path.parent.resolve()
    for artwork in artworks:
        named = [p for p in (artwork.audio, *artwork.images) if p]
        named += [told.audio for told in artwork.languages.values() if told.audio]
        for file in named:
            # Over the network a CSV may name what comes with it, and no other file of this machine.
            if folder not in file.parents:
                raise ChangeError(f"{path.name}: {file}: name files beside the CSV only")
            if not file.is_file():
                raise ChangeError(f"{path.name}: {file.name} is missing; drop it with the CSV")
    return artworks


def _known(catalogue: Catalogue, key: str) -> Artwork:
    if key not in catalogue:
        raise ChangeError(f"{key}: no such artwork; it may have been removed")
    return catalogue[key]


def _told(artwork: Artwork, fields: Fields) -> Artwork:
    languages = {}
    for tag, told in fields.languages.items():
        known = artwork.languages.get(tag)
        audio = known.audio if known else None
        if told.title or told.text or audio:
            languages[tag] = Translation(told.title, told.text, audio)
    told_once = fields.model_dump(exclude={"languages"})
    return replace(artwork, **told_once, languages=languages)


def _checked(artwork: Artwork) -> Artwork:
    if artwork.form == "solid" and len(artwork.images) < MIN_SOLID_PHOTOGRAPHS:
        raise ChangeError(
            f"{artwork.title}: without a plane it needs {MIN_SOLID_PHOTOGRAPHS} photographs or more, "
            "from all sides that visitors see"
        )
    return artwork
