"""A server measures the precisions once, in a process of its own, for its next start."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from evaluation.speed_worker import measure_once
from models.embedder import Embedder
from models.precision import read_choice
from settings import Settings, load_settings
from tests.models.test_precision import make_gallery, model, unmeasured

__all__ = ["model", "unmeasured"]


def settings_of(gallery: Path, path: Path, **given: object) -> Settings:
    return load_settings(gallery=gallery, model={"path": path, "measure": True} | given)


async def test_the_choice_is_kept_for_the_next_start(
    unmeasured: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "vernissage.speed")
    folder = make_gallery(tmp_path / "gallery", Embedder(unmeasured, 1))
    settings = settings_of(folder, unmeasured)
    await measure_once(settings, views=10, first_s=0)
    choice = read_choice(unmeasured)
    assert choice is not None
    assert f"fastest here: {choice.chosen}; the next start uses it" in caplog.messages
    caplog.clear()
    await measure_once(settings, views=10, first_s=0)
    assert caplog.messages == [], "once is enough"


async def test_nothing_is_measured_unasked(unmeasured: Path, tmp_path: Path) -> None:
    for given in ({"measure": False}, {"precision": "fp32"}):
        await measure_once(settings_of(tmp_path, unmeasured, **given), first_s=0)
    assert read_choice(unmeasured) is None


async def test_a_failure_is_logged(
    unmeasured: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await measure_once(settings_of(tmp_path / "none", unmeasured), views=10, first_s=0)
    assert "vernissage doctor --speed says why" in caplog.text
    assert read_choice(unmeasured) is None
