"""Audio of artworks, copied into a gallery and named by content."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from common.files import file_sha256, link_or_copy
from gallery.catalogue import Artwork
from gallery.translations import AUDIO_TYPES

AUDIO_FOLDER = "audio"
MAX_AUDIO_BYTES = 50_000_000


class AudioError(ValueError):
    """A file can't be used as audio; the message says why, in a few words."""


def copy_audio(path: Path, folder: Path) -> Path:
    """Copy a file into `folder`, named by its content; return the name.

    Raises:
        AudioError: the file is missing, larger than 50 MB, or of a kind that browsers don't play.
    """
    suffix = path.suffix.lower()
    if suffix not in AUDIO_TYPES:
        raise AudioError(f"not audio that browsers play ({', '.join(AUDIO_TYPES)})")
    if not path.is_file():
        raise AudioError("no such file")
    if path.stat().st_size > MAX_AUDIO_BYTES:
        raise AudioError(f"over {MAX_AUDIO_BYTES // 1_000_000} MB; save it with a lower bit rate")
    try:
        name = Path(file_sha256(path)[:20] + suffix)
        folder.mkdir(exist_ok=True)
        shutil.copyfile(path, folder / name)
    except OSError as error:
        raise AudioError(f"can't be copied ({error.strerror})") from None
    return name


def _link_audio(path: Path, folder: Path) -> Path:
    """Give a file that is named by its content a second name in `folder`; return the name."""
    name = Path(path.name)
    try:
        folder.mkdir(exist_ok=True)
        if not (folder / name).exists():
            link_or_copy(path, folder / name)
    except OSError as error:
        raise AudioError(f"can't be copied ({error.strerror})") from None
    return name


def copy_artwork_audio(
    artwork: Artwork, folder: Path, kept: Path | None = None
) -> tuple[Artwork, list[tuple[Path, str]]]:
    """Copy all audio of an artwork into `folder`.

    Args:
        artwork: the artwork.
        folder: the new version's folder of audio.
        kept: the last version's, whose files are checked and get a second name only.

    Returns:
        The artwork, with names in `folder` instead of paths and without unusable files; and each
        file that was left out, with the reason.
    """
    left_out: list[tuple[Path, str]] = []

    if not artwork.audio and not artwork.languages:
        return artwork, left_out

    def copied(path: Path | None) -> Path | None:
        try:
            if path and path.parent == kept:
                return _link_audio(path, folder)
            return copy_audio(path, folder) if path else None
        except AudioError as error:
            assert path is not None
            left_out.append((path, str(error)))
            return None

    languages = {
        tag: replace(translation, audio=copied(translation.audio))
        for tag, translation in artwork.languages.items()
    }
    return replace(artwork, audio=copied(artwork.audio), languages=languages), left_out
