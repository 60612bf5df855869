"""The head: a linear map, fitted in closed form, from backbone descriptors to embeddings.

Descriptors are centred, projected (PCA) and whitened by the shrunk covariance within artworks (of
their synthetic views). Then the directions in which artworks differ most are kept: linear
discriminant analysis (Fisher 1936; Rao 1948) with a shrunk within-class covariance (Ledoit and Wolf
2004 in spirit; fixed weight).

How views of one artwork differ hardly depends on the artwork. So a head that was fitted once to
many artworks comes with the weights that are known (docs/decisions/0018-shipped-head.md). For other
weights one is fitted to a sample of the gallery.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from common.arrays import HEADERS
from models.model_card import ModelCard

HEAD_VERSION = 1
HEADS = Path(__file__).parent / "heads"
"""Heads that come with weights, by the first digits of the weights' SHA-256."""
PCA_DIM = 1000
EMBEDDING_DIM = 256
SHRINKAGE = 0.03
"""Measured on real clips (docs/decisions/0003-model.md): right artwork first 58%, in 3 100%."""


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A fitted head.

    Attributes:
        mean: float32 [descriptor_dim].
        projection: float32 [descriptor_dim, dim].
    """

    mean: NDArray[np.float32]
    projection: NDArray[np.float32]

    @property
    def dim(self) -> int:
        """Length of the embeddings."""
        return int(self.projection.shape[1])

    def __call__(self, descriptors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Embed descriptors: float32 [n, descriptor_dim] to float32 [n, dim], each of length 1."""
        embeddings = (descriptors - self.mean) @ self.projection
        norms = np.linalg.norm(embeddings, axis=1, keepdims=True)
        return np.asarray(embeddings / np.maximum(norms, 1e-9), np.float32)

    def save(self, path: Path) -> None:
        """Write `head.npz`."""
        np.savez(path, mean=self.mean, projection=self.projection)

    @classmethod
    def load(cls, path: Path) -> Head:
        """Read `head.npz`."""
        with HEADERS, np.load(path, allow_pickle=False) as arrays:
            return cls(*(arrays[name].astype(np.float32) for name in ("mean", "projection")))


def head_path(folder: Path, card: ModelCard) -> Path:
    """Return where a folder of heads keeps that of a model's weights."""
    return folder / f"{card.weights_sha256[:12]}.npz"


def shipped_head(card: ModelCard) -> Head | None:
    """Return the head that comes with a model's weights, or None if there is none."""
    path = head_path(HEADS, card)
    head = Head.load(path) if path.is_file() else None
    return head if head and len(head.mean) == card.descriptor_dim else None


def fit_head(
    descriptors: NDArray[np.float32],
    owners: NDArray[np.intp],
    dim: int = EMBEDDING_DIM,
    pca_dim: int = PCA_DIM,
    shrinkage: float = SHRINKAGE,
) -> Head:
    """Fit a head.

    Args:
        descriptors: float32 [n, descriptor_dim]: references and synthetic views.
        owners: intp [n]: the index of each descriptor's artwork.
        dim: length of the embeddings; less if there are fewer samples.
        pca_dim: directions kept before whitening; less if there are fewer samples.
        shrinkage: 0..1, how far the within-artwork covariance is drawn to an isotropic one. It also
            keeps galleries of one artwork well-conditioned.

    Returns:
        The head; deterministic up to floating point.

    Raises:
        ValueError: fewer than two descriptors.
    """
    count = len(descriptors)
    if count < 2:
        raise ValueError(f"a head needs at least two descriptors, not {count}")
    mean = descriptors.mean(axis=0)
    centred = (descriptors - mean).astype(np.float64)
    # The smaller of both Gram matrices gives the same directions at a fraction of the work.
    if count <= centred.shape[1]:
        values, vectors = np.linalg.eigh(centred @ centred.T)
        order = np.argsort(values)[::-1][: min(pca_dim, count - 1)]
        basis = centred.T @ vectors[:, order] / np.sqrt(np.maximum(values[order], 1e-12))
    else:
        values, vectors = np.linalg.eigh(centred.T @ centred)
        basis = vectors[:, np.argsort(values)[::-1][:pca_dim]]
    reduced = centred @ basis
    means = np.stack([reduced[owners == owner].mean(axis=0) for owner in np.unique(owners)])
    rows = np.searchsorted(np.unique(owners), owners)
    deviations = reduced - means[rows]
    within = deviations.T @ deviations / count
    isotropic = np.eye(len(within)) * (np.trace(within) / len(within) + 1e-9)
    values, vectors = np.linalg.eigh((1 - shrinkage) * within + shrinkage * isotropic)
    whiten = vectors / np.sqrt(values)
    _, _, directions = np.linalg.svd((means - means.mean(axis=0)) @ whiten, full_matrices=True)
    projection = basis @ whiten @ directions[:dim].T
    return Head(mean.astype(np.float32), projection.astype(np.float32))
