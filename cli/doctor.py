"""The command `vernissage doctor`: check this machine and the settings."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.doctor_checks import CHECKS, Finding, examine
from cli.doctor_speed import speed_table
from common.console import clear_errors, console, prepare, progress_steps
from evaluation.speed import VIEWS, measure
from models.precision import select_precision
from settings import Settings, load_settings

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


def doctor(
    gallery: Annotated[
        Path | None, typer.Option(help="Folder of an enrolled gallery. Default: the demo.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the findings as JSON on standard output.")
    ] = False,
    speed: Annotated[
        bool,
        typer.Option(
            help="Instead, measure the model in every precision that is installed. The fastest one "
            "that finds what fp32 finds is kept for `model.precision = auto`."
        ),
    ] = False,
    views: Annotated[
        int,
        typer.Option(
            min=10, help="Synthetic views of the gallery that --speed measures recall on."
        ),
    ] = VIEWS,
) -> None:
    """Check this machine, the model, the gallery and the network, and say how to mend each.

    The exit status is 1 if a check failed. Warnings leave it at 0.
    """
    with clear_errors():
        settings = load_settings(**({"gallery": gallery} if gallery else {}))
    prepare(settings)
    if speed:
        _measure(settings, views, as_json=as_json)
        return
    findings = [examine(name, check, settings) for name, check in CHECKS]
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        console.print(_table(findings))
    if any(finding.status == "fail" for finding in findings):
        raise typer.Exit(1)


def _measure(settings: Settings, views: int, *, as_json: bool) -> None:
    with clear_errors(), progress_steps() as on_step:
        choice, missing = measure(settings, views, on_step)
        used = select_precision(settings.model.path, settings.model.wanted)
    if as_json:
        typer.echo(choice.model_dump_json(indent=2))
    else:
        console.print(speed_table(choice, settings.model.threads))
        for name, why in missing.items():
            console.print(f"{name} not measured: {why}", markup=False, soft_wrap=True)
        line = f"used from now on, on this machine only: {used.precision.name} ({used.reason})"
        console.print(line, markup=False, soft_wrap=True)


def _table(findings: list[Finding]) -> Table:
    table = Table("check", "", "what was found, and how to mend it")
    for finding in findings:
        colour = _COLOURS[finding.status]
        text = "; ".join(part for part in (finding.found, finding.mend) if part)
        table.add_row(finding.name, f"[{colour}]{finding.status}[/]", escape(text))
    return table
