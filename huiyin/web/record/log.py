"""The log's public files as C2SP tlog-tiles serves them: checkpoint, tiles, entry bundles, key.

Anybody's monitor may read them, from any page: they hold nothing that is not public, and no cookie
is looked at.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from huiyin.kernel.ledger import cosigning, publishing, signing
from huiyin.kernel.ledger.tiles import TileError, parse

TEXT, BYTES = "text/plain; charset=utf-8", "application/octet-stream"
ALWAYS, NEVER = "public, max-age=31536000, immutable", "no-cache"


def public(response: HttpResponse, caching: str) -> HttpResponse:
    """Let any page read the answer, and caches keep it as said."""
    response.headers["Cache-Control"] = caching
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def missing() -> HttpResponse:
    """Return 404, to be asked again: what is not there yet may be in a second."""
    return public(HttpResponseNotFound("Not in the log\n", content_type=TEXT), "no-store")


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Serve the newest signed checkpoint; 404 before the first."""
    found = publishing.current()
    return missing() if found is None else public(HttpResponse(found, content_type=TEXT), NEVER)


@require_safe
def cosigned(request: HttpRequest) -> HttpResponse:
    """Serve the newest of the checkpoints with the most cosignatures; 404 before the first."""
    found = cosigning.for_receipts()
    return public(HttpResponse(found, content_type=TEXT), NEVER) if found else missing()


@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """Serve the key line of the log; after a change the new one, then those before it."""
    lines = "".join(f"{one}\n" for one in signing.verifiers())
    return public(HttpResponse(lines, content_type=TEXT), NEVER)


@require_safe
def witnesses(request: HttpRequest) -> HttpResponse:
    """Serve the key lines of the witnesses that are asked to cosign, one a line; none: empty."""
    lines = "".join(f"{one.key}\n" for one in cosigning.witnesses())
    return public(HttpResponse(lines, content_type=TEXT), NEVER)


@require_safe
@gzip_page
def tile(request: HttpRequest, rest: str) -> HttpResponse:
    """Serve a tile or an entry bundle, which never changes; 404 for any other path."""
    name = f"tile/{rest}"
    try:
        parse(name)
        content = publishing.read(name)
    except (TileError, FileNotFoundError):
        return missing()
    return public(HttpResponse(content, content_type=BYTES), ALWAYS)
