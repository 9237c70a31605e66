"""Sessions and second factors: the database holds nothing that signs anybody in."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import signing
from django.core.signing import BadSignature
from django.test import Client
from django.utils import timezone

from huiyin.web.sessions import SessionStore
from tests.cast import Cast

MARK = "拿到的印记"


def test_what_the_database_holds_of_a_session_signs_nobody_in(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.owner.user)
    assert client.get("/staff/").status_code == 200
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    (row,) = Session.objects.all()
    assert cookie not in row.session_key
    assert cookie not in row.session_data
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = row.session_key
    assert thief.get("/staff/").status_code == 302


def test_what_a_session_holds_is_sealed(db: None) -> None:
    store = SessionStore()
    store["what"] = MARK
    store.save()
    (row,) = Session.objects.all()
    assert MARK not in str(row.session_data)
    with pytest.raises(BadSignature):  # as Django's own store would have kept it, readable by all
        signing.loads(row.session_data, salt="django.contrib.sessions.SessionStore")
    assert SessionStore(store.session_key)["what"] == MARK


def test_a_session_lives_and_ends_as_with_djangos_own_store(db: None) -> None:
    store = SessionStore()
    store["what"] = MARK
    store.create()
    key = store.session_key
    assert store.exists(str(key))
    store["what"] = "anew"
    store.save()
    assert SessionStore(key)["what"] == "anew"
    again = SessionStore(key)
    again.cycle_key()
    assert not store.exists(str(key))
    assert again["what"] == "anew"
    again.flush()
    assert Session.objects.count() == 0
    assert SessionStore("unknown" * 4).load() == {}


def test_a_changed_session_is_no_session_and_an_old_one_ends(db: None) -> None:
    store = SessionStore()
    store["what"] = MARK
    store.save()
    Session.objects.update(session_data="AAAA" + Session.objects.get().session_data[4:])
    assert SessionStore(store.session_key).load() == {}
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert SessionStore(store.session_key).load() == {}
    SessionStore.clear_expired()
    assert Session.objects.count() == 0


def test_the_secrets_of_second_factors_are_sealed_and_work(cast: Cast) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(cast.owner.user, secret)
    codes = RecoveryCodes.activate(cast.owner.user)
    seed = codes.instance.data["seed"]
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))
    kept = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    some = codes.get_unused_codes()
    assert RecoveryCodes(kept).validate_code(some[0])
    assert not any(code in str(seed) for code in some)
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    code = totp.format_hotp_value(totp.hotp_value(secret, counter))
    assert totp.TOTP(Authenticator.objects.get(type=Authenticator.Type.TOTP)).validate_code(code)
