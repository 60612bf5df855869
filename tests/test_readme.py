"""The README holds what the code has: every setting, message, command and make target."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from cli.main import app
from settings import REPOSITORY, Settings
from stream.messages import PEER_MESSAGES, SERVER_MESSAGES, ServerMessage

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def shown(default: object) -> str:
    """A default as the README writes it."""
    if default in (None, (), "", PydanticUndefined):
        return "none"
    if isinstance(default, bool):
        return "on" if default else "off"
    return str(default.relative_to(REPOSITORY) if isinstance(default, Path) else default)


def settings_rows(model: type[BaseModel] = Settings, prefix: str = "") -> list[str]:
    """The table of settings as the README must have it."""
    rows = []
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            rows += settings_rows(kind, f"{name}.")
            continue
        if get_origin(kind) is dict:
            rows += settings_rows(get_args(kind)[1], f"{name}.NAME.")
            continue
        assert field.description, f"{prefix}{name} has no description"
        rows.append(f"| `{prefix}{name}` | {shown(field.default)} | {field.description} |")
    return rows


def message_rows() -> list[str]:
    """The table of messages as the README must have it."""
    rows = []
    messages: tuple[type[BaseModel], ...] = (*SERVER_MESSAGES, *PEER_MESSAGES)
    for message in messages:
        way = "to the page" if issubclass(message, ServerMessage) else "from the page"
        (name,) = get_args(message.model_fields["type"].annotation)
        fields = [f for f in message.model_fields if f not in ("type", "seq", "t")]
        listed = ", ".join(f"`{field}`" for field in fields) or "-"
        what = (message.__doc__ or "").strip().splitlines()[0]
        rows.append(f"| `{name}` | {way} | {listed} | {what} |")
    return rows


def test_every_setting_is_in_the_readme() -> None:
    missing = [row for row in settings_rows() if row not in README]
    assert not missing, "\n" + "\n".join(missing)


def test_the_readme_has_no_setting_that_is_gone() -> None:
    documented = set(re.findall(r"^\| `([a-zA-Z_.]+)` \|", README, re.MULTILINE))
    known = {row.split("`")[1] for row in (*settings_rows(), *message_rows())}
    assert documented <= known


def test_every_message_is_in_the_readme() -> None:
    missing = [row for row in message_rows() if row not in README]
    assert not missing, "\n" + "\n".join(missing)


def test_every_command_and_make_target_is_in_the_readme() -> None:
    for command in app.registered_commands:
        assert f"vernissage {command.name}" in README
    targets = re.findall(r"^([a-z]+):.*## ", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
    assert targets
    for target in targets:
        assert f"make {target}" in README


def test_files_that_the_readme_names_are_there() -> None:
    for name in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (REPOSITORY / name).exists(), name
