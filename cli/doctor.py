"""`vernissage doctor`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.doctor_checks import CHECKS, Finding, examine
from cli.shared import clear_errors, console, prepare
from settings import load_settings

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


def doctor(
    gallery: Annotated[
        Path | None, typer.Option(help="Folder of an enrolled gallery. Default: the demo.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the findings as JSON on standard output.")
    ] = False,
) -> None:
    """Check this machine, the model, the gallery and the network, and say how to mend each.

    Exit status 1 means that a check failed; warnings leave it 0.
    """
    with clear_errors():
        settings = load_settings(**({"gallery": gallery} if gallery else {}))
    prepare(settings)
    findings = [examine(name, check, settings) for name, check in CHECKS]
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        console.print(_table(findings))
    if any(finding.status == "fail" for finding in findings):
        raise typer.Exit(1)


def _table(findings: list[Finding]) -> Table:
    table = Table("check", "", "what was found, and how to mend it")
    for finding in findings:
        colour = _COLOURS[finding.status]
        words = "; ".join(part for part in (finding.found, finding.mend) if part)
        table.add_row(finding.name, f"[{colour}]{finding.status}[/]", escape(words))
    return table
