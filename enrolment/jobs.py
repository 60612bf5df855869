"""Make and edit galleries from beginning to end: enrol, probe, assess, report."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from enrolment.assessment import Assessment
from enrolment.calibrate import assess_gallery, calibrate
from enrolment.calibration_store import (
    changed_artworks,
    read_probes,
    reusable_probes,
    stored_assessments,
    write_probes,
)
from enrolment.edits import AddAddress, Catalogue, Change, ChangeError, add_all, apply, catalogue_of
from enrolment.enrol import Enrolment, enrol
from enrolment.glances import glance_at_others
from enrolment.iiif import read_iiif
from enrolment.photographs import OnStep
from enrolment.report import REPORT_FILE, render_report
from enrolment.text_edits import only_texts_differ, write_texts
from gallery.acceptance import Acceptance, cautious
from gallery.catalogue import Artwork
from gallery.layout import ORIGINALS
from gallery.manifest import GalleryError, Pending, read_manifest
from gallery.store import EnrolledArtwork, Gallery, open_gallery
from gallery.write import write_acceptance, write_file, write_manifest
from models.embedder import Embedder
from models.model_card import ModelCard
from models.precision import select_precision
from recognition.recognizer import Recognizer
from settings import Settings
from vision.images import PictureError, load_picture


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
    on_live: Callable[[], object] = lambda: None,
    pending: Pending = "thresholds",
    base: Gallery | None = None,
) -> EnrolmentResult:
    """Enrol artworks; then, while the gallery is live already, probe it and assess each artwork.

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
        on_live: called when the gallery is in its place, with cautious thresholds.
        pending: `works`: leave it so, because others will be added before it is probed.
        base: the gallery at `out`, if it is open already.

    Raises:
        GalleryError: nothing could be enrolled, or `out` exists and is not a gallery.
    """
    base = base or _open_base(out, embedder.card)
    # The results of probes depend on the synthetic views, too.
    last = base if base and base.has_current_views else None
    changed: set[int] = set()

    def add_files(folder: Path, enrolled: Sequence[EnrolledArtwork]) -> None:
        write_acceptance(folder, cautious(base.acceptance if base else None, target))
        if last:
            write_probes(folder, reusable_probes(last, enrolled).values())
            changed.update(changed_artworks(last, enrolled))

    enrolment = enrol(
        artworks,
        out,
        embedder,
        name=name,
        source=source,
        language=language,
        base=base,
        on_step=on_step,
        pending=pending,
        add_files=add_files,
    )
    on_live()
    if pending == "works":
        return EnrolmentResult(enrolment, ())
    return EnrolmentResult(enrolment, fit_gallery(out, embedder, settings, on_step, changed))


def fit_gallery(
    folder: Path,
    embedder: Embedder,
    settings: Settings,
    on_step: OnStep,
    changed: Collection[int] = (),
) -> tuple[Assessment, ...]:
    """Fit the thresholds of a gallery that is live with cautious ones, and assess its artworks.

    Args:
        folder: the gallery's folder.
        embedder: the model.
        settings: settings of the recognition.
        on_step: called with the progress.
        changed: indices of artworks that must be among those probed in a large gallery.

    Returns:
        An assessment of each artwork.

    Raises:
        GalleryError: the gallery can't be opened, or a newer version has taken its place.
    """
    gallery = open_gallery(folder, embedder.card)
    # Probed as if thresholds were fitted: cautious ones would ask for a second pass too often.
    plain = replace(gallery, acceptance=Acceptance())
    acceptance, probes = calibrate(
        Recognizer(plain, embedder, settings.recognition),
        gallery.acceptance.target,
        partial(on_step, "Looking at each"),
        reused={one.index: one for one in read_probes(gallery)},
        required=changed,
    )
    probes = glance_at_others(gallery, probes, partial(on_step, "Comparing the others"))
    assessments = assess_gallery(gallery, acceptance, probes)
    if read_manifest(folder) != gallery.manifest:
        raise GalleryError(f"{folder}: a newer version has taken its place; nothing was fitted")
    write_probes(folder, probes)
    _write_report(gallery, assessments)
    write_acceptance(folder, acceptance)
    # Last, because a running server takes up the other files when this one has changed.
    write_manifest(folder, gallery.manifest.model_copy(update={"pending": ""}))
    return tuple(assessments)


def change_gallery(
    folder: Path,
    changes: Sequence[Change],
    settings: Settings,
    on_step: OnStep,
    on_live: Callable[[], object] = lambda: None,
) -> list[str]:
    """Make the next version of a gallery. If only texts change, nothing is measured.

    Args:
        folder: the gallery's folder.
        changes: the changes, in their order.
        settings: the model, and the settings of the recognition.
        on_step: called with the progress.
        on_live: called when the new version is in its place; its thresholds may follow.

    Returns:
        One line for each change that failed; the others were made.

    Raises:
        GalleryError, ChangeError, ModelError: nothing was changed; the message says how to mend it.
    """
    card = select_precision(settings.model.path, settings.model.wanted).card
    gallery = open_gallery(folder, card)
    before = catalogue_of(gallery)
    catalogue = dict(before)
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
    if catalogue == before:
        return failed
    if only_texts_differ(before, catalogue):
        write_texts(gallery, catalogue, partial(_rewrite_report, card))
        return failed
    result = make_gallery(
        list(catalogue.values()),
        folder,
        Embedder(settings.model.path, 1, settings.model.wanted),
        settings,
        name=gallery.manifest.name,
        source=gallery.manifest.source,
        language=gallery.manifest.language,
        target=gallery.acceptance.target,
        on_step=on_step,
        on_live=on_live,
        base=gallery,
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


def _write_report(gallery: Gallery, assessments: Sequence[Assessment]) -> None:
    write_file(gallery.folder / REPORT_FILE, render_report(gallery, assessments))
