"""Enrolment: measure the photographs of artworks and write them as a gallery."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from common.files import atomic_folder
from enrolment.indexing import Indexed, index_photographs
from enrolment.measurements import BaseMeasurements, Measurement, NewMeasurements, link_all
from enrolment.photographs import Found, OnStep, measure_all
from enrolment.sample import SAMPLE
from gallery.audio import AUDIO_FOLDER, copy_artwork_audio
from gallery.catalogue import Artwork
from gallery.feature_rows import FeatureRows
from gallery.layout import make_folders
from gallery.manifest import FORMAT_VERSION, GalleryError, Manifest, Pending
from gallery.store import EnrolledArtwork, Gallery, Reference
from gallery.versions import keep_old
from gallery.write import seal
from models.embedder import Embedder
from models.head import HEAD_VERSION, shipped_head
from models.model_card import PREPROCESSING, ModelCard
from vision.images import PictureError
from vision.synthetic_views import VIEWS_VERSION

Work = tuple[Artwork, Sequence[Measurement]]
"""An artwork, and the measurements of its photographs."""
AddFiles = Callable[[Path, Sequence[EnrolledArtwork]], object]
"""Called with a new version's folder and artworks before it takes its place; adds files."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A photograph or audio file that wasn't enrolled, and why."""

    path: Path
    artwork_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    """The result of an enrolment.

    Attributes:
        manifest: manifest of the gallery.
        skipped: files that were left out.
    """

    manifest: Manifest
    skipped: tuple[Skipped, ...]


def enrol(
    artworks: Sequence[Artwork],
    out: Path,
    embedder: Embedder,
    *,
    name: str,
    source: str,
    language: str = "en",
    base: Gallery | None = None,
    on_step: OnStep = lambda *_: None,
    pending: Pending = "",
    add_files: AddFiles | None = None,
) -> Enrolment:
    """Make a gallery.

    What was measured is kept beside `out` until the gallery is in place, so an enrolment that was
    stopped goes on where it was.

    Args:
        artworks: the artworks to enrol.
        out: the gallery's folder; an older gallery there is kept as a version (gallery.versions).
        embedder: the model.
        name: shown to visitors.
        source: where the artworks came from; error messages name it to make the gallery again.
        language: language of the texts, a BCP 47 tag.
        base: the last version. Its photographs aren't measured again, unless it was made with
            other synthetic views.
        on_step: called with the progress.
        pending: what follows in the background.
        add_files: adds files to the gallery before it takes its place.

    Raises:
        GalleryError: nothing could be enrolled, or `out` exists and is not a gallery.
    """
    if out.exists() and not (out / "manifest.json").is_file() and any(out.iterdir()):
        raise GalleryError(f"{out}: exists and is no gallery; choose another --out")
    known, new = BaseMeasurements(base), NewMeasurements(out, embedder.card)
    paths = [path for artwork in artworks for path in artwork.images]
    head = shipped_head(embedder.card)
    found = measure_all(paths, known, new, embedder, 0 if head else SAMPLE, on_step)
    works, skipped = _sort_out(artworks, found)
    if not works:
        new.clear()
        why = f"; the first: {skipped[0].path}: {skipped[0].reason}" if skipped else ""
        raise GalleryError(f"{source}: none of {len(paths)} photographs could be enrolled{why}")
    with atomic_folder(out, keep_old) as folder:
        make_folders(folder)
        enrolled, silent = _place(works, folder, known)
        photographs = [(index, one) for index, (_, ms) in enumerate(works) for one in ms]
        measurements = [one for _, one in photographs]
        numbers = [one.file_number for artwork in enrolled for one in artwork.references]
        # The disk and the file system are as slow as the indexes.
        with ThreadPoolExecutor(2) as helpers:
            others = (
                helpers.submit(_write_features, measurements, folder / "features.npy"),
                helpers.submit(link_all, measurements, numbers, folder),
            )
            indexed = index_photographs(folder, photographs, enrolled, base, head, on_step)
            for other in others:
                other.result()
        manifest = _describe(enrolled, indexed, embedder.card).model_copy(
            update={
                "name": name,
                "language": language,
                "source": source,
                "pending": pending,
            }
        )
        if add_files:
            add_files(folder, enrolled)
        last = base.manifest if base else None
        manifest = seal(folder, manifest, enrolled, last, indexed.unchanged)
    new.clear()
    return Enrolment(manifest, (*skipped, *silent))


def _sort_out(
    artworks: Sequence[Artwork], found: Sequence[Found]
) -> tuple[list[Work], list[Skipped]]:
    """Return the artworks that have a photograph, with their measurements, and what is left out."""
    works: list[Work] = []
    skipped = []
    results = iter(found)
    for artwork in artworks:
        measurements = []
        for path, result in zip(artwork.images, results, strict=False):
            if isinstance(result, PictureError):
                skipped.append(Skipped(path, artwork.id, str(result)))
            else:
                measurements.append(result)
        if measurements:
            works.append((artwork, measurements))
    return works, skipped


def _place(
    works: Sequence[Work], folder: Path, known: BaseMeasurements
) -> tuple[list[EnrolledArtwork], list[Skipped]]:
    """Give each photograph a number, and its features their rows; copy the artworks' audio.

    Args:
        works: the artworks, with the measurements of their photographs.
        folder: the gallery's folder.
        known: the measurements in the gallery's last version.

    Returns:
        The artworks, and audio files that can't be used.
    """
    enrolled, skipped = [], []
    next_number, row = known.next_file_number, 0
    for artwork, measurements in works:
        references: list[Reference] = []
        for one in measurements:
            number, start = one.reference.file_number, row
            row += one.reference.stop - one.reference.start
            if one.base is None:
                number, next_number = next_number, next_number + 1
            placed = {"file_number": number, "start": start, "stop": row}
            references.append(one.reference.model_copy(update=placed))
        artwork, left_out = copy_artwork_audio(artwork, folder / AUDIO_FOLDER, known.audio)
        skipped += [Skipped(path, artwork.id, reason) for path, reason in left_out]
        fields = {
            name: getattr(artwork, name)
            for name in EnrolledArtwork.model_fields
            if name != "references"
        }
        enrolled.append(EnrolledArtwork(**fields, references=tuple(references)))
    return enrolled, skipped


def _write_features(measurements: Sequence[Measurement], path: Path) -> None:
    with FeatureRows(path) as rows:
        for one in measurements:
            rows.append(one.orb_records())


def _describe(artworks: Sequence[EnrolledArtwork], indexed: Indexed, card: ModelCard) -> Manifest:
    """Return a manifest without name, language, source and checksums."""
    return Manifest(
        format_version=FORMAT_VERSION,
        name="",
        language="",
        source="",
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        model=card.name,
        weights=card.weights,
        space=card.space,
        precision=card.precision,
        fingerprint=card.fingerprint,
        cosine=card.cosine,
        preprocessing=PREPROCESSING,
        head_version=HEAD_VERSION,
        views_version=VIEWS_VERSION,
        artworks=len(artworks),
        references=sum(len(artwork.references) for artwork in artworks),
        vectors=len(indexed.index),
        vectors_per_artwork=indexed.index.vectors_per_artwork,
        features=artworks[-1].references[-1].stop,
        fitted_references=indexed.fitted_references,
        index=indexed.index.kind,
        checksums={},
    )
