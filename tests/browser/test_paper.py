"""The receipt on paper as a person gets it: printed from the letter's page, read with a real reader."""

import io
from collections.abc import Callable
from pathlib import Path

import zxingcpp
from PIL import Image
from playwright.sync_api import Page

from huiyin.kernel.ledger.paper import MILLIMETRES
from huiyin.kernel.ledger.receipt_text import unpack
from huiyin.kernel.ledger.receipts import verify
from tests.browser.people import Writer
from tests.browser.printing import printed

Opened = Callable[..., Page]
DOTS_AN_INCH = 150


def at_150_dots(page: Page) -> Image.Image:
    """Return the sheet as it is printed: A4, without what is only for the screen."""
    page.emulate_media(media="print")
    session = page.context.new_cdp_session(page)
    scale = DOTS_AN_INCH / 96
    session.send(
        "Emulation.setDeviceMetricsOverride",
        {"width": 658, "height": 1000, "deviceScaleFactor": scale, "mobile": False},
    )
    return Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("L")


def test_the_printed_sheet_is_scanned_and_what_it_says_is_checked(
    opened: Opened, language: str, codes: dict[str, str], service: str, tmp_path: Path
) -> None:
    writer = Writer(opened(language), language)
    writer.opens_letter(codes["heating"])
    writer.follow("Receipt on paper: a QR code to print")
    writer.heading("Receipt on paper")
    for _ in range(20):  # "about a second"
        if not writer.page.get_by_role("link", name=writer.words("Look again")).count():
            break
        writer.follow("Look again")
    picture = writer.page.locator(".qr.proof svg")
    sheet = printed(writer.page, tmp_path)
    assert f"{service}/log/verify.html" in sheet
    image = at_150_dots(writer.page)
    box = picture.bounding_box()
    assert box is not None
    assert abs(box["width"] * 25.4 / 96 - MILLIMETRES) < 0.5
    (found,) = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    shown = writer.page.locator(".text-of-proof").text_content()
    assert found.text == shown
    receipt = unpack(found.text)
    assert codes["heating"].replace("-", "")[:8] in receipt["subject"]
    verdict = verify(receipt)
    assert not verdict.failed
    assert "letter" in verdict.codes
