"""A canvas to paint on: anti-aliased shapes, brushed shapes, lettering, and a maker's mark."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as PilImage
from PIL import ImageDraw, ImageFont

from demo import texture
from demo.palette import RGB, mix, vary
from demo.shapes import Points, arc, rect, smooth
from demo.work import Image

_SHIFT = 4
"""Bits of fraction: OpenCV takes coordinates in sixteenths of a pixel."""


class Canvas:
    """A picture in the making.

    Attributes:
        w: Width in pixels.
        h: Height in pixels.
        px: The picture so far, HxWx3 uint8 RGB.
        rng: The work's source of chance.
    """

    def __init__(self, rng: np.random.Generator, w: int, h: int, ground: RGB) -> None:
        self.rng, self.w, self.h = rng, w, h
        self.px: Image = np.empty((h, w, 3), np.uint8)
        self.px[:] = ground
        self._hairs: dict[int, texture.Field] = {}

    def _box(self, pts: Points, pad: float) -> tuple[int, int, int, int] | None:
        """Return the pixel box about points, cut to the canvas; None if they lie outside."""
        x0, y0 = np.floor(pts.min(axis=0) - pad).astype(int)
        x1, y1 = np.ceil(pts.max(axis=0) + pad).astype(int) + 1
        x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, self.w), min(y1, self.h)
        return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None

    def polygon(self, pts: npt.ArrayLike, colour: RGB, alpha: float = 1.0) -> None:
        """Fill a polygon flat.

        Args:
            pts: Nx2, pixels.
            colour: Fill.
            alpha: Opacity, 0 to 1.
        """
        p = np.asarray(pts, np.float64)
        box = self._box(p, 2)
        if box is None:
            return
        x0, y0, x1, y1 = box
        view = self.px[y0:y1, x0:x1]
        top = view.copy()
        fixed = np.round((p - (x0, y0)) * 2**_SHIFT).astype(np.int32)
        cv2.fillPoly(top, [fixed], colour, cv2.LINE_AA, _SHIFT)
        view[:] = top if alpha >= 1 else cv2.addWeighted(top, alpha, view, 1 - alpha, 0)

    def line(
        self,
        pts: npt.ArrayLike,
        colour: RGB,
        width: float = 1.0,
        alpha: float = 1.0,
        closed: bool = False,
    ) -> None:
        """Draw a line through points.

        Args:
            pts: Nx2, pixels.
            colour: Ink.
            width: Width in pixels; under one it grows fainter.
            alpha: Opacity, 0 to 1.
            closed: Whether the last point joins the first.
        """
        p = np.asarray(pts, np.float64)
        box = self._box(p, width + 2)
        if box is None:
            return
        x0, y0, x1, y1 = box
        alpha *= min(1.0, width)
        view = self.px[y0:y1, x0:x1]
        top = view.copy()
        fixed = np.round((p - (x0, y0)) * 2**_SHIFT).astype(np.int32)
        cv2.polylines(top, [fixed], closed, colour, max(1, round(width)), cv2.LINE_AA, _SHIFT)
        view[:] = top if alpha >= 1 else cv2.addWeighted(top, alpha, view, 1 - alpha, 0)

    def disc(self, x: float, y: float, r: float, colour: RGB, alpha: float = 1.0) -> None:
        """Fill a circle flat.

        Args:
            x: Centre across, pixels.
            y: Centre down, pixels.
            r: Radius, pixels.
            colour: Fill.
            alpha: Opacity, 0 to 1.
        """
        self.polygon(arc(x, y, r), colour, alpha)

    def hairs(self, angle: float) -> texture.Field:
        """Return the canvas's brush hairs nearest one direction: always the same field for it.

        Args:
            angle: Direction in degrees.

        Returns:
            HxW float32, about unit deviation.
        """
        key = round(angle / 30) % 6
        if key not in self._hairs:
            self._hairs[key] = texture.strokes(self.rng, self.h, self.w, key * 30.0, 3.5)
        return self._hairs[key]

    def brush(
        self,
        pts: npt.ArrayLike,
        colour: RGB,
        angle: float | None = None,
        body: float = 14.0,
        alpha: float = 1.0,
    ) -> None:
        """Fill a polygon with visible brushwork.

        Args:
            pts: Nx2, pixels.
            colour: Paint.
            angle: Direction of the hairs in degrees; None takes one by chance.
            body: How uneven the paint lies, in levels of 255.
            alpha: Opacity, 0 to 1.
        """
        p = np.asarray(pts, np.float64)
        box = self._box(p, 2)
        if box is None:
            return
        x0, y0, x1, y1 = box
        mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
        fixed = np.round((p - (x0, y0)) * 2**_SHIFT).astype(np.int32)
        cv2.fillPoly(mask, [fixed], 255, cv2.LINE_AA, _SHIFT)
        way = float(self.rng.uniform(0, 180)) if angle is None else angle
        uneven = 0.55 * body * self.hairs(way)[y0:y1, x0:x1]
        paint = np.asarray(colour, np.float32) + uneven[..., None]
        cover = (alpha / 255.0) * mask.astype(np.float32)[..., None]
        view = self.px[y0:y1, x0:x1]
        view[:] = np.clip(view + cover * (paint - view), 0, 255).astype(np.uint8)

    def fade(self, stops: Sequence[RGB], y0: float, y1: float) -> None:
        """Lay bands of brushed colour from one height to another, as a sky.

        Args:
            stops: Colours from top to bottom, two at least.
            y0: Top, pixels.
            y1: Bottom, pixels.
        """
        n = 46
        for k in range(n):
            t = k / (n - 1) * (len(stops) - 1)
            low = min(int(t), len(stops) - 2)
            tint = vary(self.rng, mix(stops[low], stops[low + 1], t - low), 1.5)
            top = y0 + (y1 - y0) * k / n
            self.brush(rect(-5, top, self.w + 5, top + (y1 - y0) / n + 2), tint, 0, 8)

    def letters(
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        colour: RGB,
        anchor: str = "ls",
        angle: float = 0.0,
        track: float = 0.0,
    ) -> None:
        """Set a line of type.

        Args:
            text: What to set.
            x: Anchor across, pixels.
            y: Anchor down, pixels.
            size: Type size in pixels.
            colour: Ink.
            anchor: Pillow's two-letter anchor.
            angle: Counter-clockwise turn about the anchor, degrees.
            track: Extra space after each letter, pixels; needs an ``l`` anchor.
        """
        font = _font(size)
        wide = font.getlength(text) + track * len(text)
        reach = int(wide + 2 * size) + 4
        side = 2 * reach + 1
        tall = side if angle else 2 * int(2 * size) + 1
        at = (float(reach), float(tall // 2))
        mask = PilImage.new("L", (side, tall), 0)
        draw = ImageDraw.Draw(mask)
        if track:
            for letter in text:
                draw.text(at, letter, fill=255, font=font, anchor=anchor)
                at = (at[0] + font.getlength(letter) + track, at[1])
        else:
            draw.text(at, text, fill=255, font=font, anchor=anchor)
        if angle:
            mask = mask.rotate(angle, PilImage.Resampling.BICUBIC)
        box = mask.getbbox()
        if box is None:
            return
        left, top = round(x) - reach, round(y) - tall // 2
        x0, y0 = max(box[0], -left), max(box[1], -top)
        x1, y1 = min(box[2], self.w - left), min(box[3], self.h - top)
        if x1 <= x0 or y1 <= y0:
            return
        cover = np.asarray(mask.crop((x0, y0, x1, y1)), np.float32)[..., None] / 255
        view = self.px[top + y0 : top + y1, left + x0 : left + x1]
        view[:] = (view + cover * (np.asarray(colour, np.float32) - view)).astype(np.uint8)

    def mark(self, x: float, y: float, size: float, colour: RGB) -> None:
        """Sign the work with a monogram of its own: no two works share one.

        Args:
            x: Centre across, pixels.
            y: Centre down, pixels.
            size: Height, pixels.
            colour: Ink.
        """
        for _ in range(int(self.rng.integers(3, 5))):
            walk = np.cumsum(self.rng.normal(0, 0.42, (4, 2)), axis=0)
            walk = np.clip(walk - walk.mean(axis=0), -0.8, 0.8)
            self.line(smooth(walk * size / 2 + (x, y), 6), colour, max(1.5, size / 16), 0.85)

    def finish(self, surface: str = "paper", strength: float = 1.0, shake: float = 0.8) -> Image:
        """Finish the work: unsettle the edges and lay the surface over it.

        Args:
            surface: See ``texture.finish``.
            strength: See ``texture.finish``.
            shake: Deviation of the edges in pixels.

        Returns:
            The picture, HxWx3 uint8 RGB.
        """
        picture = texture.wobble(self.px, self.rng, shake) if shake else self.px
        return texture.finish(picture, self.rng, surface, strength)


@cache
def _font(size: float) -> ImageFont.FreeTypeFont:
    """Load Pillow's own typeface, which is the same on every machine."""
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("Pillow is built without FreeType: install the Pillow wheel")
    return font
