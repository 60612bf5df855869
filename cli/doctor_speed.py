"""The table of `vernissage doctor --speed`."""

from __future__ import annotations

import numpy as np
from rich.table import Table

from models.precision import PrecisionChoice
from models.timing import BATCHES


def speed_table(choice: PrecisionChoice, threads: int) -> Table:
    """Show the measurements, compared with fp32, and mark what `auto` uses."""
    table = Table(title=f"ms an image, by images in a call; threads: {threads}")
    table.add_column("precision", no_wrap=True)
    for title in (*map(str, BATCHES), "of fp32", "cosine", "recall at 10"):
        table.add_column(title, justify="right", no_wrap=True)
    reference = choice.measured[0]
    for one in choice.measured:
        share = np.mean([one.ms[batch] / reference.ms[batch] for batch in BATCHES])
        figures = (f"{share:.2f}", f"{one.cosine:.4f}", f"{one.recall:.1%}")
        times = (f"{one.ms[batch]:.1f}" for batch in BATCHES)
        style = "bold green" if one.precision == choice.chosen else None
        table.add_row(one.precision, *times, *figures, style=style)
    return table
