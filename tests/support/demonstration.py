"""The demonstration, built once a run of the tests and copied for each test that needs it.

Its roster lies around the present moment, so that a copy serves the run that built it, no other.
"""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.processes import ROOT, environment, huiyin


def build(home: Path) -> None:
    """Set the demonstration up in `home` as `huiyin demo` does; what it prints is in `output`."""
    with (home / "output").open("ab") as out:
        subprocess.run(
            huiyin(home, "demo", "--no-serve"),
            env=environment(home),
            cwd=ROOT,
            check=True,
            stdout=out,
            stderr=out,
        )


def copy(factory: pytest.TempPathFactory, home: Path) -> None:
    """Put a copy of this run's demonstration into `home`: database, keys, files, what it printed.

    Whichever worker asks first builds it; the others wait. Nothing is ever served from the
    original, so that a copy is whole without stopping anything.
    """
    shutil.copytree(_original(_of_the_run(factory)), home, dirs_exist_ok=True)


def _of_the_run(factory: pytest.TempPathFactory) -> Path:
    """Return the directory that all workers of this run share, and no other run."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def _original(shared: Path) -> Path:
    original, begun = shared / "demonstration", shared / "demonstration-begun"
    with (shared / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # given back when the file is closed
        if not original.exists():
            shutil.rmtree(begun, ignore_errors=True)  # of a worker that was killed
            begun.mkdir()
            build(begun)
            begun.rename(original)
    return original
