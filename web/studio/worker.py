"""Edit a gallery in a process of low priority, so that visitors are served first.

The process reads one `EditJob` from standard input and writes JSON, one object per line: `step`,
`done` and `total` on the way, `live` when a new version is in its place whose thresholds follow; at
the end `failed` (lines for the curator) or `error`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pydantic import BaseModel

from common.threads import use_one_thread
from common.workers import become_worker
from demo.catalogue import DEMO_WORKS
from enrolment.demo_gallery import finish
from enrolment.edits import Change, ChangeError
from enrolment.jobs import change_gallery
from gallery.manifest import GalleryError
from models.dinov2.architecture import ModelError
from settings import ModelSettings, RecognitionSettings, load_settings


class EditJob(BaseModel):
    """The edits to make, the gallery, and the server's settings that matter for them.

    Attributes:
        gallery: the gallery's folder.
        model: the server's model.
        recognition: the server's settings of the recognition.
        private_addresses: whether artworks may be fetched from the own network.
        changes: the edits.
        finish: whether to do what is pending of the gallery, instead of edits.
        demo_works: ids of the works that a demo gallery will have.
    """

    gallery: Path
    model: ModelSettings
    recognition: RecognitionSettings
    private_addresses: bool
    changes: list[Change] = []
    finish: bool = False
    demo_works: list[str] = []


def main() -> None:
    """Do the job on standard input."""
    become_worker()
    job = EditJob.model_validate_json(sys.stdin.buffer.read())
    settings = load_settings(
        gallery=job.gallery,
        model=job.model.model_dump(),
        recognition=job.recognition.model_dump(),
        studio={"private_addresses": job.private_addresses},
    )
    use_one_thread()

    def on_step(step: str, done: int, total: int) -> None:
        _write({"step": step, "done": done, "total": total})

    def on_live() -> None:
        _write({"live": True})

    try:
        failed: list[str] = []
        if job.finish:
            works = [work for work in DEMO_WORKS if work.id in job.demo_works]
            finish(job.gallery, works, settings, on_step, on_live)
        else:
            failed = change_gallery(job.gallery, job.changes, settings, on_step, on_live)
        _write({"failed": failed})
    except (GalleryError, ChangeError, ModelError) as error:
        _write({"error": str(error)})
    except OSError as error:
        _write({"error": f"the gallery can't be written: {error}"})


def _write(values: dict[str, object]) -> None:
    print(json.dumps(values), flush=True)


if __name__ == "__main__":
    main()
