"""`huiyin rehearse`: live through a window with faults put in, in a database of its own."""

import argparse
import sys
import time
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

from django.db import DatabaseError
from django.utils import timezone

from huiyin.commands import Refused
from huiyin.commands.apart import own_directory, run_apart

UNITS, DAYS, FAULTS = (4, 2_000), (3, 60), (1, 100)


def add(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--units", type=int, metavar="N", help="make a tree of so many units")
    which.add_argument(
        "--copy",
        action="store_true",
        help="copy units, posts and who holds them; no letters, no names (what is done without --units)",
    )
    parser.add_argument("--days", type=int, default=31, metavar="N", help="the window's days")
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="the same one, the same faults"
    )
    parser.add_argument("--faults", type=int, metavar="N", help="of each kind (default: by size)")
    parser.add_argument(
        "--first", metavar="DAY", help="the first day, 2026-10-01 (default: tomorrow)"
    )
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="write a page with a picture here"
    )
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="keep the rehearsal's database here"
    )


def _within(name: str, value: int, bounds: tuple[int, int]) -> None:
    if not bounds[0] <= value <= bounds[1]:
        raise Refused(f"--{name} is a number from {bounds[0]} to {bounds[1]}, not {value}")


def _first(args: argparse.Namespace) -> date:
    if args.first is None:
        return timezone.localdate() + timedelta(days=1)
    try:
        return date.fromisoformat(args.first)
    except ValueError as error:
        raise Refused(f"--first is a day such as 2026-10-01, not {args.first}") from error


def run(args: argparse.Namespace) -> int:
    """Start a process on a directory of its own, so that nothing touches the service's data."""
    began = time.time()
    if args.units is not None:
        _within("units", args.units, UNITS)
    _within("days", args.days, DAYS)
    if args.faults is not None:
        _within("faults", args.faults, FAULTS)
    if args.html and not args.html.absolute().parent.is_dir():
        raise Refused(f"there is no such directory: {args.html.parent}")
    command = [sys.executable, "-m", "huiyin.rehearsal", "--first", str(_first(args))]
    command += ["--days", str(args.days), "--seed", str(args.seed), "--began", str(began)]
    command += ["--faults", str(args.faults)] if args.faults else []
    command += ["--html", str(args.html.absolute())] if args.html else []
    with ExitStack() as stack:
        home = own_directory(args.keep, "rehearse", stack)
        if args.units is None:
            path = home / "organisation.json"
            path.write_text(_copied(), encoding="utf-8")
            command += ["--organisation", str(path)]
        else:
            command += ["--units", str(args.units)]
        return run_apart(command, home)


def _copied() -> str:
    from huiyin.rehearsal import organisation

    try:
        return organisation.copied(timezone.now())
    except (LookupError, DatabaseError) as error:
        raise Refused("no organisation is set up here to copy; say --units N") from error
