"""Leave, wishes, what is fixed or forbidden, and the shifts stood before."""

from datetime import datetime

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huiyin.kernel.units.actions import Acting
from huiyin.parts.duty import queries
from huiyin.parts.duty.access import need_planner, plans, serving
from huiyin.parts.duty.actions import people
from huiyin.parts.duty.actions.rosters import patterns_of
from huiyin.parts.duty.classes import CLASSES
from huiyin.parts.duty.models import Bound, Leave, Pattern, Served, Wish
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.duty import planning_words as words
from huiyin.web.staff.duty.planning_forms import BoundForm, LeaveForm, WishForm, today
from huiyin.web.staff.duty.planning_setup import ask, do, given


def _said_for(acting: Acting) -> list[User]:
    """Return for whom one may enter leave and wishes: oneself, and those one plans for."""
    found = {acting.user.pk: acting.user}
    if plans(acting.post, acting.post.unit_id):
        found |= {user.pk: user for user, _of in queries.unit_eligible(acting.post.unit_id)}
    return list(found.values())


def _shifts_for(users: list[User], now: datetime) -> list[Pattern]:
    points = serving(now).filter(user__in=users).values("point_id")
    found = Pattern.objects.filter(point__in=points, closed_at=None)
    return list(found.select_related("point").order_by("point_id", "starts"))


@staff
def leave(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show leave that is not over."""
    found = Leave.objects.filter(user__in=_said_for(acting), cancelled_at=None, ends__gt=now)
    return page(
        request, "duty/leave", acting, section="duty",
        leaves=found.select_related("user").order_by("starts"),
    )  # fmt: skip


@staff
def add_leave(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Enter leave."""
    form = LeaveForm(given(request), users=_said_for(acting))
    hit: list[object] = []

    def act() -> None:
        hit.extend(people.enter_leave(acting, now=now, **form.given())[1])

    answer = ask(
        request, acting, form, act, title=_("Enter leave"), back=reverse("staff:duty_leave"),
        done=_("The leave was entered."),
        lead=_("No reason is asked for, and none is kept."),
    )  # fmt: skip
    if hit:
        from django.contrib import messages

        text = _("Shifts of a published roster fall into it; whoever plans them was told: %(n)s.")
        messages.warning(request, text % {"n": len(hit)})
    return answer


@require_POST
@staff
def cancel_leave(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Take leave back."""
    return do(
        request, lambda: people.cancel_leave(acting, pk, now=now), reverse("staff:duty_leave"),
        _("The leave was cancelled."),
    )  # fmt: skip


@staff
def wishes(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show and enter wishes: one's own, and of those one plans for."""
    users = _said_for(acting)
    form = WishForm(given(request), users=users, patterns=_shifts_for(users, now))

    def act() -> None:
        data = form.cleaned_data
        people.wish(
            acting, form.who, int(data["pattern"]), data["day"], data["wanted"],
            weight=data["weight"], now=now,
        )  # fmt: skip

    if request.method == "POST":
        return ask(
            request, acting, form, act, title=_("Enter a wish"),
            back=reverse("staff:duty_wishes"), done=_("The wish was kept. Wishes come last."),
        )  # fmt: skip
    found = Wish.objects.filter(user__in=users, day__gte=today(now))
    return page(
        request, "duty/wishes", acting, section="duty", form=form,
        wishes=found.select_related("user", "pattern__point").order_by("day", "pk"),
    )  # fmt: skip


@require_POST
@staff
def drop_wish(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Take a wish back."""
    return do(
        request, lambda: people.drop_wish(acting, pk, now=now), reverse("staff:duty_wishes"),
        _("The wish was taken back."),
    )  # fmt: skip


@staff
def bounds(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show and enter what is fixed or forbidden before a roster is made."""
    unit = acting.post.unit
    need_planner(acting, unit.pk)
    users = [user for user, _of in queries.unit_eligible(unit.pk)]
    form = BoundForm(given(request), users=users, patterns=patterns_of(unit))

    def act() -> None:
        data = form.cleaned_data
        people.bind(acting, form.who, int(data["pattern"]), data["day"], data["fixed"], now=now)

    if request.method == "POST":
        return ask(
            request, acting, form, act, title=_("Fix or forbid an assignment"),
            back=reverse("staff:duty_bounds"), done=_("This was set."),
        )  # fmt: skip
    found = Bound.objects.filter(pattern__point__unit=unit, day__gte=today(now))
    return page(
        request, "duty/bounds", acting, section="duty", form=form,
        bounds=found.select_related("user", "pattern__point").order_by("day", "pk"),
    )  # fmt: skip


@require_POST
@staff
def unbind(request: HttpRequest, acting: Acting, pk: int, *, now: datetime) -> HttpResponse:
    """Take back what was fixed or forbidden."""
    return do(
        request, lambda: people.unbind(acting, pk, now=now), reverse("staff:duty_bounds"),
        _("This was taken back."),
    )  # fmt: skip


def _count(text: str) -> int:
    """Return a typed number, 0 for nothing, and for anything else one that is refused."""
    text = text.strip() or "0"
    return int(text) if text.isdecimal() else -1


@staff
def past(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Show and enter the shifts that each stood before the first roster was kept here."""
    unit = acting.post.unit
    need_planner(acting, unit.pk)
    rows = queries.unit_eligible(unit.pk)
    if request.method == "POST":
        counts = [
            (user, klass, _count(request.POST.get(f"{user.pk}-{klass}", "")))
            for user, _of in rows
            for klass in CLASSES
        ]

        def act() -> None:
            people.set_past(acting, counts, now=now)

        return do(request, act, reverse("staff:duty_past"), _("The past was entered."))
    known = {(one.user_id, one.klass): one.shifts for one in Served.objects.filter(unit=unit)}
    return page(
        request, "duty/past", acting, section="duty", unit=unit,
        classes=[str(words.CLASSES[klass]) for klass in CLASSES],
        rows=[
            (user, [(klass, words.CLASSES[klass], known.get((user.pk, klass), 0)) for klass in CLASSES])
            for user, _of in rows
        ],
    )  # fmt: skip
