"""Serve `/trust`: how a phone comes to trust the local certificate authority."""

from __future__ import annotations

import io
import ssl
from html import escape
from pathlib import Path
from string import Template

import segno
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from settings import ServerSettings
from web.banner import public_host
from web.problems import problem
from web.tls import lan_addresses

_PAGE = Path(__file__).resolve().parent.parent / "static" / "trust" / "trust.html"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_NO_AUTHORITY = (
    "this server has no certificate authority of its own, so there is nothing to trust: "
    "it uses the certificate that it was given, or a proxy's"
)


class Trust:
    """The handlers of `/trust`."""

    def __init__(self, server: ServerSettings) -> None:
        """Show the authority in `server.tls_folder`, if the server uses it."""
        self._in_use = server.tls and not server.cert
        self._authority = server.tls_folder / "ca.pem"

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/trust", self.page),
            web.get("/trust/qr.svg", self.code),
            web.get("/trust/vernissage-ca.{kind:crt|pem}", self.certificate),
        ]

    async def page(self, request: web.Request) -> web.Response:
        """Serve the steps, with the authority's name, last day and fingerprint."""
        pem = self._pem()
        if pem is None:
            return problem(404, _NO_AUTHORITY)
        cert = x509.load_pem_x509_certificate(pem)
        (name,) = cert.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        facts = {
            "name": str(name.value),
            "until": f"{cert.not_valid_after_utc:%Y-%m-%d}",
            "fingerprint": cert.fingerprint(hashes.SHA256()).hex(":").upper(),
            "address": _address(request),
        }
        text = Template(_PAGE.read_text(encoding="utf-8")).substitute(
            {fact: escape(value) for fact, value in facts.items()}
        )
        return web.Response(text=text, content_type="text/html")

    async def code(self, request: web.Request) -> web.Response:
        """Serve the page's address as a QR code, to open it on a phone."""
        if not self._in_use:
            return problem(404, _NO_AUTHORITY)
        svg = io.BytesIO()
        segno.make(_address(request), error="m").save(svg, kind="svg", scale=4, light="#fff")
        return web.Response(body=svg.getvalue(), content_type="image/svg+xml")

    async def certificate(self, request: web.Request) -> web.Response:
        """Serve the authority's certificate: `.crt` is DER, which phones install; `.pem` is PEM."""
        pem = self._pem()
        if pem is None:
            return problem(404, _NO_AUTHORITY)
        kind = request.match_info["kind"]
        headers = {"Content-Disposition": f'attachment; filename="vernissage-ca.{kind}"'}
        if kind == "pem":
            return web.Response(body=pem, content_type="application/x-pem-file", headers=headers)
        der = ssl.PEM_cert_to_DER_cert(pem.decode("ascii"))
        return web.Response(body=der, content_type="application/x-x509-ca-cert", headers=headers)

    def _pem(self) -> bytes | None:
        if not (self._in_use and self._authority.is_file()):
            return None
        return self._authority.read_bytes()


def _address(request: web.Request) -> str:
    """Return the page's address as phones can reach it."""
    url = request.url.with_path("/trust").with_query(None)
    if url.host in _LOOPBACK:
        url = url.with_host(public_host("", lan_addresses()))
    return str(url)
