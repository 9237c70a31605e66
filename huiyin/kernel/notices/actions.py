"""Queue notices in the transaction of what happened; send them afterwards."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import apprise
from django.db import transaction

from huiyin.kernel import rows
from huiyin.kernel.notices.models import Channel, Notice

RETRY = (1, 5, 30, 120, 720)  # minutes
log = logging.getLogger("huiyin.notices")
Sender = Callable[[str, str, str], bool]


def draft(
    post_id: int, kind: str, subject: str, now: datetime, facts: Mapping[str, Any] | None = None
) -> Notice:
    """Return an unsaved notice, for those who save many at once."""
    return Notice(
        post_id=post_id,
        kind=kind,
        subject=subject,
        facts=dict(facts or {}),
        created_at=now,
        next_at=now,
    )


def queue(
    post_id: int, kind: str, subject: str, now: datetime, facts: Mapping[str, Any] | None = None
) -> Notice:
    """Queue one notice for a post."""
    return rows.add(draft(post_id, kind, subject, now, facts))


def send_with_apprise(address: str, title: str, body: str) -> bool:
    """Send one message over one Apprise address; False when the service did not take it."""
    outlet = apprise.Apprise()
    return bool(outlet.add(address)) and bool(outlet.notify(title=title, body=body))


def _taken(sender: Sender, address: str, title: str, body: str) -> bool:
    """Send one message; a channel that breaks is one that did not take it, and stops no other."""
    try:
        return sender(address, title, body)
    except Exception:
        log.exception("a notice over %s failed", address.split(":", 1)[0])
        return False


def send_due(
    now: datetime,
    wording: Callable[[Notice], tuple[str, str]],
    *,
    limit: int = 200,
    sender: Sender = send_with_apprise,
) -> int:
    """Send what is due; return how many notices left. Failures are tried again, then kept named.

    A notice is claimed by a conditional update before it is sent, so two workers never both send
    it; one that a crash interrupts is tried again after the claim has run out (5 minutes).
    """
    sent = 0
    due = list(Notice.objects.filter(next_at__lte=now).order_by("next_at", "id")[:limit])
    channels: dict[int, list[Channel]] = {}
    for channel in Channel.objects.filter(post_id__in={notice.post_id for notice in due}):
        channels.setdefault(channel.post_id, []).append(channel)
    silent = [notice.pk for notice in due if notice.post_id not in channels]
    Notice.objects.filter(pk__in=silent).update(next_at=None)
    for notice in due:
        if notice.post_id not in channels:
            continue
        claimed = Notice.objects.filter(pk=notice.pk, next_at=notice.next_at).update(
            next_at=now + timedelta(minutes=5)
        )
        if not claimed:
            continue
        title, body = wording(notice)
        left = [
            c for c in channels[notice.post_id] if not notice.attempts or c.pk in notice.refused_by
        ]
        failed = [c for c in left if not _taken(sender, c.address, title, body)]
        notice.refused_by = [channel.pk for channel in failed]
        with transaction.atomic():
            notice.attempts += 1
            if not failed:
                notice.next_at, notice.sent_at, notice.failure = None, now, ""
                sent += 1
            else:
                schemes = ", ".join(sorted({str(channel) for channel in failed}))
                notice.failure = f"not taken by {schemes}"[:200]
                wait = RETRY[notice.attempts - 1] if notice.attempts <= len(RETRY) else None
                notice.next_at = now + timedelta(minutes=wait) if wait else None
            notice.save(update_fields=["attempts", "next_at", "sent_at", "failure", "refused_by"])
    return sent


def mark_read(post_id: int, now: datetime, upto: int) -> int:
    """Mark a post's notices up to that id as read; return how many."""
    return Notice.objects.filter(post_id=post_id, pk__lte=upto, read_at__isnull=True).update(
        read_at=now
    )
