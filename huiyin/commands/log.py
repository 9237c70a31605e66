"""`huiyin log`: the public log's files, made again where their folder is lost."""

import argparse

from django.utils import timezone

from huiyin.commands import Refused
from huiyin.kernel.ledger import sequencer, signing


def add(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("what", choices=["rebuild", "mend"])


def run(args: argparse.Namespace) -> int:
    """Publish the log again out of the database, or make single missing files of it again."""
    now = timezone.now()
    try:
        if args.what == "rebuild":
            print(f"published {sequencer.rebuild(now)} entries again")
        else:
            print(f"mended or deleted {sequencer.look_after(now)} files")
    except sequencer.Elsewhere as error:
        raise Refused("a worker writes the log at this moment: stop it, or try again") from error
    except (sequencer.Forked, signing.LogKeyError) as error:
        raise Refused(str(error)) from error
    return 0
