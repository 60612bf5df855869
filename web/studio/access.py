"""Who may use the studio: whoever has the token. Signed in by a cookie, for twelve hours."""

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
STAY_S = 12 * 3600
_TRIES, _PERIOD_S = 10, 60.0
"""Wrong tokens a minute, of all who try: addresses are not kept, not even to count."""


def studio_token(settings: Settings) -> tuple[str, bool]:
    """Return the token, and whether it was made just now.

    Raises:
        SettingsError: its file can't be read or written.
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
    """Say how curators sign in; the token itself only where it was made just now.

    Raises:
        SettingsError: see `studio_token`.
    """
    token, made = studio_token(settings)
    if settings.studio.token:
        return "(token: the setting studio.token)"
    kept = settings.studio.token_file
    return f"(token: {token}, kept in {kept})" if made else f"(token: in {kept})"


class Access:
    """Checks tokens and cookies. A cookie is signed with the token, so restarts end no stay."""

    def __init__(self, token: str) -> None:
        """Let in whoever has `token`."""
        self._token = token.encode()
        self._wrong: deque[float] = deque(maxlen=_TRIES)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.post("/studio/session", self.sign_in),
            web.delete("/studio/session", self.guarded(self.sign_out)),
        ]

    def guarded(self, handler: Handler) -> Handler:
        """Wrap a handler, for those signed in only; what writes is for our own pages only."""

        async def checked(request: web.Request) -> web.StreamResponse:
            if not self._valid(request.cookies.get(COOKIE, "")):
                return problem(401, "sign in with the studio's token")
            if request.method not in ("GET", "HEAD") and not same_origin(request):
                return problem(403, "this request comes from another site")
            return await handler(request)

        return checked

    async def sign_in(self, request: web.Request) -> web.Response:
        """Take a token, and answer with a cookie."""
        if not same_origin(request):
            return problem(403, "this request comes from another site")
        now = time.monotonic()
        if len(self._wrong) == _TRIES and now - self._wrong[0] < _PERIOD_S:
            wait = str(round(self._wrong[0] + _PERIOD_S - now) + 1)
            return problem(429, f"many wrong tokens; again in {wait} s", {"Retry-After": wait})
        given = (await request.content.read(1000)).strip()
        if not hmac.compare_digest(given, self._token):
            self._wrong.append(now)
            return problem(401, "this is not the token")
        expires = str(int(time.time()) + STAY_S)
        response = web.Response(status=204)
        response.set_cookie(
            COOKIE,
            f"{expires}.{self._signature(expires)}",
            path="/studio",
            max_age=STAY_S,
            httponly=True,
            samesite="Strict",
            secure=request.secure,
        )
        return response

    async def sign_out(self, _: web.Request) -> web.Response:
        """Take the cookie back."""
        response = web.Response(status=204)
        response.del_cookie(COOKIE, path="/studio")
        return response

    def _valid(self, cookie: str) -> bool:
        expires, _, signature = cookie.partition(".")
        if not cookie.isascii():
            return False
        known = hmac.compare_digest(signature, self._signature(expires))
        return known and expires.isdecimal() and int(expires) > time.time()

    def _signature(self, expires: str) -> str:
        return hmac.new(self._token, f"studio until {expires}".encode(), hashlib.sha256).hexdigest()
