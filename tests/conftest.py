"""What tests share: the real model, real galleries, a real server on loopback."""

from __future__ import annotations

import csv
import functools
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from aiohttp.test_utils import TestServer
from numpy.typing import NDArray

from common.threads import use_one_thread
from demo.catalogue import DEMO_WORKS
from demo.work import DemoWork
from enrolment.enrol import enrol
from enrolment.jobs import make_gallery
from gallery.catalogue import read_source
from gallery.store import Gallery, open_gallery
from models.embedder import Embedder
from models.export_onnx import export_model
from recognition.recognizer import Recognizer
from server import make_app
from settings import REPOSITORY, Settings, load_settings
from tests.helpers.shared_folders import SharedFolders

SHARED = REPOSITORY.parent / "shared" / "data"
ENROLLED = tuple(DEMO_WORKS[number] for number in range(0, len(DEMO_WORKS), 6))
"""Demo works from every family, few enough to enrol in seconds."""
NEVER_FULL: dict[str, object] = {"max_cpu": 1e9}
"""Settings of a server that admits everybody."""
PATIENT: dict[str, object] = {"within_s": 60, "release_s": 60}
"""A rule by which votes count however long a busy machine takes for them."""
NEVER_IDLE: dict[str, object] = {"idle_s": 600}
"""Settings of a server that ends no session while a busy machine does something else."""


MARKS = {"model_path": "real_model", "wheel": "real_model", "shared_data": "data", "demo": "slow"}
"""What a test needs that asks for a fixture, by the fixture's name."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they need, and begin with a long file that needs no gallery.

    `make test-fast` leaves tests out by these marks. One worker enrols the dozen while another
    paints.
    """
    for item in items:
        for fixture in MARKS.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(MARKS[fixture])
    items.sort(key=lambda item: item.path.name != "test_demo.py")


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """As the commands do: thread pools fight over two cores."""
    use_one_thread()


@pytest.fixture(scope="session", autouse=True)
def painted_once() -> Iterator[None]:
    """Keep the demo works that were painted last: tests show the same few again and again."""
    paint = functools.lru_cache(32)(DemoWork.paint)

    @functools.wraps(DemoWork.paint)
    def copied(work: DemoWork) -> NDArray[np.uint8]:
        return paint(work).copy()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DemoWork, "paint", copied)
        yield


@pytest.fixture(scope="session", autouse=True)
def visits_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Servers under test, processes too, count their visits away from the real ones."""
    os.environ["VERNISSAGE_SERVER__VISITS_FOLDER"] = str(tmp_path_factory.mktemp("visits"))


@pytest.fixture(scope="session", autouse=True)
def token_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Servers under test make no token beside the real one."""
    path = tmp_path_factory.mktemp("studio") / "token"
    os.environ["VERNISSAGE_STUDIO__TOKEN_FILE"] = str(path)


@pytest.fixture(scope="session", autouse=True)
def unmeasured_in_the_background() -> None:
    """Servers under test leave the cores to the tests, and write nothing beside the real model."""
    os.environ["VERNISSAGE_MODEL__MEASURE"] = "false"


@pytest.fixture(scope="session")
def shared_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedFolders]:
    """Folders that all workers of this run share; nobody may change what is in them."""
    own = tmp_path_factory.getbasetemp()
    root = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    root.mkdir(exist_ok=True)
    folders = SharedFolders(root)
    yield folders
    assert folders.changed() == [], "a test has changed what all share; it needs a copy"


@pytest.fixture(scope="session")
def model_path(shared_folders: SharedFolders) -> Path:
    """The real model, as `make setup` exported it; exported here where it wasn't."""
    path = load_settings().model.path
    if not path.is_file():
        path = shared_folders.get("models", export_model) / path.name
    return path


@pytest.fixture(scope="session")
def embedder(model_path: Path) -> Embedder:
    return Embedder(model_path)


def write_works(folder: Path, works: tuple[DemoWork, ...]) -> Path:
    """Paint demo works into a folder with a CSV; returns the CSV."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "artworks.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "title", "artist", "year", "room", "text", "image"])
        for work in works:
            picture = cv2.cvtColor(work.paint(), cv2.COLOR_RGB2BGR)
            cv2.imwrite(str(folder / f"{work.id}.jpg"), picture)
            texts = (work.title, work.artist, work.year, work.room, work.text)
            rows.writerow([work.id, *texts, f"{work.id}.jpg"])
    return folder / "artworks.csv"


@pytest.fixture(scope="session")
def gallery_folder(shared_folders: SharedFolders, embedder: Embedder) -> Path:
    """A gallery of a dozen demo works, enrolled for real; to be read only."""

    def make(folder: Path) -> None:
        source = write_works(folder / "works", ENROLLED)
        enrol(read_source(source), folder / "dozen", embedder, name="A dozen", source=str(source))

    return shared_folders.get("dozen", make) / "dozen"


@pytest.fixture(scope="session")
def gallery(gallery_folder: Path, embedder: Embedder) -> Gallery:
    return open_gallery(gallery_folder, embedder.card)


@pytest.fixture(scope="session")
def recognizer(gallery: Gallery, embedder: Embedder) -> Recognizer:
    return Recognizer(gallery, embedder)


def judged_gallery(
    source: Path, out: Path, embedder: Embedder, model_path: Path, name: str
) -> Path:
    """Enrol the works of a CSV and look at each, as the command does; returns `out`."""
    make_gallery(
        read_source(source),
        out,
        embedder,
        make_settings(out, model_path),
        name=name,
        source=str(source),
        language="en",
        target=1e-4,
        on_step=lambda *_: None,
    )
    return out


@pytest.fixture(scope="session")
def looked_at(shared_folders: SharedFolders, embedder: Embedder, model_path: Path) -> Path:
    """Three demo works, enrolled and looked at; to be read only."""

    def make(folder: Path) -> None:
        source = write_works(folder / "works", ENROLLED[:3])
        judged_gallery(source, folder / "gallery", embedder, model_path, name="Three")

    return shared_folders.get("three", make) / "gallery"


@pytest.fixture
def settings(gallery_folder: Path, model_path: Path) -> Settings:
    return make_settings(gallery_folder, model_path)


def make_settings(gallery_folder: Path, model_path: Path, **server: Any) -> Settings:
    """Settings for a server under test: loopback, no TLS, room and time for everybody.

    Visitors under test share the server's process, and cores with much else.
    """
    loopback = {"host": "127.0.0.1", "port": 0, "tls": False}
    return load_settings(
        gallery=gallery_folder,
        model={"path": model_path},
        server=loopback | NEVER_FULL | NEVER_IDLE | server,
        consensus=PATIENT,
    )


@pytest.fixture
async def server(
    settings: Settings, embedder: Embedder, gallery: Gallery
) -> AsyncIterator[TestServer]:
    """The real application on a loopback port."""
    running = TestServer(make_app(settings, embedder, gallery), host="127.0.0.1")
    async with running:
        yield running


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The shared museum galleries and clips; tests that need them skip where they are absent."""
    if not SHARED.is_dir():
        pytest.skip(f"no shared museum data at {SHARED}")
    return SHARED


@pytest.fixture
def rng() -> Iterator[np.random.Generator]:
    yield np.random.default_rng(1)
