"""What lies on the disk is for the service's own user alone. Pure: settings call it."""

import os
from pathlib import Path

OTHERS = 0o077


class OpenToOthers(RuntimeError):
    """A file or directory of the service may be read by others, and this user can't change that."""


def begin() -> None:
    """Let whatever this process makes be readable by its user alone."""
    os.umask(OTHERS)


def close(*paths: Path) -> None:
    """Take others' rights from what is there; raise OpenToOthers where another user owns it."""
    for path in paths:
        try:
            mode = path.stat().st_mode & 0o7777
        except FileNotFoundError:
            continue
        if not mode & OTHERS:
            continue
        try:
            path.chmod(mode & ~OTHERS)
        except PermissionError as error:
            right = "700" if path.is_dir() else "600"
            raise OpenToOthers(
                f"{path} is open to others (mode {mode:04o}), and is another user's: chmod {right} it"
            ) from error


def close_home(home: Path, database: Path, keys: Path) -> None:
    """Make the service's directory, or close it, its database and its keys to others.

    A directory that was there before, with nothing of the service in it, is somebody's own: what the
    service makes in it is closed each by itself.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = [database.with_name(database.name + ending) for ending in ("", "-wal", "-shm")]
    if any(path.exists() for path in (database, keys)) and home in (
        *database.parents,
        *keys.parents,
    ):
        close(home)
    close(*files, keys, keys / "web-secret", keys / "ring")
