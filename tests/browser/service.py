"""The service as people meet it: its own directory, the demonstration in it, and a free port."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
HUIYIN = [sys.executable, "-m", "huiyin.cli"]
PATIENCE = 120.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUIYIN_")}
    return {**kept, "HUIYIN_VAR": str(home), "DJANGO_SETTINGS_MODULE": "huiyin.settings"}


def set_up(home: Path) -> None:
    """Set the demonstration up in `home`, as `huiyin demo` does."""
    with (home / "output").open("ab") as out:
        subprocess.run(
            [*HUIYIN, "demo", "--no-serve"],
            env=_environment(home), cwd=ROOT, check=True, stdout=out, stderr=out,
        )  # fmt: skip


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the service did not start:\n{log.read_text()}") from None
            time.sleep(0.1)
        else:
            return


@contextlib.contextmanager
def serving(home: Path) -> Iterator[str]:
    """Serve what is set up in `home`; give its address without a last slash."""
    port = _free_port()
    log = home / "output"
    with log.open("ab") as out:
        process = subprocess.Popen(
            # one web process: limits count in each, and a journey must know the count
            [*HUIYIN, "serve", "--port", str(port), "--processes", "1"],
            env=_environment(home), cwd=ROOT, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(f"{address}/", process, log)
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)
