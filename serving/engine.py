"""The engine that serves all cameras: gallery in use, workers, scheduler, load, metrics."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor

from common.threads import usable_cores, use_one_thread
from gallery.manifest import GalleryError, read_manifest
from gallery.store import Gallery, open_gallery
from models.embedder import Embedder
from recognition.recognizer import Recognizer
from serving.capacity import Capacity, sharing
from serving.load import OVERLOADED_WAIT_S, SATURATED_WAIT_S, Load
from serving.metrics import Metrics
from serving.scheduler import Scheduler
from serving.sockets import Sockets
from settings import Settings
from stream.messages import ServerMessage
from stream.pipeline import Pipeline, make_pipeline

log = logging.getLogger("vernissage.engine")

_GALLERY_PERIOD_S = 2.0


class Engine:
    """What visitors and kiosks share. For one event loop.

    Attributes:
        settings: the settings of this process.
        workers: threads that process frames.
        scheduler: grants turns; as many at once as there are workers.
        load: how long the frames of visitors who look for an artwork wait.
        capacity: the cores that visitors take.
        metrics: counters and histograms.
        sockets: reads what peers send.
        on_message: called with each message that a frame or the time led to, and with the seconds
            that the visitor had looked.
    """

    workers: Executor
    scheduler: Scheduler
    load: Load

    def __init__(
        self,
        settings: Settings,
        embedder: Embedder,
        gallery: Gallery,
        on_message: Callable[[ServerMessage, float], object] = lambda message, looked_s: None,
    ) -> None:
        """Serve `gallery` with `embedder`, whose card the gallery was made with."""
        clock = asyncio.get_running_loop().time
        cores, unlimited = usable_cores(), settings.server.max_cpu > 1
        workers, runs = sharing(cores, settings.model.threads)
        self.settings = settings
        self.on_message = on_message
        self.workers = ThreadPoolExecutor(
            workers, thread_name_prefix="worker", initializer=use_one_thread
        )
        self.scheduler = Scheduler(workers)
        self.load = Load(OVERLOADED_WAIT_S, math.inf if unlimited else SATURATED_WAIT_S, clock)
        self.capacity = Capacity(cores * settings.server.max_cpu, clock)
        self.metrics = Metrics(lambda: self.load.wait_s)
        self.sockets = Sockets()
        self._embedder = embedder.batched(self.metrics.batch.observe, runs)
        self.recognizer = self._recognizer_of(gallery)

    @property
    def gallery(self) -> Gallery:
        """The gallery in use."""
        return self.recognizer.gallery

    def make_pipeline(self) -> Pipeline:
        """Make the pipeline of one visitor or camera."""
        return make_pipeline(self.settings.consensus, self.settings.stream)

    def stop(self) -> None:
        """Process no more frames."""
        self.workers.shutdown(wait=False, cancel_futures=True)

    async def follow_gallery(self) -> None:
        """Take up each new version of the gallery's folder; streams go on."""
        while True:
            await asyncio.sleep(_GALLERY_PERIOD_S)
            await self.take_up_gallery()

    async def take_up_gallery(self) -> None:
        """Use the version that is in the gallery's folder now, if it can be opened."""
        folder = self.gallery.folder
        try:
            manifest = await asyncio.to_thread(read_manifest, folder)
            if manifest == self.gallery.manifest:
                return
            gallery = await asyncio.to_thread(open_gallery, folder, self._embedder.card)
        except GalleryError as error:
            log.warning("the gallery in use stays: %s", error)
            return
        self.recognizer = self._recognizer_of(gallery)
        log.info(
            "new version of the gallery: %d artworks%s", len(gallery.artworks), caveat(gallery)
        )

    def _recognizer_of(self, gallery: Gallery) -> Recognizer:
        return Recognizer(gallery, self._embedder, self.settings.recognition)


def caveat(gallery: Gallery) -> str:
    """Return a remark for the log on thresholds that weren't fitted to the gallery yet, or ""."""
    return "" if gallery.acceptance.fitted else "; thresholds: cautious, not fitted to it yet"
