"""The frame that a pipeline processes."""

from __future__ import annotations

from dataclasses import dataclass

from vision.images import BgrImage


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a camera, and its time.

    Attributes:
        image: uint8 [height, width, 3], BGR.
        captured_s: when it reached the server, in monotonic seconds; in a clip, the clip's time.
        index: number of the source's frames before it, processed or not.
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
