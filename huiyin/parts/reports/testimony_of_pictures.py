"""What is kept of a report's pictures, for the auditor: their key, their list, what lies on disk."""

from collections.abc import Sequence

from huiyin.kernel.files import store
from huiyin.kernel.files.models import StoredFile
from huiyin.kernel.files.queries import original_context, read, read_name
from huiyin.kernel.ledger.said import Leaf, Said, binds
from huiyin.kernel.vault.envelope import SealBroken
from huiyin.kernel.vault.keyring import KeyringError
from huiyin.parts.reports import pictures
from huiyin.parts.reports.models import Report

KEY, PICTURE = "照片密钥 (the key of its pictures)", "照片 (picture)"


def pictured(
    said: Said, report: Report, salt_key: bytes, leaf: Leaf, files: Sequence[StoredFile]
) -> None:
    """Hold the key of a report's pictures and the pictures against the entry of its sending.

    Where the entry is of before it said so, that they can be opened is all that is held.
    """
    new, bound = "incident" in leaf["facts"], "pictures" in leaf["commit"]
    if report.wrapped_key is None:
        if report.key_version:
            said.wrong(f"{KEY}: key_version is {report.key_version}, and there is none")
        if bound or files:
            said.wrong(f"{KEY}: there is none", "missing")
        return
    if new and not bound:
        said.wrong(f"{KEY}: its entry binds none", "unlogged")
    try:
        key = pictures.key_of(report)
    except (SealBroken, KeyError, KeyringError):
        said.wrong(f"{KEY} can't be opened")
        return
    if bound and not binds(leaf, "key", key, salt_key):
        said.wrong(f"{KEY}: another", "commitment")
    if bound and not binds(leaf, "pictures", pictures.bound(files), salt_key):
        said.wrong(f"{PICTURE}: others, more or fewer than were sent", "commitment")
    for number, file in enumerate(files, 1):
        _stored(said, file, key, f"{PICTURE} {number}")


def _stored(said: Said, file: StoredFile, key: bytes, what: str) -> None:
    try:
        if len(read(file, key)) != file.size:
            said.wrong(f"{what} has another size")
        read_name(file, key)
        if file.original_digest is not None:
            store.get(file.original_digest, key, original_context(file.token))
    except store.BlobMissing:
        said.wrong(f"{what} is not on disk", "missing")
    except (store.BlobDamaged, ValueError):  # ValueError: not even a digest
        said.wrong(f"{what}: what lies on disk was altered")
