"""Sources of a small gallery with texts, photographs and audio in several languages."""

from __future__ import annotations

import csv
import wave
from pathlib import Path

import cv2
import numpy as np

from demo.work import DemoWork

COLUMNS = "id,title,artist,year,room,text,image,audio,title_de,text_de,audio_de,text_it,source"


def write_translated_works(folder: Path, works: tuple[DemoWork, ...]) -> Path:
    """Paint works into a folder with a CSV, and return the CSV.

    The first work has texts in three languages, a second photograph and audio. The last row names
    an audio file that does not exist.
    """
    folder.mkdir(parents=True)
    with (folder / "artworks.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.DictWriter(file, COLUMNS.split(","))
        rows.writeheader()
        for work in works:
            picture = cv2.cvtColor(work.paint(), cv2.COLOR_RGB2BGR)
            cv2.imwrite(str(folder / f"{work.id}.jpg"), picture)
            row = {"id": work.id, "title": work.title, "artist": work.artist, "text": work.text}
            row |= {"year": work.year, "room": work.room, "image": f"{work.id}.jpg"}
            rows.writerow(row | (_translations(work) if work is works[0] else {}))
            if work is works[0]:
                height = picture.shape[0]
                cv2.imwrite(str(folder / "detail.jpg"), picture[: height // 2])
                rows.writerow({"id": work.id, "image": "detail.jpg"})
            elif work is works[-1]:
                rows.writerow({"id": "silent", "image": "silent.jpg", "audio": "nowhere.mp3"})
                cv2.imwrite(str(folder / "silent.jpg"), cv2.flip(picture, 1))
    write_tone(folder / "english.wav", 440)
    write_tone(folder / "erzählt.wav", 330)
    return folder / "artworks.csv"


def _translations(work: DemoWork) -> dict[str, str]:
    return {
        "audio": "english.wav",
        "title_de": f"{work.title} auf Deutsch",
        "text_de": "Hier steht es auf Deutsch.",
        "audio_de": "erzählt.wav",
        "text_it": "Qui lo dice in italiano.",
        "source": "our own",
    }


def write_tone(path: Path, hertz: float, seconds: float = 1.0) -> None:
    """Write a tone as WAV."""
    rate = 8000
    samples = 8000 * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples.astype("<i2").tobytes())
