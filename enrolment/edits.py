"""A curator's edits: they turn one gallery's catalogue into the next one's."""

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
_TAKEN_OVER = ("id", "title", "artist", "year", "room", "text", "form")
LongText = Annotated[str, Field(max_length=20_000)]
ShortText = Annotated[str, Field(max_length=500)]
Tag = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[a-z0-9]{2,8})*$")]


class ChangeError(ValueError):
    """A change can't be made; the message says why."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TranslatedFields(_Model):
    """Title and text in a further language."""

    title: ShortText = ""
    text: LongText = ""


class Fields(_Model):
    """An artwork's texts, and its form."""

    title: ShortText = Field(min_length=1)
    artist: ShortText = ""
    year: ShortText = ""
    room: ShortText = ""
    text: LongText = ""
    form: Form = "flat"
    languages: dict[Tag, TranslatedFields] = {}


class Add(_Model):
    """Add an artwork; its id is made from its title."""

    kind: Literal["add"] = "add"
    fields: Fields
    pictures: tuple[Path, ...]


class Edit(_Model):
    """Replace an artwork's texts."""

    kind: Literal["edit"] = "edit"
    id: str
    fields: Fields


class Remove(_Model):
    """Remove an artwork."""

    kind: Literal["remove"] = "remove"
    id: str


class AddPictures(_Model):
    """Add photographs of an artwork."""

    kind: Literal["add_pictures"] = "add_pictures"
    id: str
    pictures: tuple[Path, ...]


class RemovePicture(_Model):
    """Remove a photograph of an artwork, by its name in `originals/`."""

    kind: Literal["remove_picture"] = "remove_picture"
    id: str
    picture: str


class AddCsv(_Model):
    """Add the artworks of a CSV; existing ids get new texts, and keep their photographs."""

    kind: Literal["add_csv"] = "add_csv"
    path: Path


class AddAddress(_Model):
    """Add the artworks of a IIIF manifest or collection, which is fetched first."""

    kind: Literal["add_address"] = "add_address"
    address: str
    limit: int


Change = Annotated[
    Add | Edit | Remove | AddPictures | RemovePicture | AddCsv | AddAddress,
    Field(discriminator="kind"),
]


def catalogue_of(gallery: Gallery) -> Catalogue:
    """Return the catalogue that a gallery was made from, with the files that it keeps.

    Raises:
        ChangeError: the gallery was made before galleries kept photographs.
    """
    audio, originals = gallery.folder / AUDIO_FOLDER, gallery.folder / ORIGINALS
    catalogue = {}
    for artwork in gallery.artworks:
        if not all(reference.original for reference in artwork.references):
            raise ChangeError(
                "this gallery doesn't keep its photographs; enrol it once more: "
                f"vernissage enrol {gallery.manifest.source} --out {gallery.folder}"
            )
        catalogue[artwork.id] = Artwork(
            **{name: getattr(artwork, name) for name in _TAKEN_OVER},
            images=tuple(originals / reference.original for reference in artwork.references),
            details=artwork.details,
            audio=audio / artwork.audio if artwork.audio else None,
            languages={
                tag: replace(one, audio=audio / one.audio if one.audio else None)
                for tag, one in artwork.languages.items()
            },
        )
    return catalogue


def apply(change: Change, catalogue: Catalogue) -> None:
    """Make a change in a catalogue. The caller fetches an `AddAddress` and calls `add_all` instead.

    Raises:
        ChangeError: the change can't be made; the catalogue is as before.
    """
    match change:
        case Add(fields=fields, pictures=pictures):
            if not pictures:
                raise ChangeError(f"{fields.title}: an artwork needs a photograph")
            key = free_id(slug(fields.title), set(catalogue))
            catalogue[key] = _checked(_with_fields(Artwork(key, "", images=pictures), fields))
        case Edit(id=key, fields=fields):
            catalogue[key] = _checked(_with_fields(_existing(catalogue, key), fields))
        case Remove(id=key):
            _existing(catalogue, key)
            if len(catalogue) == 1:
                raise ChangeError("the last artwork stays: a gallery has one at least")
            del catalogue[key]
        case AddPictures(id=key, pictures=pictures):
            artwork = _existing(catalogue, key)
            catalogue[key] = replace(artwork, images=(*artwork.images, *pictures))
        case RemovePicture(id=key, picture=name):
            artwork = _existing(catalogue, key)
            kept = tuple(path for path in artwork.images if path.name != name)
            if not kept:
                raise ChangeError(f"{artwork.title}: its last photograph stays; remove the artwork")
            catalogue[key] = _checked(replace(artwork, images=kept))
        case AddCsv(path=path):
            add_all(_read_csv(path), catalogue)


def add_all(artworks: Iterable[Artwork], catalogue: Catalogue) -> None:
    """Add artworks to a catalogue; existing ids get the new texts and further photographs."""
    for artwork in artworks:
        existing = catalogue.get(artwork.id)
        old = existing.images if existing else ()
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
        named += [one.audio for one in artwork.languages.values() if one.audio]
        for file in named:
            # A CSV from the network may name only files that come with it, none of this machine.
            if folder not in file.parents:
                raise ChangeError(f"{path.name}: {file}: name files beside the CSV only")
            if not file.is_file():
                raise ChangeError(f"{path.name}: {file.name} is missing; drop it with the CSV")
    return artworks


def _existing(catalogue: Catalogue, key: str) -> Artwork:
    if key not in catalogue:
        raise ChangeError(f"{key}: no such artwork; it may have been removed")
    return catalogue[key]


def _with_fields(artwork: Artwork, fields: Fields) -> Artwork:
    languages = {}
    for tag, new in fields.languages.items():
        old = artwork.languages.get(tag)
        audio = old.audio if old else None
        if new.title or new.text or audio:
            languages[tag] = Translation(new.title, new.text, audio)
    return replace(artwork, **fields.model_dump(exclude={"languages"}), languages=languages)


def _checked(artwork: Artwork) -> Artwork:
    if artwork.form == "solid" and len(artwork.images) < MIN_SOLID_PHOTOGRAPHS:
        raise ChangeError(
            f"{artwork.title}: a solid work needs {MIN_SOLID_PHOTOGRAPHS} photographs or more, "
            "from all sides that visitors see"
        )
    return artwork
