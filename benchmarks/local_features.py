"""Local features compared: which find the right artwork on rendered frames, and for how much.

Every kind sees the same frames and the same candidates, and is verified by the same homography.

    python benchmarks/local_features.py [GALLERY] [FRAMES_A_ROW]
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

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from common.threads import use_one_thread
from evaluation.conditions import ROWS
from evaluation.dataset import SceneDataset
from gallery.store import open_gallery
from models.embedder import Embedder, two_crops
from recognition.homography import verify
from recognition.matching import RATIO, match_features
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
NEEDED = 8
WRONG = 3
"""Wrong candidates verified a frame."""


@dataclass
class Kind:
    """A kind of local features, and what it reached."""

    name: str
    reference: Extract
    frame: Extract
    binary: bool = True
    found: dict[str, list[bool]] = field(default_factory=dict)
    wrong: list[int] = field(default_factory=list)
    detect_ms: list[float] = field(default_factory=list)
    verify_ms: list[float] = field(default_factory=list)
    kept: dict[int, LocalFeatures] = field(default_factory=dict)


def with_detector(make: Callable[[], cv2.Feature2D], longest_px: int) -> Extract:
    """Make an extractor of an OpenCV detector."""

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
    """List what is compared; the first is the naive way, the second ours."""

    def both(make: Callable[[], cv2.Feature2D]) -> tuple[Extract, Extract]:
        return with_detector(make, REFERENCE_PX), with_detector(make, FRAME_PX)

    return [
        Kind("ORB 1000", *both(lambda: cv2.ORB.create(nfeatures=1000, fastThreshold=7))),
        Kind("ours: ORB, aside and spread", reference_features, frame_features),
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
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 8
    compared, dataset = kinds(), SceneDataset.of(gallery)
    todo = [(place, row, index) for place, row in enumerate(ROWS) for index in range(count)]
    for place, row, index in track(todo, "Looking", console=Console(stderr=True)):
        shown = dataset.scene(row.spread, place, index, 3)
        image = shown.scene.shoot().image
        crops = two_crops(image, embedder.card.resolution)
        nearest = gallery.vector_index.search(gallery.head(embedder.embed(crops)), 15)
        right = gallery.index_of(shown.artwork_id)
        assert right is not None
        out_of_view = [
            number
            for number, _ in nearest
            if number != right and gallery.artworks[number].id not in shown.also
        ]
        for kind in compared:
            began = time.perf_counter()
            frame = kind.frame(image)
            kind.detect_ms.append(1000 * (time.perf_counter() - began))
            for number in (right, *out_of_view[:WRONG]):
                if number not in kind.kept:
                    picture = load_picture(gallery.picture_path(number, thumbnail=False))
                    kind.kept[number] = kind.reference(np.ascontiguousarray(picture[..., ::-1]))
                reference = kind.kept[number]
                began = time.perf_counter()
                pairs = pair(reference, frame, binary=kind.binary)
                inliers = verify(reference, frame, pairs).inliers
                kind.verify_ms.append(1000 * (time.perf_counter() - began))
                if number == right:
                    kind.found.setdefault(row.name, []).append(inliers >= NEEDED)
                else:
                    kind.wrong.append(inliers)
    show(compared, len(todo))


def show(compared: list[Kind], frames: int) -> None:
    """Print what each kind reached, and its cost beside that of the first."""
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
