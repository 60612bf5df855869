"""What is told of an artwork in further languages, and to be heard: columns such as `text_de`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

AUDIO_TYPES = {
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".aac": "audio/aac",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
}
"""What browsers play, by suffix."""
_COLUMN = re.compile(r"(title|text|audio)_([a-z]{2,3}(?:[-_][a-z0-9]{2,8})*)")


@dataclass(frozen=True, slots=True)
class Translation:
    """What is told of an artwork in one language; what is empty is told in another.

    Attributes:
        title: as the card shows it.
        text: what the card tells.
        audio: to be heard: in a catalogue the file, in a gallery its name there.
    """

    title: str = ""
    text: str = ""
    audio: Path | None = None


def translated_column(name: str) -> tuple[str, str] | None:
    """Read a column's name: `text_de` is (`text`, `de`), `title_pt-br` is (`title`, `pt-br`).

    Returns:
        What it holds and its language as in BCP 47, lower case; None for any other column.
    """
    found = _COLUMN.fullmatch(name)
    return (found[1], found[2].replace("_", "-")) if found else None


def read_translations(
    values: Mapping[str, str], audio_path: Callable[[str], Path]
) -> dict[str, Translation]:
    """Gather one row's translations by language.

    Args:
        values: the row, by column in lower case.
        audio_path: finds the file that an audio column names.
    """
    fields: dict[str, dict[str, str]] = {}
    for name, value in values.items():
        column = translated_column(name)
        if column and value:
            fields.setdefault(column[1], {})[column[0]] = value
    return {
        language: Translation(
            told.get("title", ""),
            told.get("text", ""),
            audio_path(told["audio"]) if "audio" in told else None,
        )
        for language, told in fields.items()
    }
