"""What several commands share: the model, and a gallery's default name."""

from __future__ import annotations

import os
from pathlib import Path

from common.console import console
from models.embedder import Embedder
from settings import Settings


def load_embedder(settings: Settings) -> Embedder:
    """Load the model for work without visitors, on every core, and say whose weights it has."""
    embedder = Embedder(settings.model.path, os.cpu_count() or 1, settings.model.precision)
    card = embedder.card
    console.print(f"model {card.name} ({card.precision}), weights: {card.weights}", style="dim")
    return embedder


def default_name(source: Path) -> str:
    """Name a gallery after where it comes from."""
    folder = source if source.is_dir() else source.parent
    return folder.resolve().name.replace("_", " ").replace("-", " ").title()
