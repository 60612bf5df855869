"""Print how to reach the server: the address alone on a line, then a QR code and hints."""

from __future__ import annotations

import sys
from typing import TextIO

import segno

from web.tls import lan_addresses

_EVERY_ADDRESS = frozenset({"", "0.0.0.0", "::"})


def public_host(host: str, addresses: list[str]) -> str:
    """Return a host that phones can reach.

    Args:
        host: address that the server listens on.
        addresses: of this machine in the local network; the first one is taken if the server
            listens on every address.
    """
    if host in _EVERY_ADDRESS:
        return addresses[0] if addresses else "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def print_banner(
    host: str, port: int, *, tls: bool, studio: str = "", out: TextIO | None = None
) -> None:
    """Print the URL alone on the first line, then a QR code of it and what to do.

    Args:
        host: address that the server listens on.
        port: its TCP port.
        tls: whether it serves HTTPS.
        studio: how curators sign in, in words.
        out: where to print; standard output by default.
    """
    out = out or sys.stdout
    scheme = "https" if tls else "http"
    base = f"{scheme}://{public_host(host, lan_addresses())}:{port}"
    print(f"{base}/", file=out, flush=True)
    print("\nPoint a phone on the same network at this code:\n", file=out)
    segno.make(f"{base}/", error="m").terminal(out=out, compact=True)
    print(f"Pictures to point it at, on a second screen: {base}/wall", file=out)
    print(f"For curators: {base}/studio {studio}".rstrip(), file=out)
    if tls:
        print(
            "The certificate was made on this machine, so the phone asks once whether to trust it.",
            file=out,
        )
    print("Ctrl-C stops.", file=out, flush=True)
