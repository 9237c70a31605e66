"""Many processes for the start-up of one: each is forked from one that has everything loaded.

A fork is a process like any other: it can be killed, it can run out of disk, and it leaves nothing
behind in the one that it was forked from, which opens no database.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.processes import PATIENCE, ROOT

_LOOP = """
import json, os, resource, signal, sys, traceback
names = {"status": 0}
exec(sys.argv[1], names)
for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if child == 0:
        status = 70
        try:
            for number, path in ((1, asked["out"]), (2, asked["err"])):
                os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
            if asked["limit"]:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (asked["limit"], asked["limit"]))
            exec(asked["script"], names)
            status = names["status"]
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@dataclass
class Ended:
    """How a process ended: its status (negative: the signal that killed it), what it printed."""

    status: int
    out: str
    err: str


@dataclass
class Forks:
    """A process that has everything loaded, and where what its forks print is kept meanwhile."""

    _process: subprocess.Popen[str]
    _place: Path

    def run(self, script: str, *, limit: int = 0) -> Ended:
        """Run a script in a process of its own; `limit`: of the bytes of a file that it may write.

        The script's `status` is the process's; 70 is that of one that raised something.
        """
        out, err = self._place / "out", self._place / "err"
        asked = {"script": script, "limit": limit, "out": str(out), "err": str(err)}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        status = int(self._process.stdout.readline())
        return Ended(status, out.read_text("utf-8"), err.read_text("utf-8"))


@contextmanager
def forking(loaded: str, environment: dict[str, str], place: Path) -> Iterator[Forks]:
    """Start a process that runs `loaded` once, whose names all scripts then have."""
    process = subprocess.Popen(
        [sys.executable, "-c", _LOOP, loaded],
        env=environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Forks(process, place)
    finally:
        process.communicate(timeout=PATIENCE)  # the end of its input ends it
