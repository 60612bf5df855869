"""Store visitors' notes: what they write about a wrong card, for the curator to read.

A note is a JSON file, with a JPEG beside it where the visitor agreed to send that one frame.
Nothing in it identifies the sender.
"""

from __future__ import annotations

import io
import logging
import re
import secrets
from datetime import datetime
from pathlib import Path
from typing import Literal

from PIL import Image
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, ValidationError

from common.files import write_atomic
from vision.images import decode_jpeg

log = logging.getLogger("vernissage.notes")

MAX_NOTES = 1000
MAX_PICTURE_PX = 1280
_ID = re.compile(r"\d{8}T\d{6}-[0-9a-f]{8}")

Choice = Literal["another", "nothing", "text"]
"""It is another artwork; there is no artwork; the card's text is wrong."""


class NoteMessage(BaseModel):
    """A note as a visitor sends it; `picture` is a JPEG in base64, where the visitor agreed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    artwork_id: str = Field(min_length=1, max_length=200)
    choice: Choice
    text: str = Field("", max_length=500)
    language: str = Field("", max_length=35)
    picture: Base64Bytes | None = None


class Note(BaseModel):
    """A note as it is stored.

    Attributes:
        id: name of its files.
        received: day and time, ISO 8601, UTC.
        artwork_id: id of the artwork on the card.
        choice: what is wrong.
        text: the visitor's own words; may be empty.
        language: language of the visitor's page, a BCP 47 tag.
        has_picture: whether a frame is stored with it.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    received: str
    artwork_id: str
    choice: Choice
    text: str
    language: str
    has_picture: bool


def read_notes(folder: Path) -> list[Note]:
    """Read all notes, newest first; a note that can't be read is logged and left out."""
    notes = []
    for path in sorted(folder.glob("*.json"), reverse=True):
        try:
            notes.append(Note.model_validate_json(path.read_bytes()))
        except (OSError, ValidationError) as error:
            log.warning("%s: a note that can't be read is left out: %r", path, error)
    return notes


def note_picture(folder: Path, note_id: str) -> Path | None:
    """Return the file of the frame that was sent with a note, if there is one."""
    path = folder / f"{note_id}.jpg"
    return path if _ID.fullmatch(note_id) and path.is_file() else None


def delete_note(folder: Path, note_id: str) -> bool:
    """Delete a note and its frame; return whether there was such a note."""
    if not _ID.fullmatch(note_id):
        return False
    # The frame goes first: no frame may be left behind without its note.
    (folder / f"{note_id}.jpg").unlink(missing_ok=True)
    try:
        (folder / f"{note_id}.json").unlink()
    except FileNotFoundError:
        return False
    return True


def keep_note(folder: Path, message: NoteMessage, picture: bytes | None, now: datetime) -> Note:
    """Store a note; where there are more than 1000, delete the oldest.

    Args:
        folder: folder of the notes; it is made if it is missing.
        message: the visitor's message.
        picture: the checked frame, a JPEG.
        now: the time, UTC.
    """
    note = Note(
        id=f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}",
        received=now.isoformat(timespec="seconds"),
        artwork_id=message.artwork_id,
        choice=message.choice,
        text=message.text.strip(),
        language=message.language,
        has_picture=picture is not None,
    )
    folder.mkdir(parents=True, exist_ok=True)
    if picture is not None:
        write_atomic(folder / f"{note.id}.jpg", picture)
    write_atomic(folder / f"{note.id}.json", note.model_dump_json(indent=1).encode() + b"\n")
    for path in sorted(folder.glob("*.json"))[:-MAX_NOTES]:
        delete_note(folder, path.stem)
    return note


def clean_jpeg(data: bytes) -> bytes:
    """Encode a JPEG anew, so that nothing but the picture is stored: no place, no device.

    Raises:
        JpegError: the data is no JPEG, is damaged, or has a side of more than 1280 pixels.
    """
    rgb = decode_jpeg(data, max_pixels=MAX_PICTURE_PX**2, max_side=MAX_PICTURE_PX)
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", quality=85)
    return out.getvalue()
