"""`huiyin solve`: make a roster that was asked for on its page; a worker starts one for each."""

import argparse
import os

from django.utils import timezone

from huiyin.commands import Refused
from huiyin.commands.language import speak
from huiyin.parts.duty.actions import solving
from huiyin.parts.duty.messages import MESSAGES
from huiyin.parts.duty.models import SolveRun
from huiyin.parts.duty.solving.installed import is_installed

NICE = 5  # pages and deadlines come first


def add(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("number", type=int, metavar="RUN", help="the number of the run")
    parser.add_argument("--workers", type=int, default=0, help="threads (default: processors)")


def run(args: argparse.Namespace) -> int:
    """Solve one run and put the result into its draft."""
    if not is_installed():
        speak()
        solving.fail(args.number, "no_solver", timezone.now())
        raise Refused(str(MESSAGES["no_solver"]))
    from huiyin.parts.duty.solving.solve import solve  # a second to load, for this command alone

    os.nice(NICE)
    workers = args.workers or len(os.sched_getaffinity(0))
    try:
        done = solving.carry_out(args.number, solve, timezone.now, workers)
    except SolveRun.DoesNotExist as error:
        raise Refused(f"no run {args.number} was claimed by a worker") from error
    print(f"roster {done.roster.ref}: {done.state}")
    return 0
