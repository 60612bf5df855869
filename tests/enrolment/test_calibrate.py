"""Calibration: an acceptance fitted to the gallery, and assessments that a curator can use."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from enrolment.assessment import assess_artwork
from enrolment.calibrate import assess_gallery, calibrate
from enrolment.enrol import enrol
from enrolment.probing import agreed_wrong
from enrolment.report import render_report
from enrolment.thresholds import fit_threshold, fit_weights, upper_bound
from gallery.acceptance import MIN_INLIERS, MIN_SUPPORT, Acceptance, evidence
from gallery.catalogue import Artwork
from gallery.manifest import GalleryError
from gallery.store import ACCEPTANCE_FILE, open_gallery
from models.embedder import Embedder
from recognition.candidate import Candidate, Threshold, Verification
from recognition.recognizer import Recognizer
from settings import RecognitionSettings
from tests.conftest import ENROLLED


def test_upper_bounds_are_wilsons() -> None:
    assert upper_bound(0, 100) == pytest.approx(0.02634, abs=1e-4)
    assert upper_bound(5, 50) == pytest.approx(0.1910, abs=2e-3)
    assert upper_bound(0, 0) == 1.0
    assert upper_bound(10, 10) == 1.0


NONE = np.zeros(0)


def test_more_chance_inliers_raise_the_thresholds() -> None:
    rng = np.random.default_rng(0)
    quiet = np.where(rng.random(800) < 0.2, 5 + rng.geometric(0.8, 800) - 1, 0)
    noisy = np.where(rng.random(800) < 0.6, 5 + rng.geometric(0.4, 800) - 1, 0)
    never = np.zeros(200, np.intp)
    wrong = np.where(np.arange(200) < 20, 6, 0)
    alike = rng.exponential(0.8, 300)
    thresholds = [
        fit_threshold(best, agreed, alike, target)
        for best, agreed, target in (
            (quiet, never, 1e-4),
            (noisy, never, 1e-4),
            (noisy, wrong, 1e-4),
            (noisy, wrong, 1e-8),
        )
    ]
    fitted = [(one.min_inliers, one.min_support) for one in thresholds]
    assert fitted == sorted(fitted)
    assert len(set(fitted)) == 4
    assert all(one.bound <= 1e-4 for one in thresholds)
    assert thresholds[-1].bound <= 1e-8


def test_similar_artworks_raise_the_threshold_of_support() -> None:
    best, never = np.array([5, 0, 0, 0] * 100), np.zeros(200, np.intp)
    unlike = fit_threshold(best, never, np.full(100, 0.05), 1e-6)
    alike = fit_threshold(best, never, np.full(100, 1.0), 1e-6)
    assert unlike.min_support == MIN_SUPPORT
    assert alike.min_support > unlike.min_support
    hopeless = fit_threshold(best, never, np.full(100, 5.0), 1e-6)
    assert hopeless.min_inliers > alike.min_inliers, (
        "support that right artworks lack is not required"
    )


def test_a_small_gallery_starts_from_the_prior_counts() -> None:
    small = fit_threshold(np.array([5, 0, 0, 0]), np.zeros(1, np.intp), NONE, 1e-4)
    many = np.array([5, 0, 0, 0] * 500)
    large = fit_threshold(many, np.zeros(2000, np.intp), np.full(500, 0.1), 1e-4)
    assert MIN_INLIERS == small.min_inliers == large.min_inliers
    assert MIN_SUPPORT == small.min_support == large.min_support
    assert large.bound < small.bound <= 1e-4


def test_probability_rises_with_every_kind_of_evidence() -> None:
    rng = np.random.default_rng(1)
    right = np.array(
        [
            evidence(int(k), int(k) + 8, s, 0.6)
            for k, s in zip(rng.integers(8, 200, 300), rng.normal(0.6, 0.1, 300), strict=True)
        ]
    )
    wrong = np.array(
        [
            evidence(int(k), 20, s, 0.02)
            for k, s in zip(rng.integers(4, 7, 300), rng.normal(0.3, 0.1, 300), strict=True)
        ]
    )
    fitted = Acceptance(weights=fit_weights(right, wrong))
    assert fitted.probability(5, 20, 0.3, 0.0) < 0.1 < 0.9 < fitted.probability(40, 48, 0.6, 0.6)
    weaker = fitted.probability(12, 20, 0.5, 0.2)
    assert weaker > fitted.probability(8, 20, 0.5, 0.2)
    assert weaker > fitted.probability(12, 40, 0.5, 0.2)
    assert weaker < fitted.probability(12, 20, 0.5, 0.4)


def test_an_attempt_agrees_only_on_one_artwork_in_most_frames() -> None:
    def frame(*found: tuple[int, int]) -> list[Candidate]:
        return [Candidate(index, 0.5, Verification(inliers, 20)) for index, inliers in found]

    assert agreed_wrong([frame((1, 9)), frame((2, 9)), frame((3, 9))], {0}) == 0
    attempt = [frame((1, 9)), frame((1, 6)), frame((1, 0))]
    assert agreed_wrong(attempt, {0}) == 6
    assert agreed_wrong(attempt, {1}) == 0, "the right artwork is no false agreement"


@pytest.mark.parametrize(
    ("features", "found", "twin", "kind", "words"),
    [
        (900, 1.0, 4, "good", "nothing"),
        (80, 0.9, 0, "weak", "too little texture"),
        (900, 0.4, 0, "weak", "40%"),
        (900, 1.0, 300, "confusable", "give both rows one id"),
    ],
)
def test_assessments(features: int, found: float, twin: int, kind: str, words: str) -> None:
    assessment = assess_artwork("a", features, found, "b", 0.6, twin)
    assert assessment.kind == kind
    assert words in assessment.advice


def test_a_gallery_is_probed_and_near_duplicates_are_named(
    tmp_path: Path, embedder: Embedder
) -> None:
    artworks = []
    for number in (0, 2, 5, 7):
        path = tmp_path / f"{number}.png"
        Image.fromarray(ENROLLED[number].paint()).save(path)
        artworks.append(Artwork(f"a{number}", ENROLLED[number].title, images=(path,)))
    copy = cv2.GaussianBlur(ENROLLED[2].paint()[20:-40, 30:-10], (0, 0), 1.2)
    Image.fromarray(np.asarray(copy)).save(tmp_path / "copy.jpg")
    artworks.append(Artwork("copy", "A <copy>", images=(tmp_path / "copy.jpg",)))
    enrol(artworks, tmp_path / "g", embedder, name="Few & small", source="s")
    opened = open_gallery(tmp_path / "g", embedder.card)
    steps: list[tuple[int, int]] = []
    recognizer = Recognizer(opened, embedder)
    acceptance, probes = calibrate(recognizer, 1e-3, lambda *step: steps.append(step))
    assert steps[-1] == (5, 5)
    assert acceptance.attempts == 10
    assert acceptance.min_inliers <= 8, "twins raise no threshold: none would help"
    assert acceptance.bound is not None
    assessments = {
        assessment.artwork_id: assessment
        for assessment in assess_gallery(opened, acceptance, probes)
    }
    assert {name for name, one in assessments.items() if one.kind == "confusable"} == {"a2", "copy"}
    assert assessments["a2"].rival_id == "copy"
    assert (assessments["a0"].found or 0) > 0.5
    page = render_report(opened, list(assessments.values()))
    assert page.index("A &lt;copy&gt;") < page.index(ENROLLED[0].title)
    assert "Few &amp; small" in page
    for name in ("000000.jpg", "000004.jpg"):
        assert f'src="thumbnails/{name}"' in page
        assert (tmp_path / "g" / "thumbnails" / name).is_file()


def test_the_stricter_threshold_of_gallery_and_settings_applies(
    tmp_path: Path, gallery_folder: Path, embedder: Embedder
) -> None:
    folder = tmp_path / "g"
    shutil.copytree(gallery_folder, folder)
    plain = Recognizer(open_gallery(folder, embedder.card), embedder)
    assert plain.threshold == Threshold(MIN_INLIERS, MIN_SUPPORT)
    fitted = Acceptance(min_inliers=11, min_support=3.0)
    (folder / ACCEPTANCE_FILE).write_text(fitted.model_dump_json())
    opened = open_gallery(folder, embedder.card)
    assert Recognizer(
        opened, embedder, settings=RecognitionSettings(min_inliers=8, min_support=4.0)
    ).threshold == Threshold(11, 4.0)
    assert Recognizer(
        opened, embedder, settings=RecognitionSettings(min_inliers=14, min_support=2.0)
    ).threshold == Threshold(14, 3.0)
    (folder / ACCEPTANCE_FILE).write_text("{")
    with pytest.raises(GalleryError, match=r"acceptance\.json: damaged"):
        open_gallery(folder, embedder.card)
