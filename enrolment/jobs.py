"""Galleries from beginning to end: enrolled, looked at, judged, reported; made, and changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from enrolment.assessment import Assessment
from enrolment.calibrate import assess_gallery, calibrate
from enrolment.calibration_store import changed, kept_assessments, still_true, write_probes
from enrolment.edits import AddAddress, Catalogue, Change, ChangeError, add_all, apply, catalogue_of
from enrolment.enrol import Enrolment, enrol
from enrolment.iiif import read_iiif
from enrolment.report import REPORT_FILE, render_report
from enrolment.text_edits import only_texts_differ, write_texts
from gallery.catalogue import Artwork
from gallery.layout import ORIGINALS
from gallery.store import ACCEPTANCE_FILE, Gallery, GalleryError, open_gallery
from models.embedder import Embedder
from models.model_card import ModelCard
from models.precision import select_precision
from recognition.recognizer import Recognizer
from settings import Settings
from vision.images import PictureError, load_picture

OnStep = Callable[[str, int, int], None]
"""Told what is being done, how far it is, and how far it goes."""


@dataclass(frozen=True, slots=True)
class EnrolmentResult:
    """A gallery that was made.

    Attributes:
        enrolment: how it went.
        assessments: what to expect of each artwork looked at.
    """

    enrolment: Enrolment
    assessments: tuple[Assessment, ...]


def make_gallery(
    artworks: Sequence[Artwork],
    out: Path,
    embedder: Embedder,
    settings: Settings,
    *,
    name: str,
    source: str,
    language: str,
    target: float,
    on_step: OnStep,
) -> EnrolmentResult:
    """Enrol artworks, look at each, and say what to expect of it.

    What a gallery at `out` has learnt already is not learnt again.

    Args:
        artworks: what to enrol.
        out: the gallery's folder; see `enrol`.
        embedder: the model.
        settings: how frames will be judged.
        name: shown to visitors.
        source: where the artworks came from.
        language: of the texts, as in BCP 47.
        target: false declarations a look to stay under.
        on_step: told how far it is.

    Raises:
        GalleryError: nothing could be enrolled, or `out` is something else than a gallery.
    """
    base = _last_version(out, embedder.card)
    # What probes find depends on the synthetic views, too.
    probed = base if base and base.has_current_views else None
    assessments: list[Assessment] = []

    def finish(folder: Path) -> None:
        opened = open_gallery(folder, embedder.card)
        acceptance, looked = calibrate(
            Recognizer(opened, embedder, settings.recognition),
            target,
            partial(on_step, "Looking at each"),
            known=still_true(probed, opened) if probed else {},
            first=changed(probed, opened) if probed else (),
        )
        assessments.extend(assess_gallery(opened, acceptance, looked))
        text = acceptance.model_dump_json(indent=2)
        (folder / ACCEPTANCE_FILE).write_text(text + "\n", encoding="utf-8")
        write_probes(folder, looked)
        _write_report(opened, assessments)

    enrolment = enrol(
        artworks,
        out,
        embedder,
        name=name,
        source=source,
        language=language,
        base=base,
        on_progress=partial(on_step, "Enrolling"),
        finish=finish,
    )
    return EnrolmentResult(enrolment, tuple(assessments))


def change_gallery(
    folder: Path, changes: Sequence[Change], settings: Settings, on_step: OnStep
) -> list[str]:
    """Make the next version of a gallery; where only words change, nothing is measured.

    Returns:
        What couldn't be done, a line each; the rest was.

    Raises:
        GalleryError, ChangeError, ModelError: nothing was done; the message mends it.
    """
    card = select_precision(settings.model.path, settings.model.precision).card
    gallery = open_gallery(folder, card)
    catalogue = catalogue_of(gallery)
    failed = []
    for change in changes:
        try:
            if isinstance(change, AddAddress):
                failed += _fetch(change, folder, catalogue, settings, on_step)
            else:
                apply(change, catalogue)
        except ChangeError as error:
            failed.append(str(error))
    failed += _leave_out_unreadable(catalogue, {folder / ORIGINALS, _fetched(folder)})
    if catalogue == catalogue_of(gallery):
        return failed
    if only_texts_differ(gallery, catalogue):
        write_texts(gallery, catalogue, partial(_report_again, card))
        return failed
    made = make_gallery(
        list(catalogue.values()),
        folder,
        Embedder(settings.model.path, os.cpu_count() or 1, settings.model.precision),
        settings,
        name=gallery.manifest.name,
        source=gallery.manifest.source,
        language=gallery.manifest.language,
        target=gallery.acceptance.target,
        on_step=on_step,
    )
    skipped = [f"{skipped.path.name}: {skipped.reason}" for skipped in made.enrolment.skipped]
    return failed + skipped


def _fetch(
    asked: AddAddress, folder: Path, catalogue: Catalogue, settings: Settings, on_step: OnStep
) -> list[str]:
    """Fetch the artworks of an address into a catalogue; returns what couldn't be had."""
    found = read_iiif(
        asked.address,
        _fetched(folder),
        partial(on_step, "Fetching"),
        asked.limit,
        private=settings.studio.private_addresses,
    )
    add_all(found.artworks, catalogue)
    return [f"{failed.address}: {failed.reason}" for failed in found.failed]


def _fetched(folder: Path) -> Path:
    """Folder of what was fetched for a gallery."""
    return folder.with_name(f"{folder.name}-fetched")


def _leave_out_unreadable(catalogue: Catalogue, checked: set[Path]) -> list[str]:
    """Take out photographs that can't be read, lest a version is made that is as the last one.

    Args:
        catalogue: what is to be enrolled; artworks of which no photograph is left go, too.
        checked: folders whose photographs are known to be readable.

    Returns:
        What can't be read and why, a line each.
    """
    told = []
    for key, artwork in list(catalogue.items()):
        kept = []
        for path in artwork.images:
            try:
                if path.parent not in checked:
                    load_picture(path)
                kept.append(path)
            except PictureError as error:
                told.append(f"{path.name}: {error}")
        if not kept:
            del catalogue[key]
        elif len(kept) < len(artwork.images):
            catalogue[key] = replace(artwork, images=tuple(kept))
    return told


def _last_version(folder: Path, card: ModelCard) -> Gallery | None:
    """Open the gallery that is to be replaced, if what it has learnt can be used."""
    try:
        return open_gallery(folder, card)
    except GalleryError:
        return None


def _report_again(card: ModelCard, folder: Path) -> None:
    opened = open_gallery(folder, card)
    _write_report(opened, kept_assessments(opened))


def _write_report(gallery: Gallery, assessments: Sequence[Assessment]) -> None:
    page = render_report(gallery, assessments)
    (gallery.folder / REPORT_FILE).write_text(page, encoding="utf-8")
