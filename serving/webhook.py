"""Post a kiosk's messages to another system by HTTP, without ever waiting for it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout
from prometheus_client import Counter

log = logging.getLogger("vernissage.kiosk")

_MAX_QUEUED = 32
_TRIES = 5
_FIRST_RETRY_S = 0.5
_TIMEOUT = ClientTimeout(total=5)
_RETRIED = frozenset({408, 425, 429})


class Webhook:
    """A queue of posts to one address; when it is full, the oldest is dropped."""

    def __init__(self, name: str, address: str, outcomes: Counter) -> None:
        """Post for the kiosk `name`; `outcomes` counts by kiosk and outcome."""
        self._name = name
        self._address = address
        self._outcomes = outcomes
        self._queue: deque[dict[str, Any]] = deque(maxlen=_MAX_QUEUED)
        self._filled = asyncio.Event()

    def post(self, body: dict[str, Any]) -> None:
        """Queue a body, to be posted as JSON."""
        if len(self._queue) == _MAX_QUEUED:
            self._count("dropped")
        self._queue.append(body)
        self._filled.set()

    async def run(self) -> None:
        """Post queued bodies, for ever."""
        async with ClientSession(timeout=_TIMEOUT) as http:
            while True:
                await self._filled.wait()
                while self._queue:
                    await self._deliver(http, self._queue.popleft())
                self._filled.clear()

    async def _deliver(self, http: ClientSession, body: dict[str, Any]) -> None:
        for failures in range(_TRIES):
            if failures:
                await asyncio.sleep(_FIRST_RETRY_S * 2 ** (failures - 1))
            try:
                async with http.post(self._address, json=body, allow_redirects=False) as response:
                    status = response.status
            except (ClientError, TimeoutError, OSError, ValueError):
                # The error's text would hold the address, which may hold a secret.
                status = 0
            if 200 <= status < 300:
                return self._count("delivered")
            if 300 <= status < 500 and status not in _RETRIED:
                break
        log.warning("kiosk %s: webhook post failed (%s)", self._name, status or "no answer")
        self._count("failed")

    def _count(self, outcome: str) -> None:
        self._outcomes.labels(self._name, outcome).inc()
