"""Headers of every answer, and whom the service takes for the client."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings

from huiyin.web.headers import client
from tests.cast import Cast


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
