"""Appearance agreement of painted works, as a camera sees them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from demo.catalogue import DEMO_WORKS
from gallery.store import open_gallery
from models.embedder import Embedder
from recognition.appearance import appearance_agreement
from recognition.candidate import Candidate, Verification
from recognition.recognizer import Recognizer
from tests.conftest import ENROLLED
from vision.features import REFERENCE_PX, frame_features
from vision.images import THUMBNAIL_GREY_PX, read_thumbnail_grey
from vision.rootsift import rootsift_frame_features

Picture = NDArray[np.uint8]
WORK, OTHER = ENROLLED[3], DEMO_WORKS[1]


def grey_of(painted: Picture) -> Picture:
    """The picture in grey, 480 px on the longer side, as references are measured."""
    grey = cv2.cvtColor(painted, cv2.COLOR_RGB2GRAY)
    scale = REFERENCE_PX / max(grey.shape)
    return np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))


def squeezed(grey: Picture) -> Picture:
    return np.asarray(
        cv2.resize(grey, (THUMBNAIL_GREY_PX, THUMBNAIL_GREY_PX), interpolation=cv2.INTER_AREA)
    )


def placed(grey: Picture) -> tuple[Picture, Verification]:
    """A frame of a picture on a grey wall, seen from the side, and its verification."""
    height, width = grey.shape
    corners = np.array([[170, 90], [450, 60], [470, 430], [160, 400]], np.float32)
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners)
    frame = np.full((480, 640), 150, np.uint8)
    cv2.warpPerspective(grey, matrix, (640, 480), dst=frame, borderMode=cv2.BORDER_TRANSPARENT)
    return frame, Verification(9, 20, homography=np.asarray(matrix))


def measured(painted: Picture, frame: Picture, fit: Verification) -> float:
    grey = grey_of(painted)
    return appearance_agreement(squeezed(grey), frame, (grey.shape[1], grey.shape[0]), fit)


def test_the_same_picture_agrees_and_another_does_not() -> None:
    frame, fit = placed(grey_of(WORK.paint()))
    assert measured(WORK.paint(), frame, fit) > 0.9
    assert measured(OTHER.paint(), frame, fit) < 0.1


def test_agreement_in_the_dark_under_a_veil_and_half_hidden() -> None:
    frame, fit = placed(grey_of(WORK.paint()))
    noise = np.random.default_rng(0).normal(0, 2, frame.shape)
    veiled = np.clip(frame / 6 + np.linspace(20, 90, 640)[None] + noise, 0, 255).astype(np.uint8)
    assert measured(WORK.paint(), veiled, fit) > 0.5
    hidden = frame.copy()
    hidden[:, 320:] = 60
    assert 0.25 < measured(WORK.paint(), hidden, fit) < 0.75


def test_a_slightly_inexact_homography_agrees_and_a_wrong_one_does_not() -> None:
    frame, fit = placed(grey_of(WORK.paint()))
    assert fit.homography is not None
    near, far = (
        replace(fit, homography=np.array([[1, 0, off], [0, 1, off], [0, 0, 1]]) @ fit.homography)
        for off in (5.0, 40.0)
    )
    assert measured(WORK.paint(), frame, near) > 0.8
    assert measured(WORK.paint(), frame, far) < 0.15


def test_one_motif_in_common_is_little_agreement() -> None:
    shared = WORK.paint().copy()
    other = cv2.resize(OTHER.paint(), (shared.shape[1], shared.shape[0]))
    high, wide = shared.shape[:2]
    rows, columns = slice(high // 6, high // 2), slice(wide // 3, 2 * wide // 3)
    other[rows, columns] = shared[rows, columns]
    frame, fit = placed(grey_of(np.asarray(other)))
    assert measured(WORK.paint(), frame, fit) < 0.2, "as two faces in one pose"


def test_detail_outside_the_frame_does_not_count_and_agreement_needs_a_homography() -> None:
    frame, fit = placed(grey_of(WORK.paint()))
    assert fit.homography is not None
    shift = np.array([[1.0, 0, -300], [0, 1, 0], [0, 0, 1]])
    moved = cv2.warpPerspective(frame, shift, (640, 480))
    cut = replace(fit, homography=shift @ fit.homography)
    assert measured(WORK.paint(), np.asarray(moved), cut) > 0.8
    assert measured(WORK.paint(), frame, Verification(9, 20)) == 0


def test_the_grey_thumbnail_is_the_photograph_squeezed_to_a_square(tmp_path: Path) -> None:
    grey = grey_of(WORK.paint())
    cv2.imwrite(str(tmp_path / "a.jpg"), grey)
    thumbnail = read_thumbnail_grey(tmp_path / "a.jpg")
    assert thumbnail.shape == (THUMBNAIL_GREY_PX, THUMBNAIL_GREY_PX)
    assert np.corrcoef(thumbnail.ravel(), squeezed(grey).ravel())[0, 1] > 0.97
    with pytest.raises(OSError, match=r"b\.jpg: missing"):
        read_thumbnail_grey(tmp_path / "b.jpg")


def test_nothing_is_accepted_without_a_thumbnail_to_compare_with(
    tmp_path: Path, gallery_folder: Path, embedder: Embedder
) -> None:
    folder = tmp_path / "g"
    shutil.copytree(gallery_folder, folder)
    image = np.ascontiguousarray(WORK.paint()[..., ::-1])

    def best_of(folder: Path) -> Candidate | None:
        recognizer = Recognizer(open_gallery(folder, embedder.card), embedder)
        return recognizer.recognize(recognizer.query(image)).best

    whole = best_of(folder)
    assert whole is not None
    assert whole.verification.agreement > 0.8
    shutil.rmtree(folder / "thumbnails")
    assert best_of(folder) is None


def test_features_of_a_frame_keep_its_grey_picture() -> None:
    image = np.ascontiguousarray(cv2.resize(WORK.paint(), (1280, 960))[..., ::-1])
    for found in (frame_features(image), rootsift_frame_features(image)):
        assert found.picture is not None
        assert found.picture.shape == (found.height, found.width) == (480, 640)
