"""Serve `/whip/NAME`: cameras that send by themselves (WHIP, RFC 9725)."""

from __future__ import annotations

import hmac

from aiohttp import web

from serving.kiosk import WHIP, Kiosk, Kiosks
from serving.webrtc import OfferError
from settings import Settings
from web.problems import problem
from web.signalling import SDP, read_offer


class Whip:
    """The handlers of `/whip`."""

    def __init__(self, settings: Settings, kiosks: Kiosks) -> None:
        """Accept senders for those of `kiosks` whose source is `whip`."""
        self._server = settings.server
        self._senders = {
            name: kiosk.token.get_secret_value()
            for name, kiosk in settings.kiosk.items()
            if kiosk.source.get_secret_value() == WHIP and kiosk.token
        }
        self._kiosks = kiosks

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.post("/whip/{name}", self.open),
            web.options("/whip/{name}", self.options),
            web.delete("/whip/{name}/{session}", self.close),
        ]

    async def options(self, _: web.Request) -> web.Response:
        """Name the media type that may be posted."""
        return web.Response(status=204, headers={"Accept-Post": SDP})

    async def open(self, request: web.Request) -> web.Response:
        """Take an SDP offer; the answer is 201 with the session's address in `Location`."""
        kiosk = self._authorized(request)
        if isinstance(kiosk, web.Response):
            return kiosk
        offer = await read_offer(request)
        if isinstance(offer, web.Response):
            return offer
        try:
            session, answer = await kiosk.take_whip(offer)
        except OfferError as error:
            return problem(400, str(error))
        response = web.Response(status=201, text=answer, content_type=SDP)
        response.headers["Location"] = f"/whip/{kiosk.name}/{session}"
        for link in self._links():
            response.headers.add("Link", link)
        return response

    async def close(self, request: web.Request) -> web.Response:
        """End a sender's session."""
        kiosk = self._authorized(request)
        if isinstance(kiosk, web.Response):
            return kiosk
        if await kiosk.end_whip(request.match_info["session"]):
            return web.Response(status=200)
        return problem(404, "no such session; it may have ended")

    def _authorized(self, request: web.Request) -> Kiosk | web.Response:
        """Return the kiosk that the request's token opens, or the answer that refuses it."""
        name = request.match_info["name"]
        kiosk, token = self._kiosks.get(name), self._senders.get(name)
        if kiosk is None or token is None:
            return problem(404, 'no such kiosk with source = "whip"')
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        matches = hmac.compare_digest(given.strip().encode("utf-8", "replace"), token.encode())
        if scheme.lower() != "bearer" or not matches:
            return problem(
                401, "the kiosk's bearer token is needed", {"WWW-Authenticate": "Bearer"}
            )
        return kiosk

    def _links(self) -> list[str]:
        """Return a `Link` header for each STUN and TURN server (RFC 9725, section 4.6)."""
        links = []
        for entry in self._server.ice_entries():
            link = f'<{entry["urls"]}>; rel="ice-server"'
            if "username" in entry and "credential" in entry:
                link += f'; username="{entry["username"]}"; credential="{entry["credential"]}"'
                link += '; credential-type="password"'
            links.append(link)
        return links
