"""The process of a rehearsal: its database, keys and files are in the directory HUIYIN_VAR."""

import argparse
import gc
import json
import os
import sys
import time
from datetime import date, datetime
from pathlib import Path

import django


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """Return what the command hands on."""
    parser = argparse.ArgumentParser(prog="huiyin rehearse")
    parser.add_argument("--units", type=int, default=0)
    parser.add_argument("--organisation", type=Path)
    parser.add_argument("--days", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--first", type=date.fromisoformat, required=True)
    parser.add_argument("--faults", type=int, default=0)
    parser.add_argument("--html", type=Path)
    parser.add_argument("--began", type=float, required=True)
    return parser.parse_args(given)


def begin() -> None:
    """Make the database and the keys."""
    from django.db import connection

    from huiyin.commands import tables
    from huiyin.kernel.vault import keys

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")  # a rehearsal that a crash ends is begun anew
    tables.make()
    keys.ensure()
    gc.freeze()  # what is there now stays: not looked through again and again
    gc.set_threshold(100_000, 20, 20)


def main(args: argparse.Namespace) -> int:
    """Rehearse in this process's empty database, and tell; the last line is JSON."""
    from django.utils.timezone import make_aware

    from huiyin.commands.progress import Progress, stoppable
    from huiyin.rehearsal import organisation, picture, running, telling
    from huiyin.rehearsal.world import Unfit

    now = make_aware(datetime.combine(args.first, datetime.min.time())) - running.SET_UP
    stand_ins: list[str] = []
    if args.organisation:
        stand_ins = organisation.load(args.organisation.read_text(encoding="utf-8"), now)
    else:
        organisation.make(args.units, now)
    try:
        script = running.prepare(args.first, args.days, args.seed, args.faults or None, now)
    except Unfit as error:
        print(f"huiyin: {error}", file=sys.stderr)
        return 2
    progress = Progress("day", args.days)
    with stoppable() as stop:
        rehearsed = running.run(script, days_done=progress, stop=stop)
    progress.close()
    print(telling.table(rehearsed))
    if stand_ins:
        print(f"Nobody holds these posts; somebody stood in for them here: {', '.join(stand_ins)}")
    if args.html:
        picture.write(rehearsed, args.html)
    if rehearsed.stopped:
        print(f"Stopped at {rehearsed.until.astimezone(script.zone):%F %R}; this is what was done.")
    figures = telling.figures(rehearsed, time.time() - args.began)
    print(json.dumps(figures, ensure_ascii=False))
    return 130 if rehearsed.stopped else rehearsed.outcome.status


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.settings")
    django.setup()
    begin()
    sys.exit(main(arguments()))
