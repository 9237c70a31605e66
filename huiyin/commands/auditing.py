"""`huiyin audit`: the whole log against the database."""

import argparse
import json
import time
from pathlib import Path

from django.utils import timezone

from huiyin.commands import Refused
from huiyin.commands.progress import Progress, stoppable


def add(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "--checkpoint",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a checkpoint seen earlier (of a receipt, a witness, a backup): the log must contain it",
    )
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        metavar="KEY",
        help="the log's verifier key, a text or a file; several, a line or an option each, where it"
        " was changed (default: its own)",
    )
    parser.add_argument(
        "--witness",
        action="append",
        default=[],
        metavar="KEY",
        help="a witness's verifier key: when it saw a checkpoint bounds the times of entries"
        " (default: the configured ones)",
    )


def run(args: argparse.Namespace) -> int:
    """Audit; print each finding, then a summary in JSON. 0 only if everything is as it should be."""
    from huiyin.kernel.ledger import cosigning, signing
    from huiyin.kernel.ledger.notes import NoteError, Verifier, verifiers
    from huiyin.parts.record.audit import Audit
    from huiyin.wiring import AUDITED

    try:
        keys = [key for one in args.key for key in verifiers(_text(one))] or signing.verifiers()
        earlier = [path.read_bytes() for path in args.checkpoint]
        witnesses = [Verifier.parse(line) for line in args.witness]
        witnesses = witnesses or [one.key for one in cosigning.witnesses()]
    except (NoteError, OSError, signing.LogKeyError, cosigning.WitnessError) as error:
        raise Refused(str(error)) from error
    began = time.monotonic()
    with stoppable() as stop:
        audit = Audit(
            keys[0],
            AUDITED,
            now=timezone.now(),
            keys=keys[1:],
            earlier=earlier,
            witnesses=witnesses,
            progress=Progress,
            stop=stop,
            tell=lambda one: print(one, flush=True),
        )
        audit.run()
    summary = audit.summary() | {"seconds": round(time.monotonic() - began, 3)}
    print(json.dumps(summary, ensure_ascii=False))
    return 130 if audit.stopped else 1 if audit.found else 0


def _text(given: str) -> str:
    path = Path(given)
    return path.read_text("utf-8") if path.is_file() else given
