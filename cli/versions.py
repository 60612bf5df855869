"""The command `vernissage versions`: list and restore versions of a gallery."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from common.console import clear_errors, console
from gallery.versions import list_versions, restore


def versions(
    gallery: Annotated[Path, typer.Argument(help="Folder of the gallery.")],
    restored: Annotated[
        str | None,
        typer.Option(
            "--restore", help="Name of a version to put back. The version that it replaces is kept."
        ),
    ] = None,
) -> None:
    """List the last 10 versions of a gallery, or put one back.

    A running server takes up a restored version without dropping a visitor.
    """
    with clear_errors():
        if restored:
            manifest = restore(gallery, restored)
            console.print(f"{gallery}: {manifest.artworks} artworks, made {manifest.created}")
            return
        found = list_versions(gallery)
    table = Table("Version", "Name", "Artworks", "Made", title=f"Versions of {gallery}")
    for version in found:
        manifest = version.manifest
        table.add_row(version.name, manifest.name, f"{manifest.artworks}", manifest.created)
    console.print(
        table if found else f"{gallery}: no versions yet; enrolling to it again keeps the old one"
    )
