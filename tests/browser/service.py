"""The service as people meet it: in a directory of its own, at a free port."""

import contextlib
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.support.processes import ROOT, environment, free_port, huiyin

PATIENCE = 120.0


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
    port = free_port()
    log = home / "output"
    with log.open("ab") as out:
        process = subprocess.Popen(
            # one web process: limits count in each, and a journey must know the count
            huiyin(home, "serve", "--port", str(port), "--processes", "1"),
            env=environment(home), cwd=ROOT, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(f"{address}/", process, log)
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)
