"""The peer's side of a measurement, run by the peer's own Python.

    prepare --tickets N           tables, a desk, a member of staff, N tickets
    due --count D                 let D open tickets become due for escalation
    queries                       how many queries the list takes for that member of staff
    escalate                      run ``escalate_tickets`` once, timed

Each prints one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peer.settings")

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402
from helpdesk.models import FollowUp, Queue, Ticket  # noqa: E402
from peerside import LIST, rows_path  # noqa: E402
from texts import letter  # noqa: E402

BATCH = 5_000
QUEUES = 12


def _session(user: object) -> str:
    """Sign ``user`` in; return the session's key (the peer's cookie)."""
    client = Client()
    client.force_login(user)
    session: SessionStore = client.session
    return str(session.session_key)


def prepare(tickets: int) -> dict[str, object]:
    """Create everything that the measurements read."""
    call_command("migrate", verbosity=0)
    user = get_user_model().objects.create_superuser("clerk", "clerk@example.org", "not used")
    queues = [
        Queue.objects.create(
            title=f"业务 {n}", slug=f"q{n}", allow_public_submission=True, escalate_days=3,
            allow_email_submission=False, default_owner=user,
        )
        for n in range(QUEUES)
    ]  # fmt: skip
    now = timezone.now()
    for start in range(0, tickets, BATCH):
        batch = []
        for i in range(start, min(start + BATCH, tickets)):
            text = letter(i)
            created = now - timedelta(days=30) + timedelta(seconds=i)
            batch.append(
                Ticket(
                    title=text.title, description=text.text, queue=queues[text.matter % QUEUES],
                    submitter_email=f"w{i}@example.org", assigned_to=user if i % 2 else None,
                    created=created, modified=created, priority=3, secret_key=f"k{i}",
                    status=Ticket.OPEN_STATUS if i % 4 else Ticket.CLOSED_STATUS,
                    last_escalation=now,
                )
            )  # fmt: skip
        rows = Ticket.objects.bulk_create(batch)
        FollowUp.objects.bulk_create(
            FollowUp(ticket=row, date=row.created, title="受理", comment="已收到", public=True)
            for row in rows
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {
        "session": _session(user),
        "tickets": Ticket.objects.count(),
        "queue": queues[0].pk,
    }


def due(count: int) -> dict[str, int]:
    """Let the last escalation of ``count`` open tickets lie ten days back."""
    open_ones = Ticket.objects.filter(status=Ticket.OPEN_STATUS).order_by("pk")[:count]
    chosen = list(open_ones.values_list("pk", flat=True))
    for start in range(0, len(chosen), 500):
        Ticket.objects.filter(pk__in=chosen[start : start + 500]).update(
            last_escalation=timezone.now() - timedelta(days=10)
        )
    return {"due": len(chosen)}


def queries() -> dict[str, int]:
    """Count the queries of the list, its rows included, for that member of staff."""
    client = Client()
    client.force_login(get_user_model().objects.get(username="clerk"))
    with CaptureQueriesContext(connection) as seen:
        page = client.get(LIST)
        rows = client.get(rows_path(page.content))
    if rows.status_code != 200:
        raise SystemExit(f"the list's rows: {rows.status_code}")
    return {"list": len(seen)}


def escalate() -> dict[str, float]:
    """Run the peer's command for what is due; seconds without start-up."""
    before = FollowUp.objects.count()
    began = time.perf_counter()
    call_command("escalate_tickets")
    seconds = time.perf_counter() - began
    done = FollowUp.objects.count() - before
    if not done:
        raise SystemExit("nothing was due")
    return {"escalated": done, "seconds": seconds, "rate": done / seconds, "megabytes": _peak()}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Parse, do one thing, print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("prepare").add_argument("--tickets", type=int, required=True)
    commands.add_parser("due").add_argument("--count", type=int, required=True)
    commands.add_parser("queries")
    commands.add_parser("escalate")
    given = parser.parse_args()
    if given.command == "prepare":
        print(json.dumps(prepare(given.tickets)))
    elif given.command == "due":
        print(json.dumps(due(given.count)))
    elif given.command == "queries":
        print(json.dumps(queries()))
    else:
        print(json.dumps(escalate()))


if __name__ == "__main__":
    main()
