"""A window over a large tree: unfolding it, counting its readiness, and opening its page.

The tree is that of `bench/reports.py`: one head office, ten units below each unit. A sixth of the units
tested its line, a tenth has a roster round the clock, each has a head. Then the readiness page is asked
for as a browser does, of the head office and of units picked at random (half of the requests each),
signed in as the head at the top: milliseconds from request to the last byte, and SQL queries.

    .venv/bin/python bench/readiness.py [--database sqlite|postgresql] [--units N] [--requests N]

The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
from reports import say, service, tree

DAYS = 14
COVERED, TESTED = 10, 6  # one unit in so many


def posts(units: int, now: datetime) -> Any:
    """Give each unit a head who is there; return the head at the top, as an actor."""
    from django.contrib.auth.models import User

    from huiyin.kernel.units.actions import Acting
    from huiyin.kernel.units.models import Post, Tenure

    user, others = User.objects.create_user("head"), User.objects.create_user("others")
    Post.objects.bulk_create(
        (Post(pk=1_000_000 + pk, unit_id=pk, code=f"U{pk}.head", role="head", title="负责人")
         for pk in range(1, units + 1)), batch_size=5_000,
    )  # fmt: skip
    Tenure.objects.bulk_create(
        (Tenure(post_id=1_000_000 + pk, user=others if pk > 1 else user, starts=now)
         for pk in range(1, units + 1)), batch_size=5_000,
    )  # fmt: skip
    return Acting(user, Post.objects.select_related("unit").get(pk=1_000_001))


def rosters(units: int, first: datetime, days: int) -> int:
    """Give every tenth unit two shifts a day with a leader on each; return how many shifts."""
    from django.contrib.auth.models import User

    from huiyin.parts.duty.models import Assignment, DutyPoint, Pattern, Roster, Shift

    chosen = range(1, units + 1, COVERED)
    user = User.objects.get(username="others")
    DutyPoint.objects.bulk_create(
        (DutyPoint(pk=pk, unit_id=pk, code=f"P{pk}", kind="desk", name="值班室") for pk in chosen),
        batch_size=5_000,
    )
    Pattern.objects.bulk_create(
        (Pattern(pk=2 * pk + half, point_id=pk, code=f"S{half}", name="班", starts=half * 720,
                 minutes=720) for pk in chosen for half in (0, 1)), batch_size=5_000,
    )  # fmt: skip
    Roster.objects.bulk_create(
        (Roster(pk=pk, unit_id=pk, first_day=first.date(),
                end_day=first.date() + timedelta(days=days + 2), state="published", made_at=first)
         for pk in chosen), batch_size=5_000,
    )  # fmt: skip
    shifts, on = [], []
    for pk in chosen:
        for number in range(2 * (days + 2)):
            starts = first + timedelta(hours=12 * number)
            shifts.append(Shift(
                pk=len(shifts) + 1, point_id=pk, pattern_id=2 * pk + number % 2, klass="weekday",
                day=starts.date() + timedelta(days=number // 2 - (starts.date() - first.date()).days),
                starts=starts, ends=starts + timedelta(hours=12), leaders=1, deputies=0, members=0,
            ))  # fmt: skip
            on.append(Assignment(
                roster_id=pk, shift_id=len(shifts), user=user, capacity="leader",
            ))  # fmt: skip
    Shift.objects.bulk_create(shifts, batch_size=5_000)
    Assignment.objects.bulk_create(on, batch_size=5_000)
    return len(shifts)


def window(acting: Any, now: datetime) -> tuple[Any, float]:
    """Make a window that asks for everything; return it and the seconds that it took."""
    from huiyin.kernel.clock.policy import policy
    from huiyin.parts.reports.actions import windows
    from huiyin.parts.reports.tightening import Settings

    first = policy().calendar.local_date(now)
    asks = Settings(cover=True, roster_days=3, daily_by=17 * 60, limits={"accept": 5},
                    checklists=True, line_test=True, exercise=True)  # fmt: skip
    began = time.perf_counter()
    made = windows.make_window(
        acting, "特护期", first, first + timedelta(days=DAYS - 1), asks, now=now
    )
    return made, time.perf_counter() - began


def ask(made: Any, units: int, requests: int, seed: int) -> tuple[list[float], int]:
    """Return the milliseconds of each request, and the most queries that one took."""
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from huiyin.parts.reports.models import WindowUnit

    client = Client()
    client.force_login(User.objects.get(username="head"))
    address = reverse("staff:window_readiness", args=[made.number])
    pick = random.Random(seed)
    asked = [f"{address}?unit={1 if n % 2 else pick.randint(1, units)}" for n in range(requests)]
    client.get(asked[0])
    most = 0
    for one in asked[:20]:
        with CaptureQueriesContext(connection) as queries:
            page = client.get(one)
        most = max(most, len(queries))
        if page.status_code != 200:
            raise RuntimeError(f"{one}: {page.status_code}")
    untested = WindowUnit.objects.filter(window=made, line=1).count()
    if f"{untested}/{units}未落实" not in client.get(f"{address}?unit=1").content.decode():
        raise RuntimeError("the page does not show the sum of the whole tree")
    took = []
    for one in asked:
        began = time.perf_counter()
        _ = client.get(one).content
        took.append((time.perf_counter() - began) * 1_000)
    return took, most


def main() -> None:
    """Measure all; the goals stand beside what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--units", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with service(given.database):
        from django.conf import settings
        from django.db import connection
        from django.utils import timezone

        from huiyin.parts.reports.actions import readiness
        from huiyin.parts.reports.models import WindowUnit
        from huiyin.wiring import READINESS

        settings.ALLOWED_HOSTS = ["testserver"]
        now = timezone.now()
        say(f"{given.units} units on {given.database}")
        tree(given.units)
        acting = posts(given.units, now - timedelta(days=1))
        shifts = rosters(given.units, now.replace(microsecond=0) - timedelta(days=1), DAYS)
        made, unfolding = window(acting, now)
        say(f"made in {unfolding:.1f} s")
        tested = WindowUnit.objects.filter(window=made, unit_id__in=range(1, given.units, TESTED))
        tested.update(line_tested_on=now.date(), line_tested_by=acting.post)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        counts = []
        for number in range(3):
            began = time.perf_counter()
            changed = readiness.count_one(made.pk, now + timedelta(minutes=number), READINESS)
            counts.append(round(time.perf_counter() - began, 2))
            say(f"counted in {counts[-1]} s, {changed} rows changed")
        took, queries = ask(made, given.units, given.requests, given.seed)
        cuts = statistics.quantiles(took, n=100)
        print(
            json.dumps(
                {
                    "measurement": "readiness",
                    "database": given.database,
                    "units": given.units,
                    "shifts": shifts,
                    "requests": given.requests,
                    "p50": round(cuts[49], 1),
                    "p95": round(cuts[94], 1),
                    "queries": queries,
                    "goal": "p95 under 100 ms, at most 10 queries",
                    "seconds_to_make_the_window": round(unfolding, 1),
                    "seconds_to_count": {"first": counts[0], "again": counts[-1]},
                }
            )
        )


if __name__ == "__main__":
    main()
