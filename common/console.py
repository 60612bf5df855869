"""What all commands share: one clear line for bad input, progress bars, `--config`."""

from __future__ import annotations

import copy
import functools
import inspect
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from common.logs import set_up_logs
from errors import UserError
from settings import CONFIG_VARIABLE, Settings

console = Console(stderr=True)


@contextmanager
def clear_errors() -> Iterator[None]:
    """Print a user's error as one line and exit with status 1."""
    try:
        yield
    except UserError as error:
        fail(str(error))


def fail(message: str) -> None:
    """Print what is wrong, as one line, and exit with status 1."""
    typer.echo(f"vernissage: {message}", err=True)
    raise typer.Exit(1)


def prepare(settings: Settings) -> None:
    """Set up logging and threads for this process."""
    # Commands that only read and print do without the numeric libraries, which take long to import.
    from common.threads import use_one_thread

    set_up_logs(settings.log_level, as_json=settings.log_json)
    use_one_thread()


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar; yields a function that advances it, called with (done, total)."""
    with progress_steps() as on_step:
        yield lambda done, total: on_step(what, done, total)


@contextmanager
def progress_steps() -> Iterator[Callable[[str, int, int], None]]:
    """Show a progress bar for each step; yields a function called with (step, done, total)."""
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


Config = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="TOML file with settings. Default: vernissage.toml, if there is one."
    ),
]


def configured(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the option `--config FILE`, the TOML file that its settings are read from.

    Typer takes help texts for Rich markup and drops `[words]` in brackets, so all are escaped.
    """
    signature = inspect.signature(command, eval_str=True)

    @functools.wraps(command)
    def with_config(*args: Any, config: Path | None = None, **options: Any) -> None:
        # Every part of the program, and every child process, reads the path from the environment.
        if config is not None:
            os.environ[CONFIG_VARIABLE] = str(config)
        command(*args, **options)

    option = inspect.Parameter(
        "config", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Config
    )
    parameters = [_with_literal_help(one) for one in (*signature.parameters.values(), option)]
    with_config.__doc__ = escape(inspect.getdoc(command) or "")
    with_config.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    with_config.__annotations__ = {one.name: one.annotation for one in parameters}
    return with_config


def _with_literal_help(parameter: inspect.Parameter) -> inspect.Parameter:
    kind, info = get_args(parameter.annotation)
    literal = copy.copy(info)
    literal.help = escape(info.help or "")
    return parameter.replace(annotation=Annotated[kind, literal])
