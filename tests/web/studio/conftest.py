"""What the studio's tests share beside `tests.helpers.studio_client`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.shared_folders import linked_copy


@pytest.fixture
def dozen(gallery_folder: Path, tmp_path: Path) -> Path:
    """The dozen for one test alone: a studio keeps files beside its gallery."""
    return linked_copy(gallery_folder, tmp_path / "own" / "dozen")
