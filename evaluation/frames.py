"""Frame level: whether one frame of a scene is recognized rightly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from evaluation.conditions import Situation, Spread
from evaluation.dataset import LabelledScene, SceneDataset
from evaluation.wall import Picture
from recognition.recognizer import Recognition, Recognizer
from settings import StreamSettings
from stream.frames import Frame
from stream.quality import QualityGate

Outcome = Literal["right", "neighbour", "wrong", "none"]
"""What was accepted: the artwork pointed at, another one in view, one not in view, or none."""
REPORT_PX = 320
"""Width of the pictures in the report."""


@dataclass(frozen=True, slots=True)
class FrameSample:
    """One recognized frame, compared with its ground truth.

    Attributes:
        condition: name of the row or level.
        artwork_id: the artwork that the camera pointed at.
        situation: the conditions of the scene.
        outcome: what was accepted.
        accepted: id of the accepted artwork, or None.
        rank: rank of the right artwork among the candidates, from 1; None if it isn't among them.
        score: score of the right artwork, -1..1, or None.
        inliers: inliers of the right artwork; 0 if it isn't among the candidates.
        rival: id of the candidate not in view that has the most inliers, or None.
        rival_score: highest score of a candidate not in view, -1..1, or None.
        rival_inliers: inliers of `rival`; 0 if there is none.
        refused: why the quality gate would have refused the frame, or None.
        picture: small JPEG of the frame if the outcome isn't right, else None.
    """

    condition: str
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
    """A frame to measure.

    Attributes:
        condition: name of the row or level.
        series: number of its series of scenes.
        index: index of the scene in its series.
        spread: the conditions to draw from.
    """

    condition: str
    series: int
    index: int
    spread: Spread

    def run(
        self, dataset: SceneDataset, recognizer: Recognizer, settings: StreamSettings, seed: int
    ) -> FrameSample:
        """Set up the scene, take the frame and recognize it."""
        truth = dataset.scene(self.spread, self.series, self.index, seed)
        frame = Frame(truth.scene.shoot().image, 0.0, 0)
        quality, _ = QualityGate(settings).check(frame)
        return sample_frame(
            self.condition,
            truth,
            frame.image,
            recognizer.recognize(recognizer.query(frame.image), second_pass=True),
            recognizer,
            quality.reason,
        )


def sample_frame(
    condition: str,
    truth: LabelledScene,
    image: Picture,
    recognition: Recognition,
    recognizer: Recognizer,
    refused: str | None,
) -> FrameSample:
    """Compare the recognition of a frame with what is in view.

    Args:
        condition: name of the row or level.
        truth: what is in view.
        image: uint8 [480, 640, 3], BGR, the frame.
        recognition: of the frame.
        recognizer: with the gallery.
        refused: why the quality gate would have refused the frame, or None.
    """
    artworks = recognizer.gallery.artworks
    rank, score, inliers = None, None, 0
    rival, rival_score, rival_inliers = None, None, -1
    for position, candidate in enumerate(recognition.candidates, 1):
        artwork_id = artworks[candidate.index].id
        found = candidate.verification.inliers
        if artwork_id == truth.artwork_id:
            rank, score, inliers = position, candidate.score, found
        elif artwork_id not in truth.neighbour_ids:
            rival_score = max(candidate.score, rival_score or -1.0)
            if found > rival_inliers:
                rival, rival_inliers = artwork_id, found
    accepted = artworks[recognition.best.index].id if recognition.best else None
    outcome = _outcome(accepted, truth)
    return FrameSample(
        condition=condition,
        artwork_id=truth.artwork_id,
        situation=truth.scene.situation,
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
    """Shrink a picture, uint8 [height, width, 3] in BGR, and encode it as JPEG."""
    high = round(image.shape[0] * REPORT_PX / image.shape[1])
    small = cv2.resize(image, (REPORT_PX, high), interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 72])
    return np.asarray(data).tobytes()


def _outcome(accepted: str | None, truth: LabelledScene) -> Outcome:
    if accepted is None:
        return "none"
    if accepted == truth.artwork_id:
        return "right"
    return "neighbour" if accepted in truth.neighbour_ids else "wrong"
