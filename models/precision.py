"""Which precision is run: the one asked for, or the fastest that was measured on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from models.cpu import cpu_name
from models.dinov2.architecture import ModelError
from models.model_card import EQUAL_COSINE, ModelCard, read_card, variant_path
from models.runtime import PRECISIONS, Precision

AUTO, FILE = "auto", "file"
RECALL_LOST = 0.005
"""Recall at 10 that a faster precision may cost."""
FRAME_BATCH = 2
"""Crops of a frame: the batch whose speed decides."""


class Measured(BaseModel):
    """A precision as it was measured on this machine.

    Attributes:
        ms: milliseconds an image, by images in one call.
        cosine: least cosine of a descriptor to that of fp32.
        recall: share of views whose artwork is among the ten nearest, 0..1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    precision: str
    ms: dict[int, float]
    cosine: float
    recall: float


class Choice(BaseModel):
    """What was chosen, from what, and for which machine, packages and files (`key`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: dict[str, str]
    chosen: str
    measured: tuple[Measured, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A model file, how to run it, what it is then, and why it was taken."""

    path: Path
    precision: Precision
    card: ModelCard
    reason: str


def select_precision(path: Path, wanted: str) -> Chosen:
    """Choose how a model is run.

    Args:
        path: one of its exported files.
        wanted: a name of `PRECISIONS`; or ``file``: as that file is; or ``auto``: as was measured
            here to be fastest, as that file is where nothing was.

    Raises:
        ModelError: a file is missing or broken; the message says what to run.
    """
    card = read_card(path)
    measured = read_choice(path)
    name, reason = wanted, "set by model.precision"
    if wanted == AUTO and measured:
        name, reason = measured.chosen, f"fastest of {len(measured.measured)} measured here"
    elif wanted in (AUTO, FILE):
        name, reason = card.precision, f"as {path.name} is"
        if wanted == AUTO:
            reason += "; vernissage doctor --speed finds the fastest here"
    precision = PRECISIONS.get(name)
    if precision is None:
        raise ModelError(f"{path}: unknown precision {name!r}; run: vernissage export")
    file = variant_path(path, card, precision.file)
    if not file.is_file():
        again = f"vernissage export --precision {precision.file} --out {path.parent}"
        raise ModelError(f"{file}: no such model file; make it with: {again}")
    found = read_card(file)
    if found.space != card.space:
        raise ModelError(
            f"{file}: other weights than {path}; make both: vernissage export --out {path.parent}"
        )
    cosine = found.cosine
    if precision.runtime == "openvino":
        known = measured.measured if measured else ()
        cosine = next((one.cosine for one in known if one.precision == name), 0.0)
    return Chosen(file, precision, replace(found, precision=name, cosine=cosine), reason)


def pick(measured: Sequence[Measured]) -> str:
    """Name the fastest precision that finds what fp32 finds.

    Args:
        measured: fp32 first.
    """
    lowest = measured[0].recall - RECALL_LOST
    good = [one for one in measured if one.cosine >= EQUAL_COSINE and one.recall >= lowest]
    return min(good, key=lambda one: one.ms[FRAME_BATCH]).precision


def read_choice(path: Path) -> Choice | None:
    """Read what was measured, if it was for this machine and what is installed now."""
    file = _choice_path(path)
    try:
        choice = Choice.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None
    return choice if choice.key == _key(path) else None


def write_choice(path: Path, measured: Sequence[Measured]) -> Choice:
    """Pick from what was measured, and keep it beside the models.

    Raises:
        ModelError: that folder can't be written to.
    """
    choice = Choice(key=_key(path), chosen=pick(measured), measured=tuple(measured))
    file = _choice_path(path)
    aside = file.with_suffix(".part")
    try:
        aside.write_text(choice.model_dump_json(indent=2) + "\n", encoding="utf-8")
        aside.replace(file)
    except OSError as error:
        raise ModelError(
            f"{file}: can't be written ({error.strerror}); let this user write to {file.parent}"
        ) from None
    return choice


def _choice_path(path: Path) -> Path:
    return path.with_name(f"{read_card(path).name}.choice.json")


def _key(path: Path) -> dict[str, str]:
    card = read_card(path)
    kinds = dict.fromkeys(precision.file for precision in PRECISIONS.values())
    files = {kind: variant_path(path, card, kind) for kind in kinds}
    packages = {name: _version(name) for name in ("onnxruntime", "openvino")}
    found = {kind: read_card(file).fingerprint for kind, file in files.items() if file.is_file()}
    return {"cpu": cpu_name()} | packages | found


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
