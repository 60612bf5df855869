"""The architecture of DINOv2 vision transformers: sizes, parameter names and shapes.

The architecture is that of *DINOv2: Learning Robust Visual Features without Supervision*
(Oquab et al., arXiv:2304.07193): a plain pre-norm ViT (arXiv:2010.11929) with LayerScale
(arXiv:2103.17239). Parameters carry the names of Hugging Face's ``Dinov2Model``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from errors import UserError

FloatArray = NDArray[np.float32]
Tensors = Mapping[str, FloatArray]

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


class ModelError(UserError):
    """Weights, a model file or an export request can't be used; one line says why."""


@dataclass(frozen=True)
class Dinov2Config:
    """Dimensions of one DINOv2 backbone.

    Attributes:
        name: Short size name, such as ``small``.
        hidden: Width of a token, in features.
        heads: Attention heads; ``hidden`` is a multiple of it.
        layers: Transformer blocks.
        image_size: Side in pixels for which the position embedding was trained.
        patch: Side of a patch in pixels.
        mlp_ratio: Width of the MLP over ``hidden``.
        layer_norm_eps: Added to the variance in every layer norm.
    """

    name: str
    hidden: int
    heads: int
    layers: int
    image_size: int = 518
    patch: int = 14
    mlp_ratio: int = 4
    layer_norm_eps: float = 1e-6

    @property
    def head_dim(self) -> int:
        """Number of features of one attention head."""
        return self.hidden // self.heads

    @property
    def trained_grid(self) -> int:
        """Number of patches along one side of the pictures that the weights were trained for."""
        return self.image_size // self.patch

    def grid(self, resolution: int) -> int:
        """Return the number of patches along one side of a square picture.

        Args:
            resolution: Side of the picture in pixels.

        Raises:
            ModelError: The side is not a positive multiple of the patch.
        """
        if resolution <= 0 or resolution % self.patch:
            raise ModelError(
                f"resolution {resolution} is not a positive multiple of {self.patch}; "
                f"take {max(1, round(resolution / self.patch)) * self.patch}"
            )
        return resolution // self.patch


SIZES: dict[str, Dinov2Config] = {
    "tiny": Dinov2Config("tiny", hidden=128, heads=2, layers=3, image_size=56),
    "small": Dinov2Config("small", hidden=384, heads=6, layers=12),
    "base": Dinov2Config("base", hidden=768, heads=12, layers=12),
    "large": Dinov2Config("large", hidden=1024, heads=16, layers=24),
}
"""Every size that can be built. ``tiny`` has no published weights: it serves the tests."""


def config_for(size: str) -> Dinov2Config:
    """Return the architecture of a size by name.

    Raises:
        ModelError: There is no such size.
    """
    try:
        return SIZES[size]
    except KeyError:
        raise ModelError(f"no model size {size!r}; there are {', '.join(SIZES)}") from None


def parameter_shapes(config: Dinov2Config) -> dict[str, tuple[int, ...]]:
    """Return the name and shape of every parameter that inference needs.

    Linear weights are stored as in PyTorch, ``[out_features, in_features]``.
    """
    d, m, p = config.hidden, config.hidden * config.mlp_ratio, config.patch
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.cls_token": (1, 1, d),
        "embeddings.position_embeddings": (1, 1 + config.trained_grid**2, d),
        "embeddings.patch_embeddings.projection.weight": (d, 3, p, p),
        "embeddings.patch_embeddings.projection.bias": (d,),
        "layernorm.weight": (d,),
        "layernorm.bias": (d,),
    }
    linear = {
        "attention.attention.query": (d, d),
        "attention.attention.key": (d, d),
        "attention.attention.value": (d, d),
        "attention.output.dense": (d, d),
        "mlp.fc1": (m, d),
        "mlp.fc2": (d, m),
    }
    for index in range(config.layers):
        prefix = f"encoder.layer.{index}."
        for name, shape in linear.items():
            shapes[f"{prefix}{name}.weight"] = shape
            shapes[f"{prefix}{name}.bias"] = shape[:1]
        for name in ("norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias"):
            shapes[prefix + name] = (d,)
        for name in ("layer_scale1.lambda1", "layer_scale2.lambda1"):
            shapes[prefix + name] = (d,)
    return shapes


def check_tensors(tensors: Mapping[str, NDArray[np.generic]], config: Dinov2Config) -> None:
    """Refuse a checkpoint that is not exactly this architecture.

    Args:
        tensors: Parameters by canonical name.
        config: The architecture that they should fill.

    Raises:
        ModelError: A tensor is missing, unknown, wrongly shaped or not finite; it names the first.
    """
    shapes = parameter_shapes(config)
    missing = [name for name in shapes if name not in tensors]
    extra = sorted(name for name in tensors if name not in shapes)
    for kind, names in (("lacks", missing), ("has the unknown", extra)):
        if names:
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            raise ModelError(
                f"not a DINOv2 {config.name} checkpoint: it {kind} tensor {names[0]}{more}"
            )
    for name, shape in shapes.items():
        found = tensors[name].shape
        if found != shape:
            raise ModelError(
                f"not a DINOv2 {config.name} checkpoint: {name} is {list(found)}, not {list(shape)}"
            )
        if not np.isfinite(tensors[name]).all():
            raise ModelError(f"damaged checkpoint: {name} holds values that are not finite")
