"""Make a window at the top, let it open and close, tighten it. It binds units and posts only.

A window asks the organisation for more (`tightening.Settings` is all that there is); nothing in it
reaches whoever complains, travels, speaks or meets, and no letter is filed or answered otherwise.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction

from huiyin.kernel.clock import actions as clock
from huiyin.kernel.clock import shortening
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.pack import LimitLengthened
from huiyin.kernel.clock.policy import policy
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.ledger.actions import new_salt_key
from huiyin.kernel.privacy.refusing import keep_private
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import Role
from huiyin.parts.reports import tightening
from huiyin.parts.reports.access import NotYours, ReportNotFound
from huiyin.parts.reports.actions import daily, window_review
from huiyin.parts.reports.actions._common import need, packed
from huiyin.parts.reports.actions.reporting import new_number
from huiyin.parts.reports.actions.window_units import EXERCISE, LINE, ROSTER, owe, unfold
from huiyin.parts.reports.models import Window, WindowVersion
from huiyin.parts.reports.tightening import Settings

MAKES = (Role.HEAD, Role.DEPUTY, Role.SECRETARY)
OPENS, CLOSES = "window.opens", "window.closes"  # nobody owes them: the clock does it
WHY_OPENS = ("特护期首日", "the window's first day")
WHY_CLOSES = ("特护期末日已过", "the window's last day is over")
LONGEST = 120  # days


def _need_maker(acting: Acting) -> None:
    if acting.post.role not in MAKES:
        raise NotYours


def _need_settings(settings: Settings) -> None:
    try:
        tightening.check(settings)
        shortening.check(settings.limits)
    except tightening.WrongSetting as error:
        raise BadInput(error.field, error.code) from error
    except LimitLengthened as error:
        raise BadInput("limits", "not_shorter") from error


def _end(window: Window) -> datetime:
    return policy().calendar.start_of_day(window.last_day + timedelta(days=1))


def _version(window: Window, acting: Acting, now: datetime) -> None:
    """Keep what the window asks for from now on, with its entry."""
    key = new_salt_key()
    bound = packed({"last_day": window.last_day.isoformat(), "settings": window.settings})
    due = window.last_day.isoformat()
    commit = {"settings": bound}
    if window.version == 1:
        kind = "window.made"
        commit["title"] = window.title.encode()
        facts: dict[str, ledger.Fact] = {
            "unit": window.unit.code, "began": window.first_day.isoformat(), "due": due,
        }  # fmt: skip
    else:
        kind, facts = "window.changed", {"number": window.version, "due": due}
    entry = ledger.append(
        kind, subject=window.ref, now=now, post=acting.post.code, facts=facts,
        commit=commit, salt_key=key,
    )  # fmt: skip
    WindowVersion.objects.create(
        window=window, number=window.version, at=now, post=acting.post, last_day=window.last_day,
        settings=window.settings, salt_key=key, entry_digest=entry.digest,
    )  # fmt: skip


@transaction.atomic
def make_window(
    acting: Acting, title: str, first: date, last: date, settings: Settings, *, now: datetime,
    sure: bool = False,
) -> Window:  # fmt: skip
    """Make a window over the actor's unit and all below it; it opens on its first local day.

    Each unit gets its row and its usual leading group, owes what is to be ready, and is told: the
    first few hundred at once, the others by the worker in the next rounds (`told`).
    Raises BadInput, Private, and NotYours for any post but head, deputy and secretary.
    """
    _need_maker(acting)
    clean = need("title", title, most=120)
    keep_private({"title": clean}, sure=sure)
    today = policy().calendar.local_date(now)
    if first < today:
        raise BadInput("first_day", "past")
    if last < first:
        raise BadInput("last_day", "order")
    if (last - first).days >= LONGEST:
        raise BadInput("last_day", "too_far")
    _need_settings(settings)
    window = Window.objects.create(
        unit=acting.post.unit, number=new_number(now), title=clean, first_day=first, last_day=last,
        settings=settings.kept(), made_at=now, made_by=acting.post,
    )  # fmt: skip
    _version(window, acting, now)
    unfold(window)
    owe(window, now)
    start = policy().calendar.start_of_day(first)
    clock.start_until(
        CLOSES, subject=window.ref, post=None, due_at=_end(window), because=WHY_CLOSES, now=now
    )
    if start <= now:
        _open(window, acting, now)
    else:
        clock.start_until(
            OPENS, subject=window.ref, post=None, due_at=start, because=WHY_OPENS, now=now
        )
    return window


def access_own(acting: Acting, number: str) -> Window:
    """Return the window, locked, for a post that may change it; ReportNotFound, NotYours."""
    found = Window.objects.select_for_update(of=("self",)).select_related("unit")
    window = found.filter(number=number, unit=acting.post.unit_id).first()
    if window is None:
        raise ReportNotFound(number)
    _need_maker(acting)
    return window


def _open(window: Window, by: Acting | None, now: datetime) -> None:
    window.opened_at = now
    window.save(update_fields=["opened_at"])
    ledger.append(
        "window.opened", subject=window.ref, now=now, post=by.post.code if by else None,
        facts={"unit": window.unit.code},
    )  # fmt: skip
    _shorten(window, Settings.of(window.settings).limits, by, now)
    daily.bring_forward(window, now)


def _shorten(window: Window, limits: Mapping[str, int], by: Acting | None, now: datetime) -> None:
    """Shorten what still is longer in the organisation; its own shorter limit needs no help."""
    days = {rule: n for rule, n in limits.items() if n <= policy().rule(rule).days}
    shortening.shorten_below(
        window.unit, days, since=now, until=_end(window), subject=window.ref, now=now, by=by
    )


def _close(window: Window, by: Acting | None, now: datetime) -> None:
    window.closed_at = now
    window.save(update_fields=["closed_at"])
    ledger.append(
        "window.closed", subject=window.ref, now=now, post=by.post.code if by else None,
        facts={"unit": window.unit.code},
    )  # fmt: skip
    shortening.end_shortening(window.ref, at=now, now=now, by=by)
    clock.void(window.ref, ROSTER, LINE, EXERCISE, OPENS, now=now)
    if window.opened_at is not None:
        window_review.tell(window, now)


@transaction.atomic
def open_window(acting: Acting, number: str, *, now: datetime) -> Window:
    """Open a window before its first day. Once open it stays so. ReportNotFound, NotYours."""
    window = access_own(acting, number)
    if window.opened_at is None and window.closed_at is None:
        clock.void(window.ref, OPENS, now=now)
        _open(window, acting, now)
    return window


@transaction.atomic
def close_window(acting: Acting, number: str, *, now: datetime) -> Window:
    """Close a window before its last day is over. ReportNotFound, NotYours."""
    window = access_own(acting, number)
    if window.closed_at is None:
        clock.void(window.ref, CLOSES, now=now)
        _close(window, acting, now)
    return window


@transaction.atomic
def tighten_window(
    acting: Acting, number: str, settings: Settings, last: date, *, now: datetime
) -> Window:
    """Let the window ask for more, or end earlier; every version stays.

    Raises BadInput (`looser`: it would ask for less; `later`: it would last longer; `closed`),
    ReportNotFound, NotYours.
    """
    window = access_own(acting, number)
    old = Settings.of(window.settings)
    if window.closed_at is not None:
        raise BadInput("title", "closed")
    _need_settings(settings)
    if name := tightening.loosened(old, settings):
        raise BadInput(name, "looser")
    if last > window.last_day:
        raise BadInput("last_day", "later")
    if last < max(window.first_day, policy().calendar.local_date(now)):
        raise BadInput("last_day", "past")
    if settings == old and last == window.last_day:
        return window
    earlier = last < window.last_day
    window.last_day, window.settings = last, settings.kept()
    window.version += 1
    window.save(update_fields=["last_day", "settings", "version"])
    _version(window, acting, now)
    if earlier:
        clock.void(window.ref, CLOSES, now=now)
        clock.start_until(
            CLOSES, subject=window.ref, post=None, due_at=_end(window), because=WHY_CLOSES, now=now
        )
        shortening.end_shortening(window.ref, at=_end(window), now=now, by=acting)
    owe(window, now)
    if window.opened_at is not None:
        new = {rule: n for rule, n in settings.limits.items() if old.limits.get(rule) != n}
        _shorten(window, new, acting, now)
        daily.bring_forward(window, now)
    return window


def _by_clock(deadline: Deadline) -> Window:
    number = deadline.subject.partition(":")[2]
    return Window.objects.select_for_update(of=("self",)).select_related("unit").get(number=number)


def on_opens(deadline: Deadline, now: datetime) -> None:
    """Open a window on its first day; called by the sweep, harmless when taken twice."""
    window = _by_clock(deadline)
    if window.opened_at is None and window.closed_at is None:
        _open(window, None, now)
    clock.meet(deadline.subject, deadline.kind, now=now)


def on_closes(deadline: Deadline, now: datetime) -> None:
    """Close a window when its last day is over; called by the sweep, harmless when taken twice."""
    window = _by_clock(deadline)
    if window.closed_at is None and _end(window) <= now:
        _close(window, None, now)
        clock.meet(deadline.subject, deadline.kind, now=now)
