"""The commands as a user runs them: real processes, real exit statuses, real signals."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession, TCPConnector
from PIL import Image
from yarl import URL

from evaluation.filmed_clips import filmed, mount, write_clip
from settings import REPOSITORY
from tests.conftest import ENROLLED, NEVER_IDLE, PATIENT, write_works
from tests.helpers.shared_folders import linked_copy
from tests.helpers.webrtc_peer import Visitor

VERNISSAGE = Path(sys.executable).with_name("vernissage")
LONG_S = 240
"""Longer than anything here takes on the busiest machine."""
UNHURRIED = {
    f"VERNISSAGE_{section}__{name.upper()}": str(value)
    for section, settings in (("SERVER", NEVER_IDLE), ("CONSENSUS", PATIENT))
    for name, value in settings.items()
}


def environment(model_path: Path) -> dict[str, str]:
    return os.environ | {"VERNISSAGE_MODEL__PATH": str(model_path), "COLUMNS": "200"}


def command(*arguments: object, model_path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [VERNISSAGE, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=LONG_S,
        check=False,
        env=environment(model_path),
        cwd=REPOSITORY,
    )


@asynccontextmanager
async def serving(
    *flags: object,
    model_path: Path,
    program: tuple[str, ...] = (str(VERNISSAGE), "serve"),
    stderr: bool = False,
) -> AsyncIterator[tuple[asyncio.subprocess.Process, URL]]:
    """Run the server; yield its process and the URL of its first line."""
    process = await asyncio.create_subprocess_exec(
        *program,
        *map(str, ("--host", "127.0.0.1", "--port", "0", *flags)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE if stderr else None,
        env=environment(model_path) | UNHURRIED,
        cwd=REPOSITORY,
    )
    try:
        assert process.stdout
        first = await asyncio.wait_for(process.stdout.readline(), LONG_S)
        yield process, URL(first.decode().strip())
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_serve_prints_its_url_and_stops_with_streams_alive(
    gallery_folder: Path, model_path: Path, tmp_path: Path
) -> None:
    clip = write_clip(tmp_path / "clip.webm", filmed(mount(ENROLLED[1].paint()), 3), repeat=60)
    async with (
        serving("--gallery", gallery_folder, "--no-tls", model_path=model_path) as (process, url),
        Visitor(url, clip) as one,
        Visitor(url, clip) as other,
    ):
        assert url.scheme == "http"
        await one.hear("progress")
        await other.hear("progress")
        process.send_signal(signal.SIGINT)
        # The streams would go on for much longer: clips repeat, and nobody is idle.
        assert await asyncio.wait_for(process.wait(), 3 * 60 / 2) == 0


async def test_serve_over_https_with_the_local_authority(
    gallery_folder: Path, model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERNISSAGE_SERVER__TLS_FOLDER", str(tmp_path / "tls"))
    program = (sys.executable, "server.py")
    async with serving("--gallery", gallery_folder, model_path=model_path, program=program) as (
        process,
        url,
    ):
        assert url.scheme == "https"
        authority = tmp_path / "tls" / "ca.pem"
        trusting = ssl.create_default_context(cafile=str(authority))
        async with (
            ClientSession(connector=TCPConnector(ssl=trusting)) as http,
            http.get(url) as response,
        ):
            assert response.status == 200
            assert "default-src 'self'" in response.headers["Content-Security-Policy"]
            assert "<title>" in await response.text()
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), LONG_S) == 0


async def test_a_new_version_of_the_gallery_goes_live(
    looked_at: Path, model_path: Path, tmp_path: Path
) -> None:
    out = linked_copy(looked_at, tmp_path / "gallery")
    source = write_works(tmp_path / "works", ENROLLED[:4])
    clip = write_clip(tmp_path / "clip.webm", filmed(mount(ENROLLED[3].paint()), 3), repeat=60)
    async with (
        serving("--gallery", out, "--no-tls", model_path=model_path) as (_, url),
        Visitor(url, clip) as visitor,
    ):
        await visitor.hear("not_found")
        again = await asyncio.to_thread(
            command, "enrol", source, "--out", out, model_path=model_path
        )
        assert again.returncode == 0
        match = await visitor.hear("match")
        assert match["artwork"]["id"] == ENROLLED[3].id


def test_bad_input_is_one_clear_line(
    gallery_folder: Path, model_path: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "x.jpg").write_text("not a picture")
    cases: list[tuple[list[object], str]] = [
        (["enrol", tmp_path / "none", "--out", tmp_path / "g"], "no such file or folder"),
        (["enrol", tmp_path / "empty", "--out", tmp_path / "g"], "no pictures in it"),
        (["enrol", tmp_path / "bad", "--out", tmp_path / "g"], "x.jpg: not a picture"),
        (["enrol", tmp_path, "--quick", "--out", tmp_path / "g"], "vernissage enrol demo --quick"),
        (["serve", "--gallery", tmp_path / "none"], "vernissage enrol SOURCE --out"),
        (["replay", tmp_path / "none.mp4", "--gallery", gallery_folder], "no such file"),
        (["serve", "--gallery", gallery_folder, "--cert", tmp_path / "x.pem"], "key"),
    ]
    for arguments, words in cases:
        done = command(*arguments, model_path=model_path)
        assert done.returncode == 1, done
        last = done.stderr.strip().splitlines()[-1]
        assert last.startswith("vernissage: ")
        assert words in last
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "g").exists()


def test_a_taken_port_is_reported(gallery_folder: Path, model_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        flags = ("--gallery", gallery_folder, "--host", "127.0.0.1", "--port", port, "--no-tls")
        done = command("serve", *flags, model_path=model_path)
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert "choose another --port" in done.stderr


def test_a_missing_model_is_reported(gallery_folder: Path, tmp_path: Path) -> None:
    done = command("serve", "--gallery", gallery_folder, model_path=tmp_path / "none.onnx")
    assert (
        done.returncode,
        done.stderr.strip().splitlines()[-1].endswith("vernissage export"),
    ) == (
        1,
        True,
    )


def test_enrol_and_replay_a_folder(model_path: Path, tmp_path: Path) -> None:
    works = tmp_path / "my works"
    works.mkdir()
    for work in ENROLLED[:3]:
        Image.fromarray(work.paint()).save(works / f"{work.title}.jpg")
    out = tmp_path / "gallery"
    done = command("enrol", works, "--out", out, "--name", "Mine", model_path=model_path)
    assert done.returncode == 0, done.stderr
    assert "Mine" in done.stderr
    known = write_clip(tmp_path / "known.mp4", filmed(mount(ENROLLED[1].paint()), 2))
    unknown = write_clip(tmp_path / "unknown.mp4", filmed(mount(ENROLLED[7].paint()), 2))
    truth = tmp_path / "truth.csv"
    artwork_id = json.loads((out / "artworks.jsonl").read_text().splitlines()[0])["id"]
    rows = [f"known.mp4,{artwork_id},0,2,made,", "unknown.mp4,,,,made,"]
    truth.write_text("\n".join(["clip,artwork_id,from_s,to_s,kind,also", *rows]))
    clips = (known, unknown)
    done = command(
        "replay", *clips, "--gallery", out, "--truth", truth, "--json", model_path=model_path
    )
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    assert {message["clip"] for message in messages} == {"known.mp4", "unknown.mp4"}
    (match,) = [message for message in messages if message["type"] == "match"]
    right = match["artwork"]["title"] == ENROLLED[1].title
    assert done.returncode == (0 if right and artwork_id == match["artwork"]["id"] else 1)
    again = command(
        "replay", *clips, "--gallery", out, "--truth", truth, "--json", model_path=model_path
    )
    assert again.stdout == done.stdout, "a replay is deterministic"


def test_doctor_finds_a_missing_gallery(
    gallery_folder: Path, model_path: Path, tmp_path: Path
) -> None:
    done = command("doctor", "--gallery", tmp_path / "none", model_path=model_path)
    assert done.returncode == 1
    assert "vernissage enrol SOURCE" in done.stderr
    assert "a crop" in done.stderr
