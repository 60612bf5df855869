"""Texts and audio of artworks in further languages, from columns such as `text_de`."""

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
"""Media types of audio that browsers play, by file suffix."""
_COLUMN = re.compile(r"(title|text|audio)_([a-z]{2,3}(?:[-_][a-z0-9]{2,8})*)")


@dataclass(frozen=True, slots=True)
class Translation:
    """An artwork's texts and audio in one language; another language stands in for an empty one.

    Attributes:
        title: shown on the card.
        text: shown on the card.
        audio: in a catalogue the file's path, in a gallery its name there.
    """

    title: str = ""
    text: str = ""
    audio: Path | None = None


def translated_column(name: str) -> tuple[str, str] | None:
    """Parse a column's name: `text_de` is (`text`, `de`), `title_pt-br` is (`title`, `pt-br`).

    Returns:
        The field and its language as a BCP 47 tag in lower case; None for any other column.
    """
    found = _COLUMN.fullmatch(name)
    return (found[1], found[2].replace("_", "-")) if found else None


def read_translations(
    values: Mapping[str, str], audio_path: Callable[[str], Path]
) -> dict[str, Translation]:
    """Collect one row's translations by language.

    Args:
        values: the row's values by column name, in lower case.
        audio_path: resolves the file that an audio column names.
    """
    fields: dict[str, dict[str, str]] = {}
    for name, value in values.items():
        column = translated_column(name)
        if column and value:
            fields.setdefault(column[1], {})[column[0]] = value
    return {
        language: Translation(
            given.get("title", ""),
            given.get("text", ""),
            audio_path(given["audio"]) if "audio" in given else None,
        )
        for language, given in fields.items()
    }
