"""The views of duty at the desk of the group, for the table of who may open what."""

from huiyin.parts.duty.models import DutyPoint, Eligible, Feed
from tests.cast import Cast
from tests.conftest import NOW

POSTED = {"duty_feed_revoke"}
OWN = {"duty_now", "duty_mine", "duty_tables", "duty_feeds"}  # each sees their own there
PAGES = {"duty_table", "duty_paper", "duty_xlsx"}
COLLEAGUE = {"duty_colleague"}  # who serves at that desk


def arguments(cast: Cast) -> dict[str, list[object]]:
    """Return what the addresses of the views take; the calendar address is the clerk's."""
    feed, _ = Feed.objects.get_or_create(
        user=cast.clerk.user,
        made_by=cast.clerk.user,
        revoked_at=None,
        defaults={"digest": f"{Feed.objects.count():064}", "made_at": NOW},
    )
    point, _ = DutyPoint.objects.get_or_create(
        code="HX-DESK", defaults={"unit": cast.group, "kind": "desk", "name": "接待窗口"}
    )
    Eligible.objects.get_or_create(
        point=point, user=cast.group_deputy.user, defaults={"capacity": "member"}
    )
    return {
        **{name: ["HX-DESK"] for name in PAGES},
        "duty_feed_revoke": [feed.pk],
        "duty_colleague": [cast.group_deputy.user.pk],
    }
