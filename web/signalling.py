"""`/sessions`: WebRTC signalling over HTTP, in the shape of WHIP (RFC 9725)."""

from __future__ import annotations

from aiohttp import web

from settings import Settings
from serving.webrtc import OfferError
from serving.sessions import FullError, Sessions
from web.requests import TooLargeError, read_at_most
from web.problems import problem

SDP = "application/sdp"


class Signalling:
    """The handlers of `/sessions`."""

    def __init__(self, settings: Settings, sessions: Sessions) -> None:
        """Open and close `sessions`."""
        self._limits = settings.server
        self._sessions = sessions

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.post("/sessions", self.open),
            web.delete("/sessions/{id}", self.close),
        ]

    async def open(self, request: web.Request) -> web.Response:
        """Take an SDP offer, and answer 201 with where the session is."""
        if request.content_type != SDP:
            return problem(415, f"an offer is {SDP}, not {request.content_type}")
        most = self._limits.max_offer_bytes
        try:
            body = await read_at_most(request, most)
            ticket = request.query.get("ticket")
            session, answer = await self._sessions.open(body.decode("utf-8"), ticket)
        except TooLargeError:
            return problem(413, f"an offer has at most {most} bytes")
        except UnicodeDecodeError:
            return problem(400, "not an SDP offer: not UTF-8")
        except OfferError as error:
            return problem(400, str(error))
        except FullError as error:
            wait = self._limits.retry_after_s
            return problem(
                503,
                f"all places are taken; try again in {wait} s",
                {"Retry-After": str(wait)},
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
