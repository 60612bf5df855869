"""Evaluation: its scenes are as their conditions ask, and its sums are right."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from cli.evaluate import evaluate
from evaluation import measure
from evaluation.camera import (
    HEIGHT,
    WIDTH,
    Framing,
    area,
    homography,
    place_camera,
    project,
    rectangle,
    visible_share,
)
from evaluation.conditions import FACTORS, MODERATE, PLAIN, ROWS, Spread, levels
from evaluation.confidence import interval, upper_bound
from evaluation.dataset import SceneDataset
from evaluation.failures import worst_failures
from evaluation.measure import Plan, SystemUnderTest, measure_known, measure_unknown
from evaluation.occluders import covered_share, gather_crowd
from evaluation.openset import halves
from evaluation.optics import READ_ELECTRONS, WHITE_ELECTRONS, expose
from evaluation.report import About, report_html, write_report
from evaluation.results import open_result, row_results
from evaluation.sequences import Declaration, SequenceJob, is_decided, sequence_outcome
from gallery.store import Gallery
from recognition.homography import verify_all
from recognition.recognizer import Recognizer
from settings import ConsensusRule, StreamSettings
from vision.features import frame_features

CLEAR = Spread(fill=(0.4, 0.4), angle_deg=(20, 20), degradation=(0, 0), hang=(1, 1), cast=(0, 0))
SMALL = Plan(frames=2, level_frames=0, sequences=1, open_sequences=1, seed=3)


@pytest.fixture
def dataset(gallery: Gallery) -> SceneDataset:
    return SceneDataset.of(gallery)


@pytest.fixture
def system(recognizer: Recognizer) -> SystemUnderTest:
    return SystemUnderTest(recognizer, ConsensusRule(), StreamSettings())


@pytest.mark.parametrize("angle", [0, 30, 60])
@pytest.mark.parametrize("fill", [0.5, 0.15, 0.05])
def test_the_camera_frames_the_artwork_as_asked(angle: float, fill: float) -> None:
    size = (1.0, 0.75)
    framing = Framing(fill=fill, angle_deg=angle, shift=(0.03, -0.02), whole=False)
    pose = place_camera(size, framing)
    quad = project(homography(pose), rectangle((0, 0), size))
    assert quad is not None
    assert area(quad) / (WIDTH * HEIGHT) == pytest.approx(fill, rel=0.02)
    x, y, z = pose.position
    assert math.degrees(math.acos(-z / math.hypot(x, y, z))) == pytest.approx(angle, abs=1e-6)
    centre = project(homography(pose), np.zeros((1, 2)))
    assert centre is not None
    np.testing.assert_allclose(centre[0], [0.53 * WIDTH, 0.48 * HEIGHT], atol=0.5)


def test_camera_steps_back_until_all_is_in_the_frame() -> None:
    tall = (0.4, 1.0)
    framing, corners = Framing(fill=0.8, angle_deg=0), rectangle((0, 0), tall)
    outline = project(homography(place_camera(tall, framing)), corners)
    cut = project(
        homography(place_camera(tall, replace(framing, whole=False))), rectangle((0, 0), tall)
    )
    assert outline is not None and cut is not None
    assert visible_share(outline) == pytest.approx(1, abs=1e-3)
    assert visible_share(cut) < 0.8


@pytest.mark.parametrize("crop", [0.2, 0.5])
def test_crop_pushes_that_share_out(crop: float) -> None:
    size = (0.8, 1.0)
    framing = Framing(fill=0.3, angle_deg=15, crop=crop, crop_rad=2.0)
    outline = project(homography(place_camera(size, framing)), rectangle((0, 0), size))
    assert outline is not None
    assert visible_share(outline) == pytest.approx(1 - crop, abs=0.01)


def test_roll_turns_the_picture_clockwise() -> None:
    pose = place_camera((1.0, 1.0), Framing(fill=0.2, angle_deg=0, roll_deg=30))
    outline = project(homography(pose), rectangle((0, 0), (1.0, 1.0)))
    assert outline is not None
    along = outline[1] - outline[0]
    assert math.degrees(math.atan2(along[1], along[0])) == pytest.approx(30, abs=0.1)


def test_the_true_outline_agrees_with_the_verified_one(
    dataset: SceneDataset, gallery: Gallery
) -> None:
    agreed = 0
    for index in range(4):
        truth = dataset.scene(CLEAR, 0, index, 5)
        shot = truth.scene.shoot()
        artwork_index = gallery.index_of(truth.artwork_id)
        assert artwork_index is not None
        frame = frame_features(shot.image)
        (found,) = verify_all(gallery.features(artwork_index), frame)
        if found.outline is not None and found.inliers >= 30:
            corners = np.array(found.outline) * (WIDTH, HEIGHT)
            assert np.abs(corners - shot.outline).max() < 6
            agreed += 1
    assert agreed >= 2


def test_exposure_sets_light_and_noise_on_the_sensor(rng: np.random.Generator) -> None:
    grey = np.full((HEIGHT, WIDTH, 3), 0.18, np.float32)
    full, dim = expose(grey, 1.0, 0.7, rng), expose(grey, 0.05, 0.7, rng)
    assert decode(full).mean() == pytest.approx(0.18, rel=0.01)
    # Automatic gain restores 0.7, in the exponent, of the missing light.
    assert decode(dim).mean() == pytest.approx(0.18 * 0.05**0.3, rel=0.05)
    electrons = 0.18 * 0.05 * WHITE_ELECTRONS
    expected = math.sqrt(electrons + READ_ELECTRONS**2) / electrons
    assert decode(dim).std() / decode(dim).mean() == pytest.approx(expected, rel=0.1)


def decode(codes: np.ndarray) -> np.ndarray:
    """SRGB codes to linear light."""
    share = codes / 255
    return np.asarray(np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4))


@pytest.mark.parametrize("share", [0.2, 0.5, 0.6])
def test_people_hide_the_share_that_is_asked_for(share: float) -> None:
    quad = np.array([[150, 60], [480, 80], [470, 400], [160, 390]], float)
    for seed in range(5):
        crowd = gather_crowd(quad, share, np.random.default_rng(seed))
        assert covered_share(crowd, quad) == pytest.approx(share, abs=0.03)
    assert not gather_crowd(quad, 0, np.random.default_rng(0)).people


def test_same_seed_same_scene_and_noise_differs_between_frames(dataset: SceneDataset) -> None:
    first, again = (dataset.scene(MODERATE, 1, 7, 9) for _ in range(2))
    assert first.artwork_id == again.artwork_id
    np.testing.assert_array_equal(first.scene.shoot(0.5).image, again.scene.shoot(0.5).image)
    other = dataset.scene(MODERATE, 1, 7, 10)
    assert not np.array_equal(first.scene.shoot().image, other.scene.shoot().image)
    still = replace(
        first.scene, shake=replace(first.scene.shake, across=(), down=(), sway=(0, 0, 0))
    )
    assert not np.array_equal(still.shoot(0.0).image, still.shoot(1 / 6).image)


def test_artworks_take_turns(dataset: SceneDataset) -> None:
    count = len(dataset.paths)
    target_ids = [dataset.scene(PLAIN, 0, index, 1).artwork_id for index in range(count)]
    assert sorted(target_ids) == sorted(dataset.paths)


def test_the_grid_changes_one_factor_at_a_time() -> None:
    usual = Spread()
    for level in levels():
        changed = replace(level.spread, **{level.factor: getattr(usual, level.factor)})
        if level.factor in ("fill", "crop"):
            changed = replace(changed, whole=usual.whole, hang=usual.hang)
        assert changed == usual
    assert {level.factor for level in levels()} == set(FACTORS)
    assert len({row.name for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [
        (0, 10, 0.0, 0.3085),
        (10, 10, 0.6915, 1.0),
        (5, 10, 0.1871, 0.8129),
        (2, 100, 0.0024, 0.0704),
    ],
)
def test_bounds_are_those_of_published_tables(
    hits: int, total: int, low: float, high: float
) -> None:
    assert interval(hits, total) == pytest.approx((low, high), abs=1e-4)


def test_nothing_wrong_in_many_is_bounded_by_the_rule_of_three() -> None:
    assert upper_bound(0, 2000) == pytest.approx(1 - 0.05 ** (1 / 2000), rel=1e-9)
    assert upper_bound(0, 2000) == pytest.approx(3 / 2000, rel=0.01)
    assert interval(0, 0) == (0.0, 1.0)


def test_a_sequence_ends_only_when_nothing_more_can_be_declared() -> None:
    assert is_decided({}, None, frames_left=4, agree=5)
    assert not is_decided({}, None, frames_left=5, agree=5)
    assert not is_decided({"a": 2}, None, frames_left=3, agree=5)
    assert is_decided({"a": 5}, "a", frames_left=4, agree=5)
    assert not is_decided({"a": 5, "b": 1}, "a", frames_left=4, agree=5)


def test_a_sequence_is_wrong_if_anything_out_of_view_was_ever_declared() -> None:
    right, wrong, neighbour = (Declaration(name, 1.0) for name in ("a", "x", "b"))
    neighbour_ids = frozenset({"b"})
    assert sequence_outcome([right], "a", neighbour_ids) == "right"
    assert sequence_outcome([right, wrong], "a", neighbour_ids) == "wrong"
    assert sequence_outcome([neighbour], "a", neighbour_ids) == "neighbour"
    assert sequence_outcome([neighbour, right], "a", neighbour_ids) == "right"
    assert sequence_outcome([], "a", neighbour_ids) == "missed"


def test_a_sequence_takes_at_least_the_votes_that_are_needed(
    system: SystemUnderTest, dataset: SceneDataset
) -> None:
    job = SequenceJob("plain", 0, 0, CLEAR, system.rule)
    sequence = job.run(dataset, system.recognizer, system.stream, 2)
    assert sequence.outcome == "right"
    assert sequence.wait_s is not None
    assert sequence.wait_s >= (system.rule.agree - 1) / system.stream.judge_fps - 1e-9


def test_halves_share_nothing_and_leave_nothing_out() -> None:
    ids = [f"{n}" for n in range(9)]
    known, unknown = halves(ids, 4)
    assert (len(known), len(unknown)) == (5, 4)
    assert sorted(known + unknown) == ids
    assert halves(ids, 4) == (known, unknown)


def test_end_to_end_and_the_report_stands_alone(
    system: SystemUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measure, "ROWS", ROWS[:2])
    progress: list[tuple[int, int]] = []
    figures = measure_known(system, SMALL, lambda done, total: progress.append((done, total)))
    again = measure_known(system, replace(SMALL, sequences=0), lambda *_: None)
    assert figures.rows == again.rows
    assert progress[-1][0] == progress[-1][1]
    figures = measure_unknown(figures, system, SMALL, lambda *_: None, lambda *_: None)
    rows = row_results(figures)
    assert rows[0].frames.total == SMALL.frames
    assert rows[0].sequences.total == SMALL.sequences
    unknown = open_result(figures)
    assert unknown is not None
    assert unknown.sequences.total == SMALL.open_sequences
    assert figures.enrolled_half == len(system.recognizer.gallery.artworks) / 2
    dataset = SceneDataset.of(system.recognizer.gallery)
    about = About("Dozen <b>", (("gallery", "Dozen"),))
    html = report_html(about, figures, worst_failures(figures, dataset), [])
    path = write_report(tmp_path / "report", html)
    assert path.read_text(encoding="utf-8") == html
    assert [found.name for found in path.parent.iterdir()] == ["index.html"]
    assert "Dozen &lt;b&gt;" in html and html.count("<svg") >= 3
    # No factor was measured alone, so the report has no section on factors.
    assert "one factor at a time" not in html
    assert not re.search(r"https?://|@import|url\(|<script|<link", html)
    assert all(src.startswith("data:") for src in re.findall(r'src="([^"]*)"', html))


def test_clips_need_their_truth(tmp_path: Path) -> None:
    import typer

    app = typer.Typer()
    app.command()(evaluate)
    result = CliRunner().invoke(app, [str(tmp_path), "--clips", str(tmp_path)])
    assert result.exit_code == 1
    assert "belong together" in result.output
    assert len(result.output.strip().splitlines()) == 1
