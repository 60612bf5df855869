"""Official DINOv2 weights from the Hugging Face hub: pinned, checked, resumable.

The hub's own downloader starts again after an interruption and waits long for a hub that does not
answer. A museum's network often blocks the hub, so this downloader gives up after seconds, and
keeps the bytes it has for the next try. A file is used only if its SHA-256 is the pinned one.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import get_hf_file_metadata, get_session, hf_hub_url, try_to_load_from_cache

from common.files import file_sha256
from models.dinov2.architecture import ModelError

FILE = "model.safetensors"
TIMEOUT_S = 5.0
"""Seconds without a connection or a byte after which the hub counts as unreachable."""
ATTEMPTS = 3

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is to do."""


@dataclass(frozen=True)
class HubPin:
    """One published checkpoint.

    Attributes:
        repo: Repository on the hub.
        revision: Commit in full.
        sha256: Checksum of its ``model.safetensors`` in hexadecimal.
    """

    repo: str
    revision: str
    sha256: str


PINS: dict[str, HubPin] = {
    "small": HubPin(
        "facebook/dinov2-small",
        "ed25f3a31f01632728cabb09d1542f84ab7b0056",
        "ae1e99fcefd534ed978cdeb8326f08030c96e28b7a81ffcbc98a857c84d14be1",
    ),
    "base": HubPin(
        "facebook/dinov2-base",
        "f9e44c814b77203eaa57a6bdbbd535f21ede1415",
        "d73036b56966966d07975d696bde331762f37297e2f095de8cea0040c3aa0841",
    ),
    "large": HubPin(
        "facebook/dinov2-large",
        "47b73eefe95e8d44ec3623f8890bd894b6ea2d6c",
        "399fba97a95f22c36834418bc69373364a99af3a1153da1c0fb31db567c92e23",
    ),
}


def is_offline() -> bool:
    """Return whether ``HF_HUB_OFFLINE`` forbids the network in the present environment."""
    return os.environ.get("HF_HUB_OFFLINE", "").strip().upper() in {"1", "ON", "YES", "TRUE"}


def fetch_hub(
    pin: HubPin,
    cache_dir: Path,
    *,
    endpoint: str | None = None,
    timeout_s: float = TIMEOUT_S,
    on_progress: Progress | None = None,
) -> Path:
    """Return a local copy of a pinned checkpoint, fetching it if there is none.

    Args:
        pin: The checkpoint.
        cache_dir: Folder for the copy; the hub's own cache is searched, too.
        endpoint: Base URL of another hub; by default ``HF_ENDPOINT``, else the official hub.
        timeout_s: Seconds to wait for a connection or for the next byte.
        on_progress: Called with the number of bytes.

    Returns:
        Path of a file with the pinned checksum.

    Raises:
        ModelError: The checkpoint cannot be had; the message says why in one line.
    """
    target = cache_dir / "hub" / f"{pin.repo.replace('/', '--')}-{pin.sha256[:12]}.safetensors"
    cached = try_to_load_from_cache(pin.repo, FILE, revision=pin.revision)
    for path in (target, Path(cached) if isinstance(cached, str) else None):
        if path is not None and path.is_file() and file_sha256(path) == pin.sha256:
            return path
    if is_offline():
        raise ModelError(f"{pin.repo} is not in the cache and HF_HUB_OFFLINE forbids fetching it")
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")
    url = hf_hub_url(
        pin.repo, FILE, revision=pin.revision, endpoint=endpoint or os.environ.get("HF_ENDPOINT")
    )
    _download(url, pin, partial, timeout_s, on_progress)
    found = file_sha256(partial)
    if found != pin.sha256:
        partial.unlink()
        raise ModelError(f"{pin.repo} sent SHA-256 {found}, not the pinned {pin.sha256}")
    partial.replace(target)
    return target


def _download(
    url: str, pin: HubPin, partial: Path, timeout_s: float, on_progress: Progress | None
) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        before = partial.stat().st_size if partial.exists() else 0
        try:
            metadata = get_hf_file_metadata(url, token=False, timeout=timeout_s)
            announced = metadata.etag or ""
            if len(announced) == len(pin.sha256) and announced != pin.sha256:
                raise ModelError(f"{pin.repo} offers SHA-256 {announced}, not {pin.sha256}")
            _append(metadata.location, pin.repo, partial, timeout_s, on_progress)
            return
        except ModelError:
            raise
        # Any network error: their classes differ between releases of the library.
        except Exception as error:
            after = partial.stat().st_size if partial.exists() else 0
            if attempt == ATTEMPTS or after <= before:
                words = str(error).strip().splitlines()
                kept = f" ({after} bytes kept for the next try)" if after else ""
                raise ModelError(
                    f"{pin.repo} cannot be fetched: {type(error).__name__}"
                    f"{': ' + words[0] if words else ''}{kept}"
                ) from None


def _append(
    url: str, name: str, partial: Path, timeout_s: float, on_progress: Progress | None
) -> None:
    """Append the rest of a partial file, or start again if the server supports no ranges."""
    start = partial.stat().st_size if partial.exists() else 0
    headers = {"Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    with get_session().stream(
        "GET", url, headers=headers, timeout=timeout_s, follow_redirects=True
    ) as response:
        if response.status_code == 416:  # Nothing is left to send: the checksum decides.
            return
        response.raise_for_status()
        if response.status_code != 206:
            start = 0
        length = response.headers.get("Content-Length")
        total = start + int(length) if length else 0
        with partial.open("ab" if start else "wb") as stream:
            for chunk in response.iter_raw():
                stream.write(chunk)
                if on_progress:
                    on_progress(f"fetching {name}", stream.tell(), total)
            if total and stream.tell() < total:
                raise ConnectionError(f"the connection ended at {stream.tell()} of {total} bytes")
