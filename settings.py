"""Define every setting of Vernissage, with its type, default and meaning, and load them.

The first source that has a setting wins: a command line flag, the environment
(`VERNISSAGE_SECTION__NAME`, e.g. `VERNISSAGE_CONSENSUS__AGREE=6`), a TOML file (the one named by
`--config` or `VERNISSAGE_CONFIG`, else `vernissage.toml` in the working directory), the default
here. `docs/settings.md` lists them all.
"""

from __future__ import annotations

import logging
import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import SettingsError as PydanticSettingsError

from errors import UserError, first_error

log = logging.getLogger("vernissage.settings")

REPOSITORY = Path(__file__).resolve().parent
CONFIG_VARIABLE = "VERNISSAGE_CONFIG"
"""Environment variable that names the TOML file; `--config` sets it for this process."""
DEFAULT_CONFIG = Path("vernissage.toml")
RETIRED = {
    "consensus": ("agree_more", "lead", "release"),
    "recognition": ("inner_crop",),
    "server": (
        *("connect_s", "full_wait_s", "retry_after_s", "notes_per_minute"),
        *("max_frame_bytes", "max_frame_pixels", "max_offer_bytes"),
    ),
    "stream": ("matched_fps", "shown_fps", "slow_fps", "slow_matched_fps", "slow_wait_s"),
}
"""Former settings, by section, that are constants now. They are ignored with a warning."""


class SettingsError(UserError):
    """A setting can't be used; the message names it and says why."""


class Section(BaseModel):
    """A group of settings: unknown names are refused, values don't change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ServerSettings(Section):
    """Where the server listens and how many visitors it admits."""

    host: str = Field("0.0.0.0", description="Address to listen on; 127.0.0.1: this machine only.")
    port: int = Field(8443, ge=0, le=65535, description="TCP port; 0 picks a free one.")
    tls: bool = Field(True, description="Serve HTTPS. Turn it off only behind a proxy that does.")
    cert: Path | None = Field(None, description="PEM certificate chain instead of the local one.")
    key: Path | None = Field(None, description="PEM private key that belongs to `cert`.")
    tls_folder: Path = Field(
        REPOSITORY / ".cache" / "tls",
        description="Folder of the local certificate authority and its certificate.",
    )
    max_sessions: int = Field(
        100, ge=1, description="Most visitors at once, even while the load is low; others get 503."
    )
    max_cpu: float = Field(
        0.9,
        gt=0,
        description="Fraction of all cores that visitors may use. New visitors are admitted only "
        "while the projected load stays below it; above 1, load refuses nobody.",
    )
    idle_s: float = Field(15, gt=0, description="Seconds without a frame that end a session.")
    notes_folder: Path = Field(
        REPOSITORY / ".cache" / "notes", description="Folder of visitors' notes."
    )
    visits_folder: Path = Field(
        REPOSITORY / ".cache" / "visits",
        description="Folder of the counts of visits: one file a day, without personal data.",
    )
    ice_servers: tuple[str, ...] = Field(
        (), description="STUN or TURN addresses, for server and page; a LAN needs none."
    )
    ice_username: str | None = Field(None, description="User of the TURN servers.")
    ice_credential: SecretStr | None = Field(
        None, description="Password of the TURN servers; it is sent to every page."
    )

    def ice_entries(self) -> list[dict[str, str]]:
        """Return the STUN and TURN servers as WebRTC wants them; only TURN has a user."""
        user = {"username": self.ice_username} if self.ice_username else {}
        if self.ice_credential:
            user["credential"] = self.ice_credential.get_secret_value()
        return [
            {"urls": url} | (user if url.startswith("turn") else {}) for url in self.ice_servers
        ]


class StreamSettings(Section):
    """Which frames are processed, and which frames senders are asked for."""

    judge_fps: float = Field(
        6, gt=0, le=30, description="Most frames of one visitor that are processed per second."
    )
    pace_fps: int = Field(
        12, ge=1, le=60, description="Frames per second that senders are asked for."
    )
    pace_width: int = Field(640, ge=160, description="Width in pixels that senders are asked for.")
    pace_height: int = Field(
        480, ge=120, description="Height in pixels that senders are asked for."
    )
    min_sharpness: float = Field(
        0.3, ge=0, description="Sharpness (percent of contrast) below which a frame is blurred."
    )
    min_brightness: float = Field(
        6, ge=0, le=255, description="Mean grey level below which a frame is too dark."
    )
    max_clipped: float = Field(
        0.6,
        ge=0,
        le=1,
        description="Fraction of burnt-out pixels above which a frame is too bright.",
    )


class RecognitionSettings(Section):
    """How one frame is recognized."""

    candidates: int = Field(20, ge=1, le=100, description="Artworks verified per frame (top-K).")
    min_inliers: int = Field(6, ge=5, description="RANSAC inliers that an accepted artwork needs.")
    min_support: float = Field(
        2.5,
        ge=0,
        description="Support that an accepted artwork needs: its inliers times the fraction of "
        "its features that look alike.",
    )


class ConsensusRule(Section):
    """When frames agree enough to declare an artwork."""

    agree: int = Field(5, description="Votes for one artwork that declare it.")
    window: int = Field(8, ge=3, description="Most recent processed frames whose votes count.")
    within_s: float = Field(3, gt=0, description="Age in seconds above which a vote doesn't count.")
    release_s: float = Field(
        2, gt=0, description="Seconds without a vote after which a declared artwork is lost."
    )
    not_found_s: float = Field(
        4, gt=0, description="Seconds of good frames without an answer before `not_found` is sent."
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.agree < 2:
            raise ValueError(f"agree = {self.agree}: one frame may declare nothing; use 2 or more")
        if self.agree > self.window:
            raise ValueError(
                f"agree = {self.agree} is more than window = {self.window}: never reached"
            )
        return self


class ModelSettings(Section):
    """Which model embeds the frames, and how it is run."""

    path: Path = Field(
        REPOSITORY / ".cache" / "models" / "dinov2-small-168-int8-merged.onnx",
        description="The exported ONNX model; its card lies beside it.",
    )
    precision: Literal[
        "auto",
        "file",
        "fp32",
        "int8",
        "int8-merged",
        "int8-static",
        "openvino-bf16",
        "openvino-int8",
        "cuda-fp32",
        "tensorrt-fp16",
        "coreml-fp32",
    ] = Field(
        "auto",
        description="How the model is run. `auto`: the way that was fastest when it was measured "
        "on this machine, or `file` if it wasn't measured; `file`: as `path` is.",
    )
    provider: Literal["auto", "cpu", "openvino", "cuda", "tensorrt", "coreml"] = Field(
        "auto",
        description="Whose library may run the model: `precision = auto` takes the fastest way of "
        "this provider. `auto`: of all.",
    )
    measure: bool = Field(
        True,
        description="Measure once, in the background of the first start, which way is fastest; "
        "`vernissage doctor --speed` measures at once.",
    )
    threads: int = Field(
        1,
        ge=1,
        description="Threads of one run of the model (`intra_op`) when serving. Runs don't "
        "overlap.",
    )

    @property
    def wanted(self) -> str:
        """What to run: the provider if one is set, else the precision."""
        return self.precision if self.provider == "auto" else self.provider

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if "auto" not in (self.precision, self.provider):
            raise ValueError("precision says how the model is run; set it or provider, not both")
        return self


class KioskSettings(Section):
    """A camera beside the gallery, and who receives what it recognizes."""

    source: SecretStr = Field(
        description="Camera: a device (`/dev/video0`), an address (`rtsp://...`), a clip, or "
        "`whip` for a camera that sends by itself.",
    )
    title: str = Field("", description="Headline of the display page; the gallery's name if empty.")
    webhook: SecretStr | None = Field(
        None, description="Address that matches and losses are posted to."
    )
    token: SecretStr | None = Field(
        None, min_length=16, description="Bearer token of a WHIP sender, 16 characters or more."
    )

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if self.source.get_secret_value() == "whip" and self.token is None:
            raise ValueError('source = "whip" needs a token, 16 characters or more')
        address = self.webhook.get_secret_value() if self.webhook else "https://"
        if not address.startswith(("http://", "https://")):
            raise ValueError("webhook is not an http or https address")
        return self


class StudioSettings(Section):
    """The curators' page."""

    token: SecretStr | None = Field(
        None,
        min_length=16,
        description="Token that curators sign in with, instead of the one in `token_file`.",
    )
    token_file: Path = Field(
        REPOSITORY / ".cache" / "studio-token",
        description="File of the token that the first start makes.",
    )
    max_upload_bytes: int = Field(
        300_000_000, ge=1_000_000, description="Largest upload, in bytes."
    )
    private_addresses: bool = Field(
        False,
        description="Also fetch from loopback and private addresses that curators enter.",
    )


KioskName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]


class Settings(BaseSettings):
    """All settings, checked when they are loaded."""

    model_config = SettingsConfigDict(
        env_prefix="VERNISSAGE_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
    )

    gallery: Path = Field(
        REPOSITORY / ".cache" / "galleries" / "demo", description="Folder of the enrolled gallery."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="How much is logged to standard error."
    )
    log_json: bool = Field(False, description="Log one JSON object per line, for machines.")
    server: ServerSettings = Field(default_factory=ServerSettings)
    stream: StreamSettings = Field(default_factory=StreamSettings)
    recognition: RecognitionSettings = Field(default_factory=RecognitionSettings)
    consensus: ConsensusRule = Field(default_factory=ConsensusRule)
    model: ModelSettings = Field(default_factory=ModelSettings)
    studio: StudioSettings = Field(default_factory=StudioSettings)
    kiosk: dict[KioskName, KioskSettings] = Field(
        {}, description="Cameras beside the gallery, by name: `[kiosk.NAME]`, then these."
    )

    @model_validator(mode="before")
    @classmethod
    def _ignore_retired(cls, values: dict[str, Any]) -> dict[str, Any]:
        kept = dict(values)
        for section, retired in RETIRED.items():
            given = kept.get(section)
            if not isinstance(given, dict):
                continue
            for name in sorted(given.keys() & retired):
                log.warning(
                    "setting %s.%s is no longer used and is ignored; remove it", section, name
                )
            kept[section] = {name: given[name] for name in given if name not in retired}
        return kept

    @model_validator(mode="after")
    def _can_declare(self) -> Self:
        rule, fps = self.consensus, self.stream.judge_fps
        if (rule.agree - 1) / fps > rule.within_s:
            raise ValueError(
                f"stream.judge_fps = {fps:g} is too slow: {rule.agree} frames (consensus.agree) "
                f"never fit in {rule.within_s:g} s (consensus.within_s)"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: flags, then the environment, then the TOML file."""
        file = TomlConfigSettingsSource(settings_cls, toml_file=config_file())
        return init_settings, env_settings, file


def config_file() -> Path:
    """Return the path of the TOML file; the default file may be missing.

    Raises:
        SettingsError: the file that `CONFIG_VARIABLE` names is missing.
    """
    named = os.environ.get(CONFIG_VARIABLE)
    if named and not Path(named).is_file():
        raise SettingsError(f"{named}: no such file; write one: vernissage settings --toml")
    return Path(named) if named else DEFAULT_CONFIG


def load_settings(**flags: object) -> Settings:
    """Load the settings from every source.

    Args:
        flags: settings given on the command line, nested by section.

    Raises:
        SettingsError: a value can't be used; the message is one line and names the setting.
    """
    try:
        return Settings(**flags)  # type: ignore[arg-type]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{config_file()}: not a readable TOML file: {error}") from None
    except PydanticSettingsError as error:
        raise SettingsError(f"environment: {error}; write lists as JSON") from None
    except ValidationError as error:
        raise SettingsError(_one_line(error)) from None


def _one_line(error: ValidationError) -> str:
    first = error.errors()[0]
    # Cameras' addresses and TURN's credential hold passwords; the studio's token is a password.
    private = not {"kiosk", "ice_credential", "token"}.isdisjoint(first["loc"])
    shown = first["type"] != "value_error" and not private
    given = f" (given: {first['input']!r})" if shown else ""
    return f"setting {first_error(error)}{given}; see docs/settings.md".replace(" :", ":")
