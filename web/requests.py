"""Reading what a client sends, up to a limit."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web


class TooLargeError(ValueError):
    """A body is larger than taken."""


async def read_at_most(request: web.Request, most: int) -> bytes:
    """Read a request's body of at most `most` bytes; a larger one isn't read to its end.

    Raises:
        TooLargeError: it is larger.
    """
    if (request.content_length or 0) > most:
        raise TooLargeError
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > most:
            raise TooLargeError
    return bytes(body)


def same_origin(request: web.Request) -> bool:
    """Tell whether a request was sent by a page of this server, as browsers say of themselves."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    try:
        return urlsplit(request.headers.get("Origin", "")).netloc == request.host != ""
    except ValueError:
        return False
