"""Every walk, and past which pages it goes.

A walk yields a name for each page while that page is open, for whoever looks at it. Which
addresses, moves and acts it met is read from the addresses of the pages themselves.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from huiyin.web.portal.acts import ACTS
from huiyin.web.staff.moves import PAGES
from tests.browser import (
    desk_tours,
    letter_tours,
    move_tours,
    office_tours,
    planning_tours,
    report_tours,
    room_tours,
    shift_tours,
    window_tours,
)
from tests.browser.people import Staff, Writer

STAFF_TOURS = (
    desk_tours, office_tours, planning_tours, report_tours, shift_tours, window_tours
)  # fmt: skip
PRESSED = {
    "portal": letter_tours.PRESSED,
    "staff": set().union(*(tours.PRESSED for tours in STAFF_TOURS)),
}
DOWNLOADED = {
    "download",
    "official",
    "attachment",
    "slip",
    "receipt_file",
    "words_file",
    "duty_xlsx",
    "report_picture",
    "report_file",
    "reports_day_file",
    "reports_trend_file",
}


@dataclass(frozen=True)
class Companions:
    """Who walks: both use one window; `codes` and `ended` open letters that go on or ended."""

    writer: Writer
    staff: Staff
    codes: dict[str, str]
    ended: dict[str, str]


@dataclass(frozen=True)
class Walk:
    """A walk past pages: names of addresses of one `face`; and past which moves or acts."""

    steps: Callable[[Companions], Iterator[str]]
    face: str
    pages: str
    acts: frozenset[str] = frozenset()

    @property
    def past(self) -> set[str]:
        """What the walk must meet: names of addresses with their face, moves and acts."""
        return {f"{self.face}:{page}" for page in self.pages.split()} | self.acts


def met(page: Page) -> tuple[str, str]:
    """Return the name of the open page's address and, for a move or an act, which one."""
    try:
        found = resolve(urlsplit(page.url).path)
    except Resolver404:
        return "", ""
    return found.view_name, str(found.kwargs.get("name", ""))


def _following(who: Companions) -> Iterator[str]:
    return letter_tours.following(who.writer, who.codes, who.ended)


def _in_turn(*walks: Callable[[Staff], Iterator[str]]) -> Callable[[Companions], Iterator[str]]:
    return lambda who: chain.from_iterable(walk(who.staff) for walk in walks)


def _writing(who: Companions) -> Iterator[str]:
    yield from letter_tours.around(who.writer)
    yield from letter_tours.writing(who.writer)
    yield from letter_tours.recovering(who.writer)
    yield from desk_tours.hall(who.staff, who.writer)


# The longest first, so that two processes end at the same time.
WALKS = {
    "planning": Walk(
        _in_turn(planning_tours.planning),
        "staff",
        """
        duty duty_units duty_setup duty_point_add duty_rules duty_point duty_point_change
        duty_hours_add duty_pattern_add duty_admit duty_leave duty_leave_add duty_wishes
        duty_bounds duty_past duty_roster_open duty_roster duty_place duty_solve
        duty_roster_check duty_shares duty_versions duty_return duty_revise
        """,
    ),
    "moves": Walk(
        _in_turn(move_tours.moves),
        "staff",
        """
        open_identity move
        """,
        frozenset(PAGES) - {"open_identity"},  # which has an address of its own
    ),
    "office": Walk(
        _in_turn(office_tours.letters, office_tours.organisation, office_tours.strangers),
        "staff",
        """
        owed notices letters search new letter units unit add_unit add_post add_claim
        appoint add_account categories add_category independence calendar calendar_day shorten
        """,
    ),
    "writing": Walk(
        _writing,
        "portal",
        """
        home file receipt recover screen take number
        """,
    ),
    "following": Walk(
        _following,
        "portal",
        """
        letter paper case answer attach own_code promise act
        """,
        frozenset(ACTS),
    ),
    "shift": Walk(
        _in_turn(shift_tours.shift),
        "staff",
        """
        duty_shift duty_shift_of duty_shift_leave duty_log duty_handover duty_relief
        duty_step_in duty_swaps duty_swap_offer duty_swap duty_checks duty_checklist
        duty_check_add duty_medical
        """,
    ),
    "desk": Walk(
        _in_turn(desk_tours.desk, desk_tours.views),
        "staff",
        """
        duty_reception duty_desk duty_number duty_rooms duty_room_add duty_room duty_groups
        duty_now duty_mine duty_tables duty_table duty_paper duty_colleague duty_feeds
        """,
    ),
    "windows": Walk(
        _in_turn(window_tours.windows),
        "staff",
        """
        windows window_new window window_tighten window_group window_confirm
        window_readiness window_wrong window_unit window_review window_reply
        """,
    ),
    "reports": Walk(
        _in_turn(report_tours.reports),
        "staff",
        """
        reports_trend reports reports_day reports_rule reports_unit mark_reply mark_withdraw
        report report_act report_correct
        """,
    ),
    "rooms": Walk(
        _in_turn(room_tours.rooms),
        "staff",
        """
        report_write rooms room room_log room_decide room_task room_done room_hand room_lead
        room_stand_down room_review
        """,
    ),
}
