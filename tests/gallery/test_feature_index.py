"""Voting by finer local features, on real pictures."""

from __future__ import annotations

import shutil
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
from vision.rootsift import rootsift_frame_features, rootsift_reference_features


def corner_of(painting: np.ndarray) -> np.ndarray:
    """A third of a painting at the edge of a grey wall, BGR: nothing that an embedding knows."""
    high, wide = painting.shape[0] // 2, painting.shape[1] // 2
    part = painting[-high:, :wide, ::-1]
    view = np.full((960, 1280, 3), 128, np.uint8)
    view[-min(high, 700) :, : min(wide, 900)] = part[: min(high, 700), : min(wide, 900)]
    return view


def test_a_corner_votes_for_its_artwork(gallery: Gallery) -> None:
    firsts = []
    for number, work in enumerate(ENROLLED):
        seen = rootsift_frame_features(corner_of(work.paint()))
        found = gallery.feature_index.search(seen, 8)
        assert len(found) <= 8
        firsts.append(found[0] == number)
        (reference,) = gallery.rootsift_features(number)
        assert verify(reference, seen, match_rootsift(reference, seen)).inliers >= 12
    assert np.mean(firsts) >= 0.9


def test_an_artwork_not_enrolled_gets_votes_but_fits_nothing(gallery: Gallery) -> None:
    seen = rootsift_frame_features(np.ascontiguousarray(HELD_BACK[0].paint()[..., ::-1]))
    for number in gallery.feature_index.search(seen, 8):
        (reference,) = gallery.rootsift_features(number)
        assert verify(reference, seen, match_rootsift(reference, seen)).inliers < 8


@pytest.mark.parametrize(("each", "lists"), [(100, False), (1000, True)])
def test_what_is_saved_is_found_again(
    tmp_path: Path, gallery: Gallery, each: int, lists: bool
) -> None:
    """Few features are compared one by one, many are looked for in lists."""
    photographs = []
    for number in range(len(ENROLLED)):
        (found,) = gallery.rootsift_features(number)
        photographs.append((number, found.only(slice(each))))
    built = FeatureIndex.build(photographs, len(photographs))
    assert built.in_lists == lists
    built.save(tmp_path)
    landmarks = FeatureIndex.load(tmp_path)
    assert len(landmarks) == len(built)
    for number, work in enumerate(ENROLLED):
        seen = rootsift_frame_features(np.ascontiguousarray(work.paint()[..., ::-1]))
        assert landmarks.search(seen, 1) == [number]


def test_several_photographs_of_one_artwork_dont_outvote_each_other(gallery: Gallery) -> None:
    (mine,), (other,) = gallery.rootsift_features(0), gallery.rootsift_features(1)
    landmarks = FeatureIndex.build([(0, mine)] * 6 + [(1, other)], 7)
    seen = rootsift_frame_features(np.ascontiguousarray(ENROLLED[0].paint()[..., ::-1]))
    assert landmarks.search(seen, 1) == [0]


def test_a_photograph_that_a_newer_version_took_away_is_left_out(
    tmp_path: Path, recognizer: Recognizer
) -> None:
    folder = tmp_path / "gallery"
    shutil.copytree(recognizer.gallery.folder, folder)
    for path in (folder / "fine").iterdir():
        path.unlink()
    gone = replace(recognizer, gallery=replace(recognizer.gallery, folder=folder))
    query = recognizer.query(half_hidden().image)
    assert recognizer.recognize(query, second_pass=True).best is not None
    assert gone.recognize(query, second_pass=True).best is None


def test_nothing_is_found_in_nothing(tmp_path: Path) -> None:
    blank = rootsift_reference_features(np.full((300, 400, 3), 90, np.uint8))
    assert len(blank) == 0
    empty = FeatureIndex.build([(0, blank)], 1)
    empty.save(tmp_path)
    assert FeatureIndex.load(tmp_path).search(blank, 5) == []
    painting = rootsift_reference_features(np.ascontiguousarray(ENROLLED[0].paint()[..., ::-1]))
    assert empty.search(painting, 5) == []
