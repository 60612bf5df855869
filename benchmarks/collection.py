"""A large collection from photographs to visitors, beside a small one in the same run.

It enrols and serves the works of museums (of a demo gallery where none is named), and fills the
collection up with new paintings and pieces of photographs: 10,000 works by default. The small
collection is the beginning of the large one, and the same frames and clips are shown to both.
Measured are enrolment (CPU, memory over time, disk), recall on rendered frames and on real clips,
false declarations of what is not enrolled, the server's memory, the time to match, and the time
from a curator's upload of one more work until visitors are served with it, while they look.

    python -m benchmarks.collection [--works 500] [--museum CSV ...] [--photographs FOLDER ...]
        [--unknown FOLDER ...] [--clips FOLDER] [--folder .cache/collection]

Pictures are made once and kept in the folder. `--reuse` takes the galleries of the last run, too,
and measures everything but their enrolment.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from benchmarks.large.enrolling import Enrolment, disk_mb, enrol_watched
from benchmarks.large.living import live
from benchmarks.large.looks import look, try_unknown
from benchmarks.large.pictures import make_pictures, pictures_in, write_catalogue
from benchmarks.large.table import Measured, table_of
from benchmarks.serving.visitors import asked_rates, film
from common.console import progress_bar
from common.threads import use_one_thread
from demo.write import write_demo
from errors import UserError
from evaluation.clips import ClipResult, replay_clips
from evaluation.conditions import PLAIN
from evaluation.dataset import SceneDataset, read_picture
from evaluation.measure import SystemUnderTest
from gallery.catalogue import Artwork, read_source
from gallery.manifest import GalleryError, read_manifest
from gallery.store import open_gallery
from models.embedder import Embedder
from recognition.recognizer import Recognizer
from settings import REPOSITORY, load_settings

FILMED = 6
"""Artworks that visitors of the servers point at."""
NAMES = ("small", "large")


def main() -> None:
    """Make the pictures, enrol both collections, measure both, and print a table."""
    options = parse_options()
    use_one_thread()
    folder: Path = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    museum = museum_works(options.museum, folder)
    if not len(museum) <= options.small < options.works:
        sys.exit(f"--small must be {len(museum)} (the museum's works) or more, and below --works")
    photographs = [*pictures_in(options.photographs), *(one.images[0] for one in museum)]
    # One more than is enrolled: the one that a curator adds.
    count = options.works - len(museum) + 1
    with progress_bar("Making pictures") as advance:
        pictures = make_pictures(folder / "pictures", photographs, count, advance)
    enrolments: list[Enrolment | None] = []
    for name, works in zip(NAMES, (options.small, options.works), strict=True):
        source = folder / f"{name}.csv"
        write_catalogue(source, museum, pictures[: works - len(museum)])
        enrolments.append(enrolled(source, folder / name, works, reuse=options.reuse))
    with tempfile.TemporaryDirectory() as temporary:
        both = measure(options, museum, pictures[-1], enrolments, Path(temporary))
    Console(width=100).print(table_of(*both))
    for name, one in zip(NAMES, both, strict=True):
        for wrong in one.attempts.declared:
            print(f"{name}, not enrolled, declared: {wrong}")
        for clip in one.clips:
            declared = ", ".join(f"{d.artwork_id} at {d.at_s:.2f} s" for d in clip.declared)
            print(f"{name}, {clip.name}: {clip.score.outcome} ({declared or 'nothing'})")


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--works", type=int, default=10_000, help="of the large collection")
    parser.add_argument("--small", type=int, default=200, help="of the small collection")
    parser.add_argument(
        "--museum", type=Path, nargs="*", default=[], help="CSVs of works that are shown"
    )
    parser.add_argument(
        "--photographs", type=Path, nargs="*", default=[], help="folders to make pieces of"
    )
    parser.add_argument(
        "--unknown", type=Path, nargs="*", default=[], help="folders of what isn't enrolled"
    )
    parser.add_argument("--clips", type=Path, help="folder of clips and their truth.csv")
    parser.add_argument("--folder", type=Path, default=REPOSITORY / ".cache" / "collection")
    parser.add_argument("--frames", type=int, default=200, help="rendered frames")
    parser.add_argument("--attempts", type=int, default=100, help="stills of --unknown to try")
    parser.add_argument("--visitors", type=int, default=2, help="at a time")
    parser.add_argument("--reuse", action="store_true", help="the galleries of the last run")
    return parser.parse_args()


def museum_works(sources: list[Path], folder: Path) -> list[Artwork]:
    """Return the works that are shown: those of the sources, or else those of the demo gallery."""
    if sources:
        return [artwork for source in sources for artwork in read_source(source)]
    catalogue = folder / "demo" / "artworks.csv"
    if not catalogue.is_file():
        with progress_bar("Painting") as advance:
            write_demo(catalogue.parent, advance)
    return read_source(catalogue)


def enrolled(source: Path, out: Path, works: int, *, reuse: bool) -> Enrolment | None:
    """Enrol a catalogue from nothing; None if the gallery of the last run is as large, and wanted.

    Raises:
        SystemExit: enrolling failed.
    """
    try:
        if reuse and read_manifest(out).artworks == works:
            return None
    except GalleryError:
        pass
    print(f"enrolling {works} works", flush=True)
    made = enrol_watched(source, out, works)
    print(
        f"{works} works: live after {made.live_s:.0f} s ({made.live_cpu_s / works:.2f} CPU s a "
        f"work), done after {made.whole_s:.0f} s ({made.whole_cpu_s / works:.2f} CPU s a work), "
        f"{made.peak_mb:.0f} MB at most",
        flush=True,
    )
    return made


def measure(
    options: argparse.Namespace,
    museum: list[Artwork],
    new: Path,
    enrolments: list[Enrolment | None],
    temporary: Path,
) -> list[Measured]:
    """Show the same things to both collections; return what was measured of each."""
    settings = load_settings()
    embedder = Embedder(settings.model.path, 1, settings.model.precision)
    folders = [options.folder / name for name in NAMES]
    galleries = [open_gallery(folder, embedder.card) for folder in folders]
    systems = [
        SystemUnderTest(
            Recognizer(gallery, embedder, settings.recognition), settings.consensus, settings.stream
        )
        for gallery in galleries
    ]
    dataset = SceneDataset.of(galleries[0]).only([one.id for one in museum])
    with progress_bar("Rendered frames") as advance:
        looks = look(systems, dataset, PLAIN, options.frames, advance)
    with progress_bar("Not enrolled") as advance:
        attempts = try_unknown(systems, pictures_in(options.unknown), options.attempts, advance)
    clips: list[list[ClipResult]] = [[], []]
    if options.clips:
        for system, results in zip(systems, clips, strict=True):
            with progress_bar("Replaying clips") as advance:
                truth = options.clips / "truth.csv"
                results += replay_clips(options.clips, truth, system, advance)
    shown = [one.id for one in museum[:: max(1, len(museum) // FILMED)]][:FILMED]
    pictures = ((artwork_id, read_picture(dataset.paths[artwork_id])) for artwork_id in shown)
    filmed = film(temporary, pictures, asked_rates())
    return [
        Measured(
            len(galleries[nth].artworks),
            disk_mb(folder),
            enrolments[nth],
            looks[nth],
            attempts[nth],
            clips[nth],
            live(folder, filmed, options.visitors, new, temporary / folder.name),
        )
        for nth, folder in enumerate(folders)
    ]


if __name__ == "__main__":
    try:
        main()
    except UserError as error:
        sys.exit(str(error))
