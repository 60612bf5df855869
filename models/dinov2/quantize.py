"""Write int8 copies of an exported model with onnxruntime's quantizer.

In both kinds the weights of linear layers become signed 8-bit numbers with one scale for each
output feature, within 7 bits of range: otherwise processors without VNNI instructions saturate in
16 bits and give other, worse results. Attention, layer norms and GELU stay in floating point.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_dynamic,
    quantize_static,
)

from models.dinov2.graph import INPUT

_COMMON: dict[str, Any] = {
    "op_types_to_quantize": ["MatMul"],
    "per_channel": True,
    "reduce_range": True,
    "weight_type": QuantType.QInt8,
}
_BATCH = 4


def quantize(source: Path, target: Path) -> None:
    """Write a dynamic int8 copy of a model: activations are quantized at run time.

    Args:
        source: The fp32 ``.onnx`` file.
        target: The file to write.
    """
    with _without_preprocessing_advice():
        quantize_dynamic(source, target, **_COMMON)


def quantize_calibrated(source: Path, target: Path, pictures: NDArray[np.uint8]) -> None:
    """Write a static int8 copy of a model (QDQ): activations have the ranges seen in pictures.

    The whole range seen is kept: percentiles cut the few tokens of large norm that a vision
    transformer lives by (docs/decisions/0008-precision.md).

    Args:
        source: The fp32 ``.onnx`` file.
        target: The file to write.
        pictures: Pictures such as cameras take, uint8 ``[n, side, side, 3]`` RGB.
    """
    with _without_preprocessing_advice():
        quantize_static(
            source,
            target,
            _Pictures(pictures),
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
            calibrate_method=CalibrationMethod.MinMax,
            # The steps after a product (bias, GELU, attention) are in floating point.
            extra_options={"OpTypesToExcludeOutputQuantization": ["MatMul"]},
            **_COMMON,
        )


class _Pictures(CalibrationDataReader):  # type: ignore[misc]
    """Hands pictures to the quantizer, a few at a time."""

    def __init__(self, pictures: NDArray[np.uint8]) -> None:
        starts = range(0, len(pictures), _BATCH)
        self._batches = iter([{INPUT: pictures[start : start + _BATCH]} for start in starts])

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        return next(self._batches, None)


@contextmanager
def _without_preprocessing_advice() -> Iterator[None]:
    """Keep the quantizer's advice to pre-process out of the log: our graph needs no such step."""

    def is_other(record: logging.LogRecord) -> bool:
        return "pre-processing" not in record.getMessage()

    root = logging.getLogger()
    root.addFilter(is_other)
    try:
        yield
    finally:
        root.removeFilter(is_other)
