"""The pictures of a gallery, ready to be hung in scenes."""

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
from gallery.store import Gallery, GalleryError

OTHERS = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """A scene, and the ids of the artwork that is pointed at and of others that are in view."""

    scene: Scene
    artwork_id: str
    also: frozenset[str]


@dataclass(frozen=True)
class SceneDataset:
    """Artworks by id, and a picture of each; pictures are read when needed.

    Attributes:
        paths: JPEG of each artwork by id.
    """

    paths: dict[str, Path]

    @classmethod
    def of(cls, gallery: Gallery) -> SceneDataset:
        """Take the first photograph of each artwork of a gallery."""
        return cls(
            {
                artwork.id: gallery.picture_path(number, thumbnail=False)
                for number, artwork in enumerate(gallery.artworks)
            }
        )

    def only(self, ids: Sequence[str]) -> SceneDataset:
        """Keep these artworks."""
        return SceneDataset({artwork_id: self.paths[artwork_id] for artwork_id in ids})

    def scene(self, spread: Spread, place: int, index: int, seed: int) -> Shown:
        """Set up a scene; the same arguments give the same one.

        Artworks take turns in an order that the seed and the place decide, so that each is shown
        as often as any other.

        Args:
            spread: the conditions to draw from.
            place: number of the row or level that it is for.
            index: number of the scene there.
            seed: of the whole measurement.
        """
        ids = sorted(self.paths)
        turn, at = divmod(index, len(ids))
        order = np.random.default_rng([seed, place, turn]).permutation(len(ids))
        target = ids[order[at]]
        rng = np.random.default_rng([seed, place, index, 1])
        beside = [ids[n] for n in rng.permutation(len(ids)) if ids[n] != target][:OTHERS]
        situation = spread.draw(rng)
        others = [read_picture(self.paths[one]) for one in beside]
        scene = make_scene(
            read_picture(self.paths[target]), others, situation, (seed, place, index, 2)
        )
        return Shown(scene, target, frozenset(beside[place] for place in scene.neighbours))


@lru_cache(maxsize=128)
def read_picture(path: Path) -> Picture:
    """Read a JPEG: uint8 [height, width, 3], RGB.

    Raises:
        GalleryError: it is missing or damaged.
    """
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise GalleryError(f"{path}: missing or damaged; make the gallery again")
    return np.ascontiguousarray(picture[..., ::-1])
