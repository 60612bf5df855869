"""What the commands share: one clear line for bad input, progress bars, the model."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from common.logs import set_up_logs
from gallery.catalogue import CatalogueError
from gallery.store import GalleryError
from models.dinov2.architecture import ModelError
from models.embedder import Embedder
from settings import Settings, SettingsError
from stream.capture import CaptureError
from recognition.recognizer import use_one_thread
from stream.replay import TruthError
from web.tls import TlsError

USER_ERRORS = (
    SettingsError,
    ModelError,
    GalleryError,
    CatalogueError,
    CaptureError,
    TruthError,
    TlsError,
)
"""Errors whose message is for the user: what, where, how to mend."""

console = Console(stderr=True)


@contextmanager
def clear_errors() -> Iterator[None]:
    """Print a user's error as one line and exit with status 1."""
    try:
        yield
    except USER_ERRORS as error:
        fail(str(error))


def fail(message: str) -> None:
    """Say what is wrong, in one line, and exit with status 1."""
    typer.echo(f"vernissage: {message}", err=True)
    raise typer.Exit(1)


def prepare(settings: Settings) -> None:
    """Set up logging and threads for this process."""
    set_up_logs(settings.log_level, as_json=settings.log_json)
    use_one_thread()


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar, advanced by calling what this gives with (done, all)."""
    with progress_steps() as on_step:
        yield lambda done, total: on_step(what, done, total)


@contextmanager
def progress_steps() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar a step, advanced by calling what this gives with (step, done, all)."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=console) as progress:

        def on_step(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step, total=None)
            progress.update(tasks[step], completed=done, total=total)

        yield on_step


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
