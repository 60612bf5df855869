"""The process that changes a gallery, at low priority: visitors go first.

Reads one `Order` from standard input; writes a JSON object a line: `step`, `done` and `total` as
it goes, at the end `failed` (lines for the curator) or `error`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from pydantic import BaseModel

from common.threads import use_one_thread
from enrolment.edits import Change, ChangeError
from enrolment.jobs import change_gallery
from gallery.store import GalleryError
from models.dinov2.architecture import ModelError
from settings import ModelSettings, RecognitionSettings, load_settings

LOW_PRIORITY = 15


class Order(BaseModel):
    """What is to be changed, of which gallery, and what of the server's settings matters."""

    gallery: Path
    model: ModelSettings
    recognition: RecognitionSettings
    private_addresses: bool
    changes: list[Change]


def main() -> None:
    """Follow the order on standard input."""
    os.nice(LOW_PRIORITY)
    # An exception rather than an end: what was written so far is cleared away.
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: sys.exit(1))
    order = Order.model_validate_json(sys.stdin.buffer.read())
    settings = load_settings(
        gallery=order.gallery,
        model=order.model.model_dump(),
        recognition=order.recognition.model_dump(),
        studio={"private_addresses": order.private_addresses},
    )
    use_one_thread()

    def on_step(step: str, done: int, total: int) -> None:
        _tell({"step": step, "done": done, "total": total})

    try:
        _tell({"failed": change_gallery(order.gallery, order.changes, settings, on_step)})
    except (GalleryError, ChangeError, ModelError) as error:
        _tell({"error": str(error)})
    except OSError as error:
        _tell({"error": f"the gallery can't be written: {error}"})


def _tell(values: dict[str, object]) -> None:
    print(json.dumps(values), flush=True)


if __name__ == "__main__":
    main()
