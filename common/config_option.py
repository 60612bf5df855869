"""`--config` on every command."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from settings import CONFIG_VARIABLE

Config = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="TOML file with settings. Default: vernissage.toml, if there is one."
    ),
]


def configured(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the option `--config FILE`, the TOML file that its settings are read from."""
    signature = inspect.signature(command, eval_str=True)

    @functools.wraps(command)
    def with_config(*args: Any, config: Path | None = None, **options: Any) -> None:
        # The environment is where every part, and every child process, looks for it.
        if config is not None:
            os.environ[CONFIG_VARIABLE] = str(config)
        command(*args, **options)

    option = inspect.Parameter(
        "config", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Config
    )
    parameters = [*signature.parameters.values(), option]
    with_config.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    with_config.__annotations__ = {one.name: one.annotation for one in parameters}
    return with_config
