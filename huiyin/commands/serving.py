"""`huiyin serve`: Granian, and in embedded mode a worker that lives and dies with it."""

import argparse
import os
import signal
import subprocess
import sys
from types import FrameType

from django.conf import settings

from huiyin.commands import Refused, tables


def add(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    parser.add_argument("--processes", type=int, default=2, help="web processes")
    parser.add_argument("--threads", type=int, default=4, help="threads in each")
    parser.add_argument("--no-worker", action="store_true", help="a worker runs elsewhere")


def run(args: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM; no process is left behind."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from huiyin.kernel.ledger.cosigning import WitnessError, witnesses

    try:
        witnesses()  # a bad list is named now, not by a worker that ends
    except WitnessError as error:
        raise Refused(str(error)) from error
    tables.require_current()
    worker = None
    if not args.no_worker:
        worker = subprocess.Popen(
            [sys.executable, "-m", "huiyin.cli", "worker", "--parent", str(os.getpid())],
            start_new_session=True,  # Ctrl-C reaches it through us, once
        )

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)

    def stop(number: int, frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    try:
        Granian(
            "huiyin.wsgi:application",
            address=args.host,
            port=args.port,
            interface=Interfaces.WSGI,
            workers=args.processes,
            blocking_threads=args.threads,
            backlog=1024,
            log_level=LogLevels.warning,
            websockets=False,
        ).serve()
    finally:
        if worker is not None:
            worker.terminate()
            worker.wait(timeout=30)
    return 0
