"""`/trust`: how a phone learns to trust the local certificate authority."""

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
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_NONE = (
    "this server has no certificate authority of its own, so there is nothing to trust: "
    "it uses the certificate that it was given, or a proxy's"
)


class Trust:
    """The handlers of `/trust`."""

    def __init__(self, server: ServerSettings) -> None:
        """Show the authority kept in `server.tls_folder`, where it is the one in use."""
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
        """Serve the steps, with this authority's name, end and fingerprint."""
        pem = self._pem()
        if pem is None:
            return problem(404, _NONE)
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
        """Draw the page's address as a QR code, to open it on a phone."""
        if not self._in_use:
            return problem(404, _NONE)
        drawn = io.BytesIO()
        segno.make(_address(request), error="m").save(drawn, kind="svg", scale=4, light="#fff")
        return web.Response(body=drawn.getvalue(), content_type="image/svg+xml")

    async def certificate(self, request: web.Request) -> web.Response:
        """Give the authority's certificate: DER as .crt, which phones install, or PEM."""
        pem = self._pem()
        if pem is None:
            return problem(404, _NONE)
        kind = request.match_info["kind"]
        named = {"Content-Disposition": f'attachment; filename="vernissage-ca.{kind}"'}
        if kind == "pem":
            return web.Response(body=pem, content_type="application/x-pem-file", headers=named)
        der = ssl.PEM_cert_to_DER_cert(pem.decode("ascii"))
        return web.Response(body=der, content_type="application/x-x509-ca-cert", headers=named)

    def _pem(self) -> bytes | None:
        if not (self._in_use and self._authority.is_file()):
            return None
        return self._authority.read_bytes()


def _address(request: web.Request) -> str:
    """The page's address as a phone can reach it."""
    url = request.url.with_path("/trust").with_query(None)
    if url.host in _HERE:
        url = url.with_host(public_host("", lan_addresses()))
    return str(url)
