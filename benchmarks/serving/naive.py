"""The naive way to serve: each session its own fp32 call on every sampled frame.

No turns, no tracking, no pacing, no limit of visitors; frames are judged as they come, every
candidate is verified, and libraries keep the threads that they take by themselves. Weights, gallery
and consensus are ours, so that the ratio tells what the rest brings together.
"""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from aiohttp import web

from benchmarks.serving.process import NEVER_FULL
from gallery.store import open_gallery
from models.embedder import Embedder
from recognition.recognizer import Recognizer
from server import SESSIONS, make_app
from serving.scheduler import Scheduler
from settings import Settings, load_settings

_ENDLESS_S = 1e9
_MANY = 64


async def serve(settings: Settings) -> None:
    """Serve until killed; print the address first."""
    embedder = Embedder(settings.model.path, settings.model.threads)
    gallery = open_gallery(settings.gallery, embedder.card)
    app = make_app(settings, embedder, gallery)
    sessions = app[SESSIONS]
    first = settings.recognition.candidates
    recognizer = Recognizer(gallery, embedder, first=first, brief=False)
    sessions.bench = replace(
        sessions.bench,
        recognizer=lambda: recognizer,
        workers=ThreadPoolExecutor(_MANY),
        scheduler=Scheduler(_MANY),
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    print(f"http://{host}:{port}", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    """Serve the gallery named by the first argument with the fp32 model."""
    plain = load_settings()
    fp32 = plain.model.path.with_name("dinov2-small.onnx")
    settings = plain.model_copy(
        update={
            "gallery": Path(sys.argv[1]),
            "model": plain.model.model_copy(update={"path": fp32}),
            "server": plain.server.model_copy(update={"max_sessions": _MANY} | NEVER_FULL),
            "stream": plain.stream.model_copy(
                update={"slow_wait_s": _ENDLESS_S, "matched_fps": plain.stream.pace_fps}
            ),
        }
    )
    asyncio.run(serve(settings))


if __name__ == "__main__":
    main()
