"""The demo gallery in two parts: a few works at once, and the others while they are served."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from demo.catalogue import FIRST_WORKS
from demo.work import DemoWork
from demo.write import write_demo
from enrolment.edits import Catalogue, add_all, catalogue_of
from enrolment.jobs import EnrolmentResult, OnStep, make_gallery
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
    """Enrol a few demo works with provisional thresholds; `finish` does the rest.

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
            probed=False,
        )


def unfinished(folder: Path) -> Manifest | None:
    """Return the manifest of a demo gallery that `finish` has not probed yet, else None."""
    try:
        manifest = read_manifest(folder)
        return manifest if manifest.source == DEMO and not read_acceptance(folder).fitted else None
    except GalleryError:
        return None


def finish(folder: Path, works: Sequence[DemoWork], settings: Settings, on_step: OnStep) -> None:
    """Enrol the demo works that a gallery lacks and publish it, then probe it and publish again.

    The works come first because visitors can use them with provisional thresholds. If this is
    stopped between the two, only the probes are left for the next time.

    Args:
        folder: the gallery's folder.
        works: the works that it will have; works that it has already stay as they are.
        settings: the model, and the settings of the recognition.
        on_step: called with the progress.

    Raises:
        GalleryError, ModelError: the gallery or the model can't be used.
    """
    model = settings.model
    embedder = Embedder(model.path, os.cpu_count() or 1, model.wanted)

    def publish(catalogue: Catalogue, *, probed: bool) -> None:
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
            probed=probed,
        )

    gallery = open_gallery(folder, embedder.card)
    catalogue = catalogue_of(gallery)
    missing = [work for work in works if work.id not in catalogue]
    if missing:
        with tempfile.TemporaryDirectory() as temporary:
            painting = partial(on_step, "Painting")
            # One process: the server needs the other cores.
            source = write_demo(Path(temporary) / DEMO, painting, missing, processes=1)
            add_all(read_source(source), catalogue)
            # Probes depend on the order, so it is that of a gallery that was enrolled at once.
            catalogue = {work.id: catalogue[work.id] for work in works} | catalogue
            publish(catalogue, probed=False)
    publish(catalogue_of(open_gallery(folder, embedder.card)), probed=True)
