"""The naive way to serve: each session makes its own fp32 call for every sampled frame.

There is no scheduler, tracker, pace or limit of visitors. Frames are recognized as they arrive,
every candidate is verified, and libraries use as many threads as they like. Weights, gallery and
consensus are ours, so the ratio shows what the rest achieves.
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
from models.model_card import read_card, variant_path
from recognition.recognizer import Recognizer
from server import make_app
from serving.engine import Engine
from serving.load import Load
from serving.scheduler import Scheduler
from settings import Settings, load_settings
from stream.messages import ServerMessage
from stream.pipeline import Pipeline

_MANY = 64
"""Threads and sessions: more than the machine can serve."""


class NaiveEngine(Engine):
    """An engine that recognizes every frame in full, all frames at once."""

    def __init__(
        self,
        settings: Settings,
        embedder: Embedder,
        gallery: Gallery,
        on_message: Callable[[ServerMessage, float], object],
    ) -> None:
        """Replace workers, scheduler, load and recognizer with ones that hold nothing back."""
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
    fp32 = variant_path(plain.model.path, read_card(plain.model.path), "fp32")
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
