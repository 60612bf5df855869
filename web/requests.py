"""Read the bodies of requests up to a limit, and check where requests come from."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web


class TooLargeError(ValueError):
    """A request's body is larger than the limit."""


async def read_at_most(request: web.Request, limit: int) -> bytes:
    """Read a request's body.

    Args:
        request: the request.
        limit: in bytes; reading stops beyond it.

    Raises:
        TooLargeError: the body is larger than the limit.
    """
    if (request.content_length or 0) > limit:
        raise TooLargeError
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > limit:
            raise TooLargeError
    return bytes(body)


def same_origin(request: web.Request) -> bool:
    """Return whether a page of this server sent the request, by the headers that browsers add."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    try:
        return urlsplit(request.headers.get("Origin", "")).netloc == request.host != ""
    except ValueError:
        return False
