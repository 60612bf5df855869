"""The measuring instrument: what it shows is what it says, and its sums are right."""

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
    Stand,
    area,
    homography,
    place_camera,
    project,
    rectangle,
    visible_share,
)
from evaluation.conditions import FACTORS, MODERATE, PLAIN, ROWS, Spread, levels
from evaluation.confidence import at_most, interval
from evaluation.dataset import SceneDataset
from evaluation.failures import worst_cases
from evaluation.measure import Plan, Setting, measure_known, measure_unknown
from evaluation.occluders import covered_share, gather
from evaluation.openset import halves
from evaluation.optics import READ_ELECTRONS, WHITE_ELECTRONS, expose
from evaluation.report import About, report_html, write_report
from evaluation.results import open_result, row_results
from evaluation.sequences import Declaration, LookJob, look_outcome, settled
from gallery.store import Gallery
from recognition.homography import verify_all
from recognition.recognizer import Recognizer
from settings import ConsensusRule, StreamSettings
from vision.features import frame_features

CLEAR = Spread(fill=(0.4, 0.4), angle_deg=(20, 20), unlike=(0, 0), hang=(1, 1), cast=(0, 0))
SMALL = Plan(frames=2, level_frames=0, looks=1, open_looks=1, seed=3)


@pytest.fixture
def shelf(gallery: Gallery) -> SceneDataset:
    return SceneDataset.of(gallery)


@pytest.fixture
def setting(recognizer: Recognizer) -> Setting:
    return Setting(recognizer, ConsensusRule(), StreamSettings())


@pytest.mark.parametrize("angle", [0, 30, 60])
@pytest.mark.parametrize("fill", [0.5, 0.15, 0.05])
def test_camera_stands_where_asked(angle: float, fill: float) -> None:
    size = (1.0, 0.75)
    stand = Stand(fill=fill, angle_deg=angle, shift=(0.03, -0.02), whole=False)
    pose = place_camera(size, stand)
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
    stand, corners = Stand(fill=0.8, angle_deg=0), rectangle((0, 0), tall)
    seen = project(homography(place_camera(tall, stand)), corners)
    cut = project(
        homography(place_camera(tall, replace(stand, whole=False))), rectangle((0, 0), tall)
    )
    assert seen is not None and cut is not None
    assert visible_share(seen) == pytest.approx(1, abs=1e-3)
    assert visible_share(cut) < 0.8


@pytest.mark.parametrize("crop", [0.2, 0.5])
def test_crop_pushes_that_share_out(crop: float) -> None:
    size = (0.8, 1.0)
    stand = Stand(fill=0.3, angle_deg=15, crop=crop, crop_rad=2.0)
    seen = project(homography(place_camera(size, stand)), rectangle((0, 0), size))
    assert seen is not None
    assert visible_share(seen) == pytest.approx(1 - crop, abs=0.01)


def test_roll_turns_the_picture_clockwise() -> None:
    pose = place_camera((1.0, 1.0), Stand(fill=0.2, angle_deg=0, roll_deg=30))
    seen = project(homography(pose), rectangle((0, 0), (1.0, 1.0)))
    assert seen is not None
    along = seen[1] - seen[0]
    assert math.degrees(math.atan2(along[1], along[0])) == pytest.approx(30, abs=0.1)


def test_outline_known_agrees_with_the_one_verified(shelf: SceneDataset, gallery: Gallery) -> None:
    agreed = 0
    for index in range(4):
        shown = shelf.scene(CLEAR, 0, index, 5)
        shot = shown.scene.shoot()
        number = gallery.index_of(shown.artwork_id)
        assert number is not None
        frame = frame_features(shot.image)
        (found,) = verify_all(gallery.features(number), frame)
        if found.outline is not None and found.inliers >= 30:
            corners = np.array(found.outline) * (WIDTH, HEIGHT)
            assert np.abs(corners - shot.outline).max() < 6
            agreed += 1
    assert agreed >= 2


def test_light_on_the_sensor_is_as_asked(rng: np.random.Generator) -> None:
    grey = np.full((HEIGHT, WIDTH, 3), 0.18, np.float32)
    full, dim = expose(grey, 1.0, 0.7, rng), expose(grey, 0.05, 0.7, rng)
    assert decode(full).mean() == pytest.approx(0.18, rel=0.01)
    # Of the 1/20 that is missing, automatic gain gives 0.7 in the exponent back.
    assert decode(dim).mean() == pytest.approx(0.18 * 0.05**0.3, rel=0.05)
    electrons = 0.18 * 0.05 * WHITE_ELECTRONS
    expected = math.sqrt(electrons + READ_ELECTRONS**2) / electrons
    assert decode(dim).std() / decode(dim).mean() == pytest.approx(expected, rel=0.1)


def decode(codes: np.ndarray) -> np.ndarray:
    """SRGB codes to linear light."""
    share = codes / 255
    return np.asarray(np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4))


@pytest.mark.parametrize("share", [0.2, 0.5, 0.6])
def test_people_hide_the_share_asked(share: float) -> None:
    quad = np.array([[150, 60], [480, 80], [470, 400], [160, 390]], float)
    for seed in range(5):
        crowd = gather(quad, share, np.random.default_rng(seed))
        assert covered_share(crowd, quad) == pytest.approx(share, abs=0.03)
    assert not gather(quad, 0, np.random.default_rng(0)).people


def test_same_seed_same_scene_and_noise_differs_between_frames(shelf: SceneDataset) -> None:
    first, again = (shelf.scene(MODERATE, 1, 7, 9) for _ in range(2))
    assert first.artwork_id == again.artwork_id
    np.testing.assert_array_equal(first.scene.shoot(0.5).image, again.scene.shoot(0.5).image)
    other = shelf.scene(MODERATE, 1, 7, 10)
    assert not np.array_equal(first.scene.shoot().image, other.scene.shoot().image)
    still = replace(first.scene, hand=replace(first.scene.hand, across=(), down=(), sway=(0, 0, 0)))
    assert not np.array_equal(still.shoot(0.0).image, still.shoot(1 / 6).image)


def test_artworks_take_turns(shelf: SceneDataset) -> None:
    count = len(shelf.paths)
    shown = [shelf.scene(PLAIN, 0, index, 1).artwork_id for index in range(count)]
    assert sorted(shown) == sorted(shelf.paths)


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
    ("hits", "of", "low", "high"),
    [
        (0, 10, 0.0, 0.3085),
        (10, 10, 0.6915, 1.0),
        (5, 10, 0.1871, 0.8129),
        (2, 100, 0.0024, 0.0704),
    ],
)
def test_bounds_are_those_of_the_tables(hits: int, of: int, low: float, high: float) -> None:
    assert interval(hits, of) == pytest.approx((low, high), abs=1e-4)


def test_nothing_wrong_in_many_is_bounded_by_the_rule_of_three() -> None:
    assert at_most(0, 2000) == pytest.approx(1 - 0.05 ** (1 / 2000), rel=1e-9)
    assert at_most(0, 2000) == pytest.approx(3 / 2000, rel=0.01)
    assert interval(0, 0) == (0.0, 1.0)


def test_a_look_ends_only_when_nothing_more_can_be_declared() -> None:
    assert settled({}, None, left=4, agree=5)
    assert not settled({}, None, left=5, agree=5)
    assert not settled({"a": 2}, None, left=3, agree=5)
    assert settled({"a": 5}, "a", left=4, agree=5)
    assert not settled({"a": 5, "b": 1}, "a", left=4, agree=5)


def test_look_is_wrong_if_anything_out_of_view_was_ever_declared() -> None:
    right, wrong, beside = (Declaration(name, 1.0) for name in ("a", "x", "b"))
    also = frozenset({"b"})
    assert look_outcome([right], "a", also) == "right"
    assert look_outcome([right, wrong], "a", also) == "wrong"
    assert look_outcome([beside], "a", also) == "beside"
    assert look_outcome([beside, right], "a", also) == "right"
    assert look_outcome([], "a", also) == "missed"


def test_look_waits_at_least_for_the_votes_needed(setting: Setting, shelf: SceneDataset) -> None:
    job = LookJob("plain", 0, 0, CLEAR, setting.rule)
    look = job.run(shelf, setting.recognizer, setting.stream, 2)
    assert look.outcome == "right"
    assert look.wait_s is not None
    assert look.wait_s >= (setting.rule.agree - 1) / setting.stream.judge_fps - 1e-9


def test_halves_share_nothing_and_leave_nothing_out() -> None:
    ids = [f"{n}" for n in range(9)]
    known, unknown = halves(ids, 4)
    assert (len(known), len(unknown)) == (5, 4)
    assert sorted(known + unknown) == ids
    assert halves(ids, 4) == (known, unknown)


def test_end_to_end_and_the_report_stands_alone(
    setting: Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measure, "ROWS", ROWS[:2])
    seen: list[tuple[int, int]] = []
    figures = measure_known(setting, SMALL, lambda done, total: seen.append((done, total)))
    again = measure_known(setting, replace(SMALL, looks=0), lambda *_: None)
    assert figures.rows == again.rows
    assert seen[-1][0] == seen[-1][1]
    figures = measure_unknown(figures, setting, SMALL, lambda *_: None, lambda *_: None)
    rows = row_results(figures)
    assert rows[0].frames.of == SMALL.frames
    assert rows[0].looks.of == SMALL.looks
    unknown = open_result(figures)
    assert unknown is not None
    assert unknown.looks.of == SMALL.open_looks
    assert figures.enrolled_half == len(setting.recognizer.gallery.artworks) / 2
    shelf = SceneDataset.of(setting.recognizer.gallery)
    about = About("Dozen <b>", (("gallery", "Dozen"),))
    html = report_html(about, figures, worst_cases(figures, shelf), [])
    path = write_report(tmp_path / "report", html)
    assert path.read_text(encoding="utf-8") == html
    assert [found.name for found in path.parent.iterdir()] == ["index.html"]
    assert "Dozen &lt;b&gt;" in html and html.count("<svg") >= 3
    # No factor was measured alone, so nothing is said of that.
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
