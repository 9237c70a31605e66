"""A receipt code, and the receipt of an entry, as pictures."""

from itertools import groupby

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from huiyin.kernel.ledger.paper import picture
from huiyin.kernel.vault.codes import ReceiptCode

QUIET = 4  # modules of light border, as ISO/IEC 18004 asks for
_SVG = (
    '<svg viewBox="0 0 {0} {0}"><title>{1}</title><path fill="#fff" d="M0 0h{0}v{0}h-{0}z"/>'
    '<path stroke="#000" d="{2}"/></svg>'
)


def qr(code: ReceiptCode) -> SafeString:
    """Return the code as an inline SVG. It holds the code alone, no address.

    A secret in an address would end up in histories, logs and referrers. Mask and version are
    fixed and the groups are left without dashes: the writer waits for this picture, choosing the
    prettiest of eight masks takes five times as long, and readers take any.
    """
    made = segno.make(
        str(code).replace("-", ""), version=2, error="m", boost_error=False, micro=False, mask=3
    )
    return _drawn(made, _("QR code of the receipt code"))


def proof(text: str) -> SafeString:
    """Return the receipt of an entry, in the form of receipt_text.py, as an inline SVG."""
    return _drawn(picture(text), _("QR code of the receipt"))


def _drawn(code: segno.QRCode, title: str) -> SafeString:
    runs = []
    for y, row in enumerate(code.matrix):
        x = QUIET
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                runs.append(f"M{x} {y + QUIET}.5h{length}")
            x += length
    side = len(code.matrix) + 2 * QUIET
    return format_html(_SVG, side, title, "".join(runs))
