"""A process on a directory of its own, so that nothing that it does touches the service's data."""

import os
import signal
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from huiyin.commands import Refused


def own_directory(keep: Path | None, name: str, stack: ExitStack) -> Path:
    """Return `keep`, made if need be, or a directory that goes with the stack.

    Raise Refused where `keep` is not empty.
    """
    if keep is None:
        return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=f"huiyin-{name}-")))
    if keep.exists() and any(keep.iterdir()):
        raise Refused(f"{keep} is not empty")
    keep.mkdir(parents=True, exist_ok=True)
    return keep.absolute()


def run_apart(command: list[str], home: Path) -> int:
    """Run the command on `home` and return its exit status; a stop is passed on to it."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("HUIYIN_")}
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
