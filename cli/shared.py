"""Share between commands how the model is loaded and how a gallery is named by default."""

from __future__ import annotations

import os
from pathlib import Path

from common.console import console
from models.embedder import Embedder
from settings import Settings


def load_embedder(settings: Settings, threads: int | None = None) -> Embedder:
    """Load the model for work without visitors, and print whose weights it has.

    Args:
        settings: which model.
        threads: threads of one run; None for one on each core.
    """
    model, threads = settings.model, threads or os.cpu_count() or 1
    embedder = Embedder(model.path, threads, model.wanted)
    card = embedder.card
    console.print(f"model {card.name} ({card.precision}), weights: {card.weights}", style="dim")
    return embedder


def default_name(source: Path) -> str:
    """Return a gallery's default name, made from the name of the folder that it comes from."""
    folder = source if source.is_dir() else source.parent
    return folder.resolve().name.replace("_", " ").replace("-", " ").title()
