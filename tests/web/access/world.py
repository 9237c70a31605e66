"""What the table of who may open which page speaks of: a letter that is with the Machine Works, and
something for each page to show."""

from datetime import datetime

from huiyin.kernel.units.models import Post, Tenure
from huiyin.parts.cases.actions import forwarding, handling
from huiyin.parts.cases.models import Category, Claim
from tests.cast import Cast
from tests.web.access import (
    desk_addresses,
    planning_addresses,
    report_addresses,
    room_addresses,
    shift_addresses,
    views_addresses,
    window_addresses,
)


def letter(cast: Cast, now: datetime) -> str:
    """File a named letter, forward it to the Machine Works, accept it there; return its locator."""
    filed = cast.file(now, naming="named", identity={"name": "张三"})
    forwarding.forward(cast.clerk, filed.case.locator, cast.works, now=now)
    handling.accept(cast.owner, filed.case.locator, now=now)
    return filed.case.locator


def arguments(cast: Cast, now: datetime) -> dict[str, list[object]]:
    """Set everything up; return what the address of each page takes, by its name."""
    locator = letter(cast, now)
    unit, post = cast.works.pk, Post.objects.get(pk=cast.works_deputy.post.pk).pk
    return {
        "letter": [locator],
        "attachment": [locator, "abc"],
        "official": [locator, 3, "docx"],
        "open_identity": [locator],
        "move": [locator, "note"],
        "unit": [unit],
        "add_unit": [unit],
        "add_post": [unit],
        "add_claim": [unit],
        "add_account": [unit],
        "remove_claim": [Claim.objects.filter(unit=unit).latest("id").pk],
        "appoint": [post],
        "release": [Tenure.objects.filter(post=post).latest("id").pk],
        "close_category": [Category.objects.latest("id").pk],
        "shorten": ["conclude"],
        **planning_addresses.arguments(cast),
        **desk_addresses.arguments(cast),
        **shift_addresses.arguments(cast),
        **views_addresses.arguments(cast),
        **report_addresses.arguments(cast),
        **window_addresses.arguments(cast),
        **room_addresses.arguments(cast),
    }
