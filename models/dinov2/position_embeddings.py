"""Position embeddings for other resolutions than the weights were trained for."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from models.dinov2.architecture import FloatArray, ModelError

CUBIC_A = -0.75
"""The coefficient of PyTorch's bicubic interpolation."""


def cubic_weights(source: int, target: int) -> NDArray[np.float64]:
    """Return the bicubic resampling of one axis as a matrix.

    Keys' convolution kernel (1981) with a = -0.75, half-pixel centres and edges repeated: what
    PyTorch's ``interpolate(mode="bicubic", align_corners=False)`` computes for a given size.

    Args:
        source: Number of samples before.
        target: Number of samples after.

    Returns:
        ``[target, source]`` matrix; every row sums to 1.
    """
    matrix = np.zeros((target, source))
    for row in range(target):
        centre = (row + 0.5) * source / target - 0.5
        first = math.floor(centre) - 1
        for column in range(first, first + 4):
            x = abs(centre - column)
            if x <= 1:
                weight = ((CUBIC_A + 2) * x - (CUBIC_A + 3)) * x * x + 1
            else:
                weight = ((CUBIC_A * x - 5 * CUBIC_A) * x + 8 * CUBIC_A) * x - 4 * CUBIC_A
            matrix[row, min(max(column, 0), source - 1)] += weight
    return matrix


def interpolate_positions(positions: FloatArray, grid: int) -> FloatArray:
    """Resample the position embedding to another grid of patches.

    Args:
        positions: ``[1, 1 + g * g, hidden]``, the CLS position first, then rows of patches.
        grid: Number of patches along one side of the result.

    Returns:
        ``[1, 1 + grid * grid, hidden]`` float32; the CLS position is left as it is.

    Raises:
        ModelError: The patches do not form a square.
    """
    cls, patches = positions[:, :1], positions[0, 1:]
    side = math.isqrt(len(patches))
    if side * side != len(patches):
        raise ModelError(f"position embedding of {len(patches)} patches is not a square grid")
    if side == grid:
        return positions
    axis = cubic_weights(side, grid)
    square = patches.reshape(side, side, -1).astype(np.float64)
    resized = np.einsum("ys,xt,std->yxd", axis, axis, square, optimize=True)
    flat = resized.reshape(1, grid * grid, -1).astype(np.float32)
    return np.concatenate([cls, flat], axis=1)
