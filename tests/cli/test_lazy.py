"""A command imports what it needs: the list of commands none of them, and simple ones no model."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.main import COMMANDS
from settings import REPOSITORY

NUMERIC = {"onnxruntime", "faiss", "cv2", "aiortc", "av", "onnx", "openvino"}
RUN = """
import sys
from cli.main import app
try:
    app(sys.argv[1:])
finally:
    print(*sys.modules, file=sys.stderr)
"""


def modules(*arguments: object) -> set[str]:
    """Every module that a command has imported at its end, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        cwd=REPOSITORY,
        env=os.environ | {"COLUMNS": "200"},
    )
    return set(done.stderr.splitlines()[-1].split())


def commands_in(imported: set[str]) -> set[str]:
    return {name for name, command in COMMANDS.items() if command.module in imported}


def test_the_list_of_commands_imports_none_of_them() -> None:
    imported = modules("--help")
    assert commands_in(imported) == set()
    assert imported & (NUMERIC | {"numpy", "pydantic", "settings"}) == set()


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_imports_no_other(name: str) -> None:
    assert commands_in(modules(name, "--help")) == {name}


def test_simple_commands_import_no_model(tmp_path: Path) -> None:
    for arguments in (["settings"], ["visits"], ["versions", tmp_path / "none"]):
        assert modules(*arguments) & NUMERIC == set(), arguments
