"""Select the precision to run: the one set, or the fastest that was measured on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import onnxruntime as ort
from pydantic import BaseModel, ConfigDict, ValidationError

from common.files import write_atomic
from models.cpu import cpu_name
from models.dinov2.architecture import ModelError
from models.model_card import EQUAL_COSINE, ModelCard, read_card, variant_path
from models.runtime import CPU, PRECISIONS, PROVIDERS, Precision, missing_requirement

AUTO, FILE = "auto", "file"
RECALL_LOST = 0.005
"""Recall at 10 that a faster precision may cost."""
_MEASURE = "vernissage doctor --speed finds the fastest here"
FRAME_BATCH = 2
"""Crops of a frame: the batch size whose speed decides."""


class PrecisionMeasurement(BaseModel):
    """A precision as it was measured on this machine.

    Attributes:
        precision: its name.
        ms: milliseconds an image, by images in one call.
        cosine: minimum cosine of a descriptor to that of fp32.
        recall: share of views whose artwork is among the ten nearest, 0..1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    precision: str
    ms: dict[int, float]
    cosine: float
    recall: float


class PrecisionChoice(BaseModel):
    """The precision chosen for this machine; `*.choice.json` beside the models.

    Attributes:
        key: the machine, packages and files that it holds for.
        chosen: name of the precision.
        measured: the measurements it was chosen from, fp32 first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: dict[str, str]
    chosen: str
    measured: tuple[PrecisionMeasurement, ...]


@dataclass(frozen=True, slots=True)
class SelectedPrecision:
    """A model file, how to run it, its card in this precision, and why it was selected."""

    path: Path
    precision: Precision
    card: ModelCard
    reason: str


def select_precision(path: Path, wanted: str) -> SelectedPrecision:
    """Select the file and precision that a model is run in.

    Args:
        path: one of its exported files.
        wanted: a name of `PRECISIONS`; or ``file`` for the precision of that file; or ``auto`` for
            the fastest that was measured here, and that of the file if none was; or a name of
            `PROVIDERS` for the fastest of its precisions, and the first that can run if none was
            measured.

    Raises:
        ModelError: a file is missing or broken; the message says what to run.
    """
    card = read_card(path)
    choice = read_choice(path)
    measured = choice.measured if choice else ()
    name, reason = wanted, "set by model.precision"
    if wanted == AUTO and choice:
        name, reason = choice.chosen, f"fastest of {len(measured)} measured here"
    elif wanted in PROVIDERS and (fastest := pick_fastest(measured, wanted)):
        name, reason = fastest, f"fastest of provider {wanted} measured here"
    elif wanted in (AUTO, FILE, CPU):
        name, reason = card.precision, f"as {path.name} is"
        if wanted != FILE:
            reason += f"; {_MEASURE}"
    elif wanted in PROVIDERS:
        name, reason = _first_of(wanted), f"first of provider {wanted}; {_MEASURE}"
    precision = PRECISIONS.get(name)
    if precision is None:
        raise ModelError(f"{path}: unknown precision {name!r}; run: vernissage export")
    file = variant_path(path, card, precision.file)
    if not file.is_file():
        export = f"vernissage export --precision {precision.file} --out {path.parent}"
        raise ModelError(f"{file}: no such model file; make it with: {export}")
    file_card = read_card(file)
    if file_card.space != card.space:
        raise ModelError(
            f"{file}: other weights than {path}; make both: vernissage export --out {path.parent}"
        )
    cosine = file_card.cosine
    if precision.provider != CPU:
        cosine = next((one.cosine for one in measured if one.precision == name), 0.0)
    selected_card = replace(file_card, precision=name, cosine=cosine)
    return SelectedPrecision(file, precision, selected_card, reason)


def pick_fastest(measured: Sequence[PrecisionMeasurement], provider: str = AUTO) -> str:
    """Return the name of the fastest precision whose recall is about that of fp32.

    Args:
        measured: measurements, fp32 first.
        provider: a name of `PROVIDERS` that may be chosen from, or ``auto`` for all.

    Returns:
        The name; empty if no such precision was measured or is good enough.
    """
    good = [
        one
        for one in measured
        if one.cosine >= EQUAL_COSINE
        and one.recall >= measured[0].recall - RECALL_LOST
        and provider in (AUTO, PRECISIONS[one.precision].provider)
    ]
    return min(good, key=lambda one: one.ms[FRAME_BATCH]).precision if good else ""


def _first_of(provider: str) -> str:
    """Return the first precision of a provider that can run here, without measurements."""
    missing = {
        name: missing_requirement(precision)
        for name, precision in PRECISIONS.items()
        if precision.provider == provider
    }
    for name, requirement in missing.items():
        if not requirement:
            return name
    raise ModelError(f"provider {provider} can't run here: {next(iter(missing.values()))}")


def read_choice(path: Path) -> PrecisionChoice | None:
    """Read the choice, if it was made for this machine and for what is installed now."""
    file = _choice_path(path)
    try:
        choice = PrecisionChoice.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None
    return choice if choice.key == _key(path) else None


def write_choice(path: Path, measured: Sequence[PrecisionMeasurement]) -> PrecisionChoice:
    """Choose the fastest equivalent of the measured precisions, and write it beside the models.

    Raises:
        ModelError: the folder can't be written to.
    """
    choice = PrecisionChoice(
        key=_key(path), chosen=pick_fastest(measured), measured=tuple(measured)
    )
    file = _choice_path(path)
    try:
        # The server may run as another user than the one who measured.
        write_atomic(file, choice.model_dump_json(indent=2).encode() + b"\n", 0o644)
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
    packages = {
        # Its version has the same number in packages with other providers.
        "onnxruntime": " ".join([ort.__version__, *ort.get_available_providers()]),
        "openvino": _version("openvino"),
    }
    prints = {kind: read_card(file).fingerprint for kind, file in files.items() if file.is_file()}
    return {"cpu": cpu_name()} | packages | prints


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
