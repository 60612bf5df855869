"""`vernissage versions`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from common.console import clear_errors, console
from gallery.versions import list_versions, restore


def versions(
    gallery: Annotated[Path, typer.Argument(help="The gallery's folder.")],
    restored: Annotated[
        str | None,
        typer.Option(
            "--restore", help="Version to put back, by name; the one it replaces is kept."
        ),
    ] = None,
) -> None:
    """List the last 10 versions of a gallery, or put one back.

    A running server takes it up without dropping a visitor.
    """
    with clear_errors():
        if restored:
            manifest = restore(gallery, restored)
            console.print(f"{gallery}: {manifest.artworks} artworks, made {manifest.created}")
            return
        found = list_versions(gallery)
    table = Table("Version", "Name", "Artworks", "EnrolmentResult", title=f"Versions of {gallery}")
    for version in found:
        manifest = version.manifest
        table.add_row(version.name, manifest.name, f"{manifest.artworks}", manifest.created)
    console.print(table if found else f"{gallery}: no versions yet; enrolling to it keeps the old")
