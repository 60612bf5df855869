"""A curator's edits: existing measurements are reused, and come out the same."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from demo.catalogue import HELD_BACK
from enrolment import probing
from enrolment.calibration_store import stored_assessments
from enrolment.edits import (
    Add,
    AddCsv,
    AddPictures,
    Change,
    ChangeError,
    Edit,
    Fields,
    Remove,
    RemovePicture,
    TranslatedFields,
    apply,
    catalogue_of,
)
from enrolment.jobs import change_gallery
from enrolment.report import REPORT_FILE
from enrolment.sample import INDEXED_VIEWS
from gallery.store import Gallery, open_gallery
from gallery.versions import list_versions
from models.embedder import Embedder
from settings import Settings
from tests.conftest import ENROLLED, judged_gallery, make_settings, write_works

WORKS = ENROLLED[:4]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, model_path: Path) -> Path:
    """Four demo works, enrolled and probed."""
    folder = tmp_path_factory.mktemp("made")
    source = write_works(folder / "works", WORKS)
    return judged_gallery(source, folder / "gallery", embedder, model_path, name="Four")


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "gallery")


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """Two photographs of works that aren't in the gallery."""
    paths = []
    for number, work in enumerate(HELD_BACK[:2]):
        path = tmp_path / f"new-{number}.png"
        Image.fromarray(work.paint()).save(path)
        paths.append(path)
    return paths


def changed(folder: Path, model_path: Path, *changes: Change) -> tuple[list[str], Counter[str]]:
    """Change a gallery; return what failed, and how often each step reported progress."""
    steps: Counter[str] = Counter()
    settings: Settings = make_settings(folder, model_path)
    failed = change_gallery(folder, changes, settings, lambda step, *_: steps.update([step]))
    return failed, steps


def fields(gallery: Gallery, index: int, **new: Any) -> Fields:
    artwork = gallery.artworks[index]
    texts = artwork.model_dump(include={"title", "artist", "year", "room", "text", "form"})
    return Fields(**texts | new)


def test_new_texts_measure_nothing(
    folder: Path, model_path: Path, embedder: Embedder, embedded: list[int]
) -> None:
    before = open_gallery(folder, embedder.card)
    new = fields(
        before,
        1,
        title="Other",
        languages={"de": TranslatedFields(title="Anders", text="LongText")},
    )
    failed, steps = changed(folder, model_path, Edit(id=WORKS[1].id, fields=new))
    assert (failed, steps, embedded) == ([], Counter(), [])
    after = open_gallery(folder, embedder.card)
    assert after.artworks[1].title == "Other"
    assert after.artworks[1].languages["de"].title == "Anders"
    assert after.artworks[1].references == before.artworks[1].references
    assert stored_assessments(after) == stored_assessments(before)
    assert "Other" in (folder / REPORT_FILE).read_text()
    old = list_versions(folder)[0]
    kept = folder.parent / f".{folder.name}.versions" / old.name
    assert open_gallery(kept, embedder.card).artworks[1].title == WORKS[1].title
    assert "Other" not in (kept / REPORT_FILE).read_text()
    # Measurements are on disk once.
    for name in ("features.npy", "index.faiss", "pictures/000001.jpg", "descriptors/000001.npy"):
        assert (folder / name).samefile(kept / name)


def test_adding_measures_the_new_artwork_only(
    folder: Path, model_path: Path, embedder: Embedder, embedded: list[int], pictures: list[Path]
) -> None:
    add = Add(fields=Fields(title="A new work"), pictures=(pictures[0],))
    failed, steps = changed(folder, model_path, add)
    assert failed == []
    probed = steps["Looking at each"]
    # The new artwork, and possibly the most similar one, which may now be taken for it.
    assert probed in (1, 2)
    frames = probing.ATTEMPTS * probing.FRAMES_PER_ATTEMPT
    assert embedded[0] == 1 + INDEXED_VIEWS, "the photograph and its views"
    assert sum(embedded[1:]) <= probed * frames * 6
    after = open_gallery(folder, embedder.card)
    assert [artwork.id for artwork in after.artworks] == [*(w.id for w in WORKS), "a-new-work"]
    assert {assessment.artwork_id for assessment in stored_assessments(after)} == {
        a.id for a in after.artworks
    }
    assert after.acceptance.attempts == 5 * probing.ATTEMPTS


def test_removing_an_added_photograph_gives_the_same_gallery(
    folder: Path, model_path: Path, embedder: Embedder, embedded: list[int], pictures: list[Path]
) -> None:
    before = open_gallery(folder, embedder.card)
    more = AddPictures(id=WORKS[2].id, pictures=(pictures[0],))
    assert changed(folder, model_path, more)[0] == []
    assert len(open_gallery(folder, embedder.card).artworks[2].references) == 2
    original = open_gallery(folder, embedder.card).artworks[2].references[1].original
    embedded.clear()
    assert changed(folder, model_path, RemovePicture(id=WORKS[2].id, picture=original))[0] == []
    after = open_gallery(folder, embedder.card)
    for name in ("features.npy", "index.faiss"):
        assert (folder / name).read_bytes() == (before.folder / name).read_bytes()
    assert after.manifest.checksums == before.manifest.checksums
    assert sorted(path.name for path in (folder / "originals").iterdir()) == sorted(
        reference.original for artwork in before.artworks for reference in artwork.references
    )


def test_removing_leaves_the_other_artworks_unchanged(
    folder: Path, model_path: Path, embedder: Embedder, embedded: list[int]
) -> None:
    before = open_gallery(folder, embedder.card)
    assert changed(folder, model_path, Remove(id=WORKS[0].id))[0] == []
    after = open_gallery(folder, embedder.card)
    assert [artwork.id for artwork in after.artworks] == [work.id for work in WORKS[1:]]
    # An address in a visitor's browser cache shows the same picture as before.
    assert after.picture_path(0, thumbnail=True).name == before.picture_path(1, thumbnail=True).name
    assert np.array_equal(after.features(0)[0].descriptors, before.features(1)[0].descriptors)
    assert len({assessment.artwork_id for assessment in stored_assessments(after)}) == 3


def test_impossible_changes_are_reported_and_the_others_made(
    folder: Path, model_path: Path, embedder: Embedder, pictures: list[Path]
) -> None:
    gallery = open_gallery(folder, embedder.card)
    bad = pictures[0].with_name("bad.jpg")
    bad.write_bytes(b"no picture")
    failed, _ = changed(
        folder,
        model_path,
        Edit(id="gone", fields=Fields(title="x")),
        Edit(id=WORKS[0].id, fields=fields(gallery, 0, form="solid")),
        AddPictures(id=WORKS[0].id, pictures=(bad,)),
        Edit(id=WORKS[0].id, fields=fields(gallery, 0, title="Done")),
    )
    assert len(failed) == 3
    for line, words in zip(failed, ("no such artwork", "needs 3", "bad.jpg: not a"), strict=True):
        assert words in line
    assert open_gallery(folder, embedder.card).artworks[0].title == "Done"


def test_a_csv_adds_artworks_and_replaces_texts(
    folder: Path, model_path: Path, embedder: Embedder, pictures: list[Path]
) -> None:
    source = pictures[0].with_name("more.csv")
    source.write_text(
        "id,title,text_fr,image\n"
        f"{WORKS[0].id},Known,Bonjour,{pictures[1].name}\nfresh,Fresh,,{pictures[0].name}\n"
    )
    assert changed(folder, model_path, AddCsv(path=source))[0] == []
    after = open_gallery(folder, embedder.card)
    assert (after.artworks[0].title, after.artworks[0].languages["fr"].text) == (
        "Known",
        "Bonjour",
    )
    assert len(after.artworks[0].references) == 2
    assert after.artworks[-1].id == "fresh"


@pytest.mark.parametrize(
    ("image", "words"),
    [("/etc/hostname", "beside the CSV only"), ("../x.png", "beside"), ("none.png", "is missing")],
)
def test_a_csv_names_no_other_file(
    folder: Path, embedder: Embedder, tmp_path: Path, image: str, words: str
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "more.csv").write_text(f"title,image\nx,{image}\n")
    catalogue = catalogue_of(open_gallery(folder, embedder.card))
    before = dict(catalogue)
    with pytest.raises(ChangeError, match=words):
        apply(AddCsv(path=inbox / "more.csv"), catalogue)
    assert catalogue == before


def test_the_last_photograph_and_artwork_stay(folder: Path, embedder: Embedder) -> None:
    gallery = open_gallery(folder, embedder.card)
    catalogue = catalogue_of(gallery)
    original = gallery.artworks[0].references[0].original
    refused: Sequence[tuple[Change, str]] = (
        (RemovePicture(id=WORKS[0].id, picture=original), "last photograph"),
        (Add(fields=Fields(title="x"), pictures=()), "needs a photograph"),
    )
    for change, words in refused:
        with pytest.raises(ChangeError, match=words):
            apply(change, catalogue)
    for work in WORKS[1:]:
        apply(Remove(id=work.id), catalogue)
    with pytest.raises(ChangeError, match="last artwork"):
        apply(Remove(id=WORKS[0].id), catalogue)


def test_galleries_without_photographs_say_what_to_do(folder: Path, embedder: Embedder) -> None:
    gallery = open_gallery(folder, embedder.card)
    first = gallery.artworks[0]
    bare = first.references[0].model_copy(update={"original": ""})
    old = (first.model_copy(update={"references": (bare,)}), *gallery.artworks[1:])
    object.__setattr__(gallery, "artworks", old)
    with pytest.raises(ChangeError, match="vernissage enrol"):
        catalogue_of(gallery)
