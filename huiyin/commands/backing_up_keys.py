"""`huiyin backup-keys`: the keys alone, to be kept away from the other backup."""

import argparse
from pathlib import Path

from django.utils.translation import gettext as _

from huiyin.backup import writing
from huiyin.commands import Refused
from huiyin.commands.language import speak


def add(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("file", type=Path, help="a new file, on another medium than the data")


def run(args: argparse.Namespace) -> int:
    """Write the keys."""
    speak()
    try:
        count = writing.write_keys(args.file)
    except FileExistsError as error:
        raise Refused(_("%(file)s exists already") % {"file": args.file}) from error
    except OSError as error:
        raise Refused(_("No backup was written: %(error)s") % {"error": error}) from error
    print(_("%(file)s: %(n)d files of keys") % {"file": args.file, "n": count})
    print(_("Whoever has this file and the data can read everything. Keep it locked away."))
    return 0
