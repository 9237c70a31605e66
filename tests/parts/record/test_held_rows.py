"""Who holds which post, what the organisation set up, and the ways in: changed past everything, it is found."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import models, transaction

from huiyin.kernel.clock import actions as clock
from huiyin.kernel.holding.columns import held_tables
from huiyin.kernel.holding.models import HeldRow
from huiyin.kernel.holding.testimony import ROWS
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.ledger import sequencer, signing
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.notices.channels import add_channel, move_channel, remove_channel
from huiyin.kernel.notices.models import Channel
from huiyin.kernel.units.actions import (
    accept_invitation,
    appoint,
    change_organisation,
    invite,
    release,
)
from huiyin.kernel.units.models import Invitation, Organisation, Tenure
from huiyin.parts.cases.actions.taxonomy import add_claim, close_category, remove_claim
from huiyin.parts.record.audit import Audit
from huiyin.web.api import tokens
from huiyin.web.api.models import ApiToken
from tests.cast import Cast
from tests.parts.record.walk import duty_set_up
from tests.support.audits import audit
from tests.support.tampering import changes, field_of, tamper

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def log(tmp_path: Path, settings: Any, db: None) -> None:
    settings.HUIYIN_LOG = tmp_path / "log"


@pytest.fixture
def lived(cast: Cast, now: datetime) -> datetime:
    """An organisation in which each kind of row was added, changed, and deleted where it can be."""
    gone = appoint(cast.outsider, cast.cook.post, now=now, starts=now + timedelta(days=1))
    release(gone, now=now)
    release(appoint(cast.outsider, cast.cook.post, now=now), now=now + timedelta(minutes=1))
    appoint(cast.outsider, cast.driver.post, now=now, stand_in=True, by=cast.transport_head)
    accept_invitation(invite("zhao", "赵", now=now)[1], "correct horse battery", now=now)
    invite("qian", "钱", now=now, by=cast.works_clerk)
    tokens.issue(cast.clerk.user, cast.clerk.post, "统计", days=30, now=now)
    tokens.revoke(ApiToken.objects.get(), now=now)
    tokens.issue(cast.clerk.user, cast.clerk.post, "统计", days=30, now=now)
    remove_channel(add_channel(cast.clerk.post, "mailto://a:b@c.cn", place=0, now=now), now=now)
    move_channel(add_channel(cast.clerk.post, "mailto://d:e@c.cn", place=0, now=now), 2, now=now)
    add_channel(cast.owner.post, "mailto://f:g@c.cn", place=0, now=now)
    remove_claim(add_claim(cast.canteen, now=now, matter="伙食"), now=now)
    clock.set_day(date(2026, 5, 4), False, "放假", now=now)
    clock.shorten("accept", 10, now=now)
    duty_set_up(cast, now)
    close_category(cast.safety, now=now)
    change_organisation(now=now, outside="人民法院", keep_identity_days=800)
    now += timedelta(minutes=2)
    sequencer.round_now(now)
    return now


def findings(now: datetime) -> list[str]:
    """Return what an audit of the held rows finds; all the others find nothing of them."""
    done = Audit(signing.verifier(), (ROWS,), now=now)
    done.run()
    return [one.what for one in done.found]


def test_a_set_up_that_changes_by_itself_audits_clean(lived: datetime) -> None:
    assert audit(lived) == []


def test_each_value_of_each_held_table_is_found_changed(lived: datetime) -> None:
    missed = []
    for table, (model, columns) in held_tables().items():
        for name in columns:
            row: models.Model = model._base_manager.order_by("pk").last()  # type: ignore[assignment]
            for value in different(row, name):
                with transaction.atomic():
                    if tamper(row, name, value) and "commitment" not in findings(lived):
                        missed.append(f"{table}.{name} to {value!r}")
                    transaction.set_rollback(True)
    assert not missed, "; ".join(missed)
    assert audit(lived) == []


def different(row: models.Model, name: str) -> list[Any]:
    """Return one other value that the database takes."""
    field = field_of(row, name)
    if (row._meta.db_table, name) == ("units_tenure", "starts"):
        return [row.starts - timedelta(days=3)]  # type: ignore[attr-defined]
    if name == "ends":
        return [row.starts + timedelta(days=9)]  # type: ignore[attr-defined]
    value = getattr(row, field.attname)
    if value is None and not isinstance(field, models.ForeignKey):
        return [one for one in changes(row, field) if one is not None][:1]
    if isinstance(field, models.CharField | models.TextField) and not field.choices:
        return [f"{value}?"[-8:] if name in {"language"} else f"{value}A"[-field_length(field) :]]
    return [one for one in changes(row, field) if one != value][:1]


def field_length(field: Any) -> int:
    return field.max_length or 400


def test_each_row_of_each_held_table_is_found_deleted(lived: datetime) -> None:
    for model in (Tenure, ApiToken, Channel, Invitation):
        row = model._base_manager.order_by("pk").last()
        assert row is not None
        model._base_manager.filter(pk=row.pk)._raw_delete("default")  # type: ignore[attr-defined]
        assert "missing" in findings(lived), model
        row.save_base(raw=True, force_insert=True)
        assert audit(lived) == []


def test_a_row_deleted_with_what_stands_for_it_is_found(lived: datetime) -> None:
    row = Tenure.objects.order_by("pk").last()
    assert row is not None
    HeldRow.objects.filter(table="units_tenure", key=row.pk).delete()
    row.delete()
    assert "missing" in findings(lived)


def test_a_row_slipped_in_is_found(lived: datetime, cast: Cast) -> None:
    Tenure.objects.create(post=cast.works_head.post, user=cast.outsider, starts=lived)
    assert "unlogged" in findings(lived)


def test_a_deleted_row_that_comes_back_is_found(cast: Cast, now: datetime) -> None:
    tenure = appoint(cast.outsider, cast.cook.post, now=now, starts=now + timedelta(days=1))
    pk = tenure.pk
    release(tenure, now=now)
    sequencer.round_now(now)
    tenure.pk = pk
    tenure.save_base(raw=True, force_insert=True)
    assert "unlogged" in findings(now)


def test_an_earlier_value_put_back_with_its_entry_repeated_is_found(
    cast: Cast, now: datetime
) -> None:
    """Whoever has the database can have an old entry signed again; it binds which entry it was."""
    channel = add_channel(cast.clerk.post, "mailto://d:e@c.cn", place=0, now=now)
    first = Entry.objects.latest("id")
    move_channel(channel, 2, now=now)
    sequencer.round_now(now)
    assert audit(now) == []
    Channel.objects.update(place=0)
    first.pk, first.seq = None, None
    first.save(force_insert=True)
    sequencer.round_now(now)
    assert "commitment" in findings(now)


def test_two_rows_that_change_places_are_found(lived: datetime) -> None:
    one, two = HeldRow.objects.filter(table="units_tenure")[:2]
    HeldRow.objects.filter(pk=one.pk).update(key=-1)
    HeldRow.objects.filter(pk=two.pk).update(key=one.key)
    HeldRow.objects.filter(pk=one.pk).update(key=two.key)
    assert findings(lived).count("commitment") == 2


def test_the_end_of_a_row_cannot_be_made_up_without_the_keys(lived: datetime) -> None:
    row = ApiToken.objects.get(revoked_at=None)
    held = HeldRow.objects.get(table="api_apitoken", key=row.pk)
    ledger.append(
        "row.gone", subject=f"row:{held.name}", now=lived, commit={"row": b"{}"}, salt_key=b"x" * 32
    )
    row.delete()
    sequencer.round_now(lived)
    assert "commitment" in findings(lived)


def test_what_the_public_reads_of_a_row_is_a_day(lived: datetime) -> None:
    shown = [bytes(one.shown or one.leaf) for one in Entry.objects.filter(kind__startswith="row.")]
    assert shown
    for leaf in shown:
        assert b'"kind":"sealed"' in leaf
        assert b"row" not in leaf
        for name in held_tables():
            assert name.encode() not in leaf


def test_the_organisation_s_one_row_is_held_in_all_that_it_says(lived: datetime) -> None:
    assert set(held_tables()["units_organisation"][1]) == {
        one.name for one in Organisation._meta.concrete_fields if not one.primary_key
    }
    assert User.objects.count() > 2
