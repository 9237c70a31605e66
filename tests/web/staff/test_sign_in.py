"""Signing in, choosing a post, and what an account alone can't do."""

from datetime import datetime, timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from huiyin.kernel.units.actions import appoint, release
from huiyin.kernel.units.models import Tenure
from huiyin.web.portal.models import Counter
from huiyin.web.staff import sign_in as sign_in_limits
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


OPEN = {
    "/accounts/login/": 200,
    "/accounts/logout/": 302,
    "/accounts/password/change/": 302,
    "/accounts/reauthenticate/": 302,
    "/accounts/2fa/": 302,
    "/accounts/2fa/totp/activate/": 302,
}
CLOSED = (
    "", "signup/", "email/", "confirm-email/", "confirm-email/x/", "password/reset/",
    "password/reset/done/", "password/reset/key/1-x/", "login/code/", "login/code/confirm/",
    "phone/change/", "3rdparty/", "sessions/", "social/signup/",
)  # fmt: skip


def test_nothing_of_the_sign_in_is_open_but_what_is_needed(cast: Cast, sign_in: SignIn) -> None:
    assert {path: english().get(path).status_code for path in OPEN} == OPEN
    assert "signup" not in english().get(LOGIN).content.decode()
    for client in (english(), sign_in(cast.owner.user)):
        for path in CLOSED:
            given = {"email": "who@example.org", "username": "x", "password1": PASSWORD * 2}
            assert client.get(f"/accounts/{path}").status_code == 404, path
            assert client.post(f"/accounts/{path}", given).status_code == 404, path
    assert mail.outbox == []


def test_a_password_is_not_the_name(cast: Cast, sign_in: SignIn) -> None:
    user = cast.owner.user
    user.username = "wang-xiaoming-2024"
    user.save()
    client = sign_in(user)
    with time_machine.travel(datetime.now().astimezone(), tick=False):
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        new = {"password1": user.username, "password2": user.username, "oldpassword": PASSWORD}
        page = client.post("/accounts/password/change/", new)
    assert page.status_code == 200
    assert "too similar" in page.content.decode()


def wrong(times: int, network: str = "10.1.2.3", client: Client | None = None) -> int:
    client = client or english()
    for _ in range(times):
        page = client.post(LOGIN, {"login": "owner", "password": "wrong"}, REMOTE_ADDR=network)
    return page.status_code


def right(network: str, client: Client | None = None, name: str = "owner") -> int:
    given = {"login": name, "password": PASSWORD}
    return (client or english()).post(LOGIN, given, REMOTE_ADDR=network).status_code


def test_too_many_wrong_passwords_close_a_name_for_that_network(cast: Cast) -> None:
    assert wrong(7) == 200
    client = english()
    last = client.post(LOGIN, {"login": "owner", "password": "wrong"}, REMOTE_ADDR="10.1.2.99")
    assert last.status_code == 429
    assert last["Retry-After"] == "900"
    assert "Too many wrong sign-ins" in last.content.decode()
    assert right("10.1.2.77") == 429
    assert right("10.1.2.77", name="clerk") == 302


def test_guesses_of_others_keep_nobody_out_whose_browser_or_network_is_another(cast: Cast) -> None:
    known = english()
    assert right("10.1.2.3", known) == 302
    known.post("/accounts/logout/")
    assert wrong(30) == 429
    assert right("10.1.2.3", known) == 302
    assert right("10.9.9.9") == 302


def test_in_ipv6_a_house_is_one_network(cast: Cast) -> None:
    for number in range(7):
        assert wrong(1, f"2001:db8:1:2::{number + 1}") == 200
    assert wrong(1, "2001:db8:1:2:ffff::9") == 429
    assert wrong(1, "2001:db8:1:3::9") == 200


def test_a_known_browser_guesses_no_more_than_others_and_not_after_a_new_password(
    cast: Cast,
) -> None:
    known = english()
    right("10.1.2.3", known)
    known.post("/accounts/logout/")
    assert wrong(8, client=known) == 429
    user = cast.owner.user
    user.set_password(PASSWORD + "!")
    user.save()
    assert wrong(7, "10.7.7.7") == 200
    assert wrong(1, "10.7.7.7", known) == 429


def test_a_network_at_its_limit_uses_up_nothing_of_a_name(cast: Cast) -> None:
    for _ in range(sign_in_limits.EVERYWHERE.most + 20):
        wrong(1)
    assert right("10.9.9.9") == 302


def test_guesses_from_very_many_networks_spare_known_browsers_and_second_factors(
    cast: Cast,
) -> None:
    known = english()
    right("10.1.2.3", known)
    known.post("/accounts/logout/")
    for number in range(sign_in_limits.EVERYWHERE.most):
        wrong(1, f"10.{number}.0.1")
    assert right("10.200.0.1") == 429
    assert right("10.201.0.1", known) == 302
    totp.TOTP.activate(cast.owner.user, totp.generate_totp_secret())
    assert right("10.202.0.1") == 302


def test_right_passwords_use_up_nothing(cast: Cast) -> None:
    for _ in range(20):
        assert right("10.1.2.3") == 302


def test_guesses_at_the_second_factor_are_limited_and_a_cache_forgets_none(cast: Cast) -> None:
    totp.TOTP.activate(cast.owner.user, totp.generate_totp_secret())
    client = english()
    client.post(LOGIN, {"login": "owner", "password": PASSWORD})
    where = reverse("mfa_authenticate")
    pages = []
    for _ in range(8):
        pages.append(client.post(where, {"code": "000000"}).content.decode())
        cache.clear()
    assert "Too many wrong sign-ins" in pages[-1]
    assert "Too many" not in pages[-2]


def test_no_address_and_no_name_is_kept_of_a_sign_in(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        wrong(9, "203.0.113.77")
    kept = str(list(Counter.objects.values_list()))
    assert len(kept) > 40
    for secret in ("203.0.113", "owner"):
        assert secret not in kept
        assert secret not in caplog.text


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
