"""Logs of a real server and a real visit: one line for each event, JSON, no IP addresses."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import socket
import sys
from datetime import datetime
from pathlib import Path

import pytest
from yarl import URL

from common.logs import REMOVED, JsonLines, TextLines, without_addresses
from evaluation.filmed_clips import filmed, mount, write_clip
from tests.cli.test_commands import LONG_S, UNHURRIED, VERNISSAGE, environment
from tests.conftest import ENROLLED
from tests.helpers.webrtc_peer import Visitor
from web.tls import lan_addresses


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from 192.0.2.7:443.", f"from {REMOVED}:443."),
        ("('2001:db8::7', 443)", f"('{REMOVED}', 443)"),
        ("fe80::1%eth0 went", f"{REMOVED}%eth0 went"),
        ("at 12:30:45 in 3.11", "at 12:30:45 in 3.11"),
        ("aiortc::thing", "aiortc::thing"),
    ],
)
def test_ip_addresses_are_removed(text: str, expected: str) -> None:
    assert without_addresses(text) == expected


def test_an_exception_stays_on_its_line() -> None:
    try:
        raise OSError("no route to 192.0.2.7")
    except OSError:
        record = logging.LogRecord("x", 40, "f", 1, "failed", (), sys.exc_info())
    for formatter in (TextLines(), JsonLines()):
        line = formatter.format(record)
        assert "\n" not in line
        assert "OSError" in line
        assert "192.0.2.7" not in line


async def test_the_log_of_a_visit_is_json_without_addresses(
    gallery_folder: Path, model_path: Path, tmp_path: Path
) -> None:
    clip = write_clip(tmp_path / "clip.webm", filmed(mount(ENROLLED[1].paint()), 3), repeat=20)
    flags = ("--host", "127.0.0.1", "--port", "0", "--no-tls", "--json", "--gallery")
    log = tmp_path / "log"
    with log.open("wb") as written:
        process = await asyncio.create_subprocess_exec(
            VERNISSAGE,
            "serve",
            *flags,
            str(gallery_folder),
            stdout=asyncio.subprocess.PIPE,
            stderr=written,
            env=environment(model_path) | UNHURRIED | {"VERNISSAGE_LOG_LEVEL": "debug"},
        )
    try:
        assert process.stdout
        url = URL((await asyncio.wait_for(process.stdout.readline(), LONG_S)).decode().strip())
        # aiohttp itself logs a request that it can't parse, with the sender's address.
        with socket.create_connection(("127.0.0.1", url.port or 0)) as malformed:
            malformed.sendall(b"\x00nonsense\r\n\r\n")
            await asyncio.to_thread(malformed.recv, 1)
        async with Visitor(url, clip) as visitor:
            await visitor.hear("match")
        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), LONG_S) == 0
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert {"vernissage.sessions", "aioice.ice"} <= {line["logger"] for line in lines}
    for line in lines:
        assert datetime.fromisoformat(line["time"]).tzinfo
        assert line["event"]
    for address in ("127.0.0.1", *lan_addresses()):
        assert address not in log.read_text()
