"""Non-planar works: our way beside the way for pictures, on rendered vessels and heads.

Each work is enrolled from five photographs around its front, once as `solid` and once as `flat`
(the naive way, accepted as `vernissage enrol` fits it). It is then filmed for two seconds from
between these views, from nearer and farther, in other light, before other walls.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from common.threads import use_one_thread
from enrolment.calibrate import calibrate
from enrolment.enrol import enrol
from evaluation.rendered_vessels import Vessel, View, make_vessel, photograph, photograph_all
from gallery.catalogue import Form
from gallery.store import Gallery, open_gallery
from models.embedder import Embedder
from recognition.recognizer import Recognizer
from settings import load_settings
from stream.frames import Frame
from stream.pipeline import make_pipeline

ENROLLED, UNKNOWN = 12, 12
YAWS = (-60, -30, 0, 30, 60)
SEQUENCES, SEQUENCE_S = 2, 2.0
"""Sequences of each work, and their length in seconds."""
TARGET = 1e-4


def main() -> None:
    """Print the table."""
    use_one_thread()
    settings = load_settings()
    embedder = Embedder(settings.model.path, settings.model.threads)
    table = Table(
        "way",
        "frames right",
        "sequences right",
        "frames wrong",
        "sequences wrong",
        "unknown: wrong",
    )
    with tempfile.TemporaryDirectory() as folder:
        works = [make_vessel(seed) for seed in range(ENROLLED + UNKNOWN)]
        for form in ("flat", "solid"):
            gallery = _enrol(works[:ENROLLED], form, Path(folder), embedder)
            recognizer = Recognizer(gallery, embedder, settings.recognition)
            acceptance, _ = calibrate(recognizer, TARGET)
            recognizer = replace(recognizer, gallery=replace(gallery, acceptance=acceptance))
            counts = Counter[str]()
            for number, work in enumerate(works):
                for sequence in range(SEQUENCES):
                    counts.update(_film(recognizer, work, number, sequence))
            known, unknown = ENROLLED * SEQUENCES, UNKNOWN * SEQUENCES
            frames = counts["frames known"]
            table.add_row(
                f"{form}: {'affine + descriptor, 7 votes' if form == 'solid' else 'homography'}",
                f"{counts['frames right']} of {frames} ({counts['frames right'] / frames:.0%})",
                f"{counts['right']} of {known} ({counts['right'] / known:.0%})",
                f"{counts['frames wrong']} of {counts['frames']}",
                f"{counts['wrong known']} of {known}",
                f"{counts['wrong unknown']} of {unknown} sequences",
            )
    Console().print(table)


def _enrol(works: list[Vessel], form: Form, folder: Path, embedder: Embedder) -> Gallery:
    artworks = photograph_all(works, YAWS, folder, form)
    out = folder / form
    enrol(artworks, out, embedder, name=form, source="rendered")
    return open_gallery(out, embedder.card)


def _film(recognizer: Recognizer, work: Vessel, number: int, sequence: int) -> Iterator[str]:
    """Film a work for two seconds with camera shake; yield the name of each event to count."""
    settings = load_settings()
    rng = np.random.default_rng([number, sequence, 9])
    view = View(
        rng.uniform(-60, 60),
        rng.uniform(0, 15),
        rng.uniform(1.7, 2.6),
        rng.uniform(-60, 60),
        rng.uniform(60, 230),
    )
    image = photograph(work, view, 1000 * number + sequence)
    known = number < ENROLLED
    pipeline = make_pipeline(settings.consensus, settings.stream)
    declared = set[str]()
    fps = settings.stream.judge_fps
    for index in range(int(SEQUENCE_S * fps) + 1):
        shake = np.eye(2, 3) + rng.normal(0, 0.004, (2, 3)) * (1, 1, 640)
        moved = cv2.warpAffine(image, shake, (640, 480), borderMode=cv2.BORDER_REPLICATE)
        noisy = np.clip(moved + rng.normal(0, 3, moved.shape), 0, 255).astype(np.uint8)
        result = pipeline.process(Frame(noisy, index / fps, index), recognizer)
        best = result.recognition.best if result.recognition else None
        pipeline.emit(result, None)
        declared.add(pipeline.consensus.declared or "")
        yield "frames"
        if known:
            yield "frames known"
        if best:
            yield "frames right" if known and best.index == number else "frames wrong"
    wrong = declared - {"", str(number) if known else ""}
    if wrong:
        yield "wrong known" if known else "wrong unknown"
    elif str(number) in declared:
        yield "right"


if __name__ == "__main__":
    main()
