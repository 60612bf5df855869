"""The naive way to serve: each session its own fp32 call on every sampled frame.

No turns, no tracking, no pacing, no limit of visitors; frames are judged as they come, every
candidate is verified, and libraries keep the threads that they take by themselves. Weights, gallery
and consensus are ours, so that the ratio tells what the rest brings together.
"""

from __future__ import annotations

import asyncio
import math
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from aiohttp import web

from benchmarks.serving.process import NEVER_FULL
from gallery.store import Gallery, open_gallery
from models.embedder import Embedder
from recognition.recognizer import Recognizer
from server import make_app
from serving.engine import Engine
from serving.load import Load
from serving.scheduler import Scheduler
from settings import Settings, load_settings
from stream.messages import ServerMessage
from stream.pipeline import Pipeline

_MANY = 64


class NaiveEngine(Engine):
    """Every frame in full, all at once, however long it takes."""

    def __init__(
        self,
        settings: Settings,
        embedder: Embedder,
        gallery: Gallery,
        on_message: Callable[[ServerMessage, float], object],
    ) -> None:
        """Serve without turns, load or batches."""
        super().__init__(settings, embedder, gallery, on_message)
        self.workers = ThreadPoolExecutor(_MANY)
        self.scheduler = Scheduler(_MANY)
        self.load = Load(math.inf, math.inf, asyncio.get_running_loop().time)
        candidates = settings.recognition.candidates
        self.recognizer = Recognizer(gallery, embedder, settings.recognition, candidates)

    def make_pipeline(self) -> Pipeline:
        """Make a pipeline without a tracker."""
        return Pipeline(self.settings.consensus, self.settings.stream)


async def serve(settings: Settings) -> None:
    """Serve until killed; print the address first."""
    embedder = Embedder(settings.model.path, settings.model.threads)
    gallery = open_gallery(settings.gallery, embedder.card)
    app = make_app(settings, embedder, gallery, NaiveEngine)
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
        }
    )
    asyncio.run(serve(settings))


if __name__ == "__main__":
    main()
