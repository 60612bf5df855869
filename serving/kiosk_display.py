"""Decide what a kiosk's screen shows, from messages and time; pure, without a clock."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from stream.messages import ArtworkPart, LostMessage, Match, Progress, ServerMessage

View = Literal["idle", "looking", "artwork", "camera-lost"]

LOOKING_S = 2.0
"""Seconds without a vote after which nobody seems to hold anything up."""
LINGER_S = 8.0
"""Seconds for which an artwork out of view stays on the screen, so that its text can be read."""


class DisplayState(BaseModel):
    """One state of the screen."""

    model_config = ConfigDict(frozen=True)

    state: View
    artwork: ArtworkPart | None = None


class Display:
    """Follows a kiosk's messages."""

    def __init__(self) -> None:
        self._live = False
        self._artwork: ArtworkPart | None = None
        self._lost_s: float | None = None
        self._last_vote_s = float("-inf")

    def set_live(self, live: bool) -> None:
        """Set whether the camera sends frames.

        An artwork that is still declared is shown again after a short break: the pipeline declares
        it only once.
        """
        self._live = live

    def follow(self, message: ServerMessage, now_s: float) -> None:
        """Follow a message of the pipeline."""
        match message:
            case Match():
                self._artwork, self._lost_s = message.artwork, None
            case LostMessage():
                self._lost_s = now_s
            case Progress(votes=votes) if votes > 0:
                self._last_vote_s = now_s

    def state_at(self, now_s: float) -> DisplayState:
        """Return the state of the screen now."""
        if not self._live:
            return DisplayState(state="camera-lost")
        lingers = self._lost_s is None or now_s - self._lost_s < LINGER_S
        if self._artwork and lingers:
            return DisplayState(state="artwork", artwork=self._artwork)
        self._artwork = None
        return DisplayState(state="looking" if now_s - self._last_vote_s < LOOKING_S else "idle")
