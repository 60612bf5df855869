"""Logs: one line an event on standard error, for people or for machines, without addresses."""

from __future__ import annotations

import ipaddress
import json
import logging
import re
import sys
from datetime import UTC, datetime

_MAYBE_ADDRESS = re.compile(
    r"\d{1,3}(?:\.\d{1,3}){3}|(?<!\w)[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f.]*(?!\w)"
)
REMOVED = "[address]"
_CHATTY = ("aioice", "aiortc", "libav")


def set_up_logs(level: str, *, as_json: bool = False) -> None:
    """Send this process's logs to standard error.

    Args:
        level: `debug`, `info`, `warning` or `error`.
        as_json: one JSON object a line instead of text.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else TextLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.NOTSET if level == "debug" else logging.WARNING)


def without_addresses(text: str) -> str:
    """Replace each IP address in a text.

    Our own events name none, but libraries tell of the peers that they fail with.
    """
    return _MAYBE_ADDRESS.sub(_if_address, text)


def _if_address(found: re.Match[str]) -> str:
    try:
        ipaddress.ip_address(found[0].rstrip("."))
    except ValueError:
        return found[0]
    return REMOVED


class TextLines(logging.Formatter):
    """`time level logger: event`, a traceback on the same line."""

    def __init__(self) -> None:
        """Write the time to the second, in local time."""
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the event's line."""
        return " | ".join(without_addresses(super().format(record)).splitlines())


class JsonLines(logging.Formatter):
    """An object with `time` (ISO 8601, UTC), `level`, `logger`, `event`, `exception` if any."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the event's line."""
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": without_addresses(record.getMessage()),
        }
        if record.exc_info:
            said["exception"] = without_addresses(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False)
