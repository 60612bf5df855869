"""The demo gallery is served with a few works at first, and finished in a further version."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from enrolment.demo_gallery import enrol_first, finish, unfinished
from gallery.acceptance import PROVISIONAL, Acceptance
from gallery.store import Gallery, open_gallery, read_acceptance
from gallery.versions import list_versions
from models.embedder import Embedder
from settings import Settings
from tests.conftest import ENROLLED, make_settings

ALL = ENROLLED[:3]
FIRST = ALL[1:]


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, model_path: Path) -> Path:
    """A demo gallery of the first works."""
    out = tmp_path_factory.mktemp("first") / "gallery"
    enrol_first(out, embedder, make_settings(out, model_path), lambda *_: None, FIRST)
    return out


@pytest.fixture
def folder(begun: Path, tmp_path: Path) -> Path:
    return shutil.copytree(begun, tmp_path / "gallery")


@pytest.fixture
def settings(folder: Path, model_path: Path) -> Settings:
    return make_settings(folder, model_path)


def ids(gallery: Gallery) -> list[str]:
    return [artwork.id for artwork in gallery.artworks]


def test_the_first_works_have_cautious_thresholds(folder: Path, embedder: Embedder) -> None:
    gallery = open_gallery(folder, embedder.card)
    assert ids(gallery) == [work.id for work in FIRST]
    assert gallery.acceptance == PROVISIONAL
    assert not gallery.acceptance.fitted
    assert unfinished(folder) == gallery.manifest


def test_all_works_come_first_and_then_their_thresholds(
    folder: Path, embedder: Embedder, settings: Settings
) -> None:
    live: list[Acceptance] = []
    finish(
        folder,
        ALL,
        settings,
        lambda *_: None,
        lambda: live.append(open_gallery(folder, embedder.card).acceptance),
    )
    assert live == [PROVISIONAL], "the works are live first"
    gallery = open_gallery(folder, embedder.card)
    assert ids(gallery) == [work.id for work in ALL], "as if they were enrolled at once"
    assert gallery.acceptance.fitted
    assert gallery.acceptance.min_inliers < PROVISIONAL.min_inliers
    assert unfinished(folder) is None
    (first,) = list_versions(folder)
    assert first.manifest.artworks == len(FIRST), "thresholds are no version of their own"


def test_a_stop_loses_only_what_was_not_published(
    folder: Path, embedder: Embedder, settings: Settings
) -> None:
    def stop_at_probes(step: str, *_: int) -> None:
        if step == "Looking at each":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        finish(folder, ALL, settings, stop_at_probes)
    assert len(open_gallery(folder, embedder.card).artworks) == len(ALL)
    assert unfinished(folder)
    steps = []
    finish(folder, ALL, settings, lambda step, *_: steps.append(step))
    assert "Painting" not in steps
    assert read_acceptance(folder).fitted


def test_no_other_gallery_is_to_be_finished(
    looked_at: Path, gallery_folder: Path, tmp_path: Path
) -> None:
    for other in (looked_at, gallery_folder, tmp_path / "none"):
        assert unfinished(other) is None
