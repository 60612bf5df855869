"""Frame level: what one frame of a scene leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from evaluation.conditions import Situation, Spread
from evaluation.dataset import SceneDataset, Shown
from evaluation.wall import Picture
from recognition.recognizer import Recognition, Recognizer
from settings import StreamSettings
from stream.frames import Frame
from stream.quality import QualityGate

Outcome = Literal["right", "beside", "wrong", "none"]
"""Accepted: the artwork pointed at, another that is really in view, one that is not, none."""
KEPT_PX = 320
"""Width of the pictures kept for the report."""


@dataclass(frozen=True, slots=True)
class FrameSample:
    """One judged frame.

    Attributes:
        place: name of the row or level.
        artwork_id: what was pointed at.
        situation: the conditions.
        outcome: what was accepted.
        accepted: id of the artwork accepted, or None.
        rank: place of the right artwork among the candidates, from 1; None if it isn't there.
        score: its score, -1..1, or None.
        inliers: its inliers; 0 if it isn't there.
        rival: id of the best verified candidate that isn't in view, or None.
        rival_score: best score of a candidate that isn't in view, or None.
        rival_inliers: most inliers of one.
        refused: why the quality gate would not have had it judged, or None.
        picture: JPEG of the frame, small, where it was not right; else None.
    """

    place: str
    artwork_id: str
    situation: Situation
    outcome: Outcome
    accepted: str | None
    rank: int | None
    score: float | None
    inliers: int
    rival: str | None
    rival_score: float | None
    rival_inliers: int
    refused: str | None
    picture: bytes | None


@dataclass(frozen=True, slots=True)
class FrameJob:
    """Measure one frame: `place` names the row or level, `number` is its seed."""

    place: str
    number: int
    index: int
    spread: Spread

    def run(
        self, shelf: SceneDataset, recognizer: Recognizer, settings: StreamSettings, seed: int
    ) -> FrameSample:
        """Set the scene up, take the frame and judge it."""
        shown = shelf.scene(self.spread, self.number, self.index, seed)
        frame = Frame(shown.scene.shoot().image, 0.0, 0)
        quality, _ = QualityGate(settings).check(frame)
        return sample_frame(
            self.place,
            shown,
            frame.image,
            recognizer.recognize(recognizer.query(frame.image), second_pass=True),
            recognizer,
            quality.reason,
        )


def sample_frame(
    place: str,
    shown: Shown,
    image: Picture,
    verdict: Recognition,
    recognizer: Recognizer,
    refused: str | None,
) -> FrameSample:
    """Hold a verdict against what is in view."""
    artworks = recognizer.gallery.artworks
    rank, score, inliers = None, None, 0
    rival, rival_score, rival_inliers = None, None, -1
    for at, candidate in enumerate(verdict.candidates, 1):
        artwork_id = artworks[candidate.index].id
        found = candidate.verification.inliers
        if artwork_id == shown.artwork_id:
            rank, score, inliers = at, candidate.score, found
        elif artwork_id not in shown.also:
            rival_score = max(candidate.score, rival_score or -1.0)
            if found > rival_inliers:
                rival, rival_inliers = artwork_id, found
    accepted = artworks[verdict.best.index].id if verdict.best else None
    outcome = _outcome(accepted, shown)
    return FrameSample(
        place=place,
        artwork_id=shown.artwork_id,
        situation=shown.scene.situation,
        outcome=outcome,
        accepted=accepted,
        rank=rank,
        score=score,
        inliers=inliers,
        rival=rival,
        rival_score=rival_score,
        rival_inliers=max(rival_inliers, 0),
        refused=refused,
        picture=None if outcome == "right" else small_jpeg(image),
    )


def small_jpeg(image: Picture) -> bytes:
    """Shrink a frame (uint8 BGR) and encode it."""
    high = round(image.shape[0] * KEPT_PX / image.shape[1])
    small = cv2.resize(image, (KEPT_PX, high), interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 72])
    return np.asarray(data).tobytes()


def _outcome(accepted: str | None, shown: Shown) -> Outcome:
    if accepted is None:
        return "none"
    if accepted == shown.artwork_id:
        return "right"
    return "beside" if accepted in shown.also else "wrong"
