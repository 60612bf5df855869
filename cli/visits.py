"""`vernissage visits`."""

from __future__ import annotations

import typer

from common.console import clear_errors
from serving.visits import read_visits, visits_csv
from settings import load_settings


def visits() -> None:
    """Print what visitors found, as CSV: artworks declared a day, time to match, looks in vain.

    Counts only, no persons and no pictures: vernissage visits > visits.csv
    """
    with clear_errors():
        folder = load_settings().server.visits_folder
    typer.echo(visits_csv(read_visits(folder)), nl=False)
