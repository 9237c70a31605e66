"""Times on every page are the organisation's, wherever the machine stands."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from huiyin.kernel.units.queries import NoOrganisation, organisation


def zone(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Middleware: read and show times in the organisation's zone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            name = organisation().zone
        except NoOrganisation:
            return get_response(request)
        with timezone.override(name):
            return get_response(request)

    return middleware
