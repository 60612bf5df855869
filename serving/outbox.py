"""Messages on their way out: numbered, timed, and the first of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from serving.worker import Bench
from settings import Settings
from stream.messages import (
    ConsensusPart,
    GalleryPart,
    Hello,
    ModelPart,
    ServerMessage,
)


def make_hello(settings: Settings, bench: Bench, session_id: str) -> Hello:
    """Say who answers: gallery, model and rule in use now."""
    recognizer = bench.recognizer()
    manifest, card = recognizer.gallery.manifest, recognizer.embedder.card
    rule = settings.consensus
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


Message = TypeVar("Message", bound=ServerMessage)


class Numbering:
    """Numbers messages, and tells when they were said."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Begin now, by a clock of seconds."""
        self._clock = clock
        self._said = 0
        self.began_s = clock()

    def numbered(self, message: Message) -> Message:
        """Put in the next `seq`, and `t`."""
        t = round(1000 * (self._clock() - self.began_s))
        self._said += 1
        return message.model_copy(update={"seq": self._said - 1, "t": t})
