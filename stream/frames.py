"""What travels along the line: one frame of a camera."""

from __future__ import annotations

from dataclasses import dataclass

from vision.images import BgrImage


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a camera and when it was taken.

    Attributes:
        image: uint8 [height, width, 3], BGR.
        captured_s: when it reached us, in seconds, monotonic: wall or clip time, never mixed.
        index: how many frames of this source came before it, judged or not.
    """

    image: BgrImage
    captured_s: float
    index: int

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.image.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.image.shape[0])
