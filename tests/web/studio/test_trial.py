"""`/studio/try` shows what a photograph or a clip leads to, and why, as for visitors' frames."""

from __future__ import annotations

import base64
import io
import json
import os
import tempfile
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from demo.catalogue import HELD_BACK
from evaluation.filmed_clips import filmed, mount, write_clip
from models.embedder import Embedder
from recognition.homography import REPROJECTION_PX
from tests.conftest import ENROLLED
from tests.helpers.studio_client import Client, photograph, refusal, sign_in, studio_of
from web.studio.trial import MAX_BYTES, NDJSON

WORK = ENROLLED[3]
DARK_BRIGHT_FLAT = [(0, "too_dark"), (255, "too_bright"), (128, "blurred")]


@pytest.fixture
async def client(dozen: Path, model_path: Path, embedder: Embedder) -> AsyncIterator[Client]:
    async with studio_of(dozen, model_path, embedder) as client:
        await sign_in(client)
        yield client


async def steps_of(client: Client, data: bytes, kind: str) -> list[dict[str, Any]]:
    """Run an upload through the pipeline; return its steps."""
    answer = await client.post("/studio/try", data=data, headers={"Content-Type": kind})
    assert (answer.status, answer.content_type) == (200, NDJSON), await answer.text()
    return [json.loads(line) async for line in answer.content]


def frame_of(work: Any) -> np.ndarray[Any, Any]:
    return next(filmed(mount(work.paint()), 1))


def jpeg(image: np.ndarray[Any, Any]) -> bytes:
    return bytes(cv2.imencode(".jpg", image)[1])


def sound() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16000))
    return out.getvalue()


def size_of(url: str) -> tuple[int, int]:
    """Width and height of a picture in a data URL."""
    assert url.startswith("data:image/jpeg;base64,")
    return Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).size


async def test_a_photograph_votes_for_what_it_shows(client: Client) -> None:
    (step,) = await steps_of(client, jpeg(frame_of(WORK)), "image/jpeg")
    assert (step["vote"]["id"], step["reason"]) == (WORK.id, None)
    assert max(size_of(step["small"])) == 96
    whole = step["whole"]
    assert (whole["width"], whole["height"]) == (640, 480)
    assert size_of(whole["picture"]) == (640, 480)
    assert [size_of(crop) for crop in whole["crops"]] == [(160, 160)], "the whole led to it"
    assert whole["decision"].startswith(f"votes for “{WORK.title}”: ")
    assert whole["look"] == "first"
    assert whole["refused"] is None
    assert whole["looked_at"] >= len(whole["candidates"]) > 1
    assert min(whole["ms"].values()) >= 0
    assert whole["ms"]["embed"] > 0
    chosen, *others = whole["candidates"]
    assert (chosen["id"], chosen["chosen"]) == (WORK.id, True)
    assert not any(other["chosen"] for other in others)
    assert chosen["inliers"] >= whole["needed"]
    assert chosen["inliers"] > max(other["inliers"] for other in others)
    assert chosen["belief"] > 0.9
    shown = await client.get(chosen["photograph"])
    assert (shown.status, shown.content_type) == (200, "image/jpeg")


async def test_inlier_matches_join_the_same_points(client: Client) -> None:
    (step,) = await steps_of(client, jpeg(frame_of(WORK)), "image/jpeg")
    chosen = step["whole"]["candidates"][0]
    pairs = np.array(chosen["pairs"])
    assert pairs.shape[1] == 4
    assert len(pairs) >= chosen["inliers"]
    assert pairs.min() >= 0
    assert pairs.max() <= 1
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    plane = cv2.getPerspectiveTransform(corners, np.array(chosen["outline"], np.float32))
    mapped = cv2.perspectiveTransform(pairs[None, :, 2:], plane)[0]
    away_px = np.linalg.norm((mapped - pairs[:, :2]) * (640, 480), axis=1)
    assert away_px.max() <= REPROJECTION_PX + 0.5
    # The painting itself, scaled into the frame, must be where the outline says.
    picture = cv2.cvtColor(WORK.paint(), cv2.COLOR_RGB2GRAY)
    height, width = picture.shape
    scaled = plane @ np.diag([1 / width, 1 / height, 1])
    drawn = cv2.warpPerspective(picture, np.diag([640.0, 480.0, 1.0]) @ scaled, (640, 480))
    inside = (
        cv2.warpPerspective(
            np.full_like(picture, 255), np.diag([640.0, 480.0, 1.0]) @ scaled, (640, 480)
        )
        > 0
    )
    seen = cv2.cvtColor(frame_of(WORK), cv2.COLOR_BGR2GRAY)
    assert np.corrcoef(drawn[inside], seen[inside])[0, 1] > 0.9


async def test_an_unknown_picture_votes_for_nothing_and_says_why(client: Client) -> None:
    (step,) = await steps_of(client, jpeg(frame_of(HELD_BACK[0])), "image/jpeg")
    assert step["vote"] is None
    whole = step["whole"]
    assert whole["decision"].startswith("votes for nothing: ")
    assert not any(candidate["chosen"] for candidate in whole["candidates"])


@pytest.mark.parametrize(("level", "reason"), DARK_BRIGHT_FLAT)
async def test_a_frame_too_bad_for_visitors_is_shown_all_the_same(
    client: Client, level: int, reason: str
) -> None:
    grey = np.full((480, 640, 3), level, np.uint8)
    (step,) = await steps_of(client, jpeg(grey), "image/jpeg")
    assert step["reason"] == step["whole"]["refused"] == reason
    assert step["vote"] is None
    assert "details" in step["whole"]["decision"]


async def test_a_clip_leads_to_a_declaration(client: Client, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", filmed(mount(WORK.paint()), 3))
    steps = await steps_of(client, clip.read_bytes(), "video/mp4")
    *processed, last = steps
    times = [step["t"] for step in processed]
    assert times == sorted(times)
    assert (times[0], times[-1] > 2.5) == (0, True)
    matched = [number for number, step in enumerate(processed) if "match" in step["said"]]
    assert len(matched) == 1
    votes = [step["vote"]["id"] for step in processed if step["vote"]]
    assert set(votes) == {WORK.id}
    assert {step["declared"] for step in processed[: matched[0]]} == {None}
    assert {step["declared"] for step in processed[matched[0] :]} == {WORK.id}
    assert [number for number, step in enumerate(processed) if "whole" in step] == matched
    assert list(last) == ["whole"]
    assert last["whole"]["candidates"][0]["id"] == WORK.id


async def test_photographs_of_all_kinds(client: Client) -> None:
    """Turned by the phone, transparent, grey, large."""
    upright = Image.fromarray(WORK.paint()).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    turned, png, large = io.BytesIO(), io.BytesIO(), io.BytesIO()
    upright.transpose(Image.Transpose.ROTATE_90).save(turned, "JPEG", exif=exif)
    upright.convert("RGBA").save(png, "PNG")
    upright.resize((4000, 3000)).convert("L").save(large, "WEBP")
    for data, kind in ((turned, "image/jpeg"), (png, "image/png"), (large, "image/webp")):
        (step,) = await steps_of(client, data.getvalue(), kind)
        assert step["vote"]["id"] == WORK.id, kind
        assert max(step["whole"]["width"], step["whole"]["height"]) <= 1280


async def test_uploads_that_cannot_be_used_are_refused(client: Client) -> None:
    cases: list[tuple[bytes, str, int, str]] = [
        (b"hello", "text/plain", 415, "not text/plain"),
        (b"hello", "application/octet-stream", 415, "a photograph or a clip"),
        (b"no picture", "image/jpeg", 400, "not a picture"),
        (b"", "image/jpeg", 400, "not a picture"),
        (photograph(WORK)[:3000], "image/jpeg", 400, "damaged"),
        (jpeg(np.zeros((8, 8, 3), np.uint8)), "image/jpeg", 400, "8 x 8"),
        (b"no clip", "video/mp4", 400, "not a clip"),
        (b"", "video/mp4", 400, "not a clip"),
        (b"YUV4MPEG2 W64 H48 F15:1 Ip A1:1 C420jpeg\n", "video/mp4", 400, "no picture in it"),
        (sound(), "video/mp4", 400, "only sound"),
        (sound(), "audio/wav", 415, "not audio/wav"),
    ]
    for data, kind, status, words in cases:
        headers = {"Content-Type": kind}
        answer = await refusal(client, "POST", "/studio/try", data=data, headers=headers)
        assert (answer[0], words in answer[1]) == (status, True), answer
    headers = {"Content-Type": "video/mp4", "Content-Length": str(MAX_BYTES + 1)}
    status, _ = await refusal(client, "POST", "/studio/try", data=b"x", headers=headers)
    assert status == 413


async def test_closing_the_page_ends_it(
    client: Client, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clip = write_clip(tmp_path / "clip.mp4", filmed(mount(WORK.paint()), 3)).read_bytes()
    answer = await client.post("/studio/try", data=clip, headers={"Content-Type": "video/mp4"})
    await answer.content.readline()
    answer.close()
    (step,) = await steps_of(client, jpeg(frame_of(WORK)), "image/jpeg")
    assert step["vote"]["id"] == WORK.id
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_nothing_is_kept(
    client: Client, dozen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = write_clip(tmp_path / "clip.mp4", filmed(mount(WORK.paint()), 1)).read_bytes()
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    before = [(entry.path, entry.stat().st_mtime_ns) for entry in os.scandir(dozen)]
    beside = set(os.scandir(dozen.parent))
    await steps_of(client, clip, "video/mp4")
    await steps_of(client, photograph(WORK), "image/jpeg")
    assert before == [(entry.path, entry.stat().st_mtime_ns) for entry in os.scandir(dozen)]
    assert {e.path for e in beside} == {e.path for e in os.scandir(dozen.parent)}
    assert list((tmp_path / "temporary").iterdir()) == []
