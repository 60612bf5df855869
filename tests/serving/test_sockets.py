"""Real UDP sockets that are read by the clock."""

from __future__ import annotations

import asyncio
import socket

from serving.sockets import Sockets

COUNT = 200
"""Datagrams, sent in two halves, each of which is more than what is taken at a time."""


class Left(asyncio.DatagramProtocol):
    """Keeps what is left to it, as aioice's protocol would get it."""

    def __init__(self) -> None:
        self.got, self.lost = asyncio.Queue[tuple[bytes, int]](), asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.got.put_nowait((data, addr[1]))

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set()


async def listen() -> tuple[Left, int]:
    loop = asyncio.get_running_loop()
    _, protocol = await loop.create_datagram_endpoint(Left, ("127.0.0.1", 0))
    return protocol, protocol.transport.get_extra_info("sockname")[1]


async def test_datagrams_are_taken_in_order_or_left_with_their_address() -> None:
    sockets, taken = Sockets(), asyncio.Queue[int]()

    def take(data: bytes) -> bool:
        if data == b"left":
            return False
        taken.put_nowait(int(data))
        return True

    peers = [await listen() for _ in range(3)]
    for protocol, _ in peers:
        sockets.take_over(protocol, take)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind(("127.0.0.1", 0))
        async with asyncio.timeout(60):
            for protocol, port in peers:
                for first in range(0, COUNT, 100):
                    for number in range(first, first + 100):
                        sender.sendto(b"%d" % number, ("127.0.0.1", port))
                    got = [await taken.get() for _ in range(100)]
                    assert got == [*range(first, first + 100)]
                sender.sendto(b"left", ("127.0.0.1", port))
                assert await protocol.got.get() == (b"left", sender.getsockname()[1])
            for protocol, _ in peers:
                protocol.transport.close()
                await protocol.lost.wait()
        (again, port) = await listen()
        sockets.take_over(again, take)
        sender.sendto(b"7", ("127.0.0.1", port))
        async with asyncio.timeout(60):
            assert await taken.get() == 7, "it wakes up for a socket that came later"
    again.transport.close()
    await again.lost.wait()


async def test_a_datagram_that_breaks_something_stops_nobodys_socket() -> None:
    sockets, taken = Sockets(), asyncio.Queue[bytes]()
    told: asyncio.Queue[BaseException] = asyncio.Queue()
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: told.put_nowait(context["exception"])
    )

    def take(data: bytes) -> bool:
        if data == b"broken":
            raise ValueError("broken")
        taken.put_nowait(data)
        return True

    peers = [await listen() for _ in range(2)]
    for protocol, _ in peers:
        sockets.take_over(protocol, take)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        async with asyncio.timeout(60):
            for _ in range(2):
                sender.sendto(b"broken", ("127.0.0.1", peers[0][1]))
                assert isinstance(await told.get(), ValueError)
                sender.sendto(b"sound", ("127.0.0.1", peers[1][1]))
                assert await taken.get() == b"sound"
    for protocol, _ in peers:
        protocol.transport.close()
        await protocol.lost.wait()
