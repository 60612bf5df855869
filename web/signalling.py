"""Serve `/sessions`: WebRTC signalling over HTTP, in the shape of WHIP (RFC 9725)."""

from __future__ import annotations

from aiohttp import web

from serving.sessions import RETRY_AFTER_S, FullError, Sessions
from serving.webrtc import OfferError
from web.problems import problem
from web.requests import TooLargeError, read_at_most

SDP = "application/sdp"
MAX_OFFER_BYTES = 65_536
"""Largest SDP offer accepted. Offers of browsers have 2 to 12 kB, with every codec they know."""


async def read_offer(request: web.Request) -> str | web.Response:
    """Return the SDP offer in a request, or the answer that refuses it."""
    if request.content_type != SDP:
        return problem(415, f"an offer is {SDP}, not {request.content_type}")
    try:
        return (await read_at_most(request, MAX_OFFER_BYTES)).decode("utf-8")
    except TooLargeError:
        return problem(413, f"an offer has at most {MAX_OFFER_BYTES} bytes")
    except UnicodeDecodeError:
        return problem(400, "not an SDP offer: not UTF-8")


class Signalling:
    """The handlers of `/sessions`."""

    def __init__(self, sessions: Sessions) -> None:
        """Open and close `sessions`."""
        self._sessions = sessions

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.post("/sessions", self.open),
            web.delete("/sessions/{id}", self.close),
        ]

    async def open(self, request: web.Request) -> web.Response:
        """Take an SDP offer; the answer is 201 with the session's address in `Location`."""
        offer = await read_offer(request)
        if isinstance(offer, web.Response):
            return offer
        try:
            session, answer = await self._sessions.open(offer, request.query.get("ticket"))
        except OfferError as error:
            return problem(400, str(error))
        except FullError as error:
            return problem(
                503,
                f"all places are taken; try again in {RETRY_AFTER_S} s",
                {"Retry-After": str(RETRY_AFTER_S)},
                place=error.ticket.place,
                ticket=error.ticket.key,
            )
        location = f"/sessions/{session.id}"
        return web.Response(
            status=201, text=answer, content_type=SDP, headers={"Location": location}
        )

    async def close(self, request: web.Request) -> web.Response:
        """End a session."""
        if await self._sessions.close(request.match_info["id"], "ended by the visitor"):
            return web.Response(status=200)
        return problem(404, "no such session; it may have ended")
