"""Fetch files from other people's servers: two at a time, with retries, each file only once."""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiohttp import (
    AddrInfoType,
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
)

from common.files import write_atomic
from vision.images import PictureError, load_picture

MAX_CONCURRENT = 2
TRIES = 4
MAX_JSON_BYTES = 20_000_000
MAX_PICTURE_BYTES = 50_000_000
MAX_WAIT_S = 60.0
_RETRY_STATUSES = frozenset({408, 429, 500, 502, 503, 504})


class FetchError(ValueError):
    """An address can't be fetched; the message says why, in a few words."""


class PrivateAddressError(OSError):
    """An address is of this machine or its network; connectors handle an OSError only."""


class _TransientError(Exception):
    """A failure worth a retry; `wait_s` is the wait that the server asked for, or None."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


@dataclass(slots=True)
class Fetcher:
    """Fetches files into a cache folder; a cached file isn't requested again.

    Attributes:
        session: its time-outs apply.
        cache: an existing folder.
        first_wait_s: seconds before the second try; doubled before each further one.
    """

    session: ClientSession
    cache: Path
    first_wait_s: float = 1.0
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_CONCURRENT))

    async def json(self, address: str) -> dict[str, Any]:
        """Fetch a JSON object.

        Raises:
            FetchError: it can't be fetched, or is no JSON object.
        """
        path = await self._fetch(address, ".json", MAX_JSON_BYTES)
        return _json_object(path.read_bytes())

    async def picture(self, address: str) -> Path:
        """Fetch a picture that decodes completely; return its file.

        Raises:
            FetchError: it can't be fetched, or is damaged each time.
        """
        return await self._fetch(address, ".jpg", MAX_PICTURE_BYTES)

    async def _fetch(self, address: str, suffix: str, limit: int) -> Path:
        path = self.cache / (hashlib.sha256(address.encode()).hexdigest()[:32] + suffix)
        async with self._slots:
            if path.is_file():
                return path
            for attempt in range(TRIES):
                try:
                    data = await self._get(address, limit)
                    await asyncio.to_thread(_save_if_valid, data, path)
                    return path
                except _TransientError as error:
                    if attempt == TRIES - 1:
                        raise FetchError(f"{error}, {TRIES} times") from None
                    wait_s = (
                        self.first_wait_s * 2**attempt if error.wait_s is None else error.wait_s
                    )
                    await asyncio.sleep(min(wait_s, MAX_WAIT_S))
        raise AssertionError("the last try returns or raises")

    async def _get(self, address: str, limit: int) -> bytes:
        try:
            async with self.session.get(address) as response:
                if response.status in _RETRY_STATUSES:
                    raise _TransientError(f"HTTP {response.status}", retry_after(response))
                if response.status != 200:
                    raise FetchError(f"HTTP {response.status}")
                data = bytearray()
                async for chunk in response.content.iter_chunked(65536):
                    data += chunk
                    if len(data) > limit:
                        raise FetchError(f"over {limit // 1_000_000} MB")
                return bytes(data)
        except TimeoutError:
            raise _TransientError("no answer in time") from None
        except (ClientError, OSError) as error:
            cause = error.os_error if isinstance(error, ClientConnectorError) else None
            if isinstance(cause, PrivateAddressError):
                raise FetchError(str(cause)) from None
            raise _TransientError(str(error) or type(error).__name__) from None
        except ValueError as error:
            raise FetchError(str(error)) from None


def public_socket(found: AddrInfoType) -> socket.socket:
    """Make a socket to a resolved address, unless the address is on this network.

    This is checked at each connection, so that neither redirects nor names lead to machines inside.

    Raises:
        PrivateAddressError: the address is loopback, link-local or private.
    """
    family, kind, protocol, _, target = found
    address = ip_address(str(target[0]).partition("%")[0])
    unmapped = getattr(address, "ipv4_mapped", None) or address
    if not unmapped.is_global:
        raise PrivateAddressError(
            "an address inside this network; studio.private_addresses allows them"
        )
    return socket.socket(family, kind, protocol)


def retry_after(response: ClientResponse) -> float | None:
    """Return `Retry-After` in seconds, given as seconds or a date (RFC 9110, 10.2.3), or None."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _save_if_valid(data: bytes, path: Path) -> None:
    """Write fetched data into the cache if it is complete."""
    if path.suffix == ".json":
        _json_object(data)
        write_atomic(path, data)
        return
    temporary = path.with_suffix(".part")
    temporary.write_bytes(data)
    try:
        load_picture(temporary)
        temporary.replace(path)
    except PictureError as error:
        raise _TransientError(f"picture: {error}") from None
    finally:
        temporary.unlink(missing_ok=True)


def _json_object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except ValueError:
        raise FetchError("no JSON") from None
    if not isinstance(value, dict):
        raise FetchError("no JSON object")
    return value
