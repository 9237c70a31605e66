"""The application that Granian serves: the front before the WSGI one."""

import os

from django.conf import settings
from django.urls import reverse

from huiyin.web.front import Front
from huiyin.wsgi import application as wsgi


def load(threads: int) -> Front:
    """Return the application with so many threads for pages."""
    filing = frozenset({reverse("portal:file"), reverse("api:v1:file_letter")})
    return Front(wsgi, threads=threads, behind_proxy=settings.BEHIND_PROXY, filing=filing)


def application() -> Front:
    """Return the application for a bare `granian --factory` (bench/servers.py)."""
    return load(int(os.environ.get("THREADS", "1")))
