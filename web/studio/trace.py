"""Trace the recognition of a photograph or a clip, frame by frame, as JSON with pictures in it."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gallery.addresses import picture_address
from gallery.store import Gallery
from recognition.candidate import Candidate
from recognition.explain import decision, inlier_matches
from recognition.query import Query
from recognition.recognizer import Recognition, Recognizer
from stream.capture import clip_frames
from stream.frame_result import METHOD_LABELS, FrameResult, belief
from stream.frames import Frame
from stream.messages import LostMessage, Match, NotFoundMessage, ServerMessage
from stream.pipeline import Pipeline
from vision.images import load_picture

MAX_CLIP_S = 60.0
"""The rest of a longer clip is left out."""
_FRAME_PX, _CROP_PX, _SMALL_PX = 800, 160, 96
_MAX_CANDIDATES = 6
_MAX_WITH_PAIRS = 3
Json = dict[str, Any]


def photograph_steps(data: bytes, pipeline: Pipeline, recognizer: Recognizer) -> Iterator[Json]:
    """Process one photograph; yield one step with all details.

    Args:
        data: an encoded picture.
        pipeline: a pipeline of its own.
        recognizer: recognizes the frame.

    Raises:
        PictureError: the photograph can't be read.
    """
    image = np.ascontiguousarray(load_picture(io.BytesIO(data))[..., ::-1])
    frame = Frame(image, 0.0, 0)
    result = pipeline.process(frame, recognizer)
    yield _summary(result, frame, []) | _details(result, frame, recognizer)


def clip_steps(data: bytes, pipeline: Pipeline, recognizer: Recognizer) -> Iterator[Json]:
    """Process a clip as if a visitor's camera sent it; yield a step for each processed frame.

    Frames that declare an artwork are shown with all details, and so is the last frame.

    Args:
        data: an encoded clip.
        pipeline: a pipeline of its own.
        recognizer: recognizes the frames.

    Raises:
        CaptureError: the clip can't be read.
    """
    began: float | None = None
    last: tuple[FrameResult, Frame] | None = None
    for frame in clip_frames(io.BytesIO(data)):
        began = frame.captured_s if began is None else began
        if frame.captured_s - began > MAX_CLIP_S:
            break
        if not pipeline.sampler.wants(frame.captured_s):
            continue
        result = pipeline.process(frame, recognizer)
        messages = pipeline.emit(result, None)
        step = _summary(result, frame, messages) | {"t": round(frame.captured_s - began, 2)}
        step["declared"] = pipeline.consensus.declared
        if any(isinstance(message, Match) for message in messages):
            yield step | _details(result, frame, recognizer)
            last = None
        else:
            yield step
            last = result, frame
    if last:
        yield _details(*last, recognizer)


def _summary(result: FrameResult, frame: Frame, messages: list[ServerMessage]) -> Json:
    """Describe a processed frame in few bytes."""
    recognition = result.recognition
    best = recognition.best if recognition else None
    return {
        "small": _jpeg(frame.image[..., ::-1], _SMALL_PX),
        "reason": result.quality.reason,
        "look": METHOD_LABELS[recognition.method] if recognition else None,
        "vote": _named(result.gallery, best.index) if best else None,
        "inliers": best.verification.inliers if best else 0,
        "said": [
            message.type
            for message in messages
            if isinstance(message, Match | LostMessage | NotFoundMessage)
        ],
    }


def _details(result: FrameResult, frame: Frame, recognizer: Recognizer) -> Json:
    """Describe a processed frame in full."""
    # Visitors' frames of bad quality aren't recognized; curators see what would come of one.
    query = recognizer.query(frame.image)
    recognition = result.recognition or recognizer.recognize(query)
    crops = [query.crop(number)[0] for number in range(recognition.nearest.crops)]
    shown = sorted(recognition.candidates, key=lambda one: -one.verification.inliers)
    candidates = [
        _candidate(
            found, recognition, recognizer.gallery, query if rank < _MAX_WITH_PAIRS else None
        )
        for rank, found in enumerate(shown[:_MAX_CANDIDATES])
    ]
    return {
        "whole": {
            "picture": _jpeg(frame.image[..., ::-1], _FRAME_PX),
            "width": frame.width,
            "height": frame.height,
            "crops": [_jpeg(crop, _CROP_PX) for crop in crops],
            "look": METHOD_LABELS[recognition.method],
            "details": recognition.features,
            "needed": recognizer.threshold.inliers,
            "decision": decision(recognition, recognizer),
            "refused": result.quality.reason,
            "looked_at": len(recognition.candidates),
            "candidates": candidates,
            "ms": {
                "embed": round(recognition.timings.embed, 1),
                "search": round(recognition.timings.search, 1),
                "verify": round(recognition.timings.verify, 1),
            },
        }
    }


def _candidate(
    found: Candidate, recognition: Recognition, gallery: Gallery, query: Query | None
) -> Json:
    """Describe a candidate, with its inlier matches if the query is given."""
    rootsift = recognition.method in ("retry", "second_pass")
    inliers = inlier_matches(query, found, gallery, rootsift=rootsift) if query else None
    view = inliers.view if inliers else 0
    reference = gallery.artworks[found.index].references[view]
    artwork_id = gallery.artworks[found.index].id
    return {
        **_named(gallery, found.index),
        "score": round(found.score, 3),
        "inliers": found.verification.inliers,
        "matches": found.verification.matches,
        "agreement": round(found.verification.agreement, 3),
        "belief": round(belief(found, gallery), 3),
        "chosen": found == recognition.best,
        "outline": found.verification.outline,
        "photograph": picture_address(artwork_id, "picture", view, reference.file_number),
        "pairs": np.round(inliers.pairs, 4).tolist() if inliers else [],
    }


def _named(gallery: Gallery, index: int) -> Json:
    return {"id": gallery.artworks[index].id, "title": gallery.artworks[index].title}


def _jpeg(image: NDArray[np.uint8], longest_px: int) -> str:
    """Encode a picture (uint8 RGB) as a data URL, its longer side at most `longest_px`."""
    picture = Image.fromarray(np.ascontiguousarray(image))
    picture.thumbnail((longest_px, longest_px))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"
