"""An enrolment that was stopped, even killed, goes on where it was."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from enrolment.demo_gallery import finish, unfinished
from enrolment.enrol import enrol
from enrolment.jobs import make_gallery
from enrolment.measurements import NewMeasurements
from gallery.acceptance import PROVISIONAL
from gallery.catalogue import read_source
from gallery.manifest import read_manifest
from gallery.store import open_gallery, read_acceptance
from gallery.versions import list_versions
from models.embedder import Embedder
from settings import REPOSITORY
from tests.conftest import ENROLLED, make_settings, write_works

_ENROL = """
import sys
from pathlib import Path
from enrolment.enrol import enrol
from gallery.catalogue import read_source
from models.embedder import Embedder
source, out, model = map(Path, sys.argv[1:])
step = lambda *progress: print(*progress, flush=True)
enrol(read_source(source), out, Embedder(model, 1), name="x", source="x", on_step=step)
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_works(tmp_path / "works", ENROLLED[:6])


def killed_at(line: str, source: Path, out: Path, model_path: Path) -> None:
    """Enrol in a process that is killed when it prints a line."""
    command = [sys.executable, "-c", _ENROL, *map(str, (source, out, model_path))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:
        assert process.stdout
        assert any(said.strip() == line for said in process.stdout)
        process.kill()


def test_a_killed_enrolment_measures_only_what_was_not_measured(
    source: Path, tmp_path: Path, model_path: Path, embedder: Embedder, embedded: list[int]
) -> None:
    out = tmp_path / "gallery"
    killed_at("Enrolling 3 6", source, out, model_path)
    measured = tmp_path / ".gallery.measured"
    assert not out.exists()
    enrol(read_source(source), out, embedder, name="x", source="x")
    assert 0 < len(embedded) <= 2 * 3, "two batches for each photograph that was left"
    gallery = open_gallery(out, embedder.card)
    assert [artwork.id for artwork in gallery.artworks] == [work.id for work in ENROLLED[:6]]
    assert not measured.exists()


def test_what_another_model_measured_is_not_used(tmp_path: Path, embedder: Embedder) -> None:
    mine = NewMeasurements(tmp_path / "gallery", embedder.card)
    kept = mine.folder / "done" / "one.json"
    kept.write_text("{}")
    NewMeasurements(tmp_path / "gallery", embedder.card)
    assert kept.exists()
    NewMeasurements(tmp_path / "gallery", replace(embedder.card, space="another"))
    assert not kept.exists()


def test_thresholds_that_were_not_fitted_follow_later(
    source: Path, tmp_path: Path, model_path: Path, embedder: Embedder
) -> None:
    out = tmp_path / "gallery"
    settings = make_settings(out, model_path)

    def stop_at_probes(step: str, *_: int) -> None:
        if step == "Looking at each":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_gallery(
            read_source(source)[:2],
            out,
            embedder,
            settings,
            name="Two",
            source=str(source),
            language="en",
            target=1e-4,
            on_step=stop_at_probes,
        )
    assert read_acceptance(out) == PROVISIONAL
    live = unfinished(out)
    assert live is not None
    assert live.pending == "thresholds"
    finish(out, (), settings, lambda *_: None)
    assert read_acceptance(out).fitted
    assert read_manifest(out) == live.model_copy(update={"pending": ""}), "a server notices"
    assert (list_versions(out), unfinished(out)) == ([], None)
