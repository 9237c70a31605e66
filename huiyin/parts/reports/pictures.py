"""Pictures of an event, each report's under a key of its own."""

from collections.abc import Sequence

import rfc8785

from huiyin.kernel.files import queries
from huiyin.kernel.files.models import StoredFile
from huiyin.kernel.vault import envelope
from huiyin.kernel.vault.keys import ring
from huiyin.parts.reports.models import Report


def new_key(report: Report) -> bytes:
    """Give the unsaved report a key for its pictures; return it."""
    key, keys = envelope.new_key(), ring()
    report.key_version = keys.text_version
    report.wrapped_key = envelope.wrap(keys.text_keys[report.key_version], key, report.ref.encode())
    return key


def key_of(report: Report) -> bytes:
    """Return the key of the report's pictures; ValueError for a report that came with none."""
    if report.wrapped_key is None:
        raise ValueError(f"{report} has no pictures")
    keys = ring().text_keys
    return envelope.unwrap(keys[report.key_version], bytes(report.wrapped_key), report.ref.encode())


def bound(files: Sequence[StoredFile]) -> bytes:
    """Return what a report's entry commits to of its pictures, in the order in which they came."""
    return b"".join(
        rfc8785.dumps(
            [one.token, one.size, one.clean_digest, one.original_digest, queries.stored_as(one)]
        )
        for one in files
    )


def pictures_of(report: Report) -> list[StoredFile]:
    """Return the pictures, in the order in which they were sent."""
    return list(queries.files_of(report.ref)) if report.wrapped_key is not None else []


def read(report: Report, token: str) -> tuple[StoredFile, bytes, str]:
    """Return one picture, its bytes and its name; raises StoredFile.DoesNotExist."""
    file = queries.find(report.ref, token)
    key = key_of(report)
    return file, queries.read(file, key), queries.read_name(file, key)
