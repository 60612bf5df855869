"""CPU of the event loop for each packet received, by aiortc's own receive path and by ours.

Real aiortc peers send the same encoded clip to two processes at the same time, one for each way, so
that both see the same mood of the machine. A process does what a server does with a stream up to
the pictures of the frames that it would judge: it recognizes nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCSessionDescription,
)
from rich.console import Console
from rich.table import Table

from benchmarks.serving.visitors import Clips, EncodedClips, make_clips
from serving import webrtc
from serving.sockets import Sockets
from serving.webrtc import answer_offer, close_peer, make_peer
from settings import Settings, load_settings
from stream.capture import LatestFrame, Sampler

WAYS = ("aiortc's own", "ours")
_SETTLE_S = 4.0
"""Seconds until connections stand and the bit rate's estimate is made for the first time."""
_THREADS = 3
_tasks: list[asyncio.Future[None]] = []
"""What a receiving process does besides; the loop alone would let go of it."""
_INSTRUCTION_SETS = ("avx2", "avx512f", "avx512_vnni", "amx_int8")


@dataclass(frozen=True)
class Counts:
    """What a process has counted since its start.

    Attributes:
        loop_s: CPU seconds of its event loop's thread.
        all_s: CPU seconds of all its threads.
        packets: datagrams received.
        sent: datagrams sent, nearly all of them RTCP.
        frames: frames received.
        pictures: frames that were decoded, if they weren't yet, and converted.
    """

    loop_s: float
    all_s: float
    packets: int
    sent: int
    frames: int
    pictures: int

    def __sub__(self, before: Counts) -> Counts:
        return Counts(
            self.loop_s - before.loop_s,
            self.all_s - before.all_s,
            self.packets - before.packets,
            self.sent - before.sent,
            self.frames - before.frames,
            self.pictures - before.pictures,
        )


def main() -> None:
    """Print a table for each number of visitors: CPU a packet, RTCP and frames of both ways."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, nargs="*", default=[4])
    parser.add_argument("--seconds", type=float, default=8.0, help="of each row")
    parser.add_argument("--fps", type=int, default=load_settings().stream.pace_fps)
    chosen = parser.parse_args()
    table = Table(
        "visitors", "receive path", "packets/s", "loop's CPU a packet", "ratio",
        "all CPU a packet", "ratio", "RTCP/s", "frames/s", "pictures/s",
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        clips = make_clips(Path(folder), [chosen.fps], 2)
        for number in chosen.visitors:
            counts = asyncio.run(_measure(number, clips, chosen.seconds))
            first = [counts[0].loop_s / counts[0].packets, counts[0].all_s / counts[0].packets]
            for way, count in zip(WAYS, counts, strict=True):
                loop_s, all_s = count.loop_s / count.packets, count.all_s / count.packets
                table.add_row(
                    str(number), way, f"{count.packets / chosen.seconds:.0f}",
                    f"{1e6 * loop_s:.0f} µs", f"{loop_s / first[0]:.2f}",
                    f"{1e6 * all_s:.0f} µs", f"{all_s / first[1]:.2f}",
                    f"{count.sent / chosen.seconds:.0f}", f"{count.frames / chosen.seconds:.1f}",
                    f"{count.pictures / chosen.seconds:.1f}",
                )  # fmt: skip
    print("instruction sets:", ", ".join(_instruction_sets()) or "unknown")
    Console(width=120).print(table)


async def _measure(visitors: int, clips: Clips, seconds: float) -> list[Counts]:
    """Send to both ways at once, and count from when the connections stand."""
    spawn = multiprocessing.get_context("spawn")
    pipes, processes = [], []
    peers: list[RTCPeerConnection] = []
    for way in WAYS:
        here, there = spawn.Pipe()
        process = spawn.Process(target=_receive, args=(there, way), daemon=True)
        process.start()
        pipes.append(here)
        processes.append(process)
    try:
        for _ in range(visitors):
            peers += [await _send(pipe, clips) for pipe in pipes]
        await asyncio.sleep(_SETTLE_S)
        before = [await _ask(pipe, None) for pipe in pipes]
        await asyncio.sleep(seconds)
        after = [await _ask(pipe, None) for pipe in pipes]
        return [late - early for late, early in zip(after, before, strict=True)]
    finally:
        await asyncio.gather(*(close_peer(peer) for peer in peers))
        for process in processes:
            process.terminate()


async def _send(pipe: Connection, clips: Clips) -> RTCPeerConnection:
    """Connect a peer to a receiving process, and send clips."""
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    peer.addTransceiver(EncodedClips(clips), direction="sendonly")
    await peer.setLocalDescription(await peer.createOffer())
    answer = await _ask(pipe, peer.localDescription.sdp)
    await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    return peer


async def _ask(pipe: Connection, question: str | None) -> Any:
    pipe.send(question)
    return await asyncio.to_thread(pipe.recv)


def _receive(pipe: Connection, way: str) -> None:
    """Answer offers, and None by counts, in a process of its own."""
    if way != "ours":
        webrtc.__dict__["replace_receive_path"] = _leave
    asyncio.run(_answer(pipe))


def _leave(receiver: RTCRtpReceiver, slot: LatestFrame, _: Sockets) -> None:
    """Leave aiortc's own receive path as it is, and take what it decodes."""
    _tasks.append(asyncio.ensure_future(_drain(receiver.track, slot)))


async def _drain(track: MediaStreamTrack, slot: LatestFrame) -> None:
    loop = asyncio.get_running_loop()
    while True:
        slot.put(await track.recv(), loop.time())


async def _answer(pipe: Connection) -> None:
    server, sockets = Settings().server, Sockets()
    peers: list[RTCPeerConnection] = []
    slots: list[LatestFrame] = []
    pictures, threads = 0, ThreadPoolExecutor(_THREADS)

    async def look(slot: LatestFrame) -> None:
        nonlocal pictures
        loop, sampler = asyncio.get_running_loop(), Sampler(Settings().stream.judge_fps)
        while True:
            wanted, arrived = sampler.wants(await slot.wait()), slot.take()
            if wanted:
                await loop.run_in_executor(threads, arrived.to_frame)
                pictures += 1

    while True:
        question = await asyncio.to_thread(pipe.recv)
        if question is None:
            stats = [peer.getTransceivers()[0].receiver.transport for peer in peers]
            pipe.send(
                Counts(
                    time.thread_time(),
                    time.process_time(),
                    sum(one._RTCDtlsTransport__rx_packets for one in stats),
                    sum(one._RTCDtlsTransport__tx_packets for one in stats),
                    sum(slot.received for slot in slots),
                    pictures,
                )
            )
        else:
            peers.append(make_peer(server))
            slots.append(LatestFrame())
            _tasks.append(asyncio.ensure_future(look(slots[-1])))
            pipe.send(await answer_offer(peers[-1], question, slots[-1], sockets))


def _instruction_sets() -> Iterator[str]:
    """Return those that matter here, where the system lists them."""
    listed = Path("/proc/cpuinfo")
    words = set(listed.read_text().split()) if listed.exists() else set()
    return (name for name in _INSTRUCTION_SETS if name in words)


if __name__ == "__main__":
    main()
