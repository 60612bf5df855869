"""Every setting of Vernissage: typed, described, read from flags, environment or a TOML file.

A setting is read, first found wins, from a command line flag, from the environment
(`VERNISSAGE_SECTION__NAME`, e.g. `VERNISSAGE_CONSENSUS__AGREE=6`), from a TOML file (the one named
by `--config` or `VERNISSAGE_CONFIG`, else `vernissage.toml` in the working directory), from the
default here. README.md lists them; `tests/test_readme.py` holds the list to this file.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import SettingsError as PydanticSettingsError

from stream.consensus import ConsensusRule

REPOSITORY = Path(__file__).resolve().parent
CONFIG_VARIABLE = "VERNISSAGE_CONFIG"
"""Names the TOML file in the environment; `--config` sets it for this process."""
DEFAULT_CONFIG = Path("vernissage.toml")


class SettingsError(ValueError):
    """A setting makes no sense; the message names it and says why."""


class Section(BaseModel):
    """A group of settings: unknown names are refused, values don't change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ServerSettings(Section):
    """Where the server listens and how many visitors it takes."""

    host: str = Field("0.0.0.0", description="Address to listen on; 127.0.0.1 for this machine.")
    port: int = Field(8443, ge=0, le=65535, description="TCP port; 0 picks a free one.")
    tls: bool = Field(True, description="Serve HTTPS. Turn off only behind a proxy that does.")
    cert: Path | None = Field(None, description="PEM certificate chain instead of the local one.")
    key: Path | None = Field(None, description="PEM private key that belongs to `cert`.")
    tls_folder: Path = Field(
        REPOSITORY / ".cache" / "tls",
        description="Where the local certificate authority and its certificate are kept.",
    )
    max_sessions: int = Field(
        100, ge=1, description="Visitors served at once, whatever they take; more get 503."
    )
    retry_after_s: int = Field(
        5,
        ge=1,
        description="`Retry-After` of that 503, in seconds: how often who waits asks.",
    )
    max_offer_bytes: int = Field(65536, ge=1024, description="Largest SDP offer taken, in bytes.")
    max_cpu: float = Field(
        0.9,
        gt=0,
        description="Share of all cores that visitors may take; foreseen for newcomers.",
    )
    full_wait_s: float = Field(
        0.12,
        gt=0,
        description="Mean wait of frames to be judged, in seconds, above which nobody is let in.",
    )
    connect_s: float = Field(10, gt=0, description="A session not connected by then is closed.")
    idle_s: float = Field(15, gt=0, description="A session without frames this long is closed.")
    notes_folder: Path = Field(
        REPOSITORY / ".cache" / "notes", description="Where visitors' notes are kept."
    )
    notes_per_minute: int = Field(20, ge=1, description="Notes taken a minute, of all visitors.")
    visits_folder: Path = Field(
        REPOSITORY / ".cache" / "visits",
        description="Where visits are counted: a file a day, without persons.",
    )
    ice_servers: tuple[str, ...] = Field(
        (), description="STUN or TURN addresses, for server and page; none are needed on a LAN."
    )
    ice_username: str | None = Field(None, description="User of the TURN servers.")
    ice_credential: SecretStr | None = Field(
        None, description="Password of the TURN servers; pages are told it."
    )
    max_frame_bytes: int = Field(
        524288, ge=16384, description="Largest JPEG frame taken from a WebSocket, in bytes."
    )
    max_frame_pixels: int = Field(
        2_100_000, ge=19200, description="Most pixels of such a frame; counted before decoding."
    )

    def ice_entries(self) -> list[dict[str, str]]:
        """List the STUN and TURN servers as WebRTC wants them; only TURN has a user."""
        user = {"username": self.ice_username} if self.ice_username else {}
        if self.ice_credential:
            user["credential"] = self.ice_credential.get_secret_value()
        return [
            {"urls": url} | (user if url.startswith("turn") else {}) for url in self.ice_servers
        ]


class StreamSettings(Section):
    """Which frames are judged."""

    judge_fps: float = Field(6, gt=0, le=30, description="Frames judged a second a visitor.")
    shown_fps: float = Field(
        8, gt=0, le=30, description="`judge_fps` while an artwork is shown, until another is."
    )
    pace_fps: int = Field(12, ge=1, le=60, description="Frames a second asked of senders.")
    pace_width: int = Field(640, ge=160, description="Width that senders are asked for, pixels.")
    pace_height: int = Field(480, ge=120, description="Height that senders are asked for, pixels.")
    matched_fps: int = Field(8, ge=1, le=60, description="`pace_fps` while an artwork is shown.")
    slow_fps: int = Field(8, ge=1, le=60, description="Most frames a second asked under load.")
    slow_matched_fps: int = Field(
        5, ge=1, le=60, description="`slow_fps` while an artwork is shown."
    )
    slow_wait_s: float = Field(
        0.05, gt=0, description="Mean wait of frames to be judged, in seconds, that counts as load."
    )
    min_sharpness: float = Field(
        0.3, ge=0, description="Sharpness (percent of contrast) under which a frame is blurred."
    )
    min_brightness: float = Field(
        6, ge=0, le=255, description="Mean grey level under which a frame is too dark."
    )
    max_clipped: float = Field(
        0.6, ge=0, le=1, description="Share of burnt-out pixels above which a frame is too bright."
    )


class RecognitionSettings(Section):
    """How one frame is judged."""

    candidates: int = Field(20, ge=1, le=100, description="Artworks verified a frame (top-K).")
    min_inliers: int = Field(6, ge=5, description="RANSAC inliers that a verified artwork needs.")
    min_support: float = Field(
        2.5,
        ge=0,
        description="Inliers times the share of its detail that looks alike, that it needs.",
    )
    inner_crop: float = Field(
        0.65, gt=0.2, lt=1, description="Side of the second crop, as a share of the first."
    )


class ModelSettings(Section):
    """Which model embeds the frames."""

    path: Path = Field(
        REPOSITORY / ".cache" / "models" / "dinov2-small-int8.onnx",
        description="The exported ONNX model; its card lies beside it.",
    )
    precision: Literal[
        "auto", "file", "fp32", "int8", "int8-static", "openvino-bf16", "openvino-int8"
    ] = Field(
        "auto",
        description="How it is run; `auto`: as `vernissage doctor --speed` found fastest here, "
        "else as `file`: the way `path` is.",
    )
    threads: int = Field(
        1,
        ge=1,
        description="Threads of a run of the model (`intra_op`) when serving; one run at a time.",
    )


class KioskSettings(Section):
    """A camera beside the gallery, and who is told what it sees."""

    source: SecretStr = Field(
        description="Camera: a device (`/dev/video0`), an address (`rtsp://...`), a clip, or "
        "`whip` for one that sends by itself.",
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
            raise ValueError("webhook is no http or https address")
        return self


class StudioSettings(Section):
    """The curator's page."""

    token: SecretStr | None = Field(
        None, min_length=16, description="What curators sign in with, instead of the file's."
    )
    token_file: Path = Field(
        REPOSITORY / ".cache" / "studio-token",
        description="Where the token made at first start is kept.",
    )
    max_upload_bytes: int = Field(
        300_000_000, ge=1_000_000, description="Most that is taken at once, in bytes."
    )
    private_addresses: bool = Field(
        False,
        description="Fetch from loopback and private addresses too, where curators give them.",
    )


KioskName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]


class Settings(BaseSettings):
    """All settings, checked at load."""

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
    log_json: bool = Field(False, description="Log a JSON object a line, for machines.")
    server: ServerSettings = Field(default_factory=ServerSettings)
    stream: StreamSettings = Field(default_factory=StreamSettings)
    recognition: RecognitionSettings = Field(default_factory=RecognitionSettings)
    consensus: ConsensusRule = Field(default_factory=ConsensusRule)
    model: ModelSettings = Field(default_factory=ModelSettings)
    studio: StudioSettings = Field(default_factory=StudioSettings)
    kiosk: dict[KioskName, KioskSettings] = Field(
        {}, description="Cameras beside the gallery, by name: `[kiosk.NAME]` with what follows."
    )

    @model_validator(mode="after")
    def _can_declare(self) -> Self:
        rule, stream = self.consensus, self.stream
        for name, fps in (("judge_fps", stream.judge_fps), ("shown_fps", stream.shown_fps)):
            if (rule.agree - 1) / fps > rule.within_s:
                raise ValueError(
                    f"stream.{name} = {fps:g} is too slow: {rule.agree} frames (consensus.agree) "
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
        """Flags before environment before TOML."""
        file = TomlConfigSettingsSource(settings_cls, toml_file=config_file())
        return init_settings, env_settings, file


def config_file() -> Path:
    """Path of the TOML file that settings are read from; the default one may be missing.

    Raises:
        SettingsError: a file that was asked for is missing.
    """
    named = os.environ.get(CONFIG_VARIABLE)
    if named and not Path(named).is_file():
        raise SettingsError(f"{named}: no such file; write one: vernissage settings --toml")
    return Path(named) if named else DEFAULT_CONFIG


def load_settings(**flags: object) -> Settings:
    """Read the settings; `flags` are those given on the command line, nested by section.

    Raises:
        SettingsError: a value makes no sense; one line, naming the setting.
    """
    try:
        return Settings(**flags)  # type: ignore[arg-type]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{config_file()}: not a readable TOML file: {error}") from None
    except PydanticSettingsError as error:
        raise SettingsError(f"environment: {error}; write lists as JSON") from None
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        # Cameras' addresses and TURN's credential hold passwords; the studio's token is one.
        private = not {"kiosk", "ice_credential", "token"}.isdisjoint(first["loc"])
        told = first["type"] != "value_error" and not private
        given = f" (given: {first['input']!r})" if told else ""
        raise SettingsError(
            f"setting {name}: {first['msg']}{given}; see Settings in README.md".replace(" :", ":")
        ) from None
