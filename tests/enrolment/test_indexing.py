"""Large galleries: samples, and a head and indexes that are extended and not made anew."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from demo.catalogue import HELD_BACK
from enrolment import indexing
from enrolment.edits import catalogue_of
from enrolment.enrol import enrol
from enrolment.glances import glance_at_others
from enrolment.sample import (
    HEAD_DESCRIPTORS,
    INDEXED_VIEWS,
    SAMPLE,
    SAMPLE_VIEWS,
    head_sample,
    spread,
    views_wanted,
)
from gallery.catalogue import Artwork
from gallery.store import Gallery, open_gallery
from models.embedder import Embedder, square_crop
from models.head import EMBEDDING_DIM, shipped_head
from tests.conftest import ENROLLED
from tests.helpers.shared_folders import linked_copy
from vision.rootsift import rootsift_frame_features


def test_a_few_photographs_get_more_views() -> None:
    assert views_wanted([None] * 5) == [SAMPLE_VIEWS] * 5
    many = views_wanted([None] * 1000)
    assert many.count(SAMPLE_VIEWS) == SAMPLE
    assert set(np.diff(np.flatnonzero(np.array(many) == SAMPLE_VIEWS))) == {4}
    grown = views_wanted([*many, None])
    assert grown == [*many, INDEXED_VIEWS], "what is measured stays as it is"
    assert views_wanted([INDEXED_VIEWS, None]) == [INDEXED_VIEWS, SAMPLE_VIEWS]
    assert views_wanted([None] * 5, sample=0) == [INDEXED_VIEWS] * 5


def test_the_head_that_comes_with_the_weights_is_used(gallery: Gallery, embedder: Embedder) -> None:
    shipped = shipped_head(embedder.card)
    assert shipped is not None, "the default weights come with a head"
    assert np.array_equal(gallery.head.projection, shipped.projection)
    assert len(gallery.vector_index) == (1 + INDEXED_VIEWS) * len(ENROLLED)


def test_for_other_weights_a_head_is_fitted(tmp_path: Path, embedder: Embedder) -> None:
    other = copy(embedder)
    other.card = replace(embedder.card, weights_sha256="0" * 64)
    assert shipped_head(other.card) is None
    paths = [tmp_path / f"{work.id}.png" for work in ENROLLED[:3]]
    for path, work in zip(paths, ENROLLED, strict=False):
        Image.fromarray(work.paint()).save(path)
    works = [Artwork(path.stem, path.stem, images=(path,)) for path in paths]
    enrol(works, tmp_path / "gallery", other, name="Three", source="s")
    opened = open_gallery(tmp_path / "gallery", other.card)
    assert opened.head.dim < EMBEDDING_DIM, "three artworks can't tell as many directions"
    crops = np.concatenate(
        [square_crop(work.paint(), 1.0, other.card.resolution)[None] for work in ENROLLED[:3]]
    )
    for index, embedding in enumerate(opened.head(other.embed(crops))):
        assert opened.vector_index.search(embedding[None], 1)[0][0] == index


def test_the_heads_sample_does_not_grow_with_the_gallery() -> None:
    assert head_sample([10, 2, 10]) == [0, 1, 2]
    for count in (10_000, 100_000):
        views = views_wanted([None] * count)
        chosen = head_sample(views)
        assert sum(1 + views[place] for place in chosen) <= HEAD_DESCRIPTORS
        assert {place for place, one in enumerate(views) if one == SAMPLE_VIEWS} <= set(chosen)
    old = head_sample([SAMPLE_VIEWS] * 10_000)
    assert len(old) * (1 + SAMPLE_VIEWS) <= HEAD_DESCRIPTORS, "a gallery of an earlier version"
    assert spread(10, 3) == [0, 3, 6]


@pytest.fixture
def extended(
    gallery_folder: Path, tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> Gallery:
    """The dozen without its first work and with a new one, as in a large gallery."""
    monkeypatch.setattr(indexing, "_ALWAYS_FITTED", 0)
    folder = linked_copy(gallery_folder, tmp_path / "gallery")
    base = open_gallery(folder, embedder.card)
    Image.fromarray(HELD_BACK[0].paint()).save(tmp_path / "new.png")
    _, *kept = catalogue_of(base).values()
    works = [*kept, Artwork("new", "New", images=(tmp_path / "new.png",))]
    enrol(works, folder, embedder, name="Next", source="s", base=base)
    return open_gallery(folder, embedder.card, thorough=True)


def test_adding_and_removing_extends_a_large_gallery(gallery: Gallery, extended: Gallery) -> None:
    assert len(extended.artworks) == len(ENROLLED)
    assert (extended.folder / "head.npz").samefile(gallery.folder / "head.npz")
    each = gallery.manifest.vectors // gallery.manifest.references
    before, after = gallery.vector_index.vectors(), extended.vector_index.vectors()
    assert np.array_equal(after[:-each], before[each:])
    for index, work in enumerate([*ENROLLED[1:], HELD_BACK[0]]):
        frame = rootsift_frame_features(np.ascontiguousarray(work.paint()[..., ::-1]))
        assert extended.feature_index.search(frame, 1) == [index]
        assert len(extended.features(index)[0]) > 100
    gone = rootsift_frame_features(np.ascontiguousarray(ENROLLED[0].paint()[..., ::-1]))
    assert gallery.feature_index.search(gone, 1) == [0]
    for index in extended.feature_index.search(gone, 3):
        assert extended.artworks[index].id != ENROLLED[0].id


def test_a_glance_finds_twins_from_both_sides(
    gallery_folder: Path, tmp_path: Path, embedder: Embedder
) -> None:
    folder = linked_copy(gallery_folder, tmp_path / "gallery")
    base = open_gallery(folder, embedder.card)
    first = glance_at_others(base, [], lambda *_: None)
    assert [one.index for one in first] == list(range(len(ENROLLED)))
    assert all(one.rival[0] not in (-1, one.index) for one in first)
    assert not any(one.is_full or one.twin_inliers >= 25 for one in first)
    Image.fromarray(ENROLLED[3].paint()[10:-20, 15:-5]).save(tmp_path / "copy.png")
    works = [*catalogue_of(base).values(), Artwork("copy", "Copy", images=(tmp_path / "copy.png",))]
    enrol(works, folder, embedder, name="Next", source="s", base=base)
    steps: list[tuple[int, int]] = []
    grown = open_gallery(folder, embedder.card)
    second = glance_at_others(grown, first, lambda *step: steps.append(step))
    assert steps == [(1, 1)], "only the new one is compared"
    twins = {one.index: one.rival[0] for one in second if one.twin_inliers >= 25}
    assert twins == {3: len(ENROLLED), len(ENROLLED): 3}
