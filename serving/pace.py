"""Decide the frames a second, and their size, that a sender is asked for."""

from __future__ import annotations

from settings import StreamSettings
from stream.messages import Pace

MATCHED_FPS = 8
"""Frames a second while an artwork is declared: as many as are processed then."""
OVERLOADED_FPS, OVERLOADED_MATCHED_FPS = 6, 4
"""Most frames a second under load, while looking and while an artwork is declared. To receive and
decode a frame that isn't processed costs a third of processing one (docs/measurements/load.md)."""


def pace_for(settings: StreamSettings, *, settled: bool, overloaded: bool) -> Pace:
    """Return the pace of a visitor.

    Args:
        settings: the pace of a visitor who looks for an artwork, without load.
        settled: the visitor sees the declared artwork.
        overloaded: frames wait for their turn.
    """
    fps = MATCHED_FPS if settled else settings.pace_fps
    if overloaded:
        fps = min(fps, OVERLOADED_MATCHED_FPS if settled else OVERLOADED_FPS)
    return Pace(fps=fps, width=settings.pace_width, height=settings.pace_height)
