"""The application that Granian serves: the front before the WSGI one."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huiyin.web.front import Front


def load(threads: int, parent: int) -> "Front":
    """Return the application with so many threads for pages, in a process of this parent."""
    from huiyin.wsgi import application as wsgi  # first: it sets Django up

    # isort: split
    from django.conf import settings
    from django.urls import reverse

    from huiyin.web.front import Front

    filing = frozenset({reverse("portal:file"), reverse("api:v1:file_letter")})
    return Front(
        wsgi, threads=threads, parent=parent, behind_proxy=settings.BEHIND_PROXY, filing=filing
    )


def application() -> "Front":
    """Return the application for a bare `granian --factory` (bench/servers.py)."""
    return load(int(os.environ.get("THREADS", "1")), os.getppid())
