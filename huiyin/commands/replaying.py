"""`huiyin replay`: how late answers would have been, in a database of its own."""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from huiyin.commands import Refused


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
    with ExitStack() as stack:
        if args.keep:
            home = args.keep
            if home.exists() and any(home.iterdir()):
                raise Refused(f"{home} is not empty")
            home.mkdir(parents=True, exist_ok=True)
        else:
            home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="huiyin-replay-")))
        return _start(args, taxonomy, home)


def _start(args: argparse.Namespace, taxonomy: Path, home: Path) -> int:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("HUIYIN_")}
    command = [sys.executable, "-m", "huiyin.replay", str(args.file), "--mapping", args.mapping]
    command += ["--taxonomy", str(taxonomy), *(("--svg", str(args.svg)) if args.svg else ())]
    # The settings are ours and the directory its own, whatever the service runs on.
    own = {"HUIYIN_VAR": str(home), "DJANGO_SETTINGS_MODULE": "huiyin.settings"}
    child = subprocess.Popen(command, env=kept | own, start_new_session=True)

    def stop(number: int, frame: FrameType | None) -> None:
        child.send_signal(signal.SIGTERM)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        return child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
