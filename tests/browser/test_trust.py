"""The page that teaches a phone to trust the local authority, over a real server."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from playwright.async_api import ViewportSize

from gallery.store import Gallery
from models.embedder import Embedder
from server import make_app
from tests.browser.test_end_to_end import CHROMIUM, phone, picture_of
from tests.conftest import make_settings
from web.tls import ensure_certificate


@pytest.fixture
async def trusting(
    gallery_folder: Path, model_path: Path, embedder: Embedder, gallery: Gallery, tmp_path: Path
) -> AsyncIterator[TestServer]:
    """The whole application with a local authority in `tmp_path`."""
    ensure_certificate(tmp_path, [])
    settings = make_settings(gallery_folder, model_path, tls=True, tls_folder=tmp_path)
    running = TestServer(make_app(settings, embedder, gallery), host="127.0.0.1")
    async with running:
        yield running


async def test_the_authority_is_given_in_both_forms(trusting: TestServer, tmp_path: Path) -> None:
    pem = (tmp_path / "ca.pem").read_bytes()
    async with ClientSession() as http:
        async with http.get(trusting.make_url("/trust/vernissage-ca.crt")) as response:
            assert response.content_type == "application/x-x509-ca-cert"
            assert await response.read() == ssl.PEM_cert_to_DER_cert(pem.decode())
        async with http.get(trusting.make_url("/trust/vernissage-ca.pem")) as response:
            assert response.content_type == "application/x-pem-file"
            assert await response.read() == pem
        async with http.get(trusting.make_url("/trust")) as response:
            text = await response.text()
    cert = x509.load_pem_x509_certificate(pem)
    assert cert.fingerprint(hashes.SHA256()).hex(":").upper() in text
    assert "PRIVATE" not in text


async def test_without_an_authority_there_is_nothing_to_trust(server: TestServer) -> None:
    async with ClientSession() as http:
        for path in ("/trust", "/trust/qr.svg", "/trust/vernissage-ca.crt"):
            async with http.get(server.make_url(path)) as response:
                assert response.status == 404
                assert "nothing to trust" in (await response.json(content_type=None))["detail"]


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium; .ci/run installs it")
async def test_the_page_is_read_on_a_phone_and_on_a_desk(trusting: TestServer) -> None:
    sizes: dict[str, ViewportSize] = {
        "trust": {"width": 390, "height": 844},
        "trust-desk": {"width": 1280, "height": 800},
    }
    async with phone() as page:
        for name, size in sizes.items():
            await page.set_viewport_size(size)
            await page.goto(str(trusting.make_url("/trust")))
            await page.wait_for_function("document.images[0].naturalWidth > 50")
            assert await page.evaluate(
                "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            )
            await picture_of(page, name)
        async with page.expect_download() as started:
            await page.get_by_role("link", name="Download the certificate").click()
        assert (await started.value).suggested_filename == "vernissage-ca.crt"
