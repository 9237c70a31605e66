"""`huiyin replay`: how late answers would have been, in a database of its own."""

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path

from huiyin.commands import Refused
from huiyin.commands.apart import own_directory, run_apart


def add(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("file", type=Path, help="answered letters, xlsx or csv")
    parser.add_argument("--mapping", default="answered", help="as for import")
    parser.add_argument(
        "--organisation-from",
        type=Path,
        metavar="TAXONOMY",
        help="table of categories (default: taxonomy.xlsx beside the file)",
    )
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the replay's database here")
    parser.add_argument("--svg", type=Path, help="draw warnings and escalations into this file")


def run(args: argparse.Namespace) -> int:
    """Start a process on a directory of its own, so that nothing touches the service's data."""
    taxonomy = args.organisation_from or args.file.with_name("taxonomy.xlsx")
    for path in (args.file, taxonomy):
        if not path.is_file():
            raise Refused(f"there is no such file: {path}")
    command = [sys.executable, "-m", "huiyin.replay", str(args.file), "--mapping", args.mapping]
    command += ["--taxonomy", str(taxonomy), *(("--svg", str(args.svg)) if args.svg else ())]
    with ExitStack() as stack:
        return run_apart(command, own_directory(args.keep, "replay", stack))
