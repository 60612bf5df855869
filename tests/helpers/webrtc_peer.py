"""A visitor's phone, played by aiortc: it offers, streams a clip and receives messages."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, Self

from aiohttp import ClientSession
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaPlayer
from yarl import URL

from stream.messages import LABEL, PROTOCOL


class Visitor:
    """A peer that streams a clip to a server; a context manager."""

    def __init__(self, base: URL, clip: Path, query: dict[str, str] | None = None) -> None:
        self.base = base
        self._query = query or {}
        self.messages: list[dict[str, Any]] = []
        self.location = ""
        self._news = asyncio.Condition()
        self._player = MediaPlayer(str(clip))
        self._peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._peer.addTransceiver(self._player.video, direction="sendonly")
        self.channel = self._peer.createDataChannel(LABEL, ordered=True, protocol=PROTOCOL)
        self.channel.on("message", self._on_message)

    async def __aenter__(self) -> Self:
        await self._peer.setLocalDescription(await self._peer.createOffer())
        async with (
            ClientSession() as http,
            http.post(
                (self.base / "sessions").with_query(self._query),
                data=self._peer.localDescription.sdp,
                headers={"Content-Type": "application/sdp"},
            ) as response,
        ):
            answer = await response.text()
            assert response.status == 201, answer
            assert response.content_type == "application/sdp"
            self.location = response.headers["Location"]
        await self._peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.vanish()

    async def vanish(self) -> None:
        """Close the connection without ending the session."""
        if self._player.video:
            self._player.video.stop()
        await self._peer.close()

    async def _on_message(self, text: str) -> None:
        async with self._news:
            self.messages.append(json.loads(text))
            self._news.notify_all()

    async def hear(self, kind: str, count: int = 1, timeout_s: float = 120) -> dict[str, Any]:
        """Wait for the `count`-th message of a type."""

        def heard() -> list[dict[str, Any]]:
            return [message for message in self.messages if message["type"] == kind]

        try:
            async with asyncio.timeout(timeout_s), self._news:
                await self._news.wait_for(lambda: len(heard()) >= count)
        except TimeoutError:
            raise AssertionError(f"no {kind} within {timeout_s} s; heard {self.messages}") from None
        return heard()[count - 1]
