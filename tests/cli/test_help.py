"""The help of every command shows all of its text, square brackets too."""

from __future__ import annotations

import inspect
from typing import Any, get_args

import pytest
from typer.testing import CliRunner

from cli.main import COMMANDS as TABLE
from cli.main import app

COMMANDS: dict[str, Any] = {name: one.load() for name, one in TABLE.items()}


def shown(*arguments: str) -> str:
    """What a command prints on a wide terminal, without frames."""
    result = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "240"})
    assert result.exit_code == 0
    return " ".join(result.stdout.replace("\u2502", " ").split())


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_every_text(name: str) -> None:
    help_text = shown(name, "--help")
    parameters = inspect.signature(COMMANDS[name], eval_str=True).parameters.values()
    texts = [get_args(parameter.annotation)[1].help for parameter in parameters]
    for text in (inspect.getdoc(COMMANDS[name]) or "", *texts):
        assert set(text.split()) <= set(help_text.split()), text


def test_square_brackets_are_text() -> None:
    assert "write [kiosk.NAME] into the settings" in shown("kiosk", "--help")
    assert "without it. [on]" in shown("serve", "--help")
    assert "picks a free one. [8443]" in shown("serve", "--help")


def test_the_list_of_commands_has_a_line_for_each() -> None:
    help_text = shown("--help")
    for name, command in COMMANDS.items():
        first = (inspect.getdoc(command) or "").splitlines()[0]
        assert f"{name} {first}" in help_text


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_what_the_command_says(name: str) -> None:
    assert TABLE[name].help == (inspect.getdoc(COMMANDS[name]) or "").splitlines()[0]
