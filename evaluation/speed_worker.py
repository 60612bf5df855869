"""Measure the precisions in a process of low priority, beside a server that was never measured.

The process reads a `SpeedJob` from standard input and writes one line: the chosen precision, or
nothing if it couldn't be measured; then standard error says why.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

from pydantic import BaseModel

from common.threads import use_one_thread
from common.workers import become_worker, worker
from enrolment.demo_gallery import unfinished
from errors import UserError
from evaluation.speed import VIEWS, measure
from models.precision import AUTO, read_choice
from settings import ModelSettings, Settings, load_settings

log = logging.getLogger("vernissage.speed")

_FIRST_S = 60.0
"""Time after the start until it begins: a start is busy enough."""
_PERIOD_S = 10.0


class SpeedJob(BaseModel):
    """The model to measure, and the gallery whose views it is measured on."""

    gallery: Path
    model: ModelSettings
    views: int = VIEWS


async def measure_once(settings: Settings, views: int = VIEWS, first_s: float = _FIRST_S) -> None:
    """Measure in the background what `model.precision = auto` uses from the next start on.

    Nothing is done if it was measured before, or if the settings choose the precision.

    Args:
        settings: the server's settings.
        views: number of synthetic views.
        first_s: seconds to wait first.
    """
    model = settings.model
    if not model.measure or model.precision != AUTO or read_choice(model.path):
        return
    wait_s = first_s
    while True:
        await asyncio.sleep(wait_s)
        # One thing at a time: the rest of the demo gallery comes first.
        if not await asyncio.to_thread(unfinished, settings.gallery):
            break
        wait_s = _PERIOD_S
    log.info("measuring in the background which way to run the model is fastest here")
    job = SpeedJob(gallery=settings.gallery.absolute(), model=model, views=views)
    async with worker("evaluation.speed_worker") as process:
        output, _ = await process.communicate(job.model_dump_json().encode())
    if chosen := output.decode().strip():
        log.info("fastest here: %s; the next start uses it", chosen)
    else:
        log.warning("the fastest way couldn't be measured: vernissage doctor --speed says why")


def main() -> None:
    """Do the job on standard input."""
    become_worker()
    job = SpeedJob.model_validate_json(sys.stdin.buffer.read())
    use_one_thread()
    settings = load_settings(gallery=job.gallery, model=job.model.model_dump())
    try:
        choice, _ = measure(settings, job.views, lambda *_: None)
        print(choice.chosen)
    except UserError as error:
        print(error, file=sys.stderr)


if __name__ == "__main__":
    main()
