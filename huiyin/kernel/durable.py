"""What was written is on the disk, not only in the system's memory."""

import os
from pathlib import Path


def sync_directory(directory: Path) -> None:
    """Make durable which names stand in the directory: what was made, renamed or removed there."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
