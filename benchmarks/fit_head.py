"""Fit the head that comes with a model: to many photographs of artworks and views of them.

The head that ships was made so of 785 photographs, none of an artwork that clips or rendered scenes
are measured with (docs/decisions/0018-shipped-head.md). It is fitted to descriptors at several
resolutions together, and so stands for all of them.

    python -m benchmarks.fit_head MODEL.onnx ... --photographs FOLDER ... --out models/heads
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from common.threads import map_in_threads
from gallery.catalogue import read_source
from models.embedder import Embedder, square_crop
from models.head import fit_head, head_path
from vision.images import PictureError, load_picture
from vision.synthetic_views import synthetic_view

VIEWS = 10
"""Random views of each photograph."""


def describe(path: Path, seed: int, embedders: list[Embedder]) -> NDArray[np.float32]:
    """Describe a photograph and its views with each model: float32 [n, descriptor_dim]."""
    image, found = load_picture(path), []
    for embedder in embedders:
        rng, side = np.random.default_rng(seed), embedder.card.resolution
        crops = [square_crop(image, 1.0, side)]
        crops += [synthetic_view(image, rng, side) for _ in range(VIEWS)]
        found.append(embedder.embed(np.stack(crops)))
    return np.concatenate(found)


def photographs(folders: list[Path]) -> Iterator[Path]:
    """Yield the first photograph of each artwork of folders or catalogues."""
    for folder in folders:
        for artwork in read_source(folder):
            yield artwork.images[0]


def main() -> None:
    """Describe all photographs, and write the head of the models' weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="+", type=Path, help="one exported model a resolution")
    parser.add_argument("--photographs", nargs="+", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder of heads")
    chosen = parser.parse_args()
    embedders = [Embedder(path, threads=1) for path in chosen.models]
    weights = {one.card.weights_sha256 for one in embedders}
    if len(weights) > 1:
        parser.error("the models are of different weights; a head belongs to one")
    paths = list(photographs(chosen.photographs))

    def described(task: tuple[int, Path]) -> NDArray[np.float32] | None:
        try:
            return describe(task[1], task[0], embedders)
        except PictureError:
            return None

    results = map_in_threads(described, enumerate(paths))
    shown = track(results, "Describing", total=len(paths), console=Console(stderr=True))
    found = [one for one in shown if one is not None]
    owners = np.repeat(np.arange(len(found)), [len(one) for one in found])
    head = fit_head(np.concatenate(found), owners)
    path = head_path(chosen.out, embedders[0].card)
    # Half the bits: rounding changes no embedding by more than the int8 model does.
    np.savez_compressed(
        path, mean=head.mean.astype(np.float16), projection=head.projection.astype(np.float16)
    )
    print(f"{path}: fitted to {len(found)} photographs and {len(owners)} descriptors")


if __name__ == "__main__":
    main()
