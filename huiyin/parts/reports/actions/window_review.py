"""After a window: tell the posts that missed something, and let each say why in its own words."""

from datetime import datetime

from django.db import transaction

from huiyin.kernel import rows
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.notices import actions as notices
from huiyin.kernel.privacy.refusing import keep_private
from huiyin.kernel.units.actions import Acting
from huiyin.parts.reports import review
from huiyin.parts.reports.access import ReportNotFound
from huiyin.parts.reports.actions._common import need, packed
from huiyin.parts.reports.models import Window, WindowReply


def tell(window: Window, now: datetime) -> int:
    """Tell every post that kept a duty late or not at all that it can speak; return how many."""
    posts = review.missed_by(window, now)
    rows.insert([notices.draft(pk, "window.review", window.ref, now) for pk in sorted(posts)])
    return len(posts)


@transaction.atomic
def reply_to_review(
    acting: Acting, number: str, cause: str, reply: str, *, now: datetime, sure: bool = False
) -> WindowReply:
    """Let a post say why it missed a duty and, if it likes, what it changes; once.

    Raises BadInput (`nothing_missed`, `replied`), Private, and ReportNotFound for a window that is
    not over or that the post's unit was not in.
    """
    window = (
        Window.objects.select_for_update(of=("self",))
        .filter(number=number, rows__unit=acting.post.unit_id, closed_at__isnull=False)
        .first()
    )
    if window is None or window.closed_at is None:
        raise ReportNotFound(number)
    why = need("cause", cause)
    then = need("reply", reply) if reply.strip() else ""
    keep_private({"cause": why, "reply": then}, sure=sure)
    known = WindowReply.objects.filter(window=window, post=acting.post).first()
    if known is not None:
        if (known.cause, known.reply) == (why, then):
            return known
        raise BadInput("cause", "replied")
    if acting.post.pk not in review.missed_by(window, window.closed_at):
        raise BadInput("cause", "nothing_missed")
    said = WindowReply.objects.create(
        window=window, post=acting.post, cause=why, reply=then, at=now
    )
    ledger.append(
        "window.replied", subject=window.ref, now=now, post=acting.post.code,
        facts={"unit": acting.post.unit.code}, commit={"text": packed({"cause": why, "reply": then})},
        salt_key=bytes(said.salt_key),
    )  # fmt: skip
    return said
