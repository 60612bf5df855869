"""Reading what a client sends, up to a limit."""

from __future__ import annotations

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
