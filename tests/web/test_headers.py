"""Headers of every answer, and whom the service takes for the client."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings

from huiyin.web.headers import client
from tests.cast import Cast
from tests.support.processes import ROOT, environment


@pytest.mark.parametrize(("behind_proxy", "seen"), [(True, "203.0.113.7"), (False, "127.0.0.1")])
def test_only_the_nearest_proxy_is_believed_about_the_client(behind_proxy: bool, seen: str) -> None:
    addresses = []

    def answer(request: HttpRequest) -> HttpResponse:
        addresses.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR="10.0.0.1, 203.0.113.7")
    with override_settings(BEHIND_PROXY=behind_proxy):
        client(answer)(request)
    assert addresses == [seen]


def test_no_page_is_kept_by_caches_nor_loads_anything_from_elsewhere(
    cast: Cast, client: Client
) -> None:
    answer = client.get("/letter/")
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "http" not in answer["Content-Security-Policy"]


def test_behind_a_proxy_browsers_are_held_to_tls_and_cookies_to_this_host(tmp_path: Path) -> None:
    """Read in a process of its own: the names of cookies are chosen when the service starts."""
    asked = (
        "import django; django.setup()\n"
        "from django.conf import settings as s\n"
        "from huiyin.web.portal import access\n"
        "print(s.SECURE_HSTS_SECONDS, s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, access.COOKIE,"
        " s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.ALLOWED_HOSTS)"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", asked], env=environment(tmp_path, **more), cwd=ROOT,
            capture_output=True, check=True, text=True,
        ).stdout.split(maxsplit=6)
        for more in ({"HUIYIN_ORIGINS": "https://letters.example.org"}, {})
    ]  # fmt: skip
    assert told[0][:6] == [
        "31536000", "__Host-sessionid", "__Host-csrftoken", "__Secure-letter", "True", "True",
    ]  # fmt: skip
    assert told[1][:4] == ["0", "sessionid", "csrftoken", "letter"]
    assert "testserver" not in told[1][6]


def test_no_other_site_reads_an_answer_as_its_own(cast: Cast, client: Client) -> None:
    for path in ("/", "/letter/", "/api/v1/categories", "/static/huiyin.css", "/nowhere/"):
        assert client.get(path)["Cross-Origin-Resource-Policy"] == "same-origin", path
