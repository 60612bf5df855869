"""Voting by RootSIFT features, on real pictures."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from demo.catalogue import HELD_BACK
from gallery.feature_index import FeatureIndex
from gallery.store import Gallery
from recognition.homography import verify
from recognition.matching import match_rootsift
from recognition.recognizer import Recognizer
from tests.conftest import ENROLLED
from tests.recognition.test_selection import half_hidden
from vision.features import LocalFeatures
from vision.rootsift import rootsift_frame_features, rootsift_reference_features


def corner_of(painting: np.ndarray) -> np.ndarray:
    """A third of a painting at the edge of a grey wall, BGR: far from the painting's embedding."""
    high, wide = painting.shape[0] // 2, painting.shape[1] // 2
    part = painting[-high:, :wide, ::-1]
    view = np.full((960, 1280, 3), 128, np.uint8)
    view[-min(high, 700) :, : min(wide, 900)] = part[: min(high, 700), : min(wide, 900)]
    return view


def index_of(
    photographs: Sequence[LocalFeatures], owners: Sequence[int] | None = None
) -> FeatureIndex:
    """Index photographs, each of an artwork of its own unless `owners` says otherwise."""
    return FeatureIndex.build(
        owners or range(len(photographs)), lambda place, limit: photographs[place]
    )


def test_a_corner_votes_for_its_artwork(gallery: Gallery) -> None:
    firsts = []
    for index, work in enumerate(ENROLLED):
        frame = rootsift_frame_features(corner_of(work.paint()))
        found = gallery.feature_index.search(frame, 8)
        assert len(found) <= 8
        firsts.append(found[0] == index)
        (reference,) = gallery.rootsift_features(index)
        assert verify(reference, frame, match_rootsift(reference, frame)).inliers >= 12
    assert np.mean(firsts) >= 0.9


def test_an_artwork_that_is_not_enrolled_gets_votes_but_is_not_verified(gallery: Gallery) -> None:
    frame = rootsift_frame_features(np.ascontiguousarray(HELD_BACK[0].paint()[..., ::-1]))
    for index in gallery.feature_index.search(frame, 8):
        (reference,) = gallery.rootsift_features(index)
        assert verify(reference, frame, match_rootsift(reference, frame)).inliers < 8


@pytest.fixture(scope="module")
def paintings() -> list[LocalFeatures]:
    """The features of every enrolled painting as it is."""
    images = [np.ascontiguousarray(work.paint()[..., ::-1]) for work in ENROLLED]
    return [rootsift_frame_features(image) for image in images]


@pytest.mark.parametrize(("per_photograph", "lists"), [(100, False), (1000, True)])
def test_a_saved_index_finds_the_same(
    tmp_path: Path,
    gallery: Gallery,
    paintings: list[LocalFeatures],
    per_photograph: int,
    lists: bool,
) -> None:
    """Few features are compared one by one; many are searched in lists."""
    photographs = []
    for index in range(len(ENROLLED)):
        (found,) = gallery.rootsift_features(index)
        photographs.append(found.only(slice(per_photograph)))
    built = index_of(photographs)
    assert built.in_lists == lists
    built.save(tmp_path)
    loaded = FeatureIndex.load(tmp_path)
    assert len(loaded) == len(built)
    for index, frame in enumerate(paintings):
        assert loaded.search(frame, 1) == [index]


def test_several_photographs_of_one_artwork_dont_outvote_each_other(gallery: Gallery) -> None:
    (first,), (second,) = gallery.rootsift_features(0), gallery.rootsift_features(1)
    index = index_of([*[first] * 6, second], [*[0] * 6, 1])
    frame = rootsift_frame_features(np.ascontiguousarray(ENROLLED[0].paint()[..., ::-1]))
    assert index.search(frame, 1) == [0]


def test_a_photograph_that_a_newer_version_dropped_is_left_out(
    tmp_path: Path, recognizer: Recognizer
) -> None:
    folder = tmp_path / "gallery"
    shutil.copytree(recognizer.gallery.folder, folder)
    for path in (folder / "fine").iterdir():
        path.unlink()
    without_files = replace(recognizer, gallery=replace(recognizer.gallery, folder=folder))
    query = recognizer.query(half_hidden().image)
    assert recognizer.recognize(query, second_pass=True).best is not None
    assert without_files.recognize(query, second_pass=True).best is None


def test_a_blank_frame_or_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    blank = rootsift_reference_features(np.full((300, 400, 3), 90, np.uint8))
    assert len(blank) == 0
    empty = index_of([blank])
    empty.save(tmp_path)
    assert FeatureIndex.load(tmp_path).search(blank, 5) == []
    painting = rootsift_reference_features(np.ascontiguousarray(ENROLLED[0].paint()[..., ::-1]))
    assert empty.search(painting, 5) == []
