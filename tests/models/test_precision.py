"""Precisions give the same descriptors; the fastest is measured, selected and announced."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import onnxruntime as ort
import pytest
from PIL import Image

from demo.catalogue import DEMO_WORKS
from enrolment.enrol import enrol
from evaluation.speed import measure
from gallery.catalogue import read_source
from gallery.manifest import GalleryError, read_manifest
from gallery.store import open_gallery
from models import calibration, precision, runtime
from models.calibration import calibration_views
from models.cpu import cpu_features, cpu_name
from models.dinov2.architecture import SIZES, ModelError
from models.dinov2.parity import min_cosine, probe_pictures
from models.embedder import Embedder
from models.export_onnx import export_weights
from models.precision import (
    PrecisionMeasurement,
    pick_fastest,
    read_choice,
    select_precision,
    write_choice,
)
from models.runtime import PRECISIONS, PROVIDERS, Precision, missing_requirement, open_runtime
from models.weights.sources import Pooling, Weights
from serving.engine import Engine
from serving.outbox import make_hello
from settings import REPOSITORY, ModelSettings
from tests.cli.test_commands import command, environment, serving
from tests.conftest import ENROLLED, make_settings
from tests.helpers.random_weights import seeded_tensors

SIDE = 56
FILE_PRECISIONS = ("fp32", "int8", "int8-merged", "int8-static")
ELSEWHERE = {name for name, way in PRECISIONS.items() if way.provider != "cpu"}
IDLE = Precision("idle", "azure", "fp32", "AzureExecutionProvider")
"""A provider in onnxruntime's usual package that runs nothing of this graph."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model in every kind of file; the path is int8's."""
    tensors = seeded_tensors(SIZES["tiny"], seed=7)
    pooling = Pooling((1, 2), final_cls=True)
    weights = Weights(tensors, SIZES["tiny"], "file", "tiny", "a test", "0" * 64, pooling)
    folder = tmp_path_factory.mktemp("models")
    done = export_weights(
        weights,
        folder,
        resolution=SIDE,
        precision=FILE_PRECISIONS,
        calibration=lambda side: probe_pictures(side, seed=1),
    )
    return done.models["int8"]


@pytest.fixture
def unmeasured(model: Path, tmp_path: Path) -> Path:
    """The same files in a folder without measurements."""
    for file in (*model.parent.glob("*.onnx"), *model.parent.glob("*[0-9cd8].json")):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path / model.name


def measured(**figures: tuple[float, float, float]) -> list[PrecisionMeasurement]:
    """Measurements of ms an image, cosine and recall; fp32 has 100 ms and a recall of 95%."""
    all_figures = {"fp32": (100.0, 1.0, 0.95)} | figures
    return [
        PrecisionMeasurement(
            precision=name.replace("_", "-"), ms={1: 1.0, 2: ms}, cosine=cosine, recall=recall
        )
        for name, (ms, cosine, recall) in all_figures.items()
    ]


@pytest.mark.parametrize("name", PRECISIONS)
def test_every_precision_gives_the_descriptors_of_fp32(model: Path, name: str) -> None:
    if missing := missing_requirement(PRECISIONS[name]):
        pytest.skip(missing)
    exact = Embedder(model, 1, "fp32")
    embedder = Embedder(model, 1, name)
    pictures = np.concatenate([probe_pictures(SIDE, seed) for seed in (3, 4)])
    batches = [pictures[:count] for count in (1, 2, 3, 8)] * 4
    with ThreadPoolExecutor(3) as threads:
        found = list(threads.map(embedder.embed, batches))
    for batch, descriptors in zip(batches, found, strict=True):
        assert descriptors.shape == (len(batch), 512)
        assert descriptors.dtype == np.float32
        assert min_cosine(descriptors, exact.embed(batch)) >= 0.99
    assert embedder.card.precision == name
    assert (embedder.card.space, embedder.card.resolution) == (exact.card.space, SIDE)


@pytest.mark.parametrize("name", ["int8", "openvino-int8"])
def test_no_runtime_reports_its_use(model: Path, tmp_path: Path, name: str) -> None:
    if missing := missing_requirement(PRECISIONS[name]):
        pytest.skip(missing)
    program = (
        "import sys; from pathlib import Path; from models.embedder import Embedder\n"
        "Embedder(Path(sys.argv[1]), 1, sys.argv[2])\n"
        "print(sorted(name for name in sys.modules if name.startswith('openvino_telemetry.')))"
    )
    # These variables would keep the runtimes silent in tests alone.
    unset = ("ORT_DISABLE_TELEMETRY", "CI")
    fresh = {key: value for key, value in environment(model).items() if key not in unset}
    done = subprocess.run(
        [sys.executable, "-c", program, model, name],
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
        env=fresh | {"HOME": str(tmp_path)},
        cwd=REPOSITORY,
    )
    assert done.stdout.strip() == "[]"
    assert list(tmp_path.iterdir()) == [], "a telemetry id was written"


def test_a_missing_package_is_reported(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "find_spec", lambda name: None)
    assert "pip install" in missing_requirement(PRECISIONS["openvino-bf16"])
    with pytest.raises(ModelError, match=r"openvino-bf16 can't run here: .* pip install"):
        Embedder(model, 1, "openvino-bf16")
    assert not missing_requirement(PRECISIONS["int8"])
    with pytest.raises(ModelError, match=r"provider openvino can't run here: .* pip install"):
        select_precision(model, "openvino")


@pytest.mark.parametrize("provider", ["cuda", "tensorrt", "coreml"])
def test_a_missing_provider_is_reported(
    model: Path, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ort, "get_available_providers", lambda: ["CPUExecutionProvider"])
    with pytest.raises(ModelError, match=rf"provider {provider} can't run here: .*onnxruntime has"):
        select_precision(model, provider)


def test_a_provider_that_leaves_the_work_to_the_cpu_is_refused(unmeasured: Path) -> None:
    if missing := missing_requirement(IDLE):
        pytest.skip(missing)
    file = select_precision(unmeasured, "fp32").path
    with pytest.raises(ModelError, match=r"idle doesn't run here .*only 0% .* model.provider"):
        open_runtime(file, IDLE, 1)


def test_a_damaged_model_is_reported(unmeasured: Path) -> None:
    unmeasured.write_bytes(b"damage")
    with pytest.raises(ModelError, match=r"int8.onnx: not a usable model .* vernissage export"):
        open_runtime(unmeasured, PRECISIONS["int8"], 1)


def test_the_file_is_run_as_it_is_without_measurements(unmeasured: Path) -> None:
    for wanted in ("file", "auto"):
        chosen = select_precision(unmeasured, wanted)
        assert (chosen.path, chosen.card.precision) == (unmeasured, "int8")
    assert "vernissage doctor --speed" in chosen.reason
    static = select_precision(unmeasured, "int8-static")
    assert static.path.name == "dinov2-tiny-56-int8-static.onnx"
    assert static.card.cosine >= 0.99


def test_missing_and_foreign_files_are_refused_with_a_remedy(unmeasured: Path) -> None:
    static = select_precision(unmeasured, "int8-static").path
    card = json.loads(static.with_suffix(".json").read_text())
    static.with_suffix(".json").write_text(json.dumps(card | {"space": "0" * 64}))
    with pytest.raises(ModelError, match=r"other weights .* vernissage export"):
        select_precision(unmeasured, "int8-static")
    static.unlink()
    with pytest.raises(ModelError, match="vernissage export --precision int8-static --out"):
        select_precision(unmeasured, "int8-static")


@pytest.mark.parametrize(
    ("figures", "fastest"),
    [
        ({"int8": (35, 0.999, 0.95), "openvino_bf16": (28, 1, 0.95)}, "openvino-bf16"),
        ({"int8": (35, 0.999, 0.946), "openvino_bf16": (28, 1, 0.944)}, "int8"),
        ({"int8": (35, 0.989, 0.95)}, "fp32"),
        ({"int8": (101, 0.999, 0.97)}, "fp32"),
    ],
)
def test_the_fastest_with_equal_recall_is_chosen(
    figures: dict[str, tuple[float, float, float]], fastest: str
) -> None:
    assert pick_fastest(measured(**figures)) == fastest


def test_a_choice_holds_for_this_machine_and_these_files(
    unmeasured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = write_choice(unmeasured, measured(int8_static=(30, 0.999, 0.95)))
    assert read_choice(unmeasured) == written
    chosen = select_precision(unmeasured, "auto")
    assert (chosen.card.precision, "measured here" in chosen.reason) == ("int8-static", True)
    assert select_precision(unmeasured, "file").card.precision == "int8"
    with monkeypatch.context() as other_machine:
        other_machine.setattr(precision, "cpu_name", lambda: "another")
        assert select_precision(unmeasured, "auto").card.precision == "int8"
    with monkeypatch.context() as newer:
        newer.setattr(precision, "version", lambda package: "99")
        assert read_choice(unmeasured) is None
    card_file = unmeasured.with_suffix(".json")
    card = json.loads(card_file.read_text())
    card_file.write_text(json.dumps(card | {"fingerprint": "f" * 64}))
    assert read_choice(unmeasured) is None
    card_file.write_text(json.dumps(card))
    assert read_choice(unmeasured) == written
    kept = unmeasured.with_name("dinov2-tiny-56.choice.json")
    kept.write_text("{")
    assert read_choice(unmeasured) is None
    kept.unlink()
    kept.mkdir()
    assert select_precision(unmeasured, "auto").card.precision == "int8"
    with pytest.raises(ModelError, match=r"choice.json: can't be written \(Is a directory\)"):
        write_choice(unmeasured, measured())


def test_every_way_can_be_set() -> None:
    choices = {name: field.annotation for name, field in ModelSettings.model_fields.items()}
    assert set(get_args(choices["precision"])) == {"auto", "file", *PRECISIONS}
    assert get_args(choices["provider"]) == ("auto", *PROVIDERS)


def test_a_provider_limits_the_choice(unmeasured: Path) -> None:
    assert select_precision(unmeasured, "cpu").card.precision == "int8"
    write_choice(
        unmeasured, measured(int8_static=(35, 0.999, 0.95), openvino_int8=(28, 0.999, 0.95))
    )
    for wanted, name in (("auto", "openvino-int8"), ("cpu", "int8-static")):
        assert select_precision(unmeasured, wanted).precision.name == name
    assert ModelSettings(provider="cpu").wanted == "cpu"
    assert ModelSettings(precision="fp32").wanted == "fp32"
    with pytest.raises(ValueError, match="set it or provider, not both"):
        ModelSettings(provider="cpu", precision="fp32")


def make_gallery(folder: Path, embedder: Embedder, works: int = 3) -> Path:
    """A gallery of the first demo works."""
    pictures = folder.with_name(f"{folder.name}-pictures")
    pictures.mkdir()
    for work in ENROLLED[:works]:
        Image.fromarray(work.paint()).resize((240, 240)).save(pictures / f"{work.id}.png")
    enrol(read_source(pictures), folder, embedder, name="Few", source=str(pictures))
    return folder


def test_a_gallery_opens_with_every_measured_precision(unmeasured: Path, tmp_path: Path) -> None:
    int8 = Embedder(unmeasured, 1)
    folder = make_gallery(tmp_path / "gallery", int8)
    manifest = read_manifest(folder)
    assert (manifest.precision, manifest.fingerprint) == ("int8", int8.card.fingerprint)
    for name in FILE_PRECISIONS:
        open_gallery(folder, select_precision(unmeasured, name).card)
    unmeasured_card = select_precision(unmeasured, "openvino-bf16").card
    assert unmeasured_card.cosine == 0
    with pytest.raises(GalleryError, match=r"int8.*openvino-bf16.*vernissage doctor --speed"):
        open_gallery(folder, unmeasured_card)
    write_choice(unmeasured, measured(openvino_bf16=(20, 0.989, 0.95)))
    with pytest.raises(GalleryError, match=r"cosine 0\.9890.*vernissage enrol .* --out"):
        open_gallery(folder, select_precision(unmeasured, "openvino-bf16").card)
    write_choice(unmeasured, measured(openvino_bf16=(20, 0.9999, 0.95)))
    open_gallery(folder, select_precision(unmeasured, "openvino-bf16").card)


def test_a_gallery_of_an_unmeasured_precision_opens_with_that_alone(
    unmeasured: Path, tmp_path: Path
) -> None:
    card = select_precision(unmeasured, "int8").card
    embedder = Embedder(unmeasured, 1)
    embedder.card = replace(card, precision="openvino-int8", cosine=0.0)
    folder = make_gallery(tmp_path / "gallery", embedder)
    open_gallery(folder, embedder.card)
    with pytest.raises(GalleryError, match=r"made in precision openvino-int8"):
        open_gallery(folder, card)


def test_a_gallery_without_a_precision_in_its_manifest_still_opens(
    unmeasured: Path, tmp_path: Path
) -> None:
    embedder = Embedder(unmeasured, 1)
    folder = make_gallery(tmp_path / "gallery", embedder)
    values = json.loads((folder / "manifest.json").read_text())
    for name in ("precision", "fingerprint", "cosine"):
        del values[name]
    (folder / "manifest.json").write_text(json.dumps(values))
    assert open_gallery(folder, embedder.card).manifest.precision == ""


@pytest.mark.slow
def test_doctor_measures_what_is_installed_and_auto_takes_the_fastest(
    unmeasured: Path, tmp_path: Path
) -> None:
    folder = make_gallery(tmp_path / "gallery", Embedder(unmeasured, 1), works=12)
    done = command(
        "doctor", "--speed", "--views", 24, "--json", "--gallery", folder, model_path=unmeasured
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    here = [name for name, precision in PRECISIONS.items() if not missing_requirement(precision)]
    assert [one["precision"] for one in found["measured"]] == here
    for one in found["measured"]:
        assert list(one["ms"]) == ["1", "2", "4", "8"]
        assert min(one["ms"].values()) > 0
        assert one["cosine"] >= 0.99
    written = read_choice(unmeasured)
    assert written is not None
    assert written.chosen == found["chosen"] == pick_fastest(written.measured)
    assert Embedder(unmeasured, 1, "auto").card.precision == written.chosen
    open_gallery(folder, select_precision(unmeasured, "auto").card)


def test_doctor_reports_what_was_not_measured(
    unmeasured: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "find_spec", lambda name: None)
    monkeypatch.setitem(PRECISIONS, "idle", IDLE)
    folder = make_gallery(tmp_path / "gallery", Embedder(unmeasured, 1))
    select_precision(unmeasured, "int8-static").path.unlink()
    steps: list[tuple[str, int, int]] = []
    found, missing = measure(
        make_settings(folder, unmeasured), 10, lambda *step: steps.append(step)
    )
    assert [one.precision for one in found.measured] == ["fp32", "int8", "int8-merged"]
    assert "vernissage export --precision int8-static" in missing["int8-static"]
    assert missing.keys() == {"int8-static", "idle"} | ELSEWHERE
    assert "pip install" in missing["openvino-int8"]
    assert steps[-1] == ("Embedding", 3, 3)
    (folder / "pictures" / "000001.jpg").unlink()
    with pytest.raises(GalleryError, match=r"000001.jpg: no such file; .* vernissage enrol"):
        measure(make_settings(folder, unmeasured), 10, lambda *step: None)


@pytest.mark.slow
async def test_hello_and_log_name_the_precision(unmeasured: Path, tmp_path: Path) -> None:
    write_choice(unmeasured, measured(int8_static=(30, 0.999, 0.95)))
    embedder = Embedder(unmeasured, 1, "auto")
    folder = make_gallery(tmp_path / "gallery", embedder)
    settings = make_settings(folder, unmeasured)
    engine = Engine(settings, embedder, open_gallery(folder, embedder.card))
    announced = make_hello(engine, "session").model
    engine.stop()
    card = json.loads(select_precision(unmeasured, "auto").path.with_suffix(".json").read_text())
    assert (announced.precision, announced.fingerprint) == ("int8-static", card["fingerprint"])
    flags = ("--no-tls", "--gallery", folder)
    async with serving(*flags, model_path=unmeasured, stderr=True) as (process, _):
        process.terminate()
        assert process.stderr
        log = (await process.stderr.read()).decode()
    assert f"precision int8-static ({card['fingerprint'][:12]}): fastest of 2 measured" in log


def test_calibration_uses_camera_views(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "DEMO_WORKS", DEMO_WORKS[:8])
    views = calibration_views(SIDE)
    assert views.shape == (4, SIDE, SIDE, 3)
    assert views.dtype == np.uint8
    assert (views == calibration_views(SIDE)).all()


def test_equal_processors_have_equal_names(tmp_path: Path) -> None:
    info = tmp_path / "cpuinfo"
    text = (
        "processor\t: 0\nvendor_id\t: V\nmodel name\t: M\ncpu MHz\t: {}\nflags\t: avx2 avx_vnni\n"
    )
    info.write_text(text.format(1000) + "\nprocessor\t: 1\n")
    name = cpu_name(info)
    assert name == "V M, avx2, avx_vnni"
    info.write_text(text.format(2000))
    assert cpu_name(info) == name
    assert cpu_features(tmp_path / "missing") == ()
