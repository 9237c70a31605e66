"""The only reader of attachments. Whoever holds the subject's key has been let in before."""

from datetime import UTC

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.db.models import QuerySet

from huiyin.kernel.files import store
from huiyin.kernel.files.models import StoredFile
from huiyin.kernel.vault import envelope


def files_of(subject: str) -> QuerySet[StoredFile]:
    """The files of one subject, oldest first, without removed ones."""
    return StoredFile.objects.filter(subject=subject, removed_at=None).order_by("pk")


def stored_as(file: StoredFile) -> dict[str, str | int | bool | None]:
    """Return how a file is kept and shown, for an entry to bind: what no digest of its bytes tells."""
    return {
        "mime": file.mime,
        "extension": file.extension,
        "residue": file.residue,
        "remarks": file.remarks,
        "identity_version": file.identity_version,
        "created_at": file.created_at.astimezone(UTC).isoformat(),
    }


def find(subject: str, token: str) -> StoredFile:
    """One file of one subject. Raises StoredFile.DoesNotExist: absent, removed, another's."""
    return files_of(subject).get(token=token)


def read(file: StoredFile, key: bytes) -> bytes:
    """The copy that may be shown. Raises store.BlobMissing (also once removed), BlobDamaged."""
    if file.clean_digest is None:
        raise store.BlobMissing(file.token)
    return store.get(file.clean_digest, key, blob_context(file.token))


def read_name(file: StoredFile, key: bytes) -> str:
    """The file's name as it is shown and offered for download. Raises store.BlobDamaged."""
    try:
        return envelope.unseal(key, bytes(file.name_sealed), name_context(file.token)).decode()
    except envelope.SealBroken as error:
        raise store.BlobDamaged(file.token) from error


def read_original(file: StoredFile, key: bytes, identity_secret: X25519PrivateKey) -> bytes:
    """What was sent, opened with both keys; only for a recorded opening of the identity.

    `identity_secret` is the private key of version `file.identity_version`. Raises store.BlobMissing if nothing was cleaned away, BlobDamaged.
    """
    if file.original_digest is None:
        raise store.BlobMissing(file.token)
    context = original_context(file.token)
    try:
        return envelope.unseal_with(
            identity_secret, store.get(file.original_digest, key, context), context
        )
    except envelope.SealBroken as error:
        raise store.BlobDamaged(file.token) from error


def blob_context(token: str) -> bytes:
    """What binds a blob to its row."""
    return b"huiyin file " + token.encode()


def original_context(token: str) -> bytes:
    """What binds a sealed original to its row."""
    return b"huiyin file original " + token.encode()


def name_context(token: str) -> bytes:
    """What binds a sealed name to its row."""
    return b"huiyin file name " + token.encode()
