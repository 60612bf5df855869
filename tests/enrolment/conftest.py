"""What tests of enrolment share."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from models.embedder import Embedder


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the pictures that the model embeds."""
    counts: list[int] = []
    embed = Embedder.embed

    def counted(self: Embedder, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        counts.append(len(crops))
        return embed(self, crops)

    monkeypatch.setattr(Embedder, "embed", counted)
    return counts
