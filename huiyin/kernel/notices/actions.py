"""Queue notices in the transaction of what happened; send them afterwards."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from huiyin.kernel import rows
from huiyin.kernel.notices import damage
from huiyin.kernel.notices.models import Attempt, Channel, Notice

RETRY = (1, 5, 30, 60, 120)  # minutes; the last one repeats until it is delivered or over
LATER = timedelta(minutes=15)  # until what can't be read is tried again
MOST = 30_000  # attempts that a row can count
CLAIM = timedelta(minutes=5)  # after which one that was claimed and not finished is sent again
log = logging.getLogger("huiyin.notices")
Sender = Callable[[str, str, str], bool]
Words = tuple[str, str]


def draft(
    post_id: int,
    kind: str,
    subject: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    *,
    in_turn: bool = False,
) -> Notice:
    """Return an unsaved notice, for those who save many at once; `in_turn` for an urgent one."""
    return Notice(
        post_id=post_id,
        kind=kind,
        subject=subject,
        facts=dict(facts or {}),
        created_at=now,
        next_at=now,
        in_turn=in_turn,
    )


def queue(
    post_id: int,
    kind: str,
    subject: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    *,
    in_turn: bool = False,
) -> Notice:
    """Queue one notice for a post."""
    return rows.add(draft(post_id, kind, subject, now, facts, in_turn=in_turn))


def send_with_apprise(address: str, title: str, body: str) -> bool:
    """Send one message over one Apprise address; False when the service did not take it."""
    import apprise  # here: it takes a while, and most processes send nothing

    from huiyin.kernel.notices.robots import read_answers

    read_answers()
    outlet = apprise.Apprise()
    return bool(outlet.add(address)) and bool(outlet.notify(title=title, body=body))


@dataclass
class _Outgoing:
    """One round of sending; a channel that failed in it is not waited for again in the same round."""

    sender: Sender
    now: datetime
    attempts: list[Attempt] = field(default_factory=list)
    results: dict[int, bool] = field(default_factory=dict)

    def taken(self, notice: Notice, channel: Channel, title: str, body: str) -> bool:
        """Send over one channel; one that breaks did not take it, and stops no other."""
        if self.results.get(channel.pk) is False:
            taken = False
        else:
            try:
                taken = self.sender(channel.address, title, body)
            except Exception:
                log.exception("a notice over %s failed", channel)
                taken = False
            self.results[channel.pk] = taken
        if notice.in_turn or (not taken and notice.attempts <= len(RETRY)):
            self.attempts.append(
                Attempt(notice=notice, scheme=str(channel)[:40], at=self.now, taken=taken)
            )
        return taken

    def keep(self) -> None:
        """Write down what was tried, and which channels fail and since when."""
        rows.insert(self.attempts)
        self.attempts.clear()
        by: dict[bool, list[int]] = {True: [], False: []}
        for pk, taken in self.results.items():
            by[taken].append(pk)
        channels = Channel.objects.all()
        channels.filter(pk__in=by[True], failing_since__isnull=False).update(failing_since=None)
        channels.filter(pk__in=by[False], failing_since=None).update(failing_since=self.now)


def send_due(
    now: datetime,
    wording: Callable[[Notice], Words],
    *,
    limit: int = 1000,
    sender: Sender = send_with_apprise,
    answered: Callable[[Sequence[Notice]], set[int]] = lambda found: set(),
    digest: Callable[[Sequence[Notice]], Words] | None = None,
    again: Callable[[Words], Words] = lambda words: words,
    urgent_only: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> int:
    """Send what is due, urgent notices first; return how many notices left.

    An ordinary notice goes over all channels of its post at once, and what is due to one post
    together goes as one message where a `digest` words several. An urgent one takes them in turn:
    the next channel at once where one fails, else after HUIYIN_TURN_MINUTES. Failures are tried
    again until the notice is taken, read or `answered`, which gets notices and returns the ids of
    those that nobody waits for any more. `stop` is asked between messages.

    A notice is claimed by a conditional update before it is sent, so two workers never both send
    it. One that a crash interrupts may have gone: after CLAIM it is sent in the words of `again`.
    """
    due = Notice.objects.filter(next_at__lte=now).order_by("-in_turn", "next_at", "id")
    if urgent_only:
        due = due.filter(in_turn=True)
    found = _sound(due[:limit], wording, now)
    channels: dict[int, list[Channel]] = {}
    told = Channel.objects.filter(post_id__in={notice.post_id for notice in found})
    for channel in damage.readable(told, told, now)[0]:
        channels.setdefault(channel.post_id, []).append(channel)
    over = _over(found, channels, answered)
    Notice.objects.filter(pk__in=over).update(next_at=None)
    out = _Outgoing(sender, now)
    sent = 0
    for group in _messages([one for one in found if one.pk not in over], together=bool(digest)):
        if stop():
            break
        claimed = _claim(group, now)
        if not claimed:
            continue
        words = digest(claimed) if digest and len(claimed) > 1 else wording(claimed[0])
        if any(notice.claimed_at for notice in claimed):
            words = again(words)
        send = _in_turn if claimed[0].in_turn else _at_once
        sent += send(claimed, channels[claimed[0].post_id], words, out)
        _finish(claimed, out)
    return sent


def _sound(
    due: "QuerySet[Notice]", wording: Callable[[Notice], Words], now: datetime
) -> list[Notice]:
    """Return those that can be read and have words; the others are marked, and put off."""
    found, put_off = damage.readable(due, Notice.objects.all(), now)
    sound = []
    for notice in found:
        with damage.guard(Notice, notice.pk, now) as failed:
            if not isinstance(notice.facts, dict):
                raise TypeError("the facts of a notice are no object")
            wording(notice)
        if failed:
            put_off.append(notice.pk)
        else:
            sound.append(notice)
    if put_off:
        Notice.objects.filter(pk__in=put_off).update(next_at=now + LATER)
    return sound


def _over(
    found: Sequence[Notice],
    channels: Mapping[int, Sequence[Channel]],
    answered: Callable[[Sequence[Notice]], set[int]],
) -> set[int]:
    """Return the ids of what has no channel, and of what was told, or tried, and is answered."""
    over = {notice.pk for notice in found if notice.post_id not in channels}
    tried = [one for one in found if (one.in_turn or one.attempts) and one.pk not in over]
    over |= {notice.pk for notice in tried if notice.read_at}
    return over | (answered(tried) if tried else set())


def _messages(found: Sequence[Notice], *, together: bool) -> list[list[Notice]]:
    """Return what goes as one message each: urgent notices alone, others of a post together.

    Those that some channel has not taken yet wait for it alone: `refused_by` tells them apart.
    """
    groups: dict[object, list[Notice]] = {}
    for notice in found:
        alone = notice.in_turn or not together
        refused = tuple(sorted(notice.refused_by)) if notice.attempts else None
        key = notice.pk if alone else (notice.post_id, refused)
        groups.setdefault(key, []).append(notice)
    return list(groups.values())


def _claim(group: Sequence[Notice], now: datetime) -> list[Notice]:
    """Return those that nobody else has claimed; their `claimed_at` is that of before."""
    claimed = []
    with transaction.atomic():
        for notice in sorted(group, key=lambda one: one.pk):  # in one order, whoever claims
            free = Notice.objects.filter(pk=notice.pk, next_at=notice.next_at)
            if free.update(next_at=now + CLAIM, claimed_at=now):
                claimed.append(notice)
    return claimed


def _finish(claimed: Sequence[Notice], out: _Outgoing) -> None:
    """Write down what came of them."""
    fields = ["attempts", "next_at", "sent_at", "failure", "refused_by", "tried", "claimed_at"]
    for notice in claimed:
        notice.claimed_at = None
    with transaction.atomic():
        Notice.objects.bulk_update(claimed, fields, batch_size=100)
        out.keep()


def _at_once(
    together: Sequence[Notice], channels: Sequence[Channel], words: Words, out: _Outgoing
) -> int:
    """Send one message over all channels; return how many notices all have taken now."""
    first = together[0]
    left = [one for one in channels if not first.attempts or one.pk in first.refused_by]
    failed = [one for one in left if not out.taken(first, one, *words)]
    for notice in together:
        notice.refused_by = [one.pk for one in failed]
        notice.attempts = min(notice.attempts + 1, MOST)
        if failed:
            _again(notice, failed, out.now)
        else:
            notice.next_at, notice.sent_at, notice.failure = None, out.now, ""
    return 0 if failed else len(together)


def _in_turn(
    alone: Sequence[Notice], channels: Sequence[Channel], words: Words, out: _Outgoing
) -> int:
    """Send over the next channel that takes it; return 1 when it is the first one that did.

    After the last channel those that failed are tried again, while nobody has answered.
    """
    (notice,) = alone
    before = notice.sent_at
    left = [one for one in channels if one.pk not in notice.tried]
    failed = []
    for n, one in enumerate(left, 1):
        notice.tried = [*notice.tried, one.pk]
        if out.taken(notice, one, *words):
            notice.sent_at = notice.sent_at or out.now
            wait = timedelta(minutes=settings.HUIYIN_TURN_MINUTES)
            notice.next_at = out.now + wait if n < len(left) else None
            break
        failed.append(one)
    notice.refused_by = [*notice.refused_by, *(one.pk for one in failed)]
    if len(notice.tried) >= len(channels) and notice.refused_by:
        refused = [one for one in channels if one.pk in notice.refused_by]
        notice.tried = [one.pk for one in channels if one not in refused]
        notice.refused_by = []
        notice.attempts = min(notice.attempts + 1, MOST)
        _again(notice, refused, out.now)
    elif failed:
        notice.failure = _named(failed)
    return int(before is None and notice.sent_at is not None)


def _named(failed: Sequence[Channel]) -> str:
    schemes = ", ".join(sorted({str(channel) for channel in failed}))
    return f"not taken by {schemes}"[:200]


def _again(notice: Notice, failed: Sequence[Channel], now: datetime) -> None:
    """Name what failed, and set when it is tried again."""
    notice.failure = _named(failed)
    wait = RETRY[min(notice.attempts, len(RETRY)) - 1]
    notice.next_at = now + timedelta(minutes=wait)


def mark_read(post_id: int, now: datetime, upto: int) -> int:
    """Mark a post's notices up to that id as read; return how many."""
    return Notice.objects.filter(post_id=post_id, pk__lte=upto, read_at__isnull=True).update(
        read_at=now
    )
