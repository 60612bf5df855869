"""Access to the studio, and its records of visitors: counts and notes."""

from __future__ import annotations

import asyncio
import base64
import csv
import io
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult

from enrolment.fetch import Fetcher, FetchError, public_socket
from models.embedder import Embedder
from serving.visits import DayVisits
from settings import Settings, SettingsError, load_settings
from tests.cli.test_commands import command, serving
from tests.conftest import ENROLLED
from tests.helpers.studio_client import (
    OWN_PAGE,
    TOKEN,
    Client,
    json_of,
    photograph,
    refusal,
    sign_in,
    studio_of,
)
from web.studio import access
from web.studio.access import COOKIE, SIGNED_IN_S, studio_token, token_note

OPEN = {("GET", "/studio"), ("HEAD", "/studio"), ("POST", "/studio/session")}
"""Everything that answers without a sign-in: the empty page, and signing in."""
WORK = ENROLLED[1]


@pytest.fixture
async def stranger(
    dozen: Path, model_path: Path, embedder: Embedder, tmp_path: Path
) -> AsyncIterator[Client]:
    """A browser that shows the studio's page, not signed in."""
    kept = {"notes_folder": tmp_path / "notes", "visits_folder": tmp_path / "visits"}
    async with studio_of(dozen, model_path, embedder, server=kept) as client:
        yield client


@pytest.fixture
async def client(stranger: Client) -> Client:
    """A curator's browser."""
    await sign_in(stranger)
    return stranger


def guarded(client: Client) -> list[tuple[str, str]]:
    """Method and path of everything under `/studio` that needs a sign-in."""
    assert client.app
    routes = [
        (route.method, route.resource.canonical)
        for route in client.app.router.routes()
        if route.resource and route.resource.canonical.startswith("/studio")
    ]
    assert set(routes) >= OPEN
    return [
        (method, path.replace("{id}", "x").replace("{name}", "y"))
        for method, path in routes
        if (method, path) not in OPEN
    ]


async def test_nothing_answers_without_a_sign_in(stranger: Client) -> None:
    assert len(guarded(stranger)) > 20
    page = await stranger.get("/studio")
    assert page.status == 200
    assert ENROLLED[0].title not in await page.text()
    forged = ("", "x", f"{int(time.time()) + 900}.{'0' * 64}", f".{'0' * 64}", "1.é", "9" * 5000)
    for cookie in (None, *forged):
        headers = OWN_PAGE | ({"Cookie": f"{COOKIE}={cookie}"} if cookie is not None else {})
        for method, path in guarded(stranger):
            answer = await stranger.request(method, path, headers=headers)
            assert answer.status == 401, (method, path, cookie)
            assert answer.content_type == "application/problem+json"


async def test_a_cookie_that_is_no_text_is_refused(stranger: Client) -> None:
    reader, writer = await asyncio.open_connection(stranger.host, stranger.port)
    asked = b"GET /studio/work.json HTTP/1.1\r\nHost: x\r\nCookie: studio=1.\xff\r\n\r\n"
    writer.write(asked)
    assert (await reader.readline()).split()[1] == b"401"
    writer.close()


async def test_other_sites_write_nothing(client: Client) -> None:
    writing = [(m, path) for m, path in guarded(client) if m not in ("GET", "HEAD")]
    assert len(writing) > 10
    elsewhere: list[dict[str, str]] = [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ]
    client.session.headers.clear()
    origins = ("https://museum.example", "null", "http://[", "http://127.0.0.1", "")
    elsewhere += [{"Origin": origin} for origin in origins]
    for headers in [{}, *elsewhere]:
        for method, path in [*writing, ("POST", "/studio/session")]:
            answer = await client.request(method, path, headers=headers, data=TOKEN)
            assert answer.status == 403, (method, path, headers)
    own = {"Origin": str(client.make_url("")).rstrip("/")}
    answer = await client.delete("/studio/notes/x", headers=own)
    assert answer.status == 404, "browsers without Sec-Fetch-Site send the origin"


async def test_a_cookie_is_for_this_studio_and_for_twelve_hours(
    stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await stranger.post("/studio/session", data=f"{TOKEN}\n")
    cookie = answer.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/studio")
    assert (cookie["secure"], cookie["max-age"]) == ("", str(SIGNED_IN_S))
    assert TOKEN not in cookie.value
    assert (await stranger.get("/studio/work.json")).status == 200
    later = SimpleNamespace(time=lambda: time.time() + SIGNED_IN_S + 2, monotonic=time.monotonic)
    monkeypatch.setattr(access, "time", later)
    assert (await stranger.get("/studio/work.json")).status == 401
    monkeypatch.undo()
    expires, _, signature = cookie.value.partition(".")
    for changed in (f"{int(expires) + 9}.{signature}", f"{expires}.{signature[:-1]}", expires):
        headers = {"Cookie": f"{COOKIE}={changed}"}
        stranger.session.cookie_jar.clear()
        assert (await stranger.get("/studio/work.json", headers=headers)).status == 401
    headers = {"Cookie": f"{COOKIE}={cookie.value}"}
    assert (await stranger.get("/studio/work.json", headers=headers)).status == 200


async def test_signing_out_deletes_the_cookie(client: Client) -> None:
    assert isinstance(client.session.cookie_jar, CookieJar)
    assert (await client.delete("/studio/session")).status == 204
    assert (await client.get("/studio/work.json")).status == 401
    assert len(client.session.cookie_jar) == 0


async def test_guessing_is_slow(stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in ["", "x", TOKEN[:-1], TOKEN + "x", "é", *"abcde"]:
        assert (await refusal(stranger, "POST", "/studio/session", data=wrong))[0] == 401
    answer = await stranger.post("/studio/session", data=TOKEN)
    assert answer.status == 429, "the right one, too: it might be a guess"
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    wait_s = int(answer.headers["Retry-After"])
    later = SimpleNamespace(time=time.time, monotonic=lambda: time.monotonic() + wait_s)
    monkeypatch.setattr(access, "time", later)
    await sign_in(stranger)


def test_the_token_is_made_once_and_shown_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "token"
    settings = load_settings(studio={"token_file": path})
    note = token_note(settings)
    token, made = studio_token(settings)
    assert not made
    assert len(token) >= 32
    assert note == f"(token: {token}, kept in {path})"
    assert token_note(settings) == f"(token: in {path})"
    assert path.stat().st_mode & 0o777 == 0o600, "nobody else on this machine may read it"
    assert studio_token(load_settings(studio={"token_file": tmp_path / "other"}))[0] != token


def test_a_token_of_ones_own(tmp_path: Path) -> None:
    own: dict[str, Any] = {"token": TOKEN, "token_file": tmp_path / "token"}
    settings = load_settings(studio=own)
    assert studio_token(settings) == (TOKEN, False)
    assert token_note(settings) == "(token: the setting studio.token)"
    assert not (tmp_path / "token").exists()
    assert TOKEN not in repr(settings)
    with pytest.raises(SettingsError, match=r"studio\.token: .*16") as refused:
        load_settings(studio={"token": "too short"})
    assert "too short" not in str(refused.value).replace("String is too short", "")


@pytest.mark.parametrize("kind", ["below a file", "folder", "not text"])
def test_a_token_that_cannot_be_stored_is_one_clear_line(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "token"
    if kind == "below a file":
        path.write_text("x")
        path = path / "token"
    elif kind == "folder":
        path.mkdir()
    else:
        path.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match=r"studio\.token_file") as refused:
        studio_token(Settings(studio={"token_file": path}))
    assert "\n" not in str(refused.value)
    assert str(path) in str(refused.value)


async def test_the_terminal_shows_the_token_at_first_start_only(
    gallery_folder: Path, model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "token"
    monkeypatch.setenv("VERNISSAGE_STUDIO__TOKEN_FILE", str(path))
    monkeypatch.setenv("VERNISSAGE_SERVER__TLS_FOLDER", str(tmp_path / "tls"))
    notes = []
    for _ in range(2):
        async with serving("--gallery", gallery_folder, model_path=model_path) as (process, url):
            assert process.stdout
            while not (line := (await process.stdout.readline()).decode()).startswith("For cur"):
                assert line
            notes.append(line.strip().removeprefix(f"For curators: {url / 'studio'} "))
            token = path.read_text().strip()
            async with ClientSession(headers=OWN_PAGE) as http:
                answer = await http.post(url / "studio" / "session", data=token, ssl=False)
                assert answer.status == 204
                assert answer.cookies[COOKIE]["secure"] is True
    assert notes == [f"(token: {token}, kept in {path})", f"(token: in {path})"]


def test_a_server_without_a_token_does_not_start(
    gallery_folder: Path, model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("VERNISSAGE_STUDIO__TOKEN_FILE", str(tmp_path / "file" / "token"))
    done = command("serve", "--gallery", gallery_folder, "--no-tls", model_path=model_path)
    assert done.returncode == 1
    assert done.stdout == ""
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("vernissage: the studio's token can't be kept in")
    assert "Traceback" not in done.stderr


async def test_visits_are_served_as_csv_and_json(client: Client, tmp_path: Path) -> None:
    (tmp_path / "visits").mkdir()
    for day, times in (("2026-05-01", 1), ("2026-05-02", 3)):
        visits = DayVisits(not_found=2)
        for _ in range(times):
            visits.matched(WORK.id, "Crème, “brûlée”", 1.0)
        visits.matched(ENROLLED[0].id, ENROLLED[0].title, 2.0)
        (tmp_path / "visits" / f"{day}.json").write_text(visits.model_dump_json())
    (tmp_path / "visits" / "2026-05-03.json").write_text("{")
    answer = await client.get("/studio/visits.csv")
    assert (answer.content_type, answer.charset) == ("text/csv", "utf-8")
    assert "visits.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(await answer.text())))
    assert [(row["day"], row["artwork_id"]) for row in rows if not row["artwork_id"]] == [
        ("2026-05-01", ""),
        ("2026-05-02", ""),
    ]
    mine = [row for row in rows if row["artwork_id"] == WORK.id]
    assert [(row["title"], row["matches"]) for row in mine] == [
        ("Crème, “brûlée”", "1"),
        ("Crème, “brûlée”", "3"),
    ]
    assert await json_of(client, "/studio/visits.json") == {
        "days": [
            {"day": "2026-05-01", "matches": 2, "not_found": 2},
            {"day": "2026-05-02", "matches": 4, "not_found": 2},
        ],
        "artworks": [
            {"id": WORK.id, "title": "Crème, “brûlée”", "matches": 4, "median_s": 1.0},
            {"id": ENROLLED[0].id, "title": ENROLLED[0].title, "matches": 2, "median_s": 2.0},
        ],
        "left_out": 0,
    }


async def test_notes_are_read_and_deleted(client: Client, tmp_path: Path) -> None:
    assert await json_of(client, "/studio/notes.json") == []
    picture = base64.b64encode(photograph(WORK)).decode()
    for content in ({"text": "Wrong year."}, {"picture": picture}):
        sent = {"artwork_id": WORK.id, "choice": "text"} | content
        assert (await client.post("/notes", json=sent)).status == 201
    notes = {note["has_picture"]: note for note in await json_of(client, "/studio/notes.json")}
    assert notes[False]["text"] == "Wrong year."
    assert notes[False]["title"] == WORK.title
    assert (await client.get(f"/studio/notes/{notes[False]['id']}.jpg")).status == 404
    shown = await client.get(f"/studio/notes/{notes[True]['id']}.jpg")
    assert (shown.status, shown.content_type) == (200, "image/jpeg")
    assert shown.headers["Cache-Control"] == "no-store"
    for gone in ("..%2F..%2Fsecret", "x", "20260101T000000-00000000"):
        assert (await client.delete(f"/studio/notes/{gone}")).status == 404
        assert (await client.get(f"/studio/notes/{gone}.jpg")).status == 404
    assert (await client.delete(f"/studio/notes/{notes[True]['id']}")).status == 204
    assert await json_of(client, "/studio/notes.json") == [notes[False]]
    assert (await client.delete(f"/studio/notes/{notes[False]['id']}")).status == 204
    assert list((tmp_path / "notes").iterdir()) == []


class TwoAddresses(AbstractResolver):
    """Resolve every name to inner addresses, one of each kind."""

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        kinds = ((socket.AF_INET6, "::ffff:127.0.0.1"), (socket.AF_INET, "10.0.0.1"))
        return [
            ResolveResult(hostname=host, host=to, port=port, family=kind, proto=0, flags=0)
            for kind, to in kinds
        ]

    async def close(self) -> None:
        pass


async def test_names_do_not_lead_to_inner_addresses(tmp_path: Path) -> None:
    connector = TCPConnector(socket_factory=public_socket, resolver=TwoAddresses())
    async with ClientSession(connector=connector) as http:
        fetcher = Fetcher(http, tmp_path, 0.01)
        for host in ("museum.example", "127.0.0.1", "[::1]", "169.254.169.254", "[fe80::1]"):
            with pytest.raises(FetchError, match="an address inside this network"):
                await fetcher.json(f"http://{host}:9/manifest")
