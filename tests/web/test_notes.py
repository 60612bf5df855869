"""Visitors' notes about a card are accepted, limited, and stored without a trace of the sender."""

from __future__ import annotations

import base64
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image

from serving.notes_store import (
    MAX_NOTES,
    NoteMessage,
    clean_jpeg,
    delete_note,
    keep_note,
    note_picture,
    read_notes,
)
from settings import load_settings
from web.notes import MAX_NOTE_BYTES, Notes
from web.problems import errors_as_problems

Client = TestClient[web.Request, web.Application]
A_NOTE = {"artwork_id": "haystack", "choice": "another"}


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    """A real server that takes three notes a minute."""
    settings = load_settings(server={"notes_folder": tmp_path / "notes"})
    app = web.Application(middlewares=[errors_as_problems])
    app.add_routes(Notes(settings, notes_per_minute=3).routes())
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:
        yield client


def jpeg(size: tuple[int, int] = (320, 240), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (180, 90, 40)).save(out, "JPEG", **options)
    return out.getvalue()


async def test_a_note_is_stored_for_the_curator(client: Client, tmp_path: Path) -> None:
    note_sent = A_NOTE | {"text": " It is the one beside it. ", "language": "de"}
    response = await client.post("/notes", json=note_sent)
    assert response.status == 201
    (note,) = read_notes(tmp_path / "notes")
    assert (note.artwork_id, note.choice, note.language) == ("haystack", "another", "de")
    assert note.text == "It is the one beside it."
    assert not note.has_picture
    assert note_picture(tmp_path / "notes", note.id) is None
    assert "127.0.0.1" not in (tmp_path / "notes" / f"{note.id}.json").read_text()


async def test_a_picture_is_stored_without_the_phones_metadata(
    client: Client, tmp_path: Path
) -> None:
    exif = Image.Exif()
    exif[0x010F] = "A phone's maker"
    sent = jpeg(exif=exif)
    assert b"A phone's maker" in sent
    picture = base64.b64encode(sent).decode()
    response = await client.post("/notes", json=A_NOTE | {"picture": picture})
    assert response.status == 201
    (note,) = read_notes(tmp_path / "notes")
    kept = note_picture(tmp_path / "notes", note.id)
    assert note.has_picture
    assert kept
    assert b"A phone's maker" not in kept.read_bytes()
    assert Image.open(kept).size == (320, 240)
    assert delete_note(tmp_path / "notes", note.id)
    assert list((tmp_path / "notes").iterdir()) == []


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"choice": "boring"}, "choice"),
        ({"artwork_id": ""}, "artwork_id"),
        ({"text": "x" * 501}, "text"),
        ({"who": "me"}, "who"),
        ({"picture": "!"}, "picture"),
        ({"picture": base64.b64encode(b"GIF89a").decode()}, "not a JPEG"),
        ({"picture": base64.b64encode(jpeg()[:200]).decode()}, "not a JPEG"),
        ({"picture": base64.b64encode(jpeg((1281, 8))).decode()}, "1280"),
    ],
)
async def test_an_invalid_note_is_refused(
    client: Client, tmp_path: Path, change: dict[str, str], detail: str
) -> None:
    response = await client.post("/notes", json=A_NOTE | change)
    assert response.status == 400
    assert response.content_type == "application/problem+json"
    assert detail in (await response.json())["detail"]
    assert read_notes(tmp_path / "notes") == []


async def test_other_types_and_sizes_are_refused(client: Client) -> None:
    response = await client.post("/notes", data="artwork_id=haystack")
    assert response.status == 415
    headers = {"Content-Type": "application/json"}
    response = await client.post("/notes", data=b"x" * (MAX_NOTE_BYTES + 1), headers=headers)
    assert response.status == 413


async def test_more_notes_than_a_museum_reads_are_refused(client: Client) -> None:
    for _ in range(3):
        assert (await client.post("/notes", json=A_NOTE)).status == 201
    refused = await client.post("/notes", json=A_NOTE)
    assert refused.status == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 61


async def test_a_folder_that_cannot_be_written_is_reported(client: Client, tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("in the way")
    assert (await client.post("/notes", json=A_NOTE)).status == 503


@pytest.mark.slow
def test_the_oldest_notes_are_deleted_beyond_the_limit(tmp_path: Path) -> None:
    message, began = NoteMessage.model_validate(A_NOTE), datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(MAX_NOTES + 2):
        keep_note(tmp_path, message, jpeg((8, 8)), began + timedelta(seconds=number))
    notes = read_notes(tmp_path)
    assert len(notes) == MAX_NOTES
    assert notes[0].received == (began + timedelta(seconds=MAX_NOTES + 1)).isoformat()
    assert notes[-1].received == (began + timedelta(seconds=2)).isoformat()
    assert len(list(tmp_path.glob("*.jpg"))) == MAX_NOTES


def test_a_damaged_note_does_not_hide_the_others(tmp_path: Path) -> None:
    note = keep_note(tmp_path, NoteMessage.model_validate(A_NOTE), None, datetime.now(UTC))
    (tmp_path / "20990101T000000-00000000.json").write_text("{")
    assert read_notes(tmp_path) == [note]


@pytest.mark.parametrize("name", ["../secret", "20260101T000000-0000000g", "", "a/b"])
def test_nothing_but_notes_can_be_deleted(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.json").write_text("kept")
    (tmp_path / "notes").mkdir()
    assert not delete_note(tmp_path / "notes", name)
    assert note_picture(tmp_path / "notes", name) is None
    assert (tmp_path / "secret.json").read_text() == "kept"


def test_only_jpegs_are_pictures() -> None:
    with pytest.raises(ValueError, match="not a JPEG"):
        clean_jpeg(b"")
