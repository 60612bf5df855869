"""Non-planar works: enrolled from several sides, recognized from between them, never guessed."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from enrolment.enrol import enrol
from evaluation.rendered_vessels import Vessel, View, make_vessel, photograph, photograph_all
from gallery.catalogue import CatalogueError, read_csv
from gallery.store import open_gallery
from models.embedder import Embedder
from recognition.affine import verify_all_affine
from recognition.candidate import Candidate, Verification
from recognition.matching import match_features
from recognition.recognizer import Recognizer
from recognition.selection import SOLID_MARGIN, SOLID_SCORE, select_solid
from settings import ConsensusRule, StreamSettings
from stream.frames import Frame
from stream.messages import Match
from stream.pipeline import Pipeline
from stream.tracker import Tracker
from vision.features import frame_features, reference_features

ENROLLED = 4
YAWS = (-50, -25, 0, 25, 50)


def candidate(index: int, score: float, inliers: int) -> Candidate:
    return Candidate(index, score, Verification(inliers, 2 * inliers))


@pytest.fixture(scope="module")
def works() -> list[Vessel]:
    return [make_vessel(seed) for seed in range(ENROLLED + 1)]


@pytest.fixture(scope="module")
def recognizer(
    works: list[Vessel], embedder: Embedder, tmp_path_factory: pytest.TempPathFactory
) -> Recognizer:
    """A gallery of vessels, each photographed from five sides."""
    folder = tmp_path_factory.mktemp("solids")
    artworks = photograph_all(works[:ENROLLED], YAWS, folder, "solid")
    enrol(artworks, folder / "gallery", embedder, name="vessels", source="rendered")
    return Recognizer(open_gallery(folder / "gallery", embedder.card), embedder)


def recognize(recognizer: Recognizer, work: Vessel, yaw: float, seed: int) -> Candidate | None:
    image = photograph(work, View(yaw, 8, 2.1, -10, 120), seed)
    return recognizer.recognize(recognizer.query(image), second_pass=True).best


def test_found_from_between_the_photographs(recognizer: Recognizer, works: list[Vessel]) -> None:
    found = [
        best.index if (best := recognize(recognizer, works[number], yaw, 50 + number)) else None
        for number in range(ENROLLED)
        for yaw in (-12, 12)
    ]
    right = [number for number in range(ENROLLED) for _ in range(2)]
    assert all(one in (None, mine) for one, mine in zip(found, right, strict=True)), "never wrong"
    assert sum(one is not None for one in found) >= 5


def test_an_unknown_work_is_not_taken_for_another(
    recognizer: Recognizer, works: list[Vessel]
) -> None:
    assert [recognize(recognizer, works[ENROLLED], yaw, 70) for yaw in (-30, 0, 30)] == [None] * 3


def test_declared_after_seven_frames_without_an_outline(
    recognizer: Recognizer, works: list[Vessel]
) -> None:
    pipeline = Pipeline(ConsensusRule(), StreamSettings(), Tracker(), shown_fps=6)
    rng = np.random.default_rng(1)
    image = photograph(works[1], View(5), 90)
    matches = []
    for index in range(9):
        noisy = np.clip(image + rng.normal(0, 3, image.shape), 0, 255).astype(np.uint8)
        result = pipeline.process(Frame(noisy, index / 6, index), recognizer)
        messages = pipeline.emit(result, None)
        matches += [(index, message) for message in messages if isinstance(message, Match)]
        # Its votes are the model's, so one answer must not stand for several.
        assert result.recognition and result.recognition.by_model
    ((index, match),) = matches
    assert index == 6
    assert (match.artwork.id, match.votes, match.outline) == ("1", 7, None)


def test_a_work_that_only_a_second_pass_finds_is_retried_in_every_frame(
    recognizer: Recognizer, works: list[Vessel]
) -> None:
    pipeline = Pipeline(ConsensusRule(), StreamSettings(), Tracker(), shown_fps=6)
    rng = np.random.default_rng(1)
    image = photograph(works[1], View(-38, 8, 3.0, -10, 120), 51)
    recognitions = []
    for index in range(7):
        noisy = np.clip(image + rng.normal(0, 3, image.shape), 0, 255).astype(np.uint8)
        result = pipeline.process(Frame(noisy, index / 6, index), recognizer)
        pipeline.emit(result, None)
        assert result.recognition is not None
        recognitions.append(result.recognition)
    assert [found.method for found in recognitions[:2]] == ["second_pass", "retry"]
    assert all(found.best and found.best.index == 1 for found in recognitions)
    assert pipeline.consensus.declared == "1"


def test_embedding_and_local_features_must_agree() -> None:
    def everything(_: int) -> bool:
        return True

    nearest, other = candidate(1, SOLID_SCORE + 0.2, 30), candidate(2, SOLID_SCORE, 40)
    assert select_solid([nearest, other], 16, everything) is nearest
    assert select_solid([nearest], 16, everything) is nearest
    assert select_solid([], 16, everything) is None
    assert select_solid([nearest, other], 31, everything) is None, "too few inliers"
    assert select_solid([nearest, other], 16, lambda index: index == 2) is None, "planar"
    low = candidate(1, SOLID_SCORE - 0.01, 30)
    assert select_solid([low], 16, everything) is None, "not near enough"
    close = candidate(2, nearest.score - SOLID_MARGIN / 2, 5)
    assert select_solid([nearest, close], 16, everything) is None, "another is as near"


def test_a_mirrored_fit_is_refused(works: list[Vessel]) -> None:
    image = photograph(works[0], View(0), 1)
    reference = reference_features(image)
    same, mirrored = frame_features(image), frame_features(np.ascontiguousarray(image[:, ::-1]))
    (fit,), (mirror,) = (
        verify_all_affine([reference], same),
        verify_all_affine([reference], mirrored),
    )
    assert fit.inliers > 100 and fit.outline is None
    assert mirror.inliers < 16
    assert len(match_features([reference], same)[0]) == fit.matches


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("a,solid,x.png\na,,x.png\n", "a is solid and has 2 photographs; give it 3"),
        ("a,round,x.png\n", "line 2: form is 'round'; it must be flat or solid"),
    ],
)
def test_forms_in_a_catalogue(tmp_path: Path, rows: str, reason: str) -> None:
    cv2.imwrite(str(tmp_path / "x.png"), np.zeros((9, 9, 3), np.uint8))
    sheet = tmp_path / "works.csv"
    sheet.write_text("id,form,image\n" + rows)
    with pytest.raises(CatalogueError, match=reason):
        read_csv(sheet)
    sheet.write_text("id,form,image\nb,Solid,x.png\nb,,x.png\nb,,x.png\nc,flat,x.png\n")
    assert [(work.id, work.form) for work in read_csv(sheet)] == [("b", "solid"), ("c", "flat")]
