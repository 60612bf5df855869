"""The command `vernissage visits`: print the counts of visits."""

from __future__ import annotations

import typer

from common.console import clear_errors
from serving.visits import read_visits, visits_csv
from settings import load_settings


def visits() -> None:
    """Print counts of what visitors found, as CSV, by day and artwork.

    The columns are the matches, the median time to a match, and the attempts that found nothing.
    No persons and no pictures are recorded. To keep the table: vernissage visits > visits.csv
    """
    with clear_errors():
        folder = load_settings().server.visits_folder
    typer.echo(visits_csv(read_visits(folder)), nl=False)
