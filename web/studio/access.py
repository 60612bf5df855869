"""Guard the studio: curators sign in with a token, and a cookie keeps them signed in."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections import deque

from aiohttp import web
from aiohttp.typedefs import Handler

from common.files import write_atomic
from settings import Settings, SettingsError
from web.problems import problem
from web.requests import same_origin

COOKIE = "studio"
SIGNED_IN_S = 12 * 3600
_MAX_WRONG, _PERIOD_S = 10, 60.0
"""Wrong tokens allowed in a period, of all clients together: no address is kept, even to count."""


def studio_token(settings: Settings) -> tuple[str, bool]:
    """Return the token, and whether this call made it.

    Raises:
        SettingsError: the token's file can't be read or written.
    """
    if settings.studio.token:
        return settings.studio.token.get_secret_value(), False
    path = settings.studio.token_file
    try:
        token = path.read_text(encoding="utf-8").strip() if path.is_file() else ""
        if token:
            return token, False
        token = secrets.token_urlsafe(24)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, f"{token}\n".encode())
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"the studio's token can't be kept in {path} ({error}); "
            "name another studio.token_file, or set studio.token"
        ) from None
    return token, True


def token_note(settings: Settings) -> str:
    """Describe how curators sign in; show the token itself only if this call made it.

    Raises:
        SettingsError: see `studio_token`.
    """
    token, made = studio_token(settings)
    if settings.studio.token:
        return "(token: the setting studio.token)"
    kept = settings.studio.token_file
    return f"(token: {token}, kept in {kept})" if made else f"(token: in {kept})"


class Access:
    """Checks tokens and cookies. The token signs the cookies, so they survive a restart."""

    def __init__(self, token: str) -> None:
        """Admit everybody who has `token`."""
        self._token = token.encode()
        self._wrong: deque[float] = deque(maxlen=_MAX_WRONG)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.post("/studio/session", self.sign_in),
            web.delete("/studio/session", self.guarded(self.sign_out)),
        ]

    def guarded(self, handler: Handler) -> Handler:
        """Wrap a handler: it needs a sign-in, and if it changes anything, a page of this server."""

        async def checked(request: web.Request) -> web.StreamResponse:
            if not self._valid(request.cookies.get(COOKIE, "")):
                return problem(401, "sign in with the studio's token")
            if request.method not in ("GET", "HEAD") and not same_origin(request):
                return problem(403, "this request comes from another site")
            return await handler(request)

        return checked

    async def sign_in(self, request: web.Request) -> web.Response:
        """Check a token; the answer sets the cookie."""
        if not same_origin(request):
            return problem(403, "this request comes from another site")
        now = time.monotonic()
        if len(self._wrong) == _MAX_WRONG and now - self._wrong[0] < _PERIOD_S:
            wait = str(round(self._wrong[0] + _PERIOD_S - now) + 1)
            return problem(
                429, f"too many wrong tokens; try again in {wait} s", {"Retry-After": wait}
            )
        given = (await request.content.read(1000)).strip()
        if not hmac.compare_digest(given, self._token):
            self._wrong.append(now)
            return problem(401, "this is not the token")
        expires = str(int(time.time()) + SIGNED_IN_S)
        response = web.Response(status=204)
        response.set_cookie(
            COOKIE,
            f"{expires}.{self._signature(expires)}",
            path="/studio",
            max_age=SIGNED_IN_S,
            httponly=True,
            samesite="Strict",
            secure=request.secure,
        )
        return response

    async def sign_out(self, _: web.Request) -> web.Response:
        """Delete the cookie."""
        response = web.Response(status=204)
        response.del_cookie(COOKIE, path="/studio")
        return response

    def _valid(self, cookie: str) -> bool:
        expires, _, signature = cookie.partition(".")
        if not cookie.isascii():
            return False
        signed = hmac.compare_digest(signature, self._signature(expires))
        return signed and expires.isdecimal() and int(expires) > time.time()

    def _signature(self, expires: str) -> str:
        return hmac.new(self._token, f"studio until {expires}".encode(), hashlib.sha256).hexdigest()
