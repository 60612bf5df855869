"""Number and time outgoing messages, and make the first one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from serving.engine import Engine
from stream.messages import (
    ConsensusPart,
    GalleryPart,
    Hello,
    ModelPart,
    ServerMessage,
)

Message = TypeVar("Message", bound=ServerMessage)


def make_hello(engine: Engine, session_id: str) -> Hello:
    """Return the first message: the gallery, model and rule in use now."""
    recognizer = engine.recognizer
    manifest, card = recognizer.gallery.manifest, recognizer.embedder.card
    rule = engine.settings.consensus
    return Hello(
        session=session_id,
        gallery=GalleryPart(name=manifest.name, artworks=manifest.artworks),
        model=ModelPart(
            name=card.name,
            weights=card.weights,
            precision=card.precision,
            fingerprint=card.fingerprint,
        ),
        consensus=ConsensusPart(agree=rule.agree, window=rule.window, within_s=rule.within_s),
    )


class Outbox:
    """Numbers messages, and adds the time."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start now; `clock` returns seconds."""
        self._clock = clock
        self._sent = 0
        self.began_s = clock()

    def numbered(self, message: Message) -> Message:
        """Return the message with the next `seq` and the current `t`."""
        t = round(1000 * (self._clock() - self.began_s))
        self._sent += 1
        return message.model_copy(update={"seq": self._sent - 1, "t": t})
