"""Settings are loaded from files, environment and flags; retired names are still understood."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from settings import SettingsError, load_settings

EVERY_RETIRED = (
    "consensus.agree_more",
    "consensus.lead",
    "consensus.release",
    "recognition.inner_crop",
    "server.connect_s",
    "server.full_wait_s",
    "server.max_frame_bytes",
    "server.max_frame_pixels",
    "server.max_offer_bytes",
    "server.notes_per_minute",
    "server.retry_after_s",
    "stream.matched_fps",
    "stream.shown_fps",
    "stream.slow_fps",
    "stream.slow_matched_fps",
    "stream.slow_wait_s",
)
"""Settings that museums may still have in their files."""


def retired_warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The settings that warnings of `settings` name, sorted."""
    lines = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert all(line.endswith(" is no longer used and is ignored; remove it") for line in lines)
    return sorted(line.split()[1] for line in lines)


def test_settings_that_make_no_sense_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match=r"consensus.*one frame may declare nothing"):
        load_settings(consensus={"agree": 1})
    with pytest.raises(SettingsError, match=r"server\.port"):
        load_settings(server={"port": 99_999})
    with pytest.raises(SettingsError, match=r"server\.prot"):
        load_settings(server={"prot": 1})
    monkeypatch.setenv("VERNISSAGE_CONSENSUS__AGREE", "6")
    assert load_settings().consensus.agree == 6
    monkeypatch.setenv("VERNISSAGE_STREAM__JUDGE_FPS", "1")
    with pytest.raises(SettingsError, match="judge_fps"):
        load_settings()


def test_settings_from_toml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vernissage.toml").write_text("[server]\nmax_sessions = 3\n")
    assert load_settings().server.max_sessions == 3
    assert load_settings(server={"max_sessions": 4}).server.max_sessions == 4


def test_a_file_with_every_retired_setting_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    before = load_settings()
    old = "".join(f"{name} = 3\n" for name in EVERY_RETIRED)
    (tmp_path / "vernissage.toml").write_text(old)
    assert load_settings() == before
    assert retired_warnings(caplog) == list(EVERY_RETIRED)


def test_an_environment_with_every_retired_setting_loads(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = load_settings()
    for name in EVERY_RETIRED:
        monkeypatch.setenv(f"VERNISSAGE_{name.replace('.', '__').upper()}", "3")
    assert load_settings() == before
    assert retired_warnings(caplog) == list(EVERY_RETIRED)


def test_a_setting_beside_a_retired_one_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vernissage.toml").write_text("[consensus]\nlead = 3\nagree = 6\n")
    monkeypatch.setenv("VERNISSAGE_CONSENSUS__LEAD", "4")
    assert load_settings().consensus.agree == 6
    assert retired_warnings(caplog) == ["consensus.lead"]


@pytest.mark.parametrize("section", ["consensus", "recognition", "server", "stream"])
def test_unknown_names_are_refused(
    section: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vernissage.toml").write_text(f"[{section}]\nnever_was = 3\n")
    with pytest.raises(SettingsError, match=rf"{section}\.never_was"):
        load_settings()
    (tmp_path / "vernissage.toml").unlink()
    monkeypatch.setenv(f"VERNISSAGE_{section.upper()}__NEVER_WAS", "3")
    with pytest.raises(SettingsError, match=rf"{section}\.never_was"):
        load_settings()
