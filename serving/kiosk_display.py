"""What a kiosk's screen shows, as it follows from messages and time: pure, no clock of its own."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from stream.messages import ArtworkPart, LostMessage, Match, Progress, ServerMessage

View = Literal["idle", "looking", "artwork", "camera-lost"]

LOOKING_S = 2.0
"""Frames that agree on nothing any more for so long: nobody holds anything up."""
LINGER_S = 8.0
"""An artwork out of view stays on the screen this long, so that its text can be read."""


class DisplayState(BaseModel):
    """One state of the screen."""

    model_config = ConfigDict(frozen=True)

    state: View
    artwork: ArtworkPart | None = None


class Display:
    """Follows what is said."""

    def __init__(self) -> None:
        self._live = False
        self._artwork: ArtworkPart | None = None
        self._gone_s: float | None = None
        self._warm_s = float("-inf")

    def camera(self, live: bool) -> None:
        """Hear that the camera came or went."""
        self._live = live
        if not live:
            self._artwork = None

    def hear(self, message: ServerMessage, now_s: float) -> None:
        """Hear a message."""
        match message:
            case Match():
                self._artwork, self._gone_s = message.artwork, None
            case LostMessage():
                self._gone_s = now_s
            case Progress(votes=votes) if votes > 0:
                self._warm_s = now_s

    def shown(self, now_s: float) -> DisplayState:
        """Tell what is to be shown now."""
        if not self._live:
            return DisplayState(state="camera-lost")
        lingers = self._gone_s is None or now_s - self._gone_s < LINGER_S
        if self._artwork and lingers:
            return DisplayState(state="artwork", artwork=self._artwork)
        self._artwork = None
        return DisplayState(state="looking" if now_s - self._warm_s < LOOKING_S else "idle")
