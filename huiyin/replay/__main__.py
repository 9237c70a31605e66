"""The process of a replay: its database, keys and files are in the directory HUIYIN_VAR."""

import argparse
import json
import os
import sys
from datetime import timedelta
from pathlib import Path

import django


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="huiyin replay")
    parser.add_argument("file", type=Path)
    parser.add_argument("--mapping", required=True)
    parser.add_argument("--taxonomy", type=Path, required=True)
    parser.add_argument("--svg", type=Path)
    return parser.parse_args()


def main() -> int:
    """Replay, report; the last line is JSON."""
    args = _arguments()
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User
    from django.db import connection
    from django.utils import timezone

    from huiyin.commands.progress import Progress, stoppable
    from huiyin.commands.setting_up import prepare
    from huiyin.importing import city, load, sheets
    from huiyin.importing.mapping import BadMapping
    from huiyin.importing.mapping import load as load_mapping
    from huiyin.replay import picture, playing, report

    prepare()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")  # a replay that a crash ends is begun anew
    now = timezone.now()
    try:
        mapping = load_mapping(args.mapping)
        first = city.first_time(args.file, mapping)
        city.build(args.taxonomy, password=make_password(None), now=first - timedelta(days=1))
        found = load.check(args.file, mapping, now)
    except (BadMapping, sheets.BadSheet) as error:
        print(f"huiyin: {error}", file=sys.stderr)
        return 2
    answered = [one for one in found.letters if one.answered_at is not None]
    left_out = len({problem.row for problem in found.problems}) + len(found.letters) - len(answered)
    if not answered:
        print("huiyin: no row has an answer with its time", file=sys.stderr)
        return 2
    clerk = User.objects.get(username="CITY.clerk")
    progress = Progress("events", 2 * len(answered))
    with stoppable() as stop:
        played = playing.run(answered, mapping, clerk, progress=progress, stop=stop)
    progress.close()
    if played.stopped:
        print(f"Stopped after {played.letters} letters; nothing is reported.", file=sys.stderr)
        return 130
    result = report.gather()
    result.late_by_reading = report.readings(answered)
    report.check(result)
    print(picture.table(result.months))
    print()
    print(picture.table(picture.by_year(result)))
    print(f"\nLeft out: {left_out} rows without an answer, its time, or the like.")
    print("Policy: forwarded and accepted at the moment of receipt, answered when it was answered.")
    if args.svg:
        picture.draw(result, args.svg)
    print(json.dumps({**result.figures(), "left_out": left_out}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.settings")
    django.setup()
    sys.exit(main())
