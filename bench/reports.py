"""Three figures of the reports part, on a tree of one head office, ten branches and many units.

1. An urgent report from the sixth level: seconds until a notice to acknowledge lies in the outbox of
   every level above. 2. The missing-report check at the cut-off: seconds, and whether exactly the
   silent units were marked. 3. The consolidated report of the whole tree: seconds; then its papers (Word,
PDF, spreadsheet), with a month of counts of every unit: seconds each, and how many PDF pages.

    .venv/bin/python bench/reports.py [--database sqlite|postgresql] [--units N] [--silent N]

The last line is JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]
MORNING = datetime.fromisoformat("2026-03-03T01:00:00+00:00")
CUT_OFF = datetime.fromisoformat("2026-03-03T09:00:00+00:00")
DEPTH = 6


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def service(database: str) -> Iterator[None]:
    """A service of its own, with fresh keys, on a database that is thrown away."""
    with contextlib.ExitStack() as stack:
        os.environ["HUIYIN_VAR"] = stack.enter_context(tempfile.TemporaryDirectory())
        if database == "postgresql":
            from private_postgres import private_postgres

            os.environ["HUIYIN_DATABASE_URL"] = stack.enter_context(
                private_postgres(durable=True)
            ).url()
        os.environ["DJANGO_SETTINGS_MODULE"] = "huiyin.settings"
        import django

        django.setup()
        from django.core.management import call_command

        from huiyin.kernel.vault import keys

        call_command("migrate", verbosity=0)
        keys.ensure()
        yield


def tree(units: int) -> list[int]:
    """Fill in units six levels deep, each with a duty leader who is there; return the lowest."""
    from django.contrib.auth.models import User

    from huiyin.kernel.units.actions import set_up
    from huiyin.kernel.units.models import Lineage, Post, Tenure, Unit

    set_up("Bench", now=MORNING)
    user = User.objects.create_user("leader")
    Unit.objects.bulk_create(
        Unit(pk=pk, code=f"U{pk}", name=f"单位{pk}", parent_id=_parent(pk))
        for pk in range(1, units + 1)
    )
    lines, lowest = [], []
    for pk in range(1, units + 1):
        at: int | None = pk
        distance = 0
        while at is not None:
            lines.append(Lineage(unit_id=pk, ancestor_id=at, distance=distance))
            at, distance = _parent(at), distance + 1
        if distance == DEPTH:
            lowest.append(pk)
    Lineage.objects.bulk_create(lines, batch_size=5_000)
    Post.objects.bulk_create(
        (Post(pk=pk, unit_id=pk, code=f"U{pk}.duty", role="duty_leader", title="值班领导")
         for pk in range(1, units + 1)), batch_size=5_000,
    )  # fmt: skip
    Tenure.objects.bulk_create(
        (Tenure(post_id=pk, user=user, starts=MORNING) for pk in range(1, units + 1)),
        batch_size=5_000,
    )
    return lowest


def _parent(pk: int) -> int | None:
    """A chain of six first, so that the sixth level exists at any size; then ten to a unit."""
    if pk == 1:
        return None
    return pk - 1 if pk <= DEPTH else (pk - DEPTH - 1) // 10 + 1


def urgent(lowest: int) -> dict[str, object]:
    """Send from the sixth level; count the levels with a notice."""
    from django.contrib.auth.models import User

    from huiyin.kernel.notices.models import Notice
    from huiyin.kernel.units.actions import Acting
    from huiyin.kernel.units.models import Post
    from huiyin.parts.reports.actions import reporting

    acting = Acting(User.objects.get(), Post.objects.select_related("unit").get(unit=lowest))
    given = {"event": "fire", "what": "二号库房配电箱起火，已扑灭。", "when": MORNING.isoformat(),
             "where": "二号库房", "affected": 14, "needed": "请集团物资部调配电箱一台。"}  # fmt: skip
    took = []
    for _ in range(20):
        began = time.perf_counter()
        report = reporting.send(acting, "urgent", given, now=MORNING)
        took.append(time.perf_counter() - began)
        levels = Notice.objects.filter(subject=report.ref, kind="report.urgent").count()
        if levels != DEPTH - 1:
            raise RuntimeError(f"{levels} levels were told")
    return {"seconds": round(max(took), 3), "levels": DEPTH - 1}


def day(units: int, silent: int, seed: int) -> tuple[dict[str, object], dict[str, object]]:
    """Open the day, let all but the silent report, check at the cut-off, and add it all up."""
    from django.contrib.auth.models import User
    from django.db import connection

    from huiyin.kernel.clock.models import Deadline
    from huiyin.kernel.units.actions import Acting
    from huiyin.kernel.units.models import Post
    from huiyin.parts.reports.actions import daily, marks
    from huiyin.parts.reports.models import DailyRule, Mark, Report, Version
    from huiyin.parts.reports.queries import consolidated

    DailyRule.objects.create(unit_id=1, since=MORNING)
    began = time.perf_counter()
    opened = daily.open_day(MORNING)
    opening = time.perf_counter() - began
    quiet = set(random.Random(seed).sample(range(2, units + 1), silent))
    sending = [pk for pk in range(2, units + 1) if pk not in quiet]
    user = User.objects.get()
    figures = {"filed": 2, "forwarded": 1, "answered": 1, "late": 0, "remedies": 0, "stood": 3,
               "checks": 1, "failed": 0, "incidents": 0}  # fmt: skip
    Report.objects.bulk_create(
        (Report(pk=100_000 + pk, unit_id=pk, number=f"R{pk}", kind="daily", day=MORNING.date(),
                post_id=pk, made_at=MORNING, sent_at=MORNING, counted={"figures": figures})
         for pk in sending), batch_size=5_000,
    )  # fmt: skip
    Version.objects.bulk_create(
        (Version(report_id=100_000 + pk, number=1, at=MORNING, post_id=pk, user=user,
                 fields=figures | {"what": "当日无突发情况。", "needed": "无"}, salt_key=b"0" * 32,
                 entry_digest=b"0" * 32)
         for pk in sending), batch_size=5_000,
    )  # fmt: skip
    owed = Deadline.objects.filter(kind="report.daily").exclude(post_id__in=quiet)
    owed.update(state="met", ended_at=MORNING, next_at=None)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    began = time.perf_counter()
    marks.look(CUT_OFF)
    checking = time.perf_counter() - began
    found = set(Mark.objects.filter(kind="daily_missing").values_list("unit_id", flat=True))
    acting = Acting(user, Post.objects.select_related("unit").get(pk=1))
    began = time.perf_counter()
    whole = consolidated(acting, acting.post.unit, MORNING.date())
    adding = time.perf_counter() - began
    if {one.pk for one in whole.missing} != quiet or whole.said["filed"] != 2 * len(sending):
        raise RuntimeError("the consolidated report is not what was sent")
    check = {"seconds": round(checking, 3), "owed": opened, "silent": silent,
             "exact": found == quiet, "seconds_to_open_the_day": round(opening, 3)}  # fmt: skip
    return check, {"seconds": round(adding, 3), "units": units, "missing_named": len(whole.missing)}


def papers() -> dict[str, object]:
    """Make the papers of the day of the whole tree, from a month in which every unit counted things."""
    import io

    from django.contrib.auth.models import User
    from django.db import connection
    from pypdf import PdfReader

    from huiyin.kernel.units.actions import Acting
    from huiyin.kernel.units.models import Post
    from huiyin.parts.reports.papers import TYPES, whole_file
    from huiyin.parts.reports.trends import DAYS, SHOWN

    with connection.cursor() as cursor:
        for back in range(DAYS):
            for what in SHOWN:
                cursor.execute(
                    "INSERT INTO reports_daycount (unit_id, day, what, count) "
                    "SELECT id, %s, %s, 2 FROM units_unit",
                    [MORNING.date() - timedelta(days=back), what],
                )
    acting = Acting(User.objects.get(), Post.objects.select_related("unit").get(pk=1))
    found: dict[str, object] = {}
    for extension in TYPES:
        began, ran = time.perf_counter(), time.process_time()
        made = whole_file(acting, acting.post.unit, MORNING.date(), extension, now=CUT_OFF)
        found[extension] = {
            "seconds": round(time.perf_counter() - began, 2),
            "of_processor": round(time.process_time() - ran, 2),
        }
        if extension == "pdf":
            found["pdf_pages"] = len(PdfReader(io.BytesIO(made.data)).pages)
    return found


def main() -> None:
    """Run all three; the goals stand beside what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--units", type=int, default=10_000)
    parser.add_argument("--silent", type=int, default=137)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with service(given.database):
        say(f"{given.units} units on {given.database}")
        lowest = tree(given.units)
        sent = urgent(next(pk for pk in lowest))
        say(f"urgent: {sent}")
        check, whole = day(given.units, given.silent, given.seed)
        made = papers()
        say(f"papers: {made}")
        print(
            json.dumps(
                {
                    "measurement": "reports",
                    "database": given.database,
                    "urgent": sent | {"goal": "under 2 s"},
                    "missing": check | {"goal": "under 5 s, exactly the silent ones"},
                    "consolidated": whole | {"goal": "under 10 s"},
                    "papers": made | {"goal": "each under 10 s"},
                }
            )
        )


if __name__ == "__main__":
    main()
