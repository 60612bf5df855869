"""What was made of a photograph or a clip, frame by frame, as JSON with pictures in it."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gallery.store import Gallery
from recognition.candidate import Candidate
from recognition.explain import Seen, crops_of, decision, matches_behind, seen_in
from recognition.recognizer import Recognizer, Verdict
from stream.capture import clip_frames
from stream.frames import Frame
from stream.messages import LostMessage, Match, NotFoundMessage, ServerMessage
from stream.pipeline import Judged, Line, belief
from vision.images import load_picture

MOST_SECONDS = 60.0
"""Of a clip; what comes after is left out."""
_FRAME_PX, _SMALL_PX = 800, 96
_MOST_CANDIDATES = 6
_MOST_LINED = 3
Json = dict[str, Any]


def photograph_steps(data: bytes, line: Line, recognizer: Recognizer) -> Iterator[Json]:
    """Judge one photograph.

    Raises:
        PictureError: it can't be read.
    """
    image = np.ascontiguousarray(load_picture(io.BytesIO(data))[..., ::-1])
    frame = Frame(image, 0.0, 0)
    judged = line.judge(frame, recognizer)
    yield _step(judged, frame, []) | _whole(judged, frame, recognizer)


def clip_steps(data: bytes, line: Line, recognizer: Recognizer) -> Iterator[Json]:
    """Judge a clip as if it were a visitor's camera; a step a judged frame.

    The first frame of each declaration is shown whole, and so is the last frame.

    Raises:
        CaptureError: it can't be read.
    """
    began: float | None = None
    last: tuple[Judged, Frame] | None = None
    for frame in clip_frames(io.BytesIO(data)):
        began = frame.captured_s if began is None else began
        if frame.captured_s - began > MOST_SECONDS:
            break
        if not line.sampler.wants(frame.captured_s):
            continue
        judged = line.judge(frame, recognizer)
        said = line.follow(judged, None)
        step = _step(judged, frame, said) | {"t": round(frame.captured_s - began, 2)}
        step["declared"] = line.consensus.declared
        if any(isinstance(message, Match) for message in said):
            yield step | _whole(judged, frame, recognizer)
            last = None
        else:
            yield step
            last = judged, frame
    if last:
        yield _whole(*last, recognizer)


def _step(judged: Judged, frame: Frame, said: list[ServerMessage]) -> Json:
    """Tell of a judged frame in few bytes."""
    verdict = judged.verdict
    best = verdict.best if verdict else None
    return {
        "small": _jpeg(frame.image[..., ::-1], _SMALL_PX),
        "reason": judged.quality.reason,
        "look": verdict.look if verdict else None,
        "vote": _named(judged.gallery, best.number) if best else None,
        "inliers": best.verification.inliers if best else 0,
        "said": [
            message.type
            for message in said
            if isinstance(message, Match | LostMessage | NotFoundMessage)
        ],
    }


def _whole(judged: Judged, frame: Frame, recognizer: Recognizer) -> Json:
    """Tell everything of a judged frame."""
    # Visitors' frames that are too bad aren't judged; a curator sees what would come of one.
    verdict = judged.verdict or recognizer.judge(frame)
    crops = list(crops_of(frame, recognizer)) if verdict.by_model else []
    seen = seen_in(frame, verdict)
    shown = sorted(verdict.candidates, key=lambda one: -one.verification.inliers)
    candidates = [
        _candidate(found, verdict, recognizer.gallery, seen if place < _MOST_LINED else None)
        for place, found in enumerate(shown[:_MOST_CANDIDATES])
    ]
    return {
        "whole": {
            "picture": _jpeg(frame.image[..., ::-1], _FRAME_PX),
            "width": frame.width,
            "height": frame.height,
            "crops": [_jpeg(crop, 160) for crop in crops],
            "look": verdict.look,
            "details": verdict.features,
            "needed": recognizer.accepts_from.inliers,
            "decision": decision(verdict, recognizer),
            "refused": judged.quality.reason,
            "looked_at": len(verdict.candidates),
            "candidates": candidates,
            "ms": {
                "embed": round(verdict.timings.embed, 1),
                "search": round(verdict.timings.search, 1),
                "verify": round(verdict.timings.verify, 1),
            },
        }
    }


def _candidate(found: Candidate, verdict: Verdict, gallery: Gallery, seen: Seen | None) -> Json:
    """Tell of a candidate; with the matches that agree where what was `seen` is given."""
    agreed = matches_behind(seen, found, gallery) if seen else None
    view = agreed.view if agreed else 0
    reference = gallery.artworks[found.number].references[view]
    address = f"/artworks/{quote(gallery.artworks[found.number].id, safe='')}"
    return {
        **_named(gallery, found.number),
        "score": round(found.score, 3),
        "inliers": found.verification.inliers,
        "matches": found.verification.matches,
        "agreement": round(found.verification.agreement, 3),
        "belief": round(belief(found, gallery), 3),
        "chosen": found == verdict.best,
        "outline": found.verification.outline,
        "photograph": f"{address}/picture-{view + 1}.jpg?{reference.number}",
        "pairs": np.round(agreed.pairs, 4).tolist() if agreed else [],
    }


def _named(gallery: Gallery, number: int) -> Json:
    return {"id": gallery.artworks[number].id, "title": gallery.artworks[number].title}


def _jpeg(image: NDArray[np.uint8], longest_px: int) -> str:
    """Write a picture (uint8 RGB) as a data URL."""
    picture = Image.fromarray(np.ascontiguousarray(image))
    picture.thumbnail((longest_px, longest_px))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"
