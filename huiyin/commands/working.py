"""`huiyin worker`: the process on which nobody's memory depends."""

import argparse
import os
import signal
import sys
import threading
from types import FrameType

from django.utils import timezone

from huiyin import outbox, worker
from huiyin.commands import Refused
from huiyin.kernel.clock import rounds
from huiyin.kernel.ledger import cosigning


def add(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "--once",
        action="store_true",
        help="take what is due now, ask the witnesses of the log, then end",
    )
    parser.add_argument("--parent", type=int, default=0, help="end when this process has gone")


def run(args: argparse.Namespace) -> int:
    """Work until SIGINT or SIGTERM; a round under way is finished."""
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    try:
        if args.once:
            tasks = worker.Tasks()
            print(worker.round_now(stop.is_set, tasks=tasks))
            print(f"sent {outbox.Outbox().send(timezone.now(), stop.is_set)}")
            rounds.finish(timezone.now(), tasks.failed)
            for sentence in cosigning.ask_each():
                print(sentence)
            # Entries wait in the database for the log; what is owed to people must not fail.
            return 1 if set(tasks.failed) - {worker.LOG, worker.FIGURES} else 0
        worker.loop(stop, lambda: not args.parent or os.getppid() == args.parent)
    except cosigning.WitnessError as error:
        raise Refused(str(error)) from error
    print("worker: stopped", file=sys.stderr)
    return 0
