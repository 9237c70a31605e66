"""Signing in, choosing a post, and what an account alone can't do."""

from datetime import datetime, timedelta

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse

from huiyin.kernel.units.actions import appoint, release
from huiyin.kernel.units.models import Tenure
from tests.cast import PASSWORD, Cast
from tests.web.staff.conftest import SignIn

LOGIN = "/accounts/login/"


def english() -> Client:
    return Client(headers={"accept-language": "en"})


def test_a_holder_signs_in_and_sees_what_the_post_owes(cast: Cast) -> None:
    client = english()
    response = client.post(LOGIN, {"login": "owner", "password": PASSWORD})
    assert response.headers["Location"] == "/staff/"
    page = client.get("/staff/")
    assert "What I owe" in page.content.decode()
    assert page.context["acting"].post == cast.owner.post


def test_nobody_signs_up(cast: Cast) -> None:
    assert "signup" not in english().get(LOGIN).content.decode()
    page = english().post("/accounts/signup/", {"username": "x", "password1": PASSWORD * 2})
    assert "Nobody signs up here" in page.content.decode()


def test_too_many_wrong_passwords_close_the_sign_in_even_for_the_right_one(cast: Cast) -> None:
    client = english()
    for _ in range(8):
        last = client.post(LOGIN, {"login": "owner", "password": "wrong"})
    assert last.status_code == 429
    assert "Too many wrong sign-ins" in last.content.decode()
    right = english().post(LOGIN, {"login": "owner", "password": PASSWORD})
    assert right.status_code == 429
    other = english().post(LOGIN, {"login": "clerk", "password": PASSWORD})
    assert other.status_code == 302


def test_with_a_second_factor_the_password_alone_opens_nothing(cast: Cast) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(cast.owner.user, secret)
    client = english()
    response = client.post(LOGIN, {"login": "owner", "password": PASSWORD})
    assert response.headers["Location"] == reverse("mfa_authenticate")
    assert client.get("/staff/").status_code == 302
    assert "authenticator" in client.get(reverse("mfa_authenticate")).content.decode().lower()
    code = totp.format_hotp_value(
        totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time())))
    )
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert client.get("/staff/").status_code == 200


def test_whoever_holds_two_posts_chooses_and_a_stand_in_is_marked(
    cast: Cast, now: datetime, sign_in: SignIn
) -> None:
    day = timedelta(days=1)
    appoint(
        cast.owner.user, cast.driver.post, now=now, stand_in=True, starts=now - day, ends=now + day
    )
    client = sign_in(cast.owner.user)
    page = client.get("/staff/")
    assert page.context["acting"].post == cast.owner.post
    assert "(standing in)" in page.content.decode()
    where = reverse("staff:act")
    back = client.post(where, {"post": cast.driver.post.pk, "next": "/staff/units/"})
    assert back.headers["Location"] == "/staff/units/"
    assert client.get("/staff/").context["acting"].post == cast.driver.post
    away = client.post(where, {"post": cast.driver.post.pk, "next": "https://elsewhere.example/"})
    assert away.headers["Location"] == "/staff/"
    client.post(where, {"post": cast.group_head.post.pk})
    assert client.get("/staff/").context["acting"].post == cast.driver.post


def test_a_post_that_was_lost_is_not_acted_for_any_more(
    cast: Cast, now: datetime, sign_in: SignIn
) -> None:
    client = sign_in(cast.owner.user)
    assert client.get("/staff/").status_code == 200
    tenure = Tenure.objects.get(user=cast.owner.user)
    Tenure.objects.filter(pk=tenure.pk).update(starts=now - timedelta(days=1))
    tenure.refresh_from_db()
    release(tenure, now=now)
    page = client.get("/staff/")
    assert page.status_code == 403
    assert "You hold no post" in page.content.decode()


@pytest.mark.parametrize(
    "name",
    ["mfa_index", "account_reauthenticate", "account_change_password", "mfa_list_webauthn"],
)
def test_pages_of_ones_own_sign_in_look_like_the_rest(
    name: str, cast: Cast, sign_in: SignIn
) -> None:
    client = english()
    client.post(LOGIN, {"login": "owner", "password": PASSWORD})
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert "huiyin.css" in page.content.decode()
