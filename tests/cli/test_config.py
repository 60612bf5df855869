"""Settings from files, environment and flags, as real processes read them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from cli.settings import HIDDEN, toml_template
from settings import Settings
from tests.cli.test_commands import VERNISSAGE


def vernissage(*arguments: object, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [VERNISSAGE, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        cwd=cwd,
        env=os.environ | {"COLUMNS": "200"} | more,
    )


def test_environment_overrides_the_named_file_and_both_are_shown(tmp_path: Path) -> None:
    file = tmp_path / "museum.toml"
    file.write_text("[server]\nport = 4443\nmax_sessions = 3\n")
    done = vernissage(
        "settings", "--json", "--config", file, cwd=tmp_path, VERNISSAGE_SERVER__PORT="5443"
    )
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert shown["server.port"] == {"value": 5443, "from": "environment"}
    assert shown["server.max_sessions"] == {"value": 3, "from": str(file)}
    assert shown["server.idle_s"]["from"] == "default"


@pytest.mark.real_model
def test_a_flag_overrides_the_environment(tmp_path: Path) -> None:
    (tmp_path / "right").mkdir()
    done = vernissage(
        "doctor",
        "--json",
        "--gallery",
        tmp_path / "right",
        cwd=tmp_path,
        VERNISSAGE_GALLERY=str(tmp_path / "wrong"),
    )
    (found,) = [one["found"] for one in json.loads(done.stdout) if one["name"] == "gallery"]
    assert str(tmp_path / "right") in found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[server]\nprot = 1\n", "server.prot"),
        ("[server]\nport = 99999\n", "server.port"),
        ("[server\n", "line 1"),
    ],
)
def test_a_bad_file_is_one_clear_line(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text)
    for command in ("settings", "serve", "doctor"):
        done = vernissage(command, "--config", file, cwd=tmp_path)
        assert done.returncode == 1
        (line,) = done.stderr.strip().splitlines()
        assert line.startswith("vernissage: ")
        assert words in line


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    done = vernissage("settings", "--config", tmp_path / "none.toml", cwd=tmp_path)
    assert done.returncode == 1
    assert "none.toml: no such file" in done.stderr


def test_secrets_are_hidden(tmp_path: Path) -> None:
    address = '["turn:a.example", "turn://user:sentinel@b.example"]'
    done = vernissage("settings", "--json", cwd=tmp_path, VERNISSAGE_SERVER__ICE_SERVERS=address)
    assert "sentinel" not in done.stdout
    shown = json.loads(done.stdout)["server.ice_servers"]["value"]
    assert shown == ["turn:a.example", f"turn://{HIDDEN}@b.example"]


def test_the_template_holds_every_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("VERNISSAGE_")]:
        monkeypatch.delenv(name)
    template = toml_template()
    assert tomllib.loads(template).keys() == {
        line.strip("[]") for line in template.splitlines() if line.startswith("[")
    }
    lines = [line for line in template.splitlines() if '"..."' not in line]
    chosen = re.sub(r"^# (\w+ = )", r"\1", "\n".join(lines), flags=re.MULTILINE)
    written = tomllib.loads(chosen)
    assert written["server"]["port"] == 8443
    assert Settings.model_validate(written).model_dump() == Settings().model_dump()
