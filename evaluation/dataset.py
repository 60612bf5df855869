"""The dataset of rendered scenes: a gallery's pictures on museum walls, each with its label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from evaluation.conditions import Spread
from evaluation.scenes import Scene, make_scene
from evaluation.wall import Picture
from gallery.manifest import GalleryError
from gallery.store import Gallery

OTHERS = 4
"""Pictures offered to each scene as neighbours of the artwork."""


@dataclass(frozen=True, slots=True)
class LabelledScene:
    """A scene and its ground truth.

    Attributes:
        scene: what can be filmed.
        artwork_id: the artwork that the camera points at.
        neighbour_ids: other artworks that are in view.
    """

    scene: Scene
    artwork_id: str
    neighbour_ids: frozenset[str]


@dataclass(frozen=True)
class SceneDataset:
    """Scenes of a gallery's artworks; their pictures are read when needed.

    Attributes:
        paths: a JPEG of each artwork, by artwork id.
    """

    paths: dict[str, Path]

    @classmethod
    def of(cls, gallery: Gallery) -> SceneDataset:
        """Take the first photograph of each artwork of a gallery."""
        return cls(
            {
                artwork.id: gallery.picture_path(index, thumbnail=False)
                for index, artwork in enumerate(gallery.artworks)
            }
        )

    def only(self, ids: Sequence[str]) -> SceneDataset:
        """Return a dataset of these artworks alone."""
        return SceneDataset({artwork_id: self.paths[artwork_id] for artwork_id in ids})

    def scene(self, spread: Spread, series: int, index: int, seed: int) -> LabelledScene:
        """Set up a scene; the same arguments give the same scene.

        Artworks take turns in an order that the seed and the series decide, so that each is shown
        as often as any other.

        Args:
            spread: the conditions to draw from.
            series: number of the series of scenes, such as a row or a level.
            index: index of the scene in its series.
            seed: seed of the whole measurement.
        """
        ids = sorted(self.paths)
        turn, position = divmod(index, len(ids))
        order = np.random.default_rng([seed, series, turn]).permutation(len(ids))
        target = ids[order[position]]
        rng = np.random.default_rng([seed, series, index, 1])
        offered = [ids[n] for n in rng.permutation(len(ids)) if ids[n] != target][:OTHERS]
        situation = spread.draw(rng)
        others = [read_picture(self.paths[one]) for one in offered]
        scene = make_scene(
            read_picture(self.paths[target]), others, situation, (seed, series, index, 2)
        )
        return LabelledScene(scene, target, frozenset(offered[n] for n in scene.neighbours))


@lru_cache(maxsize=128)
def read_picture(path: Path) -> Picture:
    """Read a JPEG: uint8 [height, width, 3], RGB.

    Raises:
        GalleryError: the file is missing or damaged.
    """
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise GalleryError(f"{path}: missing or damaged; make the gallery again")
    return np.ascontiguousarray(picture[..., ::-1])
