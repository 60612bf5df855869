"""Enrolment and galleries on disk: what is enrolled, what is skipped, what is refused."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from common.files import atomic_folder
from enrolment.enrol import enrol
from gallery.catalogue import Artwork, CatalogueError, read_csv, read_folder, read_source, slug
from gallery.index import GalleryIndex
from gallery.manifest import GalleryError, read_manifest
from gallery.store import Gallery, open_gallery
from models.embedder import Embedder, frame_crop
from models.head import Head, fit_head
from recognition.recognizer import Recognizer
from tests.conftest import ENROLLED
from vision.images import PictureError, load_picture
from vision.synthetic_views import synthetic_view


def noise(path: Path, size: tuple[int, int] = (200, 150), seed: int = 0) -> Path:
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def test_a_folder_is_a_catalogue(tmp_path: Path) -> None:
    for name in ("The_Night Watch.png", "sub/The Night Watch.jpg", "Ångström.png", ".hidden.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        noise(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no picture")
    artworks = read_folder(tmp_path)
    assert [(a.id, a.title) for a in artworks] == [
        ("the-night-watch", "The Night Watch"),
        ("the-night-watch-2", "The Night Watch"),
        ("angstrom", "Ångström"),
    ] or [a.title for a in artworks] == ["The Night Watch", "The Night Watch", "Ångström"]
    assert len({artwork.id for artwork in artworks}) == 3


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_a_catalogue(tmp_path: Path, delimiter: str) -> None:
    rows = [
        ["ID", "title", "image", "inventory"],
        ["x", "Ecce Homo", "a.png", "inv. 7"],
        ["x", "ignored: a second view", "b.png", ""],
        ["", "Untitled", "c.png", ""],
        ["", "", "", ""],
    ]
    path = tmp_path / "artworks.csv"
    path.write_text("\n".join(delimiter.join(row) for row in rows), encoding="utf-8-sig")
    first, second = read_csv(path)
    assert (first.id, first.title, first.artist) == ("x", "Ecce Homo", "")
    assert first.images == (tmp_path / "a.png", tmp_path / "b.png")
    assert first.details == {"inventory": "inv. 7"}
    assert second.id == "untitled"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id,title\nx,y", "no column 'image'"),
        ("id,image\nx,", "line 2"),
        ("", "no column 'image'"),
        ("id,image\n", "no pictures"),
    ],
)
def test_a_bad_csv_gives_one_clear_line(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "artworks.csv"
    path.write_text(text)
    with pytest.raises(CatalogueError, match=words) as caught:
        read_source(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_no_source_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "artworks.csv"
    path.write_bytes("id,image\nx,è.png".encode("latin-1"))
    with pytest.raises(CatalogueError, match="UTF-8"):
        read_source(path)
    with pytest.raises(CatalogueError, match="no such"):
        read_source(tmp_path / "nothing")
    with pytest.raises(CatalogueError, match="neither"):
        read_source(noise(tmp_path / "picture.png"))


def test_slugs_are_safe_in_addresses() -> None:
    assert slug("Madonna col Bambino / San Rocco (1520)") == "madonna-col-bambino-san-rocco-1520"
    assert slug("無題") == "artwork"


def test_pictures_are_upright_rgb(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned by 90 degrees
    picture = Image.new("RGB", (200, 100), "red")
    picture.putpixel((0, 0), (0, 0, 255))
    picture.save(tmp_path / "turned.png", exif=exif)
    assert load_picture(tmp_path / "turned.png").shape == (200, 100, 3)
    clear = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    clear.save(tmp_path / "clear.png")
    assert load_picture(tmp_path / "clear.png").min() == 255
    for mode in ("L", "P", "CMYK", "I;16", "LA", "1"):
        name = tmp_path / f"{mode.replace(';', '')}.tif"
        Image.new(mode, (100, 80)).save(name)
        assert load_picture(name).shape == (80, 100, 3)
    big = load_picture(noise(tmp_path / "big.png", (3000, 500)))
    assert big.shape == (213, 1280, 3)


def test_bad_pictures_are_refused_in_a_few_words(tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("not a picture")
    whole = noise(tmp_path / "whole.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    noise(tmp_path / "tiny.png", (20, 300))
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    for name, words in {
        "text.jpg": "not a picture",
        "cut.png": "damaged",
        "tiny.png": "only 20 x 300",
        "bomb.png": "megapixels",
        "none.png": "no such file",
    }.items():
        with pytest.raises(PictureError, match=words):
            load_picture(tmp_path / name)


def test_enrolment_skips_bad_pictures_by_name(tmp_path: Path, embedder: Embedder) -> None:
    works = tmp_path / "works"
    works.mkdir()
    for number, work in enumerate(ENROLLED[:3]):
        Image.fromarray(work.paint()).save(works / f"{number}.png")
    shutil.copy(works / "1.png", works / "same.png")
    (works / "bad.jpg").write_text("not a picture")
    Image.new("RGB", (300, 300), "grey").save(works / "blank.png")
    steps: list[tuple[str, int, int]] = []
    result = enrol(
        read_source(works),
        tmp_path / "gallery",
        embedder,
        name="Works",
        source="works",
        on_step=lambda step, done, total: steps.append((step, done, total)),
    )
    assert {(s.path.name, s.reason) for s in result.skipped} == {
        ("bad.jpg", "not a picture that can be read"),
        ("same.png", "same picture as 1.png"),
    }
    ends = [(step, done) for step, done, total in steps if done == total]
    assert ends == [("Reading", 6), ("Enrolling", 5), ("Indexing", 4)], "one was there already"
    assert (result.manifest.artworks, result.manifest.vectors) == (4, 12)
    opened = open_gallery(tmp_path / "gallery", embedder.card)
    assert [artwork.id for artwork in opened.artworks] == ["0", "1", "2", "blank"]
    assert len(opened.features(3)[0]) == 0
    assert opened.picture_path(2, thumbnail=True).read_bytes()[:2] == b"\xff\xd8"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gallery", "works"]


def test_nothing_to_enrol_leaves_the_old_gallery(
    tmp_path: Path, gallery_folder: Path, embedder: Embedder
) -> None:
    kept = tmp_path / "kept"
    shutil.copytree(gallery_folder, kept)
    bad = Artwork("x", "X", images=(tmp_path / "missing.png",))
    with pytest.raises(GalleryError, match=r"none of 1 photographs.*missing.png: no such file"):
        enrol([bad], kept, embedder, name="x", source="here")
    assert open_gallery(kept, embedder.card).manifest.name == "A dozen"
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_enrolment_never_replaces_what_is_no_gallery(tmp_path: Path, embedder: Embedder) -> None:
    noise(tmp_path / "holiday.png")
    with pytest.raises(GalleryError, match="no gallery"):
        enrol([], tmp_path, embedder, name="x", source="here")
    assert (tmp_path / "holiday.png").exists()


def test_one_artwork_is_a_gallery(tmp_path: Path, embedder: Embedder) -> None:
    image = tmp_path / "one.png"
    Image.fromarray(ENROLLED[0].paint()).save(image)
    enrol([Artwork("one", "One", images=(image,))], tmp_path / "g", embedder, name="1", source="s")
    opened = open_gallery(tmp_path / "g", embedder.card)
    crops = frame_crop(ENROLLED[0].paint()[..., ::-1], 1.0, embedder.card.resolution)
    ((index, score),) = opened.vector_index.search(opened.head(embedder.embed(crops)), 15)
    assert index == 0
    assert score > 0.9


def test_a_gallery_is_read_as_it_was_written(gallery: Gallery) -> None:
    manifest = gallery.manifest
    assert manifest.artworks == len(gallery.artworks) == len(ENROLLED)
    assert manifest.vectors == len(gallery.vector_index) == 3 * len(ENROLLED)
    for index, work in enumerate(ENROLLED):
        assert gallery.artworks[index].text == work.text
        (features,) = gallery.features(index)
        assert 300 < len(features) <= 1100
        assert features.xy.max() <= 480
        (rootsift,) = gallery.rootsift_features(index)
        assert 300 < len(rootsift) <= 1000
        assert rootsift.descriptors.shape[1] == 128
        assert rootsift.xy.max() <= 480
        assert gallery.index_of(work.id) == index
    assert gallery.index_of("nothing") is None
    assert isinstance(gallery._features, np.memmap)


def test_galleries_that_do_not_fit_are_refused_with_the_command_that_mends(
    tmp_path: Path, gallery_folder: Path, embedder: Embedder
) -> None:
    other = replace(embedder.card, space="0" * 64)
    with pytest.raises(GalleryError, match=r"another|made with model.*vernissage enrol .* --out"):
        open_gallery(gallery_folder, other)
    with pytest.raises(GalleryError, match="vernissage enrol SOURCE --out"):
        open_gallery(tmp_path / "nothing", embedder.card)
    broken = tmp_path / "broken"
    shutil.copytree(gallery_folder, broken)
    with (broken / "index.faiss").open("r+b") as file:
        file.seek(200)
        file.write(b"damage")
    with pytest.raises(GalleryError, match=r"index.faiss: missing or damaged"):
        open_gallery(broken, embedder.card)
    values = json.loads((broken / "manifest.json").read_text())
    (broken / "manifest.json").write_text(json.dumps(values | {"format_version": 99}))
    with pytest.raises(GalleryError, match="another version"):
        open_gallery(broken, embedder.card)
    (broken / "manifest.json").write_text("{")
    with pytest.raises(GalleryError, match="damaged"):
        read_manifest(broken)


def test_a_crash_while_writing_leaves_no_trace(tmp_path: Path) -> None:
    target = tmp_path / "gallery"
    target.mkdir()
    (target / "old").touch()
    with pytest.raises(KeyboardInterrupt), atomic_folder(target) as temporary:
        (temporary / "new").touch()
        raise KeyboardInterrupt
    assert [path.name for path in tmp_path.rglob("*")] == ["gallery", "old"]


def test_views_are_deterministic_and_varied() -> None:
    image = ENROLLED[0].paint()
    first = [synthetic_view(image, np.random.default_rng(seed), 112) for seed in (1, 1, 2)]
    assert np.array_equal(first[0], first[1])
    assert np.abs(first[0].astype(int) - first[2]).mean() > 10
    assert first[0].shape == (112, 112, 3)
    assert first[0].dtype == np.uint8


def made_up(artworks: int, views: int, dim: int) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Descriptors whose views differ most in a few directions that carry no information."""
    rng = np.random.default_rng(3)
    owners = np.repeat(np.arange(artworks), views)
    signal = rng.normal(0, 0.3, (artworks, dim))
    nuisance = rng.normal(0, 1, (len(owners), 4)) @ rng.normal(0, 1, (4, dim))
    return (signal[owners] + nuisance + 5).astype(np.float32), owners.astype(np.intp)


def test_the_head_drops_what_changes_between_views() -> None:
    descriptors, owners = made_up(40, 6, 64)
    head = fit_head(descriptors, owners, dim=32)

    def found(embeddings: NDArray[np.float32]) -> float:
        scores = embeddings @ embeddings.T
        np.fill_diagonal(scores, -np.inf)
        return float(np.mean(owners[scores.argmax(axis=1)] == owners))

    centred = descriptors - descriptors.mean(axis=0)
    plain = (centred / np.linalg.norm(centred, axis=1, keepdims=True)).astype(np.float32)
    assert found(head(descriptors)) > 0.95 > 0.5 > found(plain)
    assert np.allclose(np.linalg.norm(head(descriptors), axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(("artworks", "views", "dim"), [(1, 11, 50), (2, 2, 50), (30, 9, 40)])
def test_the_head_fits_any_gallery(artworks: int, views: int, dim: int, tmp_path: Path) -> None:
    descriptors, owners = made_up(artworks, views, dim)
    head = fit_head(descriptors, owners)
    embeddings = head(descriptors)
    assert np.isfinite(embeddings).all()
    assert head.dim == min(len(descriptors) - 1, dim)
    head.save(tmp_path / "head.npz")
    assert np.array_equal(Head.load(tmp_path / "head.npz")(descriptors), embeddings)


def test_a_head_of_one_descriptor_is_refused() -> None:
    with pytest.raises(ValueError, match="at least two"):
        fit_head(np.zeros((1, 5), np.float32), np.zeros(1, np.intp))


def test_search_is_exact_and_by_artwork(rng: np.random.Generator) -> None:
    embeddings = rng.normal(size=(60, 16)).astype(np.float32)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    owners = np.repeat(np.arange(20), 3)
    queries = embeddings[[4, 30]] + 0.05
    index = GalleryIndex.build(embeddings, owners.astype(np.intp))
    scores = (queries @ embeddings.T).max(axis=0).reshape(20, 3).max(axis=1)
    expected = np.argsort(-scores, kind="stable")[:7].tolist()
    found = index.search(queries, 7)
    assert [artwork for artwork, _ in found] == expected
    assert [score for _, score in found] == pytest.approx(scores[expected], abs=1e-5)
    assert len(index.search(queries, 100)) == 20


def test_all_photographs_of_an_artwork_are_searched(tmp_path: Path, embedder: Embedder) -> None:
    front, back = ENROLLED[1].paint(), ENROLLED[4].paint()
    Image.fromarray(front).save(tmp_path / "front.png")
    Image.fromarray(back).save(tmp_path / "back.png")
    both = Artwork("both", "Two sides", images=(tmp_path / "front.png", tmp_path / "back.png"))
    enrol([both], tmp_path / "g", embedder, name="x", source="s")
    opened = open_gallery(tmp_path / "g", embedder.card)
    assert (opened.manifest.artworks, opened.manifest.references) == (1, 2)
    for side in (front, back):
        image = np.ascontiguousarray(side[..., ::-1])
        recognizer = Recognizer(opened, embedder)
        best = recognizer.recognize(recognizer.query(image)).best
        assert best is not None
        assert best.verification.inliers > 100
