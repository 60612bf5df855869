"""The line's parts as the settings say; the same for servers, replays and evaluations."""

from __future__ import annotations

from gallery.store import Gallery
from models.embedder import Embedder
from recognition.candidate import Bar
from recognition.recognizer import Recognizer
from settings import Settings
from stream.pipeline import Line
from stream.quality import QualityGate


def make_recognizer(settings: Settings, embedder: Embedder, gallery: Gallery) -> Recognizer:
    """Make a recognizer of a gallery."""
    chosen = settings.recognition
    return Recognizer(
        gallery,
        embedder,
        chosen.candidates,
        Bar(chosen.min_inliers, chosen.min_support),
        chosen.inner_crop,
    )


def make_gate(settings: Settings) -> QualityGate:
    """Make a quality gate."""
    stream = settings.stream
    return QualityGate(stream.min_sharpness, stream.min_brightness, stream.max_clipped)


def make_line(settings: Settings) -> Line:
    """Make the line of one visitor or clip."""
    stream = settings.stream
    return Line(settings.consensus, make_gate(settings), stream.judge_fps, stream.shown_fps)
