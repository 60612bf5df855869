"""The command `vernissage settings`: show the settings in force."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import EnvSettingsSource, TomlConfigSettingsSource
from rich.markup import escape
from rich.table import Table

from common.console import clear_errors, console
from settings import Settings, config_file, load_settings

_SECRET_NAME = re.compile(r"token|password|secret|credential")
_USER_IN_URL = re.compile(r"(?<=://)[^/@\s]*@")
HIDDEN = "(hidden)"


def show_settings(
    toml: Annotated[
        bool,
        typer.Option("--toml", help="Instead, print a commented TOML file with every default."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on standard output.")
    ] = False,
) -> None:
    """Show every setting in force, and where it comes from. Secrets are hidden.

    To begin a settings file: vernissage settings --toml > vernissage.toml
    """
    if toml:
        typer.echo(toml_template(), nl=False)
        return
    with clear_errors():
        rows = effective(load_settings())
    if as_json:
        typer.echo(json.dumps({name: {"value": v, "from": o} for name, v, o in rows}, indent=2))
        return
    table = Table("setting", "value", "from")
    for name, value, origin in rows:
        table.add_row(name, escape(str(value)), origin, style="dim" if origin == "default" else "")
    console.print(table)


def effective(settings: Settings) -> list[tuple[str, Any, str]]:
    """Return each setting's name, its value (secrets hidden) and where the value comes from."""
    file = config_file()
    given: list[tuple[str, dict[str, Any]]] = [
        ("environment", EnvSettingsSource(Settings)()),
        (str(file), TomlConfigSettingsSource(Settings, toml_file=file)()),
    ]
    rows = []
    for path, _ in _fields(Settings):
        value: Any = settings
        for part in path:
            value = getattr(value, part)
        origin = next((name for name, values in given if _holds(values, path)), "default")
        rows.append((".".join(path), _shown(path[-1], value), origin))
    return rows


def toml_template() -> str:
    """Return a TOML file with every setting commented out, with its meaning and default."""
    lines = ["# Settings of Vernissage. Remove the # in front of what you change."]
    section: tuple[str, ...] = ()
    for path, field in _fields(Settings):
        if path[:-1] != section:
            section = path[:-1]
            lines += ["", f"[{'.'.join(section)}]"]
        default = field.get_default(call_default_factory=True)
        value = '"..."  # none by default' if default is None else _as_toml(default)
        lines += ["", f"# {field.description}", f"# {path[-1]} = {value}"]
    return "\n".join(lines) + "\n"


def _fields(
    model: type[BaseModel], before: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], FieldInfo]]:
    """Yield path and field of every setting; those without a section come first, as in TOML."""
    sections = []
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            sections.append((name, field.annotation))
        else:
            yield (*before, name), field
    for name, section in sections:
        yield from _fields(section, (*before, name))


def _holds(values: dict[str, Any], path: tuple[str, ...]) -> bool:
    inner: Any = values
    for part in path:
        if not isinstance(inner, dict) or part not in inner:
            return False
        inner = inner[part]
    return True


def _shown(name: str, value: Any) -> Any:
    """Turn a value into plain JSON, without secrets at any depth."""
    if isinstance(value, SecretStr) or (value and _SECRET_NAME.search(name)):
        return HIDDEN
    if isinstance(value, BaseModel):
        return {inner: _shown(inner, kept) for inner, kept in value}
    if isinstance(value, dict):
        return {str(inner): _shown(str(inner), kept) for inner, kept in value.items()}
    if isinstance(value, tuple | list):
        return [_shown(name, kept) for kept in value]
    if isinstance(value, str | Path):
        return _USER_IN_URL.sub(f"{HIDDEN}@", str(value))
    return value


def _as_toml(value: Any) -> str:
    # TOML writes strings, numbers, booleans, lists and the empty table as JSON does.
    return json.dumps(value, default=str, ensure_ascii=False)
