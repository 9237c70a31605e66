"""Sealed columns: what goes in comes out, and nothing else can be had from them."""

import dataclasses
from datetime import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as some

from huiyin.kernel import rows
from huiyin.kernel.notices.models import Channel
from huiyin.kernel.vault import envelope, fields, keyring, keys
from huiyin.kernel.vault.envelope import SealBroken
from huiyin.kernel.vault.fields import Unreadable, seal_text, unseal_text
from huiyin.parts.reports.models import Window
from tests.cast import Cast

ADDRESS = "mailto://用户:密码@example.cn"


@pytest.fixture
def channel(cast: Cast) -> Channel:
    return Channel.objects.create(post=cast.owner.post, address=ADDRESS)


def stored(channel: Channel) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM notices_channel WHERE id = %s", [channel.pk])
        return bytes(cursor.fetchone()[0])


@given(some.text(max_size=90))
def test_what_is_sealed_comes_out_as_it_was(text: str) -> None:
    sealed = seal_text(text, "a.b")
    assert unseal_text(sealed, "a.b") == text
    assert len(sealed) % fields.PAD == len(seal_text("", "a.b")) % fields.PAD


def test_short_texts_are_of_one_length_and_no_two_seals_are_alike() -> None:
    sealed = [seal_text(text, "a.b") for text in ("是", "是", "不知道")]
    assert len({len(one) for one in sealed}) == 1
    assert len(set(sealed)) == 3


def test_what_was_moved_to_another_column_or_changed_does_not_open() -> None:
    sealed = seal_text("三楼漏水", "a.b")
    for wrong in (
        sealed[:-1] + bytes([sealed[-1] ^ 1]),
        b"\xff\xff" + sealed[2:],
        sealed[:20],
        b"",
    ):
        with pytest.raises(SealBroken):
            unseal_text(wrong, "a.b")
    with pytest.raises(SealBroken):
        unseal_text(sealed, "a.c")


def test_every_way_to_write_seals_and_every_way_to_read_opens(cast: Cast, channel: Channel) -> None:
    made = [
        channel,
        rows.add(Channel(post=cast.owner.post, address=ADDRESS)),
        *Channel.objects.bulk_create([Channel(post=cast.owner.post, address=ADDRESS)]),
    ]
    rows.insert([Channel(post=cast.owner.post, address=ADDRESS)])
    Channel.objects.filter(pk=channel.pk).update(address=ADDRESS + "/2")
    rows.change(Channel, [made[1].pk], {"address": ADDRESS + "/3"})
    channel.refresh_from_db()
    assert channel.address == ADDRESS + "/2"
    read = list(Channel.objects.order_by("pk").values_list("address", flat=True))
    assert read == [ADDRESS + "/2", ADDRESS + "/3", ADDRESS, ADDRESS]
    for each in Channel.objects.all():
        for part in ("密码", "mailto", "example"):
            assert part.encode() not in stored(each)


def test_sealed_text_can_be_compared_with_nothing_only(channel: Channel) -> None:
    assert Channel.objects.exclude(address="").get() == channel
    for lookup in ({"address": ADDRESS}, {"address__startswith": "m"}, {"address__in": [ADDRESS]}):
        with pytest.raises(TypeError, match="sealed"):
            Channel.objects.filter(**lookup).exists()


def test_texts_of_before_a_rotation_open_after_it(
    channel: Channel, settings: object, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, older = keys.ring(), stored(channel)
    text_keys = {**before.text_keys, before.text_version + 1: envelope.new_key()}
    newer = dataclasses.replace(before, text_keys=text_keys)
    assert isinstance(newer, keyring.Keyring)
    monkeypatch.setattr(fields, "ring", lambda: newer)
    channel.refresh_from_db()
    assert channel.address == ADDRESS
    channel.save()
    assert stored(channel)[:2] != older[:2]
    channel.refresh_from_db()
    assert channel.address == ADDRESS
    monkeypatch.setattr(fields, "ring", lambda: before)
    channel.refresh_from_db()
    assert isinstance(channel.address, Unreadable)


def test_what_cannot_be_read_is_shown_as_such_and_never_overwritten(channel: Channel) -> None:
    damaged = stored(channel)[:-1] + b"!"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE notices_channel SET address = %s", [damaged])
    channel.refresh_from_db()
    assert channel.address == fields.UNREADABLE
    with pytest.raises(SealBroken), transaction.atomic():
        channel.save()
    assert stored(channel) == damaged


def test_the_longest_text_is_held(cast: Cast, now: datetime) -> None:
    window = Window(unit=cast.works, number="1", title="字" * 121, made_at=now)
    with pytest.raises(ValidationError) as error:
        window.full_clean()
    assert "title" in error.value.message_dict
