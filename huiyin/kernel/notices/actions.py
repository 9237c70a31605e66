"""Queue notices in the transaction of what happened; send them afterwards."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from huiyin.kernel import rows
from huiyin.kernel.notices.models import Attempt, Channel, Notice

RETRY = (1, 5, 30, 120, 720)  # minutes
log = logging.getLogger("huiyin.notices")
Sender = Callable[[str, str, str], bool]


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
        if notice.in_turn or not taken:
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
    wording: Callable[[Notice], tuple[str, str]],
    *,
    limit: int = 200,
    sender: Sender = send_with_apprise,
    answered: Callable[[Sequence[Notice]], set[int]] = lambda found: set(),
) -> int:
    """Send what is due, urgent notices first; return how many notices left.

    An ordinary notice goes over all channels of its post at once. An urgent one takes them in turn:
    the next channel at once where one fails, else after HUIYIN_TURN_MINUTES, until the notice is
    read or `answered`, which gets urgent notices and returns the ids of those that nobody waits
    for any more. Failures are tried again, then kept named.

    A notice is claimed by a conditional update before it is sent, so two workers never both send
    it; one that a crash interrupts is tried again after the claim has run out (5 minutes).
    """
    sent = 0
    due = list(
        Notice.objects.filter(next_at__lte=now).order_by("-in_turn", "next_at", "id")[:limit]
    )
    channels: dict[int, list[Channel]] = {}
    for channel in Channel.objects.filter(post_id__in={notice.post_id for notice in due}):
        channels.setdefault(channel.post_id, []).append(channel)
    urgent = [one for one in due if one.in_turn and one.post_id in channels]
    over = {one.pk for one in due if one.post_id not in channels}
    over |= (answered(urgent) if urgent else set()) | {one.pk for one in urgent if one.read_at}
    Notice.objects.filter(pk__in=over).update(next_at=None)
    out = _Outgoing(sender, now)
    for notice in due:
        if notice.pk in over:
            continue
        claimed = Notice.objects.filter(pk=notice.pk, next_at=notice.next_at).update(
            next_at=now + timedelta(minutes=5)
        )
        if not claimed:
            continue
        send = _in_turn if notice.in_turn else _at_once
        sent += send(notice, channels[notice.post_id], wording(notice), out)
        with transaction.atomic():
            notice.save(
                update_fields=["attempts", "next_at", "sent_at", "failure", "refused_by", "tried"]
            )
            out.keep()
    return sent


def _at_once(
    notice: Notice, channels: Sequence[Channel], words: tuple[str, str], out: _Outgoing
) -> bool:
    """Send over all channels; return whether all have taken it now."""
    left = [one for one in channels if not notice.attempts or one.pk in notice.refused_by]
    failed = [one for one in left if not out.taken(notice, one, *words)]
    notice.refused_by = [one.pk for one in failed]
    notice.attempts += 1
    if not failed:
        notice.next_at, notice.sent_at, notice.failure = None, out.now, ""
        return True
    _again(notice, failed, out.now)
    return False


def _in_turn(
    notice: Notice, channels: Sequence[Channel], words: tuple[str, str], out: _Outgoing
) -> bool:
    """Send over the next channel that takes it; return whether it is the first one that did.

    After the last channel those that failed are tried again, while nobody has answered.
    """
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
        notice.attempts += 1
        _again(notice, refused, out.now)
    elif failed:
        notice.failure = _named(failed)
    return before is None and notice.sent_at is not None


def _named(failed: Sequence[Channel]) -> str:
    schemes = ", ".join(sorted({str(channel) for channel in failed}))
    return f"not taken by {schemes}"[:200]


def _again(notice: Notice, failed: Sequence[Channel], now: datetime) -> None:
    """Name what failed, and set when it is tried again, if it still is."""
    notice.failure = _named(failed)
    wait = RETRY[notice.attempts - 1] if notice.attempts <= len(RETRY) else None
    notice.next_at = now + timedelta(minutes=wait) if wait else None


def mark_read(post_id: int, now: datetime, upto: int) -> int:
    """Mark a post's notices up to that id as read; return how many."""
    return Notice.objects.filter(post_id=post_id, pk__lte=upto, read_at__isnull=True).update(
        read_at=now
    )
