"""Files from other people's servers: two at once, patiently, and each only once."""

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

AT_ONCE = 2
TRIES = 4
MAX_JSON_BYTES = 20_000_000
MAX_PICTURE_BYTES = 50_000_000
MAX_WAIT_S = 60.0
_TRY_AGAIN = frozenset({408, 429, 500, 502, 503, 504})


class FetchError(ValueError):
    """An address gave nothing of use; the message says why, in a few words."""


class InsideError(OSError):
    """An address is of this machine or its network; an OSError, as connectors take no other."""


class _PassingError(Exception):
    """What may go well the next time; `wait_s` is what the server asked for."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


@dataclass(slots=True)
class Fetcher:
    """Fetches into a cache folder; what is there already isn't asked for again.

    Attributes:
        session: carries the time-outs.
        cache: an existing folder.
        first_wait_s: before the second try; doubled before each further one.
    """

    session: ClientSession
    cache: Path
    first_wait_s: float = 1.0
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def json(self, address: str) -> dict[str, Any]:
        """Fetch a JSON object.

        Raises:
            FetchError: it can't be had, or is no JSON object.
        """
        path = await self._fetch(address, ".json", MAX_JSON_BYTES)
        return _json_object(path.read_bytes())

    async def picture(self, address: str) -> Path:
        """Fetch a picture that decodes to its end.

        Raises:
            FetchError: it can't be had, or is damaged each time.
        """
        return await self._fetch(address, ".jpg", MAX_PICTURE_BYTES)

    async def _fetch(self, address: str, suffix: str, limit: int) -> Path:
        path = self.cache / (hashlib.sha256(address.encode()).hexdigest()[:32] + suffix)
        async with self._places:
            if path.is_file():
                return path
            for number in range(TRIES):
                try:
                    data = await self._get(address, limit)
                    await asyncio.to_thread(_keep_checked, data, path)
                    return path
                except _PassingError as error:
                    if number == TRIES - 1:
                        raise FetchError(f"{error}, {TRIES} times") from None
                    wait_s = self.first_wait_s * 2**number if error.wait_s is None else error.wait_s
                    await asyncio.sleep(min(wait_s, MAX_WAIT_S))
        raise AssertionError("the last try returns or raises")

    async def _get(self, address: str, limit: int) -> bytes:
        try:
            async with self.session.get(address) as response:
                if response.status in _TRY_AGAIN:
                    raise _PassingError(f"HTTP {response.status}", retry_after(response))
                if response.status != 200:
                    raise FetchError(f"HTTP {response.status}")
                data = bytearray()
                async for chunk in response.content.iter_chunked(65536):
                    data += chunk
                    if len(data) > limit:
                        raise FetchError(f"over {limit // 1_000_000} MB")
                return bytes(data)
        except TimeoutError:
            raise _PassingError("no answer in time") from None
        except (ClientError, OSError) as error:
            if isinstance(error, ClientConnectorError) and isinstance(error.os_error, InsideError):
                raise FetchError(str(error.os_error)) from None
            raise _PassingError(str(error) or type(error).__name__) from None
        except ValueError as error:
            raise FetchError(str(error)) from None


def public_socket(found: AddrInfoType) -> socket.socket:
    """Make a socket to an address that names resolved to, unless it is on this network.

    Checked at each connection, so that neither redirects nor names lead to machines inside.

    Raises:
        InsideError: it is a loopback, link-local or private address.
    """
    family, kind, protocol, _, where = found
    address = ip_address(str(where[0]).partition("%")[0])
    inside = getattr(address, "ipv4_mapped", None) or address
    if not inside.is_global:
        raise InsideError("an address inside this network; studio.private_addresses allows them")
    return socket.socket(family, kind, protocol)


def retry_after(response: ClientResponse) -> float | None:
    """Read `Retry-After`, in seconds or as a date (RFC 9110, 10.2.3); None without one."""
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


def _keep_checked(data: bytes, path: Path) -> None:
    """Write what was fetched into the cache if it is whole."""
    if path.suffix == ".json":
        _json_object(data)
        write_atomic(path, data)
        return
    aside = path.with_suffix(".part")
    aside.write_bytes(data)
    try:
        load_picture(aside)
        aside.replace(path)
    except PictureError as error:
        raise _PassingError(f"picture: {error}") from None
    finally:
        aside.unlink(missing_ok=True)


def _json_object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except ValueError:
        raise FetchError("no JSON") from None
    if not isinstance(value, dict):
        raise FetchError("no JSON object")
    return value
