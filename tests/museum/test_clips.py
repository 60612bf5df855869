"""Real paintings and real footage: what the README promises of them."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from enrolment.enrol import enrol
from gallery.catalogue import read_source
from gallery.store import open_gallery
from models.embedder import Embedder
from recognition.recognizer import Recognizer
from settings import load_settings
from stream.pipeline import make_pipeline
from stream.replay import Score, declarations, read_truth, replay_clip, score_clip

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def scores(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory, embedder: Embedder
) -> dict[str, Score]:
    """Every shared clip, replayed against the gallery of the museum it was filmed in."""
    source = shared_data / "gallery" / "estense" / "artworks.csv"
    folder = tmp_path_factory.mktemp("museum") / "estense"
    enrol(read_source(source), folder, embedder, name="Estense", source=str(source))
    settings = load_settings()
    recognizer = Recognizer(open_gallery(folder, embedder.card), embedder, settings.recognition)
    clip_scores = {}
    for clip, shown in read_truth(shared_data / "clips" / "truth.csv").items():
        path = shared_data / "clips" / clip
        messages = list(
            replay_clip(path, make_pipeline(settings.consensus, settings.stream), recognizer)
        )
        clip_scores[clip] = score_clip(declarations(messages), shown)
    return clip_scores


def test_nothing_wrong_is_ever_declared(scores: dict[str, Score]) -> None:
    assert [clip for clip, score in scores.items() if score.outcome == "wrong"] == []


def test_every_artwork_filmed_is_declared_in_time(scores: dict[str, Score]) -> None:
    assert [clip for clip, score in scores.items() if score.outcome == "missed"] == []
    waits = [score.wait_s for score in scores.values() if score.wait_s is not None]
    assert len(waits) == 6
    assert statistics.median(waits) <= 1.2
