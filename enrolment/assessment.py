"""The assessment of each artwork for the curator: good, weak or confusable, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FEW_FEATURES = 150
GOOD_SHARE = 0.75
TWIN_INLIERS = 25
"""Fewest inliers between two photographs that show the same thing; other pairs have up to 6."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """The assessment of one artwork.

    Attributes:
        artwork_id: the artwork's id.
        kind: `good`; `weak`: often missed; `confusable`: another artwork looks the same.
        advice: what to do, or that nothing needs to be done.
        features: number of ORB features of its best photograph.
        found: fraction of its own synthetic views in which it was verified, 0..1; None if it
            wasn't looked at.
        rival_id: id of the most similar artwork, or None in a gallery of one.
        likeness: best score of that artwork in its views, -1..1.
    """

    artwork_id: str
    kind: Literal["good", "weak", "confusable"]
    advice: str
    features: int
    found: float | None
    rival_id: str | None
    likeness: float


def assess_artwork(
    artwork_id: str,
    features: int,
    found: float | None,
    rival_id: str | None,
    likeness: float,
    twin_inliers: int,
) -> Assessment:
    """Assess one artwork.

    The arguments are those of `Assessment`; `twin_inliers` are the inliers between the photographs
    of the artwork and of its rival.
    """
    kind: Literal["good", "weak", "confusable"] = "good"
    advice = "nothing to do"
    if twin_inliers >= TWIN_INLIERS:
        kind = "confusable"
        advice = (
            f"its photograph shows the same as that of {rival_id}: if they are one artwork, give "
            "both rows one id; if not, photograph what sets them apart"
        )
    elif features < FEW_FEATURES:
        kind = "weak"
        advice = f"too little texture ({features} local features): add 2 sharper photographs"
    elif found is not None and found < GOOD_SHARE:
        kind = "weak"
        advice = f"found in {found:.0%} of its views: add 2 photographs, as visitors see it"
    return Assessment(artwork_id, kind, advice, features, found, rival_id, likeness)
