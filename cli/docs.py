"""Write the tables of docs/ from the code: ``python -m cli.docs``, or ``make docs``.

Two marks in a page enclose a table, and everything between them is replaced. The tests compare
the pages with the code, so a setting or a message can't change without its page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from settings import REPOSITORY, Settings
from stream.messages import PEER_MESSAGES, SERVER_MESSAGES, Part, ServerMessage

DOCS = REPOSITORY / "docs"
START, END = "<!-- generated: {} (make docs) -->", "<!-- end of generated -->"
_SETTINGS_HEADINGS = ("setting", "default", "meaning")
_MESSAGES_HEADINGS = ("message", "fields", "meaning")
_OBJECTS_HEADINGS = ("object", "fields", "meaning")


def settings_table() -> str:
    """Return every setting as Markdown: a heading and a table for each section.

    Raises:
        ValueError: a setting has no description.
    """
    return "\n\n".join(_sections(Settings, "General", "These stand before the first section.", ""))


def messages_table() -> str:
    """Return every message as Markdown: a table for each direction, and one for their objects."""
    objects = [
        (f"`{name}`", _listed(part.model_fields), _first_line(part))
        for name, part in dict(_objects((*SERVER_MESSAGES, *PEER_MESSAGES))).items()
    ]
    return "\n\n".join(
        (
            "### From the server",
            _table(_MESSAGES_HEADINGS, [_message_row(message) for message in SERVER_MESSAGES]),
            "### To the server",
            _table(_MESSAGES_HEADINGS, [_message_row(message) for message in PEER_MESSAGES]),
            "### Objects in messages",
            _table(_OBJECTS_HEADINGS, objects),
        )
    )


TABLES: dict[str, tuple[str, Callable[[], str]]] = {
    "settings": ("settings.md", settings_table),
    "messages": ("protocol.md", messages_table),
}
"""Each table by the name in its mark: the page that has it, and the function that makes it."""


def generated_part(page: str, name: str) -> str:
    """Return the text between a page's marks.

    Args:
        page: the page's text.
        name: name of the table, as in `TABLES`.

    Raises:
        ValueError: the page has no such marks.
    """
    found = re.search(_pattern(name), page, re.DOTALL)
    if found is None:
        raise ValueError(f"no place for the table: {START.format(name)} ... {END}")
    return found[1]


def write_tables(folder: Path = DOCS) -> list[Path]:
    """Write every table into its page.

    Returns:
        Paths of the pages that have changed.

    Raises:
        ValueError: a page has no place for its table.
    """
    changed = []
    for name, (file, make) in TABLES.items():
        path = folder / file
        old = path.read_text(encoding="utf-8")
        new = old.replace(
            START.format(name) + generated_part(old, name), f"{START.format(name)}\n{make()}\n"
        )
        if new != old:
            path.write_text(new, encoding="utf-8")
            changed.append(path)
    return changed


def _pattern(name: str) -> str:
    return re.escape(START.format(name)) + "(.*?)" + re.escape(END)


def _sections(model: type[BaseModel], title: str, lead: str, prefix: str) -> Iterator[str]:
    """Yield a heading, a sentence and a table for a model, then those of its sections."""
    rows, inner = [], []
    for name, field in model.model_fields.items():
        kind: Any = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            inner.append((kind, f"`{name}`", _first_line(kind), f"{prefix}{name}."))
        elif get_origin(kind) is dict:
            kind = get_args(kind)[1]
            inner.append((kind, f"`{name}`", field.description or "", f"{prefix}{name}.NAME."))
        else:
            rows.append((f"`{prefix}{name}`", _default(field), _meaning(prefix + name, field)))
    yield f"### {title}"
    yield lead
    yield _table(_SETTINGS_HEADINGS, rows)
    for section in inner:
        yield from _sections(*section)


def _meaning(name: str, field: FieldInfo) -> str:
    if not field.description:
        raise ValueError(f"{name} has no description")
    if get_origin(field.annotation) is not Literal:
        return field.description
    return f"{field.description} One of {', '.join(f'`{v}`' for v in get_args(field.annotation))}."


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is PydanticUndefined:
        return "required"
    if value in (None, (), ""):
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value.relative_to(REPOSITORY) if isinstance(value, Path) else value)


def _message_row(message: type[BaseModel]) -> tuple[str, str, str]:
    (name,) = get_args(message.model_fields["type"].annotation)
    shared = ServerMessage.model_fields if issubclass(message, ServerMessage) else {}
    fields = [field for field in message.model_fields if field != "type" and field not in shared]
    return f"`{name}`", _listed(fields), _first_line(message)


def _objects(models: Sequence[type[BaseModel]]) -> Iterator[tuple[str, type[Part]]]:
    """Yield the objects in messages, each with the name of its field."""
    for model in models:
        for name, field in model.model_fields.items():
            for part in _parts_in(field.annotation):
                yield name, part
                yield from _objects([part])


def _parts_in(annotation: Any) -> Iterator[type[Part]]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    for inner in get_args(annotation):
        yield from _parts_in(inner)


def _first_line(model: type[BaseModel]) -> str:
    text = (model.__doc__ or "").strip()
    if not text:
        raise ValueError(f"{model.__name__} has no docstring")
    return text.splitlines()[0]


def _listed(fields: Iterable[str]) -> str:
    return ", ".join(f"`{field}`" for field in fields) or "-"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, row))} |" for row in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    for page in write_tables():
        print(f"written: {page.relative_to(REPOSITORY)}")
