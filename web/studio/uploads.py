"""Read uploaded forms: fields into memory, files into a folder while they arrive."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from web.requests import TooLargeError

_MAX_NAME_BYTES = 120
_MAX_FIELD_BYTES = 100_000


class UploadError(ValueError):
    """The upload can't be used; the message says why."""


@dataclass(slots=True)
class Upload:
    """An uploaded form.

    Attributes:
        fields: texts by name.
        files: paths in the order sent; the names are the sender's where these are safe.
    """

    fields: dict[str, str] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)


async def read_upload(request: web.Request, folder: Path, limit: int) -> Upload:
    """Read a request's `multipart/form-data` body.

    Args:
        request: the request.
        folder: where the files are written.
        limit: largest body, in bytes.

    Raises:
        TooLargeError: the body is larger.
        UploadError: the body is not such a form, or damaged.
    """
    if (request.content_length or 0) > limit:
        raise TooLargeError
    upload, left = Upload(), limit
    try:
        parts = await request.multipart()
        while (part := await parts.next()) is not None:
            if isinstance(part, MultipartReader):
                raise UploadError("forms in forms aren't accepted")
            # Browsers send a file without a name if no file was chosen.
            if not part.filename:
                value = await _read_field(part)
                if (left := left - len(value)) < 0:
                    raise TooLargeError
                upload.fields[part.name or ""] = value.decode("utf-8")
                continue
            path = free_path(folder, part.filename)
            left = await _write(part, path, left)
            upload.files.append(path)
    except (ValueError, AssertionError, HttpProcessingError) as error:
        if isinstance(error, UploadError | TooLargeError):
            raise
        raise UploadError("not a form that can be read") from None
    return upload


async def _read_field(part: BodyPartReader) -> bytes:
    value = b""
    while chunk := await part.read_chunk():
        value += chunk
        if len(value) > _MAX_FIELD_BYTES:
            raise TooLargeError
    return value


async def _write(part: BodyPartReader, path: Path, left: int) -> int:
    """Write a file of at most `left` bytes; return how many bytes are left then."""
    with path.open("wb") as file:
        while chunk := await part.read_chunk(1 << 16):
            left -= len(chunk)
            if left < 0:
                raise TooLargeError
            file.write(chunk)
    return left


def free_path(folder: Path, name: str) -> Path:
    """Return an unused path in `folder`, never outside of it, for a file that is sent as `name`."""
    last = re.split(r"[\\/]", name)[-1]
    plain = re.sub(r"[\x00-\x1f\x7f]", "", last).encode("utf-8", "ignore")
    safe = plain[-_MAX_NAME_BYTES:].decode("utf-8", "ignore").lstrip(". ") or "file"
    path, number = folder / safe, 2
    while path.exists():
        path = folder / f"{Path(safe).stem}-{number}{Path(safe).suffix}"
        number += 1
    return path
