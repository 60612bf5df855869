"""Kinds of local features compared on rendered frames: how often they verify, and their cost.

Every kind gets the same frames and the same candidates, and is verified by the same homography.

    python -m benchmarks.local_features [GALLERY] [FRAMES_A_ROW]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from common.threads import use_one_thread
from evaluation.conditions import ROWS
from evaluation.dataset import SceneDataset
from gallery.store import open_gallery
from models.embedder import Embedder
from recognition.homography import verify
from recognition.matching import RATIO, match_features
from recognition.recognizer import Recognizer
from settings import load_settings
from vision.features import (
    FRAME_PX,
    REFERENCE_PX,
    LocalFeatures,
    frame_features,
    reference_features,
)
from vision.images import load_picture

Image = NDArray[np.uint8]
Extract = Callable[[Image], LocalFeatures]
MIN_INLIERS = 8
"""Inliers that verify the right artwork."""
WRONG = 3
"""Wrong candidates verified in each frame."""


@dataclass
class Kind:
    """A kind of local features, and its results."""

    name: str
    reference: Extract
    frame: Extract
    binary: bool = True
    found: dict[str, list[bool]] = field(default_factory=dict)
    wrong: list[int] = field(default_factory=list)
    detect_ms: list[float] = field(default_factory=list)
    verify_ms: list[float] = field(default_factory=list)
    references: dict[int, LocalFeatures] = field(default_factory=dict)


def with_detector(make: Callable[[], cv2.Feature2D], longest_px: int) -> Extract:
    """Make an extractor from an OpenCV detector."""

    def extract(image: Image) -> LocalFeatures:
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        scale = min(1.0, longest_px / max(grey.shape))
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        points, descriptors = make().detectAndCompute(grey, None)
        xy = np.array([point.pt for point in points], np.float32).reshape(-1, 2)
        return LocalFeatures(xy, descriptors, grey.shape[1], grey.shape[0])

    return extract


def pair(reference: LocalFeatures, frame: LocalFeatures, *, binary: bool) -> NDArray[np.intp]:
    """Pair features by the ratio test, one to one: intp [n, 2]."""
    if binary and frame.descriptors.shape[1] == 32:
        return match_features([reference], frame)[0]
    if len(reference) < 2 or len(frame) < 2:
        return np.zeros((0, 2), np.intp)
    matcher = cv2.BFMatcher(cv2.NORM_HAMMING if binary else cv2.NORM_L2)
    best: dict[int, tuple[float, int]] = {}
    for first, second in matcher.knnMatch(reference.descriptors, frame.descriptors, k=2):
        nearer = first.distance < best.get(first.trainIdx, (np.inf, 0))[0]
        if first.distance < RATIO * second.distance and nearer:
            best[first.trainIdx] = (first.distance, first.queryIdx)
    pairs = [(row, train) for train, (_, row) in best.items()]
    return np.array(pairs, np.intp).reshape(-1, 2)


def kinds() -> list[Kind]:
    """List the kinds to compare; the first is the naive way, the second ours."""

    def both(make: Callable[[], cv2.Feature2D]) -> tuple[Extract, Extract]:
        return with_detector(make, REFERENCE_PX), with_detector(make, FRAME_PX)

    return [
        Kind("ORB 1000", *both(lambda: cv2.ORB.create(nfeatures=1000, fastThreshold=7))),
        Kind("ours: ORB, spread", reference_features, frame_features),
        Kind("SIFT 800", *both(lambda: cv2.SIFT.create(nfeatures=800)), binary=False),
        Kind("AKAZE", *both(cv2.AKAZE.create)),
    ]


def main() -> None:
    """Print the table."""
    use_one_thread()
    settings = load_settings()
    embedder = Embedder(settings.model.path)
    gallery = open_gallery(
        Path(sys.argv[1]) if len(sys.argv) > 1 else settings.gallery, embedder.card
    )
    recognizer = Recognizer(gallery, embedder)
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 8
    compared, dataset = kinds(), SceneDataset.of(gallery)
    scenes = [(series, row, index) for series, row in enumerate(ROWS) for index in range(count)]
    for series, row, index in track(scenes, "Recognizing", console=Console(stderr=True)):
        truth = dataset.scene(row.spread, series, index, 3)
        image = truth.scene.shoot().image
        nearest = recognizer.recognize(recognizer.query(image)).nearest.ranked[:15]
        right = gallery.index_of(truth.artwork_id)
        assert right is not None
        out_of_view = [
            candidate
            for candidate, _ in nearest
            if candidate != right and gallery.artworks[candidate].id not in truth.neighbour_ids
        ]
        for kind in compared:
            began = time.perf_counter()
            frame = kind.frame(image)
            kind.detect_ms.append(1000 * (time.perf_counter() - began))
            for candidate in (right, *out_of_view[:WRONG]):
                if candidate not in kind.references:
                    picture = load_picture(gallery.picture_path(candidate, thumbnail=False))
                    kind.references[candidate] = kind.reference(
                        np.ascontiguousarray(picture[..., ::-1])
                    )
                reference = kind.references[candidate]
                began = time.perf_counter()
                pairs = pair(reference, frame, binary=kind.binary)
                inliers = verify(reference, frame, pairs).inliers
                kind.verify_ms.append(1000 * (time.perf_counter() - began))
                if candidate == right:
                    kind.found.setdefault(row.name, []).append(inliers >= MIN_INLIERS)
                else:
                    kind.wrong.append(inliers)
    show(compared, len(scenes))


def show(compared: list[Kind], frames: int) -> None:
    """Print the results of each kind, and its cost beside that of the first."""
    table = Table(
        "right artwork verified", *(kind.name for kind in compared), title=f"{frames} frames"
    )
    for row in ROWS:
        table.add_row(row.name, *(f"{np.mean(kind.found[row.name]):.0%}" for kind in compared))
    everything = [[hit for hits in kind.found.values() for hit in hits] for kind in compared]
    table.add_row("all", *(f"{np.mean(hits):.1%}" for hits in everything), end_section=True)
    table.add_row("most inliers of a wrong one", *(str(max(kind.wrong)) for kind in compared))
    base = float(np.median(compared[0].detect_ms))
    costs = [float(np.median(kind.detect_ms)) for kind in compared]
    table.add_row("ms a frame", *(f"{ms:.1f} ({ms / base:.1f}x)" for ms in costs))
    checks = (float(np.median(kind.verify_ms)) for kind in compared)
    table.add_row("ms a verification", *(f"{ms:.1f}" for ms in checks))
    Console(width=150).print(table)


if __name__ == "__main__":
    main()
