"""Which measurements are reused, and galleries of the program's earlier versions."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from common.files import file_sha256
from enrolment.calibration_store import PROBES_FILE, read_probes, stored_assessments
from enrolment.edits import Remove
from enrolment.jobs import change_gallery
from enrolment.sample import INDEXED_VIEWS
from gallery.manifest import read_manifest
from gallery.store import ACCEPTANCE_FILE, open_gallery
from models.embedder import Embedder
from tests.conftest import ENROLLED, judged_gallery, make_settings
from vision.synthetic_views import VIEWS_VERSION


@pytest.fixture
def folder(looked_at: Path, tmp_path: Path) -> Path:
    return shutil.copytree(looked_at, tmp_path / "gallery")


def rewrite(path: Path, values: dict[str, Any]) -> None:
    path.write_text(json.dumps(values), encoding="utf-8")


def test_with_the_same_synthetic_views_nothing_is_measured_again(
    folder: Path, looked_at: Path, embedder: Embedder, model_path: Path, embedded: list[int]
) -> None:
    assert read_manifest(folder).views_version == VIEWS_VERSION
    source = looked_at.parent / "works" / "artworks.csv"
    judged_gallery(source, folder, embedder, model_path, name="Three")
    assert embedded == []
    assert read_manifest(folder).checksums == read_manifest(looked_at).checksums


def test_with_other_synthetic_views_everything_is_measured_anew(
    folder: Path, embedder: Embedder, model_path: Path, embedded: list[int]
) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    rewrite(folder / "manifest.json", manifest | {"views_version": VIEWS_VERSION + 1})
    before = open_gallery(folder, embedder.card)
    steps: Counter[str] = Counter()
    settings = make_settings(folder, model_path)
    remove = Remove(id=ENROLLED[0].id)
    failed = change_gallery(folder, [remove], settings, lambda step, *_: steps.update([step]))
    assert failed == []
    assert embedded[:2] == [1 + INDEXED_VIEWS] * 2, "both photographs and their views"
    assert steps["Looking at each"] == 2, "no probe of other views is reused"
    after = open_gallery(folder, embedder.card)
    assert after.manifest.views_version == VIEWS_VERSION
    # A browser must not show a cached picture of another photograph.
    numbers = [
        {reference.file_number for artwork in one.artworks for reference in artwork.references}
        for one in (before, after)
    ]
    assert numbers[0].isdisjoint(numbers[1])


def test_a_gallery_of_an_earlier_version_is_opened_and_reused(
    folder: Path, looked_at: Path, embedder: Embedder, model_path: Path, embedded: list[int]
) -> None:
    """A manifest without `views_version`; `number`, `looks` and `fooled` in the other files."""
    write_as_before(folder)
    old = open_gallery(folder, embedder.card)
    new = open_gallery(looked_at, embedder.card)
    assert old.manifest.views_version == 1
    assert old.artworks == new.artworks
    assert old.acceptance.false_agreements == 3
    assert len(read_probes(old)) == len(ENROLLED[:3])
    assert read_probes(old) == read_probes(new)
    assert stored_assessments(old) == stored_assessments(new)
    source = looked_at.parent / "works" / "artworks.csv"
    judged_gallery(source, folder, embedder, model_path, name="Three")
    assert embedded == []


def write_as_before(folder: Path) -> None:
    """Rewrite a gallery's files as the program wrote them before its names changed."""
    artworks = []
    for line in (folder / "artworks.jsonl").read_text(encoding="utf-8").splitlines():
        values = json.loads(line)
        values["references"] = [
            {
                "number": int(reference["number"]),
                "width": reference["width"],
                "height": reference["height"],
                "start": reference["start"],
                "stop": reference["stop"],
                "picture_width": reference["picture_width"],
                "picture_height": reference["picture_height"],
                "original": reference["original"],
            }
            for reference in values["references"]
        ]
        artworks.append(json.dumps(values) + "\n")
    (folder / "artworks.jsonl").write_text("".join(artworks), encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["views_version"]
    manifest["checksums"]["artworks.jsonl"] = file_sha256(folder / "artworks.jsonl")
    rewrite(folder / "manifest.json", manifest)
    acceptance = json.loads((folder / ACCEPTANCE_FILE).read_text())
    assert {"looks", "fooled"} <= set(acceptance)
    rewrite(folder / ACCEPTANCE_FILE, acceptance | {"fooled": 3})
    assert all("number" in one for one in json.loads((folder / PROBES_FILE).read_text()))
