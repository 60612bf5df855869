"""What is left to do while a gallery is served: thresholds, and most works of the demo gallery."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from demo.catalogue import FIRST_WORKS
from demo.work import DemoWork
from demo.write import write_demo
from enrolment.edits import add_all, catalogue_of
from enrolment.jobs import EnrolmentResult, fit_gallery, make_gallery
from enrolment.photographs import OnStep
from gallery.catalogue import read_source
from gallery.manifest import GalleryError, Manifest, read_manifest
from gallery.store import open_gallery, read_acceptance
from models.embedder import Embedder
from settings import Settings

DEMO = "demo"
"""The source of the demo gallery, as commands and manifests name it."""
DEMO_NAME = "Demo gallery"
DEMO_TARGET = 1e-4


def enrol_first(
    out: Path,
    embedder: Embedder,
    settings: Settings,
    on_step: OnStep,
    works: Sequence[DemoWork] = FIRST_WORKS,
) -> EnrolmentResult:
    """Enrol a few demo works with cautious thresholds; `finish` does the rest.

    Raises:
        GalleryError: `out` exists and is not a gallery.
    """
    with tempfile.TemporaryDirectory() as temporary:
        source = write_demo(Path(temporary) / DEMO, partial(on_step, "Painting"), works)
        return make_gallery(
            read_source(source),
            out,
            embedder,
            settings,
            name=DEMO_NAME,
            source=DEMO,
            language="en",
            target=DEMO_TARGET,
            on_step=on_step,
            pending="works",
        )


def unfinished(folder: Path) -> Manifest | None:
    """Return the manifest of a gallery that `finish` has something to do for, else None."""
    try:
        manifest = read_manifest(folder)
        return manifest if manifest.pending or _lacks_works(folder, manifest) else None
    except GalleryError:
        return None


def _lacks_works(folder: Path, manifest: Manifest) -> bool:
    """Return whether a gallery is a demo gallery of which a first start enrolled a few works."""
    if manifest.pending:
        return manifest.pending == "works"
    # Galleries of earlier versions don't say what is pending.
    return manifest.source == DEMO and not read_acceptance(folder).fitted


def finish(
    folder: Path,
    works: Sequence[DemoWork],
    settings: Settings,
    on_step: OnStep,
    on_live: Callable[[], object] = lambda: None,
) -> None:
    """Enrol the works that a demo gallery lacks; fit the thresholds of any gallery.

    The works come first because visitors can use them with cautious thresholds. If this is stopped
    between the two, only the thresholds are left for the next time.

    Args:
        folder: the gallery's folder.
        works: the works that the demo gallery will have; those that it has stay as they are.
        settings: the model, and the settings of the recognition.
        on_step: called with the progress.
        on_live: called when the works are live, before thresholds are fitted.

    Raises:
        GalleryError, ModelError: the gallery or the model can't be used.
    """
    embedder = Embedder(settings.model.path, 1, settings.model.wanted)
    gallery = open_gallery(folder, embedder.card)
    if not _lacks_works(folder, gallery.manifest):
        fit_gallery(folder, embedder, settings, on_step)
        return
    catalogue = catalogue_of(gallery)
    missing = [work for work in works if work.id not in catalogue]
    with tempfile.TemporaryDirectory() as temporary:
        painting = partial(on_step, "Painting")
        # One process: the server needs the other cores.
        source = write_demo(Path(temporary) / DEMO, painting, missing, processes=1)
        add_all(read_source(source) if missing else [], catalogue)
        # Probes depend on the order, so it is that of a gallery that was enrolled at once.
        catalogue = {work.id: catalogue[work.id] for work in works} | catalogue
        make_gallery(
            list(catalogue.values()),
            folder,
            embedder,
            settings,
            name=gallery.manifest.name,
            source=DEMO,
            language=gallery.manifest.language,
            target=gallery.acceptance.target,
            on_step=on_step,
            on_live=on_live,
        )
