"""Undo: versions of a gallery are kept, restored, and taken up by a running server."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from cli.main import app
from common.files import atomic_folder
from enrolment.enrol import enrol
from gallery.catalogue import read_source
from gallery.manifest import GalleryError, read_manifest
from gallery.store import open_gallery
from gallery.versions import MAX_VERSIONS, keep_old, list_versions, restore
from models.embedder import Embedder
from tests.conftest import ENROLLED, write_works


@pytest.fixture
def folder(gallery_folder: Path, tmp_path: Path) -> Path:
    """A copy of the dozen."""
    return shutil.copytree(gallery_folder, tmp_path / "dozen")


def make_renamed_version(folder: Path, name: str) -> None:
    """Make a new version that differs in its name only."""
    old = read_manifest(folder)
    with atomic_folder(folder, keep_old) as new:
        shutil.copytree(folder, new, dirs_exist_ok=True)
        (new / "manifest.json").write_text(old.model_copy(update={"name": name}).model_dump_json())


def names(folder: Path) -> list[str]:
    return [version.manifest.name for version in list_versions(folder)]


def test_enrolling_again_keeps_the_old_version_and_it_can_be_restored(
    tmp_path: Path, embedder: Embedder
) -> None:
    folder = tmp_path / "few"
    for count, name in ((2, "Two"), (3, "Three")):
        source = write_works(tmp_path / name, ENROLLED[:count])
        enrol(read_source(source), folder, embedder, name=name, source=str(source))
    in_use = open_gallery(folder, embedder.card)
    (two,) = list_versions(folder)
    assert (two.manifest.name, two.manifest.artworks) == ("Two", 2)
    result = CliRunner().invoke(app, ["versions", str(folder), "--restore", two.name])
    assert result.exit_code == 0, result.output
    assert len(open_gallery(folder, embedder.card).artworks) == 2
    assert names(folder) == ["Three"]
    # A server that still has the replaced version memory-mapped can go on reading.
    assert len(in_use.features(2)[0]) > 100
    assert np.isfinite(in_use.features(2)[0].xy).all()


def test_ten_versions_are_kept_and_restoring_can_be_undone(folder: Path) -> None:
    for version in range(12):
        make_renamed_version(folder, f"v{version}")
    kept = [f"v{version}" for version in range(10, 0, -1)]
    assert len(kept) == MAX_VERSIONS
    assert names(folder) == kept
    oldest = list_versions(folder)[-1]
    assert restore(folder, oldest.name).name == "v1"
    assert names(folder) == ["v11", *kept[:-1]]
    restore(folder, list_versions(folder)[0].name)
    assert read_manifest(folder).name == "v11"


def test_a_version_that_is_not_there_is_one_line(folder: Path) -> None:
    for name in ("20200101T000000-000000", "../dozen", ".."):
        with pytest.raises(GalleryError, match="no version"):
            restore(folder, name)
    result = CliRunner().invoke(app, ["versions", str(folder), "--restore", "none"])
    assert result.exit_code == 1
    assert "no version none" in result.output
    assert read_manifest(folder).name == "A dozen"


def test_damaged_versions_are_left_out(folder: Path) -> None:
    make_renamed_version(folder, "new")
    make_renamed_version(folder, "newer")
    newest, _ = list_versions(folder)
    (folder.parent / ".dozen.versions" / newest.name / "manifest.json").write_text("{")
    assert names(folder) == ["A dozen"]
