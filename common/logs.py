"""Logs on standard error: one line for each event, as text or JSON, without IP addresses."""

from __future__ import annotations

import ipaddress
import json
import logging
import re
import sys
from datetime import UTC, datetime

_ADDRESS_LIKE = re.compile(
    r"\d{1,3}(?:\.\d{1,3}){3}|(?<!\w)[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f.]*(?!\w)"
)
REMOVED = "[address]"
_VERBOSE_LOGGERS = ("aioice", "aiortc", "libav")


def set_up_logs(level: str, *, as_json: bool = False) -> None:
    """Send this process's logs to standard error.

    Args:
        level: `debug`, `info`, `warning` or `error`.
        as_json: write each event as a JSON object instead of text.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else TextLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _VERBOSE_LOGGERS:
        logging.getLogger(name).setLevel(logging.NOTSET if level == "debug" else logging.WARNING)


def without_addresses(text: str) -> str:
    """Replace each IP address in a text by `[address]`.

    Our own events name none, but libraries name the peers whose connections fail.
    """
    return _ADDRESS_LIKE.sub(_if_address, text)


def _if_address(found: re.Match[str]) -> str:
    try:
        ipaddress.ip_address(found[0].rstrip("."))
    except ValueError:
        return found[0]
    return REMOVED


class TextLines(logging.Formatter):
    """`time level logger: event`, a traceback on the same line."""

    def __init__(self) -> None:
        """Write times in local time, to the second."""
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the event's line."""
        return " | ".join(without_addresses(super().format(record)).splitlines())


class JsonLines(logging.Formatter):
    """An object with `time` (ISO 8601, UTC), `level`, `logger`, `event`, `exception` if any."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the event's line."""
        event = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": without_addresses(record.getMessage()),
        }
        if record.exc_info:
            event["exception"] = without_addresses(self.formatException(record.exc_info))
        return json.dumps(event, ensure_ascii=False)
