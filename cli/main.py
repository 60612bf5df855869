"""Define the command `vernissage`; each subcommand is a file here, or beside what it runs.

A subcommand's module is imported when the subcommand is called. The list of commands is printed
from the table below, because importing all of them takes seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from rich.markup import escape
from typer.core import TyperGroup


@dataclass(frozen=True, slots=True)
class Command:
    """Where a command's function is, and its line in the list of commands.

    Attributes:
        module: name of the module.
        function: name of the function in it.
        help: first line of the function's docstring. A test compares both.
    """

    module: str
    function: str
    help: str

    def load(self) -> Callable[..., None]:
        """Import the module and return the function."""
        function: Callable[..., None] = getattr(import_module(self.module), self.function)
        return function


COMMANDS = {
    "serve": Command(
        "server",
        "serve",
        "Serve the visitors' page and recognize what their phones point at.",
    ),
    "kiosk": Command(
        "cli.kiosk",
        "kiosk",
        "Recognize what a camera beside the gallery sees; print one line of JSON per message.",
    ),
    "enrol": Command("cli.enrol", "enrol_command", "Make a gallery from pictures of artworks."),
    "replay": Command(
        "cli.replay",
        "replay",
        "Run recorded clips through the pipeline that live cameras go through.",
    ),
    "evaluate": Command(
        "cli.evaluate",
        "evaluate",
        "Measure how well a gallery's artworks are recognized, and how often wrongly.",
    ),
    "export": Command(
        "models.export_onnx",
        "export",
        "Fetch weights, write the ONNX model, check it against a reference, put it in place.",
    ),
    "doctor": Command(
        "cli.doctor",
        "doctor",
        "Check this machine, the model, the gallery and the network, and say how to mend each.",
    ),
    "visits": Command(
        "cli.visits",
        "visits",
        "Print counts of what visitors found, as CSV, by day and artwork.",
    ),
    "versions": Command(
        "cli.versions",
        "versions",
        "List the last 10 versions of a gallery, or put one back.",
    ),
    "settings": Command(
        "cli.settings",
        "show_settings",
        "Show every setting in force, and where it comes from. Secrets are hidden.",
    ),
}
"""Every command by its name, in the order of the list."""


class LazyGroup(TyperGroup):
    """A group that knows names and help lines, and loads the one command that is called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """Return the name, the command with its options, and the other arguments."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, load_command(name) if name in COMMANDS else command, rest


def load_command(name: str) -> Any:
    """Import a command of `COMMANDS`; return it with its options."""
    # It imports the settings, which the list of commands does without.
    from common.console import configured

    alone = typer.Typer(add_completion=False)
    alone.command(name)(configured(COMMANDS[name].load()))
    return typer.main.get_command(alone)


def _not_loaded() -> None:
    """Stand in the list for a command that isn't imported yet."""


app = typer.Typer(
    name="vernissage",
    cls=LazyGroup,
    help="Point a camera at an artwork, and know what it is.",
    epilog="Settings can also come from the environment (VERNISSAGE_...) or from a TOML file. "
    "`vernissage settings` shows them all.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _name, _command in COMMANDS.items():
    app.command(_name, help=escape(_command.help))(_not_loaded)
