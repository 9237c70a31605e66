"""A PostgreSQL cluster of one's own, for as long as one command or one `with` block runs.

    python tools/private_postgres.py [--durable] -- command arguments…

The command sees ``HUIYIN_DATABASE_URL``. The cluster lives in a temporary folder, listens on a
free port of the loopback address behind a password of its own, and is stopped and removed at the
end, whatever the end. Standard library only, so that it runs before anything is set up.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

USER = "huiyin"
SECONDS_TO_START = 60.0
SECONDS_TO_STOP = 60.0

#: What is given up when the data will be thrown away anyway (tests), and never in a measurement.
CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


class PostgresMissingError(RuntimeError):
    """No PostgreSQL server program is installed here."""


@dataclass(frozen=True)
class Cluster:
    """A running cluster: its folder, process and address."""

    folder: Path
    pid: int
    port: int
    password: str

    def url(self, database: str = "postgres") -> str:
        """The address of one database of this cluster, as ``HUIYIN_DATABASE_URL`` takes it."""
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"


def server_programs() -> Path:
    """The folder that holds ``initdb`` and ``postgres``, newest version first.

    Raises PostgresMissingError where there is none.
    """
    debian = Path("/usr/lib/postgresql")
    folders = sorted(debian.glob("*/bin"), key=lambda p: float(p.parent.name), reverse=True)
    found = shutil.which("postgres")
    if found:
        folders.append(Path(found).resolve().parent)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise PostgresMissingError("PostgreSQL's server is not installed (Debian: postgresql)")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Identity(TypedDict, total=False):
    """Whom a child process becomes, in the words of ``subprocess``."""

    user: int
    group: int
    extra_groups: list[int]


def _unprivileged() -> Identity:
    """PostgreSQL refuses to run as root: whom to become then; empty to stay who we are."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _create(programs: Path, folder: Path, identity: Identity) -> None:
    """Make the cluster's files in ``folder``/data, and ``folder``/password."""
    folder.chmod(0o700)
    pwfile = folder / "password"
    pwfile.write_text(secrets.token_hex(16) + "\n")
    pwfile.chmod(0o600)
    if identity:
        os.chown(folder, identity["user"], identity["group"])
        os.chown(pwfile, identity["user"], identity["group"])
    command = [programs / "initdb", "--pgdata", folder / "data", "--username", USER]
    command += ["--encoding", "UTF8", "--locale", "C.UTF-8", "--auth", "scram-sha-256"]
    command += ["--pwfile", pwfile, "--no-sync"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, **identity
    )
    if done.returncode:
        raise RuntimeError(f"initdb failed: {done.stderr.strip()}")


def _accepts(port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def _place(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="huiyin-pg-", ignore_cleanup_errors=True) as name:
            yield Path(name)
    else:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep


@contextlib.contextmanager
def private_postgres(
    *, durable: bool, settings: Mapping[str, str] | None = None, keep: Path | None = None
) -> Iterator[Cluster]:
    """Start a cluster, yield it, stop it, and remove it unless it has a folder to ``keep``.

    ``durable`` turns every promise about the disk on (measurements) or off (tests); ``settings``
    are further server settings by name.
    """
    programs = server_programs()
    identity = _unprivileged()
    options = {"max_connections": "200", "unix_socket_directories": "", "log_min_messages": "fatal"}
    options |= DURABLE if durable else CARELESS
    options |= settings or {}
    with _place(keep) as folder:
        if not (folder / "data").exists():
            _create(programs, folder, identity)
        password = (folder / "password").read_text().strip()
        port = _free_port()
        command = [str(programs / "postgres"), "-D", str(folder / "data"), "-p", str(port)]
        command += ["-h", "127.0.0.1"]
        for key, value in options.items():
            command += ["-c", f"{key}={value}"]
        log = folder / "log"
        with log.open("w") as out:
            # A session of its own, so that Ctrl-C reaches us first and we stop it in order.
            server = subprocess.Popen(
                command, cwd=folder, stdout=out, stderr=out, start_new_session=True, **identity
            )
        try:
            give_up = time.monotonic() + SECONDS_TO_START
            while not _accepts(port):
                if server.poll() is not None or time.monotonic() > give_up:
                    raise RuntimeError(f"PostgreSQL did not start: {log.read_text().strip()}")
                time.sleep(0.05)
            yield Cluster(folder, server.pid, port, password)
        finally:
            # "Fast" shuts down in order; "immediate" is right when nothing will be read again.
            server.send_signal(signal.SIGINT if durable else signal.SIGQUIT)
            try:
                server.wait(SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def stop_on_term() -> None:
    """Let SIGTERM and SIGHUP unwind like Ctrl-C does, so that the cluster is stopped."""

    def leave(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, leave)


def main() -> int:
    """Run a command beside a cluster; return the command's exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--durable", action="store_true", help="keep every promise about the disk")
    parser.add_argument("--check", action="store_true", help="only say whether it could run here")
    parser.add_argument("command", nargs="*")
    arguments = parser.parse_args()
    if arguments.check:
        print(server_programs())
        return 0
    if not arguments.command:
        parser.error("which command?")
    stop_on_term()
    with private_postgres(durable=arguments.durable) as cluster:
        environment = os.environ | {"HUIYIN_DATABASE_URL": cluster.url()}
        return subprocess.run(arguments.command, env=environment, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main())
    except PostgresMissingError as missing:
        sys.exit(str(missing))
