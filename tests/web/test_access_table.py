"""Who may open which staff page: a page that is not in the table fails here.

The table is checked against the list of addresses, and each line with real requests: whoever is
named gets the page, everybody else is refused in the one way that is named.
"""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from huiyin.kernel.units.models import Tenure
from huiyin.parts.cases.models import Claim
from huiyin.web.staff.urls import urlpatterns
from tests.cast import Cast, user
from tests.web.access import (
    desk_addresses,
    planning_addresses,
    report_addresses,
    room_addresses,
    shift_addresses,
    views_addresses,
    window_addresses,
)

HOLDERS = {"clerk", "group_head", "owner", "cook", "transport_head", "auditor"}
TOP = {"clerk", "group_head"}  # head and clerk at the top of the tree
READERS = {"owner", "clerk", "group_head"}  # of a letter that is with the Machine Works

# name of the address: who may open it; everybody else gets that status
TABLE: dict[str, tuple[set[str], int]] = {
    "owed": (HOLDERS, 403),
    "act": (HOLDERS, 403),
    "notices": (HOLDERS, 403),
    "notices_read": (HOLDERS, 403),
    "letters": (HOLDERS, 403),
    "search": (HOLDERS, 403),
    "new": (HOLDERS - {"auditor"}, 403),
    "slip": (set(), 404),  # no such code: the same page for all; see test_filing
    "letter": (READERS, 404),
    "attachment": (set(), 404),  # no such file: the same page for all; see test_letter
    "official": (READERS, 404),
    "open_identity": ({"owner"}, 404),
    "move": (READERS, 404),
    "units": (HOLDERS, 403),
    "unit": (HOLDERS, 403),
    "add_unit": (TOP, 403),
    "add_post": (TOP, 403),
    "add_claim": (TOP, 403),
    "remove_claim": (TOP, 403),
    "appoint": (TOP, 403),
    "release": (TOP, 403),
    "add_account": (TOP, 403),
    "categories": (HOLDERS, 403),
    "add_category": (TOP, 403),
    "close_category": (TOP, 403),
    "independence": (TOP, 403),
    "calendar": (HOLDERS, 403),
    "calendar_day": (TOP, 403),
    "shorten": (TOP, 403),
    **dict.fromkeys(planning_addresses.OWN, (HOLDERS, 403)),
    **dict.fromkeys(planning_addresses.PLANNERS, (TOP | {"transport_head"}, 403)),
    **dict.fromkeys(planning_addresses.PAGES, (TOP, 404)),  # of a roster of the group
    "duty_units": (TOP | {"transport_head"}, 403),
    "duty_reception": (HOLDERS, 403),
    **dict.fromkeys(desk_addresses.PAGES, (TOP, 404)),  # of a desk of the group
    **dict.fromkeys(shift_addresses.OWN | views_addresses.OWN, (HOLDERS, 403)),
    **dict.fromkeys(shift_addresses.PAGES, (TOP, 404)),  # of a shift of that desk
    **dict.fromkeys(views_addresses.PAGES | views_addresses.COLLEAGUE, (TOP, 404)),
    "duty_feed_revoke": ({"clerk"}, 404),  # who made the address
    "reports": (HOLDERS, 403),
    "report_write": (HOLDERS, 403),
    "reports_day": (TOP | {"transport_head"}, 403),
    "reports_rule": (TOP | {"transport_head"}, 403),
    "report": (TOP | {"cook"}, 404),  # of the canteen
    "report_acknowledge": (TOP, 404),
    "report_act": (TOP, 404),
    "report_correct": ({"cook"}, 404),
    "report_picture": (set(), 404),  # no such picture: the same page for all
    "reports_unit": (TOP | {"cook"}, 404),
    "report_file": (TOP | {"cook"}, 404),
    "reports_day_file": (TOP | {"transport_head"}, 403),
    "reports_trend": (TOP | {"cook"}, 404),  # of the canteen
    "reports_trend_file": (TOP | {"cook"}, 404),
    "mark_reply": ({"cook"}, 404),
    "mark_withdraw": (TOP, 404),
    **window_addresses.TABLE,
    "rooms": (HOLDERS, 403),
    **dict.fromkeys(room_addresses.PAGES, (TOP | {"cook"}, 404)),  # of the canteen
    **dict.fromkeys(room_addresses.LEADING, ({"cook", "group_head"}, 404)),
    "room_lead": ({"cook"}, 404),  # a head above decides there, and takes the lead from nobody
}
POSTED = {"act", "slip", "notices_read", "remove_claim", "release", "close_category"}
POSTED |= planning_addresses.POSTED | report_addresses.POSTED
POSTED |= window_addresses.POSTED
POSTED |= desk_addresses.POSTED | shift_addresses.POSTED | views_addresses.POSTED
SEEN_BUT_REFUSED = {
    (name, who): 403
    for name, refused in {
        "open_identity": ("clerk", "group_head"),
        "report_acknowledge": ("cook",),
        "report_act": ("cook",),
        "report_correct": ("clerk", "group_head"),
        "mark_reply": ("clerk", "group_head"),
        "mark_withdraw": ("cook",),
        **window_addresses.REFUSED,
        **dict.fromkeys(room_addresses.LEADING, ("clerk",)),
        "room_lead": ("clerk", "group_head"),
    }.items()
    for who in refused
}


def address_of(name: str, arguments: dict[str, list[object]]) -> str:
    return reverse(f"staff:{name}", args=arguments.get(name, []))


def ask(client: Client, name: str, address: str) -> int:
    response = client.post(address) if name in POSTED else client.get(address)
    return response.status_code


@pytest.fixture
def there(cast: Cast, access_world: None, world: Any) -> dict[str, list[object]]:
    """What each address takes, where everything is set up that the table speaks of."""
    arguments: dict[str, list[object]] = world[1]
    return arguments


def test_every_staff_address_has_a_line_in_the_table() -> None:
    assert {pattern.name for pattern in urlpatterns} == set(TABLE)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_only_those_named_open_the_page(
    name: str, cast: Cast, there: dict[str, list[object]]
) -> None:
    may, otherwise = TABLE[name]
    address = address_of(name, there)
    for who in sorted(HOLDERS):
        client = Client()
        client.force_login(getattr(cast, who).user)
        status = ask(client, name, address)
        expected = SEEN_BUT_REFUSED.get((name, who), otherwise)
        if who in may:
            assert status in {200, 302}, (name, who)
            if name in POSTED:  # done once: set it up again for the next who may
                address = _again(cast, name, address)
        else:
            assert status == expected, (name, who)


def _again(cast: Cast, name: str, address: str) -> str:
    from huiyin.kernel.units.actions import appoint
    from huiyin.parts.cases.models import Category
    from tests.conftest import NOW

    if name == "remove_claim":
        claim = Claim.objects.create(unit=cast.works, matter="x")
        return reverse("staff:remove_claim", args=[claim.pk])
    if name == "release":
        tenure = appoint(cast.outsider, cast.works_deputy.post, now=NOW)
        return reverse("staff:release", args=[tenure.pk])
    if name in planning_addresses.AGAIN:
        return reverse(f"staff:{name}", args=planning_addresses.arguments(cast)[name])
    if name == "duty_group_give_up":
        return reverse(f"staff:{name}", args=desk_addresses.arguments(cast)[name])
    if name == "close_category":
        Category.objects.update(closed_at=None)
    return address


@pytest.mark.parametrize("name", sorted(TABLE))
def test_without_sign_in_every_page_leads_to_the_sign_in(
    name: str, there: dict[str, list[object]]
) -> None:
    address = address_of(name, there)
    client = Client()
    response = client.post(address) if name in POSTED else client.get(address)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/?next=/staff/")


@pytest.mark.parametrize("name", sorted(TABLE))
def test_an_account_without_a_post_opens_nothing(name: str, there: dict[str, list[object]]) -> None:
    client = Client()
    client.force_login(User.objects.get(username="outsider"))
    assert ask(client, name, address_of(name, there)) == 403


def test_a_right_ends_with_the_tenure(
    cast: Cast, there: dict[str, list[object]], now: datetime
) -> None:
    from datetime import timedelta

    stranger = user("stranger")
    Tenure.objects.create(
        post=cast.owner.post,
        user=stranger,
        starts=now - timedelta(days=9),
        ends=now - timedelta(days=1),
    )
    client = Client()
    client.force_login(stranger)
    assert client.get(address_of("letter", there)).status_code == 403
