"""Rendered scenes: an artwork on a museum's wall, as a visitor's camera sees it.

They are independent of `vision/synthetic_views.py`, which fits the head and of which nothing is
used here: a camera in front of a wall in space, linear light, a sensor that counts photons.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from evaluation.camera import (
    HEIGHT,
    WIDTH,
    Framing,
    Matrix,
    Pose,
    Size,
    area,
    homography,
    place_camera,
    project,
    rectangle,
)
from evaluation.camera_shake import CameraShake, draw_shake
from evaluation.conditions import Situation
from evaluation.occluders import Crowd, gather_crowd, paint_people
from evaluation.optics import add_glare, add_screen, blur, compress, develop, expose, metering, tint
from evaluation.render import Texture, Wall, render, texture_for, wall_points
from evaluation.wall import (
    HungPicture,
    Picture,
    bezel,
    draw_moulding,
    no_moulding,
    place_around,
    size_of,
)

NEIGHBOURS = {0: 0, 1: 0, 2: 2, 3: 4}
"""Number of other pictures around the artwork, by `Situation.hang`."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One frame with its ground truth.

    Attributes:
        image: uint8 [480, 640, 3], BGR.
        outline: float64 [4, 2], the artwork's corners in pixels, clockwise from its top left.
    """

    image: Picture
    outline: Matrix


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that stays the same during one sequence.

    Attributes:
        situation: the conditions.
        size: of the artwork on the wall.
        pose: of the camera at t = 0.
        wall: the wall and its light.
        textures: the pictures in view, the artwork last.
        crowd: people in front of the artwork.
        shake: movement of the camera.
        tint: factors of the light's colour, RGB.
        regain: as in `optics.expose`.
        defocus_px: sigma of the lens's blur, pixels.
        smoothing: as in `optics.develop`.
        sharpening: as in `optics.develop`.
        quality: JPEG quality, 35..75.
        pitch: width of a screen's pixel, units of the wall.
        neighbours: positions, among the other pictures offered, of those in the scene.
        seed: decides glare and noise.
    """

    situation: Situation
    size: Size
    pose: Pose
    wall: Wall
    textures: tuple[Texture, ...]
    crowd: Crowd
    shake: CameraShake
    tint: tuple[float, float, float]
    regain: float
    defocus_px: float
    smoothing: float
    sharpening: float
    quality: int
    pitch: float
    neighbours: tuple[int, ...]
    seed: int

    def pose_at(self, t: float) -> Pose:
        """Return the camera's pose after t seconds."""
        across, down = self.shake.rotation(t)
        x, y, z = self.pose.position
        distance = math.sqrt(x * x + y * y + z * z)
        move = [distance * math.tan(math.radians(angle)) for angle in (across, down)]
        amplitude, hz, phase = self.shake.sway
        sway = amplitude * (math.sin(2 * math.pi * hz * t + phase) - math.sin(phase))
        return Pose(
            (x + sway, y + 0.4 * sway, z * (1 + 0.5 * sway)),
            (self.pose.aim[0] + move[0] + sway, self.pose.aim[1] + move[1]),
            self.pose.roll_deg + 0.5 * across,
            self.pose.focal_px,
        )

    def outline_at(self, t: float) -> Matrix:
        """Return the artwork's corners in pixels, float64 [4, 2], clockwise from its top left.

        Raises:
            ValueError: the artwork isn't in front of the camera.
        """
        outline = project(homography(self.pose_at(t)), rectangle((0, 0), self.size))
        if outline is None:
            raise ValueError("the artwork isn't in front of the camera")
        return outline

    def shoot(self, t: float = 0.0) -> Shot:
        """Take the frame at time t in seconds; the noise differs from frame to frame."""
        rng = np.random.default_rng([self.seed, round(t * 1000)])
        matrix = homography(self.pose_at(t))
        outline = self.outline_at(t)
        picture = render(self.wall, list(self.textures), matrix)
        picture *= np.float32(metering(picture))
        if self.situation.moire:
            x, y = wall_points(matrix)
            depth = self.situation.moire
            picture = add_screen(picture, x, y, self.size, depth, self.pitch)
        reach = math.sqrt(min(area(outline), WIDTH * HEIGHT))
        picture = add_glare(picture, outline.mean(axis=0), reach, self.situation.glare, self.seed)
        picture = paint_people(picture, self.crowd, 8 * math.sin(1.3 * t))
        heading = rng.uniform(0, 2 * math.pi)
        length = self.situation.blur_px * (1.0 if t == 0 else rng.uniform(0.5, 1.3))
        motion = (length * math.cos(heading), length * math.sin(heading))
        picture = blur(picture, motion, self.defocus_px) * np.array(self.tint, np.float32)
        raw = expose(picture, self.situation.exposure, self.regain, rng)
        ready = develop(raw, self.smoothing, self.sharpening)
        return Shot(compress(ready, self.quality), outline)


def make_scene(
    artwork: Picture, others: Sequence[Picture], situation: Situation, seed: Sequence[int]
) -> Scene:
    """Set up a scene.

    Args:
        artwork: uint8 [height, width, 3], RGB, the artwork that the visitor points at.
        others: pictures that may be placed around it; at least four for a close hang.
        situation: the conditions.
        seed: decides everything that the situation leaves open.

    Raises:
        ValueError: the artwork isn't in front of the camera.
    """
    rng = np.random.default_rng(list(seed))
    size = size_of(artwork)
    pose = place_camera(size, _draw_framing(situation, rng))
    if situation.moire > 0:
        moulding = bezel()
    else:
        moulding = draw_moulding(rng) if situation.hang else no_moulding()
    # A screen shows the photograph, so it differs less from the catalogue.
    degradation = min(situation.degradation, 0.4) if situation.moire else situation.degradation
    middle = HungPicture(artwork, (0.0, 0.0), size, moulding, degradation, int(rng.integers(2**31)))
    matrix = homography(pose)
    around: dict[int, HungPicture] = {}
    if not situation.moire and NEIGHBOURS[situation.hang]:
        chosen = list(others[: NEIGHBOURS[situation.hang]])
        placed = place_around(middle, chosen, situation.hang == 3, rng)
        nearest = _distance_from_centre(middle, matrix)
        around = {
            position: hung
            for position, hung in enumerate(placed)
            if _distance_from_centre(hung, matrix) > nearest
        }
    drawn = [texture_for(hung, matrix) for hung in [*around.values(), middle]]
    outline = project(matrix, rectangle((0, 0), size))
    if outline is None:
        raise ValueError("the artwork isn't in front of the camera")
    red, green, blue = (float(v) for v in tint(situation.cast, rng))
    return Scene(
        situation=situation,
        size=size,
        pose=pose,
        wall=_draw_wall(middle, rng),
        textures=tuple(texture for texture in drawn if texture),
        crowd=gather_crowd(outline, situation.occlusion, rng),
        shake=draw_shake(rng),
        tint=(red, green, blue),
        regain=float(rng.uniform(0.6, 0.9)),
        defocus_px=float(rng.uniform(0.4, 0.8)),
        smoothing=float(rng.uniform(0, 20)),
        sharpening=float(rng.uniform(0.2, 1.0)),
        quality=int(rng.integers(35, 76)),
        pitch=float(1 / rng.uniform(500, 1100)),
        neighbours=tuple(around),
        seed=int(rng.integers(2**31)),
    )


def _distance_from_centre(hung: HungPicture, matrix: Matrix) -> float:
    """Return the distance of a picture from the frame's centre, in pixels; negative inside it.

    A neighbour nearer to the centre than the artwork would be the one pointed at, so it isn't
    placed.
    """
    corners = project(matrix, rectangle(hung.centre, hung.size))
    if corners is None:
        return math.inf
    outline = corners.astype(np.float32)
    return -cv2.pointPolygonTest(outline, (WIDTH / 2, HEIGHT / 2), measureDist=True)


def _draw_framing(situation: Situation, rng: np.random.Generator) -> Framing:
    sideways = float(rng.choice([0.0, math.pi]))
    max_shift = 0.05 if situation.whole else 0.0
    return Framing(
        fill=situation.fill,
        angle_deg=situation.angle_deg,
        azimuth_rad=sideways + float(rng.normal(0, 0.2)),
        roll_deg=situation.roll_deg,
        shift=(
            float(rng.uniform(-max_shift, max_shift)),
            float(rng.uniform(-max_shift, max_shift)),
        ),
        crop=situation.crop,
        crop_rad=float(rng.uniform(0, 2 * math.pi)),
        focal_px=float(rng.uniform(460, 600)),
        whole=situation.whole,
    )


def _draw_wall(middle: HungPicture, rng: np.random.Generator) -> Wall:
    tone = rng.choice([0.75, 0.45, 0.2, 0.08], p=[0.35, 0.25, 0.25, 0.15])
    colour = tone * rng.uniform(0.7 if tone < 0.3 else 0.9, 1.0, 3)
    if tone < 0.3:
        colour[int(rng.integers(3))] *= rng.uniform(1.2, 2.0)
    red, green, blue = (float(v) for v in colour)
    wide, high = middle.outer
    side = float(rng.choice([-1, 1]))
    return Wall(
        colour=(red, green, blue),
        damask=float(rng.choice([0.0, 0.0, 0.0, rng.uniform(0.03, 0.12)])),
        period=float(rng.uniform(0.08, 0.25)),
        floor=high / 2 + float(rng.uniform(0.7, 1.6)),
        spot=(
            float(rng.uniform(-0.4, 0.4)),
            float(rng.uniform(-0.5, 0.1)),
            float(rng.uniform(0.7, 2)),
            float(rng.uniform(0.1, 0.5)),
        ),
        slope=(float(rng.uniform(-0.08, 0.08)), float(rng.uniform(-0.06, 0.02))),
        card=(side * (wide / 2 + 0.12), high / 2 - float(rng.uniform(0, 0.15)), 0.13),
    )
