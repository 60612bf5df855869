"""Write a gallery's files, and seal them with checksums."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from common.files import file_sha256
from gallery.checksums import spots_of
from gallery.feature_index import FEATURE_INDEX_FILES, FeatureIndex
from gallery.index import GalleryIndex
from gallery.layout import load_rootsift
from gallery.manifest import Manifest
from gallery.store import EnrolledArtwork
from models.head import Head
from vision.features import FEATURE, LocalFeatures

_CHECKED_FILES = ("artworks.jsonl", "index.faiss", "head.npz", "features.npy", *FEATURE_INDEX_FILES)


def write_gallery(
    folder: Path,
    manifest: Manifest,
    artworks: list[EnrolledArtwork],
    head: Head,
    vector_index: GalleryIndex,
    features: list[LocalFeatures],
) -> Manifest:
    """Write a gallery into `folder` (one from `atomic_folder`) and seal it with checksums.

    Returns:
        The manifest as written.
    """
    head.save(folder / "head.npz")
    vector_index.save(folder / "index.faiss")
    records = [found.as_records() for found in features]
    np.save(folder / "features.npy", np.concatenate([*records, np.zeros(0, FEATURE)]))
    photographs = (
        (index, load_rootsift(folder, reference.file_number, reference.width, reference.height))
        for index, artwork in enumerate(artworks)
        for reference in artwork.references
    )
    FeatureIndex.build(photographs, manifest.references).save(folder)
    return seal(folder, manifest, artworks)


def seal(folder: Path, manifest: Manifest, artworks: Sequence[EnrolledArtwork]) -> Manifest:
    """Write the artworks' texts, then the manifest with the checksums of all files.

    Returns:
        The manifest as written.
    """
    lines = [artwork.model_dump_json() + "\n" for artwork in artworks]
    (folder / "artworks.jsonl").write_text("".join(lines), encoding="utf-8")
    sealed = manifest.model_copy(
        update={
            "checksums": {name: file_sha256(folder / name) for name in _CHECKED_FILES},
            "spots": spots_of(folder, _CHECKED_FILES),
        }
    )
    text = json.dumps(sealed.model_dump(), indent=2, ensure_ascii=False)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
    return sealed
