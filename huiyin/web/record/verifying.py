"""The page that checks a receipt without a network, and the file by which it sees the log grow."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from huiyin.kernel.ledger import publishing, signing
from huiyin.kernel.ledger.notes import open_checkpoint
from huiyin.kernel.ledger.tiles import Tiles
from huiyin.kernel.ledger.tree import ProofError, consistency_proof
from huiyin.web.record.log import NEVER, TEXT, missing, public

PAGE = Path(__file__).with_name("verify.html")
INLINE = re.compile(rb"<(style|script)>(.*?)</\1>", re.DOTALL)


@cache
def _page() -> tuple[bytes, str]:
    """Return the page, and the policy that runs its own style and script and loads nothing."""
    content = PAGE.read_bytes()
    allowed = {"style": "", "script": ""}
    for name, inner in INLINE.findall(content):
        digest = base64.b64encode(hashlib.sha256(inner).digest()).decode()
        allowed[name.decode()] += f" 'sha256-{digest}'"
    policy = (
        f"default-src 'none'; script-src{allowed['script']}; style-src{allowed['style']}; "
        "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    )
    return content, policy


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Serve the page: one file, to be saved and opened from a disk too."""
    content, policy = _page()
    response = public(HttpResponse(content, content_type="text/html; charset=utf-8"), NEVER)
    response.headers["Content-Security-Policy"] = policy
    return response


@require_safe
def since(request: HttpRequest, size: int) -> HttpResponse:
    """Serve the newest checkpoint with the proof that it continues the log of `size` entries.

    The form is the body of add-checkpoint in C2SP tlog-witness: "old SIZE", a hash in base64 each
    line, an empty line, the note. 404 from size 0 and from a size that the log does not have.
    """
    note = publishing.current()
    if note is None:
        return missing()
    now = open_checkpoint(note.decode(), signing.verifier()).size
    try:
        proof = consistency_proof(size, now, Tiles(now, publishing.read).subtree)
    except ProofError:
        return missing()
    lines = [f"old {size}", *(base64.b64encode(one).decode() for one in proof)]
    content = "".join(f"{line}\n" for line in lines).encode() + b"\n" + note
    response = public(HttpResponse(content, content_type=TEXT), NEVER)
    response.headers["Content-Disposition"] = f'attachment; filename="since-{size}.txt"'
    return response
