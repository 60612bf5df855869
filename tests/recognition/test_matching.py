"""Matching of local features."""

from __future__ import annotations

import numpy as np

from evaluation.filmed_clips import filmed, mount
from recognition.matching import match_features
from tests.conftest import ENROLLED
from vision.features import frame_features


def test_matches_are_one_to_one() -> None:
    picture = next(filmed(mount(ENROLLED[2].paint()), 1))
    features = frame_features(picture)
    (pairs,) = match_features([features], features)
    assert len(pairs) > 300
    assert len(set(pairs[:, 0])) == len(set(pairs[:, 1])) == len(pairs)
    nothing = frame_features(np.full((300, 300, 3), 90, np.uint8))
    assert [len(p) for p in match_features([nothing, features], nothing)] == [0, 0]
    assert len(match_features([nothing], features)[0]) == 0
