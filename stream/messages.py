"""The messages of the data channel: typed, versioned JSON, one object a message (version 1)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from errors import first_error
from vision.points import Outline

PROTOCOL = "vernissage.v1"
LABEL = "vernissage"

Hint = Literal["hold_still", "too_dark", "too_bright", "move_closer", "blurred"]


class Part(BaseModel):
    """A piece of a message."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class GalleryPart(Part):
    """The gallery that is searched."""

    name: str
    artworks: int


class ModelPart(Part):
    """The model in use, and its weights."""

    name: str
    weights: str
    precision: str
    fingerprint: str


class ConsensusPart(Part):
    """How many frames must agree, of how many, within how many seconds."""

    agree: int
    window: int
    within_s: float


class FrameSize(Part):
    """Size of the processed frame in pixels."""

    width: int
    height: int


class TranslationPart(Part):
    """An artwork's texts in a further language; an empty one is shown in another language."""

    title: str = ""
    text: str = ""
    audio: str = ""


class ArtworkPart(Part):
    """What the card shows; `image`, `images` (further ones) and `audio` are addresses here.

    `language` is the language of `title`, `text` and `audio`; `languages` has these in further
    languages, by tag (BCP 47).
    """

    id: str
    title: str
    artist: str
    year: str
    room: str
    text: str
    image: str
    images: tuple[str, ...] = ()
    audio: str = ""
    language: str = ""
    languages: dict[str, TranslationPart] = {}


class LatencyPart(Part):
    """Milliseconds: age of the frame when the message was made, and the time of each step."""

    age: float
    embed: float
    search: float
    verify: float
    total: float


class ServerMessage(Part):
    """A message to the peer; `seq` and `t` are set when it is sent."""

    seq: int = Field(0, description="Number of the message, from 0.")
    t: int = Field(0, description="Milliseconds since the session began.")


class Hello(ServerMessage):
    """The first message: the session, and the gallery, model and rule in use."""

    type: Literal["hello"] = "hello"
    version: Literal[1] = 1
    session: str
    gallery: GalleryPart
    model: ModelPart
    consensus: ConsensusPart


class Pace(ServerMessage):
    """The frames that the sender should capture from now on."""

    type: Literal["pace"] = "pace"
    fps: int
    width: int
    height: int


class Progress(ServerMessage):
    """How many frames agree; never names an artwork."""

    type: Literal["progress"] = "progress"
    votes: int
    needed: int
    hint: Hint | None


class Match(ServerMessage):
    """An artwork is declared."""

    type: Literal["match"] = "match"
    artwork: ArtworkPart
    confidence: float = Field(ge=0, le=1)
    votes: int
    window: int
    outline: Outline | None
    frame: FrameSize
    latency_ms: LatencyPart


class OutlineMoved(ServerMessage):
    """The declared artwork's outline now."""

    type: Literal["outline"] = "outline"
    artwork_id: str
    outline: Outline
    frame: FrameSize


class LostMessage(ServerMessage):
    """The declared artwork is out of view."""

    type: Literal["lost"] = "lost"
    artwork_id: str


class NotFoundMessage(ServerMessage):
    """Recognized frames agreed on nothing."""

    type: Literal["not_found"] = "not_found"
    looked_ms: int


class ErrorMessage(ServerMessage):
    """A message or frame of the peer was wrong; nothing changed."""

    type: Literal["error"] = "error"
    code: str
    message: str


class Bye(ServerMessage):
    """The server ends the session."""

    type: Literal["bye"] = "bye"
    reason: str


class Pong(ServerMessage):
    """The answer to `ping`."""

    type: Literal["pong"] = "pong"
    id: str | int


SERVER_MESSAGES: tuple[type[ServerMessage], ...] = (
    Hello,
    Pace,
    Progress,
    Match,
    OutlineMoved,
    LostMessage,
    NotFoundMessage,
    ErrorMessage,
    Bye,
    Pong,
)


class PeerHello(Part):
    """The peer's program."""

    type: Literal["hello"]
    client: str = Field("", max_length=200)


class Pause(Part):
    """Stop processing frames: the page is hidden."""

    type: Literal["pause"]


class Resume(Part):
    """Process frames again."""

    type: Literal["resume"]


class Ping(Part):
    """Ask for a `pong`."""

    type: Literal["ping"]
    id: str | int


PeerMessage = PeerHello | Pause | Resume | Ping
PEER_MESSAGES = (PeerHello, Pause, Resume, Ping)
_peer_messages: TypeAdapter[PeerMessage] = TypeAdapter(
    Annotated[PeerMessage, Field(discriminator="type")]
)
MAX_PEER_MESSAGE = 4096


class MessageError(ValueError):
    """A peer's message is not one of the protocol's; the error says why, in one line."""


def parse_peer_message(text: str | bytes) -> PeerMessage:
    """Read a peer's message.

    Raises:
        MessageError: it is not text, too long, no JSON, or has an unknown type or wrong fields.
    """
    if isinstance(text, bytes):
        raise MessageError("messages are JSON text; this one is binary")
    if len(text) > MAX_PEER_MESSAGE:
        raise MessageError(f"message of {len(text)} characters; at most {MAX_PEER_MESSAGE}")
    try:
        return _peer_messages.validate_json(text)
    except ValidationError as error:
        raise MessageError(first_error(error, "message")) from None
