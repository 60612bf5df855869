"""Pictures for a large collection at little cost: new paintings, and pieces of photographs.

No two pictures show the same thing, or right answers would be counted as wrong. So pieces of one
picture do not overlap, and pieces of a photograph that is enrolled as it is are mirrored: local
features don't survive that. A photograph gives four pieces, a new painting of the demo's painters
twelve. Each is recoloured a little and has 800 pixels on the longer side.
"""

from __future__ import annotations

import csv
import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import cv2
import numpy as np
from numpy.typing import NDArray

from common.files import write_atomic
from common.threads import use_one_thread
from demo.catalogue import DEMO_WORKS
from demo.write import COLUMNS
from gallery.catalogue import PICTURE_SUFFIXES, Artwork

Image = NDArray[np.uint8]
LONG_PX = 800
_QUALITY = 88
_FIRST_SEED = 10_000
"""Seeds of the new paintings; those of the demo's works are far below."""
_PHOTOGRAPHS_A_PAINTING = 2
_STRIDE = 37


@dataclass(frozen=True, slots=True)
class Source:
    """A picture from which others are made.

    Attributes:
        name: begins the names of their files.
        pieces: how many are made of it.
        make: makes them: uint8 BGR, of any size.
    """

    name: str
    pieces: int
    make: Callable[[], list[Image]]


def pictures_in(folders: Sequence[Path]) -> list[Path]:
    """Return the pictures in folders and their subfolders, sorted."""
    return sorted(
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix.lower() in PICTURE_SUFFIXES
    )


def sources(photographs: Sequence[Path]) -> Iterator[Source]:
    """Yield two photographs, then a new painting, and so on; at last paintings without end."""
    order = np.random.default_rng(7).permutation(len(photographs))
    left = (_photograph(photographs[number]) for number in order)
    for number in itertools.count():
        yield from itertools.islice(left, _PHOTOGRAPHS_A_PAINTING)
        yield _painting(number)


def make_pictures(
    folder: Path, photographs: Sequence[Path], count: int, on_progress: Callable[[int, int], None]
) -> list[Path]:
    """Make pictures, or take those that an earlier run has made.

    Args:
        folder: where they are kept.
        photographs: pictures to make pieces of.
        count: number of pictures.
        on_progress: called with (pictures made, pictures in all).

    Returns:
        Their files; a smaller `count` gives the first of them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted: list[Source] = []
    for source in sources(photographs):
        if sum(one.pieces for one in wanted) >= count:
            break
        wanted.append(source)
    paths: list[Path] = []
    with ThreadPoolExecutor(os.cpu_count(), initializer=use_one_thread) as pool:
        for made in pool.map(lambda source: _write_pieces(folder, source), wanted):
            paths += made
            on_progress(min(len(paths), count), count)
    return paths[:count]


def write_catalogue(path: Path, museum: Sequence[Artwork], pictures: Sequence[Path]) -> Path:
    """Write a CSV that `vernissage enrol` reads: a museum's works, then pictures without texts."""
    rows = [
        (one.id, one.title, one.artist, one.year, one.room, one.text, image)
        for one in museum
        for image in one.images
    ]
    rows += [(one.stem, f"Piece {one.stem}", "", "", "", "", one) for one in pictures]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows((*row[:-1], row[-1].resolve()) for row in rows)
    return path


def grid(image: Image, across: int, down: int) -> list[Image]:
    """Cut a picture into `across` times `down` pieces that don't overlap, row by row."""
    high, wide = image.shape[0] // down, image.shape[1] // across
    return [
        image[row * high : (row + 1) * high, column * wide : (column + 1) * wide]
        for row in range(down)
        for column in range(across)
    ]


def recoloured(image: Image, rng: np.random.Generator) -> Image:
    """Change hue, saturation and contrast a little, and scale to `LONG_PX`; BGR."""
    scale = LONG_PX / max(image.shape[:2])
    how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    sized = cv2.resize(np.ascontiguousarray(image), None, fx=scale, fy=scale, interpolation=how)
    hue, saturation, value = cv2.split(cv2.cvtColor(sized, cv2.COLOR_BGR2HSV))
    turned = (np.arange(256) + rng.integers(-14, 15)) % 180
    stretched = np.clip(np.arange(256) * rng.uniform(0.6, 1.3), 0, 255)
    curved = 255 * (np.arange(256) / 255) ** rng.uniform(0.8, 1.25)
    changed = [
        cv2.LUT(plane, table.astype(np.uint8))
        for plane, table in ((hue, turned), (saturation, stretched), (value, curved))
    ]
    return np.asarray(cv2.cvtColor(cv2.merge(changed), cv2.COLOR_HSV2BGR), np.uint8)


def _photograph(path: Path) -> Source:
    def make() -> list[Image]:
        image = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if image is None:
            raise SystemExit(f"{path}: not a picture that can be read; move it out of the folder")
        return grid(np.asarray(image[:, ::-1], np.uint8), 2, 2)

    # Folders may hold files of the same name.
    return Source(f"photograph-{path.stem}-{crc32(str(path).encode()):08x}", 4, make)


def _painting(number: int) -> Source:
    # Neighbours in the list are of one painter.
    work = DEMO_WORKS[number * _STRIDE % len(DEMO_WORKS)]

    def make() -> list[Image]:
        painted = work.painter(np.random.default_rng(_FIRST_SEED + number))[..., ::-1]
        shape = (3, 2) if painted.shape[1] > painted.shape[0] else (2, 3)
        return [*grid(painted, *shape), *grid(painted[:, ::-1], *shape)]

    return Source(f"painting-{number:05}", 12, make)


def _write_pieces(folder: Path, source: Source) -> list[Path]:
    paths = [folder / f"{source.name}-{nth}.jpg" for nth in range(source.pieces)]
    if not all(path.is_file() for path in paths):
        for nth, (path, piece) in enumerate(zip(paths, source.make(), strict=True)):
            rng = np.random.default_rng([nth, *source.name.encode()])
            quality = [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
            _, data = cv2.imencode(".jpg", recoloured(piece, rng), quality)
            write_atomic(path, np.asarray(data).tobytes())
    return paths
