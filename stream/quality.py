"""Refuse frames that can't be recognized: blurred, too dark, too bright, corrupted or repeated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from settings import StreamSettings
from stream.frames import Frame
from stream.messages import Hint

Reason = Literal["blurred", "too_dark", "too_bright", "corrupted", "frozen"]
Grey = NDArray[np.uint8]

MAX_BLOCKINESS = 4.0
"""Blockiness above which the picture is corrupted by lost packets; a sound one has about 1."""
_WIDTH = 320
_LIKENESS_WIDTH = 40
_BLOCK = 16
_HINTS: dict[Reason, Hint | None] = {
    "blurred": "blurred",
    "too_dark": "too_dark",
    "too_bright": "too_bright",
    "corrupted": None,
    "frozen": None,
}


@dataclass(frozen=True, slots=True)
class Quality:
    """The measurements of a frame.

    Attributes:
        sharpness: variance of the Laplacian at 320 px width, divided by the frame's contrast, so
            that a dim picture isn't taken for a blurred one.
        brightness: mean grey level, 0..255.
        clipped: fraction of overexposed pixels, 0..1.
        blockiness: steps across the codec's 16-pixel grid over steps elsewhere; about 1.
        reason: why the frame is refused, or None where it is recognized.
    """

    sharpness: float
    brightness: float
    clipped: float
    blockiness: float
    reason: Reason | None

    @property
    def hint(self) -> Hint | None:
        """What the visitor is asked to do about it."""
        return _HINTS[self.reason] if self.reason else None


@dataclass(frozen=True)
class QualityGate:
    """Refuses frames beyond the limits of the settings, corrupted ones and repeated ones."""

    settings: StreamSettings = field(default_factory=StreamSettings)

    def check(self, frame: Frame, previous: Grey | None = None) -> tuple[Quality, Grey]:
        """Measure a frame.

        Args:
            frame: the frame.
            previous: the grey picture of the frame before, to notice a frozen camera.

        Returns:
            The measurements, and a small grey picture to pass in with the next frame.
        """
        grey = small_grey(frame)
        brightness = float(grey.mean())
        clipped = float(np.mean(grey >= 250))
        sharp, block = sharpness(grey), blockiness(frame)
        reason: Reason | None = None
        if previous is not None and np.array_equal(previous, grey):
            reason = "frozen"
        elif block > MAX_BLOCKINESS:
            reason = "corrupted"
        elif brightness < self.settings.min_brightness:
            reason = "too_dark"
        elif clipped > self.settings.max_clipped:
            reason = "too_bright"
        elif sharp < self.settings.min_sharpness:
            reason = "blurred"
        return Quality(sharp, brightness, clipped, block, reason), grey


def small_grey(frame: Frame) -> Grey:
    """Return the frame in grey, 320 px wide: uint8 [height, 320]."""
    height = max(1, round(frame.height * _WIDTH / frame.width))
    small = cv2.resize(frame.image, (_WIDTH, height), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY))


def likeness(before: Grey, now: Grey) -> float:
    """Return how much two small grey pictures look the same, whatever their light.

    Returns:
        Normalised cross-correlation, -1..1, of both at 40 pixels' width; 0 for different sizes.
        There a hand's tremble is less than a pixel, and another artwork is another picture.
    """
    if before.shape != now.shape:
        return 0.0
    size = (_LIKENESS_WIDTH, max(1, round(before.shape[0] * _LIKENESS_WIDTH / _WIDTH)))
    first, second = (
        cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        for grey in (before, now)
    )
    return float(cv2.matchTemplate(first, second, cv2.TM_CCOEFF_NORMED)[0, 0])


def sharpness(grey: Grey) -> float:
    """Return the Laplacian's variance (Pech-Pacheco et al., ICPR 2000), in percent of the contrast.

    The contrast is the picture's own variance: light scales both alike. The variance from rounding
    to 8 bits (kernel energy 20 times 1/12) is subtracted, or every flat picture would look sharp.
    """
    contrast = float(grey.var()) + 4.0
    detail = float(cv2.Laplacian(grey, cv2.CV_32F).var()) - 20 / 12
    return 100.0 * max(0.0, detail) / contrast


def blockiness(frame: Frame) -> float:
    """Return how much the codec's block grid shows, as it does after lost packets.

    This is the mean step between neighbouring pixels across the 16-pixel grid, divided by that
    elsewhere, the larger of both directions; about 1 in a sound picture (after Wang et al., ICIP
    2000).
    """
    grey = cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY)
    ratios = []
    for pixels in (grey, cv2.transpose(grey)):
        on_grid = np.arange(1, len(pixels)) % _BLOCK == 0
        if on_grid.any():
            apart = cv2.absdiff(pixels[1:], pixels[:-1])
            sums = cv2.reduce(apart, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
            steps = sums.ravel() / pixels.shape[1]
            ratios.append(float(steps[on_grid].mean() + 1) / float(steps[~on_grid].mean() + 1))
    return max(ratios, default=1.0)
