"""Answer errors as problem details (RFC 9457)."""

from __future__ import annotations

import http
import logging
from collections.abc import Mapping

from aiohttp import web
from aiohttp.typedefs import Handler

log = logging.getLogger("vernissage.web")


def problem(
    status: int, detail: str, headers: Mapping[str, str] | None = None, **more: object
) -> web.Response:
    """Make an answer of type `application/problem+json`.

    Args:
        status: HTTP status.
        detail: what is wrong, in one line for the user.
        headers: further headers.
        more: further members of the JSON object, beside `title`, `status` and `detail`.
    """
    body = {"title": http.HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return web.json_response(
        body, status=status, headers=headers, content_type="application/problem+json"
    )


@web.middleware
async def errors_as_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every error into a problem answer; details of internal errors go to the log only."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        kept = {name: error.headers[name] for name in ("Allow",) if name in error.headers}
        return problem(error.status, f"{request.method} {request.path}: {error.reason}", kept)
    except Exception:
        log.exception("%s %s", request.method, request.path)
        return problem(500, "internal error; see the server's log")
