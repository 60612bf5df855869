"""Clips for tests and benchmarks: an artwork, framed on a wall, filmed with camera shake."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

WALL_BGR = (188, 200, 206)
FRAME_BGR = (32, 58, 84)


def mount(artwork: Image, width: int = 1600, height: int = 1200) -> Image:
    """Mount an artwork (uint8 RGB) in a wooden frame on a plastered wall: uint8 BGR."""
    rng = np.random.default_rng(5)
    grain = rng.normal(0, 3, (height, width, 1))
    shade = np.linspace(12, -12, width)[None, :, None]
    wall = np.clip(np.array(WALL_BGR) + grain + shade, 0, 255).astype(np.uint8)
    scale = 0.72 * min(width / artwork.shape[1], height / artwork.shape[0])
    small = cv2.resize(artwork, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    picture = cv2.cvtColor(small, cv2.COLOR_RGB2BGR)
    border = 28
    framed = cv2.copyMakeBorder(picture, *(border,) * 4, cv2.BORDER_CONSTANT, value=FRAME_BGR)
    high, wide = framed.shape[:2]
    cv2.rectangle(framed, (6, 6), (wide - 7, high - 7), (60, 100, 140), 3)
    top, left = (height - high) // 2, (width - wide) // 2
    wall[top + 14 : top + 14 + high, left + 10 : left + 10 + wide] //= 2
    wall[top : top + high, left : left + wide] = framed
    return wall


def filmed(
    wall: Image, seconds: float, fps: int = 15, size: tuple[int, int] = (640, 480)
) -> Iterator[Image]:
    """Film a wall with camera shake: drift, tilt, zoom and tremor.

    Args:
        wall: uint8 [height, width, 3], BGR.
        seconds: length of the clip.
        fps: frames a second.
        size: width and height of the frames, pixels.

    Yields:
        Frames, uint8 [height, width, 3], BGR.
    """
    rng = np.random.default_rng(7)
    width, height = size
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    target = corners * np.array([width, height], np.float32)
    for number in range(round(seconds * fps)):
        t = number / fps
        zoom = 0.86 + 0.06 * np.sin(0.9 * t)
        shift = 0.02 * np.array([np.sin(1.3 * t), np.cos(1.1 * t)]) + rng.normal(0, 0.0012, 2)
        keystone = 0.03 * np.sin(0.7 * t)
        view_corners = (corners - 0.5) * zoom
        view_corners[:, 1] *= 1 + keystone * np.sign(view_corners[:, 0])
        source = (view_corners + 0.5 + shift) * (wall.shape[1], wall.shape[0])
        homography = cv2.getPerspectiveTransform(source.astype(np.float32), target)
        view = cv2.warpPerspective(wall, homography, size, flags=cv2.INTER_AREA)
        view = cv2.GaussianBlur(view, (0, 0), 0.6)
        noise = rng.normal(0, 2.5, view.shape)
        yield np.clip(view + noise, 0, 255).astype(np.uint8)


def write_clip(
    path: Path,
    frames: Iterator[Image],
    fps: int = 15,
    repeat: int = 1,
    bit_rate: int = 2_000_000,
    key_interval: int = 0,
) -> Path:
    """Encode frames (uint8 BGR) in the format of the suffix: `.y4m`, `.webm` or `.mp4`.

    Args:
        path: file to write; `.y4m` is what a browser takes for a camera.
        frames: uint8 [height, width, 3], BGR, all of the same size.
        fps: frames a second.
        repeat: how often the encoded clip is written, one copy after the other.
        bit_rate: bits a second; for `.webm` and `.mp4`.
        key_interval: most frames from one key frame to the next; 0 leaves it to the codec.

    Returns:
        `path`.
    """
    if path.suffix == ".y4m":
        return _write_y4m(path, frames, fps)
    codec = {".webm": "libvpx", ".mp4": "libx264"}[path.suffix]
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=fps)
        stream.pix_fmt = "yuv420p"
        stream.bit_rate = bit_rate
        if key_interval:
            stream.gop_size = key_interval
        if codec == "libvpx":
            stream.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
        else:
            stream.options = {"bf": "0"}
        packets = []
        for image in frames:
            stream.height, stream.width = image.shape[:2]
            packets += stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24"))
        packets += stream.encode()
        base = stream.codec_context.time_base
        length = len(packets)
        for copy in range(repeat):
            for number, packet in enumerate(packets):
                copied = av.Packet(bytes(packet))
                copied.stream, copied.time_base = stream, base
                copied.pts = copied.dts = number + copy * length
                copied.is_keyframe = packet.is_keyframe
                out.mux(copied)
    return path


def _write_y4m(path: Path, frames: Iterator[Image], fps: int) -> Path:
    """Write YUV4MPEG2, the raw format that Chromium takes for a camera."""
    with path.open("wb") as out:
        for number, image in enumerate(frames):
            height, width = image.shape[:2]
            if number == 0:
                out.write(f"YUV4MPEG2 W{width} H{height} F{fps}:1 Ip A1:1 C420jpeg\n".encode())
            out.write(b"FRAME\n" + cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420).tobytes())
    return path
