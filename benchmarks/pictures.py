"""The pictures in README.md and docs/, taken anew of the real server in a real browser.

`docs/pictures/at-work.jpg` shows the demo wall, and a phone that has just recognized one of its
pictures; `docs/pictures/studio.jpg` shows the studio's collection, and a photograph tried. The
plot `docs/pictures/load.png` belongs to measured figures; `python -m benchmarks.load` draws it.

    python -m benchmarks.pictures [--gallery .cache/galleries/demo] [--out docs/pictures]
"""

from __future__ import annotations

import argparse
import io
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from yarl import URL

from benchmarks.serving.process import NEVER_FULL, our_command, served
from demo.catalogue import DEMO_WORKS
from evaluation.filmed_clips import filmed, mount, write_clip
from settings import REPOSITORY

try:
    from playwright.sync_api import Error, Page, Playwright, ViewportSize, sync_playwright
except ImportError:
    sys.exit("Playwright is missing, which drives the browser; install it: make pictures")

WORK = next(work for work in DEMO_WORKS if work.id == "truchet-slants")
"""The artwork that the phone recognizes and the studio tries."""
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 1055}
HEIGHT_PX = 1266
"""Height of every picture; screens are taken at the scale that gives it, not enlarged."""
MARGIN = 56
"""CSS pixels of wall above the first row of pictures."""
GAP_PX = 36
"""Space between two screens in one picture."""
QUALITY = 86
"""JPEG quality."""
CAMERA = (960, 720)
"""Width and height of what the phone's camera films, pixels."""
LONG_MS = 60_000
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    demo = REPOSITORY / ".cache" / "galleries" / "demo"
    parser.add_argument("--gallery", type=Path, default=demo, help="an enrolled demo gallery")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "docs" / "pictures")
    options = parser.parse_args()
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("Chromium is missing; install it (Debian: apt-get install chromium)")
    gallery: Path = options.gallery
    if not (gallery / "manifest.json").is_file():
        sys.exit(f"{gallery}: no gallery there; make it: vernissage enrol demo --out {gallery}")
    options.out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as name,
        sync_playwright() as playwright,
        running_server(gallery, Path(name)) as (address, token),
    ):
        screens = Screens(playwright, browser, address, Path(name), token)
        print("1 of 4: the wall", flush=True)
        wall = screens.wall()
        print("2 of 4: a phone that recognizes a picture of the wall", flush=True)
        save([wall, screens.phone()], options.out / "at-work.jpg")
        print("3 of 4: the studio's collection", flush=True)
        collection = screens.collection()
        print("4 of 4: a photograph tried in the studio", flush=True)
        save([collection, screens.trial()], options.out / "studio.jpg")


@contextmanager
def running_server(gallery: Path, folder: Path) -> Iterator[tuple[URL, str]]:
    """Run the server on loopback; notes and visits go into `folder`.

    Yields:
        The server's address, and the token of its studio.
    """
    token = secrets.token_urlsafe(24)
    os.environ["VERNISSAGE_STUDIO__TOKEN"] = token
    folders = {"notes_folder": folder / "notes", "visits_folder": folder / "visits"}
    with served(our_command(gallery), **NEVER_FULL, **folders) as (address, _):
        yield address, token


class Screens:
    """Takes screens of the server's pages."""

    def __init__(
        self, playwright: Playwright, browser: str, address: URL, folder: Path, token: str
    ) -> None:
        """Prepare to open pages of the server at `address`; temporary files go into `folder`."""
        self._chromium = playwright.chromium
        self._browser, self._address = browser, address
        self._folder, self._token = folder, token

    @contextmanager
    def _page(self, path: str, size: ViewportSize, camera: Path | None = None) -> Iterator[Page]:
        """Open a page of the server in a browser of its own, which films the clip `camera`."""
        flags = [*FLAGS, *([f"--use-file-for-fake-video-capture={camera}"] if camera else [])]
        browser = self._chromium.launch(executable_path=self._browser, args=flags)
        try:
            scale = HEIGHT_PX / size["height"]
            page = browser.new_page(viewport=size, device_scale_factor=scale, locale="en")
            page.set_default_timeout(LONG_MS)
            page.goto(str(self._address.join(URL(path))))
            yield page
        except Error as error:
            sys.exit(f"{path}: {error.message.splitlines()[0]}; is the gallery the demo gallery?")
        finally:
            browser.close()

    def wall(self) -> Image.Image:
        """Show the wall from the row of the artwork that the phone recognizes."""
        with self._page("/wall", DESK) as page:
            picture = page.locator("li", has_text=WORK.title)
            picture.evaluate(f"(item) => scrollBy(0, item.getBoundingClientRect().top - {MARGIN})")
            return screen(page)

    def phone(self) -> Image.Image:
        """Show a phone that has just recognized the artwork."""
        camera = write_clip(self._folder / "camera.y4m", iter([film_frame()] * 15))
        with self._page("/?autostart=1", PHONE, camera) as page:
            page.wait_for_selector(f'body[data-state="matched"][data-artwork="{WORK.id}"]')
            page.wait_for_timeout(2000)  # The card slides up.
            return screen(page)

    def collection(self) -> Image.Image:
        """Show the studio's collection."""
        with self._page("/studio", DESK) as page:
            self._sign_in(page)
            return screen(page)

    def trial(self) -> Image.Image:
        """Show a photograph tried in the studio, on a phone."""
        photograph = self._folder / "photograph.jpg"
        cv2.imwrite(str(photograph), film_frame())
        with self._page("/studio", PHONE) as page:
            self._sign_in(page)
            page.click("text=Try it")
            page.set_input_files("#try-file", photograph)
            page.wait_for_selector("[data-chosen=true]")
            return screen(page)

    def _sign_in(self, page: Page) -> None:
        page.fill("#token", self._token)
        page.keyboard.press("Enter")
        page.wait_for_selector("#artworks li img")


def film_frame() -> NDArray[np.uint8]:
    """Film one frame of the artwork: uint8 [720, 960, 3], BGR."""
    return next(filmed(mount(WORK.paint()), 1, size=CAMERA))


def screen(page: Page) -> Image.Image:
    """Take what a page shows, once its pictures are loaded."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)  # Pictures fade in.
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def save(screens: list[Image.Image], path: Path) -> None:
    """Compose screens side by side on white into a JPEG."""
    width = sum(one.width for one in screens) + GAP_PX * (len(screens) - 1)
    picture = Image.new("RGB", (width, HEIGHT_PX), "white")
    left = 0
    for one in screens:
        picture.paste(one, (left, 0))
        left += one.width + GAP_PX
    picture.save(path, quality=QUALITY, optimize=True, progressive=True)
    print(f"{path}: {width} x {picture.height} pixels, {path.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
