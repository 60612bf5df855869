"""The result of one processed frame, and the parts of messages that are made from it."""

from __future__ import annotations

from dataclasses import dataclass

from gallery.store import Gallery
from recognition.candidate import Candidate
from recognition.recognizer import Method, Recognition
from stream.messages import Hint, LatencyPart
from stream.quality import Quality
from vision.points import Outline

METHOD_LABELS: dict[Method, str] = {
    "full": "first",
    "retry": "suspected",
    "second_pass": "closer",
    "confirmed": "confirmed",
    "tracked": "tracked",
    "flow": "followed",
}
"""The label of each method in metrics and in the studio's trace: other programs rely on these."""
_FEW_FEATURES = 120
_LIKELY_SCORE = 0.5
"""The median best score of artworks in view is 0.63, of others 0.41."""


@dataclass(frozen=True, slots=True)
class FrameResult:
    """One processed frame; the picture itself is gone.

    Attributes:
        captured_s: when the frame was captured, in seconds.
        width: of the frame, in pixels.
        height: of the frame, in pixels.
        quality: what the quality gate measured.
        moving: whether the camera moved since the frame before.
        recognition: what the frame shows; None where the gate refused it.
        gallery: the gallery that it was recognized in.
        spent_ms: time that processing took.
        cpu_ms: the part of it on the CPU, not waiting for the interpreter or a core.
        deferrable_ms: the part of `cpu_ms` spent on work that is done only while nobody waits.
    """

    captured_s: float
    width: int
    height: int
    quality: Quality
    moving: bool
    recognition: Recognition | None
    gallery: Gallery
    spent_ms: float
    cpu_ms: float
    deferrable_ms: float

    @property
    def best(self) -> Candidate | None:
        """The artwork that the frame votes for."""
        return self.recognition.best if self.recognition else None


def belief(found: Candidate, gallery: Gallery) -> float:
    """Return the calibrated probability, 0..1, that a frame's vote is right."""
    fit = found.verification
    return gallery.acceptance.probability(fit.inliers, fit.matches, found.score, fit.agreement)


def outline_of(result: FrameResult, artwork_id: str) -> Outline | None:
    """Return where the artwork is in the frame, if the frame votes for it."""
    best = result.best
    if best is None or result.gallery.artworks[best.index].id != artwork_id:
        return None
    return best.verification.outline


def hint(result: FrameResult) -> Hint | None:
    """Return what the visitor could do to be recognized sooner."""
    if result.quality.reason == "blurred" and result.moving:
        return "hold_still"
    if result.quality.hint:
        return result.quality.hint
    found = result.recognition
    if found is None or found.best is not None:
        return None
    if result.moving:
        return "hold_still"
    likely = bool(found.candidates) and found.candidates[0].score >= _LIKELY_SCORE
    return "move_closer" if likely or found.features < _FEW_FEATURES else None


def latency(result: FrameResult, now_s: float | None) -> LatencyPart:
    """Return the milliseconds of the steps; all 0 where time is the clip's (`now_s` is None)."""
    if now_s is None or result.recognition is None:
        return LatencyPart(age=0, embed=0, search=0, verify=0, total=0)
    steps = result.recognition.timings
    return LatencyPart(
        age=round(1000 * (now_s - result.captured_s), 1),
        embed=round(steps.embed, 1),
        search=round(steps.search, 1),
        verify=round(steps.verify, 1),
        total=round(result.spent_ms, 1),
    )
