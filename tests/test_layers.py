"""Imports go one way: a file imports from its own room or from rooms below, in no circle."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from cli.main import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
LAYERS = (
    {"cli"},
    {"server"},
    {"web"},
    {"serving", "evaluation"},
    {"stream", "enrolment"},
    {"recognition"},
    {"gallery"},
    {"models"},
    {"demo"},
    {"common"},
    {"settings"},
    {"errors", "vision"},
)
"""From the top down; rooms beside each other don't import each other."""
LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in sorted(rooms)}
FORBIDDEN = {
    "stream": {"aiohttp"},
    "recognition": {"time", "datetime", "asyncio", "aiohttp", "aiortc"},
    "vision": {"faiss", "onnxruntime", "pydantic", "aiohttp", "aiortc"},
}
"""Packages that a room does without."""


def imports(path: Path) -> set[str]:
    """Every module that a file imports, inside functions too."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return names


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


FILES = [path for room in LEVEL for path in sorted((ROOT / room).rglob("*.py"))]
FILES += [ROOT / f"{room}.py" for room in LEVEL if (ROOT / f"{room}.py").is_file()]
IMPORTS = {module_of(path): imports(path) for path in FILES}
# Commands are imported by the names in a table, when they are called.
IMPORTS["cli.main"] |= {command.module for command in COMMANDS.values()}


@pytest.mark.parametrize("module", IMPORTS)
def test_imports_go_down(module: str) -> None:
    room = module.partition(".")[0]
    others = {name.partition(".")[0] for name in IMPORTS[module]} - {room}
    assert [other for other in others if LEVEL.get(other, 99) <= LEVEL[room]] == []
    assert others & {"tests", "benchmarks"} == set()
    assert others & FORBIDDEN.get(room, set()) == set()


def test_no_file_imports_itself_by_a_detour() -> None:
    graph = {module: names & IMPORTS.keys() - {module} for module, names in IMPORTS.items()}
    TopologicalSorter(graph).prepare()


def test_consensus_knows_nothing_but_its_rule() -> None:
    standard = {"__future__", "collections", "dataclasses"}
    rooms = {name.partition(".")[0] for name in IMPORTS["stream.consensus"]}
    assert rooms - standard == {"settings"}


def test_tests_and_benchmarks_leave_each_other_alone() -> None:
    for room, other in (("tests", "benchmarks"), ("benchmarks", "tests")):
        for path in (ROOT / room).rglob("*.py"):
            assert not any(name.startswith(f"{other}.") for name in imports(path)), path
