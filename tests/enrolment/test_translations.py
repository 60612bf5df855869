"""Texts, pictures and audio in several languages: from a CSV to the server's responses."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from enrolment.enrol import enrol
from gallery.audio import AudioError, copy_audio
from gallery.catalogue import read_csv
from gallery.store import open_gallery
from gallery.translations import translated_column
from models.embedder import Embedder
from server import make_app
from stream.artwork_card import artwork_part
from tests.conftest import ENROLLED, make_settings
from tests.helpers.translated_gallery import write_tone, write_translated_works


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("text_de", ("text", "de")),
        ("title_pt-br", ("title", "pt-br")),
        ("audio_pt_br", ("audio", "pt-br")),
        ("text", None),
        ("text_source", None),
        ("room_de", None),
        ("text_", None),
    ],
)
def test_columns_name_their_language(name: str, column: tuple[str, str] | None) -> None:
    assert translated_column(name) == column


def test_a_csv_has_texts_in_several_languages(tmp_path: Path) -> None:
    first, *_, silent = read_csv(write_translated_works(tmp_path / "translated", ENROLLED[:3]))
    assert sorted(first.languages) == ["de", "it"]
    assert first.languages["de"].title == f"{first.title} auf Deutsch"
    assert first.languages["de"].audio == tmp_path / "translated" / "erzählt.wav"
    assert (first.languages["it"].title, first.languages["it"].audio) == ("", None)
    assert first.audio == tmp_path / "translated" / "english.wav"
    assert first.details == {"source": "our own"}
    assert silent.audio == tmp_path / "translated" / "nowhere.mp3"


async def test_the_server_serves_all_texts_and_audio(
    tmp_path: Path, embedder: Embedder, model_path: Path
) -> None:
    works = ENROLLED[:3]
    source = write_translated_works(tmp_path / "translated", works)
    done = enrol(
        read_csv(source),
        tmp_path / "gallery",
        embedder,
        name="Translated",
        source=str(source),
        language="en",
    )
    assert [(skipped.artwork_id, skipped.reason) for skipped in done.skipped] == [
        ("silent", "no such file")
    ]
    gallery = open_gallery(tmp_path / "gallery", embedder.card)
    part = artwork_part(gallery, 0)
    address = f"/artworks/{works[0].id}"
    assert part.images == (f"{address}/thumbnail-2.jpg",)
    assert (part.language, part.audio) == ("en", f"{address}/audio")
    assert part.languages["de"].audio == f"{address}/audio/de"
    assert part.languages["it"].text == "Qui lo dice in italiano."
    assert artwork_part(gallery, 1).languages == {}
    assert artwork_part(gallery, 1).audio == ""

    settings = make_settings(tmp_path / "gallery", model_path)
    app = make_app(settings, embedder, gallery)
    async with TestServer(app, host="127.0.0.1") as server, ClientSession() as http:
        url = server.make_url(part.audio)
        async with http.get(url, headers={"Range": "bytes=0-3"}) as response:
            assert (response.status, await response.read()) == (206, b"RIFF")
            assert response.content_type == "audio/wav"
        async with http.get(server.make_url(part.languages["de"].audio)) as response:
            assert await response.read() == (tmp_path / "translated" / "erzählt.wav").read_bytes()
        async with http.get(server.make_url(part.images[0])) as response:
            second = await response.read()
            assert (response.status, second[:2]) == (200, b"\xff\xd8")
        async with http.get(server.make_url(part.image)) as response:
            assert await response.read() != second
        for missing in (
            f"{address}/audio/fr",
            f"{address}/thumbnail-3.jpg",
            f"{address}/thumbnail-0.jpg",
            f"/artworks/{works[1].id}/audio",
            "/artworks/nothing/audio",
        ):
            async with http.get(server.make_url(missing)) as response:
                assert response.status == 404, missing


def test_only_audio_that_browsers_play_is_accepted(tmp_path: Path) -> None:
    write_tone(tmp_path / "tone.wav", 440)
    (tmp_path / "tone.aiff").write_bytes(b"FORM")
    name = copy_audio(tmp_path / "tone.wav", tmp_path / "audio")
    assert (tmp_path / "audio" / name).read_bytes() == (tmp_path / "tone.wav").read_bytes()
    with pytest.raises(AudioError, match="not audio that browsers play"):
        copy_audio(tmp_path / "tone.aiff", tmp_path / "audio")
