"""Serve `/sessions/socket`: frames and messages over a WebSocket, where WebRTC is blocked."""

from __future__ import annotations

import asyncio
import contextlib
import json

from aiohttp import WSCloseCode, WSMsgType, web

from serving.sessions import RETRY_AFTER_S, FullError, Sessions
from serving.waiting_queue import Ticket
from serving.websocket import MAX_FRAME_BYTES, WebSocketSession
from stream.messages import PROTOCOL, ErrorMessage
from web.problems import problem
from web.requests import same_origin


class Socket:
    """The handler of `/sessions/socket`."""

    def __init__(self, sessions: Sessions) -> None:
        """Open sessions among `sessions`."""
        self._sessions = sessions

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [web.get("/sessions/socket", self.open)]

    async def open(self, request: web.Request) -> web.StreamResponse:
        """Carry a session. JPEG frames arrive as binary messages; all other messages are JSON."""
        if not same_origin(request):
            return problem(403, "only this server's own pages may open this socket")
        socket = web.WebSocketResponse(
            protocols=(PROTOCOL,),
            max_msg_size=MAX_FRAME_BYTES,
            compress=False,
            timeout=2.0,
        )
        if not socket.can_prepare(request):
            return problem(426, "this is a WebSocket", {"Upgrade": "websocket"})
        await socket.prepare(request)
        try:
            session = self._sessions.open_socket(request.query.get("ticket"))
        except FullError as error:
            await self._refuse(socket, error.ticket)
            return socket
        writing = asyncio.create_task(_write(socket, session))
        try:
            await _read(socket, session)
        finally:
            await session.close("connection lost")
            writing.cancel()
        return socket

    async def _refuse(self, socket: web.WebSocketResponse, ticket: Ticket) -> None:
        """Send an error message, then close with a reason: JSON with the place in the queue.

        Its members are those of the problem that `POST /sessions` answers. The reason may have
        at most 123 bytes (RFC 6455, section 5.5).
        """
        text = f"all places are taken; try again in {RETRY_AFTER_S} s"
        with contextlib.suppress(ConnectionError):
            await socket.send_str(ErrorMessage(code="full", message=text).model_dump_json())
            reason = {"retry_after": RETRY_AFTER_S, "place": ticket.place, "ticket": ticket.key}
            await socket.close(
                code=WSCloseCode.TRY_AGAIN_LATER, message=json.dumps(reason).encode()
            )


async def _read(socket: web.WebSocketResponse, session: WebSocketSession) -> None:
    async for message in socket:
        if message.type is WSMsgType.BINARY:
            session.take(message.data)
        elif message.type is WSMsgType.TEXT:
            session.receive(message.data)


async def _write(socket: web.WebSocketResponse, session: WebSocketSession) -> None:
    with contextlib.suppress(ConnectionError):
        async for text in session.unsent():
            await socket.send_str(text)
        await socket.close()
