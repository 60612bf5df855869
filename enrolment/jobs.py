"""Make and edit galleries from beginning to end: enrol, probe, assess, report."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from enrolment.assessment import Assessment
from enrolment.calibrate import assess_gallery, calibrate
from enrolment.calibration_store import (
    changed_artworks,
    reusable_probes,
    stored_assessments,
    write_probes,
)
from enrolment.edits import AddAddress, Catalogue, Change, ChangeError, add_all, apply, catalogue_of
from enrolment.enrol import Enrolment, enrol
from enrolment.iiif import read_iiif
from enrolment.report import REPORT_FILE, render_report
from enrolment.text_edits import only_texts_differ, write_texts
from gallery.acceptance import PROVISIONAL, Acceptance
from gallery.catalogue import Artwork
from gallery.layout import ORIGINALS
from gallery.manifest import GalleryError
from gallery.store import ACCEPTANCE_FILE, Gallery, open_gallery
from models.embedder import Embedder
from models.model_card import ModelCard
from models.precision import select_precision
from recognition.recognizer import Recognizer
from settings import Settings
from vision.images import PictureError, load_picture

OnStep = Callable[[str, int, int], None]
"""Called with the step's name, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class EnrolmentResult:
    """The result of making a gallery.

    Attributes:
        enrolment: the manifest, and the files left out.
        assessments: one for each artwork that was probed.
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
    probed: bool = True,
) -> EnrolmentResult:
    """Enrol artworks, probe each one, and write an assessment of each.

    Measurements in a gallery at `out` are reused.

    Args:
        artworks: the artworks to enrol.
        out: the gallery's folder; see `enrol`.
        embedder: the model.
        settings: settings of the recognition.
        name: shown to visitors.
        source: where the artworks came from.
        language: language of the texts, a BCP 47 tag.
        target: false declarations per attempt to stay under.
        on_step: called with the progress.
        probed: whether to probe the artworks; if not, the gallery gets provisional thresholds.

    Raises:
        GalleryError: nothing could be enrolled, or `out` exists and is not a gallery.
    """
    base = _open_base(out, embedder.card)
    # The results of probes depend on the synthetic views, too.
    last = base if base and base.has_current_views else None
    assessments: list[Assessment] = []

    def finish(folder: Path) -> None:
        if not probed:
            _write_acceptance(folder, PROVISIONAL.model_copy(update={"target": target}))
            return
        opened = open_gallery(folder, embedder.card)
        acceptance, probes = calibrate(
            Recognizer(opened, embedder, settings.recognition),
            target,
            partial(on_step, "Looking at each"),
            reused=reusable_probes(last, opened) if last else {},
            required=changed_artworks(last, opened) if last else (),
        )
        assessments.extend(assess_gallery(opened, acceptance, probes))
        _write_acceptance(folder, acceptance)
        write_probes(folder, probes)
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
    """Make the next version of a gallery. If only texts change, nothing is measured.

    Returns:
        One line for each change that failed; the others were made.

    Raises:
        GalleryError, ChangeError, ModelError: nothing was changed; the message says how to mend it.
    """
    card = select_precision(settings.model.path, settings.model.wanted).card
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
    failed += _drop_unreadable(catalogue, {folder / ORIGINALS, _fetch_folder(folder)})
    if catalogue == catalogue_of(gallery):
        return failed
    if only_texts_differ(gallery, catalogue):
        write_texts(gallery, catalogue, partial(_rewrite_report, card))
        return failed
    result = make_gallery(
        list(catalogue.values()),
        folder,
        Embedder(settings.model.path, os.cpu_count() or 1, settings.model.wanted),
        settings,
        name=gallery.manifest.name,
        source=gallery.manifest.source,
        language=gallery.manifest.language,
        target=gallery.acceptance.target,
        on_step=on_step,
    )
    skipped = [f"{skipped.path.name}: {skipped.reason}" for skipped in result.enrolment.skipped]
    return failed + skipped


def _fetch(
    change: AddAddress, folder: Path, catalogue: Catalogue, settings: Settings, on_step: OnStep
) -> list[str]:
    """Fetch the artworks of an address into a catalogue; return one line for each failure."""
    found = read_iiif(
        change.address,
        _fetch_folder(folder),
        partial(on_step, "Fetching"),
        change.limit,
        private=settings.studio.private_addresses,
    )
    add_all(found.artworks, catalogue)
    return [f"{failed.address}: {failed.reason}" for failed in found.failed]


def _fetch_folder(folder: Path) -> Path:
    """Return the folder with the files fetched for a gallery."""
    return folder.with_name(f"{folder.name}-fetched")


def _drop_unreadable(catalogue: Catalogue, checked: set[Path]) -> list[str]:
    """Drop unreadable photographs, so that no identical version is published.

    Args:
        catalogue: the artworks to enrol; those with no photograph left are dropped, too.
        checked: folders whose photographs are known to be readable.

    Returns:
        One line for each unreadable photograph, with the reason.
    """
    problems = []
    for key, artwork in list(catalogue.items()):
        kept = []
        for path in artwork.images:
            try:
                if path.parent not in checked:
                    load_picture(path)
                kept.append(path)
            except PictureError as error:
                problems.append(f"{path.name}: {error}")
        if not kept:
            del catalogue[key]
        elif len(kept) < len(artwork.images):
            catalogue[key] = replace(artwork, images=tuple(kept))
    return problems


def _open_base(folder: Path, card: ModelCard) -> Gallery | None:
    """Open the gallery that will be replaced; None if its measurements can't be used."""
    try:
        return open_gallery(folder, card)
    except GalleryError:
        return None


def _rewrite_report(card: ModelCard, folder: Path) -> None:
    opened = open_gallery(folder, card)
    _write_report(opened, stored_assessments(opened))


def _write_acceptance(folder: Path, acceptance: Acceptance) -> None:
    text = acceptance.model_dump_json(indent=2)
    (folder / ACCEPTANCE_FILE).write_text(text + "\n", encoding="utf-8")


def _write_report(gallery: Gallery, assessments: Sequence[Assessment]) -> None:
    page = render_report(gallery, assessments)
    (gallery.folder / REPORT_FILE).write_text(page, encoding="utf-8")
