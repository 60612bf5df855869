"""A large gallery at no cost: the works of a small one again and again, under other names."""

from __future__ import annotations

import itertools
from pathlib import Path

from gallery.manifest import read_manifest
from gallery.store import EnrolledArtwork
from gallery.write import seal
from tests.helpers.shared_folders import linked_copy


def repeated_gallery(source: Path, target: Path, count: int) -> Path:
    """Copy a gallery and list its works until there are `count`; returns `target`.

    The first works are those of `source`. The others show the same photographs, with `-2` and so
    on after id and title, and no frame is recognized as one of them.
    """
    linked_copy(source, target)
    # Hard links: the file of `source` must not be written into.
    lines = (target / "artworks.jsonl").read_text(encoding="utf-8").splitlines()
    works = [EnrolledArtwork.model_validate_json(line) for line in lines]
    artworks = []
    for turn, work in zip(range(count), itertools.cycle(works), strict=False):
        suffix = turn // len(works) + 1
        names = {"id": f"{work.id}-{suffix}", "title": f"{work.title} {suffix}"}
        artworks.append(work.model_copy(update=names) if suffix > 1 else work)
    manifest = read_manifest(target)
    for name in ("artworks.jsonl", "manifest.json"):
        (target / name).unlink()
    seal(target, manifest.model_copy(update={"artworks": count}), artworks)
    return target
