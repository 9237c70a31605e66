"""Times on pages are the organisation's."""

from datetime import datetime

from django.urls import reverse

from huiyin.kernel.units import queries
from huiyin.kernel.units.models import Organisation
from tests.cast import Cast
from tests.web.staff.conftest import SignIn


def test_a_step_is_shown_at_the_organisations_own_time(
    cast: Cast, now: datetime, sign_in: SignIn
) -> None:
    locator = cast.file(now).case.locator
    where = reverse("staff:letter", args=[locator])
    assert (
        'datetime="2026-03-03T09:14:00+08:00"'
        in sign_in(cast.clerk.user).get(where).content.decode()
    )
    Organisation.objects.update(zone="Europe/Madrid")
    queries.forget()
    assert (
        'datetime="2026-03-03T02:14:00+01:00"'
        in sign_in(cast.clerk.user).get(where).content.decode()
    )
    queries.forget()
