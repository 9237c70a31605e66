"""Units, posts, claims, categories, calendar: who changes them, and what follows."""

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from huiyin.kernel.clock.models import CalendarDay
from huiyin.kernel.clock.policy import policy
from huiyin.kernel.clock.sweep import sweep
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.units.actions import add_unit
from huiyin.kernel.units.models import Post, Tenure, Unit
from huiyin.parts.cases.actions import forwarding
from huiyin.parts.cases.models import Category, Claim
from huiyin.wiring import DEADLINE_HANDLERS
from tests.cast import Cast
from tests.web.staff.conftest import SignIn


def test_the_clerk_at_the_top_sets_up_a_unit_with_somebody_in_it(
    cast: Cast, sign_in: SignIn
) -> None:
    client = sign_in(cast.clerk.user)
    client.post(
        reverse("staff:add_unit", args=[cast.group.pk]), {"name": "安全环保部", "code": "HX-S"}
    )
    unit = Unit.objects.get(code="HX-S")
    client.post(
        reverse("staff:add_post", args=[unit.pk]), {"role": "handler", "title": "安全环保部承办人"}
    )
    post = Post.objects.get(unit=unit)
    client.post(
        reverse("staff:add_claim", args=[unit.pk]), {"category": cast.safety.pk, "place": ""}
    )
    assert Claim.objects.get(unit=unit).category == cast.safety
    made = client.post(
        reverse("staff:add_account", args=[unit.pk]), {"username": "zhao", "name": "赵六"}
    )
    account = User.objects.get(username="zhao")
    assert not account.has_usable_password()
    link = urlsplit(made.context["link"]).path
    holder = Client(headers={"accept-language": "en"})
    chosen = {
        "new_password1": "blue kettle on the hill",
        "new_password2": "blue kettle on the hill",
    }
    assert holder.post(link, chosen).headers["Location"] == "/accounts/login/"
    account.refresh_from_db()
    assert account.check_password("blue kettle on the hill")
    assert client.get(link).status_code == 404  # whoever opened the account can't use it again
    client.post(reverse("staff:appoint", args=[post.pk]), {"username": "zhao"})
    page = client.get(reverse("staff:unit", args=[unit.pk])).content.decode()
    assert "赵六" in page
    assert sign_in(account).get("/staff/").context["acting"].post == post
    last = Entry.objects.order_by("-id").first()
    assert last is not None
    assert last.kind == "units.changed"


def test_a_first_password_must_be_a_good_one_and_a_link_ends_after_a_week_or_with_the_next(
    cast: Cast, sign_in: SignIn, now: datetime, clock: time_machine.Traveller
) -> None:
    client = sign_in(cast.clerk.user)
    where = reverse("staff:add_account", args=[cast.works.pk])
    links = [
        urlsplit(client.post(where, {"username": "zhao", "name": "赵六"}).context["link"]).path
        for _ in range(2)
    ]
    holder = Client(headers={"accept-language": "en"})
    assert holder.get(links[0]).status_code == 404
    weak = holder.post(links[1], {"new_password1": "12345678901", "new_password2": "12345678901"})
    assert "numeric" in weak.content.decode()
    assert not User.objects.get(username="zhao").has_usable_password()
    clock.move_to(now + timedelta(days=7))
    assert holder.get(links[1]).status_code == 404
    taken = sign_in(cast.clerk.user).post(where, {"username": "clerk", "name": "x"})
    assert list(taken.context["form"].errors) == ["username"]


def test_nobody_appoints_themselves(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.clerk.user)
    where = reverse("staff:appoint", args=[cast.owner.post.pk])
    refused = client.post(
        where, {"username": cast.clerk.user.username, "stand_in": "on", "last": "2026-03-20"}
    )
    assert list(refused.context["form"].errors) == ["username"]
    assert Tenure.objects.filter(user=cast.clerk.user).count() == 1


def test_nobody_appoints_in_their_own_unit_below_the_top(
    cast: Cast, now: datetime, sign_in: SignIn
) -> None:
    client = sign_in(cast.works_head.user)
    where = reverse("staff:appoint", args=[cast.works_deputy.post.pk])
    assert client.post(where, {"username": "outsider"}).status_code == 403
    below = reverse("staff:appoint", args=[cast.cook.post.pk])
    assert client.post(below, {"username": "outsider"}).status_code == 302
    assert Tenure.objects.filter(user=cast.outsider).get().post == cast.cook.post


def test_a_stand_in_has_a_last_day(cast: Cast, now: datetime, sign_in: SignIn) -> None:
    client = sign_in(cast.clerk.user)
    where = reverse("staff:appoint", args=[cast.owner.post.pk])
    refused = client.post(where, {"username": "outsider", "stand_in": "on"})
    assert list(refused.context["form"].errors) == ["last"]
    client.post(where, {"username": "outsider", "stand_in": "on", "last": "2026-03-06"})
    tenure = Tenure.objects.get(user=cast.outsider)
    assert tenure.stand_in
    assert tenure.ends is not None
    assert tenure.ends.isoformat() == "2026-03-06T16:00:00+00:00"
    page = client.get(reverse("staff:unit", args=[cast.works.pk])).content.decode()
    assert "stands in" in page


def test_a_limit_is_shortened_and_never_lengthened_for_the_organisation(
    cast: Cast, sign_in: SignIn
) -> None:
    client = sign_in(cast.clerk.user)
    where = reverse("staff:shorten", args=["conclude"])
    refused = client.post(where, {"days": 61})
    assert list(refused.context["form"].errors) == ["days"]
    assert client.post(where, {"days": 45}).status_code == 302
    assert policy().rule("conclude").days == 45
    own = reverse("staff:shorten", args=["ask_review"])
    assert client.post(own, {"days": 29}).context["form"].errors
    page = client.get(reverse("staff:calendar")).content.decode()
    assert "changed by this organisation from 60 days" in page


def test_a_declared_day_counts_and_next_years_missing_holidays_are_said(
    cast: Cast, sign_in: SignIn, clock: time_machine.Traveller
) -> None:
    client = sign_in(cast.clerk.user)
    client.post(
        reverse("staff:calendar_day"), {"day": "2026-03-06", "working": "no", "note": "厂庆"}
    )
    assert CalendarDay.objects.get().day == date(2026, 3, 6)
    assert not policy().calendar.is_working(date(2026, 3, 6))
    assert "holidays of 2027" not in client.get("/staff/").content.decode()
    clock.move_to(datetime.fromisoformat("2026-11-02T09:00:00+08:00"))
    client = sign_in(cast.clerk.user)
    assert "holidays of 2027" in client.get("/staff/").content.decode()
    assert "holidays of 2027" in client.get(reverse("staff:calendar")).content.decode()


def test_a_vacant_post_that_owes_something_is_shown_to_those_at_the_top_alone(
    cast: Cast, now: datetime, sign_in: SignIn
) -> None:
    locator = cast.file(now).case.locator
    forwarding.forward(cast.clerk, locator, cast.canteen, now=now)
    assert "nobody holds them" not in sign_in(cast.clerk.user).get("/staff/").content.decode()
    Tenure.objects.filter(post=cast.cook.post).update(
        starts=now - timedelta(days=2), ends=now - timedelta(days=1)
    )
    page = sign_in(cast.clerk.user).get("/staff/").content.decode()
    assert "nobody holds them" in page
    assert str(cast.cook.post) in page
    assert "nobody holds them" not in sign_in(cast.works_head.user).get("/staff/").content.decode()


def test_a_warning_that_reached_nobody_is_shown_except_to_those_complained_of(
    cast: Cast, now: datetime, sign_in: SignIn, clock: time_machine.Traveller
) -> None:
    locator = cast.file(now).case.locator
    forwarding.forward(cast.clerk, locator, cast.works, now=now)
    later = now + timedelta(days=40)
    keep = {cast.clerk.post.pk, cast.owner.post.pk}
    Tenure.objects.exclude(post__in=keep).update(starts=now - timedelta(days=2), ends=now)
    sweep(later, DEADLINE_HANDLERS)
    clock.move_to(later)
    page = sign_in(cast.clerk.user).get("/staff/").content.decode()
    assert "reached nobody" in page
    assert locator in page


def test_a_closed_category_is_offered_no_longer(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.clerk.user)
    client.post(reverse("staff:add_category"), {"name": "食堂", "code": "canteen", "parent": ""})
    added = Category.objects.get(code="canteen")
    assert "食堂" in client.get(reverse("staff:categories")).content.decode()
    client.post(reverse("staff:close_category", args=[added.pk]))
    assert "食堂" not in client.get(reverse("staff:categories")).content.decode()


def test_thousands_of_units_are_found_by_name(cast: Cast, now: datetime, sign_in: SignIn) -> None:
    for number in range(5):
        add_unit(f"HX-T-{number}", f"第{number}车队", parent=cast.transport, now=now)
    client = sign_in(cast.clerk.user)
    page = client.get(reverse("staff:units"), {"words": "第3车队"}).content.decode()
    assert "HX-T-3" in page
    assert "HX-T-4" not in page
    assert "第3车队" not in client.get(reverse("staff:units")).content.decode()


def test_the_independent_post_is_chosen_among_those_outside_the_tree_and_named_with_its_unit(
    cast: Cast, sign_in: SignIn
) -> None:
    client = sign_in(cast.clerk.user)
    where = reverse("staff:independence")
    page = client.get(where).content.decode()
    assert cast.auditor.post.full_name in page
    assert cast.works_deputy.post.full_name not in page
    kept = client.post(where, {"post": cast.works_deputy.post.pk, "outside": "12345"})
    assert list(kept.context["form"].errors) == ["post"]
    saved = client.post(where, {"post": cast.auditor.post.pk, "outside": "12345、人民法院"})
    assert saved.status_code == 302
    assert (
        "12345、人民法院"
        in Client().get("/", headers={"accept-language": "zh-hans"}).content.decode()
    )
